//! The switch as a whole, with time as the tests have it.

use std::cell::Cell;

use proptest::prelude::*;
use trace::event::wire::WireFault;
use trace::protocol::{Pick, WireCommand, WireRefusal};

use super::segment::tests::{checksums_hold, segment};
use super::*;

const A: [u8; 6] = [2, 0, 0, 0, 0, 1];
const B: [u8; 6] = [2, 0, 0, 0, 0, 2];
const C: [u8; 6] = [2, 0, 0, 0, 0, 3];
/// Names of frames that the switch makes begin here.
const MADE: u64 = 1_000_000;

/// A wire in words: a link, and rules.
fn switch(link: &str, rules: &[&str]) -> Switch {
    let rules = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    let settings = WireSettings { rules, seed: Some(1), ..WireSettings::of(link.parse().unwrap()) };
    let ports = [("a", A), ("b", B), ("c", C)].map(|(name, mac)| Port { name: name.into(), mac });
    let next = Cell::new(MADE);
    Switch::new(&ports, settings, Box::new(move || FrameId(next.replace(next.get() + 1))))
}

fn to(mac: [u8; 6]) -> Vec<u8> {
    mac.iter().copied().chain([0; 54]).collect()
}

/// A datagram from a to b.
fn datagram(payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    let packet = etherparse::PacketBuilder::ethernet2(A, B).ipv4([192, 168, 1, 7], [192, 168, 1, 4], 64).udp(9, 9);
    packet.write(&mut frame, payload).unwrap();
    frame
}

/// What the switch says in words: `7>b` delivered, `lost 7`, `held 7`, `free 7`, `made 1000000`.
fn step(step: &Step) -> String {
    let host = |host: HostId| ["a", "b", "c"][usize::from(host.0)];
    match step {
        Step::Deliver(carried) => format!("{}>{}", carried.frame.0, host(carried.to)),
        Step::Tell(Fact::FrameLost { frame, cause, .. }) => format!("lost {} {cause:?}", frame.0),
        Step::Tell(Fact::FrameHeld { frame, .. }) => format!("held {}", frame.0),
        Step::Tell(Fact::FrameReleased { frame, .. }) => format!("free {}", frame.0),
        Step::Tell(Fact::FrameMade { frame, how, .. }) => format!("made {} {how:?}", frame.0),
        Step::Tell(other) => format!("{other:?}"),
    }
}

fn steps(switch: &mut Switch, now: Instant) -> Vec<String> {
    std::iter::from_fn(|| switch.next(now)).map(|one| step(&one)).collect()
}

/// Everything that ever happens, with the time that has passed.
fn all(switch: &mut Switch, mut now: Instant) -> Vec<Step> {
    let mut all = Vec::new();
    loop {
        all.extend(std::iter::from_fn(|| switch.next(now)));
        let Some(wait) = switch.until_next(now) else { return all };
        now += wait;
    }
}

fn delivered(steps: &[Step]) -> Vec<Carried> {
    let carried = |step: &Step| match step {
        Step::Deliver(carried) => Some(carried.clone()),
        Step::Tell(_) => None,
    };
    steps.iter().filter_map(carried).collect()
}

const HOST_A: HostId = HostId(0);
const HOST_B: HostId = HostId(1);

#[test]
fn a_frame_reaches_its_address_only_and_a_broadcast_everybody_else() {
    let (mut switch, now) = (switch("", &[]), Instant::now());
    switch.accept(HOST_A, FrameId(7), &to(B), now);
    assert_eq!(steps(&mut switch, now), ["7>b"]);
    switch.accept(HOST_B, FrameId(8), &to([0xff; 6]), now);
    assert_eq!(steps(&mut switch, now), ["8>a", "8>c"]);
}

#[test]
fn an_unknown_address_reaches_nobody_and_that_is_told() {
    let (mut switch, now) = (switch("", &[]), Instant::now());
    switch.accept(HOST_A, FrameId(0), &to([2, 9, 9, 9, 9, 9]), now);
    switch.accept(HOST_A, FrameId(1), &[1, 2], now);
    assert_eq!(steps(&mut switch, now), ["lost 0 NoReceiver", "lost 1 NoReceiver"]);
    assert_eq!(switch.until_next(now), None);
}

#[test]
fn delay_and_jitter_keep_the_order() {
    let (mut switch, now) = (switch("delay=5ms jitter=5ms", &[]), Instant::now());
    (0..9).for_each(|n| switch.accept(HOST_A, FrameId(n), &to(B), now));
    assert_eq!(steps(&mut switch, now + Duration::from_micros(4_999)), [""; 0]);
    let order: Vec<u64> = delivered(&all(&mut switch, now)).iter().map(|carried| carried.frame.0).collect();
    assert_eq!(order, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn each_direction_has_a_link_of_its_own() {
    let (mut switch, now) = (switch("delay=1ms", &[]), Instant::now());
    let slow = trace::event::wire::Direction { from: Some("b".into()), to: None, link: "delay=9ms".parse().unwrap() };
    switch.settings.directions.push(slow);
    switch.accept(HOST_A, FrameId(0), &to(B), now);
    switch.accept(HOST_B, FrameId(1), &to(A), now);
    assert_eq!(steps(&mut switch, now + Duration::from_millis(1)), ["0>b"]);
    assert_eq!(switch.until_next(now), Some(Duration::from_millis(9)));
}

#[test]
fn a_straggler_is_overtaken_by_the_next_frame_or_comes_late() {
    let (mut switch, now) = (switch("reorder=100%", &[]), Instant::now());
    switch.accept(HOST_A, FrameId(0), &to(B), now);
    switch.settings.link.reorder_ppm = 0;
    switch.accept(HOST_A, FrameId(1), &to(B), now);
    assert_eq!(steps(&mut switch, now), ["1>b", "0>b"]);
    switch.settings.link.reorder_ppm = 1_000_000;
    switch.accept(HOST_A, FrameId(2), &to(B), now);
    assert_eq!(steps(&mut switch, now), [""; 0]);
    assert_eq!(steps(&mut switch, now + STRAGGLE), ["2>b"]);
}

#[test]
fn a_hold_catches_retransmissions_until_a_person_lets_go() {
    let (mut switch, now) = (switch("", &["hold tcp.data"]), Instant::now());
    switch.accept(HOST_A, FrameId(0), &segment(100, b"hello", |_| ()), now);
    // Without the rule, what is held is still not to slip past; neither a part of it, nor more than it.
    switch.obey(WireCommand::Set(WireSettings::default()), now).unwrap();
    switch.accept(HOST_A, FrameId(1), &segment(100, b"hello", |_| ()), now);
    switch.accept(HOST_A, FrameId(2), &segment(103, b"lo, world", |_| ()), now);
    switch.accept(HOST_A, FrameId(3), &segment(112, b"!", |_| ()), now);
    let told = steps(&mut switch, now);
    assert_eq!((&told[0], &told[2..]), (&"held 0".to_owned(), &["held 1", "held 2", "3>b"].map(String::from)[..]));
    assert_eq!(switch.until_next(now), None, "what is held is not under way");

    let pick = |n| Pick::Frame(FrameId(n));
    switch.obey(WireCommand::Drop(pick(1)), now).unwrap();
    switch.obey(WireCommand::Duplicate(FrameId(0)), now).unwrap();
    switch.obey(WireCommand::Move { frame: FrameId(0), behind: FrameId(2) }, now).unwrap();
    let copy = format!("made {MADE} Copy");
    assert_eq!(steps(&mut switch, now), ["lost 1 ByHand", &copy, &format!("held {MADE}")]);
    switch.obey(WireCommand::Release(Pick::All), now).unwrap();
    let after = steps(&mut switch, now);
    assert_eq!(after[3..], [&format!("{MADE}>b"), "2>b", "0>b"]);

    let refused = switch.obey(WireCommand::Release(pick(0)), now);
    assert_eq!(refused, Err(WireRefusal::NotHeld(FrameId(0))));
    assert_eq!(switch.obey(WireCommand::Drop(Pick::All), now), Err(WireRefusal::NothingHeld));
}

#[test]
fn what_is_on_its_way_is_held_dropped_and_doubled_by_hand() {
    let (mut switch, now) = (switch("delay=1s", &[]), Instant::now());
    for n in 0..3 {
        switch.accept(HOST_A, FrameId(n), &to(B), now);
    }
    let pick = |n| Pick::Frame(FrameId(n));
    switch.obey(WireCommand::Hold(pick(0)), now).unwrap();
    switch.obey(WireCommand::Drop(pick(1)), now).unwrap();
    switch.obey(WireCommand::Duplicate(FrameId(2)), now).unwrap();
    let copy = format!("made {MADE} Copy");
    assert_eq!(steps(&mut switch, now), ["held 0", "lost 1 ByHand", &copy]);
    let later = now + Duration::from_secs(1);
    assert_eq!(steps(&mut switch, later), ["2>b", &format!("{MADE}>b")]);
    assert_eq!(switch.obey(WireCommand::Hold(pick(0)), later), Err(WireRefusal::NotUnderWay(FrameId(0))));
    assert_eq!(switch.obey(WireCommand::Drop(pick(2)), later), Err(WireRefusal::NotUnderWay(FrameId(2))));
    assert_eq!(switch.obey(WireCommand::Hold(Pick::All), later), Err(WireRefusal::NothingUnderWay));
    switch.obey(WireCommand::Release(Pick::All), later).unwrap();
    assert_eq!(steps(&mut switch, later), ["free 0"]);
    assert_eq!(steps(&mut switch, later + Duration::from_secs(1)), ["0>b"], "its way begins anew");
}

#[test]
fn arp_is_held_only_where_it_is_named() {
    let arp: Vec<u8> = {
        let mut frame = Vec::new();
        let arp = etherparse::ArpPacket::new(
            etherparse::ArpHardwareId::ETHERNET,
            etherparse::EtherType::IPV4,
            etherparse::ArpOperation::REQUEST,
            &A,
            &[192, 168, 1, 7],
            &[0; 6],
            &[192, 168, 1, 4],
        );
        etherparse::PacketBuilder::ethernet2(A, B).arp(arp.unwrap()).write(&mut frame).unwrap();
        frame
    };
    let now = Instant::now();
    for (rule, told) in [("hold", "0>b"), ("hold not udp", "0>b"), ("hold arp", "held 0")] {
        let mut switch = switch("", &[rule]);
        switch.accept(HOST_A, FrameId(0), &arp, now);
        assert_eq!(steps(&mut switch, now), [told], "{rule}");
    }
}

#[test]
fn a_full_hold_says_so_once_and_lets_the_rest_go_on() {
    let (mut switch, now) = (switch("", &["hold"]), Instant::now());
    (0..1003).for_each(|n| switch.accept(HOST_A, FrameId(n), &datagram(b"x"), now));
    let told = steps(&mut switch, now);
    assert_eq!(told.iter().filter(|told| told.starts_with("held")).count(), 1000);
    assert_eq!(told.iter().filter(|told| told.starts_with("HoldFull")).count(), 1);
    assert_eq!(told.iter().filter(|told| told.ends_with(">b")).count(), 3);
}

#[test]
fn an_unplugged_host_hears_and_says_nothing() {
    let (mut switch, now) = (switch("delay=5ms", &[]), Instant::now());
    switch.accept(HOST_A, FrameId(0), &to(B), now);
    switch.obey(WireCommand::Unplug(HOST_B), now).unwrap();
    assert_eq!(switch.obey(WireCommand::Unplug(HOST_B), now), Err(WireRefusal::AlreadySo(HOST_B)));
    assert_eq!(switch.obey(WireCommand::Plug(HostId(9)), now), Err(WireRefusal::NoSuchHost(HostId(9))));
    switch.accept(HOST_B, FrameId(1), &to([0xff; 6]), now);
    let told = steps(&mut switch, now + Duration::from_millis(5));
    let lost = ["lost 1 Unplugged", "lost 1 Unplugged", "lost 0 Unplugged"];
    assert_eq!(told[1..], lost);
    switch.obey(WireCommand::Plug(HOST_B), now).unwrap();
    switch.accept(HOST_A, FrameId(2), &to(B), now);
    let told = steps(&mut switch, now + Duration::from_millis(5));
    assert_eq!(told[1..], ["2>b"]);
}

#[test]
fn settings_are_checked() {
    let (mut switch, now) = (switch("", &[]), Instant::now());
    let mut refused = |wire: WireSettings| switch.obey(WireCommand::Set(wire), now).unwrap_err();
    let settled = WireRefusal::Settings(WireFault::Settled);
    assert_eq!(refused(WireSettings { mtu: 600, ..WireSettings::default() }), settled);
    assert_eq!(refused(WireSettings { seed: Some(9), ..WireSettings::default() }), settled);
    let rules = vec!["hold from nobody".parse().unwrap()];
    let stranger = WireRefusal::Settings(WireFault::NoHost("nobody".into()));
    assert_eq!(refused(WireSettings { rules, ..WireSettings::default() }), stranger);
}

#[test]
fn a_small_window_is_rounded_up_to_what_can_be_said() {
    let (mut switch, now) = (switch("", &["slow-reader=300"]), Instant::now());
    let window = |switch: &mut Switch, frame: &[u8]| {
        switch.accept(HOST_A, FrameId(0), frame, now);
        let steps: Vec<Step> = std::iter::from_fn(|| switch.next(now)).collect();
        let carried = delivered(&steps).pop().unwrap();
        assert!(checksums_hold(&carried.bytes));
        Segment::parse(&carried.bytes).unwrap().tcp.window_size
    };
    assert_eq!(window(&mut switch, &segment(5, b"", |_| ())), 300);
    assert_eq!(window(&mut switch, &segment(5, b"", |tcp| tcp.window_size = 7)), 7);
    // With a shift of 7 in both directions a window of 3 is 384 bytes.
    let scaled = |tcp: &mut etherparse::TcpHeader| {
        tcp.syn = true;
        tcp.set_options(&[etherparse::TcpOptionElement::WindowScale(7)]).unwrap();
    };
    assert_eq!(
        window(
            &mut switch,
            &segment(5, b"", |tcp| {
                scaled(tcp);
                tcp.ack = false;
            })
        ),
        300
    );
    let answer = Segment::parse(&segment(5, b"", scaled)).unwrap();
    let mut turned = answer.turned();
    turned.tcp.ack = true;
    scaled(&mut turned.tcp);
    switch.accept(HOST_B, FrameId(1), &turned.frame(), now);
    let _ = steps(&mut switch, now);
    assert_eq!(window(&mut switch, &segment(6, b"", |_| ())), 3);
}

#[test]
fn gathered_segments_come_as_one() {
    let (mut switch, now) = (switch("", &["coalesce"]), Instant::now());
    let parts: [(u32, &[u8]); 3] = [(1, b"one "), (5, b"two "), (9, b"three")];
    for (n, (seq, part)) in (0..).zip(parts) {
        switch.accept(HOST_A, FrameId(n), &segment(seq, part, |tcp| tcp.psh = true), now);
    }
    switch.accept(HOST_A, FrameId(3), &segment(14, b"", |tcp| tcp.fin = true), now);
    assert_eq!(steps(&mut switch, now), ["held 0", "held 1", "held 2", "held 3"]);
    let come = delivered(&all(&mut switch, now));
    assert_eq!(come.len(), 1);
    let whole = Segment::parse(&come[0].bytes).unwrap();
    assert_eq!((whole.payload.as_slice(), whole.tcp.fin, whole.tcp.psh), (&b"one two three"[..], true, true));
    assert!(checksums_hold(&come[0].bytes));
}

#[test]
fn a_silence_begins_with_data_and_ends_for_all() {
    let (mut switch, now) = (switch("", &["silence=2s"]), Instant::now());
    switch.accept(HOST_A, FrameId(0), &segment(1, b"", |_| ()), now);
    switch.accept(HOST_A, FrameId(1), &segment(1, b"x", |_| ()), now);
    switch.accept(HOST_A, FrameId(2), &segment(2, b"", |_| ()), now);
    assert_eq!(steps(&mut switch, now), ["held 1", "held 2", "0>b"]);
    assert_eq!(switch.until_next(now), Some(Duration::from_secs(2)));
    let later = now + Duration::from_secs(2);
    assert_eq!(steps(&mut switch, later), ["free 1", "free 2", "1>b", "2>b"]);
    switch.accept(HOST_A, FrameId(3), &segment(2, b"y", |_| ()), later);
    assert_eq!(steps(&mut switch, later), ["3>b"]);
}

#[test]
fn as_many_fins_are_lost_as_were_asked_for() {
    let (mut switch, now) = (switch("", &["fin-lost=2"]), Instant::now());
    (0..3).for_each(|n| switch.accept(HOST_A, FrameId(n), &segment(1, b"", |tcp| tcp.fin = true), now));
    assert_eq!(steps(&mut switch, now), ["lost 0 Rule", "lost 1 Rule", "2>b"]);
}

#[test]
fn a_reset_has_the_numbers_that_both_ends_wait_for() {
    let (mut switch, now) = (switch("", &[]), Instant::now());
    assert_eq!(switch.obey(WireCommand::Reset(Filter::ALL), now), Err(WireRefusal::NoConnection));
    let first = segment(100, b"", |tcp| (tcp.syn, tcp.ack) = (true, false));
    switch.accept(HOST_A, FrameId(0), &first, now);
    let mut answer = Segment::parse(&first).unwrap().turned();
    (answer.tcp.syn, answer.tcp.ack, answer.tcp.sequence_number) = (true, true, 500);
    answer.tcp.acknowledgment_number = 101;
    switch.accept(HOST_B, FrameId(1), &answer.frame(), now);
    let told = steps(&mut switch, now);
    assert_eq!(told, ["0>b", "1>a"]);
    switch.accept(HOST_A, FrameId(2), &segment(101, b"hi", |tcp| tcp.acknowledgment_number = 501), now);
    let _ = steps(&mut switch, now);

    switch.obey(WireCommand::Reset("port 18888".parse().unwrap()), now).unwrap();
    let come = delivered(&all(&mut switch, now));
    let numbers: Vec<_> = come
        .iter()
        .map(|carried| (carried.to.0, Segment::parse(&carried.bytes).unwrap().tcp))
        .map(|(to, tcp)| (to, tcp.rst, tcp.sequence_number, tcp.acknowledgment_number))
        .collect();
    assert_eq!(numbers.iter().find(|(to, ..)| *to == 1), Some(&(1, true, 103, 501)));
    assert_eq!(numbers.iter().find(|(to, ..)| *to == 0), Some(&(0, true, 501, 103)));
    assert_eq!(switch.obey(WireCommand::Reset(Filter::ALL), now), Err(WireRefusal::NoConnection));
}

#[test]
fn a_reset_of_a_connection_that_is_over_is_for_time_wait_alone() {
    let (mut switch, now) = (switch("", &[]), Instant::now());
    let mut exchange = |port: u16, over: bool| {
        let first = segment(100, b"", |tcp| (tcp.syn, tcp.ack, tcp.source_port) = (true, false, port));
        let answer = |change: fn(&mut etherparse::TcpHeader)| {
            let mut answer = Segment::parse(&first).unwrap().turned();
            (answer.tcp.syn, answer.tcp.ack, answer.tcp.acknowledgment_number) = (false, true, 101);
            change(&mut answer.tcp);
            answer.frame()
        };
        switch.accept(HOST_A, FrameId(0), &first, now);
        let accepted = answer(|tcp| (tcp.syn, tcp.sequence_number) = (true, 500));
        switch.accept(HOST_B, FrameId(1), &accepted, now);
        if over {
            let goodbye = segment(101, b"", |tcp| {
                (tcp.fin, tcp.source_port, tcp.acknowledgment_number) = (true, port, 501);
            });
            switch.accept(HOST_A, FrameId(2), &goodbye, now);
            let goodbye = answer(|tcp| {
                (tcp.fin, tcp.sequence_number, tcp.acknowledgment_number) = (true, 501, 102);
            });
            switch.accept(HOST_B, FrameId(3), &goodbye, now);
        }
        let _ = steps(&mut switch, now);
    };
    exchange(40001, true);
    exchange(40002, false);
    let mut reset = |now| {
        let done = switch.obey(WireCommand::Reset(Filter::ALL), now);
        let come = delivered(&all(&mut switch, now));
        let told = come.iter().map(|carried| (carried.to, Segment::parse(&carried.bytes).unwrap().tcp));
        done.map(|()| told.map(|(to, tcp)| (to, tcp.sequence_number)).collect::<Vec<_>>())
    };
    // The one that goes on; then, asked once more, the one that is over, with the numbers behind both goodbyes.
    let mut first = reset(now).unwrap();
    first.sort_unstable();
    assert_eq!(first, [(HOST_A, 501), (HOST_B, 101)]);
    let mut second = reset(now + Duration::from_secs(59)).unwrap();
    second.sort_unstable();
    assert_eq!(second, [(HOST_A, 502), (HOST_B, 102)]);
    assert_eq!(reset(now), Err(WireRefusal::NoConnection));
}

#[test]
fn after_time_wait_there_is_nothing_to_reset() {
    let (mut switch, now) = (switch("", &[]), Instant::now());
    let goodbye = segment(101, b"", |tcp| (tcp.fin, tcp.acknowledgment_number) = (true, 501));
    let mut answer = Segment::parse(&goodbye).unwrap().turned();
    (answer.tcp.fin, answer.tcp.ack) = (true, true);
    (answer.tcp.sequence_number, answer.tcp.acknowledgment_number) = (501, 102);
    switch.accept(HOST_A, FrameId(0), &goodbye, now);
    switch.accept(HOST_B, FrameId(1), &answer.frame(), now);
    let _ = steps(&mut switch, now);
    let later = now + Duration::from_secs(61);
    assert_eq!(switch.obey(WireCommand::Reset(Filter::ALL), later), Err(WireRefusal::NoConnection));
}

/// Frames from a to b: segments one after the other, and datagrams among them.
fn frames() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec((0_usize..40, any::<bool>()), 1..20).prop_map(|parts| {
        let mut seq = 1_u32;
        let part = |(len, udp): (usize, bool)| {
            let payload: Vec<u8> = (0..len).map(|n| u8::try_from(n).unwrap()).collect();
            if udp {
                return datagram(&payload);
            }
            let frame = segment(seq, &payload, |_| ());
            seq += u32::try_from(len).unwrap();
            frame
        };
        parts.into_iter().map(part).collect()
    })
}

fn rules() -> impl Strategy<Value = Vec<&'static str>> {
    let rules: &'static [&str] = &[
        "one-byte",
        "split",
        "split=3",
        "coalesce",
        "slow-reader=200",
        "silence=1s",
        "fin-lost",
        "disorder",
        "hold udp",
        "reset",
    ];
    prop::sample::subsequence(rules, 0..4).prop_shuffle()
}

proptest! {
    #[test]
    fn every_frame_has_exactly_one_end(frames in frames(), rules in rules(), link in "(loss=20% )?(duplicate=20% )?(reorder=30% )?(jitter=5ms )?(bandwidth=1Mbit )?") {
        let (mut switch, now) = (switch(&link, &rules), Instant::now());
        for (n, frame) in (0..).zip(&frames) {
            switch.accept(HOST_A, FrameId(n), frame, now);
        }
        let happened = all(&mut switch, now);
        let mut ends: BTreeMap<FrameId, i32> = (0..frames.len() as u64).map(|n| (FrameId(n), 0)).collect();
        let mut held: BTreeSet<FrameId> = BTreeSet::new();
        for one in &happened {
            match one {
                Step::Tell(Fact::FrameMade { frame, bytes, .. }) => {
                    prop_assert_eq!(ends.insert(*frame, 0), None);
                    prop_assert!(bytes.len <= 1514);
                    let is_tcp = Segment::parse(&bytes.head.0).is_some();
                    prop_assert!(!is_tcp || checksums_hold(&bytes.head.0));
                }
                Step::Tell(Fact::FrameLost { frame, .. }) => {
                    held.remove(frame);
                    *ends.get_mut(frame).unwrap() += 1;
                }
                Step::Deliver(carried) => *ends.get_mut(&carried.frame).unwrap() += 1,
                Step::Tell(Fact::FrameHeld { frame, .. }) => prop_assert!(held.insert(*frame)),
                Step::Tell(Fact::FrameReleased { frame, .. }) => prop_assert!(held.remove(frame)),
                Step::Tell(other) => prop_assert!(false, "{:?}", other),
            }
        }
        for (frame, count) in ends {
            prop_assert_eq!(count + i32::from(held.contains(&frame)), 1, "{:?}: {:?}", frame, happened);
        }
    }

    #[test]
    fn the_stream_survives_every_schedule(
        frames in frames(),
        rules in prop::sample::subsequence(&["one-byte", "split", "split=3", "coalesce", "slow-reader=200", "silence=1s"][..], 0..5).prop_shuffle()
    ) {
        let (mut switch, now) = (switch("jitter=3ms", &rules), Instant::now());
        for (n, frame) in (0..).zip(&frames) {
            switch.accept(HOST_A, FrameId(n), frame, now);
        }
        let sent: Vec<u8> = frames.iter().filter_map(|frame| Segment::parse(frame)).flat_map(|one| one.payload).collect();
        let (mut next, mut received) = (1, Vec::new());
        for carried in delivered(&all(&mut switch, now)) {
            // A segment without data may pass those that wait for each other.
            let segment = Segment::parse(&carried.bytes).filter(|segment| !segment.payload.is_empty());
            let Some(segment) = segment else { continue };
            prop_assert_eq!(segment.tcp.sequence_number, next, "in order, without a gap");
            next = segment.end();
            received.extend(segment.payload);
        }
        prop_assert_eq!(received, sent);
    }

    #[test]
    fn the_same_seed_has_the_same_fates(frames in frames(), rules in rules()) {
        let now = Instant::now();
        let fates = || {
            let mut switch = switch("loss=30% duplicate=30% reorder=30% jitter=9ms", &rules);
            (0..).zip(&frames).for_each(|(n, frame)| switch.accept(HOST_A, FrameId(n), frame, now));
            all(&mut switch, now)
        };
        prop_assert_eq!(fates(), fates());
    }

    #[test]
    fn garbage_never_panics(frames in prop::collection::vec(any::<Vec<u8>>(), 1..5), rules in rules()) {
        let (mut switch, now) = (switch("", &rules), Instant::now());
        for (n, bytes) in (0..).zip(&frames) {
            let frame: Vec<u8> = B.iter().chain(&A).chain(&[8, 0]).chain(bytes).copied().collect();
            switch.accept(HOST_A, FrameId(n), &frame, now);
        }
        // Whatever it was, it went somewhere.
        prop_assert!(all(&mut switch, now).len() >= frames.len());
    }
}
