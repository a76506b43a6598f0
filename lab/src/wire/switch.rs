//! What becomes of a frame: pure rules. Time is an argument, chance is seeded.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use trace::event::LossCause;
use trace::event::host::WireSettings;
use trace::id::{FrameId, HostId};

/// A switch with a port per host, whose hardware addresses it knows from the beginning.
#[derive(Debug)]
pub(super) struct Switch {
    macs: Vec<[u8; 6]>,
    settings: WireSettings,
    chance: fastrand::Rng,
    under_way: BinaryHeap<Reverse<UnderWay>>,
    accepted: u64,
}

/// A frame on its way to one host. Ordered by arrival, then by departure.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct UnderWay {
    due: Instant,
    order: u64,
    to: HostId,
    frame: FrameId,
    bytes: Rc<[u8]>,
}

/// A frame that is to be handed to a host now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    pub(super) to: HostId,
    pub(super) frame: FrameId,
    pub(super) bytes: Rc<[u8]>,
}

/// A frame that will not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Loss {
    pub(super) to: HostId,
    pub(super) cause: LossCause,
}

impl Switch {
    pub(super) fn new(macs: Vec<[u8; 6]>, settings: WireSettings, seed: u64) -> Self {
        let chance = fastrand::Rng::with_seed(seed);
        Self { macs, settings, chance, under_way: BinaryHeap::new(), accepted: 0 }
    }

    /// Takes a frame from a host; returns what is lost of it already. The rest arrives later.
    pub(super) fn accept(&mut self, from: HostId, frame: FrameId, bytes: &[u8], now: Instant) -> Vec<Loss> {
        let mut losses = Vec::new();
        let receivers = self.receivers(from, bytes);
        if receivers.is_empty() {
            losses.push(Loss { to: from, cause: LossCause::NoReceiver });
        }
        let bytes: Rc<[u8]> = bytes.into();
        for to in receivers {
            if self.settings.loss_ppm > 0 && self.chance.u32(0..1_000_000) < self.settings.loss_ppm {
                losses.push(Loss { to, cause: LossCause::Chance });
                continue;
            }
            self.accepted += 1;
            let due = now + self.settings.delay;
            self.under_way.push(Reverse(UnderWay { due, order: self.accepted, to, frame, bytes: Rc::clone(&bytes) }));
        }
        losses
    }

    /// The next frame that has arrived by now.
    pub(super) fn arrival(&mut self, now: Instant) -> Option<Arrival> {
        if self.under_way.peek()?.0.due > now {
            return None;
        }
        let UnderWay { to, frame, bytes, .. } = self.under_way.pop()?.0;
        Some(Arrival { to, frame, bytes })
    }

    /// How long until the next arrival; `None` when nothing is under way.
    pub(super) fn until_next(&self, now: Instant) -> Option<Duration> {
        Some(self.under_way.peek()?.0.due.saturating_duration_since(now))
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

#[cfg(test)]
mod tests {
    use super::*;

    const A: [u8; 6] = [2, 0, 0, 0, 0, 1];
    const B: [u8; 6] = [2, 0, 0, 0, 0, 2];
    const C: [u8; 6] = [2, 0, 0, 0, 0, 3];

    fn switch(settings: WireSettings) -> Switch {
        Switch::new(vec![A, B, C], settings, 1)
    }

    fn to(mac: [u8; 6]) -> Vec<u8> {
        mac.iter().copied().chain([0; 54]).collect()
    }

    fn arrivals(switch: &mut Switch, now: Instant) -> Vec<(u64, u16)> {
        std::iter::from_fn(|| switch.arrival(now)).map(|arrival| (arrival.frame.0, arrival.to.0)).collect()
    }

    #[test]
    fn a_frame_reaches_its_address_only() {
        let (mut switch, now) = (switch(WireSettings::default()), Instant::now());
        assert_eq!(switch.accept(HostId(0), FrameId(7), &to(B), now), []);
        assert_eq!(arrivals(&mut switch, now), [(7, 1)]);
    }

    #[test]
    fn a_broadcast_reaches_everybody_else() {
        let (mut switch, now) = (switch(WireSettings::default()), Instant::now());
        assert_eq!(switch.accept(HostId(1), FrameId(0), &to([0xff; 6]), now), []);
        assert_eq!(arrivals(&mut switch, now), [(0, 0), (0, 2)]);
    }

    #[test]
    fn an_unknown_address_reaches_nobody_and_that_is_told() {
        let (mut switch, now) = (switch(WireSettings::default()), Instant::now());
        let lost = Loss { to: HostId(0), cause: LossCause::NoReceiver };
        assert_eq!(switch.accept(HostId(0), FrameId(0), &to([2, 9, 9, 9, 9, 9]), now), [lost]);
        assert_eq!(switch.accept(HostId(0), FrameId(1), &[1, 2], now), [lost]);
        assert_eq!(switch.until_next(now), None);
    }

    #[test]
    fn delay_keeps_the_order() {
        let delay = Duration::from_millis(5);
        let (mut switch, now) = (switch(WireSettings { delay, loss_ppm: 0 }), Instant::now());
        for frame in 0..3 {
            switch.accept(HostId(0), FrameId(frame), &to(B), now);
        }
        assert_eq!(arrivals(&mut switch, now), []);
        assert_eq!(switch.until_next(now), Some(delay));
        assert_eq!(arrivals(&mut switch, now + delay), [(0, 1), (1, 1), (2, 1)]);
    }

    #[test]
    fn loss_is_the_same_for_the_same_seed() {
        let lost = || {
            let mut switch = switch(WireSettings { delay: Duration::ZERO, loss_ppm: 500_000 });
            let now = Instant::now();
            (0..64).map(|n| switch.accept(HostId(0), FrameId(n), &to(B), now).len()).collect::<Vec<_>>()
        };
        assert_eq!(lost(), lost());
        let count: usize = lost().iter().sum();
        assert!((10..54).contains(&count), "{count} of 64 lost at a loss of one half");
    }
}
