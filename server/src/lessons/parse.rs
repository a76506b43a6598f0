//! From a folder's texts to a [`Lesson`], or to every fault in them with its file, its line and its mend. No I/O.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;
use std::ops::Range;
use std::time::Duration;

use lab::Limits;
use serde::Deserialize;
use toml::Spanned;
use trace::event::host::WireSettings;
use trace::lesson::Lang;

use super::prose::{self, Prose};
use super::{Lesson, LessonHost, MAX_PROGRAM};

/// The file that says what a lesson consists of.
pub const LESSON_FILE: &str = "lesson.toml";

/// A lesson's folder: file names and contents.
pub type Folder = BTreeMap<String, Vec<u8>>;

/// Something in a lesson that its author has to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file in the lesson's folder.
    pub file: String,
    /// The line, counted from 1; `None` where the whole file is meant.
    pub line: Option<u32>,
    /// What is wrong.
    pub what: String,
    /// What to do about it; empty where that is plain.
    pub mend: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.what)?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, " ({})", self.mend) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LessonToml {
    number: u16,
    #[serde(default)]
    wire: WireToml,
    #[serde(default)]
    limits: LimitsToml,
    hosts: Vec<Spanned<HostToml>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireToml {
    delay: Option<Spanned<String>>,
    loss_percent: Option<Spanned<f64>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsToml {
    wall: Option<Spanned<String>>,
    cpu: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HostToml {
    name: String,
    addr: Spanned<String>,
    program: Spanned<String>,
    #[serde(default)]
    args: Vec<String>,
    port: Option<u16>,
}

/// Reads the lesson `id` from its folder. All faults are told at once.
pub fn parse(id: &str, folder: &Folder) -> Result<Lesson, Vec<Fault>> {
    let mut reader = Reader { folder, faults: Vec::new() };
    let lesson = reader.lesson(id);
    match lesson {
        Some(lesson) if reader.faults.is_empty() => Ok(lesson),
        _ => Err(reader.faults),
    }
}

struct Reader<'a> {
    folder: &'a Folder,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn lesson(&mut self, id: &str) -> Option<Lesson> {
        // All three are read before any is missed, so that an author sees all that is wrong.
        let en = self.prose(Lang::En);
        let zh = self.prose(Lang::Zh);
        let text = self.text(LESSON_FILE, "a lesson needs it: number and hosts")?;
        let toml: LessonToml = match toml::from_str(&text) {
            Ok(toml) => toml,
            Err(error) => {
                let line = error.span().map(|span| line_at(&text, span.start));
                self.fault(LESSON_FILE, line, error.message().trim(), "");
                return None;
            }
        };
        let wire = WireSettings {
            delay: self.duration(&text, toml.wire.delay.as_ref()).unwrap_or_default(),
            loss_ppm: self.loss(&text, toml.wire.loss_percent.as_ref()),
        };
        let usual = Limits::default();
        let limits = Limits {
            wall: self.duration(&text, toml.limits.wall.as_ref()).unwrap_or(usual.wall),
            cpu: self.duration(&text, toml.limits.cpu.as_ref()).unwrap_or(usual.cpu),
            ..usual
        };
        let lines: Vec<u32> = toml.hosts.iter().map(|host| line_at(&text, host.span().start)).collect();
        let hosts = toml.hosts.into_iter().map(|host| self.host(&text, host.into_inner())).collect::<Vec<_>>();
        let hosts = hosts.into_iter().collect::<Option<Vec<_>>>()?;
        let lesson = Lesson { id: id.to_owned(), number: toml.number, hosts, wire, limits, en: en?, zh: zh? };
        // The engine's own rules about names and addresses, asked now rather than when a learner presses Run.
        if let Err(error) = lesson.plan_as_shipped().check() {
            self.fault(LESSON_FILE, lines.first().copied(), &error.to_string(), "");
        }
        Some(lesson)
    }

    fn host(&mut self, text: &str, toml: HostToml) -> Option<LessonHost> {
        let addr = toml.addr.get_ref().parse::<Ipv4Addr>();
        if addr.is_err() {
            let what = format!("{:?} is not an IPv4 address", toml.addr.get_ref());
            self.fault(LESSON_FILE, line_of(text, &toml.addr.span()), &what, "write it as 192.168.1.4");
        }
        let program = toml.program.get_ref().clone();
        let Some(bytes) = self.folder.get(&program) else {
            let what = format!("the program {program:?} of host {:?} is not in the folder", toml.name);
            self.fault(LESSON_FILE, line_of(text, &toml.program.span()), &what, "add the file, or correct its name");
            return None;
        };
        if bytes.len() > MAX_PROGRAM as usize {
            let what = format!("{} bytes; a program has at most {MAX_PROGRAM}", bytes.len());
            self.fault(&program, None, &what, "shorten it");
        }
        let source = self.text(&program, "")?;
        Some(LessonHost { name: toml.name, addr: addr.ok()?, program, source, args: toml.args, port: toml.port })
    }

    fn prose(&mut self, lang: Lang) -> Option<Prose> {
        let file = format!("{lang}.md");
        let text = self.text(&file, "every lesson is written in every language of the course")?;
        match prose::parse(&text) {
            Ok(prose) => Some(prose),
            Err(error) => {
                self.fault(&file, Some(error.line), &error.what, &error.mend);
                None
            }
        }
    }

    fn duration(&mut self, text: &str, value: Option<&Spanned<String>>) -> Option<Duration> {
        let value = value?;
        let parsed = humantime::parse_duration(value.get_ref());
        if parsed.is_err() {
            let what = format!("{:?} is not a span of time", value.get_ref());
            self.fault(LESSON_FILE, line_of(text, &value.span()), &what, "write it as \"5ms\" or \"2min\"");
        }
        parsed.ok()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a million")]
    fn loss(&mut self, text: &str, percent: Option<&Spanned<f64>>) -> u32 {
        let Some(percent) = percent else { return 0 };
        if (0.0..=100.0).contains(percent.get_ref()) {
            return (percent.get_ref() * 10_000.0).round() as u32;
        }
        let what = format!("{} is not a percentage", percent.get_ref());
        self.fault(LESSON_FILE, line_of(text, &percent.span()), &what, "use a number from 0 to 100");
        0
    }

    fn text(&mut self, file: &str, why: &str) -> Option<String> {
        let Some(bytes) = self.folder.get(file) else {
            self.fault(file, None, "the file is missing", why);
            return None;
        };
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.to_owned()),
            Err(error) => {
                let good = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
                let line = u32::try_from(good + 1).ok();
                self.fault(file, line, "not UTF-8", "save the file as UTF-8");
                None
            }
        }
    }

    fn fault(&mut self, file: &str, line: Option<u32>, what: &str, mend: &str) {
        self.faults.push(Fault { file: file.to_owned(), line, what: what.to_owned(), mend: mend.to_owned() });
    }
}

fn line_of(text: &str, span: &Range<usize>) -> Option<u32> {
    Some(line_at(text, span.start))
}

fn line_at(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count();
    u32::try_from(before + 1).unwrap_or(u32::MAX)
}
