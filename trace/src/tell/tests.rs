use super::*;
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
