use super::*;
use crate::fixtures;

fn transcript(events: &[Event]) -> String {
    let (mut transcript, mut out) = (Transcript::default(), String::new());
    for event in events {
        transcript.push(event, &mut out);
    }
    transcript.settle(&mut out);
    out
}

#[test]
fn a_tcp_echo() {
    insta::assert_snapshot!(transcript(&fixtures::tcp_echo()));
}

#[test]
fn a_refused_connection() {
    insta::assert_snapshot!(transcript(&fixtures::refused()));
}

#[test]
fn a_retransmission() {
    insta::assert_snapshot!(transcript(&fixtures::retransmission()));
}

#[test]
fn a_lost_datagram() {
    insta::assert_snapshot!(transcript(&fixtures::udp_lost()));
}

#[test]
fn a_program_cannot_paint_the_terminal() {
    let fact = Fact::Printed { host: HostId(0), bytes: Bytes::from("\x1b[31mred\r\nnext \u{9b}2J\n") };
    let text = transcript(&[Event { seq: 0, at: Nanos::ZERO, fact }]);
    insta::assert_snapshot!(text, @r"
    0.000000 ?  | \u{1b}[31mred
    0.000000 ?  | next \u{9b}2J
    ");
}

#[test]
fn buffers_are_cut_between_characters() {
    let quoted = |text: &str| call::quoted(&crate::bytes::Clipped::of(text.as_bytes(), 256));
    assert_eq!(quoted("say \"hi\"\n"), r#""say \"hi\"\n""#);
    assert_eq!(quoted(&format!("{}你好", "x".repeat(46))), format!("\"{}\"…", "x".repeat(46)));
    assert_eq!(call::quoted(&crate::bytes::Clipped::of(b"\xff\x00", 256)), r#""\xff\x00""#);
}
