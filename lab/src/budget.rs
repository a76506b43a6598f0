//! How often something may be done that takes its time: many times in a row, and then steadily. Pure.

use std::time::{Duration, Instant};

/// A bucket that fills steadily. It counts in the time that filling takes, so that nothing is lost to rounding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    every: Duration,
    most: Duration,
    left: Duration,
    at: Instant,
}

impl Budget {
    /// Full: so many times in a row, and once more after `every`.
    pub(crate) fn new(at_once: u32, every: Duration, now: Instant) -> Self {
        let most = every * at_once;
        Self { every, most, left: most, at: now }
    }

    /// Whether it may be done once more now.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let filled = now.saturating_duration_since(self.at);
        self.left = self.left.saturating_add(filled).min(self.most);
        self.at = now;
        let enough = self.left >= self.every;
        if enough {
            self.left -= self.every;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_one_by_one_and_what_goes_on_now_and_then() {
        const BURST: u32 = 256;
        const EVERY: Duration = Duration::from_millis(1);
        let begin = Instant::now();
        let mut budget = Budget::new(BURST, EVERY, begin);
        assert!((0..BURST).all(|_| budget.take(begin)));
        assert!(!budget.take(begin));
        let busy = (1..=1000).filter(|n| budget.take(begin + *n * EVERY / 10)).count();
        assert_eq!(busy, 100);
        let later = begin + EVERY * (BURST * 4);
        assert!((0..BURST).all(|_| budget.take(later)), "a rest gives everything back");
        assert!(!budget.take(later));
    }
}
