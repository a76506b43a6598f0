//! What fuzzing starts from, and what it once found, with every test: the files in `fuzz/corpus`.
#![forbid(unsafe_code)]
#![cfg(feature = "check")]

use std::fs;
use std::path::Path;

#[path = "../../fuzz/src/targets.rs"]
mod targets;

fn each(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let files: Vec<_> = fs::read_dir(&folder).expect("it is in the repository").flatten().collect();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        run(&fs::read(file.path()).expect("it can be read"));
    }
}

#[test]
fn recordings() {
    each("recording", targets::recording);
}

#[test]
fn http() {
    each("http", targets::http);
}

#[test]
fn messages() {
    each("message", targets::message);
}

#[test]
fn packets() {
    each("packet", targets::packet);
}

#[test]
fn words() {
    each("words", targets::words);
}
