#![no_main]

#[path = "../src/lessons.rs"]
mod lessons;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lessons::lesson(bytes));
