use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::event::socket::Snapshot;
use crate::fixtures;
use crate::fixtures::arbitrary::trace;
use crate::fixtures::packet::Flags as F;
use crate::fixtures::story::{Story, address};
use crate::id::HostId;

#[test]
fn an_echo_goes_through_the_figure() {
    let events = fixtures::tcp_echo();
    let model = Model::after(&events);
    let mut out = String::new();
    for socket in model.sockets.values() {
        writeln!(out, "{} of {}", socket.id, socket.host).unwrap();
        for change in history(&events, &model, socket.id) {
            let name = |state: Option<TcpState>| state.map_or("-", TcpState::name);
            writeln!(out, "  {} → {} {:?}", name(change.from), name(change.to), change.because).unwrap();
            if let (Some(from), Some(to)) = (change.from, change.to) {
                assert!(FIGURE.iter().any(|arrow| (arrow.from, arrow.to) == (from, to)), "{from} {to}");
            }
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn a_goodbye_is_a_calls_or_that_of_the_programs_end() {
    let events = fixtures::tcp_echo();
    let model = Model::after(&events);
    let (client, goodbye) = (SocketId(1), |change: &Change| change.to == Some(TcpState::FinWait1));
    let at = history(&events, &model, client).into_iter().find(goodbye).unwrap().at;
    assert_eq!(closer(&model, client, at), Some(Syscall::Close));
    let connected = events.iter().position(|event| matches!(event.fact, Fact::CallReturned { .. })).unwrap();
    assert_eq!(closer(&Model::after(&events[..connected]), client, at), None, "nobody has called close yet");
}

#[test]
fn queues_tell_who_waits_and_who_was_dropped() {
    let mut story = Story::new(&[("a", [10, 0, 0, 1]), ("b", [10, 0, 0, 2])], std::time::Duration::ZERO);
    let server = story.endpoint(1, 80, 900);
    let here = Some(address(&server));
    let listening = Snapshot { state: Some(TcpState::Listen), local: here.clone(), held: true, ..Snapshot::default() };
    let listener = story.seen(1, HostId(1), listening);
    for (id, port) in [(2, 40001), (3, 40002), (4, 40003)] {
        let mut client = story.endpoint(0, port, 100);
        let mut server = server.clone();
        let syn = story.send(&mut client, &server, F::SYN, b"");
        story.arrive(syn, &mut server);
        story.wait(2_000);
        if id == 4 {
            continue; // no room: no socket, no answer
        }
        let snapshot = Snapshot {
            state: Some(if id == 2 { TcpState::Established } else { TcpState::SynRcvd }),
            local: here.clone(),
            peer: Some(address(&client)),
            ..Snapshot::default()
        };
        story.seen(id, HostId(1), snapshot);
    }
    story.change(listener, |s| s.recv_q = 1);
    let model = Model::after(&story.so_far());
    let queues = Queues::of(&model, listener).unwrap();
    assert_eq!((&queues.accept[..], &queues.syn[..]), (&[SocketId(2)][..], &[SocketId(3)][..]));
    assert_eq!((queues.length, queues.limit, queues.is_full()), (1, 0, true));
    assert_eq!(queues.dropped, [FrameId(2)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever a trace says, states follow each other without a gap.
    #[test]
    fn history_has_no_gap(events in trace(0..300)) {
        let model = Model::after(&events);
        for socket in model.sockets.keys() {
            let all = history(&events, &model, *socket);
            prop_assert!(all.windows(2).all(|pair| pair[0].to == pair[1].from && pair[1].from != pair[1].to));
            Queues::of(&model, *socket);
        }
    }
}
