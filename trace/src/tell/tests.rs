use super::*;
use crate::event::LossCause;
use crate::event::host::WireSettings;
use crate::event::signal::SignalSource;
use crate::event::wire::Made;
use crate::fixtures;
use crate::fixtures::arbitrary::trace;
use proptest::prelude::*;

/// Every step of a trace, in both languages.
fn told(events: &[Event]) -> String {
    let mut model = Model::default();
    let mut out = String::new();
    for (index, event) in events.iter().enumerate() {
        model.apply(event);
        for lang in Lang::ALL {
            writeln!(out, "{:>3} {}", event.seq, tell(&events[..=index], &model, lang)).unwrap();
        }
    }
    out
}

#[test]
fn a_tcp_echo() {
    insta::assert_snapshot!(told(&fixtures::tcp_echo()));
}

#[test]
fn a_refused_connection() {
    insta::assert_snapshot!(told(&fixtures::refused()));
}

#[test]
fn a_retransmission() {
    insta::assert_snapshot!(told(&fixtures::retransmission()));
}

#[test]
fn troubles() {
    insta::assert_snapshot!(told(&fixtures::troubles()));
}

#[test]
fn a_lost_datagram() {
    insta::assert_snapshot!(told(&fixtures::udp_lost()));
}

#[test]
fn two_clients_and_threads() {
    insta::assert_snapshot!(told(&fixtures::threads()));
}

/// Which kind of event it is. A new kind does not compile before it is here, and then wants to be told.
fn kind(fact: &Fact) -> usize {
    match fact {
        Fact::RunStarted { .. } => 0,
        Fact::HostReady { .. } => 1,
        Fact::ThreadStarted { .. } => 2,
        Fact::ProgramExecuted { .. } => 3,
        Fact::ThreadEnded { .. } => 4,
        Fact::ProgramEnded { .. } => 5,
        Fact::Typed { .. } => 6,
        Fact::Printed { .. } => 7,
        Fact::CallEntered { .. } => 8,
        Fact::CallHeld { .. } => 9,
        Fact::CallResumed { .. } => 10,
        Fact::CallReturned { .. } => 11,
        Fact::CallAbandoned { .. } => 12,
        Fact::SocketSeen { .. } => 13,
        Fact::SocketChanged { .. } => 14,
        Fact::SocketGone { .. } => 15,
        Fact::EpollChanged { .. } => 16,
        Fact::FrameSent { .. } => 17,
        Fact::FrameDelivered { .. } => 18,
        Fact::FrameLost { .. } => 19,
        Fact::FrameMade { .. } => 20,
        Fact::FrameHeld { .. } => 21,
        Fact::FrameReleased { .. } => 22,
        Fact::HoldFull { .. } => 23,
        Fact::WireChanged { .. } => 24,
        Fact::HostUnplugged { .. } => 25,
        Fact::HostPlugged { .. } => 26,
        Fact::LimitReached { .. } => 27,
        Fact::Missed { .. } => 28,
        Fact::RunEnded { .. } => 29,
        Fact::FrameLooped { .. } => 30,
        Fact::SignalDelivered { .. } => 31,
        Fact::CompilerStarted { .. } => 32,
        Fact::CompilerEnded { .. } => 33,
        Fact::ProgramGiven { .. } => 34,
    }
}

/// An exchange, in the middle of which everything else happens.
fn everything() -> Vec<Event> {
    let mut events = fixtures::tcp_echo();
    let (host, call, thread) = (HostId(0), crate::id::CallId(0), ThreadId(0));
    let (made, looped) = (crate::id::FrameId(900), crate::id::FrameId(901));
    let sent = events.iter().find_map(|event| match &event.fact {
        Fact::FrameSent { frame, bytes, .. } => Some((*frame, bytes.clone())),
        _ => None,
    });
    let (frame, bytes) = sent.unwrap();
    let entered = events.iter().position(|event| matches!(event.fact, Fact::CallEntered { .. })).unwrap();
    let held = [Fact::CallHeld { call, locals: vec![] }, Fact::CallResumed { call }];
    let more = [
        Fact::EpollChanged { process: crate::id::ProcessId(0), epfd: 5, interest: vec![] },
        Fact::FrameMade { frame: made, host, how: Made::Copy, of: vec![frame], bytes: bytes.clone() },
        Fact::FrameHeld { frame: made, host },
        Fact::FrameReleased { frame: made, host },
        Fact::FrameLost { frame: made, host, cause: LossCause::ByHand },
        Fact::FrameLooped { frame: looped, host, bytes },
        Fact::HoldFull { frames: 9, bytes: 900 },
        Fact::WireChanged { wire: WireSettings::default() },
        Fact::HostUnplugged { host },
        Fact::HostPlugged { host },
        Fact::LimitReached { host: Some(host), limit: Limit::Memory(1) },
        Fact::Missed { count: 2, what: "calls".into() },
        Fact::SignalDelivered { thread, signal: 13, from: SignalSource::Kernel, disposition: Disposition::Ignored },
        Fact::CompilerStarted { host },
        Fact::CompilerEnded { host, status: ExitStatus::Exited(0) },
        Fact::ProgramGiven { host, text: "import socket\n".into() },
    ];
    let event = |fact| Event { seq: 0, at: crate::time::Nanos::ZERO, fact };
    let last = events.len() - 1;
    events.splice(last..last, more.map(event));
    let inside = entered + 1;
    events.splice(inside..inside, held.map(event));
    let mut at = crate::time::Nanos::ZERO;
    for (seq, event) in (0..).zip(&mut events) {
        at = at.max(event.at);
        (event.seq, event.at) = (seq, at);
    }
    events
}

#[test]
fn every_kind_of_event_is_told_in_both_languages() {
    const KINDS: usize = 35;
    let events = everything();
    let (mut model, mut seen) = (Model::default(), [false; KINDS]);
    for (index, event) in events.iter().enumerate() {
        model.apply(event);
        seen[kind(&event.fact)] = true;
        let [en, zh] = Lang::ALL.map(|lang| tell(&events[..=index], &model, lang));
        let chinese = |c: char| c >= '\u{4e00}';
        assert!(en.ends_with('.') && !en.contains(chinese), "{:?}: {en:?}", event.fact);
        assert!(zh.ends_with('。') && zh.contains(chinese), "{:?}: {zh:?}", event.fact);
        assert!(!en.contains(['{', '}']) && !zh.contains(['{', '}']), "an argument was left: {en} {zh}");
    }
    assert!(model.notes.is_empty(), "{:?}", model.notes);
    let untold: Vec<_> = (0..KINDS).filter(|kind| !seen[*kind]).collect();
    assert!(untold.is_empty(), "these kinds did not happen: {untold:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever a trace says, every step is told, in both languages, and no name of an argument is left in it.
    #[test]
    fn every_step_of_any_trace_is_told(events in trace(0..160)) {
        let mut model = Model::default();
        for (index, event) in events.iter().enumerate() {
            model.apply(event);
            for lang in Lang::ALL {
                tell(&events[..=index], &model, lang);
            }
        }
    }
}

#[test]
fn arguments_are_put_in_by_name() {
    assert_eq!(fill("{a} and {b}, {a}{", &[("a", &1), ("b", &"x")]), "1 and x, 1");
}
