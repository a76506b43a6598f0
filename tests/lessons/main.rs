//! The course as its authors promise it: faultless to read, and as `lesson.toml` expects when it runs.

use std::fs;
use std::path::Path;
use std::process::Command;

use support::binary::{path, root};
use tempfile::TempDir;

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

/// Many trials run at a time, and some programs have deadlines of their own; so one that is not as expected is tried once
/// more by itself before it counts.
#[test]
fn start_solution_wrong_solutions_and_claims_are_as_expected() {
    let (text, fine) = lesson(&["test"]);
    let failed: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("FAIL ")).collect();
    assert_eq!(fine, failed.is_empty(), "{text}");
    for failed in failed {
        let name = failed.rsplit_once(" (").map_or(failed, |(name, _)| name);
        let (folder, trial) = name.split_once(' ').unwrap_or_else(|| panic!("no trial's name: {failed}"));
        let (again, fine) = lesson(&["test", &format!("lessons/{folder}"), "--only", trial, "--parallel", "1"]);
        assert!(fine && again.contains(&format!("ok   {name} ")), "{text}\nonce more, by itself:\n{again}");
    }
}

/// A new lesson in a folder of its own.
fn new_lesson() -> (TempDir, String) {
    let room = tempfile::tempdir().expect("there is room for a folder");
    let folder = room.path().join("21-new").to_str().expect("a temporary folder's name is text").to_owned();
    let (text, fine) = lesson(&["new", &folder]);
    assert!(fine, "{text}");
    (room, folder)
}

#[test]
fn a_new_lesson_can_be_tested_at_once() {
    let (_room, new) = new_lesson();
    for what in ["check", "test"] {
        let (text, fine) = lesson(&[what, &new]);
        assert!(fine, "{text}");
    }
}

#[test]
fn each_kind_of_fault_is_told_with_its_place() {
    let long = "word ".repeat(1_300);
    // Put right behind the client's table: its first line is the client's.
    let unreachable = "graded = false\n[[checks]]\nid = \"far\"\ntitle = { en = \"x\", zh = \"x\" }\n\
                       holds = \"client: close\"\n[[predictions]]";
    let mut wrong = vec![];
    for (file, from, to, told) in [
        ("zh.md", "", None, "zh.md: the file is missing"),
        ("zh.md", "## 道理\n", Some(""), "zh.md: 5 headings in English, 4 in Chinese"),
        ("lesson.toml", "zh = \"哪个调用先返回？\"", Some("zh = \"\""), "the question has no text in `zh`"),
        ("en.md", "[recv(2)]", Some("[x](lesson:99-nowhere) [recv(2)]"), "en.md:22: a dead link: lesson:99-nowhere"),
        ("en.md", "## The idea", Some("[x](term:nonsense)"), "en.md:7: a dead link: term:nonsense"),
        ("lesson.toml", "holds = \"client: connect", Some("holds = \"clinet: connect"), "there is no host \"clinet\""),
        (
            "lesson.toml",
            "[[predictions]]",
            Some(unreachable),
            "\"far\" asks about host \"client\", which graded runs do not",
        ),
        (
            "lesson.toml",
            "after = \"server\"",
            Some("hidden = true"),
            "asks about host \"client\", which learners' runs do not",
        ),
        ("lesson.toml", "# hidden = true", Some("nonsense = 1"), "unknown field `nonsense`"),
        ("lesson.toml", "check = \"closed-cleanly\"", Some("check = \"closed\""), "lessons/README.md lists the checks"),
        ("lesson.toml", "minutes = 15\n", Some(""), "no `minutes`"),
        ("en.md", "Why it matters", Some(long.as_str()), "words; at most 1200"),
    ] {
        let (_room, folder) = new_lesson();
        let path = Path::new(&folder).join(file);
        match to {
            Some(to) => {
                let text = fs::read_to_string(&path).expect("a new lesson has it");
                assert!(text.contains(from), "{file} has no {from:?}");
                fs::write(&path, text.replacen(from, to, 1)).expect("it can be written");
            }
            None => fs::remove_file(&path).expect("a new lesson has it"),
        }
        let (text, fine) = lesson(&["check", &folder]);
        if fine || !text.contains(told) {
            wrong.push(format!("{told:?} is not told of {file}, {from:?}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_in_the_repository_is_the_one_of_the_parser() {
    let (schema, fine) = lesson(&["schema"]);
    assert!(fine);
    let kept = std::fs::read_to_string(root().join("lessons/lesson.schema.json")).expect("lessons/lesson.schema.json");
    assert!(schema == kept, "`socklab lesson schema > lessons/lesson.schema.json` brings it up to date");
}
