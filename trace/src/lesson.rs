//! Lessons as the page sees them.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::event::host::{HostSpec, WireSettings};

/// A language of the course and of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// Every language that the course is written in.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// The tag in file names and URLs: `en`, `zh`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The BCP 47 tag for HTML's `lang`.
    pub const fn bcp47(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// Not a language of the course.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such language: {0:?}; the course has `en` and `zh`")]
pub struct UnknownLang(pub String);

impl FromStr for Lang {
    type Err = UnknownLang;
    fn from_str(tag: &str) -> Result<Self, UnknownLang> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag).ok_or_else(|| UnknownLang(tag.to_owned()))
    }
}

/// A text for people in every language of the course. `` `code` `` in it is code; nothing else is markup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

impl Text {
    /// In both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// In one of them.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// A lesson's line in the list of lessons, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonCard {
    /// The folder's name, which is also its place in URLs: `02-tcp`.
    pub id: String,
    /// Its number in the course.
    pub number: u16,
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence.
    pub summary: String,
    /// How many minutes it takes, about.
    pub minutes: Option<u16>,
}

/// A part of the course, in one language; `GET /api/lessons/{lang}` answers all of them, in postcard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its title; empty where the course has no parts.
    pub title: String,
    /// What it is about, in a sentence.
    pub summary: String,
    /// Its lessons, in their order.
    pub lessons: Vec<LessonCard>,
}

/// A place in the course where words were found; `GET /api/search/{lang}?q=…` answers the best, in postcard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The lesson's folder; `None`: what belongs to no single lesson.
    pub lesson: Option<String>,
    /// The address on this server, with the part of the page: `/lesson/02-tcp#part-3`.
    pub address: String,
    /// What it is a part of: the lesson's number and title, or the glossary's.
    pub title: String,
    /// Its own heading.
    pub heading: String,
    /// Some of its text: every second piece, beginning with the second, is what was looked for.
    pub excerpt: Vec<String>,
}

/// A lesson, whole, in one language: what `GET /api/lessons/{id}/{lang}` answers, in postcard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LessonPage {
    /// Its line in the list.
    pub card: LessonCard,
    /// The prose, rendered and sanitised by the server.
    pub html: String,
    /// What there is to run.
    pub exercise: Exercise,
    /// Questions before the first run.
    pub predictions: Vec<PredictionCard>,
    /// What a solution must do.
    pub checks: Vec<CheckCard>,
    /// They open one by one.
    pub hints: Vec<String>,
}

/// A question before the first run, in one language. The run itself is the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictionCard {
    /// Unique in the lesson.
    pub id: String,
    /// What is asked.
    pub question: String,
    /// The answers; "both can happen" is one more.
    pub choices: Vec<String>,
}

/// A check before it was judged, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckCard {
    /// Unique in the lesson, and the same for ever.
    pub id: String,
    /// What is asked.
    pub title: String,
}

/// What became of a learner's programs in graded runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The runs: the schedule of each, and the name to watch it by, if it can be watched.
    pub runs: Vec<GradedRun>,
    /// The checks, in the lesson's order.
    pub results: Vec<CheckResult>,
}

/// One graded run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GradedRun {
    /// What its wire did: `one-byte to server`; `plain` is the lesson's own.
    pub schedule: String,
    /// Its name, for [`crate::protocol::ClientMessage::Watch`].
    pub key: Option<String>,
}

/// A check that was judged: the worst of its runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Which.
    pub id: String,
    /// Whether every run passed it.
    pub passed: bool,
    /// What was seen, or what is missing.
    pub told: Text,
    /// The run that is told of, by its place in [`Report::runs`].
    pub run: u16,
    /// The event to look at in it.
    pub at: Option<u64>,
}

/// What a run says of a prediction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predicted {
    /// Which.
    pub id: String,
    /// The choice that held, by its place; `None` where none did, or several.
    pub held: Option<u16>,
    /// The event that decides.
    pub at: Option<u64>,
    /// The lesson's explanation.
    pub why: Option<Text>,
}

/// Hosts with their programs, and the wire between them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exercise {
    /// The hosts, in the order in which the page shows them.
    pub hosts: Vec<ExerciseHost>,
    /// The wire at the beginning of a run.
    pub wire: WireSettings,
    /// The largest program that the server takes, in bytes.
    pub max_program: u32,
    /// The address of the host from which the learner's own browser and console connect, where there is one.
    pub visitor: Option<Ipv4Addr>,
}

/// A host of an exercise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExerciseHost {
    /// Name, address and program.
    pub spec: HostSpec,
    /// The program's text as the lesson ships it.
    pub source: String,
    /// The port that the program's address is told with, where the lesson names one: 18888.
    pub port: Option<u16>,
}
