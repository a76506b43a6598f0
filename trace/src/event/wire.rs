//! How the wire treats frames: the settings that a lesson or a person gives it. Data; the rules are the engine's.

mod words;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::filter::Filter;
pub use words::WordFault;
#[cfg(feature = "check")]
pub(crate) use words::time;

/// How the wire treats frames.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireSettings {
    /// Every direction between two hosts, unless `directions` has another for it.
    pub link: Link,
    /// Single directions; the last one that fits counts.
    pub directions: Vec<Direction>,
    /// What is done with frames beyond that, in this order.
    pub rules: Vec<Rule>,
    /// Bytes of the largest IP packet. Hosts get it when they are made, so it can't be changed while a run goes on.
    pub mtu: u16,
    /// Where chance begins: the same frames with the same seed have the same fates. `None` in a plan lets the engine
    /// choose one; a trace tells which it was.
    pub seed: Option<u64>,
}

/// One direction of the wire from one host to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Time from one host to the other.
    pub delay: Duration,
    /// Up to so much more, by chance. Frames keep their order.
    pub jitter: Duration,
    /// Share of frames that are lost, in parts per million.
    pub loss_ppm: u32,
    /// Share of frames that arrive twice, in parts per million.
    pub duplicate_ppm: u32,
    /// Share of frames that the next one overtakes, in parts per million.
    pub reorder_ppm: u32,
    /// Bits per second; `None` for as fast as can be.
    pub bandwidth: Option<u64>,
}

/// A direction with a link of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Direction {
    /// The sending host's name; `None` for every one.
    pub from: Option<String>,
    /// The receiving host's name; `None` for every one.
    pub to: Option<String>,
    /// How it is.
    pub link: Link,
}

/// What is done with some frames.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What.
    pub action: Action,
    /// With which.
    pub filter: Filter,
}

/// What can be done with frames. Everything but [`Action::Hold`] is a schedule: what a legal network may do to a
/// program at any time, and what a program that has seen only its own machine does not expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// They stay on the wire until somebody releases or drops them.
    Hold,
    /// TCP: every byte comes in a segment of its own, one after the other.
    OneByte,
    /// TCP: every segment with data comes in two. After so many bytes; `None` for one byte more each time.
    Split(Option<u16>),
    /// TCP: segments with data wait for each other and come together, in as few segments as they fit into. What the
    /// sender's own kernel keeps back until it has an acknowledgment (Nagle's algorithm) is not among them.
    Coalesce,
    /// TCP: these frames' sender seems to have room for so many bytes only. Windows are scaled (RFC 7323), so it is
    /// rounded up to what the connection can express.
    SlowReader(u32),
    /// From the first data on nothing but ARP arrives for so long; then everything does.
    Silence(Duration),
    /// TCP: a reset reaches both ends, right after the first data of a connection.
    Reset,
    /// TCP: so many segments with FIN are lost, of each direction of a connection.
    FinLost(u16),
    /// UDP: by chance datagrams overtake each other and come twice.
    Disorder,
}

/// How the wire made a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Made {
    /// The same bytes once more.
    Copy,
    /// Part of a segment.
    Piece,
    /// Several segments in one.
    Merged,
    /// The same with another window.
    Changed,
    /// From nothing: no host sent it.
    Forged,
}

/// Settings that make no sense.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum WireFault {
    /// More than a frame may be late.
    #[error("delay and jitter are at most {max} s", max = WireSettings::MAX_DELAY.as_secs())]
    Delay,
    /// More than all.
    #[error("a share is at most 100 %")]
    Share,
    /// Nothing would ever arrive.
    #[error("a bandwidth is at least {min} bit/s", min = WireSettings::MIN_BANDWIDTH)]
    Bandwidth,
    /// Not a size that hosts can have.
    #[error("an MTU is from {min} to {max} bytes", min = WireSettings::MTU.start(), max = WireSettings::MTU.end())]
    Mtu,
    /// It would have to be known before the hosts were made.
    #[error("the MTU and the seed are settled when the run begins")]
    Settled,
    /// Too many rules or directions.
    #[error("a wire has at most {max} rules and as many directions", max = WireSettings::MOST)]
    TooMany,
    /// A host that the run does not have.
    #[error("there is no host {0:?}")]
    NoHost(String),
    /// A rule's number is out of its range.
    #[error("a rule's number is out of its range: {0}")]
    Rule(String),
}

impl WireSettings {
    /// The longest delay, jitter and silence.
    pub const MAX_DELAY: Duration = Duration::from_mins(1);
    /// The smallest bandwidth: a full frame takes a second.
    pub const MIN_BANDWIDTH: u64 = 12_000;
    /// What an MTU may be. IPv4's own least, 68, leaves TCP no room; beyond 1500 it would not be Ethernet.
    pub const MTU: std::ops::RangeInclusive<u16> = 128..=1500;
    /// At most so many rules, and so many directions.
    pub const MOST: usize = 32;

    /// A wire without any rule on which every direction is like this.
    pub fn of(link: Link) -> Self {
        Self { link, ..Self::default() }
    }

    /// The direction from one host to another, by their names.
    pub fn link(&self, from: &str, to: &str) -> &Link {
        let fits = |name: &Option<String>, host: &str| name.as_deref().is_none_or(|name| name == host);
        let own = self.directions.iter().rev().find(|one| fits(&one.from, from) && fits(&one.to, to));
        own.map_or(&self.link, |one| &one.link)
    }

    /// The longest time that a frame may take by delay and jitter.
    pub fn slowest(&self) -> Duration {
        let links = std::iter::once(&self.link).chain(self.directions.iter().map(|one| &one.link));
        links.map(|link| link.delay + link.jitter).max().unwrap_or_default()
    }

    /// Whether they make sense for hosts of these names.
    pub fn check<'a>(&self, hosts: impl Fn(&str) -> bool + 'a) -> Result<(), WireFault> {
        if self.rules.len() > Self::MOST || self.directions.len() > Self::MOST {
            return Err(WireFault::TooMany);
        }
        if !Self::MTU.contains(&self.mtu) {
            return Err(WireFault::Mtu);
        }
        self.link.check()?;
        for Direction { from, to, link } in &self.directions {
            link.check()?;
            if let Some(stranger) = [from, to].into_iter().flatten().find(|name| !hosts(name)) {
                return Err(WireFault::NoHost(stranger.clone()));
            }
        }
        for rule in &self.rules {
            rule.check()?;
            if let Some(stranger) = rule.filter.hosts().find(|name| !hosts(name)) {
                return Err(WireFault::NoHost(stranger.to_owned()));
            }
        }
        Ok(())
    }
}

impl Default for WireSettings {
    fn default() -> Self {
        Self { link: Link::default(), directions: vec![], rules: vec![], mtu: 1500, seed: None }
    }
}

impl Link {
    fn check(&self) -> Result<(), WireFault> {
        if self.delay > WireSettings::MAX_DELAY || self.jitter > WireSettings::MAX_DELAY {
            return Err(WireFault::Delay);
        }
        if [self.loss_ppm, self.duplicate_ppm, self.reorder_ppm].iter().any(|ppm| *ppm > 1_000_000) {
            return Err(WireFault::Share);
        }
        if self.bandwidth.is_some_and(|bits| bits < WireSettings::MIN_BANDWIDTH) {
            return Err(WireFault::Bandwidth);
        }
        Ok(())
    }
}

impl Rule {
    fn check(&self) -> Result<(), WireFault> {
        let fine = match self.action {
            Action::Split(Some(after)) => after > 0,
            Action::SlowReader(window) => window > 0,
            Action::Silence(time) => time <= WireSettings::MAX_DELAY,
            Action::FinLost(count) => (1..=100).contains(&count),
            _ => true,
        };
        if fine { Ok(()) } else { Err(WireFault::Rule(self.to_string())) }
    }
}
