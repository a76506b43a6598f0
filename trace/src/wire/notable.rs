//! What segments have names for: those that a person should notice, because they say that something did not go as in
//! the book's first chapter.

use super::stream::after;

/// What a segment is by what its connection has sent before. The first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notable {
    /// A reset that answers a SYN: nobody listens there.
    Refused,
    /// Any other reset.
    Reset,
    /// All that it takes of the sequence space was sent before.
    Retransmission,
    /// It asks whether there is room again: nothing new, while the peer's window is 0 (RFC 9293 section 3.8.6.1).
    WindowProbe,
    /// It asks whether the peer is still there: nothing new on a connection that is idle (RFC 9293 section 3.8.4).
    KeepAlive,
    /// The sender has room for nothing more.
    ZeroWindow,
    /// It acknowledges nothing new and has more room than before.
    WindowUpdate,
    /// It acknowledges the same as before while more is on its way: something arrived that was not the next
    /// (RFC 5681 section 2).
    DuplicateAck,
}

impl Notable {
    /// Its name in the field.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "connection refused",
            Self::Reset => "connection reset",
            Self::Retransmission => "retransmission",
            Self::WindowProbe => "window probe",
            Self::KeepAlive => "keep-alive",
            Self::ZeroWindow => "zero window",
            Self::WindowUpdate => "window update",
            Self::DuplicateAck => "duplicate ACK",
        }
    }
}

/// What was odd about when a frame arrived. The first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// TCP: all of its bytes had arrived before.
    Again,
    /// TCP: so many bytes before it have not arrived yet.
    Ahead {
        /// How many.
        missing: u32,
    },
    /// A frame that was sent later arrived earlier.
    Overtaken,
}

/// What of one direction of a connection has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Received {
    /// The first sequence number.
    pub(super) first: u32,
    /// The first one that has not arrived.
    next: u32,
    /// What has arrived beyond it: from where to where, in no order.
    ahead: Vec<(u32, u32)>,
}

impl Received {
    /// A direction whose first segment takes this much of the sequence space.
    pub(super) const fn new(first: u32, end: u32) -> Self {
        Self { first, next: end, ahead: vec![] }
    }

    /// Takes in a segment from `seq` up to, and without, `end`.
    pub(super) fn take(&mut self, seq: u32, end: u32) -> Option<Order> {
        let within = |(from, to): &(u32, u32)| !after(*from, seq) && !after(end, *to);
        if !after(end, self.next) || self.ahead.iter().any(within) {
            return Some(Order::Again);
        }
        if after(seq, self.next) {
            self.ahead.push((seq, end));
            let nearest = self.ahead.iter().map(|(from, _)| from.wrapping_sub(self.next)).min();
            return nearest.map(|missing| Order::Ahead { missing });
        }
        self.next = end;
        while let Some(index) = self.ahead.iter().position(|(from, _)| !after(*from, self.next)) {
            let (_, to) = self.ahead.swap_remove(index);
            if after(to, self.next) {
                self.next = to;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_ahead_again_and_in_order_is_told_apart() {
        let mut received = Received::new(u32::MAX, 10);
        assert_eq!(received.take(30, 40), Some(Order::Ahead { missing: 20 }));
        assert_eq!(received.take(20, 30), Some(Order::Ahead { missing: 10 }));
        assert_eq!(received.take(32, 38), Some(Order::Again), "part of what came ahead");
        assert_eq!(received.take(10, 20), None, "the gap is filled");
        assert_eq!(received.take(0, 20), Some(Order::Again));
        assert_eq!(received.take(40, 41), None, "what had come ahead counts");
        assert_eq!(received.take(35, 50), None, "some of it is new");
        assert_eq!(received.take(49, 50), Some(Order::Again));
    }

    #[test]
    fn sequence_numbers_go_round() {
        let mut received = Received::new(u32::MAX - 9, u32::MAX - 4);
        assert_eq!(received.take(5, 10), Some(Order::Ahead { missing: 10 }));
        assert_eq!(received.take(u32::MAX - 4, 5), None);
        assert_eq!(received.take(5, 10), Some(Order::Again));
    }
}
