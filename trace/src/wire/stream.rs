//! Sequence numbers as people read them: counted from the connection's own beginning.

use crate::map::Map;
use std::net::SocketAddr;

use super::notable::{Notable, Order, Received};
use super::{Flags, Ip, Segment};
use crate::id::HostId;

/// Follows every TCP connection of a run in both directions, segment by segment in the order in which they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Streams {
    directions: Map<Key, Direction>,
    received: Map<Key, Received>,
}

/// One direction of a connection. Loopback addresses mean something on their host only, so the host is part of it.
type Key = (Option<HostId>, SocketAddr, SocketAddr);

/// What was seen of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Direction {
    /// The sequence number that counts as zero.
    base: u32,
    /// The sequence number after the last byte that was sent.
    next: u32,
    /// Whether its SYN was seen.
    begun: bool,
    /// The shift of its window field; `None` where the SYN was not seen or had no such option.
    scale: Option<u8>,
    /// What it has acknowledged last, and its window then, as its host sent them.
    told: Option<(u32, u32)>,
    /// The window that its peer will have heard of last: the wire may have changed it.
    window: u32,
}

/// A segment's numbers, counted from the connection's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relative {
    /// Sequence number: zero is the SYN's.
    pub seq: u32,
    /// Acknowledgment number, if the segment has one.
    pub ack: Option<u32>,
    /// The window in bytes, scaled where both ends agreed to.
    pub window: u32,
    /// What the segment is, if there is a name for it.
    pub notable: Option<Notable>,
}

impl Relative {
    /// Whether all that the segment takes of the sequence space was sent before.
    pub fn is_retransmission(self) -> bool {
        self.notable == Some(Notable::Retransmission)
    }
}

impl Streams {
    /// Takes the next segment that `host` put on the wire, or that the wire made in its name, and tells its relative
    /// numbers. What the wire makes is never [`Notable`]: its host has not said it.
    pub fn follow(&mut self, host: HostId, ip: &Ip, segment: &Segment, made: bool) -> Relative {
        let (there, back) = keys(host, ip, segment);
        let syn = segment.flags.has(Flags::SYN);
        let ack = segment.flags.has(Flags::ACK).then_some(segment.ack);
        let end = segment.seq.wrapping_add(segment.seq_len());

        let known = self.directions.get(&there).copied();
        if syn && ack.is_none() && known.is_none_or(|known| known.base != segment.seq) {
            // A new connection, perhaps of old ports: what the other direction was is over.
            self.directions.remove(&back);
        }
        let known = known.filter(|known| !syn || known.base == segment.seq);
        let mut mine = known.unwrap_or(Direction {
            // Without its SYN, the first byte seen counts as the connection's first.
            base: if syn { segment.seq } else { segment.seq.wrapping_sub(1) },
            next: segment.seq,
            begun: syn,
            scale: if syn { segment.window_scale() } else { None },
            told: None,
            window: 0,
        });
        let before = mine;
        if after(end, mine.next) {
            mine.next = end;
        }

        let peer = match (self.directions.get(&back), ack) {
            (Some(peer), _) => Some(*peer),
            // A reset answers a SYN with numbers of its own; it begins no direction.
            (None, Some(ack)) if !segment.flags.has(Flags::RST) => {
                let (base, window) = (ack.wrapping_sub(1), u32::from(u16::MAX));
                let guessed = Direction { base, next: ack, begun: false, scale: None, told: None, window };
                self.directions.insert(back, guessed);
                Some(guessed)
            }
            (None, _) => None,
        };
        // RFC 7323 section 2.2: the window of a SYN is never scaled, and scaling needs the option in both SYNs.
        let shift = match (syn, mine.scale, peer.and_then(|peer| peer.scale)) {
            (false, Some(scale), Some(_)) => scale,
            _ => 0,
        };
        let window = u32::from(segment.window) << shift;
        mine.window = window;
        if !made {
            mine.told = ack.map(|ack| (ack, window));
        }
        self.directions.insert(there, mine);
        Relative {
            seq: segment.seq.wrapping_sub(mine.base),
            ack: ack.map(|ack| ack.wrapping_sub(peer.map_or(ack.wrapping_sub(1), |peer| peer.base))),
            window,
            notable: if made { None } else { notable(segment, window, known.map(|_| before), peer) },
        }
    }

    /// Takes a segment that `from` sent and that has arrived, and tells what was odd about its order.
    pub fn arrived(&mut self, from: HostId, ip: &Ip, segment: &Segment) -> Option<Order> {
        let (there, _) = keys(from, ip, segment);
        if segment.seq_len() == 0 {
            return None;
        }
        let end = segment.seq.wrapping_add(segment.seq_len());
        let begins = segment.flags.has(Flags::SYN);
        match self.received.get_mut(&there) {
            Some(received) if !begins || received.first == segment.seq => received.take(segment.seq, end),
            _ => {
                self.received.insert(there, Received::new(segment.seq, end));
                None
            }
        }
    }
}

/// A segment's direction, and the other one.
fn keys(host: HostId, ip: &Ip, segment: &Segment) -> (Key, Key) {
    let from = SocketAddr::new(ip.source, segment.source_port);
    let to = SocketAddr::new(ip.destination, segment.destination_port);
    let local = (ip.source.is_loopback() || ip.destination.is_loopback()).then_some(host);
    ((local, from, to), (local, to, from))
}

/// What a segment is, after what its own direction had sent before it and what the peer's has.
fn notable(segment: &Segment, window: u32, mine: Option<Direction>, peer: Option<Direction>) -> Option<Notable> {
    let has = |flag| segment.flags.has(flag);
    if has(Flags::RST) {
        // The peer has sent its SYN and nothing else, and got none.
        let answers = mine.is_none_or(|mine| !mine.begun)
            && peer.is_some_and(|peer| {
                peer.begun && peer.next == peer.base.wrapping_add(1) && has(Flags::ACK) && segment.ack == peer.next
            });
        return Some(if answers { Notable::Refused } else { Notable::Reset });
    }
    let mine = mine?;
    if segment.seq_len() > 0 && !after(segment.seq.wrapping_add(segment.seq_len()), mine.next) {
        return Some(Notable::Retransmission);
    }
    if segment.seq_len() == 0 && segment.seq == mine.next.wrapping_sub(1) {
        let full = peer.is_some_and(|peer| peer.window == 0);
        return Some(if full { Notable::WindowProbe } else { Notable::KeepAlive });
    }
    if window == 0 && !has(Flags::SYN) {
        return Some(Notable::ZeroWindow);
    }
    let (ack, before) = mine.told?;
    if segment.seq_len() > 0 || segment.ack != ack {
        return None;
    }
    let more = peer.is_some_and(|peer| after(peer.next, ack));
    match window.cmp(&before) {
        std::cmp::Ordering::Greater => Some(Notable::WindowUpdate),
        std::cmp::Ordering::Equal if more => Some(Notable::DuplicateAck),
        _ => None,
    }
}

/// Whether `a` comes after `b` in the circle of sequence numbers (RFC 9293 section 3.4).
pub(super) const fn after(a: u32, b: u32) -> bool {
    a.wrapping_sub(b).cast_signed() > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Fact;
    use crate::fixtures;
    use crate::wire::Packet;

    /// Flags and relative numbers of all TCP segments in a trace.
    fn numbers(events: &[crate::event::Event]) -> Vec<String> {
        let mut streams = Streams::default();
        let mut lines = vec![];
        for event in events {
            let Fact::FrameSent { host, bytes, .. } = &event.fact else { continue };
            let packet = Packet::parse(bytes).unwrap();
            let Some((ip, segment)) = packet.tcp() else { continue };
            let told = streams.follow(*host, ip, segment, false);
            let again = told.notable.map_or(String::new(), |notable| format!(" {notable:?}"));
            let ack = told.ack.map_or(String::new(), |ack| format!(" ack {ack}"));
            lines.push(format!("{} seq {}{ack} win {}{again}", segment.flags, told.seq, told.window));
        }
        lines
    }

    #[test]
    fn counts_from_the_handshake() {
        assert_eq!(
            numbers(&fixtures::tcp_echo()),
            [
                "SYN seq 0 win 64240",
                "SYN ACK seq 0 ack 1 win 65160",
                "ACK seq 1 ack 1 win 64256",
                "PSH ACK seq 1 ack 1 win 64256",
                "ACK seq 1 ack 12 win 64256",
                "PSH ACK seq 1 ack 12 win 64256",
                "ACK seq 12 ack 12 win 64256",
                "FIN ACK seq 12 ack 12 win 64256",
                "ACK seq 12 ack 13 win 64256",
                "FIN ACK seq 12 ack 13 win 64256",
                "ACK seq 13 ack 13 win 64256",
            ]
        );
    }

    #[test]
    fn a_reset_that_answers_a_syn() {
        assert_eq!(numbers(&fixtures::refused()), ["SYN seq 0 win 64240", "RST ACK seq 1 ack 1 win 0 Refused"]);
    }

    #[test]
    fn knows_what_was_sent_before() {
        let lines = numbers(&fixtures::retransmission());
        let again: Vec<_> = lines.iter().filter(|line| line.ends_with("Retransmission")).collect();
        assert_eq!(again, ["PSH ACK seq 1 ack 1 win 64256 Retransmission"]);
    }

    #[test]
    fn names_what_there_are_names_for() {
        let named: Vec<_> = numbers(&fixtures::troubles());
        let named = named.iter().filter_map(|line| line.rsplit(' ').next()).filter(|word| word.parse::<u32>().is_err());
        assert_eq!(
            named.collect::<Vec<_>>(),
            [
                "ZeroWindow",
                "WindowProbe",
                "ZeroWindow",
                "WindowUpdate",
                "DuplicateAck",
                "Retransmission",
                "KeepAlive",
                "Reset",
            ]
        );
    }

    #[test]
    fn compares_across_zero() {
        assert!(after(5, u32::MAX - 5));
        assert!(!after(u32::MAX - 5, 5));
        assert!(!after(7, 7));
    }
}
