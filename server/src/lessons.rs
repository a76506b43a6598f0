//! The course: lessons as folders of text, ready to be shown and to be run.

pub mod exercise;
pub mod figures;
pub mod format;
pub mod glossary;
pub mod highlight;
pub mod lint;
pub mod load;
pub mod math;
pub mod parse;
pub mod parts;
pub mod prose;
pub mod search;
pub mod shelf;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use lab::plan::File;
use lab::{HostPlan, Limits, Plan};
use trace::event::host::{HostSpec, WireSettings};
use trace::lesson::{CheckCard, Exercise, ExerciseHost, Lang, LessonCard, LessonPage, PredictionCard, Text};
use trace::protocol::Refusal;

use exercise::{Check, Claim, Expect, Grade, Prediction, Programs, Schedule};
pub use load::Library;
pub use parse::Fault;
use prose::Prose;
pub use shelf::Shelf;

use crate::limits;

/// The largest program that a learner may send, in bytes.
pub const MAX_PROGRAM: u32 = 64 << 10;

/// Stands in a host's command where its program's file is meant.
pub const PROGRAM: &str = "{program}";

/// The host name of the learner's own browser.
const VISITOR: &str = "you";

/// Length of the network prefix of a lesson's LAN where it does not say another.
const PREFIX_LEN: u8 = 24;

/// A lesson, whole and in every language.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// The folder's name.
    pub id: String,
    /// Its number in the course.
    pub number: u16,
    /// How many minutes it takes, about.
    pub minutes: Option<u16>,
    /// Its machines, those of graded runs included.
    pub hosts: Vec<LessonHost>,
    /// The wire at the beginning of a run.
    pub wire: WireSettings,
    /// The address from which the learner's own browser and console connect.
    pub visitor: Option<Ipv4Addr>,
    /// What a run of it may use.
    pub limits: LessonLimits,
    /// Questions before the first run.
    pub predictions: Vec<Prediction>,
    /// What a solution must do.
    pub checks: Vec<Check>,
    /// They open one by one.
    pub hints: Vec<Text>,
    /// How graded runs are made.
    pub grade: Grade,
    /// What its tests expect.
    pub expect: Expect,
    /// Statements that it puts to the test.
    pub claims: Vec<Claim>,
    /// The reference solution: the files that differ. For instructors.
    pub solution: Programs,
    /// Wrong solutions by their names.
    pub wrong: BTreeMap<String, Programs>,
    /// Files with pictures for the prose: `figures/queue.svg`.
    pub figures: Vec<String>,
    en: Prose,
    zh: Prose,
}

/// What a lesson's runs may use.
#[derive(Clone, Debug)]
pub struct LessonLimits {
    /// The limits.
    pub values: Limits,
    /// Those that the lesson itself asks for, with the lines of [`parse::LESSON_FILE`] where it does.
    asked: BTreeMap<String, u32>,
}

impl LessonLimits {
    /// Keeps to the most that a server allows: lowers what the lesson left to us, and returns what it asks for beyond.
    pub fn cap(&mut self, caps: &Limits) -> Vec<Fault> {
        let fault = |(name, what): (&str, String)| {
            let line = *self.asked.get(name)?;
            let mend = "ask for less, or have the server allow more".to_owned();
            Some(Fault { file: parse::LESSON_FILE.to_owned(), line: Some(line), what, mend })
        };
        let faults = limits::beyond(&self.values, caps).filter_map(fault).collect();
        limits::lower(&mut self.values, caps);
        faults
    }
}

/// A machine of a lesson.
#[derive(Clone, Debug)]
pub struct LessonHost {
    /// Its host name.
    pub name: String,
    /// Its address.
    pub addr: Ipv4Addr,
    /// How many bits of it name the network.
    pub prefix_len: u8,
    /// Its IPv6 address, if it has one.
    pub addr6: Option<Ipv6Addr>,
    /// Whether its programs may make raw sockets.
    pub raw: bool,
    /// Its program, as the lesson ships it.
    pub program: Program,
    /// What runs it, with [`PROGRAM`] in one of the words; `None`: what its file's ending says.
    pub command: Option<Vec<String>>,
    /// Arguments on the program's command line.
    pub args: Vec<String>,
    /// Further files in its work folder.
    pub files: Vec<Program>,
    /// The port that the page shows with the address.
    pub port: Option<u16>,
    /// The host that this one's program waits for before it begins.
    pub after: Option<String>,
    /// What graded runs type into its terminal, line by line.
    pub typed: String,
    /// Whether it is there in graded runs only.
    pub hidden: bool,
    /// The program that takes the learner's place in graded runs.
    pub grader: Option<Program>,
    /// Whether it is there in graded runs.
    pub graded: bool,
}

/// A program's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its plain name: `server.py`.
    pub file: String,
    /// Its text.
    pub source: String,
}

impl Lesson {
    /// Its line in the list of lessons.
    pub fn card(&self, lang: Lang) -> LessonCard {
        let Prose { title, summary, .. } = self.prose(lang);
        let (title, summary) = (title.clone(), summary.clone());
        LessonCard { id: self.id.clone(), number: self.number, title, summary, minutes: self.minutes }
    }

    /// All of it, as the page wants it.
    pub fn page(&self, lang: Lang) -> LessonPage {
        let hosts = self.visible().map(LessonHost::exercise).collect();
        let prediction = |one: &Prediction| PredictionCard {
            id: one.id.clone(),
            question: one.question.get(lang).to_owned(),
            choices: one.choices.iter().map(|choice| choice.text.get(lang).to_owned()).collect(),
        };
        let check = |one: &Check| CheckCard { id: one.id.clone(), title: one.title.get(lang).to_owned() };
        LessonPage {
            card: self.card(lang),
            html: self.prose(lang).html.clone(),
            exercise: Exercise { hosts, wire: self.wire.clone(), max_program: MAX_PROGRAM, visitor: self.visitor },
            predictions: self.predictions.iter().map(prediction).collect(),
            checks: self.checks.iter().map(check).collect(),
            hints: self.hints.iter().map(|hint| hint.get(lang).to_owned()).collect(),
        }
    }

    /// The hosts that a learner sees.
    pub fn visible(&self) -> impl Iterator<Item = &LessonHost> {
        self.hosts.iter().filter(|host| !host.hidden)
    }

    /// The learner's programs, each by its file, if they came in the order of the hosts that a learner sees.
    pub fn accept(&self, programs: Vec<String>) -> Result<Vec<Program>, Refusal> {
        let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let hosts: Vec<_> = self.visible().collect();
        if programs.len() != hosts.len() {
            let (expected, got) = (count(hosts.len()), count(programs.len()));
            return Err(Refusal::WrongNumberOfPrograms { expected, got });
        }
        for (host, program) in hosts.iter().zip(&programs) {
            if program.len() > MAX_PROGRAM as usize {
                let (bytes, limit) = (program.len() as u64, u64::from(MAX_PROGRAM));
                return Err(Refusal::ProgramTooLarge { file: host.program.file.clone(), bytes, limit });
            }
        }
        let with = |(host, source): (&&LessonHost, String)| Program { file: host.program.file.clone(), source };
        Ok(hosts.iter().zip(programs).map(with).collect())
    }

    /// What the engine shall run if the learner's programs are these, in the order of the hosts.
    pub fn plan(&self, programs: Vec<String>) -> Result<Plan, Refusal> {
        let programs = self.accept(programs)?;
        let hosts = self.visible().zip(&programs).map(|(host, program)| host.plan(program));
        let hosts = hosts.chain(self.visitor()).collect();
        Ok(Plan { hosts, wire: self.wire.clone(), limits: self.limits.values.clone() })
    }

    /// What the engine shall run if the learner changed nothing.
    pub fn plan_as_shipped(&self) -> Plan {
        let hosts = self.visible().map(|host| host.plan(&host.program)).chain(self.visitor()).collect();
        Plan { hosts, wire: self.wire.clone(), limits: self.limits.values.clone() }
    }

    /// What the engine shall run to judge these programs of the learner's, on a wire with this schedule.
    pub fn graded_plan(&self, programs: &[Program], schedule: Option<&Schedule>) -> Plan {
        let mut theirs = programs.iter();
        let mut hosts = vec![];
        for host in &self.hosts {
            let own = if host.hidden { &host.program } else { theirs.next().unwrap_or(&host.program) };
            if host.graded {
                hosts.push(host.plan(host.grader.as_ref().unwrap_or(own)));
            }
        }
        let wire = schedule.map_or_else(|| self.wire.clone(), |schedule| schedule.applied_to(&self.wire));
        Plan { hosts, wire, limits: Limits { wall: self.grade.time, ..self.limits.values.clone() } }
    }

    /// The learner's programs as the lesson ships them.
    pub fn starting(&self) -> Vec<Program> {
        self.visible().map(|host| host.program.clone()).collect()
    }

    /// The same with other texts for some files.
    pub fn with(&self, other: &Programs) -> Vec<Program> {
        let changed = |program: Program| match other.get(&program.file) {
            Some(source) => Program { source: source.clone(), ..program },
            None => program,
        };
        self.starting().into_iter().map(changed).collect()
    }

    fn visitor(&self) -> Option<HostPlan> {
        Some(HostPlan { prefix_len: PREFIX_LEN, ..HostPlan::visitor(VISITOR, self.visitor?) })
    }

    /// Its text.
    pub fn prose(&self, lang: Lang) -> &Prose {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

impl LessonHost {
    /// What the engine shall run on it.
    pub fn plan(&self, program: &Program) -> HostPlan {
        let file = |program: &Program| File { name: program.file.clone(), bytes: program.source.clone().into() };
        let mut host = host(&self.name, self.addr, file(program));
        host.files.extend(self.files.iter().map(file));
        // A grader in the program's place is what its own file's ending says.
        if let Some(command) = self.command.as_ref().filter(|_| program.file == self.program.file) {
            host.argv = command.iter().map(|word| word.replace(PROGRAM, &program.file)).collect();
            host.compile = None;
        }
        host.argv.extend_from_slice(&self.args);
        (host.prefix_len, host.addr6) = (self.prefix_len, self.addr6);
        (host.after, host.raw) = (self.after.clone(), self.raw);
        host
    }

    fn exercise(&self) -> ExerciseHost {
        let spec = HostSpec {
            name: self.name.clone(),
            addr: self.addr,
            prefix_len: self.prefix_len,
            mac: [0; 6], // the engine gives it one when it runs; before that the host has no device
            program: self.program.file.clone(),
            visitor: false,
            addr6: self.addr6,
        };
        ExerciseHost { spec, source: self.program.source.clone(), port: self.port }
    }
}

/// A host that runs one program as the end of its name says.
pub fn host(name: &str, addr: Ipv4Addr, program: File) -> HostPlan {
    HostPlan { prefix_len: PREFIX_LEN, ..HostPlan::program(name, addr, &program.name, program.bytes) }
}
