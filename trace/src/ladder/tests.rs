use super::*;
use crate::event::call::Value;
use crate::fixtures::{self, arbitrary::trace};
use crate::syscall::Syscall;
use crate::time::Readable;
use proptest::prelude::*;
use std::fmt::Write;
use std::time::Duration;

/// The whole layout as text: every thing on a line, in the order of its top.
fn text(ladder: &Ladder) -> String {
    let all = ladder.visible(f64::NEG_INFINITY..f64::INFINITY);
    let name = |host: HostId| ladder.columns().find(|c| c.host == host).map_or("?", |c| c.name.as_str());
    let mut lines: Vec<(f64, usize, String)> = vec![];
    let extent = |bottom: Option<f64>| bottom.map_or("…".into(), |y| format!("{y:.1}"));
    for call in all.calls {
        let line = call.place.as_ref().map_or(0, |place| place.line);
        let result = call.result.as_deref().unwrap_or("-");
        let state = match call.state {
            CallState::Blocked(d) => format!("blocked {}", Readable(d)),
            CallState::BlockedAndFailed(d) => format!("blocked {}, failed", Readable(d)),
            CallState::Abandoned(d) => format!("abandoned after {}", Readable(d)),
            other => format!("{other:?}").to_lowercase(),
        };
        let row = format!(
            "to {:>4}  {:6} line {line:2}  {} [{}]  {result}  {state}{}",
            extent(call.bottom),
            name(call.host),
            call.label,
            call.short,
            if call.runtime { "  of the runtime" } else { "" },
        );
        lines.push((call.top, 1, row));
    }
    for arrow in all.arrows {
        let (sign, y) = match arrow.end {
            ArrowEnd::InFlight => ("~~>", None),
            ArrowEnd::Delivered(y, _) => ("-->", Some(y)),
            ArrowEnd::Lost(y, _) => ("--x", Some(y)),
        };
        let notable = arrow.notable.map_or(String::new(), |notable| format!("  {}", notable.name()));
        let order = arrow.order.map_or(String::new(), |order| format!("  {order:?}"));
        let error = if arrow.error { "  error" } else { "" };
        let row = format!(
            "to {:>4}  {} {}{sign}{} {}  {} [{}]  ({}){notable}{order}{error}",
            extent(y),
            name(arrow.from),
            arrow.from_lanes,
            arrow.to_lanes,
            arrow.to.map_or("?", name),
            arrow.label,
            arrow.short,
            arrow.detail,
        );
        lines.push((arrow.top, 3, row));
    }
    for band in all.bands {
        let state = band.state.map_or("(no state)", |state| state.name());
        let held = if band.held { "" } else { ", held by the kernel alone" };
        let row = format!(
            "to {:>4}  {:6} lane {}  {state}  {}{held}",
            extent(band.bottom),
            name(band.host),
            band.lane,
            band.name
        );
        lines.push((band.top, 2, row));
    }
    for stem in all.stems {
        let from = stem.from.map_or(String::new(), |from| format!(" from lane {from}"));
        let row = format!("to {:>4}  {:6} task in lane {}{from}", extent(stem.bottom), name(stem.host), stem.lane);
        lines.push((stem.top, 1, row));
    }
    for message in all.messages {
        let (host, from, to) = (name(message.host), message.from, message.to);
        lines.push((message.y, 3, format!("{host} lane {from} ==> lane {to}  {} ({})", message.label, message.detail)));
    }
    for gauge in all.gauges {
        let row = format!(
            "to {:>4}  {:6} lane {}  {} of {}",
            extent(gauge.bottom),
            name(gauge.host),
            gauge.lane,
            gauge.label,
            gauge.most
        );
        lines.push((gauge.top, 4, row));
    }
    for fold in all.folds {
        lines.push((fold.top, 5, format!("to {:>4}  {} of quiet", extent(Some(fold.bottom)), Readable(fold.lasted))));
    }
    for mark in all.marks {
        lines.push((mark.y, 0, format!("{} {:?}", mark.host.map_or("run", name), mark.what)));
    }
    lines.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut out = String::new();
    for (y, _, line) in lines {
        writeln!(out, "{y:5.1} {line}").unwrap();
    }
    out
}

#[test]
fn tcp_echo() {
    insta::assert_snapshot!(text(&Ladder::of(&fixtures::tcp_echo(), Options::default())));
}

#[test]
fn tcp_echo_by_the_clock() {
    let scale = Scale::Clock { row: Duration::from_millis(4) };
    insta::assert_snapshot!(text(&Ladder::of(
        &fixtures::tcp_echo(),
        Options { scale, address_resolution: true, icmp: true }
    )));
}

#[test]
fn refused() {
    insta::assert_snapshot!(text(&Ladder::of(&fixtures::refused(), Options::default())));
}

#[test]
fn udp_lost() {
    insta::assert_snapshot!(text(&Ladder::of(&fixtures::udp_lost(), Options::default())));
}

#[test]
fn troubles() {
    insta::assert_snapshot!(text(&Ladder::of(&fixtures::troubles(), Options::default())));
}

#[test]
fn retransmission() {
    insta::assert_snapshot!(text(&Ladder::of(&fixtures::retransmission(), Options::default())));
}

/// Three hosts, and on one of them three threads.
#[test]
fn threads() {
    insta::assert_snapshot!(text(&Ladder::of(&fixtures::threads(), Options::default())));
}

#[test]
fn a_call_that_is_held_does_not_wait_in_the_kernel() {
    let mut story = fixtures::story::Story::new(&[("only", [10, 0, 0, 1])], Duration::ZERO);
    let program = story.program(0);
    let call = story.enter(&program, 1, Syscall::Accept, vec![Value::Fd(3)], None);
    let mut states = vec![];
    for fact in [Fact::CallHeld { call, locals: vec![] }, Fact::CallResumed { call }] {
        story.say(fact);
        let ladder = Ladder::of(&story.clone().so_far(), Options::default());
        states.push(ladder.visible(f64::NEG_INFINITY..f64::INFINITY).calls[0].state);
    }
    assert_eq!(states, [CallState::Held, CallState::Open]);
    assert!(!CallState::Held.waited(), "its box is not hatched");
}

#[test]
fn icmp_is_drawn_unless_it_is_left_out() {
    let mut story = fixtures::story::Story::new(&[("a", [10, 0, 0, 1]), ("b", [10, 0, 0, 2])], Duration::ZERO);
    let (a, b) = (story.endpoint(0, 1000, 0), story.endpoint(1, 9, 0));
    let datagram = a.datagram(&b, b"anybody?");
    for (host, bytes) in [(0, &datagram), (1, &b.port_unreachable(&a, &datagram))] {
        let frame = story.put(host, bytes);
        story.deliver(frame, 1 - host);
    }
    let events = story.so_far();
    let arrows = |icmp| {
        let ladder = Ladder::of(&events, Options { icmp, ..Options::default() });
        let arrows = ladder.visible(f64::NEG_INFINITY..f64::INFINITY).arrows;
        arrows.iter().map(|arrow| arrow.label.clone()).collect::<Vec<_>>()
    };
    assert_eq!(arrows(true), ["UDP “anybody?”", "ICMP port unreachable"]);
    assert_eq!(arrows(false), ["UDP “anybody?”"]);
}

/// A run of 100,000 events: a window of it is small wherever it is.
#[test]
fn a_long_run_hands_out_a_window() {
    let events = fixtures::busy(10_000);
    assert!(events.len() >= 100_000, "{}", events.len());
    let ladder = Ladder::of(&events, Options::default());
    for top in [0.0, ladder.height() / 2.0, ladder.height() - 50.0] {
        let seen = ladder.visible(top..top + 50.0);
        let calls_and_arrows = seen.calls.len() + seen.arrows.len();
        assert!((10..80).contains(&calls_and_arrows), "{calls_and_arrows}");
        assert!(seen.bands.len() <= 2 && seen.ticks.len() <= 14);
    }
}

/// While a run goes on, what is open stays open.
#[test]
fn in_the_middle_of_a_handshake() {
    let mut events = fixtures::tcp_echo();
    let syn_ack = events.iter().filter(|event| matches!(event.fact, Fact::FrameSent { .. })).nth(3).unwrap().seq;
    events.truncate(usize::try_from(syn_ack).unwrap() + 1);
    insta::assert_snapshot!(text(&Ladder::of(&events, Options::default())));
}

#[test]
fn a_host_alone_stands_first() {
    let events = fixtures::story::Story::new(&[("only", [10, 0, 0, 1])], Duration::ZERO).so_far();
    let ladder = Ladder::of(&events, Options::default());
    assert_eq!(ladder.columns().map(|c| (c.x * 100.0).round()).collect::<Vec<_>>(), [0.0]);
}

#[test]
fn three_hosts_stand_side_by_side() {
    let hosts = [("a", [10, 0, 0, 1]), ("b", [10, 0, 0, 2]), ("c", [10, 0, 0, 3])];
    let events = fixtures::story::Story::new(&hosts, Duration::ZERO).so_far();
    let ladder = Ladder::of(&events, Options::default());
    assert_eq!(ladder.columns().map(|c| (c.x * 100.0).round()).collect::<Vec<_>>(), [0.0, 50.0, 100.0]);
}

#[test]
fn a_visitor_is_there_once_it_does_something() {
    let hosts = [("a", [10, 0, 0, 1]), ("b", [10, 0, 0, 2]), ("you", [10, 0, 0, 100])];
    let mut story = fixtures::story::Story::new(&hosts, Duration::ZERO);
    let _ = story.put(2, &[0; 60]);
    let mut events = story.so_far();
    let Fact::RunStarted { hosts, .. } = &mut events[0].fact else { panic!("it comes first") };
    hosts[2].visitor = true;
    let places = |events: &[Event]| {
        let ladder = Ladder::of(events, Options::default());
        ladder.columns().map(|column| (column.host.0, (column.x * 100.0).round())).collect::<Vec<_>>()
    };
    let last = events.len() - 1;
    assert_eq!(places(&events[..last]), [(0, 0.0), (1, 100.0)]);
    assert_eq!(places(&events), [(0, 0.0), (1, 50.0), (2, 100.0)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever comes: nothing ends above its beginning, words beside a lifeline do not overlap, and a window shows
    /// just what the whole shows there.
    #[test]
    fn a_layout_is_sound(events in trace(0..500), clock: bool, top in 0.0..300.0, rows in 0.0..60.0) {
        let scale = if clock { Scale::Clock { row: Duration::from_nanos(2) } } else { Scale::Events };
        let ladder = Ladder::of(&events, Options { scale, address_resolution: true, icmp: true });
        let all = ladder.visible(f64::NEG_INFINITY..f64::INFINITY);
        for (top, bottom) in all.calls.iter().map(|i| i.span()).chain(all.arrows.iter().map(|i| i.span()))
            .chain(all.bands.iter().map(|i| i.span())).chain(all.gauges.iter().map(|i| i.span()))
        {
            prop_assert!(top <= bottom);
            prop_assert!(top <= ladder.height());
        }
        for column in ladder.columns() {
            let tops: Vec<f64> = all.calls.iter().filter(|c| c.host == column.host).map(|c| c.top).collect();
            prop_assert!(tops.windows(2).all(|pair| pair[1] >= pair[0] + 2.0), "{:?}", tops);
        }
        let window = ladder.visible(top..top + rows);
        let reach = |span: (f64, f64)| span.0 <= top + rows && span.1 >= top;
        prop_assert_eq!(window.calls, all.calls.into_iter().filter(|i| reach(i.span())).collect::<Vec<_>>());
        prop_assert_eq!(window.arrows, all.arrows.into_iter().filter(|i| reach(i.span())).collect::<Vec<_>>());
        prop_assert_eq!(window.bands, all.bands.into_iter().filter(|i| reach(i.span())).collect::<Vec<_>>());
    }

    /// What has been placed never moves: adding events changes only what was open.
    #[test]
    fn a_layout_only_grows(events in trace(1..400), at: prop::sample::Index) {
        let before = Ladder::of(&events[..at.index(events.len())], Options::default());
        let after = Ladder::of(&events, Options::default());
        let (before, after) = (before.visible(0.0..f64::INFINITY), after.visible(0.0..f64::INFINITY));
        for (early, late) in before.calls.iter().zip(&after.calls) {
            prop_assert_eq!((early.call, early.top, early.lane), (late.call, late.top, late.lane));
            prop_assert!(early.bottom.is_none() || early == late);
        }
        for (early, late) in before.bands.iter().zip(&after.bands) {
            prop_assert_eq!((early.socket, early.top, early.lane), (late.socket, late.top, late.lane));
        }
    }
}
