//! Recordings on disk: what `run --record` writes, `replay` and `export` read.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use support::binary::{Socklab, path, root};
use tempfile::TempDir;

const CLIENT: &str = "import socket\nprint(socket.socket().connect_ex(('127.0.0.1', 9)))\n";

fn socklab(args: &[&str]) -> Output {
    Command::new(path()).args(args).current_dir(root()).output().expect("socklab can be started")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A recording of a client that is refused, and the folder that it is in.
fn recorded() -> (TempDir, String) {
    recording_of(CLIENT)
}

fn recording_of(source: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let (program, file) = (folder.path().join("client.py"), folder.path().join("run.socklab"));
    std::fs::write(&program, source).unwrap();
    let file = file.to_str().unwrap().to_owned();
    let host = format!("client=192.168.1.7:{}", program.display());
    let output = socklab(&["run", "--host", &host, "--record", &file]);
    assert!(output.status.success(), "{output:?}");
    (folder, file)
}

#[test]
fn a_recording_is_replayed_at_the_pace_that_is_asked_for() {
    let (_folder, file) = recorded();
    let began = Instant::now();
    let replayed = text(&socklab(&["replay", &file, "--speed", "0.5"]));
    let took = began.elapsed();
    assert!(replayed.contains("connect(3, 127.0.0.1:9, 16) = -1 ECONNREFUSED"), "{replayed}");
    let last = replayed.lines().last().unwrap();
    assert!(last.contains("the run is over"), "{replayed}");
    let seconds: f64 = last.split_whitespace().next().unwrap().parse().unwrap();
    assert!(took >= Duration::from_secs_f64(seconds * 2.0), "{took:?} for {seconds} s");
    assert!(text(&socklab(&["replay", &file, "--speed", "0"])).contains("the run is over"));
}

#[test]
fn a_recording_is_exported_in_each_format() {
    let (folder, file) = recorded();
    let strace = text(&socklab(&["export", "--strace", &file]));
    assert!(strace.contains("connect(3, {sa_family=AF_INET, sin_port=htons(9), "), "{strace}");
    let jsonl = text(&socklab(&["export", "--jsonl", &file]));
    assert!(jsonl.lines().count() > strace.lines().count());
    for line in jsonl.lines() {
        serde_json::from_str::<trace::event::Event>(line).unwrap();
    }
    let packets = folder.path().join("run.pcapng");
    assert!(socklab(&["export", "--pcapng", &file, "-o", packets.to_str().unwrap()]).status.success());
    assert!(std::fs::read(packets).unwrap().starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]));
    let html = text(&socklab(&["export", "--html", &file]));
    assert!(html.starts_with("<!doctype html>") && html.contains("data-part=\"asset-wasm\""), "{html}");
    assert!(!socklab(&["export", &file]).status.success(), "a format is asked for");
}

#[test]
fn two_recordings_are_compared() {
    let ((_folder, one), (_other_folder, other)) = (recorded(), recording_of(&CLIENT.replace("9)", "10)")));
    let same = socklab(&["compare", &one, &one]);
    assert!(same.status.success() && text(&same).lines().all(|line| line.starts_with('=')), "{same:?}");
    assert!(text(&same).contains("connect(127.0.0.1:9) ECONNREFUSED"), "{same:?}");
    let differ = socklab(&["compare", "--brief", &one, &other]);
    assert_eq!(differ.status.code(), Some(1), "{differ:?}");
    let differ = text(&differ);
    let at = |what: &str| differ.find(what).unwrap_or_else(|| panic!("no {what} in {differ}"));
    assert!(
        at("~ ") < at("connect(127.0.0.1:9) ECONN") && at(":9) ECONN") < at("connect(127.0.0.1:10) ECONN"),
        "{differ}"
    );
}

#[test]
fn a_recording_grows_while_the_run_goes_on_and_outlives_whoever_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.socklab");
    let file = file.to_str().unwrap();
    let mut run = Socklab::start(&["run", "--host", "server=192.168.1.4:lessons/02-tcp/server.py", "--record", file]);
    let deadline = Instant::now() + Duration::from_secs(30);
    while !text(&socklab(&["replay", file, "--speed", "0"])).contains("accept4(") {
        assert!(Instant::now() < deadline, "the recording does not grow");
    }
    run.signal("KILL");
    assert_eq!(run.wait(), None);
    let output = socklab(&["replay", file, "--speed", "0"]);
    assert!(text(&output).contains("accept4("), "{output:?}");
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("the recording stops here"), "{error}");
}
