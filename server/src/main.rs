//! The binary `socklab`.
#![forbid(unsafe_code)]

fn main() {}
