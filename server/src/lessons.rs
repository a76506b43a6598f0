//! The course: lessons as folders of text, ready to be shown and to be run.

pub mod highlight;
pub mod load;
pub mod parse;
pub mod prose;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use lab::plan::File;
use lab::{HostPlan, Limits, Plan};
use trace::event::host::{HostSpec, WireSettings};
use trace::lesson::{Exercise, ExerciseHost, Lang, LessonCard, LessonPage};
use trace::protocol::Refusal;

pub use load::Library;
pub use parse::Fault;
use prose::Prose;

use crate::limits;

/// The largest program that a learner may send, in bytes.
pub const MAX_PROGRAM: u32 = 64 << 10;

/// Length of the network prefix of every lesson's LAN.
const PREFIX_LEN: u8 = 24;

/// A lesson, whole and in every language.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// The folder's name.
    pub id: String,
    /// Its number in the course.
    pub number: u16,
    /// Its machines.
    pub hosts: Vec<LessonHost>,
    /// The wire at the beginning of a run.
    pub wire: WireSettings,
    /// What a run of it may use.
    pub limits: LessonLimits,
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
    /// The file with its program.
    pub program: String,
    /// The program as the lesson ships it.
    pub source: String,
    /// Arguments on the program's command line.
    pub args: Vec<String>,
    /// The port that the page shows with the address.
    pub port: Option<u16>,
    /// The host that this one's program waits for before it begins.
    pub after: Option<String>,
}

impl Lesson {
    /// Its line in the list of lessons.
    pub fn card(&self, lang: Lang) -> LessonCard {
        let Prose { title, summary, .. } = self.prose(lang).clone();
        LessonCard { id: self.id.clone(), number: self.number, title, summary }
    }

    /// All of it, as the page wants it.
    pub fn page(&self, lang: Lang) -> LessonPage {
        let hosts = self.hosts.iter().map(LessonHost::exercise).collect();
        LessonPage {
            card: self.card(lang),
            html: self.prose(lang).html.clone(),
            exercise: Exercise { hosts, wire: self.wire.clone(), max_program: MAX_PROGRAM },
        }
    }

    /// What the engine shall run if the learner's programs are these, in the order of the hosts.
    pub fn plan(&self, programs: Vec<String>) -> Result<Plan, Refusal> {
        let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        if programs.len() != self.hosts.len() {
            let (expected, got) = (count(self.hosts.len()), count(programs.len()));
            return Err(Refusal::WrongNumberOfPrograms { expected, got });
        }
        for (host, program) in self.hosts.iter().zip(&programs) {
            if program.len() > MAX_PROGRAM as usize {
                let (bytes, limit) = (program.len() as u64, u64::from(MAX_PROGRAM));
                return Err(Refusal::ProgramTooLarge { file: host.program.clone(), bytes, limit });
            }
        }
        let hosts = self.hosts.iter().zip(programs).map(|(host, program)| host.plan(program)).collect();
        Ok(Plan { hosts, wire: self.wire.clone(), limits: self.limits.values.clone() })
    }

    /// What the engine shall run if the learner changed nothing.
    pub fn plan_as_shipped(&self) -> Plan {
        let hosts = self.hosts.iter().map(|host| host.plan(host.source.clone())).collect();
        Plan { hosts, wire: self.wire.clone(), limits: self.limits.values.clone() }
    }

    fn prose(&self, lang: Lang) -> &Prose {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

impl LessonHost {
    fn plan(&self, program: String) -> HostPlan {
        let file = File { name: self.program.clone(), bytes: program.into() };
        HostPlan { after: self.after.clone(), ..python(&self.name, self.addr, file, &self.args) }
    }

    fn exercise(&self) -> ExerciseHost {
        let spec = HostSpec {
            name: self.name.clone(),
            addr: self.addr,
            prefix_len: PREFIX_LEN,
            mac: [0; 6], // the engine gives it one when it runs; before that the host has no device
            program: self.program.clone(),
            visitor: false,
            addr6: None,
        };
        ExerciseHost { spec, source: self.source.clone(), port: self.port }
    }
}

/// A host that runs one Python program with arguments.
pub fn python(name: &str, addr: Ipv4Addr, program: File, args: &[String]) -> HostPlan {
    let mut host = HostPlan::python(name, addr, &program.name, program.bytes);
    host.prefix_len = PREFIX_LEN;
    host.argv.extend_from_slice(args);
    host
}
