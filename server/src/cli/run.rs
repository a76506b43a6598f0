//! `socklab run`: a lesson or programs of one's own, run here, with the trace printed as it grows.
//!
//! The main thread prints, records and answers programs that wait for input. Everything reaches it through one channel:
//! events from the engine, lines from standard input, and the interrupt.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use lab::plan::File;
use lab::{HostPlan, Limits, Plan};
use trace::event::host::{Cause, ExitStatus, WireSettings};
use trace::event::wire::{Action, Rule};
use trace::event::{Event, Fact};
use trace::filter::Filter;
use trace::id::HostId;
use trace::lesson::Lang;
use trace::protocol::Breakpoints;

use super::keyboard::{self, Keyboard, Scripted};
use super::output::Output;
use super::recording::Recorder;
use super::step::{self, Break, Step};
use super::wire;
use crate::lessons::{self, Lesson, Library};

/// When nothing happened for this long, a call that has not returned gets its line, so that a person sees what a program
/// waits for; and programs that wait for input get it.
const QUIET: Duration = Duration::from_millis(50);

/// The last number of the first address that programs without one get.
const FIRST_ADDRESS: u8 = 4;

/// In a run that is never quiet, programs get their input as often as this.
const BUSY: Duration = Duration::from_secs(1);

/// The exit code of a run that was interrupted: 128 and SIGINT's number, as a shell has it.
const INTERRUPTED: u8 = 130;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A lesson's folder, or the name of a lesson in the binary: `lessons/02-tcp`, `02-tcp`. Or programs of your own, each
    /// on a host that is named after its file, at 192.168.1.4, .5 and so on: `server.c client.py`.
    #[arg(required_unless_present = "host", conflicts_with = "host", value_name = "LESSON|FILE…")]
    lesson: Vec<PathBuf>,
    /// A host with its address and program; words after the file are the program's arguments. Repeatable.
    #[arg(long, value_name = "NAME=ADDR:FILE [ARG…]")]
    host: Vec<HostArg>,
    /// The language of the lesson's title.
    #[arg(long, default_value = "en")]
    lang: Lang,
    /// How the wire behaves, in every direction: 'delay=12ms jitter=3ms loss=5% duplicate=1% reorder=1% bandwidth=1Mbit'.
    #[arg(long, value_name = "SETTINGS")]
    wire: Option<String>,
    /// What the network does to some frames: one-byte, split, split=3, coalesce, slow-reader=256, silence=2s, reset,
    /// fin-lost, disorder; then to which frames, as in 'one-byte from client'. Repeatable.
    #[arg(long, value_name = "RULE [FILTER]")]
    schedule: Vec<Rule>,
    /// Frames to hold on the wire until you type `wire release all` or `wire drop 3`: 'tcp.syn'.
    /// Repeatable.
    #[arg(long, value_name = "FILTER")]
    hold: Vec<Filter>,
    /// Hold this host's program at the entry of these calls, and show its local variables. Type `step HOST` to go on to
    /// the next one, `go HOST` to let it run. Repeatable.
    #[arg(long = "break", value_name = "HOST=CALL,CALL|every")]
    breaks: Vec<Break>,
    /// A host whose program starts only once the other one serves: client=server. Repeatable.
    #[arg(long, value_name = "HOST=OTHER", value_parser = pair)]
    after: Vec<(String, String)>,
    /// The seed of the wire's random choices. Every trace says which one its run had.
    #[arg(long)]
    seed: Option<u64>,
    /// The largest IP packet, in bytes.
    #[arg(long)]
    mtu: Option<u16>,
    /// Stop the run after this time: 30s, 2min.
    #[arg(long, value_parser = humantime::parse_duration)]
    time_limit: Option<Duration>,
    /// Text to type when this host's program waits for input: client="hello\n". Repeatable; typed in order.
    #[arg(long = "type", value_name = "HOST=TEXT")]
    script: Vec<Scripted>,
    /// Print the events as JSON, one per line.
    #[arg(long)]
    json: bool,
    /// Keep the trace in this file; `socklab replay` prints it again.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// `server=192.168.1.4:server.py`
#[derive(Clone, Debug)]
struct HostArg {
    name: String,
    addr: Ipv4Addr,
    file: PathBuf,
    args: Vec<String>,
}

impl FromStr for HostArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, rest) = text.split_once('=').ok_or("write it as NAME=ADDR:FILE")?;
        let (addr, command) = rest.split_once(':').ok_or("write it as NAME=ADDR:FILE")?;
        let addr = addr.parse().map_err(|_| format!("{addr:?} is not an IPv4 address"))?;
        let mut words = command.split_whitespace().map(str::to_owned);
        let file = words.next().ok_or("there is no file after the address")?.into();
        Ok(Self { name: name.to_owned(), addr, file, args: words.collect() })
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (host, other) = text.split_once('=').ok_or("write it as HOST=OTHER")?;
    Ok((host.to_owned(), other.to_owned()))
}

/// What the main thread hears.
#[expect(clippy::large_enum_variant, reason = "nearly all of them are events")]
pub(super) enum Heard {
    Event(Event),
    /// A line from standard input, without its end; `None` when there are no more.
    Line(Option<String>),
    Interrupt,
}

pub(super) fn execute(args: Args) -> anyhow::Result<ExitCode> {
    let plan = plan(&args)?;
    let names: Vec<_> = plan.hosts.iter().map(|host| host.name.clone()).collect();
    let mut settings = plan.wire.clone();
    let mut keyboard = Keyboard::new(names.clone(), args.script)?;
    let mut recorder = args.record.as_deref().map(Recorder::create).transpose()?;
    let mut output = Output::new(args.json);

    let (heard, inbox) = mpsc::channel();
    let for_signal = heard.clone();
    let mut interrupts = 0;
    ctrlc::set_handler(move || {
        interrupts += 1;
        // The first asks the engine to end the run. The second is from somebody who doesn't want to wait for that; the
        // sandboxes end with this process.
        if interrupts > 1 {
            std::process::exit(i32::from(INTERRUPTED));
        }
        let _ = for_signal.send(Heard::Interrupt);
    })
    .context("cannot catch Ctrl-C")?;
    let for_sink = heard.clone();
    let run = lab::start(plan, Box::new(move |event| drop(for_sink.send(Heard::Event(event)))))
        .context("the run could not be started; `socklab doctor` looks for the reason")?;
    keyboard::listen(heard)?;

    let mut verdict = Verdict::default();
    let mut typed = Instant::now();
    while verdict.cause.is_none() {
        match inbox.recv_timeout(QUIET) {
            Ok(Heard::Event(event)) => {
                output.event(&event)?;
                if let Some(recorder) = &mut recorder {
                    recorder.event(&event)?;
                }
                keyboard.event(&event.fact);
                if let Fact::RunStarted { wire, .. } | Fact::WireChanged { wire } = &event.fact {
                    settings.clone_from(wire);
                }
                verdict.event(event.fact);
            }
            Ok(Heard::Line(Some(line))) if let Some(command) = wire::command(&line, &settings, &names) => {
                // Told where the trace is told, but not as a part of it.
                let done = command.map_err(anyhow::Error::msg).and_then(|command| Ok(run.wire(command)?));
                if let Err(error) = done {
                    eprintln!("{error}");
                }
            }
            Ok(Heard::Line(Some(line))) if let Some(step) = step::command(&line, &names) => {
                let done = step.and_then(|step| match step {
                    Step::Next(host) => Ok(run.next(host)?),
                    Step::Go(host) => Ok(run.break_at(host, Breakpoints::Never)?),
                });
                if let Err(error) = done {
                    eprintln!("{error}");
                }
            }
            Ok(Heard::Line(line)) => keyboard.line(line),
            Ok(Heard::Interrupt) => {
                verdict.interrupted = true;
                run.stop(Cause::Stopped);
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                if let Some(recorder) = &mut recorder {
                    recorder.settle()?;
                }
                output.settle()?;
                type_into(&run, &mut keyboard);
                typed = Instant::now();
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
        if typed.elapsed() > BUSY {
            type_into(&run, &mut keyboard);
            typed = Instant::now();
        }
    }
    run.wait();
    recorder.map(Recorder::finish).transpose()?;
    output.settle()?;
    Ok(verdict.exit_code())
}

/// A person types when the prompt is there and nothing moves any more; a script that was quicker could send to a server
/// that is still about to bind its socket.
fn type_into(run: &lab::Run, keyboard: &mut Keyboard) {
    for (host, bytes) in keyboard.due() {
        let _ = run.type_into(host, bytes); // a program that ended since then does not mind
    }
}

fn plan(args: &Args) -> anyhow::Result<Plan> {
    let mut plan = match args.lesson.as_slice() {
        [lesson] if !lesson.is_file() => {
            let lesson = lesson_at(lesson)?;
            let card = lesson.card(args.lang);
            eprintln!("{} · {}", card.number, card.title);
            lesson.plan_as_shipped()
        }
        _ => Plan { hosts: Vec::new(), wire: WireSettings::default(), limits: Limits::default() },
    };
    if plan.hosts.is_empty() {
        for (file, last) in args.lesson.iter().zip(FIRST_ADDRESS..) {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().replace(['_', '.'], "-");
            plan.hosts.push(host(&stem, Ipv4Addr::new(192, 168, 1, last), file)?);
        }
        // The first serves the others.
        let first = plan.hosts.first().map(|host| host.name.clone());
        plan.hosts.iter_mut().skip(1).for_each(|host| host.after.clone_from(&first));
    }
    for HostArg { name, addr, file, args } in &args.host {
        let mut host = host(name, *addr, file)?;
        host.argv.extend_from_slice(args);
        plan.hosts.push(host);
    }
    if let Some(words) = &args.wire {
        plan.wire.link.set_all(words).context("--wire")?;
    }
    let holds = args.hold.iter().map(|filter| Rule { action: Action::Hold, filter: filter.clone() });
    plan.wire.rules.extend(args.schedule.iter().cloned().chain(holds));
    let names: Vec<_> = plan.hosts.iter().map(|host| host.name.clone()).collect();
    for Break { host, at } in &args.breaks {
        let host = step::host_named(host, &names).context("--break")?;
        plan.hosts[usize::from(host.0)].breakpoints = at.clone();
    }
    for (host, other) in &args.after {
        let host = step::host_named(host, &names).context("--after")?;
        plan.hosts[usize::from(host.0)].after = Some(other.clone());
    }
    plan.wire.seed = args.seed.or(plan.wire.seed);
    plan.wire.mtu = args.mtu.unwrap_or(plan.wire.mtu);
    plan.limits.wall = args.time_limit.unwrap_or(plan.limits.wall);
    Ok(plan)
}

/// A host that runs a program of one's own.
fn host(name: &str, addr: Ipv4Addr, file: &Path) -> anyhow::Result<HostPlan> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read the program {}", file.display()))?;
    let program = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(lessons::host(name, addr, File { name: program, bytes }))
}

fn lesson_at(path: &Path) -> anyhow::Result<Lesson> {
    let (library, id) = if path.is_dir() {
        let library = Library::of_one(path)?;
        let id = library.lessons().first().map(|lesson| lesson.id.clone()).unwrap_or_default();
        (library, id)
    } else {
        (Library::embedded(), path.to_string_lossy().into_owned())
    };
    if let Some(broken) = library.broken().iter().find(|broken| path.is_dir() || broken.id == id) {
        let faults: Vec<_> = broken.faults.iter().map(ToString::to_string).collect();
        bail!("the lesson {} cannot be run:\n  {}", broken.id, faults.join("\n  "));
    }
    let known = || library.lessons().iter().map(|lesson| lesson.id.as_str()).collect::<Vec<_>>().join(", ");
    let lesson = library.get(&id);
    ensure!(lesson.is_some(), "there is no folder and no lesson {}; the lessons are {}", path.display(), known());
    lesson.cloned().context("looked up above")
}

/// How the run went.
#[derive(Debug, Default)]
struct Verdict {
    cause: Option<Cause>,
    failed: Vec<HostId>,
    interrupted: bool,
}

impl Verdict {
    fn event(&mut self, fact: Fact) {
        match fact {
            Fact::ProgramEnded { host, status } if status != ExitStatus::Exited(0) => self.failed.push(host),
            Fact::RunEnded { cause } => self.cause = Some(cause),
            _ => {}
        }
    }

    /// Success is that every program ended by itself and without an error.
    fn exit_code(&self) -> ExitCode {
        match &self.cause {
            _ if self.interrupted => ExitCode::from(INTERRUPTED),
            Some(Cause::Finished) if self.failed.is_empty() => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_on_the_command_line() {
        let host: HostArg = "client=192.168.1.7:c.py 192.168.1.4 18888".parse().unwrap();
        assert_eq!((host.name.as_str(), host.addr), ("client", Ipv4Addr::new(192, 168, 1, 7)));
        assert_eq!((host.file, host.args), (PathBuf::from("c.py"), vec!["192.168.1.4".into(), "18888".into()]));
        let fault = |text: &str| text.parse::<HostArg>().unwrap_err();
        assert_eq!(fault("server"), "write it as NAME=ADDR:FILE");
        assert_eq!(fault("server=x.py"), "write it as NAME=ADDR:FILE");
        assert_eq!(fault("server=1.2.3:x.py"), "\"1.2.3\" is not an IPv4 address");
        assert_eq!(fault("server=1.2.3.4: "), "there is no file after the address");
    }
}
