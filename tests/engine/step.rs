//! Holding a program at its calls: step by step, one program at a time.

use support::lab_run::{LabRun, lan};
use trace::event::Fact;
use trace::event::call::{Local, Outcome};
use trace::id::CallId;
use trace::protocol::Breakpoints;
use trace::syscall::Syscall;

/// Waits for the next hold; tells the call and the local variables.
fn until_held(run: &mut LabRun) -> (Syscall, Vec<Local>) {
    run.until("a hold", |fact| matches!(fact, Fact::CallHeld { .. }));
    let Some(Fact::CallHeld { call, locals }) = run.facts().last() else { unreachable!("just waited for") };
    let locals = locals.clone();
    (syscall_of(run, *call), locals)
}

fn syscall_of(run: &LabRun, wanted: CallId) -> Syscall {
    run.facts()
        .find_map(|fact| match fact {
            Fact::CallEntered { call, syscall, .. } if *call == wanted => Some(*syscall),
            _ => None,
        })
        .expect("a held call was entered")
}

#[test]
fn a_program_is_stepped_from_call_to_call_and_shows_its_variables() {
    let program = "\
from socket import *

def serve(port):
    name, greeting = 'lab', b'hi\\n'
    sock = socket()
    sock.bind(('', port))
    sock.close()

serve(18888)
";
    let stepped = [Syscall::Socket, Syscall::Bind, Syscall::Close];
    let mut run =
        lan().python("a", 4, program).with(|plan| plan.hosts[0].breakpoints = Breakpoints::At(stepped.into())).start();
    for wanted in stepped {
        let (syscall, locals) = until_held(&mut run);
        assert_eq!(syscall, wanted);
        let value = |name: &str| locals.iter().find(|local| local.name == name).map(|local| local.value.as_str());
        assert_eq!((value("port"), value("greeting")), (Some("18888"), Some(r"b'hi\n'")), "{locals:?}");
        run.next(0);
    }
    run.until_end();
    assert_eq!(run.calls(0).iter().filter(|call| stepped.contains(&call.syscall)).count(), 3);
}

/// Most programs of the course are a module's own code. What they import is no variable of theirs.
#[test]
fn variables_outside_of_functions_are_shown_too() {
    let program = "\
import os
from socket import *
def unused(): pass
name, data, n, big, half = 'Grüße', b'a\\x00', -3, 2 ** 70, 0.5
yes, none, pair, more, room = True, None, (1, 'a'), [b'x'] * 9, {'k': 7}
buffer = bytearray(b'zz')
sock = socket()
for turn in range(2): sock.bind(('', 0)) if turn else None
late = 1
";
    let at = |plan: &mut lab::Plan| plan.hosts[0].breakpoints = Breakpoints::At(vec![Syscall::Bind]);
    let mut run = lan().python("a", 4, program).with(at).start();
    let (_, locals) = until_held(&mut run);
    let shown: Vec<_> = locals.iter().map(|local| format!("{} = {}", local.name, local.value)).collect();
    let expected = [
        "name = 'Grüße'",
        "data = b'a\\x00'",
        "n = -3",
        "big = 1180591620717411303424",
        "half = 0.5",
        "yes = True",
        "none = None",
        "pair = (1, 'a')",
        "more = [b'x', b'x', b'x', b'x', b'x', b'x', b'x', b'x', …]",
        "room = {'k': 7}",
        "buffer = bytearray(b'zz')",
        "sock = <socket>",
        "turn = 1",
    ];
    assert_eq!(shown, expected);
    run.next(0);
    run.until_end();
}

#[test]
fn while_one_program_is_held_the_kernel_and_the_other_program_go_on() {
    let server = "\
from socket import *
listener = socket()
listener.bind(('', 18888))
listener.listen(5)
conn, peer = listener.accept()
print(conn.recv(100))
";
    let client = "\
from socket import *
sock = socket()
sock.connect(('192.168.1.4', 18888))
sock.sendall(b'early')
sock.close()
";
    let mut run = lan()
        .python("server", 4, server)
        .python("client", 7, client)
        .with(|plan| {
            plan.hosts[0].breakpoints = Breakpoints::At(vec![Syscall::Accept4]);
            plan.hosts[1].after = Some("server".into());
        })
        .start();
    let (syscall, _) = until_held(&mut run);
    assert_eq!(syscall, Syscall::Accept4);
    // The client connects, sends, closes and ends: the server's kernel has answered all of it.
    run.until("the client's end", |fact| matches!(fact, Fact::ProgramEnded { host, .. } if host.0 == 1));
    assert_eq!(run.call(1, Syscall::Connect).outcome, Some(Outcome::Returned(0)));
    run.run_on(0);
    run.until_end();
    assert_eq!(run.terminal(0), "b'early'\r\n");
}

#[test]
fn a_held_program_can_be_stopped() {
    let mut run = lan()
        .python("a", 4, "from socket import *\nsocket()\n")
        .with(|plan| plan.hosts[0].breakpoints = Breakpoints::Every)
        .start();
    until_held(&mut run);
    run.stop();
    run.until_end();
}
