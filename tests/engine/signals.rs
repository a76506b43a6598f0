//! Signals, and what programs do about them.

use support::lab_run::{LabRun, lan};
use trace::errno::Errno;
use trace::event::Fact;
use trace::event::call::Outcome;
use trace::event::host::ExitStatus;
use trace::event::signal::{Disposition as D, SignalSource as From, name};
use trace::id::ProcessId;
use trace::syscall::Syscall;

fn signals(run: &LabRun) -> Vec<(String, From, D)> {
    let told = |fact: &Fact| match fact {
        Fact::SignalDelivered { signal, from, disposition, .. } => Some((name(*signal), *from, *disposition)),
        _ => None,
    };
    run.facts().filter_map(told).collect()
}

fn only(run: &LabRun) -> (String, From, D) {
    let all = signals(run);
    assert_eq!(all.len(), 1, "{all:?}\n{}", run.dump());
    all[0].clone()
}

const BROKEN: &str = "\
import signal
from socket import *
ours, theirs = socketpair()
theirs.close()
try: ours.send(b'x')
except BrokenPipeError: print('EPIPE')
";

#[test]
fn python_ignores_the_signal_of_a_broken_pipe() {
    let run = lan().python("a", 4, BROKEN).finish();
    assert_eq!(only(&run), ("SIGPIPE".into(), From::Kernel, D::Ignored));
    assert_eq!(run.terminal(0), "EPIPE\r\n");
    assert_eq!(run.call(0, Syscall::Sendto).outcome, Some(Outcome::Failed(Errno(32))));
}

#[test]
fn it_ends_whoever_does_not() {
    let program = BROKEN.replace("import signal\n", "import signal\nsignal.signal(signal.SIGPIPE, signal.SIG_DFL)\n");
    let run = lan().python("a", 4, &program).finish();
    assert_eq!(only(&run), ("SIGPIPE".into(), From::Kernel, D::Default));
    assert_eq!(run.status(0), ExitStatus::Signaled(13));
}

#[test]
fn control_c_comes_from_the_terminal() {
    let program = "try:\n    input('> ')\nexcept KeyboardInterrupt:\n    print('bye')\n";
    let mut run = lan().python("a", 4, program).start();
    run.until_in(0, Syscall::Read);
    run.type_into(0, "\x03");
    run.until_end();
    assert_eq!(only(&run), ("SIGINT".into(), From::Kernel, D::Caught));
}

#[test]
fn children_alarms_and_neighbours() {
    let program = "\
import os, signal
hear = lambda number, frame: print(number, end=' ', flush=True)
for number in signal.SIGALRM, signal.SIGUSR1: signal.signal(number, hear)
signal.setitimer(signal.ITIMER_REAL, 0.01)
signal.pause()
me = os.getpid()
if os.fork() == 0:
    os.kill(me, signal.SIGUSR1)
    os._exit(0)
os.wait()
";
    let run = lan().python("a", 4, program).finish();
    assert_eq!(run.status(0), ExitStatus::Exited(0), "{}", run.terminal(0));
    let child = ProcessId(1);
    let mut told = signals(&run);
    // The child's word may be heard when its end is.
    told[1..].sort_by_key(|(name, ..)| name.clone());
    assert_eq!(
        told,
        [
            ("SIGALRM".into(), From::Timer, D::Caught),
            ("SIGCHLD".into(), From::Process(child), D::Default),
            ("SIGUSR1".into(), From::Process(child), D::Caught),
        ]
    );
}
