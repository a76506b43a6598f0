//! From a folder's texts to a [`Lesson`], or to every fault in them with its file, its line and its mend. No I/O.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use lab::Limits;
use lab::plan::PlanError;
use toml::Spanned;
use trace::event::wire::{Direction, Link, Rule, WireSettings};
use trace::lesson::Lang;

use super::exercise::Programs;
use super::figures;
use super::format::{HostToml, LessonToml, LinkWords, WireToml};
use super::glossary::Term;
use super::prose::{self, Prose};
use super::{Lesson, LessonHost, LessonLimits, MAX_PROGRAM, PREFIX_LEN, PROGRAM, Program};
use crate::limits::{self, Scalar};

mod ask;

/// The file that says what a lesson consists of.
pub const LESSON_FILE: &str = "lesson.toml";

/// A lesson's folder: paths of files in it, and their contents.
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

/// Reads the lesson `id` from its folder. All faults are told at once.
pub fn parse(id: &str, folder: &Folder, terms: &[Term]) -> Result<Lesson, Vec<Fault>> {
    let toml = folder.get(LESSON_FILE).map_or("", |bytes| std::str::from_utf8(bytes).unwrap_or(""));
    let mut reader = Reader { folder, terms, toml, faults: Vec::new() };
    let lesson = reader.lesson(id);
    match lesson {
        Some(lesson) if reader.faults.is_empty() => Ok(lesson),
        _ => Err(reader.faults),
    }
}

struct Reader<'a> {
    folder: &'a Folder,
    terms: &'a [Term],
    /// The text of [`LESSON_FILE`].
    toml: &'a str,
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
        let wire_line = toml.wire.as_ref().map(|wire| self.line(wire));
        let wire = self.wire(toml.wire.map(Spanned::into_inner).unwrap_or_default());
        let limits = self.limits(&toml.limits);
        let visitor = toml.visitor.and_then(|visitor| self.addr(&visitor.addr));
        let lines: Vec<u32> = toml.hosts.iter().map(|host| self.line(host)).collect();
        let hosts = self.hosts(toml.hosts)?;
        let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
        let predictions = self.predictions(toml.predictions, &names);
        let checks = self.checks(toml.checks, &names);
        let grade = self.grade(&toml.grade);
        let expect = self.expect(toml.expect, &checks);
        let claims = self.claims(toml.claims, &hosts, &wire);
        let lesson = Lesson {
            id: id.to_owned(),
            number: toml.number,
            minutes: toml.minutes,
            hosts,
            wire,
            visitor,
            limits,
            predictions,
            checks,
            hints: toml.hints,
            grade,
            expect,
            claims,
            solution: self.programs("solution/"),
            wrong: self.wrong(),
            figures: self.folder.keys().filter(|path| path.starts_with(figures::FOLDER)).cloned().collect(),
            en: en?,
            zh: zh?,
        };
        // The engine's own rules about names and addresses, asked now rather than when a learner presses Run.
        for plan in [lesson.plan_as_shipped(), lesson.graded_plan(&lesson.starting(), None)] {
            if let Err(error) = plan.check() {
                let line = if matches!(error, PlanError::Wire(_)) { wire_line } else { lines.first().copied() };
                self.fault(LESSON_FILE, line, &error.to_string(), "");
                break;
            }
        }
        Some(lesson)
    }

    fn hosts(&mut self, hosts: Vec<Spanned<HostToml>>) -> Option<Vec<LessonHost>> {
        let hosts = hosts.into_iter().map(|host| self.host(host.into_inner())).collect::<Vec<_>>();
        hosts.into_iter().collect()
    }

    fn host(&mut self, toml: HostToml) -> Option<LessonHost> {
        let addr = self.addr(&toml.addr);
        let addr6 = toml.addr6.as_ref().map(|addr6| addr6.get_ref().parse::<Ipv6Addr>());
        if let (Some(Err(_)), Some(addr6)) = (&addr6, &toml.addr6) {
            let what = format!("{:?} is not an IPv6 address", addr6.get_ref());
            self.fault(LESSON_FILE, Some(self.line(addr6)), &what, "write it as fd00::4");
        }
        if let Some(command) = &toml.command
            && !command.get_ref().iter().any(|word| word.contains(PROGRAM))
        {
            let what = format!("the command of host {:?} does not run its program", toml.name);
            let line = Some(self.line(command));
            self.fault(LESSON_FILE, line, &what, "write {program} where the file's name goes");
        }
        let program = self.program(&toml.name, &toml.program);
        let grader = match &toml.grader {
            Some(grader) => Some(self.program(&toml.name, grader)?),
            None => None,
        };
        let files = toml.files.iter().map(|file| self.program(&toml.name, file)).collect::<Option<_>>()?;
        let command = toml.command.map(Spanned::into_inner);
        let HostToml { name, prefix, raw, args, port, after, typed, hidden, graded, .. } = toml;
        let (addr, addr6, program) = (addr?, addr6.transpose().ok()?, program?);
        Some(LessonHost {
            name,
            addr,
            prefix_len: prefix.unwrap_or(PREFIX_LEN),
            addr6,
            raw,
            program,
            command,
            args,
            files,
            port,
            after,
            typed,
            hidden,
            grader,
            graded,
        })
    }

    /// A program of a host, from its file.
    fn program(&mut self, host: &str, path: &Spanned<String>) -> Option<Program> {
        let line = Some(self.line(path));
        let path = path.get_ref();
        let Some(bytes) = self.folder.get(path) else {
            let what = format!("the file {path:?} of host {host:?} is not in the folder");
            self.fault(LESSON_FILE, line, &what, "add the file, or correct its name");
            return None;
        };
        if bytes.len() > MAX_PROGRAM as usize {
            let what = format!("{} bytes; a program has at most {MAX_PROGRAM}", bytes.len());
            self.fault(path, None, &what, "shorten it");
        }
        let source = self.text(path, "")?;
        let file = path.rsplit('/').next().unwrap_or(path).to_owned();
        Some(Program { file, source })
    }

    /// The programs in a folder of the lesson's.
    fn programs(&mut self, under: &str) -> Programs {
        let inside = |path: &&String| path.strip_prefix(under).is_some_and(|file| !file.contains('/'));
        let paths: Vec<String> = self.folder.keys().filter(inside).cloned().collect();
        let read = |path: String| Some((path[under.len()..].to_owned(), self.text(&path, "")?));
        paths.into_iter().filter_map(read).collect()
    }

    fn wrong(&mut self) -> BTreeMap<String, Programs> {
        let names: std::collections::BTreeSet<String> = self
            .folder
            .keys()
            .filter_map(|path| path.strip_prefix("wrong/")?.split_once('/').map(|(name, _)| name.to_owned()))
            .collect();
        names.into_iter().map(|name| (name.clone(), self.programs(&format!("wrong/{name}/")))).collect()
    }

    fn addr(&mut self, addr: &Spanned<String>) -> Option<Ipv4Addr> {
        let parsed = addr.get_ref().parse();
        if parsed.is_err() {
            let what = format!("{:?} is not an IPv4 address", addr.get_ref());
            self.fault(LESSON_FILE, Some(self.line(addr)), &what, "write it as 192.168.1.4");
        }
        parsed.ok()
    }

    fn prose(&mut self, lang: Lang) -> Option<Prose> {
        let file = format!("{lang}.md");
        let text = self.text(&file, "every lesson is written in every language of the course")?;
        match prose::parse(&text, lang, self.terms, self.folder) {
            Ok(prose) => Some(prose),
            Err(error) => {
                self.fault(&file, Some(error.line), &error.what, &error.mend);
                None
            }
        }
    }

    fn limits(&mut self, table: &limits::Table) -> LessonLimits {
        let mut values = Limits::default();
        for (place, fault) in limits::set_all(&mut values, table) {
            self.fault(LESSON_FILE, Some(line_at(self.toml, place)), &fault.to_string(), "");
        }
        let line = |(name, value): (&String, &Spanned<Scalar>)| (name.clone(), self.line(value));
        LessonLimits { values, asked: table.iter().map(line).collect() }
    }

    fn duration(&mut self, value: Option<&Spanned<String>>) -> Option<Duration> {
        let value = value?;
        let parsed = humantime::parse_duration(value.get_ref());
        if parsed.is_err() {
            let what = format!("{:?} is not a span of time", value.get_ref());
            self.fault(LESSON_FILE, Some(self.line(value)), &what, "write it as \"5ms\" or \"2min\"");
        }
        parsed.ok()
    }

    fn wire(&mut self, mut toml: WireToml) -> WireSettings {
        let mut wire = WireSettings { mtu: toml.mtu.unwrap_or(1500), seed: toml.seed, ..WireSettings::default() };
        wire.link = self.link(wire.link, toml.words());
        for mut own in toml.link {
            // What it does not say is as in the other directions.
            let link = self.link(wire.link, own.words());
            wire.directions.push(Direction { from: own.from, to: own.to, link });
        }
        let holds = toml.hold.into_iter().map(|hold| ("hold ", hold));
        for (before, words) in toml.schedule.into_iter().map(|words| ("", words)).chain(holds) {
            match format!("{before}{}", words.get_ref()).parse::<Rule>() {
                Ok(rule) => wire.rules.push(rule),
                Err(error) => {
                    self.fault(LESSON_FILE, Some(self.line(&words)), &error.to_string(), "");
                }
            }
        }
        wire
    }

    fn link(&mut self, mut link: Link, words: LinkWords) -> Link {
        for (name, value) in words {
            let Some(value) = value else { continue };
            if let Err(error) = link.set(name, value.get_ref()) {
                self.fault(LESSON_FILE, Some(self.line(&value)), &error.to_string(), "");
            }
        }
        link
    }

    fn text(&mut self, file: &str, why: &str) -> Option<String> {
        let Some(bytes) = self.folder.get(file) else {
            self.fault(file, None, "the file is missing", why);
            return None;
        };
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.to_owned()),
            Err(error) => {
                let line = line_at(bytes, error.valid_up_to());
                self.fault(file, Some(line), "not UTF-8", "save the file as UTF-8");
                None
            }
        }
    }

    /// The line of something in [`LESSON_FILE`].
    fn line<T>(&self, spanned: &Spanned<T>) -> u32 {
        line_at(self.toml, spanned.span().start)
    }

    fn fault(&mut self, file: &str, line: Option<u32>, what: &str, mend: &str) {
        self.faults.push(Fault { file: file.to_owned(), line, what: what.to_owned(), mend: mend.to_owned() });
    }
}

/// The line of a byte, counted from 1.
pub(super) fn line_at(text: impl AsRef<[u8]>, offset: usize) -> u32 {
    let before = text.as_ref().iter().take(offset);
    before.fold(1, |line, byte| if *byte == b'\n' { line + 1 } else { line })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const WHOLE: &str = r#"number = 2

[wire]
delay = "5ms"
loss = "0.5%"

[limits]
wall = "1min"

[[hosts]]
name = "server"
addr = "192.168.1.4"
program = "server.py"
args = ["-v"]
port = 18888
"#;

    fn folder(toml: &str) -> Folder {
        let prose = "---\ntitle: T\nsummary: S\n---\n*hi*\n";
        [(LESSON_FILE, toml), ("en.md", prose), ("zh.md", prose), ("server.py", "print(1)\n")]
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
            .collect()
    }

    /// What an author is told after `find` was replaced by `replace` in a whole lesson.
    fn faults(find: &str, replace: &str) -> String {
        assert!(WHOLE.contains(find));
        told(&folder(&WHOLE.replacen(find, replace, 1)))
    }

    fn told(folder: &Folder) -> String {
        let faults = parse("02-x", folder, &[]).unwrap_err();
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_whole_lesson() {
        let lesson = parse("02-x", &folder(WHOLE), &[]).unwrap();
        assert_eq!((lesson.id.as_str(), lesson.number), ("02-x", 2));
        assert_eq!(lesson.wire, WireSettings::of("delay=5ms loss=0.5%".parse().unwrap()));
        assert_eq!(lesson.limits.values, Limits { wall: Duration::from_mins(1), ..Limits::default() });
        let page = lesson.page(Lang::Zh);
        assert_eq!((page.card.title.as_str(), page.html.as_str()), ("T", "<p><em>hi</em></p>\n"));
        let host = &page.exercise.hosts[0];
        assert_eq!((host.spec.name.as_str(), host.port, host.source.as_str()), ("server", Some(18888), "print(1)\n"));
        assert_eq!(lesson.plan_as_shipped().hosts[0].argv, ["python3", "server.py", "-v"]);
    }

    #[test]
    fn a_wire_with_directions_schedules_and_holds() {
        let more = "[wire]\nschedule = [\"one-byte to server\"]\nhold = [\"tcp.fin\"]\nmtu = 600\nseed = 7\n";
        let own = "[[wire.link]]\nfrom = \"server\"\ndelay = \"40ms\"\n[limits]";
        let text = WHOLE.replace("[wire]\n", more).replace("[limits]", own);
        let wire = parse("02-x", &folder(&text), &[]).unwrap().wire;
        assert_eq!((wire.mtu, wire.seed), (600, Some(7)));
        let rules: Vec<_> = wire.rules.iter().map(ToString::to_string).collect();
        assert_eq!(rules, ["one-byte to server", "hold tcp.fin"]);
        // What a direction does not say is as in the others.
        assert_eq!(*wire.link("server", "client"), "delay=40ms loss=0.5%".parse().unwrap());
        assert_eq!(*wire.link("client", "server"), "delay=5ms loss=0.5%".parse().unwrap());
    }

    #[test]
    fn a_visitor_is_a_host_that_runs_nothing_of_the_learners() {
        let text = WHOLE.replace("[limits]", "[visitor]\naddr = \"192.168.1.100\"\n[limits]");
        let lesson = parse("02-x", &folder(&text), &[]).unwrap();
        let plan = lesson.plan(vec!["print(1)".into()]).unwrap();
        assert_eq!((plan.hosts.len(), plan.hosts[1].visitor, plan.hosts[1].name.as_str()), (2, true, "you"));
        assert_eq!(lesson.page(Lang::En).exercise.visitor, Some([192, 168, 1, 100].into()));
        assert_eq!(lesson.page(Lang::En).exercise.hosts.len(), 1);
        insta::assert_snapshot!(faults("[limits]", "[visitor]\naddr = \"there\"\n[limits]"), @r#"lesson.toml:8: "there" is not an IPv4 address (write it as 192.168.1.4)"#);
    }

    #[test]
    fn each_fault_has_its_line_and_its_mend() {
        insta::assert_snapshot!(faults("number = 2", "nr = 2"), @"lesson.toml:1: unknown field `nr`, expected one of `number`, `minutes`, `wire`, `visitor`, `limits`, `hosts`, `predictions`, `checks`, `grade`, `hints`, `expect`, `claims`");
        insta::assert_snapshot!(faults("\"5ms\"", "\"5 seks\""), @r#"lesson.toml:4: "5 seks" is not a span of time; write it as 5ms or 2s"#);
        insta::assert_snapshot!(faults("0.5%", "120%"), @r#"lesson.toml:5: "120%" is not a percentage from 0 to 100; write it as 0.5%"#);
        insta::assert_snapshot!(faults("delay", "dealy"), @"lesson.toml:4: unknown field `dealy`, expected one of `delay`, `jitter`, `loss`, `duplicate`, `reorder`, `bandwidth`, `schedule`, `hold`, `mtu`, `seed`, `link`");
        let wire = |more: &str| {
            faults(
                "[wire]
",
                &format!(
                    "[wire]
{more}
"
                ),
            )
        };
        insta::assert_snapshot!(wire("hold = [\"tcp.sin\"]"), @r#"lesson.toml:4: "tcp.sin" is not a word of a filter; there are all, tcp, tcp.syn, tcp.ack, tcp.fin, tcp.rst, tcp.psh, tcp.data, udp, icmp, arp, from HOST, to HOST, port NUMBER"#);
        insta::assert_snapshot!(wire("schedule = [\"one-bite\"]"), @r#"lesson.toml:4: there is no rule "one-bite"; there are hold, one-byte, split, split=N, coalesce, slow-reader=BYTES, silence=TIME, reset, fin-lost=N and disorder"#);
        insta::assert_snapshot!(wire("mtu = 9000"), @"lesson.toml:3: the wire: an MTU is from 128 to 1500 bytes");
        insta::assert_snapshot!(faults("[limits]", "[[wire.link]]
from = \"clown\"
delay = \"9ms\"
[limits]"), @r#"lesson.toml:3: the wire: there is no host "clown""#);
        insta::assert_snapshot!(faults("\"1min\"", "\"soon\""), @r#"lesson.toml:8: "soon" is not a span of time for wall; write it as "30s" or "2min""#);
        insta::assert_snapshot!(faults("wall =", "wal ="), @r#"lesson.toml:8: there is no limit "wal"; there are wall, cpu, run-cpu, memory, address-space, processes, open-files, disk, output, frames, events, trace"#);
        insta::assert_snapshot!(faults("wall = \"1min\"", "processes = -1"), @r#"lesson.toml:8: "-1" is not a number for processes"#);
        insta::assert_snapshot!(faults("= 18888", "= 188888"), @"lesson.toml:15: invalid value: integer `188888`, expected u16");
        insta::assert_snapshot!(faults("192.168.1.4", "192.168.1"), @r#"lesson.toml:12: "192.168.1" is not an IPv4 address (write it as 192.168.1.4)"#);
        insta::assert_snapshot!(faults("\"server.py\"", "\"sever.py\""), @r#"lesson.toml:13: the file "sever.py" of host "server" is not in the folder (add the file, or correct its name)"#);
        insta::assert_snapshot!(faults("192.168.1.4", "192.168.1.255"), @r#"lesson.toml:10: host "server": 192.168.1.255/24 is not an address that a host can have"#);
        insta::assert_snapshot!(faults("[wire]", "[wire"), @"lesson.toml:3: unclosed table, expected `]`");
    }

    #[test]
    fn every_limit_can_be_asked_for_but_no_more_than_the_server_allows() {
        let more = "wall = \"1min\"\nmemory = \"64MiB\"\nprocesses = 12\n";
        let lesson = parse("02-x", &folder(&WHOLE.replace("wall = \"1min\"\n", more)), &[]).unwrap();
        let values = &lesson.limits.values;
        assert_eq!((values.wall, values.host_memory, values.processes), (Duration::from_mins(1), 64 << 20, 12));

        let mut capped = lesson.limits.clone();
        assert_eq!(capped.cap(&limits::most()), []);
        // What it does not ask for is lowered; what it asks for is its author's to mend.
        let caps = Limits { wall: Duration::from_secs(50), disk: 1 << 20, ..limits::most() };
        let faults = capped.cap(&caps);
        insta::assert_snapshot!(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @"lesson.toml:8: wall is 1m; this server allows 50s at most (ask for less, or have the server allow more)");
        assert_eq!(capped.values.disk, 1 << 20);
    }

    #[test]
    fn a_host_names_its_command_and_its_addresses() {
        let with = |more: &str| WHOLE.replace("port =", &format!("{more}\nport ="));
        let command = r#"command = ["nc", "-e", "./{program}"]"#;
        let lesson = parse("02-x", &folder(&with(&format!("{command}\naddr6 = \"fd00::4\""))), &[]).unwrap();
        let host = &lesson.plan_as_shipped().hosts[0];
        assert_eq!((host.argv.join(" "), host.addr6), ("nc -e ./server.py -v".into(), "fd00::4".parse().ok()));
        assert_eq!(host.prefix_len, 24);
        let wide = parse("02-x", &folder(&with("prefix = 16")), &[]).unwrap();
        assert_eq!(wide.plan_as_shipped().hosts[0].prefix_len, 16);
        insta::assert_snapshot!(told(&folder(&with(r#"command = ["nc", "-l"]"#))), @r#"lesson.toml:15: the command of host "server" does not run its program (write {program} where the file's name goes)"#);
        insta::assert_snapshot!(told(&folder(&with(r#"addr6 = "192.168.1.4""#))), @r#"lesson.toml:15: "192.168.1.4" is not an IPv6 address (write it as fd00::4)"#);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let mut folder = folder(&WHOLE.replace("5ms", "5x"));
        folder.remove("zh.md");
        folder.insert("en.md".into(), b"---\ntitle: T\n---\n".to_vec());
        folder.insert("server.py".into(), b"# ok\n# \xff\n".to_vec());
        insta::assert_snapshot!(told(&folder), @r#"
        en.md:3: no summary (add a line `summary: …` above)
        zh.md: the file is missing (every lesson is written in every language of the course)
        lesson.toml:4: "5x" is not a span of time; write it as 5ms or 2s
        server.py:2: not UTF-8 (save the file as UTF-8)
        "#);
    }

    #[test]
    fn a_folder_without_a_lesson() {
        insta::assert_snapshot!(told(&Folder::new()), @r"
        en.md: the file is missing (every lesson is written in every language of the course)
        zh.md: the file is missing (every lesson is written in every language of the course)
        lesson.toml: the file is missing (a lesson needs it: number and hosts)
        ");
    }
}
