//! What becomes of a frame: pure rules. Time is an argument, chance is seeded.
//!
//! A frame that a host sends goes through the rules in their order (`rules.rs`), then onto the link to each of its
//! receivers (`link.rs`). It ends in one of three ways, and each is told: delivered, lost, or held (`hold.rs`). What the
//! switch makes itself (pieces, copies, resets) are frames with names of their own.

mod command;
mod flows;
mod hold;
mod link;
mod rules;
mod segment;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::{Duration, Instant};

use trace::bytes::Clipped;
use trace::event::wire::{Link, Made, Rule, WireSettings};
use trace::event::{Fact, LossCause};
use trace::filter::Filter;
use trace::id::{FrameId, HostId};
use trace::wire::{Body, Packet, Transport};

use self::flows::Flows;
use self::hold::{Held, Hold};
use self::link::Line;
use self::rules::Memory;
use self::segment::Segment;

/// How late a frame is that waits to be overtaken when nothing overtakes it: long enough for a program's next send to
/// be the one, shorter than a retransmission timeout.
const STRAGGLE: Duration = Duration::from_millis(150);

/// What datagrams suffer under [`trace::event::wire::Action::Disorder`], in parts per million.
const DISORDER: (u32, u32) = (400_000, 300_000);

/// A switch with a port per host, whose hardware addresses it knows from the beginning.
pub(super) struct Switch {
    macs: Vec<[u8; 6]>,
    names: Rc<[String]>,
    unplugged: BTreeSet<HostId>,
    settings: WireSettings,
    rules: Rc<[Rule]>,
    memory: Memory,
    seed: u64,
    lines: BTreeMap<(HostId, HostId), Line>,
    /// Frames that the next one of their direction overtakes.
    stragglers: BTreeMap<(HostId, HostId), Due>,
    under_way: BTreeMap<Due, Carried>,
    /// Frames that will be put on the wire so far.
    departures: u64,
    hold: Hold,
    flows: Flows,
    /// What there is to tell and was not asked for yet.
    told: VecDeque<Fact>,
    new_frame: Box<dyn FnMut() -> FrameId>,
}

/// When a frame arrives; of two at the same moment the one that departed first does.
type Due = (Instant, u64);

/// A frame on its way from one host to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Carried {
    pub(super) frame: FrameId,
    pub(super) from: HostId,
    pub(super) to: HostId,
    pub(super) bytes: Rc<[u8]>,
    /// It is put on its link so much later.
    late: Duration,
    /// Its order is of no importance to anybody.
    disordered: bool,
    /// It arrives whatever chance says: somebody wanted it to.
    sure: bool,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// Write this down.
    Tell(Fact),
    /// Hand this to its host.
    Deliver(Carried),
}

/// The hosts of a switch.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    /// The host's name.
    pub(crate) name: String,
    /// Its hardware address.
    pub(crate) mac: [u8; 6],
}

impl Switch {
    /// A switch for these hosts. `new_frame` names the frames that it makes.
    pub(super) fn new(ports: &[Port], settings: WireSettings, new_frame: Box<dyn FnMut() -> FrameId>) -> Self {
        Self {
            macs: ports.iter().map(|port| port.mac).collect(),
            names: ports.iter().map(|port| port.name.clone()).collect(),
            unplugged: BTreeSet::new(),
            rules: settings.rules.as_slice().into(),
            memory: Memory::default(),
            seed: settings.seed.unwrap_or_default(),
            settings,
            lines: BTreeMap::new(),
            stragglers: BTreeMap::new(),
            under_way: BTreeMap::new(),
            departures: 0,
            hold: Hold::default(),
            flows: Flows::default(),
            told: VecDeque::new(),
            new_frame,
        }
    }

    /// Takes a frame from a host. What becomes of it is told by [`Switch::next`].
    pub(super) fn accept(&mut self, from: HostId, frame: FrameId, bytes: &[u8], now: Instant) {
        let receivers = self.receivers(from, bytes);
        if receivers.is_empty() {
            self.tell(Fact::FrameLost { frame, host: from, cause: LossCause::NoReceiver });
        }
        let bytes: Rc<[u8]> = bytes.into();
        for to in receivers {
            let carried = Carried::new(frame, from, to, Rc::clone(&bytes));
            if self.unplugged.contains(&from) || self.unplugged.contains(&to) {
                self.lose(&carried, LossCause::Unplugged);
                continue;
            }
            let segment = Segment::parse(&bytes);
            if let Some(segment) = &segment {
                self.flows.sent(from, to, segment, now);
            }
            // A retransmission of what somebody holds would make the hold pointless.
            let caught = segment.is_some_and(|segment| self.hold.catches(&segment));
            let left = if caught { self.keep(carried, None, false) } else { Some(carried) };
            if let Some(carried) = left {
                self.apply(0, carried, now);
            }
        }
    }

    /// What is to be done by now, in order.
    pub(super) fn next(&mut self, now: Instant) -> Option<Step> {
        if let Some(fact) = self.told.pop_front() {
            return Some(Step::Tell(fact));
        }
        if self.hold.next().is_some_and(|due| due <= now) {
            let due = self.hold.take(|held| held.until.is_some_and(|until| until <= now));
            self.go_on(due, now);
            return self.next(now);
        }
        let first = self.under_way.first_entry().filter(|first| first.key().0 <= now)?;
        let carried = first.remove();
        if self.unplugged.contains(&carried.to) {
            self.lose(&carried, LossCause::Unplugged);
            return self.next(now);
        }
        if let Some(segment) = Segment::parse(&carried.bytes) {
            self.flows.arrived(&segment, now);
        }
        Some(Step::Deliver(carried))
    }

    /// How long until there is something to do; `None` when nothing is under way.
    pub(super) fn until_next(&self, now: Instant) -> Option<Duration> {
        if !self.told.is_empty() {
            return Some(Duration::ZERO);
        }
        let arrival = self.under_way.keys().next().map(|(due, _)| *due);
        let next = [arrival, self.hold.next()].into_iter().flatten().min()?;
        Some(next.saturating_duration_since(now))
    }

    /// Puts a frame on its link.
    fn send(&mut self, carried: Carried, now: Instant) {
        let way = (carried.from, carried.to);
        let name = |host: HostId| self.names.get(usize::from(host.0)).map_or("", String::as_str);
        let mut link = *self.settings.link(name(way.0), name(way.1));
        if carried.disordered && carried.is_udp() {
            let (reorder, duplicate) = DISORDER;
            link = Link {
                reorder_ppm: link.reorder_ppm.max(reorder),
                duplicate_ppm: link.duplicate_ppm.max(duplicate),
                ..link
            };
        }
        let seed = self.seed ^ (u64::from(way.0.0) << 16 | u64::from(way.1.0));
        let state = self.lines.entry(way).or_insert_with(|| Line::new(seed));
        let drawn = state.draw(&link, carried.is_arp());
        if drawn.lost && !carried.sure {
            return self.lose(&carried, LossCause::Chance);
        }
        let Some(left) = state.leave(&link, carried.bytes.len(), now + carried.late) else {
            return self.lose(&carried, LossCause::Queue);
        };
        let due = state.in_order(left + link.delay + drawn.jitter);
        let copy = (drawn.twice && !carried.sure).then(|| carried.clone());
        let straggles = drawn.straggles && !carried.sure;
        let overtaken = self.stragglers.remove(&way);
        if straggles {
            let key = self.put_under_way(carried, due + STRAGGLE);
            self.stragglers.insert(way, key);
        } else {
            self.put_under_way(carried, due);
        }
        // The one before was waiting for this one to pass. If it has arrived by now, nothing overtook it.
        if let Some(late) = overtaken.and_then(|key| self.under_way.remove(&key)) {
            self.put_under_way(late, due);
        }
        if let Some(original) = copy {
            let frame = self.make(original.from, Made::Copy, vec![original.frame], &original.bytes);
            self.put_under_way(Carried { frame, ..original }, due);
        }
    }

    fn put_under_way(&mut self, carried: Carried, due: Instant) -> Due {
        self.departures += 1;
        let key = (due, self.departures);
        self.under_way.insert(key, carried);
        key
    }

    /// Lets a frame go on that was held.
    fn release(&mut self, held: Held, now: Instant) {
        let Carried { frame, to: host, .. } = held.carried;
        self.tell(Fact::FrameReleased { frame, host });
        self.send(Carried { sure: true, ..held.carried }, now);
    }

    /// Lets frames go on whose time has come, those that wait for each other as one where they can be.
    fn go_on(&mut self, due: Vec<Held>, now: Instant) {
        let largest = usize::from(self.settings.mtu) + 14;
        let mut due = VecDeque::from(due);
        while let Some(held) = due.pop_front() {
            let mut merged = Segment::parse(&held.carried.bytes).filter(|_| held.merges);
            let mut all = vec![held];
            // Those of other connections may stand between them.
            let mut index = 0;
            while let (Some(segment), Some(next)) = (&merged, due.get(index)) {
                let next_segment = Segment::parse(&next.carried.bytes).filter(|_| next.merges);
                if let Some(both) = next_segment.and_then(|next| segment.merge(&next, largest)) {
                    merged = Some(both);
                    all.extend(due.remove(index));
                } else {
                    index += 1;
                }
            }
            match (merged, all.len()) {
                (Some(merged), 2..) => {
                    let first = all[0].carried.clone();
                    let bytes = merged.frame();
                    let of = all.iter().map(|held| held.carried.frame).collect();
                    for held in &all {
                        self.lose(&held.carried, LossCause::Replaced);
                    }
                    let frame = self.make(first.from, Made::Merged, of, &bytes);
                    self.send(Carried { frame, bytes: bytes.into(), sure: true, ..first }, now);
                }
                _ => all.into_iter().for_each(|held| self.release(held, now)),
            }
        }
    }

    fn make(&mut self, host: HostId, how: Made, of: Vec<FrameId>, bytes: &[u8]) -> FrameId {
        let frame = (self.new_frame)();
        self.tell(Fact::FrameMade { frame, host, how, of, bytes: Clipped::of(bytes, bytes.len()) });
        frame
    }

    fn lose(&mut self, carried: &Carried, cause: LossCause) {
        self.tell(Fact::FrameLost { frame: carried.frame, host: carried.to, cause });
    }

    fn tell(&mut self, fact: Fact) {
        self.told.push_back(fact);
    }

    /// Everybody else for a group address (IEEE 802: the first byte's lowest bit), the owner for any other.
    fn receivers(&self, from: HostId, bytes: &[u8]) -> Vec<HostId> {
        let Some(destination) = bytes.first_chunk::<6>() else { return Vec::new() };
        let group = destination[0] & 1 == 1;
        (0..)
            .map(HostId)
            .zip(&self.macs)
            .filter(|(id, mac)| *id != from && (group || *mac == destination))
            .map(|(id, _)| id)
            .collect()
    }
}

impl Carried {
    fn new(frame: FrameId, from: HostId, to: HostId, bytes: Rc<[u8]>) -> Self {
        Self { frame, from, to, bytes, late: Duration::ZERO, disordered: false, sure: false }
    }

    fn is_meant(&self, filter: &Filter, names: &[String]) -> bool {
        is_meant(&self.bytes, filter, names, self.from, self.to)
    }

    fn is_arp(&self) -> bool {
        self.bytes.get(12..14) == Some(&[0x08, 0x06])
    }

    fn is_udp(&self) -> bool {
        matches!(packet(&self.bytes), Some(Packet { body: Body::Ip(_, Transport::Udp(_)), .. }))
    }

    fn has_data(&self) -> bool {
        self.is_udp() || Segment::parse(&self.bytes).is_some_and(|segment| !segment.payload.is_empty())
    }
}

fn packet(frame: &[u8]) -> Option<Packet> {
    Packet::parse(&Clipped::of(frame, frame.len()))
}

fn is_meant(frame: &[u8], filter: &Filter, names: &[String], from: HostId, to: HostId) -> bool {
    let name = |host: HostId| names.get(usize::from(host.0)).map_or("", String::as_str);
    filter.matches(packet(frame).as_ref(), name(from), name(to))
}

#[cfg(test)]
mod tests;
