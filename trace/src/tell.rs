//! Each step of a run in a sentence or two: what the kernel did, and why.
//!
//! The words live here and not with the page's, because they are tested together with what they tell, on whole traces,
//! and because the command line and exports tell steps too. They are one table of data for both languages
//! ([`words`]), so that a page could load one language apart.

mod call;
mod errors;
mod frame;
mod socket;
mod words;

pub use errors::meaning;

use std::fmt::{Display, Write};

use crate::because::{self, Because};
use crate::bytes::Bytes;
use crate::event::host::{ExitStatus, Limit};
use crate::event::signal::{self, Disposition};
use crate::event::socket::{Readiness, Snapshot};
use crate::event::{Event, Fact};
use crate::id::{CallId, HostId, SocketId, ThreadId};
use crate::ladder::quoted;
use crate::lesson::Lang;
use crate::model::{Call, Frame, Model};
use crate::time::Readable;
use words::Say;

/// How many characters of a program's data a sentence shows.
const TEXT: usize = 32;

/// Tells the last of these events. `model` is the world after it.
pub fn tell(events: &[Event], model: &Model, lang: Lang) -> String {
    let Some(event) = events.last() else { return String::new() };
    let mut telling = Telling { events, event, model, lang, text: String::new() };
    telling.event();
    telling.text
}

/// A step that is being told.
struct Telling<'a> {
    events: &'a [Event],
    event: &'a Event,
    model: &'a Model,
    lang: Lang,
    text: String,
}

/// An argument of a sentence.
type Arg<'a> = (&'a str, &'a dyn Display);

/// A text with arguments in the place of the names in braces.
pub fn fill(text: &str, args: &[(&str, &dyn Display)]) -> String {
    let mut out = String::new();
    put(text, args, &mut out);
    out
}

/// Puts arguments in for the names in braces.
fn put(text: &str, args: &[Arg], out: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        if let Some((_, value)) = args.iter().find(|(arg, _)| *arg == name) {
            write!(out, "{value}").expect("a String takes all");
        }
        rest = after;
    }
    out.push_str(rest);
}

impl<'a> Telling<'a> {
    /// Adds a sentence.
    fn say(&mut self, what: Say, args: &[Arg]) {
        // Chinese has no spaces between sentences.
        if self.lang == Lang::En && !self.text.is_empty() {
            self.text.push(' ');
        }
        put(what.text(self.lang), args, &mut self.text);
    }

    /// A small phrase.
    fn phrase(&self, text: [&str; 2], args: &[Arg]) -> String {
        fill(text[self.lang as usize], args)
    }

    fn event(&mut self) {
        let model = self.model;
        match &self.event.fact {
            Fact::RunStarted { hosts, .. } => self.say(Say::RunStarted, &[("count", &hosts.len())]),
            Fact::HostReady { host } => {
                if let Some(ready) = model.host(*host) {
                    self.say(Say::HostReady, &[("host", &ready.spec.name), ("address", &ready.spec.addr)]);
                }
            }
            Fact::ProgramGiven { host, text } => {
                let program = model.host(*host).map_or("?", |host| &host.spec.program);
                let lines = text.lines().count();
                self.say(Say::Given, &[("program", &program), ("host", &self.host(*host)), ("lines", &lines)]);
            }
            Fact::ThreadStarted { thread, process, parent, host, .. } => {
                let (program, host) = (self.program(*thread), self.host(*host));
                let parent = parent.and_then(|parent| model.threads.get(&parent));
                match parent {
                    None => self.say(Say::ProgramStarted, &[("program", &program), ("host", &host)]),
                    Some(parent) if parent.process == *process => {
                        self.say(Say::ThreadStarted, &[("program", &program)]);
                    }
                    Some(_) => self.say(Say::Forked, &[("program", &program)]),
                }
            }
            Fact::ProgramExecuted { thread, path } => {
                self.say(Say::Executed, &[("program", &self.program(*thread)), ("path", path)]);
            }
            Fact::ThreadEnded { thread, status } => {
                self.say(Say::ThreadEnded, &[("program", &self.program(*thread)), ("status", &exit(*status))]);
            }
            Fact::CompilerStarted { host } => {
                let program = model.host(*host).map_or("?", |host| &host.spec.program);
                self.say(Say::CompilerStarted, &[("program", &program)]);
            }
            Fact::CompilerEnded { host, status } => {
                let program = model.host(*host).map_or("?", |host| &host.spec.program);
                let say = if *status == ExitStatus::Exited(0) { Say::Compiled } else { Say::NotCompiled };
                self.say(say, &[("program", &program), ("status", &exit(*status))]);
            }
            Fact::ProgramEnded { host, status } => {
                let program = model.host(*host).map_or("?", |host| &host.spec.program);
                self.say(Say::ProgramEnded, &[("program", &program), ("status", &exit(*status))]);
            }
            Fact::Typed { host, bytes } => {
                self.say(Say::Typed, &[("text", &text(bytes)), ("host", &self.host(*host))]);
            }
            Fact::Printed { host, bytes } => {
                self.say(Say::Printed, &[("text", &text(bytes)), ("host", &self.host(*host))]);
            }
            Fact::CallEntered { call, .. } => self.with_call(*call, Self::entered),
            Fact::CallHeld { call, .. } => self.with_call(*call, |told, call| told.about(Say::Held, call)),
            Fact::CallResumed { call } => self.with_call(*call, |told, call| told.about(Say::Resumed, call)),
            Fact::CallReturned { call, .. } => self.with_call(*call, Self::returned),
            Fact::CallAbandoned { call } => self.with_call(*call, |told, call| told.about(Say::Abandoned, call)),
            Fact::SocketSeen { socket, .. } => self.seen(*socket),
            Fact::SocketChanged { socket, snapshot } => self.changed(*socket, snapshot),
            Fact::SocketGone { socket } => {
                let host = model.sockets.get(socket).map(|socket| self.host(socket.host)).unwrap_or_default();
                self.say(Say::SocketGone, &[("host", &host), ("name", &self.socket_name(*socket))]);
            }
            Fact::EpollChanged { epfd, interest, .. } => {
                let each = |one: &crate::event::socket::Interest| format!("fd {} {}", one.fd, one.names());
                let list = interest.iter().map(each).collect::<Vec<_>>().join(", ");
                if list.is_empty() {
                    self.say(Say::EpollNothing, &[("fd", epfd)]);
                } else {
                    self.say(Say::EpollWatches, &[("fd", epfd), ("list", &list)]);
                }
            }
            Fact::FrameSent { frame, .. } | Fact::FrameLooped { frame, .. } => {
                self.with_frame(*frame, |told, frame| {
                    told.sent(frame);
                    if frame.looped {
                        told.say(Say::Looped, &[("from", &told.host(frame.host))]);
                    }
                });
            }
            Fact::FrameMade { how, .. } => self.made(*how),
            Fact::FrameDelivered { frame, host } => self.with_frame(*frame, |told, frame| told.arrived(frame, *host)),
            Fact::FrameLost { frame, host, cause } => {
                self.with_frame(*frame, |told, frame| told.lost(frame, *host, *cause));
            }
            Fact::FrameHeld { frame, .. } => self.with_frame(*frame, |told, frame| {
                told.say(Say::FrameHeld, &[("what", &frame::name(frame))]);
            }),
            Fact::FrameReleased { frame, host } => self.with_frame(*frame, |told, frame| {
                told.say(Say::FrameReleased, &[("what", &frame::name(frame)), ("to", &told.host(*host))]);
            }),
            Fact::HoldFull { frames, .. } => self.say(Say::HoldFull, &[("count", frames)]),
            Fact::WireChanged { .. } => self.say(Say::WireChanged, &[]),
            Fact::HostUnplugged { host } => self.say(Say::Unplugged, &[("host", &self.host(*host))]),
            Fact::HostPlugged { host } => self.say(Say::Plugged, &[("host", &self.host(*host))]),
            Fact::LimitReached { limit, .. } => self.limit(*limit),
            Fact::Missed { count, .. } => self.say(Say::Missed, &[("count", count)]),
            Fact::RunEnded { .. } => self.say(Say::RunEnded, &[]),
            Fact::SignalDelivered { thread, signal, disposition, .. } => {
                self.signal(*thread, *signal, *disposition);
            }
        }
    }

    fn signal(&mut self, thread: ThreadId, signal: i32, disposition: Disposition) {
        const SIGPIPE: i32 = 13;
        self.say(Say::Signal, &[("program", &self.program(thread)), ("signal", &signal::name(signal))]);
        if signal == SIGPIPE {
            self.say(Say::SignalPipe, &[]);
        }
        match disposition {
            Disposition::Ignored => self.say(Say::SignalIgnored, &[]),
            Disposition::Caught => self.say(Say::SignalCaught, &[]),
            Disposition::Default => self.say(Say::SignalDefault, &[]),
            Disposition::Unknown => {}
        }
    }

    fn limit(&mut self, limit: Limit) {
        let (what, amount) = match limit {
            Limit::Wall(span) => (words::LIMITS[0], Readable(span).to_string()),
            Limit::Cpu(span) => (words::LIMITS[1], Readable(span).to_string()),
            Limit::ProcessCpu(span) => (words::LIMITS[2], Readable(span).to_string()),
            Limit::Output(count) => (words::LIMITS[3], count.to_string()),
            Limit::Frames(count) => (words::LIMITS[4], count.to_string()),
            Limit::Events(count) => (words::LIMITS[5], count.to_string()),
            Limit::Memory(count) => (words::LIMITS[6], count.to_string()),
            Limit::Processes(count) => (words::LIMITS[7], count.to_string()),
            Limit::OpenFiles(count) => (words::LIMITS[8], count.to_string()),
            Limit::Disk(count) => (words::LIMITS[9], count.to_string()),
            Limit::Trace(count) => (words::LIMITS[10], count.to_string()),
        };
        let limit = self.phrase(what, &[("n", &amount)]);
        self.say(Say::Limit, &[("limit", &limit)]);
    }

    fn with_call(&mut self, call: CallId, tell: impl FnOnce(&mut Self, &Call)) {
        if let Some(call) = self.model.call(call) {
            tell(self, call);
        }
    }

    fn with_frame(&mut self, frame: crate::id::FrameId, tell: impl FnOnce(&mut Self, &'a Frame)) {
        if let Some(frame) = self.model.frames.get(&frame) {
            tell(self, frame);
        }
    }

    /// A host's name.
    fn host(&self, host: HostId) -> &'a str {
        self.model.name(host)
    }

    /// The program that a task runs.
    fn program(&self, thread: ThreadId) -> &'a str {
        let host = self.model.threads.get(&thread).and_then(|thread| self.model.host(thread.host));
        host.map_or("?", |host| &host.spec.program)
    }

    /// A task by its program; by its number too, where the program has several.
    fn who(&self, thread: ThreadId) -> String {
        let program = self.program(thread);
        match self.model.threads.get(&thread) {
            Some(task) if task.parent.is_some() => {
                self.phrase(words::THREAD, &[("program", &program), ("tid", &task.tid)])
            }
            _ => program.to_owned(),
        }
    }

    /// What a socket was like before this event.
    fn before(&self, socket: SocketId) -> Option<&'a Snapshot> {
        let earlier = self.events.split_last()?.1;
        earlier.iter().rev().find_map(|event| match &event.fact {
            Fact::SocketSeen { socket: id, snapshot, .. } | Fact::SocketChanged { socket: id, snapshot }
                if *id == socket =>
            {
                Some(snapshot)
            }
            _ => None,
        })
    }

    /// Why the event happened, which is of this host.
    fn because(&self, host: HostId) -> Because {
        because::of(self.events, self.events.len() - 1, host, self.model)
    }

    /// `readable, writable`
    fn ready(&self, ready: Readiness) -> String {
        let names: Vec<_> = words::READY
            .iter()
            .filter(|[en, _]| ready.words().any(|word| word == *en))
            .map(|names| names[self.lang as usize])
            .collect();
        match (&names[..], self.lang) {
            ([], lang) => words::NOT_READY[lang as usize].to_owned(),
            (names, Lang::En) => names.join(", "),
            (names, Lang::Zh) => names.join("、"),
        }
    }
}

fn exit(status: ExitStatus) -> String {
    match status {
        ExitStatus::Exited(code) => format!("exit {code}"),
        ExitStatus::Signaled(number) => signal::name(number),
        ExitStatus::Unknown => "?".into(),
    }
}

fn text(bytes: &Bytes) -> String {
    quoted(&crate::bytes::Clipped::of(&bytes.0, bytes.0.len()), TEXT)
}

#[cfg(test)]
mod tests;
