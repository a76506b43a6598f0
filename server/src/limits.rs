//! Limits by name and in words: what a lesson asks for in its `[limits]`, and the most that a server allows.
//!
//! ```toml
//! [limits]
//! wall = "2min"
//! memory = "64MiB"
//! processes = 16
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use bytesize::ByteSize;
use lab::Limits;
use serde::Deserialize;
use toml::Spanned;

/// A limit's name, what it limits, and its place.
struct Entry {
    name: &'static str,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    Time(fn(&mut Limits) -> &mut Duration),
    Size(fn(&mut Limits) -> &mut u64),
    Count(fn(&mut Limits) -> &mut u64),
}

/// Every limit, in the order in which people are told of them. [`Limits`] says what each is.
const ALL: [Entry; 12] = [
    Entry { name: "wall", place: Place::Time(|limits| &mut limits.wall) },
    Entry { name: "cpu", place: Place::Time(|limits| &mut limits.cpu) },
    Entry { name: "run-cpu", place: Place::Time(|limits| &mut limits.run_cpu) },
    Entry { name: "memory", place: Place::Size(|limits| &mut limits.host_memory) },
    Entry { name: "address-space", place: Place::Size(|limits| &mut limits.memory) },
    Entry { name: "processes", place: Place::Count(|limits| &mut limits.processes) },
    Entry { name: "open-files", place: Place::Count(|limits| &mut limits.open_files) },
    Entry { name: "disk", place: Place::Size(|limits| &mut limits.disk) },
    Entry { name: "output", place: Place::Size(|limits| &mut limits.output) },
    Entry { name: "frames", place: Place::Count(|limits| &mut limits.frames) },
    Entry { name: "events", place: Place::Count(|limits| &mut limits.events) },
    Entry { name: "trace", place: Place::Size(|limits| &mut limits.trace) },
];

/// A limit that can't be set like that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitFault {
    /// There is none of this name.
    #[error("there is no limit {0:?}; there are {list}", list = names())]
    NoSuchLimit(String),
    /// Not a span of time.
    #[error("{1:?} is not a span of time for {0}; write it as \"30s\" or \"2min\"")]
    NotTime(&'static str, String),
    /// Not a number of bytes.
    #[error("{1:?} is not a size for {0}; write it as \"64MiB\" or as a number of bytes")]
    NotSize(&'static str, String),
    /// Not a number.
    #[error("{1:?} is not a number for {0}")]
    NotCount(&'static str, String),
    /// Nothing could run with it.
    #[error("{0} must be more than 0")]
    Nothing(&'static str),
    /// Not `NAME=VALUE`.
    #[error("{0:?} is not a limit; write it as NAME=VALUE: wall=2min")]
    NotAPair(String),
}

/// A limit's value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Amount {
    Time(Duration),
    Size(u64),
    Count(u64),
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(time) => humantime::format_duration(*time).fmt(f),
            Self::Size(bytes) => ByteSize::b(*bytes).display().iec().fmt(f),
            Self::Count(count) => count.fmt(f),
        }
    }
}

impl Entry {
    fn of(name: &str) -> Result<&'static Self, LimitFault> {
        ALL.iter().find(|entry| entry.name == name).ok_or_else(|| LimitFault::NoSuchLimit(name.to_owned()))
    }

    fn parse(&self, value: &str) -> Result<Amount, LimitFault> {
        let (name, given) = (self.name, || value.to_owned());
        let (amount, nothing) = match self.place {
            Place::Time(_) => {
                let time = humantime::parse_duration(value).map_err(|_| LimitFault::NotTime(name, given()))?;
                (Amount::Time(time), time.is_zero())
            }
            Place::Size(_) => {
                let bytes = value.parse::<ByteSize>().map_err(|_| LimitFault::NotSize(name, given()))?.as_u64();
                (Amount::Size(bytes), bytes == 0)
            }
            Place::Count(_) => {
                let count = value.parse().map_err(|_| LimitFault::NotCount(name, given()))?;
                (Amount::Count(count), count == 0)
            }
        };
        if nothing { Err(LimitFault::Nothing(name)) } else { Ok(amount) }
    }

    fn get(&self, limits: &Limits) -> Amount {
        let mut limits = limits.clone();
        match self.place {
            Place::Time(place) => Amount::Time(*place(&mut limits)),
            Place::Size(place) => Amount::Size(*place(&mut limits)),
            Place::Count(place) => Amount::Count(*place(&mut limits)),
        }
    }

    fn put(&self, limits: &mut Limits, amount: Amount) {
        match (self.place, amount) {
            (Place::Time(place), Amount::Time(time)) => *place(limits) = time,
            (Place::Size(place), Amount::Size(number)) | (Place::Count(place), Amount::Count(number)) => {
                *place(limits) = number;
            }
            _ => unreachable!("an entry's amounts are of its own kind"),
        }
    }
}

fn names() -> String {
    ALL.map(|entry| entry.name).join(", ")
}

/// Sets a limit by its name.
pub fn set(limits: &mut Limits, name: &str, value: &str) -> Result<(), LimitFault> {
    let entry = Entry::of(name)?;
    entry.put(limits, entry.parse(value)?);
    Ok(())
}

/// The most that a server allows, if nobody says otherwise.
pub fn most() -> Limits {
    Limits {
        wall: Duration::from_hours(1),
        cpu: Duration::from_mins(2),
        run_cpu: Duration::from_mins(5),
        memory: 1 << 30,
        host_memory: 512 << 20,
        processes: 256,
        open_files: 1024,
        disk: 64 << 20,
        output: 8 << 20,
        frames: 1_000_000,
        events: 2_000_000,
        trace: 256 << 20,
    }
}

/// What is asked for beyond `caps`, by name, each with a sentence.
pub fn beyond<'a>(asked: &'a Limits, caps: &'a Limits) -> impl Iterator<Item = (&'static str, String)> + 'a {
    ALL.iter().filter_map(move |entry| {
        let (asked, cap) = (entry.get(asked), entry.get(caps));
        (asked > cap).then(|| (entry.name, format!("{} is {asked}; this server allows {cap} at most", entry.name)))
    })
}

/// Lowers what is beyond `caps`.
pub fn lower(limits: &mut Limits, caps: &Limits) {
    for entry in &ALL {
        let cap = entry.get(caps);
        if entry.get(limits) > cap {
            entry.put(limits, cap);
        }
    }
}

/// `[limits]` of a file: names, and values with their places in it.
pub type Table = BTreeMap<String, Spanned<Scalar>>;

/// A value as a file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a text or a whole number is expected")]
pub enum Scalar {
    /// `"2min"`
    Text(String),
    /// `16`
    Number(i64),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// Sets what a file says; what is wrong comes back with the place of its value in the file.
pub fn set_all(limits: &mut Limits, table: &Table) -> Vec<(usize, LimitFault)> {
    let set = |(name, value): (&String, &Spanned<Scalar>)| {
        let done = set(limits, name, &value.get_ref().to_string());
        done.err().map(|fault| (value.span().start, fault))
    };
    table.iter().filter_map(set).collect()
}

/// A limit as the command line has it: `wall=2min`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    name: String,
    value: String,
}

impl Setting {
    /// Sets it.
    pub fn apply(&self, limits: &mut Limits) -> Result<(), LimitFault> {
        set(limits, &self.name, &self.value)
    }
}

impl FromStr for Setting {
    type Err = LimitFault;

    fn from_str(text: &str) -> Result<Self, LimitFault> {
        let (name, value) = text.split_once('=').ok_or_else(|| LimitFault::NotAPair(text.to_owned()))?;
        let setting = Self { name: name.to_owned(), value: value.to_owned() };
        // Said at once, where the command line is read.
        setting.apply(&mut Limits::default())?;
        Ok(setting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_set_by_its_name_and_no_other_with_it() {
        for entry in &ALL {
            let value = if matches!(entry.place, Place::Time(_)) { "77s" } else { "77" };
            let mut limits = Limits::default();
            set(&mut limits, entry.name, value).unwrap();
            let changed = ALL.iter().filter(|other| other.get(&limits) != other.get(&Limits::default()));
            assert_eq!(changed.map(|other| other.name).collect::<Vec<_>>(), [entry.name]);
            assert!(names().contains(entry.name));
        }
    }

    #[test]
    fn sizes_have_units() {
        let mut limits = Limits::default();
        for (text, bytes) in [("64MiB", 64 << 20), ("64 MiB", 64 << 20), ("1kB", 1000), ("4096", 4096)] {
            set(&mut limits, "disk", text).unwrap();
            assert_eq!(limits.disk, bytes, "{text}");
        }
    }

    #[test]
    fn faults_say_what_to_write() {
        let told = |text: &str| text.parse::<Setting>().unwrap_err().to_string();
        insta::assert_snapshot!(told("wall"), @r#""wall" is not a limit; write it as NAME=VALUE: wall=2min"#);
        insta::assert_snapshot!(told("wall=5"), @r#""5" is not a span of time for wall; write it as "30s" or "2min""#);
        insta::assert_snapshot!(told("disk=much"), @r#""much" is not a size for disk; write it as "64MiB" or as a number of bytes"#);
        insta::assert_snapshot!(told("processes=-1"), @r#""-1" is not a number for processes"#);
        insta::assert_snapshot!(told("frames=0"), @"frames must be more than 0");
        insta::assert_snapshot!(told("swap=1"), @r#"there is no limit "swap"; there are wall, cpu, run-cpu, memory, address-space, processes, open-files, disk, output, frames, events, trace"#);
    }

    #[test]
    fn the_usual_limits_are_within_the_usual_caps() {
        assert_eq!(beyond(&Limits::default(), &most()).count(), 0);
    }

    #[test]
    fn what_is_beyond_is_told_and_lowered() {
        let caps = Limits { wall: Duration::from_mins(1), disk: 1 << 20, ..most() };
        let mut asked = Limits::default();
        let told: Vec<_> = beyond(&asked, &caps).map(|(_, sentence)| sentence).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        wall is 5m; this server allows 1m at most
        disk is 16.0 MiB; this server allows 1.0 MiB at most
        ");
        lower(&mut asked, &caps);
        assert_eq!(asked, Limits { wall: Duration::from_mins(1), disk: 1 << 20, ..Limits::default() });
    }
}
