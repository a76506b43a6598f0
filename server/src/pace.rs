//! How often one address may ask for what costs something.
//!
//! Generous: a whole class can sit behind one address. It is there for a script that went wild, not for people.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Above so many addresses, those that have been quiet are forgotten.
const MANY: usize = 4096;

/// Counts what each address asked for.
#[derive(Debug)]
pub struct Pace {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

/// Too often; it will be heard again after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOften(pub Duration);

impl Pace {
    /// So many a minute in the long run, and as many at once.
    pub fn a_minute(many: NonZeroU32) -> Self {
        Self { limiter: RateLimiter::keyed(Quota::per_minute(many)), clock: DefaultClock::default() }
    }

    /// Counts one.
    pub fn count(&self, from: IpAddr) -> Result<(), TooOften> {
        if self.limiter.len() > MANY {
            self.limiter.retain_recent();
        }
        let wait = |not: governor::NotUntil<_>| TooOften(not.wait_time_from(self.clock.now()));
        self.limiter.check_key(&network(from)).map_err(wait)
    }
}

/// Whom an address stands for: with IPv6, everybody has 2^64 of them.
fn network(addr: IpAddr) -> IpAddr {
    match addr.to_canonical() {
        IpAddr::V6(addr) => IpAddr::V6((addr.to_bits() >> 64 << 64).into()),
        addr @ IpAddr::V4(_) => addr,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_share() {
        let pace = Pace::a_minute(NonZeroU32::new(2).unwrap());
        let (one, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        assert_eq!((pace.count(one), pace.count(one)), (Ok(()), Ok(())));
        let TooOften(wait) = pace.count(one).unwrap_err();
        assert!(wait > Duration::from_secs(25) && wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(pace.count(other), Ok(()));
    }

    #[test]
    fn a_network_of_ipv6_is_one_person() {
        let of = |addr: &str| network(addr.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
