//! A link's settings on a real kernel's datagrams: one test for each.

use std::time::Duration;

use support::lab_run::{LabRun, lan};
use trace::event::wire::{Direction, Link};
use trace::event::{Fact, LossCause};
use trace::id::{FrameId, HostId};
use trace::syscall::Syscall;
use trace::time::Nanos;
use trace::wire::Packet;

/// The receiver of every test; the sender is `from`.
const PORT: u16 = 19999;

/// Sends so many datagrams of so many bytes, once somebody has typed a line. The first bytes are a number.
fn sender(count: usize, bytes: usize) -> String {
    format!(
        "\
from socket import *
input()
sock = socket(AF_INET, SOCK_DGRAM)
for number in range({count}):
    sock.sendto(str(number).encode().ljust({bytes}), ('192.168.1.4', {PORT}))
"
    )
}

/// Prints the numbers that come until it was told so many, or, without a number, until it is ended.
fn receiver(count: Option<usize>) -> String {
    let turns = count.map_or("iter(int, 1)".to_owned(), |count| format!("range({count})"));
    format!(
        "\
from socket import *
sock = socket(AF_INET, SOCK_DGRAM)
sock.bind(('', {PORT}))
for _ in {turns}: print(int(sock.recv(2000)), end=' ', flush=True)
"
    )
}

/// A sender and a receiver; what the one sends goes over this link.
fn start(link: &str, sender: &str, receiver: &str) -> LabRun {
    from("sender", link, sender, receiver)
}

/// The same, where what one of the two sends goes over the link.
fn from(host: &str, link: &str, sender: &str, receiver: &str) -> LabRun {
    let link: Link = link.parse().unwrap();
    let mut run = lan()
        .python("receiver", 4, receiver)
        .python("sender", 7, sender)
        .with(|plan| {
            plan.wire.seed = Some(1);
            plan.wire.directions = vec![Direction { from: Some(host.into()), to: None, link }];
        })
        .start();
    run.until_in(0, Syscall::Recvfrom);
    run.until_in(1, Syscall::Read);
    run.type_into(1, "\n");
    run
}

/// Runs until every datagram that was sent has arrived so many times.
fn finish(link: &str, sender: &str, receiver: &str) -> LabRun {
    let mut run = start(link, sender, receiver);
    run.until_end();
    run
}

fn is_datagram(fact: &Fact) -> Option<(FrameId, HostId)> {
    match fact {
        Fact::FrameSent { frame, host, bytes } | Fact::FrameMade { frame, host, bytes, .. } => {
            let (_, to) = Packet::parse(bytes)?.addresses()?;
            (to.port() == PORT).then_some((*frame, *host))
        }
        _ => None,
    }
}

/// When each datagram was put on the wire and when it arrived, in the order of sending; `None` where it did not.
fn journeys(run: &LabRun) -> Vec<(Nanos, Option<Nanos>)> {
    let arrival = |wanted: FrameId| {
        run.events().iter().find_map(|event| match &event.fact {
            Fact::FrameDelivered { frame, .. } if *frame == wanted => Some(event.at),
            _ => None,
        })
    };
    let sent = run.events().iter().filter_map(|event| Some((event.at, is_datagram(&event.fact)?.0)));
    sent.map(|(at, frame)| (at, arrival(frame))).collect()
}

/// How long each datagram that arrived was on its way.
fn times(run: &LabRun) -> Vec<Duration> {
    journeys(run).into_iter().filter_map(|(sent, arrived)| Some(arrived?.since(sent))).collect()
}

fn numbers(run: &LabRun) -> Vec<usize> {
    run.terminal(0).split_whitespace().map(|number| number.parse().unwrap()).collect()
}

fn lost(run: &LabRun, wanted: LossCause) -> usize {
    run.facts().filter(|fact| matches!(fact, Fact::FrameLost { cause, .. } if *cause == wanted)).count()
}

#[test]
fn delay_is_how_long_every_frame_takes_in_its_direction() {
    let run = finish("delay=300ms", &sender(3, 5), &receiver(Some(3)));
    let times = times(&run);
    assert_eq!(times.len(), 3);
    assert!(times.iter().all(|time| *time >= Duration::from_millis(300)), "{times:?}");
}

#[test]
fn a_delay_is_no_matter_to_the_other_direction() {
    // Only the receiver's own frames take longer than any test: a broadcast needs no answer from it.
    let sender = sender(3, 5)
        .replace("192.168.1.4", "192.168.1.255")
        .replace("SOCK_DGRAM)\n", "SOCK_DGRAM)\nsock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)\n");
    let mut run = from("receiver", "delay=1min", &sender, &receiver(Some(3)));
    run.until_end();
    assert_eq!(numbers(&run), [0, 1, 2]);
}

#[test]
fn jitter_is_by_chance_and_keeps_the_order() {
    let run = finish("jitter=100ms", &sender(20, 5), &receiver(Some(20)));
    assert_eq!(numbers(&run), (0..20).collect::<Vec<_>>());
    // Of twenty that all came within the first half there is one chance in a million, and the seed says it is not this.
    let times = times(&run);
    assert!(times.iter().any(|time| *time >= Duration::from_millis(50)), "{times:?}");
}

#[test]
fn loss_is_by_chance_and_the_same_for_the_same_seed() {
    let fate = || {
        let mut run = start("loss=50%", &sender(20, 5), &receiver(None));
        run.until("the sender's end", |fact| matches!(fact, Fact::ProgramEnded { host: HostId(1), .. }));
        while journeys(&run).iter().filter(|(_, arrived)| arrived.is_some()).count() + lost_datagrams(&run) < 20 {
            run.until("a datagram's fate", |fact| matches!(fact, Fact::FrameDelivered { .. } | Fact::FrameLost { .. }));
        }
        run.stop();
        run.until_end();
        journeys(&run).iter().map(|(_, arrived)| arrived.is_some()).collect::<Vec<_>>()
    };
    let first = fate();
    assert_eq!(first.len(), 20);
    assert!(first.contains(&true) && first.contains(&false), "{first:?}");
    assert_eq!(first, fate());
}

fn lost_datagrams(run: &LabRun) -> usize {
    let datagrams: Vec<_> = run.facts().filter_map(is_datagram).collect();
    let is_lost = |fact: &&Fact| {
        matches!(fact, Fact::FrameLost { frame, cause: LossCause::Chance, .. }
            if datagrams.iter().any(|(datagram, _)| datagram == frame))
    };
    run.facts().filter(is_lost).count()
}

#[test]
fn duplicates_follow_their_originals() {
    let run = finish("duplicate=100%", &sender(3, 5), &receiver(Some(6)));
    assert_eq!(numbers(&run), [0, 0, 1, 1, 2, 2]);
    assert_eq!(run.facts().filter(|fact| is_datagram(fact).is_some()).count(), 6, "each copy has a name of its own");
}

#[test]
fn what_is_reordered_all_arrives() {
    let mut numbers = numbers(&finish("reorder=30%", &sender(20, 5), &receiver(Some(20))));
    // Which is overtaken is the seed's word; by how many is the sender's, and at what pace it sends.
    assert!(!numbers.is_sorted(), "{numbers:?}");
    numbers.sort_unstable();
    assert_eq!(numbers, (0..20).collect::<Vec<_>>());
}

#[test]
fn bandwidth_is_how_long_a_frame_takes_to_leave() {
    // 14 bytes of Ethernet, 20 of IP and 8 of UDP: 8,000 bits each, 40 ms.
    let run = finish("bandwidth=200kbit", &sender(6, 958), &receiver(Some(6)));
    let journeys = journeys(&run);
    assert_eq!(journeys.len(), 6);
    let all = journeys[5].1.expect("it arrived").since(journeys[0].0);
    assert!(all >= Duration::from_millis(6 * 40 - 1), "{all:?}");
    assert_eq!(lost(&run, LossCause::Queue), 0);
}

#[test]
fn a_link_that_is_too_slow_loses_what_its_queue_has_no_room_for() {
    // A second is 25,000 bytes, and 65,536 may wait: of 200,000 that come at once most are lost.
    let mut run = start("bandwidth=200kbit", &sender(200, 958), &receiver(None));
    run.until("a frame has no room", |fact| matches!(fact, Fact::FrameLost { cause: LossCause::Queue, .. }));
    run.until_once("the sender's end", |fact| matches!(fact, Fact::ProgramEnded { host: HostId(1), .. }));
    run.stop();
    run.until_end();
    // The first 64 fit in any case.
    let first = run.facts().find_map(|fact| match fact {
        Fact::FrameLost { frame, cause: LossCause::Queue, .. } => Some(*frame),
        _ => None,
    });
    let before = run.facts().filter_map(is_datagram).position(|(frame, _)| Some(frame) == first);
    assert!(before.is_some_and(|before| before > 64), "{before:?}");
}
