//! Sentences about a trace, as lessons write them: `server: listen(backlog >= 5) then server: accept`.
//!
//! The language is described for authors in `lessons/README.md`. A text is read once ([`read`]), and then finds moments
//! of a trace ([`moment`]), one after another.

mod moment;
mod read;
mod search;
mod value;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::Verdict;
use super::reading::{Calls, Reading};
use crate::event::socket::TcpState;
use crate::filter::Filter;
pub use read::PatternFault;

/// A sentence about a trace, which is true of it or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    text: String,
    property: Property,
}

#[derive(Clone, Debug, PartialEq)]
enum Property {
    All(Vec<Property>),
    Any(Vec<Property>),
    Not(Box<Property>),
    Compare(Box<(Number, Relation, Number)>),
    Sequence(Vec<Step>),
}

#[derive(Clone, Debug, PartialEq)]
enum Number {
    Plain(i64),
    Count(Moment),
}

/// A moment in a sequence, and how long after the one before it may come at most.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    moment: Moment,
    within: Option<Duration>,
}

/// Something that can be found in a trace.
#[derive(Clone, Debug, PartialEq)]
struct Moment {
    /// As it was written.
    text: String,
    host: Option<String>,
    what: What,
    wanted: Vec<Wanted>,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    Call {
        calls: Calls,
        phase: Phase,
        lasting: Option<(Relation, Duration)>,
    },
    /// A socket is in this state; without one, anything about it changed.
    State(Option<TcpState>),
    /// The same, at the end of the run.
    Left(Option<TcpState>),
    Frame(Passage, Filter),
    Prints(String),
    Exits(Exit),
    Signal(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Entered,
    Returned,
    Unfinished,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passage {
    Sent,
    Again,
    Arrived,
    Lost,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Exit {
    Anyhow,
    Error,
    Code(i32),
    Signal(String),
}

/// What an attribute of a moment has to be: `backlog >= 5`.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    name: String,
    relation: Relation,
    operand: Operand,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    Contains,
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Capture(String),
    Number(i64),
    Text(String),
    Name(String),
    Time(Duration),
}

/// The attribute that stands after `->`.
const RESULT: &str = "->";

impl Pattern {
    /// Judges a trace.
    pub fn judge(&self, trace: &Reading<'_>) -> Verdict {
        search::judge(&self.property, trace)
    }

    /// Whether a trace is as it says.
    pub fn holds(&self, trace: &Reading<'_>) -> bool {
        self.judge(trace).passed
    }

    /// The hosts that it names.
    pub fn hosts(&self) -> Vec<&str> {
        let mut hosts = vec![];
        self.property.visit(&mut |moment| {
            hosts.extend(moment.host.as_deref());
            if let What::Frame(_, filter) = &moment.what {
                hosts.extend(filter.hosts());
            }
        });
        hosts
    }
}

impl Property {
    fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Moment)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit(see)),
            Self::Not(part) => part.visit(see),
            Self::Compare(both) => {
                for number in [&both.0, &both.2] {
                    if let Number::Count(moment) = number {
                        see(moment);
                    }
                }
            }
            Self::Sequence(steps) => steps.iter().for_each(|step| see(&step.moment)),
        }
    }
}

impl Relation {
    const WORDS: [(&'static str, Self); 7] = [
        ("==", Self::Equal),
        ("!=", Self::Unequal),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("<", Self::Less),
        (">", Self::More),
        ("~", Self::Contains),
    ];

    fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
            Self::Contains => false,
        }
    }
}

impl FromStr for Pattern {
    type Err = PatternFault;
    fn from_str(text: &str) -> Result<Self, PatternFault> {
        Ok(Self { text: text.to_owned(), property: read::property(text)? })
    }
}

/// As it was written.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
