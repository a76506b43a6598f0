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
    // In whole numbers: the standard library's formatting of floats would be a large part of the page.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ns = u64::try_from(self.0.as_nanos()).unwrap_or(u64::MAX);
        let (unit, name) = match ns {
            0..1_000 => return write!(f, "{ns} ns"),
            1_000..1_000_000 => (1_000, "µs"),
            1_000_000..1_000_000_000 => (1_000_000, "ms"),
            _ => (1_000_000_000, "s"),
        };
        let rounded = |part: u64| ns / part + u64::from(ns % part >= part.div_ceil(2));
        match (rounded(unit / 100), rounded(unit / 10)) {
            (hundredths @ 0..1_000, _) => write!(f, "{}.{:02} {name}", hundredths / 100, hundredths % 100),
            (_, tenths @ 0..1_000) => write!(f, "{}.{} {name}", tenths / 10, tenths % 10),
            _ => write!(f, "{} {name}", rounded(unit)),
        }
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
        assert_eq!((shown(9_994), shown(9_995), shown(99_949)), ("9.99 µs".into(), "10.0 µs".into(), "99.9 µs".into()));
        assert_eq!(
            (shown(99_950), shown(0), shown(u64::MAX)),
            ("100 µs".into(), "0 ns".into(), "18446744074 s".into())
        );
    }

    #[test]
    fn time_never_runs_below_zero() {
        assert_eq!(Nanos(5).since(Nanos(9)), Duration::ZERO);
        assert_eq!(Nanos(5) - Duration::from_secs(1), Nanos::ZERO);
    }
}
