//! The kernels' timers, which run on while the wire holds what they wait for.

use support::lab_run::{LabRun, Setup, lan, segment};
use trace::event::Fact;
use trace::event::socket::{Snapshot, TcpState as S, TimerKind};
use trace::event::wire::WireSettings;
use trace::protocol::{Pick, WireCommand};
use trace::syscall::Syscall;

use crate::kernel::SLOW_READER;

const SERVER: &str = "\
from socket import *
listener = create_server(('', 18888))
conn, _ = listener.accept()
while conn.recv(99): pass
conn.close()
";

fn held(client: &str, filter: &str) -> LabRun {
    let rule = |plan: &mut lab::Plan| {
        plan.hosts[1].after = Some("server".into());
        plan.wire.rules = vec![format!("hold {filter}").parse().unwrap()];
    };
    let setup: Setup = lan().python("server", 4, SERVER).python("client", 7, client).with(rule);
    setup.start()
}

fn until(run: &mut LabRun, what: &str, wanted: impl Fn(&Snapshot) -> bool) {
    run.until(what, |fact| match fact {
        Fact::SocketSeen { snapshot, .. } | Fact::SocketChanged { snapshot, .. } => wanted(snapshot),
        _ => false,
    });
}

/// Whether this timer runs, for the so many-th time at least.
fn runs(snapshot: &Snapshot, kind: TimerKind, retries: u8) -> bool {
    snapshot.timer.is_some_and(|timer| timer.kind == kind && timer.retries >= retries)
}

fn let_go(mut run: LabRun) {
    // A socket is seen to wait before its frame has come to the switch.
    run.until_once("a frame is held", |fact| matches!(fact, Fact::FrameHeld { .. }));
    run.hold_nothing_more();
    run.wire(WireCommand::Release(Pick::All));
    run.until_end();
}

#[test]
fn data_that_is_held_is_sent_again_when_its_timer_has_run() {
    let client = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
sock.sendall(b'hello')
sock.recv(1)
";
    let client = client.replace("sock.recv(1)", "sock.shutdown(SHUT_WR); sock.recv(1)");
    let mut run = held(&client, "tcp.data and from client");
    let sends = |retries| {
        move |snapshot: &Snapshot| snapshot.unacknowledged() == 5 && runs(snapshot, TimerKind::Retransmission, retries)
    };
    until(&mut run, "the retransmission timer runs", sends(0));
    until(&mut run, "it has run once", sends(1));
    until(&mut run, "it has run twice", sends(2));
    let_go(run);
}

#[test]
fn a_syn_that_is_held_has_its_timer() {
    let client = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
";
    let mut run = held(client, "tcp.syn and from client");
    let asks = |snapshot: &Snapshot| snapshot.state == Some(S::SynSent) && runs(snapshot, TimerKind::Retransmission, 0);
    until(&mut run, "the SYN's timer runs", asks);
    let_go(run);
}

#[test]
fn a_connection_that_is_half_made_belongs_to_the_kernel_and_has_its_timer() {
    let client = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
";
    let mut run = held(client, "tcp.syn and from server");
    let waits = |snapshot: &Snapshot| snapshot.state == Some(S::SynRcvd) && !snapshot.held && snapshot.timer.is_some();
    until(&mut run, "SYN_RCVD with its timer", waits);
    let_go(run);
}

#[test]
fn an_orphan_goes_on_without_its_program() {
    let client = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
sock.sendall(b'hello')
sock.close()
input()
";
    let mut run = held(client, "tcp.data and from client");
    let orphan = |snapshot: &Snapshot| {
        snapshot.state == Some(S::FinWait1) && !snapshot.held && runs(snapshot, TimerKind::Retransmission, 1)
    };
    until(&mut run, "nobody holds it, and its timer runs", orphan);
    run.type_into(1, "\n");
    let_go(run);
}

/// RFC 9293 section 3.8.6.1: who has a closed window before it asks from time to time whether it was opened, and goes
/// on asking while nobody answers.
#[test]
fn a_closed_windows_probes_are_held_and_their_timer_runs_on() {
    let client = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
sock.sendall(bytes(100_000))
";
    let mut run = lan()
        .python("server", 4, SLOW_READER)
        .python("client", 7, client)
        .with(|plan| plan.hosts[1].after = Some("server".into()))
        .start();
    until(&mut run, "the window is closed and the persist timer runs", |snapshot| {
        snapshot.tcp.is_some_and(|tcp| tcp.snd_wnd == 0) && runs(snapshot, TimerKind::WindowProbe, 0)
    });
    let rules = vec!["hold tcp and from client".parse().unwrap()];
    run.wire(WireCommand::Set(WireSettings { rules, ..Default::default() }));
    let mut probes = Vec::new();
    for _ in 0..2 {
        probes.push(run.until_frame_held());
    }
    until(&mut run, "nobody has answered, and the timer runs again", |snapshot| {
        runs(snapshot, TimerKind::WindowProbe, 2)
    });
    // A probe carries nothing that the window has no room for.
    let data = run.facts().filter_map(|fact| match fact {
        Fact::FrameSent { frame, bytes, .. } if probes.contains(frame) => segment(&bytes.head.0),
        _ => None,
    });
    assert_eq!(data.collect::<Vec<_>>(), ["ACK", "ACK"]);
    run.hold_nothing_more();
    run.wire(WireCommand::Release(Pick::All));
    run.until_in(0, Syscall::Read);
    run.type_into(0, "\n");
    run.until_end();
    assert!(run.terminal(0).ends_with("total 100000\r\n"), "{}", run.terminal(0));
}
