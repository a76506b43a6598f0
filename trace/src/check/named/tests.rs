//! Every check against traces that have its property and traces that lack it. What is told is tested on the engine, by
//! the lessons' own tests: each wrong solution there has a word that its message contains.

use std::collections::BTreeSet;

use serde_json::json;

use super::Named;
use crate::check::Reading;
use crate::event::Event;
use crate::fixtures::{late_copy, refused, retransmission, tcp_echo, udp_lost};

/// What a check, as a lesson writes it, says of a trace.
fn judged(check: &serde_json::Value, events: &[Event]) -> (bool, String) {
    let named: Named = serde_json::from_value(check.clone()).unwrap();
    let verdict = named.judge(&Reading::of(events));
    assert!(!verdict.told.en.is_empty() && !verdict.told.zh.is_empty(), "{check} says nothing");
    if let Some(at) = verdict.at {
        assert!(events.iter().any(|event| event.seq == at), "{check} points to nothing");
    }
    (verdict.passed, verdict.told.en)
}

/// A check, a trace, and whether the trace has what is asked.
type Row = (serde_json::Value, Vec<Event>, bool);

#[test]
fn each_check_passes_and_fails_where_it_should() {
    for (check, events, passes) in made_by_hand().iter().chain(&recorded()) {
        let (passed, told) = judged(check, events);
        assert_eq!(passed, *passes, "{check}: {told}");
    }
}

/// On traces that tell a story.
fn made_by_hand() -> Vec<Row> {
    let (echo, late) = (tcp_echo(), late_copy());
    let (refusal, lossy, datagrams) = (refused(), retransmission(), udp_lost());
    let table = [
        (json!({"check": "handshake", "host": "server", "port": 18888}), &echo, true),
        (json!({"check": "handshake", "host": "server", "port": 80}), &echo, false),
        (json!({"check": "handshake", "host": "server", "count": 2}), &echo, false),
        (json!({"check": "handshake", "host": "server"}), &refusal, false),
        (json!({"check": "refused", "host": "client"}), &refusal, true),
        (json!({"check": "refused", "host": "client"}), &echo, false),
        (json!({"check": "closed-cleanly"}), &echo, true),
        (json!({"check": "closed-cleanly"}), &refusal, false),
        (json!({"check": "closed-cleanly", "host": "server"}), &lossy, false),
        (json!({"check": "no-reset"}), &echo, true),
        (json!({"check": "no-reset"}), &late, true),
        (json!({"check": "closed-cleanly"}), &late, true),
        (json!({"check": "every-byte-arrived", "from": "client", "to": "server"}), &echo, true),
        (json!({"check": "every-byte-arrived", "from": "client", "to": "server"}), &datagrams, false),
        (json!({"check": "receives", "host": "server", "text": "lo wo"}), &echo, true),
        (json!({"check": "receives", "host": "server", "bytes": 12}), &echo, false),
        (json!({"check": "sends", "host": "client", "bytes": 11}), &echo, true),
        (json!({"check": "sends", "host": "client", "text": "bye"}), &echo, false),
        (json!({"check": "sends-everything", "host": "client", "bytes": 11}), &echo, true),
        (json!({"check": "sends-everything", "host": "client", "bytes": 12}), &echo, false),
        (json!({"check": "reads-to-the-end", "host": "server"}), &echo, true),
        (json!({"check": "reads-to-the-end", "host": "server"}), &lossy, false),
        (json!({"check": "no-busy-wait", "host": "server"}), &echo, true),
        (json!({"check": "not-blocked-by-one-client", "host": "server", "patience": "5s"}), &echo, true),
        (json!({"check": "not-blocked-by-one-client", "host": "server", "patience": "1s"}), &echo, false),
        (json!({"check": "drains", "host": "server"}), &echo, false),
        (json!({"check": "nothing-left-open", "host": "client"}), &echo, true),
        (json!({"check": "nothing-left-open", "host": "client"}), &refusal, false),
        (json!({"check": "listens", "host": "server", "port": 18888, "backlog": 10}), &echo, true),
        (json!({"check": "listens", "host": "server", "backlog": 11}), &echo, false),
        (json!({"check": "listens", "host": "client"}), &echo, false),
        (json!({"check": "binds", "host": "server", "addr": "192.168.1.4", "port": 18888}), &echo, true),
        (json!({"check": "binds", "host": "server", "port": 80}), &echo, false),
        (json!({"check": "option", "host": "server", "option": "SO_REUSEADDR"}), &echo, false),
        (json!({"check": "uses", "host": "server", "call": "recv", "least": 3}), &echo, true),
        (json!({"check": "uses", "host": "server", "call": "recv", "most": 2}), &echo, false),
        (json!({"check": "never-uses", "host": "client", "call": "bind"}), &echo, true),
        (json!({"check": "never-uses", "host": "client", "call": "recv"}), &echo, false),
        (json!({"check": "broadcast-reached", "from": "client", "hosts": 1}), &datagrams, false),
        (json!({"check": "unlinks", "host": "server", "path": "/tmp/x"}), &echo, false),
        (json!({"check": "ends", "host": "client"}), &echo, true),
        (json!({"check": "ends", "host": "server"}), &echo, false),
        (json!({"check": "stays-up", "host": "server"}), &echo, true),
        (json!({"check": "stays-up", "host": "client"}), &refusal, false),
        (json!({"check": "prints", "host": "client", "text": "hello world\n"}), &echo, true),
        (json!({"check": "prints", "host": "client", "text": "bye"}), &echo, false),
        (json!({"check": "framing", "host": "client", "prints": ["hello world"]}), &echo, true),
        (json!({"check": "framing", "host": "client", "prints": ["hello", "world"]}), &echo, false),
        (json!({"check": "grader", "host": "client"}), &echo, true),
        (json!({"check": "grader", "host": "server"}), &echo, false),
        (json!({"check": "ends", "host": "nobody"}), &echo, false),
    ];
    table.map(|(check, events, passes)| (check, events.clone(), passes)).into()
}

/// A run of the real engine, from `tests/traces`.
fn unpacked(recording: &[u8]) -> Vec<Event> {
    let bytes = zstd::decode_all(recording).unwrap();
    crate::record::Reader::new(&bytes).unwrap().map(Result::unwrap).collect()
}

macro_rules! trace {
    ($file:literal) => {
        unpacked(include_bytes!(concat!("../../../../tests/traces/", $file, ".socklab")))
    };
}

/// On runs of the real engine, for what takes more than a story.
fn recorded() -> Vec<Row> {
    let (plain, reset, unix) = (trace!("handshake"), trace!("reset"), trace!("unix"));
    let (half_read, drained, busy, broadcast) =
        (trace!("epoll"), trace!("drained"), trace!("busy"), trace!("broadcast"));
    let table = [
        (
            json!({"check": "option", "host": "server", "option": "SO_REUSEADDR", "value": 1, "before": "bind"}),
            &plain,
            true,
        ),
        (json!({"check": "option", "host": "server", "option": "SO_REUSEADDR", "value": 0}), &plain, false),
        (json!({"check": "option", "host": "client", "option": "SO_LINGER", "before": "connect"}), &reset, false),
        (json!({"check": "no-reset"}), &plain, true),
        (json!({"check": "no-reset", "host": "client"}), &reset, false),
        (json!({"check": "drains", "host": "server"}), &drained, true),
        (json!({"check": "drains", "host": "server"}), &half_read, false),
        (json!({"check": "no-busy-wait", "host": "server"}), &plain, true),
        (json!({"check": "no-busy-wait", "host": "server"}), &busy, false),
        (json!({"check": "no-busy-wait", "host": "server", "most": 100}), &busy, true),
        (json!({"check": "unlinks", "host": "host", "path": "talk.sock"}), &unix, true),
        (json!({"check": "unlinks", "host": "host", "path": "talk.sock", "when": "at-end"}), &unix, true),
        (json!({"check": "unlinks", "host": "host", "path": "talk.sock", "when": "before-bind"}), &unix, false),
        (json!({"check": "binds", "host": "host", "path": "talk.sock"}), &unix, true),
        (json!({"check": "broadcast-reached", "from": "caller", "hosts": 5}), &broadcast, true),
        (json!({"check": "broadcast-reached", "from": "caller", "hosts": 6}), &broadcast, false),
    ];
    table.map(|(check, events, passes)| (check, events.clone(), passes)).into()
}

/// A new check gets its two traces before it gets anywhere else.
/// A new check gets its two traces before it gets anywhere else.
#[test]
fn every_check_has_a_trace_that_passes_and_one_that_fails() {
    let schema = serde_json::to_value(schemars::schema_for!(Named)).unwrap();
    let all = schema["oneOf"].as_array().unwrap().iter();
    let all: BTreeSet<&str> = all.map(|one| one["properties"]["check"]["const"].as_str().unwrap()).collect();
    let rows: Vec<Row> = made_by_hand().into_iter().chain(recorded()).collect();
    for verdict in [true, false] {
        let tested = rows.iter().filter(|(.., passes)| *passes == verdict);
        let tested: BTreeSet<&str> = tested.map(|(check, ..)| check["check"].as_str().unwrap()).collect();
        assert_eq!(tested, all, "{}", if verdict { "pass" } else { "fail" });
    }
}

#[test]
fn what_is_wrong_is_told() {
    let echo = tcp_echo();
    let told = |check| judged(&check, &echo).1;
    let merged = told(json!({"check": "framing", "host": "client", "prints": ["hello", "world"]}));
    assert!(merged.contains("merged into one message"), "{merged}");
    let stuck = told(json!({"check": "ends", "host": "server"}));
    assert!(stuck.contains("blocked in `accept` on line 7 of server.py"), "{stuck}");
    let waited = told(json!({"check": "not-blocked-by-one-client", "host": "server", "patience": "1s"}));
    assert!(waited.contains("another client's bytes waited for 1.4"), "{waited}");
}

#[test]
fn parameters_that_a_check_does_not_have_are_refused() {
    for wrong in [
        json!({"check": "listens", "host": "server", "prot": 1}),
        json!({"check": "listens"}),
        json!({"check": "lissens", "host": "server"}),
        json!({"check": "not-blocked-by-one-client", "host": "server", "patience": "soon"}),
    ] {
        assert!(serde_json::from_value::<Named>(wrong.clone()).is_err(), "{wrong}");
    }
}
