//! What the switch knows of each TCP connection: enough to speak in its ends' names. Pure.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use trace::id::HostId;

use super::segment::{Flow, Segment, after, reverse};

/// More directions than this are not remembered; those that began first are forgotten.
const MOST: usize = 4096;

/// How long an end waits in TIME_WAIT after the last that it heard: Linux' `TCP_TIMEWAIT_LEN`.
const TIME_WAIT: Duration = Duration::from_mins(1);

/// Every connection, by its directions.
#[derive(Debug, Default)]
pub(super) struct Flows {
    sides: BTreeMap<Flow, Side>,
}

/// One direction of a connection.
#[derive(Clone, Debug)]
struct Side {
    from: HostId,
    to: HostId,
    /// A segment of it, for its addresses.
    sample: Segment,
    /// The sequence number after the last that was sent.
    end: u32,
    /// The sequence number that the receiver waits for; `None` where nothing has reached it.
    expected: Option<u32>,
    /// The shift of the sender's windows, if its SYN had that option.
    scale: Option<u8>,
    fin: bool,
    /// When something of this direction was sent or arrived for the last time.
    last: Instant,
}

/// A reset of the wire's making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reset {
    pub(super) from: HostId,
    pub(super) to: HostId,
    pub(super) frame: Vec<u8>,
}

impl Flows {
    /// A host sent a segment.
    pub(super) fn sent(&mut self, from: HostId, to: HostId, segment: &Segment, now: Instant) {
        let flow = segment.flow();
        let (tcp, end) = (&segment.tcp, segment.end());
        if tcp.rst {
            self.sides.remove(&flow);
            self.sides.remove(&reverse(flow));
            return;
        }
        if tcp.syn && !tcp.ack && self.sides.get(&flow).is_none_or(|side| side.end != end) {
            // A new connection, perhaps of old ports.
            self.sides.remove(&flow);
            self.sides.remove(&reverse(flow));
        }
        if self.sides.len() >= MOST {
            self.sides.clear(); // no lesson has so many; a flood of connections is not to be reset by hand
        }
        let scale = if tcp.syn { segment.window_scale() } else { None };
        let side = self.sides.entry(flow).or_insert_with(|| Side {
            from,
            to,
            sample: segment.clone(),
            end,
            expected: None,
            scale,
            fin: false,
            last: now,
        });
        side.last = now;
        if after(end, side.end) {
            side.end = end;
        }
        side.fin |= tcp.fin;
        if tcp.ack
            && let Some(other) = self.sides.get_mut(&reverse(flow))
        {
            let known = other.expected.filter(|expected| after(*expected, tcp.acknowledgment_number));
            other.expected = Some(known.unwrap_or(tcp.acknowledgment_number));
        }
    }

    /// A segment reached a host.
    pub(super) fn arrived(&mut self, segment: &Segment, now: Instant) {
        let Some(side) = self.sides.get_mut(&segment.flow()) else { return };
        side.last = now;
        let (begin, end) = (segment.tcp.sequence_number, segment.end());
        match side.expected {
            _ if segment.tcp.syn => side.expected = Some(end),
            Some(expected) if !after(begin, expected) && after(end, expected) => side.expected = Some(end),
            _ => {}
        }
    }

    /// The shift of the windows in this direction: RFC 7323 section 2.2, both ends must have had the option.
    pub(super) fn shift(&self, flow: Flow) -> u8 {
        let scale = |flow| self.sides.get(&flow).and_then(|side: &Side| side.scale);
        scale(reverse(flow)).and(scale(flow)).unwrap_or(0)
    }

    /// Resets for both ends of the connections that are meant. Each has the sequence number that its receiver waits
    /// for, since others are only challenged (RFC 5961 section 3.2).
    ///
    /// Of connections whose ends have both said goodbye a reset can only end TIME_WAIT (RFC 1337): they are meant when
    /// no other is.
    pub(super) fn resets(&mut self, meant: impl Fn(HostId, HostId, &[u8]) -> bool, now: Instant) -> Vec<Reset> {
        let open = self.resets_of(&meant, |there, back| !is_over(there, back));
        if !open.is_empty() {
            return open;
        }
        self.resets_of(&meant, |there, back| is_over(there, back) && is_remembered(there, back, now))
    }

    fn resets_of(
        &mut self,
        meant: impl Fn(HostId, HostId, &[u8]) -> bool,
        which: impl Fn(&Side, Option<&Side>) -> bool,
    ) -> Vec<Reset> {
        let mut resets = Vec::new();
        let pairs: Vec<Flow> = self.sides.keys().copied().filter(|flow| !self.is_second(*flow)).collect();
        for flow in pairs {
            let there = &self.sides[&flow];
            let back = self.sides.get(&reverse(flow));
            if !which(there, back) {
                continue;
            }
            let mut both = Vec::new();
            if let Some(expected) = there.expected {
                let reset = there.sample.reset(expected, back.map_or(0, |back| back.end));
                both.push(Reset { from: there.from, to: there.to, frame: reset.frame() });
            }
            // To a SYN that nobody has answered, a reset is a refusal.
            let expected = back.and_then(|back| back.expected).unwrap_or(0);
            let reset = there.sample.turned().reset(expected, there.end);
            both.push(Reset { from: there.to, to: there.from, frame: reset.frame() });
            if both.iter().any(|reset| meant(reset.from, reset.to, &reset.frame)) {
                self.sides.remove(&flow);
                self.sides.remove(&reverse(flow));
                resets.extend(both);
            }
        }
        resets
    }

    /// Whether the other direction stands for the connection as well, and comes first.
    fn is_second(&self, flow: Flow) -> bool {
        reverse(flow) < flow && self.sides.contains_key(&reverse(flow))
    }
}

/// Whether both ends have said goodbye.
fn is_over(there: &Side, back: Option<&Side>) -> bool {
    there.fin && back.is_some_and(|back| back.fin)
}

/// Whether one of the ends may still wait for segments that are late.
fn is_remembered(there: &Side, back: Option<&Side>, now: Instant) -> bool {
    let last = back.map_or(there.last, |back| back.last.max(there.last));
    now.saturating_duration_since(last) < TIME_WAIT
}
