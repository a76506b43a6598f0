//! What a host sends to itself.

use support::lab_run::{LabRun, lan, segment};
use trace::bytes::Clipped;
use trace::event::Fact;
use trace::event::host::{Cause, Limit};
use trace::event::socket::TcpState as S;
use trace::syscall::Syscall;
use trace::wire::Packet;

fn looped(run: &LabRun) -> Vec<(usize, &Clipped)> {
    let facts = run.facts().enumerate();
    facts
        .filter_map(|(at, fact)| if let Fact::FrameLooped { bytes, .. } = fact { Some((at, bytes)) } else { None })
        .collect()
}

const SELF: &str = "\
from socket import *
listener = create_server(('127.0.0.1', 18888))
sock = create_connection(('127.0.0.1', 18888))
conn, _ = listener.accept()
sock.sendall(b'hello')
conn.recv(99)
sock.close()
conn.recv(99)
conn.close()
";

#[test]
fn each_frame_on_lo_is_told_once_and_before_the_call_that_sent_it_returns() {
    let run = lan().python("a", 4, SELF).finish();
    let words: Vec<_> = looped(&run).iter().filter_map(|(_, bytes)| segment(&bytes.head.0)).collect();
    // Whether a FIN has an acknowledgment of its own is the kernel's choice.
    let expected = ["SYN", "SYN ACK", "PSH ACK 5", "FIN ACK", "FIN ACK"];
    assert_eq!(words.iter().filter(|word| *word != "ACK").collect::<Vec<_>>(), expected, "{}", run.dump());
    assert!((3..=4).contains(&words.iter().filter(|word| *word == "ACK").count()), "{words:?}");
    // None of it crosses the wire.
    assert!(!run.facts().any(|fact| matches!(fact, Fact::FrameSent { .. })));
    let sent = run.call(0, Syscall::Sendto);
    let data = looped(&run).into_iter().find(|(_, bytes)| segment(&bytes.head.0).as_deref() == Some("PSH ACK 5"));
    let at = run.events()[data.unwrap().0].seq;
    assert!(sent.entered < at && Some(at) < sent.returned, "{}", run.dump());
    // Both ends' states are told.
    let (one, other) = (run.call(0, Syscall::Connect).socket.unwrap(), run.call(0, Syscall::Accept4).made.unwrap());
    let states = run.states(one);
    assert!(states.contains(&S::Established) && states.contains(&S::TimeWait), "{states:?}");
    assert!(run.states(other).contains(&S::CloseWait), "{:?}", run.states(other));
}

#[test]
fn its_own_lan_address_is_on_lo_as_well() {
    let program = "\
from socket import *
sock = socket(AF_INET, SOCK_DGRAM)
sock.bind(('192.168.1.4', 19999))
sock.sendto(b'hello', ('192.168.1.4', 19999))
print(sock.recv(99))
";
    let run = lan().python("a", 4, program).finish();
    let frames = looped(&run);
    assert_eq!(frames.len(), 1, "{}", run.dump());
    let packet = Packet::parse(frames[0].1).unwrap();
    let (from, to) = packet.addresses().unwrap();
    assert_eq!((from.to_string(), to.to_string()), ("192.168.1.4:19999".into(), "192.168.1.4:19999".into()));
}

#[test]
fn large_frames_are_clipped_and_their_length_is_told() {
    let program = "\
from socket import *
sock = socket(AF_INET, SOCK_DGRAM)
sock.bind(('127.0.0.1', 19999))
sock.sendto(b'x' * 60000, ('127.0.0.1', 19999))
print(len(sock.recv(65536)))
";
    let run = lan().python("a", 4, program).finish();
    assert_eq!(run.terminal(0), "60000\r\n");
    let frames = looped(&run);
    assert_eq!((frames.len(), frames[0].1.len), (1, 60_000 + 8 + 20 + 14), "{}", run.dump());
    assert!(frames[0].1.head.0.len() <= 2048);
    assert_eq!(Packet::parse(frames[0].1).unwrap().udp().unwrap().1.payload.len, 60_000);
}

const FLOOD: &str = "\
from socket import *
sock = socket(AF_INET, SOCK_DGRAM)
sock.connect(('127.0.0.1', 9))
print('on', flush=True)
while True:
    try: sock.send(b'x')
    except OSError: pass
";

#[test]
fn a_flood_on_lo_is_bounded() {
    let limit = |plan: &mut lab::Plan| (plan.limits.events, plan.limits.frames) = (u64::MAX, 5000);
    let run = lan().python("flood", 9, FLOOD).with(limit).finish();
    assert_eq!(run.cause(), &Cause::Limit(Limit::Frames(5000)));
    assert!(looped(&run).len() <= 5000);
}

#[test]
fn a_flood_on_lo_leaves_the_wire_alone() {
    let server = "\
from socket import *
listener = create_server(('', 18888))
for _ in range(3):
    conn, _ = listener.accept()
    conn.sendall(conn.recv(99))
    conn.close()
print('served', flush=True)
";
    let client = "\
from socket import *
input()
for _ in range(3):
    sock = create_connection(('192.168.1.4', 18888))
    sock.sendall(b'hello')
    assert sock.recv(99) == b'hello'
print('done', flush=True)
";
    let mut run = lan()
        .python("server", 4, server)
        .python("client", 7, client)
        .python("flood", 9, FLOOD)
        .with(|plan| {
            (plan.limits.events, plan.limits.frames, plan.limits.trace) = (u64::MAX, u64::MAX, u64::MAX);
            plan.hosts[1].after = Some("server".into());
        })
        .start();
    run.until("the flood", |fact| matches!(fact, Fact::FrameLooped { .. }));
    run.type_into(1, "\n");
    run.until("the wire carries it all", |fact| matches!(fact, Fact::ProgramEnded { host, .. } if host.0 == 1));
    // The flood has gone on meanwhile.
    run.until("more of the flood", |fact| matches!(fact, Fact::FrameLooped { .. }));
    run.stop();
    run.until_end();
    assert!(run.terminal(1).contains("done"), "{}", run.terminal(1));
}
