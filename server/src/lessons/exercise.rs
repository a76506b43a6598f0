//! What a lesson asks of its learner: predictions, checks, hints; and what its tests expect of it.

use std::collections::BTreeMap;
use std::time::Duration;

use trace::check::Property;
use trace::event::wire::{Link, Rule, WireSettings, WordFault};
use trace::lesson::Text;

use super::LessonHost;

/// Programs by the names of their files.
pub type Programs = BTreeMap<String, String>;

/// A question before the first run.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// Unique in the lesson.
    pub id: String,
    /// What is asked.
    pub question: Text,
    /// Told afterwards.
    pub why: Option<Text>,
    /// The answers.
    pub choices: Vec<Choice>,
}

/// An answer that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Unique in the prediction.
    pub id: String,
    /// What it says.
    pub text: Text,
    /// What is true of a run in which it is right; `None` where it is right when no other one is.
    pub property: Option<Property>,
}

/// What a solution must do.
#[derive(Clone, Debug)]
pub struct Check {
    /// Unique in the lesson.
    pub id: String,
    /// What is asked.
    pub title: Text,
    /// What must be true of a graded run.
    pub property: Property,
    /// Told where it is not, before what was seen.
    pub fail: Option<Text>,
    /// The wires that it is judged on; every one of the lesson if there is none.
    pub schedules: Vec<Schedule>,
    /// Its line in `lesson.toml`.
    pub line: u32,
}

/// What a wire does to graded runs, beyond what it does to the lesson's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    words: Vec<String>,
    settings: Vec<String>,
    rules: Vec<Rule>,
}

/// The name of the wire that is as the lesson has it.
pub const PLAIN: &str = "plain";

impl Schedule {
    /// From words such as `one-byte to server`, `loss=10%`, `plain`.
    pub fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, WordFault> {
        let mut schedule = Self::default();
        for word in words {
            if word == PLAIN {
                continue;
            }
            schedule.words.push(word.to_owned());
            let setting = word.split_once('=').is_some_and(|(name, _)| Link::NAMES.contains(&name));
            if setting {
                Link::default().set_all(word)?;
                schedule.settings.push(word.to_owned());
            } else {
                schedule.rules.push(word.parse()?);
            }
        }
        Ok(schedule)
    }

    /// Its words, or `plain`.
    pub fn name(&self) -> String {
        if self.words.is_empty() { PLAIN.to_owned() } else { self.words.join(", ") }
    }

    /// A lesson's wire under it.
    pub fn applied_to(&self, wire: &WireSettings) -> WireSettings {
        let mut wire = wire.clone();
        for setting in &self.settings {
            let directions = wire.directions.iter_mut().map(|direction| &mut direction.link);
            for link in std::iter::once(&mut wire.link).chain(directions) {
                link.set_all(setting).expect("it was read when the lesson was");
            }
        }
        wire.rules.extend(self.rules.iter().cloned());
        wire
    }
}

/// How graded runs are made.
#[derive(Clone, Debug)]
pub struct Grade {
    /// A run lasts at most so long.
    pub time: Duration,
    /// So many for each schedule.
    pub repeat: u32,
}

impl Default for Grade {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), repeat: 1 }
    }
}

/// What a lesson's tests expect.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// The checks that the programs fail as the learner gets them.
    pub start: Vec<String>,
    /// What becomes of wrong solutions.
    pub wrong: BTreeMap<String, Wrong>,
}

/// What becomes of a wrong solution.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// Which checks it fails.
    pub fails: Vec<String>,
    /// What one of the messages contains.
    pub says: String,
}

/// An experiment about a statement of `course/claims.toml`.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The statement's id.
    pub claim: String,
    /// The hosts, with their programs.
    pub hosts: Vec<LessonHost>,
    /// The wire.
    pub wire: WireSettings,
    /// What is true of the run.
    pub property: Property,
    /// Its line in `lesson.toml`.
    pub line: u32,
}
