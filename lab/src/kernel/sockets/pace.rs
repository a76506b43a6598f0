//! How often a busy socket is asked what it has become. Pure.
//!
//! A question takes about as long as the carrying of a frame. A handful of frames, all that a lesson is about, are asked
//! for one by one; where thousands come in a row, each next state is looked at by nobody, and only the wire gets slow.
//! What is left out at a burst's end the full list finds, which comes soon after it.

use std::time::{Duration, Instant};

/// So many questions in a row.
const BURST: u32 = 256;
/// One more is granted so often.
const EVERY: Duration = Duration::from_millis(1);

/// The questions that a socket may be asked because of frames.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    spare: u32,
    /// When the last one was granted.
    granted: Instant,
}

impl Pace {
    /// Of a socket that was not asked yet.
    pub(super) const fn new(now: Instant) -> Self {
        Self { spare: BURST, granted: now }
    }

    /// Whether there may be one more now.
    pub(super) fn takes(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.granted);
        let granted = u32::try_from(passed.as_nanos() / EVERY.as_nanos()).unwrap_or(u32::MAX);
        if granted > 0 {
            self.granted = now;
            self.spare = self.spare.saturating_add(granted).min(BURST);
        }
        let takes = self.spare > 0;
        self.spare -= u32::from(takes);
        takes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_asked_for_one_by_one_and_what_goes_on_now_and_then() {
        let begin = Instant::now();
        let mut pace = Pace::new(begin);
        assert!((0..BURST).all(|_| pace.takes(begin)));
        assert!(!pace.takes(begin));
        let busy = (1..=1000).filter(|n| pace.takes(begin + *n * EVERY / 10)).count();
        assert_eq!(busy, 100);
        let later = begin + EVERY * (BURST * 4);
        assert!((0..BURST).all(|_| pace.takes(later)), "a rest gives everything back");
        assert!(!pace.takes(later));
    }
}
