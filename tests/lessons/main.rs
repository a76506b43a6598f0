//! The course as its authors promise it: faultless to read, and as `lesson.toml` expects when it runs.

use std::process::Command;

use support::binary::{path, root};

fn lesson(args: &[&str]) -> (String, bool) {
    let mut command = Command::new(path());
    let output = command.arg("lesson").args(args).current_dir(root()).output().expect("socklab can be started");
    (
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        output.status.success(),
    )
}

#[test]
fn nothing_in_the_course_is_to_be_mended() {
    let (text, fine) = lesson(&["check"]);
    assert!(fine, "{text}");
}

#[test]
fn start_solution_wrong_solutions_and_claims_are_as_expected() {
    let (text, fine) = lesson(&["test"]);
    let failed: Vec<&str> = text.lines().filter(|line| !line.starts_with("ok")).collect();
    assert!(fine, "{}", failed.join("\n"));
}

#[test]
fn a_new_lesson_can_be_tested_at_once() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let new = folder.path().join("21-new");
    let new = new.to_str().expect("a temporary folder's name is text");
    let (text, fine) = lesson(&["new", new]);
    assert!(fine, "{text}");
    let (text, fine) = lesson(&["test", new]);
    assert!(fine, "{text}");
}

#[test]
fn the_schema_in_the_repository_is_the_one_of_the_parser() {
    let (schema, fine) = lesson(&["schema"]);
    assert!(fine);
    let kept = std::fs::read_to_string(root().join("lessons/lesson.schema.json")).expect("lessons/lesson.schema.json");
    assert!(schema == kept, "`socklab lesson schema > lessons/lesson.schema.json` brings it up to date");
}
