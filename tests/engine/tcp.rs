//! TCP between two hosts.

use std::collections::BTreeSet;

use support::lab_run::{LabRun, lan, segment};
use trace::errno::Errno;
use trace::event::Fact;
use trace::event::call::{Address, Outcome, Value};
use trace::event::host::{Cause, ExitStatus};
use trace::event::socket::TcpState as S;
use trace::syscall::Syscall;

const SERVER: &str = "\
from socket import *

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(('192.168.1.4', 18888))
listener.listen(5)
conn, peer = listener.accept()
while part := conn.recv(5):
    print('got', part.decode())
    conn.sendall(part.upper())
conn.close()
";

const CLIENT: &str = "\
from socket import *
from time import sleep

sock = socket(AF_INET, SOCK_STREAM)
while sock.connect_ex(('192.168.1.4', 18888)):
    sock.close()
    sleep(0.01)
    sock = socket(AF_INET, SOCK_STREAM)
text = input('say> ')
sock.sendall(text.encode())
answer = b''
while len(answer) < len(text):
    answer += sock.recv(1024)
print('answer', answer.decode())
sock.close()
";

/// A whole conversation; the client speaks once the server waits for it.
fn conversation() -> LabRun {
    let mut run = lan().python("server", 4, SERVER).python("client", 7, CLIENT).start();
    run.until_in(1, Syscall::Read);
    run.type_into(1, "hello world\n");
    run.until_end();
    run
}

#[test]
fn both_programs_say_and_print_what_they_should() {
    let run = conversation();
    assert_eq!(run.cause(), &Cause::Finished);
    assert_eq!((run.status(0), run.status(1)), (ExitStatus::Exited(0), ExitStatus::Exited(0)));
    assert_eq!(run.terminal(0), "got hello\r\ngot  worl\r\ngot d\r\n");
    // The terminal echoes what is typed, perhaps before the prompt.
    let client = run.terminal(1);
    assert!(client.contains("say> ") && client.contains("hello world\r\n"), "{client}");
    assert!(client.ends_with("answer HELLO WORLD\r\n"), "{client}");
}

#[test]
fn the_wire_carries_the_handshake_the_data_and_both_goodbyes() {
    let run = conversation();
    // A client that came too early was refused and tried again.
    let segments: Vec<String> = run.segments().into_iter().skip_while(|segment| segment != "SYN ACK").collect();
    assert_eq!(segments[..2], ["SYN ACK", "ACK"], "{segments:?}");
    assert!(segments.contains(&"PSH ACK 11".to_owned()), "{segments:?}");
    // A kernel that waited too long for its acknowledgment says goodbye once more.
    let goodbye = |fact: &Fact| match fact {
        Fact::FrameSent { host, bytes, .. } => segment(&bytes.head.0)?.starts_with("FIN").then_some(*host),
        _ => None,
    };
    let hosts: BTreeSet<_> = run.facts().filter_map(goodbye).collect();
    assert_eq!(hosts.len(), 2, "{segments:?}");
    assert!(!segments.iter().any(|segment| segment.starts_with("RST")), "{segments:?}");
}

#[test]
fn calls_have_arguments_results_and_lines() {
    let run = conversation();
    let bind = run.call(0, Syscall::Bind);
    assert_eq!(bind.args[1], Value::Address(Address::Inet("192.168.1.4:18888".parse().unwrap())));
    assert_eq!((bind.line, bind.outcome), (Some(4), Some(Outcome::Returned(0))));

    let accept = run.call(0, Syscall::Accept4);
    assert_eq!(accept.line, Some(6));
    assert!(matches!(&accept.args[1], Value::Address(Address::Inet(peer)) if peer.ip().to_string() == "192.168.1.7"));

    let received: Vec<_> = run
        .calls(0)
        .into_iter()
        .filter(|call| call.syscall == Syscall::Recvfrom)
        .map(|call| match &call.args[1] {
            Value::Data(data) => data.head.escaped(),
            other => panic!("not data: {other:?}"),
        })
        .collect();
    assert_eq!(received, ["hello", " worl", "d", ""]);

    let stdin = run.call(1, Syscall::Read);
    assert_eq!((stdin.socket, stdin.line), (None, Some(9)));
}

#[test]
fn every_state_is_seen_however_short() {
    let run = conversation();
    let listener = run.call(0, Syscall::Listen).socket.unwrap();
    assert_eq!(run.states(listener), [S::Closed, S::Listen]);
    let accepted = run.call(0, Syscall::Accept4).made.unwrap();
    assert_eq!(run.states(accepted), [S::SynRcvd, S::Established, S::CloseWait, S::LastAck]);
    let connected = run
        .calls(1)
        .into_iter()
        .find(|call| call.syscall == Syscall::Connect && call.outcome == Some(Outcome::Returned(0)))
        .and_then(|call| call.socket)
        .unwrap();
    let states = run.states(connected);
    assert_eq!(states[..3], [S::Closed, S::SynSent, S::Established], "{states:?}");
    // FIN and its ACK may be seen one by one or at once.
    assert_eq!(states[3], S::FinWait1, "{states:?}");
    assert_eq!(states.last(), Some(&S::TimeWait), "{states:?}");
}

#[test]
fn what_waits_unread_is_counted() {
    let run = conversation();
    let accepted = run.call(0, Syscall::Accept4).made.unwrap();
    let waiting: Vec<u32> = run
        .facts()
        .filter_map(|fact| match fact {
            Fact::SocketChanged { socket, snapshot } if *socket == accepted => Some(snapshot.recv_q),
            _ => None,
        })
        .collect();
    let mut distinct = waiting.clone();
    distinct.dedup();
    // 11 arrive; recv(5) takes 5, 5, and the last one. (The first recv may be waiting already: then 11 is never seen.)
    assert!(distinct.ends_with(&[6, 1, 0]), "{waiting:?}");
}

#[test]
fn accept_is_blocked_until_the_third_packet_is_there() {
    // The server is in accept() before the client starts to connect.
    let client = "\
from socket import *
input()
sock = create_connection(('server', 18888))
sock.close()
";
    let mut run = lan().python("server", 4, SERVER).python("client", 7, client).start();
    run.until_in(0, Syscall::Accept4);
    run.type_into(1, "\n");
    run.until_end();
    let accept = run.call(0, Syscall::Accept4);
    let third = run
        .events()
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::FrameDelivered { frame, host } if host.0 == 0 => Some((event.seq, *frame)),
            _ => None,
        })
        .find(|(_, frame)| {
            run.facts().any(|fact| {
                matches!(fact, Fact::FrameSent { frame: sent, bytes, .. }
                    if sent == frame && segment(&bytes.head.0).as_deref() == Some("ACK"))
            })
        })
        .expect("an ACK reached the server");
    assert!(accept.entered < third.0 && third.0 < accept.returned.unwrap(), "{}", run.dump());
}

#[test]
fn a_program_that_comes_after_another_begins_when_that_one_serves() {
    let client = "from socket import *\ncreate_connection(('192.168.1.4', 18888)).close()\n";
    let late = format!("from time import sleep\nsleep(0.2)\n{SERVER}");
    let run = lan()
        .python("client", 7, client)
        .python("server", 4, &late)
        .with(|plan| plan.hosts[0].after = Some("server".into()))
        .finish();
    let listening = run.call(1, Syscall::Listen).returned.unwrap();
    let began = run.events().iter().find_map(|event| match event.fact {
        Fact::ThreadStarted { host, .. } if host.0 == 0 => Some(event.seq),
        _ => None,
    });
    assert!(began.unwrap() > listening);
    assert_eq!(run.call(0, Syscall::Connect).outcome, Some(Outcome::Returned(0)));
}

#[test]
fn nobody_listens_and_connect_is_refused() {
    let client = "\
from socket import *
sock = socket()
sock.connect(('192.168.1.4', 18888))
";
    // Whoever waits for a host that only ends waits no longer.
    let run = lan()
        .python("server", 4, "")
        .python("client", 7, client)
        .with(|plan| plan.hosts[1].after = Some("server".into()))
        .finish();
    let connect = run.call(1, Syscall::Connect);
    assert_eq!(connect.outcome, Some(Outcome::Failed(Errno(111))));
    assert_eq!(connect.line, Some(3));
    assert_eq!(run.segments(), ["SYN", "RST ACK"]);
    assert_eq!(run.status(1), ExitStatus::Exited(1));
    assert!(run.terminal(1).contains("ConnectionRefusedError"));
}
