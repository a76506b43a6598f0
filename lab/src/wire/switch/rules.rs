//! What the wire's rules do to frames, schedules among them. Pure.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use trace::event::wire::{Action, Made};
use trace::event::{Fact, LossCause};

use super::segment::{Flow, Segment};
use super::{Carried, Switch};

/// A segment becomes at most so many pieces; the last one has the rest. A frame's worth of single bytes for every
/// segment of a long transfer would fill the trace and teach nothing more.
const MOST_PIECES: usize = 256;
/// So long after each other pieces of a segment come, so that a program has time to read each one by itself,
const PACE: Duration = Duration::from_millis(5);
/// but all of them within this time: the sender waits for the acknowledgment of the last one.
const PACED: Duration = Duration::from_secs(1);
/// So long segments wait for each other. Less than the shortest retransmission timeout, 200 ms (Linux).
const GATHERING: Duration = Duration::from_millis(150);

/// What rules remember, by their place in the settings.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// How often the next segment was split already.
    splits: BTreeMap<usize, usize>,
    /// How many FINs were lost.
    fins: BTreeMap<(usize, Flow), u16>,
    /// When a silence ends.
    silences: BTreeMap<usize, Instant>,
}

impl Memory {
    /// Forgets everything: there are other rules.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Switch {
    /// Applies the rules from this one on, then sends what is left.
    pub(super) fn apply(&mut self, first: usize, mut carried: Carried, now: Instant) {
        let rules = Rc::clone(&self.rules);
        for (index, rule) in rules.iter().enumerate().skip(first) {
            if !carried.is_meant(&rule.filter, &self.names) {
                continue;
            }
            let next = match rule.action {
                Action::Hold => self.keep(carried, None, false),
                Action::OneByte => self.split(index, carried, |len| (1..len).take(MOST_PIECES - 1).collect(), now),
                Action::Split(Some(after)) => self.split(index, carried, |_| vec![usize::from(after)], now),
                Action::Split(None) => self.split_in_turn(index, carried, now),
                Action::Coalesce => self.gather(carried, now),
                Action::SlowReader(window) => Some(self.narrow(carried, window)),
                Action::Silence(time) => self.silence(index, carried, time, now),
                Action::Reset => self.reset_by_rule(carried, now),
                Action::FinLost(count) => self.lose_fin(index, carried, count),
                Action::Disorder => {
                    carried.disordered = true;
                    Some(carried)
                }
            };
            match next {
                Some(next) => carried = next,
                None => return,
            }
        }
        self.send(carried, now);
    }

    /// Holds a frame, if there is room.
    pub(super) fn keep(&mut self, carried: Carried, until: Option<Instant>, merges: bool) -> Option<Carried> {
        let (frame, host) = (carried.frame, carried.to);
        match self.hold.put(carried, until, merges) {
            Ok(()) => {
                self.tell(Fact::FrameHeld { frame, host });
                None
            }
            Err(carried) => {
                if !std::mem::replace(&mut self.hold.full, true) {
                    let (frames, bytes) = self.hold.size();
                    self.tell(Fact::HoldFull { frames, bytes });
                }
                Some(carried)
            }
        }
    }

    /// Sends a segment in pieces.
    fn split(
        &mut self,
        index: usize,
        carried: Carried,
        cuts: impl FnOnce(usize) -> Vec<usize>,
        now: Instant,
    ) -> Option<Carried> {
        let Some(segment) = Segment::parse(&carried.bytes) else { return Some(carried) };
        let pieces = segment.split(cuts(segment.payload.len()));
        if pieces.len() < 2 {
            return Some(carried);
        }
        let pace = PACE.min(PACED / u32::try_from(pieces.len()).unwrap_or(u32::MAX));
        let mut late = carried.late;
        for piece in pieces {
            let bytes = piece.frame();
            let frame = self.make(carried.from, Made::Piece, vec![carried.frame], &bytes);
            self.apply(index + 1, Carried { frame, bytes: bytes.into(), late, ..carried.clone() }, now);
            late += pace;
        }
        self.lose(&carried, LossCause::Replaced);
        None
    }

    /// Splits segments after 1, 2, 3 … bytes, one after the other.
    fn split_in_turn(&mut self, index: usize, carried: Carried, now: Instant) -> Option<Carried> {
        let len = Segment::parse(&carried.bytes).map_or(0, |segment| segment.payload.len());
        if len < 2 {
            return Some(carried);
        }
        let turn = self.memory.splits.entry(index).or_default();
        let cut = *turn % (len - 1) + 1;
        *turn += 1;
        self.split(index, carried, |_| vec![cut], now)
    }

    /// Lets segments with data, and what follows them, wait for each other.
    fn gather(&mut self, carried: Carried, now: Instant) -> Option<Carried> {
        let Some(segment) = Segment::parse(&carried.bytes) else { return Some(carried) };
        let gathers = self.hold.gathers(segment.flow());
        let joins = gathers.is_some() && (segment.seq_len() > 0 || segment.tcp.rst);
        if segment.payload.is_empty() && !joins {
            return Some(carried);
        }
        // All of them go on when the first one does.
        self.keep(carried, Some(gathers.unwrap_or(now + GATHERING)), true)
    }

    /// Makes the sender of this segment seem to have little room.
    fn narrow(&mut self, carried: Carried, window: u32) -> Carried {
        let Some(mut segment) = Segment::parse(&carried.bytes) else { return carried };
        // The window of a SYN is never scaled (RFC 7323 section 2.2).
        let shift = if segment.tcp.syn { 0 } else { self.flows.shift(segment.flow()) };
        let narrow = window.div_ceil(1 << shift).clamp(1, u16::MAX.into());
        let narrow = u16::try_from(narrow).expect("clamped");
        if segment.tcp.window_size <= narrow || segment.tcp.rst {
            return carried;
        }
        segment.tcp.window_size = narrow;
        let bytes = segment.frame();
        let frame = self.make(carried.from, Made::Changed, vec![carried.frame], &bytes);
        self.lose(&carried, LossCause::Replaced);
        Carried { frame, bytes: bytes.into(), ..carried }
    }

    /// From the first data on, keeps everything for a while.
    fn silence(&mut self, index: usize, carried: Carried, time: Duration, now: Instant) -> Option<Carried> {
        let has_data = carried.has_data();
        let until = match self.memory.silences.get(&index) {
            Some(until) => *until,
            None if has_data => *self.memory.silences.entry(index).or_insert(now + time),
            None => return Some(carried),
        };
        if now < until && !carried.is_arp() { self.keep(carried, Some(until), false) } else { Some(carried) }
    }

    /// Answers a connection's data with a reset for both ends; the data itself does not get through.
    fn reset_by_rule(&mut self, carried: Carried, now: Instant) -> Option<Carried> {
        let Some(segment) = Segment::parse(&carried.bytes).filter(|segment| !segment.payload.is_empty()) else {
            return Some(carried);
        };
        let flow = segment.flow();
        self.lose(&carried, LossCause::Rule);
        self.reset_where(|_, _, frame| Segment::parse(frame).is_some_and(|reset| reset.flow() == flow), now);
        None
    }

    fn lose_fin(&mut self, index: usize, carried: Carried, count: u16) -> Option<Carried> {
        let Some(segment) = Segment::parse(&carried.bytes).filter(|segment| segment.tcp.fin) else {
            return Some(carried);
        };
        let lost = self.memory.fins.entry((index, segment.flow())).or_default();
        if *lost >= count {
            return Some(carried);
        }
        *lost += 1;
        self.lose(&carried, LossCause::Rule);
        None
    }
}
