use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::event::Event;
use crate::event::call::Address;
use crate::event::socket::Snapshot;
use crate::fixtures;
use crate::fixtures::arbitrary::trace;
use crate::fixtures::packet::{Endpoint, Flags as F};
use crate::fixtures::story::{Program, Story, address, recv_args, send_args};
use crate::timeline::Timeline;

/// Two hosts with a connection between them, as if its handshake were over.
fn connected() -> (Story, [Program; 2], [Endpoint; 2], [SocketId; 2]) {
    let mut story = Story::new(&[("a", [10, 0, 0, 1]), ("b", [10, 0, 0, 2])], Duration::ZERO);
    let programs = [story.program(0), story.program(1)];
    let (mut a, mut b) = (story.endpoint(0, 40000, 100), story.endpoint(1, 80, 900));
    let snapshot = |local: &Endpoint, peer: &Endpoint| Snapshot {
        state: Some(TcpState::Established),
        local: Some(address(local)),
        peer: Some(address(peer)),
        held: true,
        ..Snapshot::default()
    };
    let (near, far) = (snapshot(&a, &b), snapshot(&b, &a));
    let near = story.seen(1, programs[0].host, near);
    let far = story.seen(2, programs[1].host, far);
    let syn = story.send(&mut a, &b, F::SYN, b"");
    story.arrive(syn, &mut b);
    let syn_ack = story.send(&mut b, &a, F::SYN_ACK, b"");
    story.arrive(syn_ack, &mut a);
    (story, programs, [a, b], [near, far])
}

fn flow(events: &[Event], socket: SocketId) -> Direction {
    let [there, _] = Connection::of(&Model::after(events), socket).unwrap().directions;
    there
}

#[test]
fn several_sends_in_one_recv_keep_their_writers() {
    let (mut story, [client, server], [mut a, mut b], [near, far]) = connected();
    for (line, text) in [(1, b"one"), (2, b"two")] {
        let call = story.enter(&client, line, Syscall::Sendto, send_args(3, text, None), Some(near));
        let data = story.send(&mut a, &b, F::PSH_ACK, text);
        story.leave(call, 3);
        story.arrive(data, &mut b);
    }
    story.change(far, |s| s.recv_q = 6);
    let waiting = flow(&story.clone().so_far(), near);
    assert_eq!((waiting.waiting(), waiting.unacknowledged(), waiting.unsent()), (0..6, 0..6, 6..6));
    assert_eq!((waiting.writer(2), waiting.writer(3), waiting.writer(6)), (Some(0), Some(1), None));

    let call = story.enter(&server, 9, Syscall::Recvfrom, recv_args(4, 100, false), Some(far));
    story.change(far, |s| s.recv_q = 0);
    story.take(call, b"onetwo", None);
    let ack = story.send(&mut b, &a, F::ACK, b"");
    story.arrive(ack, &mut a);
    let events = story.so_far();
    let read = flow(&events, near);
    assert_eq!((read.read, read.waiting(), read.unacknowledged()), (6, 6..6, 6..6));
    assert_eq!(read.writers(&read.takes[0].bytes), 0..2);
    let content = read.content(&Model::after(&events), &(2..5));
    assert_eq!(content, [Some(b'e'), Some(b't'), Some(b'w')]);
}

#[test]
fn what_is_on_the_wire_lost_and_early_is_told_apart() {
    let (mut story, [client, _], [mut a, mut b], [near, far]) = connected();
    let call = story.enter(&client, 1, Syscall::Sendto, send_args(3, b"abcdefghi", None), Some(near));
    let first = story.send(&mut a, &b, F::ACK, b"abc");
    let second = story.send(&mut a, &b, F::ACK, b"def");
    story.change(near, |s| (s.send_q, s.unsent) = (9, 3));
    story.leave(call, 9);
    story.vanish(first, &b);
    let out = flow(&story.clone().so_far(), near);
    assert_eq!((out.lost[0].bytes.clone(), out.wire[0].bytes.clone(), out.unsent()), (0..3, 3..6, 6..9));
    story.arrive(second, &mut b);
    story.change(far, |s| s.recv_q = 0);
    let late = flow(&story.so_far(), near);
    assert_eq!((late.received, late.early.len(), late.early[0].clone(), late.wire.len()), (0, 1, 3..6, 0));
}

#[test]
fn a_reset_gives_up_what_was_not_acknowledged() {
    let (mut story, [client, _], [mut a, mut b], [near, _]) = connected();
    let call = story.enter(&client, 1, Syscall::Sendto, send_args(3, b"abc", None), Some(near));
    let data = story.send(&mut a, &b, F::PSH_ACK, b"abc");
    story.leave(call, 3);
    story.arrive(data, &mut b);
    assert_eq!(flow(&story.clone().so_far(), near).unacknowledged(), 0..3);
    let reset = story.send(&mut b, &a, F::RST_ACK, b"");
    story.arrive(reset, &mut a);
    story.change(near, |s| (s.state, s.local, s.peer) = (Some(TcpState::Closed), None, None));
    let over = flow(&story.so_far(), near);
    assert!(over.reset && over.unacknowledged().is_empty() && over.unsent().is_empty(), "{over:?}");
}

#[test]
fn a_recv_that_only_looks_takes_nothing() {
    let (mut story, [_, server], _, [_, far]) = connected();
    let mut args = recv_args(4, 2, false);
    args[3] = Value::Named("MSG_PEEK".into());
    let call = story.enter(&server, 9, Syscall::Recvfrom, args, Some(far));
    story.take(call, b"ab", None);
    let model = Model::after(&story.so_far());
    assert_eq!(Connection::of(&model, far).unwrap().directions[1].takes, []);
}

#[test]
fn the_wires_bytes_are_those_of_their_calls() {
    let events = fixtures::tcp_echo();
    let mut model = Model::default();
    let mut told = vec![];
    for event in &events {
        model.apply(event);
        if let crate::event::Fact::FrameSent { frame, .. } = &event.fact {
            let frame = &model.frames[frame];
            let calls: Vec<_> = calls_of(&model, frame).iter().map(|call| model.calls[call].syscall.name()).collect();
            if let Some((_, segment)) = frame.packet.as_ref().and_then(Packet::tcp) {
                told.push(format!("{} {}", segment.flags, calls.join(",")));
            }
        }
    }
    assert_eq!(
        told,
        [
            "SYN connect",
            "SYN ACK ",
            "ACK ",
            "PSH ACK sendto",
            "ACK ",
            "PSH ACK sendto",
            "ACK ",
            "FIN ACK close",
            "ACK ",
            "FIN ACK close",
            "ACK "
        ]
    );
}

#[test]
fn datagrams_wait_are_cut_and_are_dropped() {
    let mut story = Story::new(&[("a", [10, 0, 0, 1]), ("b", [10, 0, 0, 2])], Duration::ZERO);
    let programs = [story.program(0), story.program(1)];
    let (a, b) = (story.endpoint(0, 40000, 0), story.endpoint(1, 9999, 0));
    let far = story.socket(&programs[1], 1, Kind::Datagram, 7, 3);
    let here = address(&b);
    story.change(far, |s| s.local = Some(here));
    let mut frames = vec![];
    for text in [&b"first"[..], b"dropped", b"third"] {
        let frame = story.put(0, &a.datagram(&b, text));
        story.deliver(frame, 1);
        story.change(far, |s| s.recv_q += 700);
        frames.push(frame);
    }
    let take = |story: &mut Story, text: &[u8]| {
        let call = story.enter(&programs[1], 2, Syscall::Recvfrom, recv_args(3, 3, true), Some(far));
        let from = Some(Address::Inet((a.spec.addr, a.port).into()));
        story.take(call, text, from);
        call
    };
    let waiting = Mailbox::of(&Model::after(&story.clone().so_far()), far).unwrap();
    assert_eq!(waiting.waiting.iter().map(|one| one.frame).collect::<Vec<_>>(), frames);
    let first = take(&mut story, b"fir");
    let third = take(&mut story, b"thi");
    let mailbox = Mailbox::of(&Model::after(&story.so_far()), far).unwrap();
    assert_eq!(
        mailbox.taken,
        [
            Taken { call: first, frame: frames[0], got: 3, len: 5 },
            Taken { call: third, frame: frames[2], got: 3, len: 5 }
        ]
    );
    assert_eq!(mailbox.dropped.iter().map(|one| one.frame).collect::<Vec<_>>(), [frames[1]]);
}

#[test]
fn a_datagram_that_the_wire_lost_is_not_dropped_by_the_kernel() {
    let events = fixtures::udp_lost();
    let model = Model::after(&events);
    let server = model.sockets.values().find(|socket| socket.host.0 == 1).unwrap();
    let mailbox = Mailbox::of(&model, server.id).unwrap();
    assert_eq!((mailbox.taken.len(), mailbox.dropped.len(), mailbox.waiting.len()), (1, 0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever a trace says: parts of a stream lie in their order, and nothing panics.
    #[test]
    fn a_stream_is_in_order_in_any_trace(events in trace(0..400)) {
        let model = Model::after(&events);
        for socket in model.sockets.keys() {
            Mailbox::of(&model, *socket);
            windows(&events, *socket);
            let Some(connection) = Connection::of(&model, *socket) else { continue };
            for one in &connection.directions {
                prop_assert!(one.acked <= one.sent && one.sent <= one.written);
                prop_assert!(one.read <= one.received || one.received == one.read);
                prop_assert!(one.sends.windows(2).all(|pair| pair[0].bytes.end <= pair[1].bytes.start));
            }
        }
        for frame in model.frames.values() {
            calls_of(&model, frame);
        }
    }

    /// The real shapes: at every moment of an echo each direction's parts follow each other.
    #[test]
    fn an_echo_never_has_more_than_was_written(at in 0_usize..99) {
        let timeline: Timeline = fixtures::tcp_echo().into_iter().collect();
        let model = timeline.after(at);
        for socket in Connection::all(&model) {
            for one in &Connection::of(&model, socket.id).unwrap().directions {
                prop_assert!(one.read <= one.received && one.received <= one.sent && one.sent <= one.written);
                prop_assert!(one.written <= 11);
            }
        }
    }
}
