//! Programs that will not end.

use crate::held::{beside, held, hostile};
use trace::event::host::{Cause, ExitStatus};

#[test]
fn ignoring_every_signal() {
    let run = beside(hostile(include_str!("programs/ignore.py")), |run| {
        run.stop();
        run.until_end();
    });
    assert_eq!((run.cause(), run.status(0)), (&Cause::Stopped, ExitStatus::Signaled(9)));
}

#[test]
fn a_grandchild_in_a_session_of_its_own() {
    let run = held(hostile(include_str!("programs/outlive.py")));
    assert_eq!((run.cause(), run.status(0)), (&Cause::Finished, ExitStatus::Exited(0)));
}

#[test]
fn killing_stopping_and_tracing_others() {
    let run = held(hostile(include_str!("programs/kill_others.py")));
    let text = run.terminal(0);
    assert_eq!(run.status(0), ExitStatus::Exited(0), "{text}");
    for expected in ["ptrace attach 1 EPERM", "ptrace traceme EPERM", "[1, 2]", "tracer 0", "kill the tracer ESRCH"] {
        assert!(text.contains(expected), "no {expected:?} in {text}");
    }
    assert!(text.ends_with("alive\r\n"), "{text}");
}
