//! What a lesson lacks though it could be served: `socklab lesson check` tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;
use trace::check::Property;
use trace::check::reading::means;
use trace::lesson::{Lang, Text};

use super::load::COURSE;
use super::parse::{Fault, LESSON_FILE};
use super::{Lesson, prose};

/// English words, and Chinese characters, that a lesson's prose may have.
const MOST: [(Lang, usize); 2] = [(Lang::En, 1_200), (Lang::Zh, 2_400)];

/// Wrong solutions that a lesson with checks should have.
const WRONG: usize = 3;

/// What belongs to no single lesson.
#[derive(Debug, Default)]
pub struct Course {
    claims: BTreeMap<String, u32>,
    terms: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Claims {
    claims: Vec<toml::Spanned<StatedClaim>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read so that what is missing is told")]
struct StatedClaim {
    id: String,
    says: Text,
    truth: Truth,
    linux: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Truth {
    Right,
    Wrong,
    Half,
}

impl Course {
    /// From the course's folder. What is not there is empty.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let text = |file: &str| match fs::read_to_string(folder.join(file)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            other => other.map(Some),
        };
        let mut course = Self::default();
        if let Some(text) = text("claims.toml")? {
            let claims: Claims = toml::from_str(&text)?;
            for claim in claims.claims {
                let line = super::parse::line_at(&text, claim.span().start);
                course.claims.insert(claim.into_inner().id, line);
            }
        }
        if let Some(text) = text("glossary.toml")? {
            course.terms = super::glossary::parse(&text)?.into_iter().map(|term| term.id).collect();
        }
        Ok(course)
    }

    /// That of a lesson in this folder.
    pub fn beside(folder: &Path) -> anyhow::Result<Self> {
        folder.parent().map(|parent| Self::read(&parent.join(COURSE))).transpose().map(Option::unwrap_or_default)
    }

    /// Claims that no lesson puts to the test.
    pub fn untested<'a>(&self, lessons: impl Iterator<Item = &'a Lesson>) -> Vec<Fault> {
        let tested: BTreeSet<&str> = lessons.flat_map(|lesson| &lesson.claims).map(|claim| &*claim.claim).collect();
        let fault = |(id, line): (&String, &u32)| Fault {
            file: "claims.toml".to_owned(),
            line: Some(*line),
            what: format!("no lesson puts {id:?} to the test"),
            mend: "add [[claims]] to a lesson".to_owned(),
        };
        self.claims.iter().filter(|(id, _)| !tested.contains(id.as_str())).map(fault).collect()
    }
}

/// Checks that no program of the lesson's own fails. They may guard against what nobody has thought of, or against
/// nothing.
pub fn unfailed(lesson: &Lesson) -> Vec<Fault> {
    let fails = |id: &String| {
        lesson.expect.start.contains(id) || lesson.expect.wrong.values().any(|wrong| wrong.fails.contains(id))
    };
    let fault = |check: &super::exercise::Check| Fault {
        file: LESSON_FILE.to_owned(),
        line: Some(check.line),
        what: format!("nothing fails the check {:?}", check.id),
        mend: "perhaps a wrong solution should".to_owned(),
    };
    lesson.checks.iter().filter(|check| !fails(&check.id)).map(fault).collect()
}

/// The names of what lies in the same folder as a lesson: other lessons, mostly.
pub fn siblings(folder: &Path) -> Vec<String> {
    let beside = folder.canonicalize().ok().and_then(|folder| folder.parent()?.read_dir().ok());
    let name = |entry: io::Result<fs::DirEntry>| Some(entry.ok()?.file_name().to_string_lossy().into_owned());
    beside.into_iter().flatten().filter_map(name).collect()
}

/// What is to be mended in a lesson. `siblings` are the folders beside it.
pub fn lesson(lesson: &Lesson, course: &Course, siblings: &[String]) -> Vec<Fault> {
    let mut faults = vec![];
    let mut tell = |file: &str, line: Option<u32>, what: String, mend: &str| {
        faults.push(Fault { file: file.to_owned(), line, what, mend: mend.to_owned() });
    };
    if lesson.minutes.is_none() {
        tell(LESSON_FILE, None, "no `minutes`".into(), "say how long it takes: minutes = 15");
    }
    if !lesson.checks.is_empty() {
        if lesson.wrong.len() < WRONG {
            let what = format!("{} wrong solutions", lesson.wrong.len());
            tell("wrong/", None, what, "three of the kind that learners write");
        }
        for name in lesson.wrong.keys().filter(|name| !lesson.expect.wrong.contains_key(*name)) {
            tell(LESSON_FILE, None, format!("nothing is expected of wrong/{name}"), "add [expect.wrong.…]");
        }
    }
    for claim in lesson.claims.iter().filter(|claim| !course.claims.contains_key(&claim.claim)) {
        let what = format!("course/claims.toml has no claim {:?}", claim.claim);
        tell(LESSON_FILE, Some(claim.line), what, "add it there, or correct its id");
    }
    let named = |graded: bool| lesson.hosts.iter().filter(move |host| if graded { host.graded } else { !host.hidden });
    let is_there = |name: &str, graded: bool| named(graded).any(|host| means(name, &host.name));
    for check in &lesson.checks {
        for host in check.property.hosts().into_iter().filter(|host| !is_there(host, true)) {
            let what = format!("the check {:?} asks about host {host:?}, which graded runs do not have", check.id);
            tell(LESSON_FILE, Some(check.line), what, "ask about another, or take `graded = false` away");
        }
    }
    for prediction in &lesson.predictions {
        let properties = prediction.choices.iter().filter_map(|choice| choice.property.as_ref());
        for host in properties.flat_map(Property::hosts).filter(|host| !is_there(host, false)) {
            let id = &prediction.id;
            let what = format!("the prediction {id:?} asks about host {host:?}, which learners' runs do not have");
            tell(LESSON_FILE, None, what, "ask about another, or take `hidden = true` away");
        }
    }
    let files: BTreeSet<&str> = lesson.figures.iter().map(String::as_str).collect();
    let mut headings = vec![];
    for (lang, most) in MOST {
        let file = format!("{lang}.md");
        let prose = lesson.prose(lang);
        let size = prose.size(lang);
        if size > most {
            let unit = if lang == Lang::En { "words" } else { "characters" };
            tell(
                &file,
                None,
                format!("{size} {unit}; at most {most}"),
                "a lesson takes 10 to 20 minutes, most of it the exercise",
            );
        }
        for prose::Link { line, target } in &prose.links {
            let dead = if let Some(term) = target.strip_prefix("term:") {
                !course.terms.contains(term)
            } else if let Some(other) = target.strip_prefix("lesson:") {
                !siblings.iter().any(|name| name == other)
            } else if target.starts_with("http://") || target.starts_with("https://") || target.starts_with('#') {
                false
            } else {
                !files.contains(target.as_str())
            };
            if dead {
                tell(&file, Some(*line), format!("a dead link: {target}"), "correct it, or add what it means");
            }
        }
        headings.push(prose.headings.clone());
    }
    if headings[0] != headings[1] {
        let what =
            format!("{} headings in English, {} in Chinese, or of other levels", headings[0].len(), headings[1].len());
        tell("zh.md", None, what, "both languages have the same parts in the same order");
    }
    faults
}
