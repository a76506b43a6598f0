//! What a lesson asks of a run: properties of its trace, and sentences for whoever's run lacks one.
//!
//! Judging is a pure function of stored events, so a check that was mended judges old runs anew without running them.
//! It reads what the kernel did and never takes a program's word for it. The page is told results and judges nothing,
//! so none of this is compiled into it.
//!
//! - [`reading`]: a trace with its calls, bytes, sockets and frames at hand, and where in the trace each was seen;
//! - [`named`]: the checks that lessons call by name;
//! - [`pattern`]: sentences about a trace that lessons write themselves.

pub mod named;
pub mod pattern;
pub mod reading;

use crate::event::Event;
use crate::lesson::Text;
pub use named::Named;
pub use pattern::Pattern;
pub use reading::Reading;

/// A property that a trace has or lacks.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    /// One with a name and parameters.
    Named(Named),
    /// One that a lesson wrote.
    Pattern(Pattern),
}

/// Whether a trace has a property, and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it has.
    pub passed: bool,
    /// What was seen, or what is missing.
    pub told: Text,
    /// The event to look at.
    pub at: Option<u64>,
}

impl Verdict {
    /// It has the property, as is seen at this event.
    pub fn passed(at: impl Into<Option<u64>>, told: Text) -> Self {
        Self { passed: true, told, at: at.into() }
    }

    /// It lacks the property, as is seen at this event.
    pub fn failed(at: impl Into<Option<u64>>, told: Text) -> Self {
        Self { passed: false, told, at: at.into() }
    }
}

impl Property {
    /// Judges a trace.
    pub fn judge(&self, trace: &Reading<'_>) -> Verdict {
        match self {
            Self::Named(named) => named.judge(trace),
            Self::Pattern(pattern) => pattern.judge(trace),
        }
    }

    /// Judges a trace that nobody has read yet.
    pub fn judge_events(&self, events: &[Event]) -> Verdict {
        self.judge(&Reading::of(events))
    }

    /// The hosts that it speaks of. One that ends in `*` means all that begin so.
    pub fn hosts(&self) -> Vec<&str> {
        match self {
            Self::Named(named) => named.hosts(),
            Self::Pattern(pattern) => pattern.hosts(),
        }
    }
}
