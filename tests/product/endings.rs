//! However an engine ends, nothing of it stays.

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
