//! When something happened: nanoseconds since the run began.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Nanoseconds since the run began, as `CLOCK_MONOTONIC` counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Nanos(pub u64);

impl Nanos {
    /// The run's beginning.
    pub const ZERO: Self = Self(0);

    /// A number of milliseconds.
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms * 1_000_000)
    }

    /// The time that passed from `earlier` until now; zero where `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl From<Duration> for Nanos {
    fn from(d: Duration) -> Self {
        Self(u64::try_from(d.as_nanos()).unwrap_or(u64::MAX))
    }
}

impl Add<Duration> for Nanos {
    type Output = Self;
    fn add(self, d: Duration) -> Self {
        Self(self.0.saturating_add(Self::from(d).0))
    }
}

impl Sub<Duration> for Nanos {
    type Output = Self;
    fn sub(self, d: Duration) -> Self {
        Self(self.0.saturating_sub(Self::from(d).0))
    }
}

/// Seconds with microseconds, as `strace -r` prints them: `0.063127`.
impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0 / 1_000;
        write!(f, "{}.{:06}", micros / 1_000_000, micros % 1_000_000)
    }
}

/// A span of time as a person reads it, with three significant digits: `840 ns`, `63.1 ms`, `20.0 s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readable(pub Duration);

impl fmt::Display for Readable {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ns = self.0.as_nanos() as f64;
        let (value, unit) = match ns {
            n if n < 1e3 => return write!(f, "{n:.0} ns"),
            n if n < 1e6 => (n / 1e3, "µs"),
            n if n < 1e9 => (n / 1e6, "ms"),
            n => (n / 1e9, "s"),
        };
        let digits = match value {
            v if v < 9.995 => 2,
            v if v < 99.95 => 1,
            _ => 0,
        };
        write!(f, "{value:.digits$} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_seconds_with_microseconds() {
        assert_eq!(Nanos(63_127_999).to_string(), "0.063127");
        assert_eq!(Nanos(12_000_000_001).to_string(), "12.000000");
    }

    #[test]
    fn a_span_has_three_digits() {
        let shown = |ns| Readable(Duration::from_nanos(ns)).to_string();
        assert_eq!(shown(840), "840 ns");
        assert_eq!(shown(1_234), "1.23 µs");
        assert_eq!(shown(63_127_000), "63.1 ms");
        assert_eq!(shown(999_960_000), "1000 ms");
        assert_eq!(shown(20_000_000_000), "20.0 s");
    }

    #[test]
    fn time_never_runs_below_zero() {
        assert_eq!(Nanos(5).since(Nanos(9)), Duration::ZERO);
        assert_eq!(Nanos(5) - Duration::from_secs(1), Nanos::ZERO);
    }
}
