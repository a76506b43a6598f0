//! A class that presses Run at the same moment: runs of two hosts, all of them waiting in accept(2); and then their ends.

use std::fs;
use std::process::Child;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use support::binary::sandboxes_of;
use support::lab_run::lan;
use trace::event::{Event, Fact};
use trace::syscall::Syscall;

use crate::own::Own;
use crate::start::bwrap;
use crate::timing::report;

const RUNS: usize = 100;
/// How long all of them may take.
const PATIENCE: Duration = Duration::from_mins(2);

const WAITS: &str = "from socket import *\nsock = create_server(('', 18888))\nsock.accept()\n";

pub(crate) fn bench() {
    println!("\n{RUNS} runs of two hosts at once, every program in accept()");
    lan().python("first", 1, "").finish(); // what the engine makes once and keeps
    let before = Own::now();
    let (waits, waiting) = channel();
    let begin = Instant::now();
    let starting: Vec<_> = (0..RUNS)
        .map(|_| {
            let waits = waits.clone();
            std::thread::spawn(move || {
                let plan = lan().python("a", 4, WAITS).python("b", 5, WAITS).plan();
                let sink = move |event: Event| {
                    if matches!(event.fact, Fact::CallEntered { syscall: Syscall::Accept4, .. }) {
                        waits.send(begin.elapsed()).unwrap();
                    }
                };
                lab::start(plan, Box::new(sink)).unwrap()
            })
        })
        .collect();
    let mut took: Vec<Duration> = (0..2 * RUNS).map(|_| waiting.recv_timeout(PATIENCE).unwrap()).collect();
    let runs: Vec<_> = starting.into_iter().map(|start| start.join().unwrap()).collect();
    took.sort();
    let last = took[took.len() - 1];
    println!("{:<58} {:>10.3?}", "the first program waits after", took[0]);
    println!("{:<58} {last:>10.3?}  aim: within 4 s of the first", "the last one");
    let sandboxes = sandboxes_of(std::process::id());
    let pss: u64 = sandboxes.iter().filter_map(|pid| pss(*pid)).sum();
    let each = pss / (2 * RUNS as u64);
    println!("{:<58} {each:>7} KiB  aim: 5120", "memory a host (PSS of its processes)");

    // Nobody who starts meanwhile waits for those that end.
    let begin = Instant::now();
    let ending = std::thread::spawn(move || drop(runs));
    let start = Instant::now();
    let mut one = lan().python("late", 9, "from socket import *\nsocket()\n").start();
    one.until_in(0, Syscall::Socket);
    println!("{:<58} {:>10.3?}", "a run that starts while they end: its first socket() after", start.elapsed());
    one.until_end();
    ending.join().unwrap();
    println!("{:<58} {:>10.3?}", "all of them ended after", begin.elapsed());
    let after = Own::now();
    assert_eq!(Own { resident: 0, ..after }, Own { resident: 0, ..before }, "something is left");
    println!("nothing is left: {after}");
    let bare = bare();
    report("as many of bwrap python3 side by side, to their ends", bare, bare);
    report("the last of the runs' programs against that", last, bare);
}

/// What so many interpreters in sandboxes take on this machine, with nobody who watches them.
fn bare() -> Duration {
    let begin = Instant::now();
    let all: Vec<Child> = (0..2 * RUNS).map(|_| bwrap().spawn().unwrap()).collect();
    for mut child in all {
        assert!(child.wait().unwrap().success());
    }
    begin.elapsed()
}

/// Proportional share of a process's memory, in KiB.
fn pss(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    text.lines().find_map(|line| line.strip_prefix("Pss:"))?.split_whitespace().next()?.parse().ok()
}
