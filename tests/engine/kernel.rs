//! What the kernel tells of sockets: queues, readiness, timers, peers, epoll.

use std::time::Duration;

use support::lab_run::{LabRun, lan};
use trace::event::Fact;
use trace::event::call::{Address, Outcome};
use trace::event::socket::{Family, Interest, Kind, Readiness, Snapshot, TcpState as S, TimerKind};
use trace::id::SocketId;
use trace::model::Model;
use trace::syscall::Syscall;

/// A server that listens and leaves everything else to the kernel until somebody types.
const IDLE: &str = "\
from socket import *
listener = socket()
listener.bind(('', 18888))
listener.listen(1)
input()
";

/// Everything that was told of a socket, in order.
fn told(run: &LabRun, wanted: SocketId) -> Vec<Snapshot> {
    let of = |fact: &Fact| match fact {
        Fact::SocketSeen { socket, snapshot, .. } | Fact::SocketChanged { socket, snapshot } if *socket == wanted => {
            Some(snapshot.clone())
        }
        _ => None,
    };
    run.facts().filter_map(of).collect()
}

/// The same, with what does not interest left out and repetitions merged.
fn told_as<T: PartialEq>(run: &LabRun, wanted: SocketId, what: impl Fn(&Snapshot) -> T) -> Vec<T> {
    let mut all: Vec<T> = told(run, wanted).iter().map(what).collect();
    all.dedup();
    all
}

/// Whether `all` has these in this order, with anything between them.
fn in_order<T: PartialEq>(all: &[T], wanted: &[T]) -> bool {
    let mut rest = all.iter();
    wanted.iter().all(|want| rest.any(|one| one == want))
}

fn ready(bits: &[Readiness]) -> Readiness {
    bits.iter().fold(Readiness::default(), |all, bit| all.with(*bit))
}

const IN: Readiness = Readiness::READABLE;
const OUT: Readiness = Readiness::WRITABLE;
const HUP: Readiness = Readiness::HANG_UP;
const ERR: Readiness = Readiness::ERROR;
const RDHUP: Readiness = Readiness::READ_HANG_UP;

#[test]
fn a_queue_of_one_holds_two_connections_and_the_third_waits() {
    let client = "\
from socket import *
socks = [socket() for _ in range(3)]
for sock in socks[:2]: sock.connect(('192.168.1.4', 18888))
socks[2].settimeout(1.5)
print(socks[2].connect_ex(('192.168.1.4', 18888)))
";
    let mut run = lan()
        .python("server", 4, IDLE)
        .python("client", 7, client)
        .with(|plan| plan.hosts[1].after = Some("server".into()))
        .start();
    run.until("the client's end", |fact| matches!(fact, Fact::ProgramEnded { host, .. } if host.0 == 1));
    run.type_into(0, "\n");
    run.until_end();
    let listener = run.call(0, Syscall::Listen).socket.unwrap();
    let queue = told_as(&run, listener, Snapshot::accept_queue);
    assert!(in_order(&queue, &[Some((0, 1)), Some((1, 1)), Some((2, 1))]), "{queue:?}");
    assert!(queue.iter().flatten().all(|(length, limit)| (*length, *limit) <= (2, 1)), "{queue:?}");
    // EAGAIN is what connect_ex returns when its time is up; meanwhile the SYN was sent again.
    assert_eq!(run.terminal(1).trim(), "11");
    assert!(run.segments().iter().filter(|segment| *segment == "SYN").count() >= 4, "{:?}", run.segments());
    let third = run.calls(1).into_iter().filter(|call| call.syscall == Syscall::Connect).nth(2).unwrap();
    let third = told(&run, third.socket.unwrap());
    assert!(third.iter().any(|snapshot| snapshot.state == Some(S::SynSent)
        && snapshot.timer.is_some_and(|timer| timer.kind == TimerKind::Retransmission && timer.retries >= 1)));
    // The listener is ready as soon as there is something to accept.
    let readiness = told_as(&run, listener, |snapshot| (snapshot.recv_q, snapshot.ready));
    assert!(in_order(&readiness, &[(0, Some(ready(&[]))), (1, Some(ready(&[IN])))]), "{readiness:?}");
    // Connections that nobody accepted are nobody's.
    let waiting = |fact: &&Fact| {
        matches!(fact, Fact::SocketSeen { host, snapshot, .. }
        if host.0 == 0 && !snapshot.held && snapshot.ready.is_none())
    };
    assert_eq!(run.facts().filter(waiting).count(), 2);
}

/// A server with a small buffer that reads nothing until somebody types a line.
pub(crate) const SLOW_READER: &str = "\
from socket import *
listener = socket()
listener.setsockopt(SOL_SOCKET, SO_RCVBUF, 8192)
listener.bind(('', 18888))
listener.listen()
conn, _ = listener.accept()
input()
total = 0
while part := conn.recv(65536): total += len(part)
print('total', total)
";

#[test]
fn a_reader_that_does_not_read_closes_its_window() {
    let client = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
sock.setblocking(False)
total = 0
while True:
    try: total += sock.send(bytes(4096))
    except BlockingIOError: break
input()
sock.close()
print('total', total)
";
    let mut run = lan()
        .python("server", 4, SLOW_READER)
        .python("client", 7, client)
        .with(|plan| plan.hosts[1].after = Some("server".into()))
        .start();
    // The window is closed, and the kernel asks from time to time whether it still is.
    let probes = |snapshot: &Snapshot| snapshot.timer.is_some_and(|timer| timer.kind == TimerKind::WindowProbe);
    run.until(
        "a window probe's timer",
        |fact| matches!(fact, Fact::SocketChanged { snapshot, .. } if probes(snapshot)),
    );
    // Only when no more goes into the sender's buffer either is the reader to begin.
    run.until_in(1, Syscall::Read);
    run.type_into(0, "\n");
    run.type_into(1, "\n");
    run.until_end();

    let accepted = told(&run, run.call(0, Syscall::Accept4).made.unwrap());
    let full = accepted.iter().max_by_key(|snapshot| snapshot.recv_q).unwrap();
    assert!(full.recv_q >= 2048 && full.ready.unwrap().has(IN), "{full:?}");
    assert_eq!(full.buffers.unwrap().receive, 16384, "the kernel doubles SO_RCVBUF");

    let connected = told(&run, run.call(1, Syscall::Connect).socket.unwrap());
    let stuck = connected.iter().find(|snapshot| probes(snapshot)).unwrap();
    assert_eq!(stuck.tcp.unwrap().snd_wnd, 0, "{stuck:?}");
    assert!(stuck.unsent > 0 && stuck.unacknowledged() < stuck.send_q, "{stuck:?}");
    assert!(connected.iter().any(|snapshot| snapshot.send_q > 0 && !snapshot.ready.unwrap_or_default().has(OUT)));
    // Afterwards everything arrives.
    assert_eq!(run.terminal(0).lines().last(), run.terminal(1).lines().last());
    assert!(connected.iter().rev().any(|snapshot| (snapshot.send_q, snapshot.unsent) == (0, 0)));
}

#[test]
fn after_thousands_of_segments_the_queues_are_told_as_they_stay() {
    let server = "\
left = 3 << 20
while left: left -= len(conn.recv(min(left, 1 << 20)))
input()
";
    let mut run = pair(server, "sock.sendall(bytes(3 << 20))\ninput()\n");
    // Both sit at their terminals: no call tells any more, and acknowledgements may still be on their way.
    run.until_in(0, Syscall::Read);
    run.until_in(1, Syscall::Read);
    let sender = run.call(1, Syscall::Connect).socket.unwrap();
    let receiver = run.call(0, Syscall::Accept4).made.unwrap();
    for socket in [sender, receiver] {
        let last = told(&run, socket).pop().unwrap();
        if (last.recv_q, last.send_q) != (0, 0) {
            run.until("empty queues", |fact| {
                matches!(fact, Fact::SocketChanged { socket: changed, snapshot }
                    if *changed == socket && (snapshot.recv_q, snapshot.send_q) == (0, 0))
            });
        }
    }
    // So many were not asked for one by one.
    let frames = run.facts().filter(|fact| matches!(fact, Fact::FrameSent { .. })).count();
    let changes = told(&run, sender).len();
    assert!(frames > 2_000 && changes * 2 < frames, "{frames} frames, {changes} states");
    run.type_into(0, "\n");
    run.type_into(1, "\n");
    run.until_end();
}

/// A server that accepts one connection and does what it is told, and a client that waits for words.
fn pair(server: &str, client: &str) -> LabRun {
    let server = format!(
        "from socket import *\nimport struct\nlistener = socket()\nlistener.bind(('', 18888))\nlistener.listen()\n\
         conn, _ = listener.accept()\n{server}"
    );
    let client = format!("from socket import *\nsock = create_connection(('192.168.1.4', 18888))\n{client}");
    lan()
        .python("server", 4, &server)
        .python("client", 7, &client)
        .with(|plan| plan.hosts[1].after = Some("server".into()))
        .start()
}

#[test]
fn readiness_from_connect_to_the_peers_goodbye() {
    let mut run =
        pair("conn.send(b'hello')\ninput()\nconn.close()\n", "input()\nsock.recv(9)\ninput()\nsock.recv(9)\n");
    run.until("5 bytes", |fact| matches!(fact, Fact::SocketChanged { snapshot, .. } if snapshot.recv_q == 5));
    run.type_into(1, "\n");
    run.until(
        "the bytes' end",
        |fact| matches!(fact, Fact::CallReturned { outcome: Outcome::Returned(5), filled, .. } if !filled.is_empty()),
    );
    run.type_into(0, "\n");
    run.until(
        "a close",
        |fact| matches!(fact, Fact::SocketChanged { snapshot, .. } if snapshot.state == Some(S::CloseWait)),
    );
    run.type_into(1, "\n");
    run.until_end();
    let connected = run.call(1, Syscall::Connect).socket.unwrap();
    let seen = told_as(&run, connected, |snapshot| (snapshot.state.unwrap(), snapshot.ready));
    let expected = [
        (S::Closed, Some(ready(&[OUT, HUP]))),
        (S::SynSent, Some(ready(&[]))),
        (S::Established, Some(ready(&[OUT]))),
        (S::Established, Some(ready(&[IN, OUT]))),
        (S::Established, Some(ready(&[OUT]))),
        // claims.md 11: a plain FIN is no hang-up.
        (S::CloseWait, Some(ready(&[IN, OUT, RDHUP]))),
    ];
    assert!(in_order(&seen, &expected), "{seen:?}");
}

#[test]
fn a_reset_is_readable_writable_an_error_and_a_hang_up() {
    let server = "conn.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack('ii', 1, 0))\nconn.close()\n";
    let mut run = pair(server, "input()\n");
    run.until("the reset", |fact| {
        matches!(fact, Fact::SocketChanged { snapshot, .. } if snapshot.ready.is_some_and(|ready| ready.has(ERR)))
    });
    run.type_into(1, "\n");
    run.until_end();
    let connected = run.call(1, Syscall::Connect).socket.unwrap();
    let seen = told_as(&run, connected, |snapshot| (snapshot.state.unwrap(), snapshot.ready));
    // claims.md 10.
    assert!(seen.contains(&(S::Closed, Some(ready(&[IN, OUT, ERR, HUP, RDHUP])))), "{seen:?}");
}

#[test]
fn urgent_data_is_urgent() {
    let mut run = pair("conn.send(b'!', MSG_OOB)\ninput()\n", "input()\n");
    let urgent = |fact: &Fact| {
        matches!(fact, Fact::SocketChanged { snapshot, .. }
            if snapshot.ready.is_some_and(|ready| ready.has(Readiness::URGENT) && !ready.has(IN)))
    };
    run.until("urgent data", urgent);
    run.stop();
    run.until_end();
}

#[test]
fn who_closes_first_waits_and_nobody_holds_it() {
    let mut run = pair("conn.close()\ninput()\n", "sock.recv(9)\nsock.close()\n");
    run.until(
        "TIME_WAIT",
        |fact| matches!(fact, Fact::SocketChanged { snapshot, .. } if snapshot.state == Some(S::TimeWait)),
    );
    run.until_in(0, Syscall::Read);
    run.type_into(0, "\n");
    run.until_end();
    let accepted = run.call(0, Syscall::Accept4).made.unwrap();
    let waits = told(&run, accepted).into_iter().find(|snapshot| snapshot.state == Some(S::TimeWait)).unwrap();
    assert_eq!((waits.held, waits.ready, waits.tcp), (false, None, None));
    let timer = waits.timer.unwrap();
    assert_eq!(timer.kind, TimerKind::TimeWait);
    let at = run.events().iter().find(|event| {
        matches!(&event.fact, Fact::SocketChanged { socket, snapshot }
            if *socket == accepted && snapshot.state == Some(S::TimeWait))
    });
    let left = timer.expires.since(at.unwrap().at);
    assert!((59..=61).contains(&left.as_secs()), "{left:?}");
}

#[test]
fn who_shut_down_first_waits_with_the_descriptor_still_open() {
    let mut run = pair("conn.shutdown(SHUT_WR)\nconn.recv(9)\ninput()\n", "sock.recv(9)\nsock.close()\n");
    run.until(
        "TIME_WAIT",
        |fact| matches!(fact, Fact::SocketChanged { snapshot, .. } if snapshot.state == Some(S::TimeWait)),
    );
    run.type_into(0, "\n");
    run.until_end();
    let accepted = run.call(0, Syscall::Accept4).made.unwrap();
    assert_eq!(run.states(accepted).last(), Some(&S::TimeWait));
    let held = told_as(&run, accepted, |snapshot| (snapshot.state.unwrap(), snapshot.held));
    assert!(in_order(&held, &[(S::TimeWait, true), (S::TimeWait, false)]), "{held:?}");
}

#[test]
fn keep_alive_has_a_timer() {
    let client = "sock.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)\ninput()\n";
    let mut run = pair("conn.recv(9)\n", client);
    run.until("a keep-alive timer", |fact| {
        matches!(fact, Fact::SocketChanged { snapshot, .. }
            if snapshot.timer.is_some_and(|timer| timer.kind == TimerKind::KeepAlive))
    });
    run.type_into(1, "\n");
    run.until_end();
}

const EPOLL: &str = "\
from socket import *
import select
a, b = socketpair()
ep = select.epoll()
ep.register(a, select.EPOLLIN)
ep.register(b, select.EPOLLIN | select.EPOLLET)
ep.modify(a, select.EPOLLIN | select.EPOLLONESHOT)
b.send(b'x')
print(ep.poll(1))
print(ep.poll(0))
ep.modify(a, select.EPOLLIN)
ep.unregister(b)
a.close()
input()
";

#[test]
fn epoll_interest_and_how_a_one_shot_falls_asleep() {
    let mut run = lan().python("a", 4, EPOLL).start();
    run.until_in(0, Syscall::Read);
    run.type_into(0, "\n");
    run.until_end();
    let lists: Vec<Vec<Interest>> = run
        .facts()
        .filter_map(|fact| match fact {
            Fact::EpollChanged { interest, .. } => Some(interest.clone()),
            _ => None,
        })
        .collect();
    let words: Vec<Vec<(String, bool)>> = lists
        .iter()
        .map(|list| list.iter().map(|interest| (interest.names(), interest.is_armed())).collect())
        .collect();
    let is = |names: &str| (names.to_owned(), true);
    let expected = [
        vec![is("EPOLLIN")],
        vec![is("EPOLLIN"), is("EPOLLIN|EPOLLET")],
        vec![is("EPOLLIN|EPOLLONESHOT"), is("EPOLLIN|EPOLLET")],
        vec![("EPOLLONESHOT".to_owned(), false), is("EPOLLIN|EPOLLET")],
        vec![is("EPOLLIN"), is("EPOLLIN|EPOLLET")],
        vec![is("EPOLLIN")],
        vec![], // close(2) of the last descriptor ends the interest
    ];
    assert_eq!(words, expected);
    assert!(lists.iter().flatten().all(|interest| interest.socket.is_some()));

    // The model knows which of the watched are ready, just after the byte was sent.
    let mut model = Model::default();
    for event in run.events() {
        model.apply(event);
        if matches!(&event.fact, Fact::CallReturned { call, .. }
            if model.call(*call).is_some_and(|call| call.syscall == Syscall::Sendto))
        {
            break;
        }
    }
    let process = *model.processes.keys().next().unwrap();
    let epfd = *model.processes[&process].epolls.keys().next().unwrap();
    let ready: Vec<bool> =
        model.watched(process, epfd).map(|(interest, ready)| interest.wants(ready.unwrap())).collect();
    assert_eq!(ready, [true, false]);
}

#[test]
fn unix_sockets_have_names_and_peers() {
    let program = "\
from socket import *
for address in ('/tmp/socklab.sock', '\\0lab'):
    listener = socket(AF_UNIX, SOCK_STREAM)
    listener.bind(address)
    listener.listen(3)
    client = socket(AF_UNIX, SOCK_STREAM)
    client.connect(address)
    conn, _ = listener.accept()
    client.send(b'hello')
    conn.recv(9)
receiver = socket(AF_UNIX, SOCK_DGRAM)
receiver.bind('/tmp/dgram.sock')
sender = socket(AF_UNIX, SOCK_DGRAM)
sender.connect('/tmp/dgram.sock')
sender.send(b'hi')
receiver.recv(9)
";
    let run = lan().python("a", 4, program).finish();
    let calls = run.calls(0);
    let of = |syscall: Syscall| calls.iter().filter(move |call| call.syscall == syscall);
    let listeners: Vec<SocketId> = of(Syscall::Listen).map(|call| call.socket.unwrap()).collect();
    let clients: Vec<SocketId> = of(Syscall::Connect).map(|call| call.socket.unwrap()).collect();
    let accepted: Vec<SocketId> = of(Syscall::Accept4).map(|call| call.made.unwrap()).collect();
    let names = [Address::Path("/tmp/socklab.sock".into()), Address::Abstract("lab".into())];
    for (index, name) in names.into_iter().enumerate() {
        let (listener, client, conn) = (listeners[index], clients[index], accepted[index]);
        let queue = told_as(&run, listener, Snapshot::accept_queue);
        assert!(in_order(&queue, &[None, Some((0, 3)), Some((1, 3)), Some((0, 3))]), "{queue:?}");
        assert_eq!(told(&run, listener).last().unwrap().local, Some(name.clone()));
        let connected = told(&run, client).into_iter().find(|snapshot| snapshot.state == Some(S::Established)).unwrap();
        assert_eq!(connected.peer, Some(name.clone()));
        let peers = |one, other| told(&run, one).iter().any(|snapshot| snapshot.peer_socket == Some(other));
        assert!(peers(client, conn) && peers(conn, client), "{}", run.dump());
        // What one sends waits at the other, though no frame told of it.
        let waiting = told_as(&run, conn, |snapshot| (snapshot.recv_q, snapshot.ready));
        assert!(in_order(&waiting, &[(5, Some(ready(&[IN, OUT]))), (0, Some(ready(&[OUT])))]), "{waiting:?}");
    }
    let sender = clients[2];
    let receiver = of(Syscall::Bind).nth(2).unwrap().socket.unwrap();
    assert!(told(&run, sender).iter().any(|snapshot| snapshot.peer_socket == Some(receiver)
        && snapshot.peer == Some(Address::Path("/tmp/dgram.sock".into()))
        && snapshot.state.is_none()));
    assert!(told(&run, receiver).iter().any(|snapshot| snapshot.recv_q == 2));
}

#[test]
fn both_ends_of_a_socketpair_are_known() {
    let program = "from socket import *\na, b = socketpair()\na.send(b'hi')\nb.recv(9)\na.close()\nb.recv(9)\n";
    let run = lan().python("a", 4, program).finish();
    let ends: Vec<SocketId> = run
        .facts()
        .filter_map(|fact| match fact {
            Fact::SocketSeen { socket, origin, .. } if origin.family == Family::Unix && origin.kind == Kind::Stream => {
                Some(*socket)
            }
            _ => None,
        })
        .collect();
    let [one, other] = ends[..] else { panic!("{}", run.dump()) };
    assert_eq!(run.call(0, Syscall::Socketpair).made, Some(one));
    for (end, peer) in [(one, other), (other, one)] {
        assert!(told(&run, end).iter().any(|snapshot| snapshot.peer_socket == Some(peer)), "{}", run.dump());
    }
    let seen = told_as(&run, other, |snapshot| (snapshot.recv_q, snapshot.ready));
    let expected = [
        (0, Some(ready(&[OUT]))),
        (2, Some(ready(&[IN, OUT]))),
        (0, Some(ready(&[OUT]))),
        (0, Some(ready(&[IN, OUT, HUP, RDHUP]))),
    ];
    assert!(in_order(&seen, &expected), "{seen:?}");
}

#[test]
fn a_connection_of_a_host_with_itself_is_told_without_frames() {
    let program = "\
from socket import *
listener = socket()
listener.bind(('127.0.0.1', 18888))
listener.listen(7)
sock = socket()
sock.connect(('127.0.0.1', 18888))
conn, _ = listener.accept()
sock.send(b'hello')
conn.recv(9)
";
    let run = lan().python("a", 4, program).finish();
    // Told before the call returned that made it so.
    let told_until = |syscall: Syscall, wanted: SocketId, is_so: &dyn Fn(&Snapshot) -> bool| {
        let returned = run.call(0, syscall).returned.unwrap();
        run.events().iter().take_while(|event| event.seq < returned).any(|event| {
            matches!(&event.fact, Fact::SocketChanged { socket, snapshot } if *socket == wanted && is_so(snapshot))
        })
    };
    let listener = run.call(0, Syscall::Listen).socket.unwrap();
    let conn = run.call(0, Syscall::Accept4).made.unwrap();
    assert!(told_until(Syscall::Connect, listener, &|now| now.accept_queue() == Some((1, 7))), "{}", run.dump());
    let arrived = |now: &Snapshot| now.recv_q == 5 && now.ready == Some(ready(&[IN, OUT]));
    assert!(told_until(Syscall::Sendto, conn, &arrived), "{}", run.dump());
}

#[test]
fn a_datagram_makes_its_receiver_readable() {
    let receiver =
        "from socket import *\nsock = socket(AF_INET, SOCK_DGRAM)\nsock.bind(('', 19999))\ninput()\nsock.recv(9)\n";
    let sender = "from socket import *\nsocket(AF_INET, SOCK_DGRAM).sendto(b'hi', ('192.168.1.4', 19999))\n";
    let mut run = lan()
        .python("receiver", 4, receiver)
        .python("sender", 7, sender)
        .with(|plan| plan.hosts[1].after = Some("receiver".into()))
        .start();
    let arrived = |snapshot: &Snapshot| snapshot.recv_q >= 2 && snapshot.ready == Some(ready(&[IN, OUT]));
    run.until("a datagram", |fact| matches!(fact, Fact::SocketChanged { snapshot, .. } if arrived(snapshot)));
    run.type_into(0, "\n");
    run.until_end();
    let seen = told_as(&run, run.call(0, Syscall::Bind).socket.unwrap(), |now| (now.state, now.ready));
    assert!(in_order(
        &seen,
        &[(None, Some(ready(&[OUT]))), (None, Some(ready(&[IN, OUT]))), (None, Some(ready(&[OUT])))]
    ));
}

#[test]
fn the_round_trip_time_is_the_wires() {
    let delay = Duration::from_millis(30);
    let server = "conn.sendall(conn.recv(9))\nconn.recv(9)\n";
    let client = "sock.send(b'x')\nsock.recv(9)\nsock.close()\n";
    let run = |delay| {
        let mut run = lan()
            .python("server", 4, &format!("from socket import *\nl = socket()\nl.bind(('', 18888))\nl.listen()\nconn, _ = l.accept()\n{server}"))
            .python("client", 7, &format!("from socket import *\nsock = create_connection(('192.168.1.4', 18888))\n{client}"))
            .with(|plan| {
                plan.hosts[1].after = Some("server".into());
                plan.wire.link.delay = delay;
            })
            .start();
        run.until_end();
        let connect = run.call(1, Syscall::Connect);
        let entered = run.events().iter().find(|event| event.seq == connect.entered).unwrap().at;
        let first = run.events().iter().find_map(|event| match &event.fact {
            Fact::SocketChanged { socket, snapshot } if Some(*socket) == connect.socket => {
                Some((event.at, snapshot.tcp.filter(|_| snapshot.state == Some(S::Established))?))
            }
            _ => None,
        });
        let (seen, tcp) = first.unwrap();
        // The handshake was its only measurement, and it took no longer than from the call to this moment.
        let most = seen.since(entered);
        assert!(Duration::from_micros(tcp.rtt.into()) <= most, "{most:?} {tcp:?}");
        tcp
    };
    let (near, far) = (run(Duration::ZERO), run(delay));
    let there_and_back = 2 * u32::try_from(delay.as_micros()).unwrap();
    assert!(near.rtt > 0 && far.rtt >= there_and_back, "{near:?} {far:?}");
    assert!(far.rto > far.rtt && far.mss == 1448 && far.cwnd == 10 && far.ssthresh.is_none(), "{far:?}");
    assert!(far.snd_wnd > 0 && far.rcv_wnd > 0, "{far:?}");
}

#[test]
fn what_the_wire_loses_is_sent_again_and_counted() {
    // No answer ever comes: the connection is made by a wire that then loses everything the client sends.
    let mut run = pair("input()\n", "input()\nsock.send(b'x')\ninput()\n");
    run.until_in(1, Syscall::Read);
    let mut settings = trace::event::host::WireSettings::default();
    settings.link.loss_ppm = 1_000_000;
    run.wire(trace::protocol::WireCommand::Set(settings));
    run.type_into(1, "\n");
    let again = |snapshot: &Snapshot| snapshot.tcp.is_some_and(|tcp| tcp.retransmits >= 2);
    run.until("two retransmissions", |fact| matches!(fact, Fact::SocketChanged { snapshot, .. } if again(snapshot)));
    run.stop();
    run.until_end();
    let connected = told(&run, run.call(1, Syscall::Connect).socket.unwrap());
    let lost = connected.iter().find(|snapshot| again(snapshot)).unwrap();
    let tcp = lost.tcp.unwrap();
    // What happens to the slow start threshold is the congestion control's choice: BBR has none.
    assert!(tcp.total_retrans >= 2 && tcp.cwnd == 1, "{tcp:?}");
    assert_eq!((lost.send_q, lost.unsent, lost.unacknowledged()), (1, 0, 1));
    let timer = lost.timer.unwrap();
    assert_eq!(timer.kind, TimerKind::Retransmission);
    assert!(timer.retries >= 2, "{timer:?}");
    // Each time-out doubles the next: the timer's moments are further and further apart.
    let mut moments: Vec<_> = connected.iter().filter(|s| s.send_q == 1).filter_map(|s| s.timer).collect();
    moments.dedup_by_key(|timer| timer.retries);
    assert!(moments.is_sorted_by_key(|timer| timer.expires), "{moments:?}");
}

#[test]
fn a_resized_terminal_interrupts_nothing() {
    let mut run = pair("input()\nconn.send(b'x')\n", "sock.recv(9)\n");
    run.until_in(1, Syscall::Recvfrom);
    run.resize(1, 100, 30);
    run.until(
        "an interrupted recv",
        |fact| matches!(fact, Fact::CallReturned { outcome: Outcome::Failed(errno), .. } if errno.is_restart()),
    );
    run.type_into(0, "\n");
    run.until_end();
    let model = Model::after(run.events());
    let client = model.threads.values().find(|thread| thread.host.0 == 1).unwrap().id;
    let received: Vec<_> = model
        .calls
        .values()
        .filter(|call| call.thread == client && call.syscall == Syscall::Recvfrom)
        .map(|call| call.outcome())
        .collect();
    assert_eq!(received, [Some(Outcome::Returned(1))]);
    assert_eq!(model.notes, []);
}
