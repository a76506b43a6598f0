//! However an engine ends, nothing of it stays.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Command;

use support::binary::{Socklab, sandboxes_of, until_no_sandbox_of};

/// A run in which the server waits in accept() for ever.
fn waiting() -> Socklab {
    let mut socklab = Socklab::start(&["run", "--host", "server=192.168.1.4:lessons/02-tcp/server.py"]);
    socklab.until("accept4(");
    assert!(!sandboxes_of(socklab.pid()).is_empty());
    socklab
}

#[test]
fn an_interrupt_ends_the_run_in_order() {
    let mut socklab = waiting();
    socklab.signal("INT");
    socklab.until("the run was stopped");
    assert_eq!(socklab.wait(), Some(130));
    assert!(sandboxes_of(socklab.pid()).is_empty());
}

#[test]
fn kill_9_takes_the_sandboxes_with_it() {
    let mut socklab = waiting();
    socklab.signal("KILL");
    assert_eq!(socklab.wait(), None);
    until_no_sandbox_of(socklab.pid());
}

#[test]
fn a_server_that_is_told_to_end_does() {
    let mut server = Socklab::start(&["serve", "--listen", "127.0.0.1:0"]);
    server.until_error("127.0.0.1:");
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn the_next_start_ends_what_a_killed_engine_left() {
    // An engine that is gone: its number is free again, or somebody else's who began at another time.
    let mut gone = Command::new("true").spawn().expect("true can be started");
    gone.wait().expect("it is our child");
    let mark = format!("socklab-host/{}/1", gone.id());
    let mut left = Command::new("sleep").arg0(mark).arg("60").spawn().expect("sleep can be started");
    let mut stranger = Command::new("sleep").arg("60").spawn().expect("sleep can be started");

    let mut server = Socklab::start(&["serve", "--listen", "127.0.0.1:0"]);
    server.until_error("127.0.0.1:");
    assert_eq!(left.wait().expect("it is our child").signal(), Some(9));
    assert!(stranger.try_wait().expect("it is our child").is_none(), "nobody else is ended");
    stranger.kill().expect("it is our child");
    stranger.wait().expect("it is our child");
}
