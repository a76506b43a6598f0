use proptest::prelude::*;

use super::Pattern;
use crate::check::Reading;
use crate::fixtures::{refused, retransmission, tcp_echo, udp_lost};

fn holds(pattern: &str, events: &[crate::event::Event]) -> bool {
    let pattern: Pattern = pattern.parse().unwrap_or_else(|fault| panic!("{pattern}: {fault}"));
    pattern.holds(&Reading::of(events))
}

#[test]
fn patterns_mean_what_they_say() {
    let echo = tcp_echo();
    for (pattern, expected) in [
        ("server: listen(backlog >= 5) then server: accept", true),
        ("server: accept then server: listen", false),
        ("server: entered accept then client: connect -> 0 then server: accept", true),
        ("client: connect then server: accept", true),
        ("not server: setsockopt", true),
        ("count(server: recv -> > 0) == 2 and count(client: send) < 2", true),
        ("count(server: recv) > count(client: recv)", true),
        ("server: accept(made == $c) then server: recv(socket == $c) -> 0 then server: close(socket == $c)", true),
        ("server: accept(made == $c) then client: recv(socket == $c)", false),
        ("server: accept(made == $c) then client: recv(socket != $c)", true),
        ("server: recv(data == \"hello\") -> 5 then server: recv(data == \" world\") -> 6", true),
        ("sent[tcp.syn and from client] then arrived[tcp.syn and to server] within 20ms", true),
        ("sent[tcp.syn and from client] then arrived[tcp.syn and to server] within 1ms", false),
        ("client: state TIME_WAIT and not server: state TIME_WAIT", true),
        ("client: left TIME_WAIT", true),
        ("server: state any(recv_q >= 11)", true),
        ("server: accept unfinished", true),
        ("server: recv blocked or client: recv lasting >= 1s", true),
        ("client: prints \"hello world\" then client: exits 0", true),
        ("server: exits", false),
        ("serv*: bind(port == 18888, ip == \"192.168.1.4\")", true),
        ("sent[tcp.data](data ~ \"hello\", dport == 18888)", true),
        ("again[tcp.data] or lost[all]", false),
        ("(client: connect -> error or client: connect -> ok) and not (server: read)", false),
    ] {
        assert_eq!(holds(pattern, &echo), expected, "{pattern}");
    }
    assert!(holds("client: connect -> ECONNREFUSED", &refused()));
    assert!(holds("lost[tcp.data] then again[tcp.data and from client]", &retransmission()));
    assert!(holds("client: send(port == 9999) -> 3 then lost[udp] then server: recv(data == \"two\")", &udp_lost()));
}

#[test]
fn what_is_missing_is_told() {
    let verdict = "server: listen then server: send(data ~ \"bye\")".parse::<Pattern>().unwrap();
    let verdict = verdict.judge(&Reading::of(&tcp_echo()));
    assert_eq!(verdict.told.en, "Seen: `server: listen`. After it, this is missing: `server: send(data ~ \"bye\")`.");
    assert!(verdict.at.is_some());
}

#[test]
fn faults_say_what_to_write() {
    let fault = |text: &str| text.parse::<Pattern>().unwrap_err().to_string();
    insta::assert_snapshot!(fault("server: lissen"), @r#"expected a call or another moment: recv, send, accept, state, sent, prints …, at "lissen""#);
    insta::assert_snapshot!(fault("server: listen(backlog = 5)"), @r#"expected `==`, `!=`, `<`, `<=`, `>`, `>=` or `~`, at "= 5)""#);
    insta::assert_snapshot!(fault("recv ->"), @"expected a number, a \"text\", a NAME or a $capture, at the end");
    insta::assert_snapshot!(fault("recv recv"), @r#"expected `then`, `and` or `or`, at "recv""#);
    insta::assert_snapshot!(fault("entered recv -> 5"), @r#"a call that was only entered has no result yet, at " 5""#);
    insta::assert_snapshot!(fault("state CLOSING_WAIT"), @r#"expected a TCP state such as LISTEN, CLOSE_WAIT or TIME_WAIT, or `any`, at "CLOSING_WAIT""#);
    insta::assert_snapshot!(fault("a: recv then b: recv within soon"), @r#"expected a span of time such as 500ms or 2s, at "soon""#);
    assert!(fault("sent[tcp.sin]").starts_with("\"tcp.sin\" is not a word of a filter"));
    assert!(fault("server: listen(baklog == 5)").starts_with("expected one of these: backlog, sockfd, fd,"));
}

proptest! {
    #[test]
    fn any_text_is_a_pattern_or_a_fault(
        text in "((server|not|and|or|then|recv|count|within|state|LISTEN|\\(|\\)|:|->|==|\\$c|\"x\"|5ms|7|\\[tcp\\]|é) ?){0,12}"
    ) {
        if let Ok(pattern) = text.parse::<Pattern>() {
            prop_assert_eq!(pattern.to_string(), text);
            let _ = pattern.judge(&Reading::of(&tcp_echo()));
        }
    }

    #[test]
    fn any_trace_can_be_read(cut in 0_usize..140) {
        let echo = tcp_echo();
        let some = &echo[cut.min(echo.len())..];
        let pattern: Pattern = "server: accept(made == $c) then recv(socket == $c) -> 0 and left any(recv_q >= 0)".parse().unwrap();
        let _ = pattern.judge(&Reading::of(some));
    }
}
