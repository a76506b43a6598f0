//! What is done with bytes from outside. None of it may panic, hang or take more memory than the bytes give reason for.
//!
//! cargo-fuzz makes up the bytes; `trace/tests/corpora.rs` runs those that are kept in `fuzz/corpus`, with every test.
#![allow(dead_code, reason = "each fuzz target takes one of them")]

use trace::bytes::{Bytes, Clipped};
use trace::check::pattern::Pattern;
use trace::event::wire::{Link, Rule};
use trace::export::strace::Strace;
use trace::export::{jsonl, pcapng};
use trace::filter::Filter;
use trace::ladder::{Ladder, Options};
use trace::model::Model;
use trace::protocol::{self, ClientMessage, ServerMessage};
use trace::record::Reader;
use trace::text::Transcript;
use trace::wire::Packet;

/// A file that somebody says is a recording: read, folded, drawn, printed and exported.
pub(crate) fn recording(bytes: &[u8]) {
    let Ok(reader) = Reader::new(bytes) else { return };
    let events: Vec<_> = reader.map_while(Result::ok).collect();
    let (mut text, mut model, mut ladder) = (String::new(), Model::default(), Ladder::new(Options::default()));
    let (mut transcript, mut calls) = (Transcript::default(), Strace::default());
    for event in &events {
        model.apply(event);
        ladder.push(event);
        transcript.push(event, &mut text);
        calls.push(event, &mut text);
        jsonl::encode(event, &mut text);
    }
    let _ = ladder.visible(0.0..f64::INFINITY);
    let _ = pcapng::encode(&events);
}

/// A message on a websocket, of either side.
pub(crate) fn message(bytes: &[u8]) {
    if let Ok(message) = protocol::decode::<ClientMessage>(bytes) {
        // A filter without words comes back as `all`, which it means.
        assert!(protocol::decode::<ClientMessage>(&protocol::encode(&message)).is_ok());
    }
    let _ = protocol::decode::<ServerMessage>(bytes);
}

/// A frame from a host.
pub(crate) fn packet(bytes: &[u8]) {
    if let Some(packet) = Packet::parse(&Clipped { head: Bytes(bytes.to_vec()), len: bytes.len() as u64 }) {
        let _ = (packet.addresses(), packet.resolves_addresses());
        let _ = "tcp.syn port 80 from a".parse::<Filter>().is_ok_and(|filter| filter.matches(Some(&packet), "a", "b"));
    }
}

/// Words of a lesson, of a command line, or of a learner: the wire's settings, rules and filters, patterns of checks.
pub(crate) fn words(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(rule) = text.parse::<Rule>() {
        assert_eq!(rule.to_string().parse(), Ok(rule));
    }
    // What people read of a link is not what they write.
    let _ = (text.parse::<Link>(), text.parse::<Filter>(), text.parse::<Pattern>());
}
