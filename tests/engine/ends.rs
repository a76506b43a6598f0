//! Sockets that no program holds any more: how they end.

use std::time::Duration;

use support::lab_run::{LabRun, lan};
use trace::event::Fact;
use trace::event::socket::{Snapshot, TcpState as S, TimerKind};
use trace::event::wire::Made;
use trace::filter::Filter;
use trace::id::SocketId;
use trace::protocol::WireCommand;
use trace::syscall::Syscall;

/// How long a test waits for what takes the kernel a minute.
const MINUTES: Duration = Duration::from_mins(2);

/// A server that closes first and stays, and a client that stays as well.
fn closed_by_the_server() -> (LabRun, SocketId) {
    let server = "\
from socket import *
listener = create_server(('', 18888))
conn, _ = listener.accept()
conn.close()
input()
";
    let client = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
sock.recv(9)
sock.close()
input()
";
    let mut run = lan()
        .python("server", 4, server)
        .python("client", 7, client)
        .with(|plan| {
            plan.hosts[1].after = Some("server".into());
            plan.limits.wall = MINUTES;
        })
        .start();
    let waits = |fact: &Fact| match fact {
        Fact::SocketChanged { snapshot, .. } => snapshot.state == Some(S::TimeWait),
        _ => false,
    };
    run.until("TIME_WAIT", waits);
    run.until_in(0, Syscall::Read);
    run.until_in(1, Syscall::Read);
    let accepted = run.call(0, Syscall::Accept4).made.unwrap();
    assert_eq!(run.states(accepted).last(), Some(&S::TimeWait));
    (run, accepted)
}

fn until_gone(run: &mut LabRun, wanted: SocketId) {
    let gone = |fact: &Fact| matches!(fact, Fact::SocketGone { socket } if *socket == wanted);
    if !run.facts().any(gone) {
        run.until_within(MINUTES, "the kernel forgets it", gone);
    }
}

fn finish(mut run: LabRun) -> LabRun {
    run.type_into(0, "\n");
    run.type_into(1, "\n");
    run.until_end();
    run
}

/// A minute, in real time: it is the kernel's constant (`TCP_TIMEWAIT_LEN`) and no setting.
#[test]
fn time_wait_ends_by_itself_when_its_timer_says() {
    let (mut run, accepted) = closed_by_the_server();
    until_gone(&mut run, accepted);
    let run = finish(run);
    let last = run.facts().filter_map(|fact| match fact {
        Fact::SocketChanged { socket, snapshot } if *socket == accepted => snapshot.timer,
        _ => None,
    });
    let timer = last.last().unwrap();
    assert_eq!(timer.kind, TimerKind::TimeWait);
    let gone =
        run.events().iter().find(|event| matches!(event.fact, Fact::SocketGone { socket } if socket == accepted));
    // Not before, by more than the kernel's ticks.
    assert!(gone.unwrap().at + Duration::from_millis(20) >= timer.expires);
}

/// RFC 1337: TIME_WAIT can be ended before its time by a reset, which is why nobody should.
#[test]
fn a_reset_ends_time_wait() {
    let (mut run, accepted) = closed_by_the_server();
    run.wire(WireCommand::Reset(Filter::ALL));
    until_gone(&mut run, accepted);
    let run = finish(run);
    let at = |what: &dyn Fn(&Fact) -> bool| run.events().iter().find(|event| what(&event.fact)).unwrap().at;
    let timer = run.facts().filter_map(|fact| match fact {
        Fact::SocketChanged { socket, snapshot } if *socket == accepted => snapshot.timer,
        _ => None,
    });
    let gone = at(&|fact| matches!(fact, Fact::SocketGone { socket } if *socket == accepted));
    assert!(gone + Duration::from_secs(1) < timer.last().unwrap().expires, "{}", run.dump());
    // By this and by nothing else.
    let reset = |fact: &Fact| match fact {
        Fact::FrameMade { frame, how: Made::Forged, .. } => Some(*frame),
        _ => None,
    };
    let resets: Vec<_> = run.facts().filter_map(reset).collect();
    let arrives =
        |fact: &Fact| matches!(fact, Fact::FrameDelivered { frame, host } if host.0 == 0 && resets.contains(frame));
    assert!(at(&arrives) <= gone, "{}", run.dump());
}

#[test]
fn an_orphan_in_fin_wait_2_does_not_wait_for_ever() {
    let server = "\
from socket import *
listener = create_server(('', 18888))
conn, _ = listener.accept()
conn.setsockopt(IPPROTO_TCP, TCP_LINGER2, 1)
conn.close()
input()
";
    let client = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
sock.recv(9)
input()
";
    let mut run = lan()
        .python("server", 4, server)
        .python("client", 7, client)
        .with(|plan| plan.hosts[1].after = Some("server".into()))
        .start();
    let waits = |snapshot: &Snapshot| {
        let timer = snapshot.timer.is_some_and(|timer| timer.kind == TimerKind::TimeWait);
        snapshot.state == Some(S::FinWait2) && !snapshot.held && timer
    };
    run.until("nobody holds it, and its timer runs", |fact| match fact {
        Fact::SocketSeen { snapshot, .. } | Fact::SocketChanged { snapshot, .. } => waits(snapshot),
        _ => false,
    });
    run.until_in(0, Syscall::Read);
    run.until_in(1, Syscall::Read);
    let accepted = run.call(0, Syscall::Accept4).made.unwrap();
    until_gone(&mut run, accepted);
    // The client was told nothing: it waits with the half that is closed.
    let client = run.call(1, Syscall::Connect).socket.unwrap();
    assert_eq!(run.states(client).last(), Some(&S::CloseWait));
    finish(run);
}
