//! Lessons that fuzzing starts from, with every test: the files in `fuzz/corpus/lesson`.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

#[path = "../../fuzz/src/lessons.rs"]
mod targets;

#[test]
fn lessons() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/lesson");
    let files: Vec<_> = fs::read_dir(&folder).expect("it is in the repository").flatten().collect();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        targets::lesson(&fs::read(file.path()).expect("it can be read"));
    }
}
