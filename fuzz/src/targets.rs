//! What is done with bytes from outside. None of it may panic, hang or take more memory than the bytes give reason for.
//!
//! cargo-fuzz makes up the bytes; `trace/tests/corpora.rs` runs those that are kept in `fuzz/corpus`, with every test.
#![allow(dead_code, reason = "each fuzz target takes one of them")]

use trace::bytes::{Bytes, Clipped};
use trace::check::pattern::Pattern;
use trace::compare::compare;
use trace::event::wire::{Link, Rule};
use trace::export::strace::Strace;
use trace::export::{jsonl, pcapng};
use trace::filter::Filter;
use trace::http::messages;
use trace::ladder::{Ladder, Options};
use trace::lesson::Lang;
use trace::model::Model;
use trace::protocol::{self, ClientMessage, ServerMessage};
use trace::record::Reader;
use trace::stream::Connection;
use trace::tell::tell;
use trace::text::Transcript;
use trace::wire::Packet;

/// A file that somebody says is a recording: read, folded, drawn, told, compared, printed and exported.
pub(crate) fn recording(bytes: &[u8]) {
    let Ok(reader) = Reader::new(bytes) else { return };
    let events: Vec<_> = reader.map_while(Result::ok).collect();
    let (mut text, mut model, mut ladder) = (String::new(), Model::default(), Ladder::new(Options::default()));
    let (mut transcript, mut calls) = (Transcript::default(), Strace::default());
    for (index, event) in events.iter().enumerate() {
        model.apply(event);
        ladder.push(event);
        transcript.push(event, &mut text);
        calls.push(event, &mut text);
        jsonl::encode(event, &mut text);
        let _ = tell(&events[..=index], &model, Lang::En);
    }
    let _ = ladder.visible(0.0..f64::INFINITY);
    let _ = compare(&ladder, &ladder).rows.len();
    for socket in Connection::all(&model) {
        let Some(connection) = Connection::of(&model, socket.id) else { continue };
        for direction in &connection.directions {
            let _ = (direction.unsent(), direction.unacknowledged(), direction.waiting());
        }
    }
    let _ = pcapng::encode(&events);
}

/// What a program wrote, read as HTTP.
pub(crate) fn http(bytes: &[u8]) {
    let mut end = 0;
    for message in messages(bytes) {
        // Each begins where the one before it ends, at the earliest, and none goes beyond the stream.
        assert!(message.body.start >= end && message.body.end <= bytes.len());
        end = message.body.end;
    }
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
        // A filter without words comes back as `all`, which it means.
        let written = rule.to_string();
        assert_eq!(written.parse::<Rule>().map(|again| again.to_string()), Ok(written));
    }
    // What people read of a link is not what they write.
    let _ = (text.parse::<Link>(), text.parse::<Filter>(), text.parse::<Pattern>());
}
