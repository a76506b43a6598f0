//! Every check against traces that have its property and traces that lack it. What is told is tested on the engine, by
//! the lessons' own tests: each wrong solution there has a word that its message contains.

use serde_json::json;

use super::Named;
use crate::check::Reading;
use crate::event::Event;
use crate::fixtures::{refused, retransmission, tcp_echo, udp_lost};

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

#[test]
fn each_check_passes_and_fails_where_it_should() {
    let (echo, refusal, lossy, datagrams) = (tcp_echo(), refused(), retransmission(), udp_lost());
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
        (json!({"check": "prints", "host": "client", "text": "hello world\n"}), &echo, true),
        (json!({"check": "prints", "host": "client", "text": "bye"}), &echo, false),
        (json!({"check": "framing", "host": "client", "prints": ["hello world"]}), &echo, true),
        (json!({"check": "framing", "host": "client", "prints": ["hello", "world"]}), &echo, false),
        (json!({"check": "grader", "host": "client"}), &echo, true),
        (json!({"check": "grader", "host": "server"}), &echo, false),
        (json!({"check": "ends", "host": "nobody"}), &echo, false),
    ];
    for (check, events, passes) in &table {
        let (passed, told) = judged(check, events);
        assert_eq!(passed, *passes, "{check}: {told}");
    }
}

#[test]
fn what_is_wrong_is_told() {
    let echo = tcp_echo();
    let told = |check| judged(&check, &echo).1;
    let merged = told(json!({"check": "framing", "host": "client", "prints": ["hello", "world"]}));
    assert!(merged.contains("merged into one message"), "{merged}");
    let stuck = told(json!({"check": "ends", "host": "server"}));
    assert!(stuck.contains("blocked in `accept` in line 7 of server.py"), "{stuck}");
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
