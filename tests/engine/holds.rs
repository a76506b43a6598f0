//! What a person does with frames that the wire holds: each verb, on what it is meant for and on nothing else.

use support::lab_run::{LabRun, Setup, lan, segment};
use trace::event::{Fact, LossCause};
use trace::filter::Filter;
use trace::id::{FrameId, HostId};
use trace::protocol::{Pick, WireCommand, WireRefusal};
use trace::syscall::Syscall;
use trace::wire::Packet;

const SERVER: &str = "\
from socket import *
listener = create_server(('', 18888))
conn, _ = listener.accept()
whole = b''
while part := conn.recv(4096): whole += part
print(whole.decode())
conn.close()
";

/// Sends two segments, then the end.
const CLIENT: &str = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
sock.sendall(b'one ')
sock.sendall(b'two ')
sock.shutdown(SHUT_WR)
sock.recv(99)
";

fn hold(setup: Setup, filter: &str) -> Setup {
    setup.with(|plan| plan.wire.rules = vec![format!("hold {filter}").parse().unwrap()])
}

fn pair(filter: &str) -> LabRun {
    let setup = lan().python("server", 4, SERVER).python("client", 7, CLIENT);
    hold(setup, filter).with(|plan| plan.hosts[1].after = Some("server".into())).start()
}

/// What a frame is, in words: a segment's flags and length, or the text of a datagram.
fn word(run: &LabRun, wanted: FrameId) -> String {
    let word = run.facts().find_map(|fact| match fact {
        Fact::FrameSent { frame, bytes, .. } | Fact::FrameMade { frame, bytes, .. } if *frame == wanted => {
            segment(&bytes.head.0)
                .or_else(|| Some(String::from_utf8_lossy(&Packet::parse(bytes)?.udp()?.1.payload.head.0).into_owned()))
        }
        _ => None,
    });
    word.unwrap_or_else(|| panic!("{wanted} is neither TCP nor UDP"))
}

/// Frames that reached a host, in this order.
fn delivered(run: &LabRun, to: u16) -> Vec<FrameId> {
    let at = |fact: &Fact| match fact {
        Fact::FrameDelivered { frame, host } if host.0 == to => Some(*frame),
        _ => None,
    };
    run.facts().filter_map(at).collect()
}

#[test]
fn all_is_every_frame_but_address_resolution() {
    let mut run = pair("all");
    let first = run.until_frame_held();
    assert_eq!(word(&run, first), "SYN");
    let before: Vec<_> = run.facts().filter(|fact| matches!(fact, Fact::FrameDelivered { .. })).collect();
    assert!(!before.is_empty(), "the server's hardware address was asked for and told");
    // Whatever follows is held as well, of both directions, until nothing more is to be.
    run.wire(WireCommand::Release(Pick::All));
    let second = run.until_frame_held();
    run.until_once("the server answers", |fact| matches!(fact, Fact::FrameHeld { host, .. } if host.0 == 1));
    assert!(!delivered(&run, 0).contains(&second));
    run.hold_nothing_more();
    run.wire(WireCommand::Release(Pick::All));
    run.until_end();
    assert_eq!(run.terminal(0), "one two \r\n");
}

#[test]
fn what_comes_from_a_host_is_held_and_what_goes_to_it_is_not() {
    let server = "\
from socket import *
sock = socket(AF_INET, SOCK_DGRAM)
sock.bind(('', 19999))
for _ in range(2):
    text, peer = sock.recvfrom(99)
    sock.sendto(text.upper(), peer)
";
    let client = "\
from socket import *
sock = socket(AF_INET, SOCK_DGRAM)
for text in b'one', b'two':
    sock.sendto(text, ('192.168.1.4', 19999))
    print(sock.recv(99).decode())
";
    let setup = lan().python("server", 4, server).python("client", 7, client);
    let mut run = hold(setup, "udp and from client").with(|plan| plan.hosts[1].after = Some("server".into())).start();
    for text in ["one", "two"] {
        let frame = run.until_frame_held();
        assert_eq!(word(&run, frame), text);
        run.wire(WireCommand::Release(Pick::Frame(frame)));
    }
    run.until_end();
    assert_eq!(run.terminal(1), "ONE\r\nTWO\r\n");
    let held = run.facts().filter(|fact| matches!(fact, Fact::FrameHeld { .. })).count();
    assert_eq!(held, 2);
}

#[test]
fn some_of_what_is_held_is_let_go_and_some_is_dropped() {
    let server = "\
from socket import *
socks = [socket(AF_INET, SOCK_DGRAM) for _ in range(2)]
for sock, port in zip(socks, (19999, 20000)): sock.bind(('', port))
print(socks[1].recv(99).decode())
socks[0].setblocking(False)
input()
try: socks[0].recv(99)
except BlockingIOError: print('nothing')
";
    let client = "\
from socket import *
sock = socket(AF_INET, SOCK_DGRAM)
for text in b'one', b'two':
    for port in 19999, 20000: sock.sendto(text, ('192.168.1.4', port))
";
    let setup = lan().python("server", 4, server).python("client", 7, client);
    let mut run = hold(setup, "udp").with(|plan| plan.hosts[1].after = Some("server".into())).start();
    let held: Vec<_> = (0..4).map(|_| run.until_frame_held()).collect();
    let port = |port: u16| -> Filter { format!("port {port}").parse().unwrap() };
    run.wire(WireCommand::Drop(Pick::Matching(port(19999))));
    assert_eq!(run.try_wire(WireCommand::Drop(Pick::Matching(port(19999)))), Err(WireRefusal::NothingHeld));
    run.wire(WireCommand::Release(Pick::Matching(port(20000))));
    assert_eq!(run.try_wire(WireCommand::Release(Pick::All)), Err(WireRefusal::NothingHeld));
    run.until_in(0, Syscall::Read);
    run.type_into(0, "\n");
    run.until_end();
    assert!(run.terminal(0).starts_with("one\r\n") && run.terminal(0).ends_with("nothing\r\n"), "{}", run.terminal(0));
    let dropped: Vec<_> = run
        .facts()
        .filter_map(|fact| match fact {
            Fact::FrameLost { frame, cause: LossCause::ByHand, .. } => Some(*frame),
            _ => None,
        })
        .collect();
    assert_eq!(dropped, [held[0], held[2]]);
    let arrived = delivered(&run, 0);
    assert_eq!([held[1], held[3]].map(|frame| arrived.contains(&frame)), [true, true]);
}

#[test]
fn a_segment_that_comes_twice_is_read_once() {
    let mut run = pair("tcp.data");
    let first = run.until_frame_held();
    run.wire(WireCommand::Duplicate(first));
    let copy = until_held_copy(&mut run, first);
    run.hold_nothing_more();
    run.wire(WireCommand::Release(Pick::All));
    run.until_end();
    let arrived = delivered(&run, 0);
    let at = |wanted| arrived.iter().position(|frame| *frame == wanted);
    assert!(at(first).is_some() && at(first) < at(copy), "{}", run.dump());
    assert_eq!(run.terminal(0), "one two \r\n");
}

fn until_held_copy(run: &mut LabRun, of: FrameId) -> FrameId {
    let made = |fact: &Fact| match fact {
        Fact::FrameMade { frame, of: originals, .. } if *originals == [of] => Some(*frame),
        _ => None,
    };
    run.until_once("a copy is made", |fact| made(fact).is_some());
    let copy = run.facts().find_map(made).expect("just waited for");
    run.until_once("the copy is held", |fact| matches!(fact, Fact::FrameHeld { frame, .. } if *frame == copy));
    copy
}

#[test]
fn segments_that_change_places_are_read_in_their_order() {
    let mut run = pair("tcp.data");
    let (one, two) = (run.until_frame_held(), run.until_frame_held());
    assert_eq!([word(&run, one), word(&run, two)], ["PSH ACK 4", "PSH ACK 4"]);
    run.wire(WireCommand::Move { frame: one, behind: two });
    run.hold_nothing_more();
    run.wire(WireCommand::Release(Pick::All));
    run.until_end();
    let arrived = delivered(&run, 0);
    let at = |wanted| arrived.iter().position(|frame| *frame == wanted);
    assert!(at(two).is_some() && at(two) < at(one), "{}", run.dump());
    assert_eq!(run.terminal(0), "one two \r\n");
}

#[test]
fn what_is_let_go_to_a_host_that_is_unplugged_is_lost_and_sent_again() {
    let mut run = pair("tcp.data");
    let first = run.until_frame_held();
    run.wire(WireCommand::Unplug(HostId(0)));
    run.hold_nothing_more();
    run.wire(WireCommand::Release(Pick::All));
    run.until_once(
        "it is lost",
        |fact| matches!(fact, Fact::FrameLost { frame, cause: LossCause::Unplugged, .. } if *frame == first),
    );
    run.wire(WireCommand::Plug(HostId(0)));
    assert_eq!(run.try_wire(WireCommand::Plug(HostId(0))), Err(WireRefusal::AlreadySo(HostId(0))));
    run.until_end();
    assert_eq!(run.terminal(0), "one two \r\n");
}

/// Every schedule by its name, and splits at every place in turn.
#[test]
fn a_message_is_split_at_each_of_its_places_in_turn() {
    let server = "\
from socket import *
listener = create_server(('', 18888))
conn, _ = listener.accept()
for _ in range(4):
    whole = b''
    while len(whole) < 5: whole += conn.recv(99)
    conn.sendall(b'.')
";
    let client = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
for _ in range(4):
    sock.sendall(b'hello')
    sock.recv(1)
";
    let lengths = |rule: &str| {
        let run = lan()
            .python("server", 4, server)
            .python("client", 7, client)
            .with(|plan| {
                plan.hosts[1].after = Some("server".into());
                plan.wire.rules = vec![rule.parse().unwrap()];
            })
            .finish();
        let piece = |fact: &Fact| match fact {
            Fact::FrameMade { frame, .. } => Some(word(&run, *frame).rsplit(' ').next()?.parse::<u32>().unwrap()),
            _ => None,
        };
        run.facts().filter_map(piece).collect::<Vec<_>>()
    };
    // What the kernel sends again has its turn as well.
    let (in_turn, after_two) = (lengths("split from client"), lengths("split=2 from client"));
    assert!(in_turn.len() >= 8 && after_two.len() >= 8, "{in_turn:?} {after_two:?}");
    assert_eq!(in_turn[..8], [1, 4, 2, 3, 3, 2, 4, 1]);
    assert_eq!(after_two[..8], [2, 3, 2, 3, 2, 3, 2, 3]);
}
