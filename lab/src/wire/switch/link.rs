//! One direction between two hosts: how long a frame takes, and what chance does to it. Pure.

use std::time::{Duration, Instant};

use trace::event::wire::Link;

/// So many bytes may wait for their turn where the wire is slow; a switch for homes has about as much.
const QUEUE: u128 = 64 << 10;

/// The state of one direction.
#[derive(Debug)]
pub(super) struct Line {
    chance: fastrand::Rng,
    /// ARP comes when the kernel likes; with chance of its own it does not change the others' fates.
    chance_of_arp: fastrand::Rng,
    /// When the last frame will have left.
    free: Option<Instant>,
    /// When the last frame will arrive: no other one arrives before it.
    last: Option<Instant>,
}

/// What chance wants of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    pub(super) lost: bool,
    pub(super) twice: bool,
    /// The next frame shall overtake it.
    pub(super) straggles: bool,
    pub(super) jitter: Duration,
}

impl Line {
    /// A direction whose chance begins here.
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = fastrand::Rng::with_seed(seed);
        Self { chance_of_arp: chance.fork(), chance, free: None, last: None }
    }

    /// What becomes of the next frame. Every frame takes as much of the chance as any other, so that changing one
    /// setting does not change what another one does.
    pub(super) fn draw(&mut self, link: &Link, is_arp: bool) -> Drawn {
        let chance = if is_arp { &mut self.chance_of_arp } else { &mut self.chance };
        let mut happens = |ppm: u32| chance.u32(0..1_000_000) < ppm;
        let (lost, twice, straggles) = (happens(link.loss_ppm), happens(link.duplicate_ppm), happens(link.reorder_ppm));
        let most = u64::try_from(link.jitter.as_nanos()).unwrap_or(u64::MAX);
        let jitter = Duration::from_nanos(chance.u64(0..=most));
        Drawn { lost, twice, straggles, jitter }
    }

    /// When the last bit of a frame has left that comes now; `None` where too many wait before it.
    pub(super) fn leave(&mut self, link: &Link, len: usize, now: Instant) -> Option<Instant> {
        let Some(bits) = link.bandwidth else { return Some(now) };
        let begin = self.free.map_or(now, |free| free.max(now));
        let waiting = begin.duration_since(now).as_nanos() * u128::from(bits) / 8_000_000_000;
        if waiting > QUEUE {
            return None;
        }
        let takes = len as u64 * 8 * 1_000_000_000 / bits;
        let left = begin + Duration::from_nanos(takes);
        self.free = Some(left);
        Some(left)
    }

    /// When a frame arrives that would do so at this time if it were alone.
    pub(super) fn in_order(&mut self, due: Instant) -> Instant {
        let due = self.last.map_or(due, |last| last.max(due));
        self.last = Some(due);
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_the_same_for_the_same_seed_whatever_arp_does() {
        let link: Link = "loss=50% duplicate=20% reorder=10% jitter=5ms".parse().unwrap();
        let draw = |arp_every: usize| {
            let mut way = Line::new(7);
            let mut drawn = Vec::new();
            for n in 0..64 {
                if n % arp_every == 0 {
                    way.draw(&link, true);
                }
                drawn.push(way.draw(&link, false));
            }
            drawn
        };
        assert_eq!(draw(3), draw(5));
        // More loss loses more, and changes nothing else.
        let mut way = Line::new(7);
        let lossless = Link { loss_ppm: 0, ..link };
        let with: Vec<_> = draw(1000).iter().map(|drawn| (drawn.twice, drawn.straggles, drawn.jitter)).collect();
        let without: Vec<_> = (0..64)
            .map(|_| way.draw(&lossless, false))
            .map(|drawn| (drawn.twice, drawn.straggles, drawn.jitter))
            .collect();
        assert_eq!(with, without);
        let lost = draw(1000).iter().filter(|drawn| drawn.lost).count();
        assert!((10..54).contains(&lost), "{lost} of 64 lost at a loss of one half");
    }

    #[test]
    fn a_slow_link_takes_its_time_and_has_a_queue() {
        let link: Link = "bandwidth=1Mbit".parse().unwrap();
        let (mut way, now) = (Line::new(0), Instant::now());
        let first = way.leave(&link, 1250, now).unwrap();
        assert_eq!(first - now, Duration::from_millis(10));
        let second = way.leave(&link, 1250, now).unwrap();
        assert_eq!(second - now, Duration::from_millis(20));
        let left = std::iter::from_fn(|| way.leave(&link, 1250, now)).take(1000).count();
        assert!((50..60).contains(&left), "{left} frames of 1250 bytes fit into the queue");
        assert!(way.leave(&link, 1250, now + Duration::from_secs(1)).is_some());
    }
}
