//! Programs that go wrong: each is told, none hurts.

use std::time::Duration;

use support::lab_run::lan;
use trace::event::Fact;
use trace::event::host::{Cause, ExitStatus, Limit};
use trace::syscall::Syscall;

#[test]
fn a_crash_is_told_with_its_traceback() {
    let run = lan().python("a", 4, "x = 1\nprint(x / 0)\n").finish();
    assert_eq!(run.status(0), ExitStatus::Exited(1));
    assert!(run.terminal(0).contains("ZeroDivisionError"), "{}", run.terminal(0));
    assert_eq!(run.cause(), &Cause::Finished);
}

#[test]
fn the_text_of_every_program_is_told_before_it_runs() {
    let run = lan().python("a", 4, "print('one')\n").program("b", 5, "b.sh", "echo two # \u{4e8c}\n").finish();
    let told: Vec<_> = run
        .facts()
        .take_while(|fact| !matches!(fact, Fact::ProgramExecuted { .. }))
        .filter_map(|fact| match fact {
            Fact::ProgramGiven { host, text } => Some((host.0, text.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(told, [(0, "print('one')\n"), (1, "echo two # \u{4e8c}\n")]);
}

#[test]
fn a_syntax_error_is_told_by_the_interpreter() {
    let run = lan().python("a", 4, "def f(:\n").python("b", 5, "print('fine')\n").finish();
    assert_eq!(run.status(0), ExitStatus::Exited(1));
    assert!(run.terminal(0).contains("SyntaxError"), "{}", run.terminal(0));
    assert_eq!((run.status(1), run.terminal(1).as_str()), (ExitStatus::Exited(0), "fine\r\n"));
}

#[test]
fn a_signal_that_ends_a_program_is_named() {
    let run = lan().python("a", 4, "import os\nos.kill(os.getpid(), 9)\n").finish();
    assert_eq!(run.status(0), ExitStatus::Signaled(9));
}

#[test]
fn an_endless_loop_is_stopped_by_a_person() {
    let mut run = lan().python("a", 4, "print('on', flush=True)\nwhile True: pass\n").start();
    run.until("a first line", |fact| matches!(fact, Fact::Printed { .. }));
    run.stop();
    run.until_end();
    assert_eq!(run.cause(), &Cause::Stopped);
    assert_eq!(run.status(0), ExitStatus::Signaled(9));
}

#[test]
fn an_endless_loop_is_stopped_by_its_processor_time() {
    let run = lan().python("a", 4, "while True: pass\n").with(|plan| plan.limits.cpu = Duration::from_secs(1)).finish();
    assert_eq!(run.status(0), ExitStatus::Signaled(24), "SIGXCPU");
    assert_eq!(run.cause(), &Cause::Finished);
}

#[test]
fn waiting_for_ever_is_stopped_by_the_wall_clock() {
    let wall = Duration::from_millis(700);
    let program = "from socket import *\ns = socket()\ns.bind(('', 1024))\ns.listen()\ns.accept()\n";
    let run = lan().python("a", 4, program).with(|plan| plan.limits.wall = wall).finish();
    assert_eq!(run.cause(), &Cause::Limit(Limit::Wall(wall)));
    assert_eq!(run.call(0, Syscall::Accept4).outcome, None);
    assert!(run.facts().any(|fact| matches!(fact, Fact::CallAbandoned { .. })));
}

#[test]
fn a_flood_of_output_is_stopped() {
    let run =
        lan().python("a", 4, "while True: print('x' * 1000)\n").with(|plan| plan.limits.output = 100_000).finish();
    assert_eq!(run.cause(), &Cause::Limit(Limit::Output(100_000)));
    let printed = run.terminal(0).len();
    assert!((100_000..110_000).contains(&printed), "{printed} bytes were kept");
}

#[test]
fn a_flood_of_events_is_stopped_and_the_gap_is_told() {
    let program = "from socket import *\nwhile True: socket().close()\n";
    let run = lan().python("a", 4, program).with(|plan| plan.limits.events = 500).finish();
    assert_eq!(run.cause(), &Cause::Limit(Limit::Events(500)));
    assert!(run.facts().any(|fact| matches!(fact, Fact::Missed { .. })));
    assert!(run.events().iter().zip(0..).all(|(event, seq)| event.seq == seq));
}

#[test]
fn threads_and_children_are_told_apart() {
    let program = "\
import os, threading
from socket import *

def listen():
    s = socket()
    s.bind(('', 1))
t = threading.Thread(target=listen)
t.start(); t.join()
if os.fork() == 0:
    socket().listen()
    os._exit(0)
os.wait()
";
    let run = lan().python("a", 4, program).finish();
    let (mut threads, mut processes) = (Vec::new(), Vec::new());
    for fact in run.facts() {
        if let Fact::ThreadStarted { thread, process, .. } = fact {
            threads.push(*thread);
            processes.push(*process);
        }
    }
    processes.dedup();
    assert_eq!((threads.len(), processes.len()), (3, 2));
    // Port 1 needs a privilege that nobody has in a sandbox.
    let bind = run.call(0, Syscall::Bind);
    assert_eq!(bind.outcome, Some(trace::event::call::Outcome::Failed(trace::errno::Errno(13))));
    assert_eq!(bind.line, Some(6));
    assert_eq!(run.call(0, Syscall::Listen).line, Some(10));
}

#[test]
fn control_c_reaches_the_program() {
    let mut run = lan().python("a", 4, "try:\n    input('> ')\nexcept KeyboardInterrupt:\n    print('bye')\n").start();
    run.until_in(0, Syscall::Read);
    run.type_into(0, "\x03");
    run.until_end();
    assert!(run.terminal(0).ends_with("bye\r\n"), "{}", run.terminal(0));
    assert_eq!(run.status(0), ExitStatus::Exited(0));
}
