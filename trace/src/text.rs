//! A trace as lines of text: calls as strace(1) writes them, packets as tcpdump(8) does, socket states and terminals.
//!
//! ```text
//! 0.036480 server  accept4(3, …, …, SOCK_CLOEXEC) …  [server.py:9]
//! 0.044150 client  sent SYN 40112 → 18888 seq 0 win 64240
//! ```

pub(crate) mod call;
mod packet;
mod socket;

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::bytes::Bytes;
use crate::event::call::{Outcome, Value};
use crate::event::host::{Cause, ExitStatus, HostSpec, Limit};
use crate::event::signal::{self, Disposition, SignalSource};
use crate::event::socket::{Origin, Snapshot};
use crate::event::wire::Made;
use crate::event::{Event, Fact, LossCause};
use crate::id::{CallId, FrameId, HostId, ProcessId, SocketId, ThreadId};
use crate::time::{Nanos, Readable};
use crate::wire::Streams;
use call::Call;

/// A call that took at least this long is said to have been blocked.
const BLOCKED: std::time::Duration = std::time::Duration::from_millis(1);

/// Turns events into text, one after the other.
///
/// A call gets one line if nothing else happens before it returns, and otherwise two: one that ends in `…` and one that
/// begins with it.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    hosts: Vec<HostSpec>,
    name_width: usize,
    threads: BTreeMap<ThreadId, HostId>,
    processes: BTreeMap<ProcessId, HostId>,
    calls: BTreeMap<CallId, Call>,
    /// The call that was entered last and has no line yet.
    unwritten: Option<CallId>,
    sockets: BTreeMap<SocketId, (HostId, Origin, Snapshot)>,
    frames: BTreeMap<FrameId, String>,
    streams: Streams,
}

impl Transcript {
    /// Writes what the next event says, in whole lines; possibly nothing yet.
    pub fn push(&mut self, event: &Event, out: &mut String) {
        let returned = match &event.fact {
            Fact::CallReturned { call, .. } => Some(*call),
            _ => None,
        };
        if self.unwritten.is_some() && self.unwritten != returned {
            self.settle(out);
        }
        self.fact(event.at, &event.fact, out);
    }

    /// Writes the line of a call that was entered and has not returned, if it has none yet. For whoever shows a trace
    /// while it grows, when nothing came for a while.
    pub fn settle(&mut self, out: &mut String) {
        if let Some(call) = self.unwritten.take().and_then(|call| self.calls.get_mut(&call)) {
            call.is_written = true;
            let text = format!("{} …{}", call.text(), call.place());
            let (at, host) = (call.entered, self.threads.get(&call.thread).copied());
            self.line(at, host, &text, out);
        }
    }

    fn fact(&mut self, at: Nanos, fact: &Fact, out: &mut String) {
        match fact {
            Fact::RunStarted { hosts, wire, .. } => {
                self.hosts.clone_from(hosts);
                self.name_width = hosts.iter().map(|host| host.name.chars().count()).max().unwrap_or(0);
                for (index, host) in hosts.iter().enumerate() {
                    let text = format!("is {}/{}, runs {}", host.addr, host.prefix_len, host.program);
                    self.line(at, u16::try_from(index).ok().map(HostId), &text, out);
                }
                self.line(at, None, &format!("the wire has {wire}"), out);
            }
            Fact::ThreadStarted { thread, process, host, tid, parent } => {
                self.processes.insert(*process, *host);
                self.threads.insert(*thread, *host);
                if parent.is_some() {
                    self.line(at, Some(*host), &format!("task {tid} begins"), out);
                }
            }
            Fact::ProgramExecuted { thread, path } => self.of_thread(at, *thread, &format!("executes {path}"), out),
            // All hosts are ready when the first program executes; a program's own end is `ProgramEnded`; its text is no line.
            Fact::HostReady { .. } | Fact::ThreadEnded { .. } | Fact::ProgramGiven { .. } => {}
            Fact::CompilerStarted { host } => self.line(at, Some(*host), "is being compiled", out),
            Fact::CompilerEnded { host, status } => self.line(at, Some(*host), &compiled(*status), out),
            Fact::ProgramEnded { host, status } => self.line(at, Some(*host), &ended(*status), out),
            Fact::Typed { host, bytes } => {
                self.line(at, Some(*host), &format!("typed \"{}\"", printable(bytes)), out);
            }
            Fact::Printed { host, bytes } => self.printed(at, *host, bytes, out),
            Fact::CallEntered { .. }
            | Fact::CallHeld { .. }
            | Fact::CallResumed { .. }
            | Fact::CallReturned { .. }
            | Fact::CallAbandoned { .. } => {
                self.call(at, fact, out);
            }
            Fact::SocketSeen { .. } | Fact::SocketChanged { .. } | Fact::SocketGone { .. } => {
                self.socket(at, fact, out);
            }
            Fact::EpollChanged { process, epfd, interest } => {
                let host = self.processes.get(process).copied();
                self.line(at, host, &socket::watches(*epfd, interest), out);
            }
            Fact::FrameSent { frame, host, bytes } => {
                let text = packet::describe(*host, bytes, false, &mut self.streams, &self.hosts);
                self.line(at, Some(*host), &format!("sent {text}"), out);
                self.frames.insert(*frame, text);
            }
            Fact::FrameLooped { frame, host, bytes } => {
                let text = packet::describe(*host, bytes, false, &mut self.streams, &self.hosts);
                self.line(at, Some(*host), &format!("loop {text}"), out);
                self.frames.insert(*frame, text);
            }
            Fact::SignalDelivered { thread, signal, from, disposition } => {
                let from = caused(*from);
                let does = match disposition {
                    Disposition::Default => "",
                    Disposition::Ignored => ", which it ignores",
                    Disposition::Caught => ", which it catches",
                    Disposition::Unknown => ", does with it what is not known",
                };
                self.of_thread(at, *thread, &format!("receives {}{from}{does}", signal::name(*signal)), out);
            }
            Fact::FrameMade { frame, host, how, of, bytes } => {
                let text = packet::describe(*host, bytes, true, &mut self.streams, &self.hosts);
                self.line(at, Some(*host), &format!("made {text}  ({frame}: {})", made(*how, of)), out);
                self.frames.insert(*frame, text);
            }
            Fact::FrameHeld { frame, host } => {
                self.frame(at, *host, *frame, "held", &format!("  ({frame} stays on the wire)"), out);
            }
            Fact::FrameReleased { frame, host } => {
                self.frame(at, *host, *frame, "free", &format!("  ({frame} goes on)"), out);
            }
            Fact::HoldFull { frames, bytes } => {
                let text = format!("the wire can't hold more than {frames} frames with {bytes} bytes: others go on");
                self.line(at, None, &text, out);
            }
            Fact::WireChanged { wire } => self.line(at, None, &format!("the wire has {wire} now"), out),
            Fact::HostUnplugged { host } => self.line(at, Some(*host), "is unplugged", out),
            Fact::HostPlugged { host } => self.line(at, Some(*host), "is plugged in again", out),
            Fact::FrameDelivered { frame, host } => self.frame(at, *host, *frame, "got ", "", out),
            Fact::FrameLost { frame, host, cause } => {
                let why = match cause {
                    LossCause::Chance => "  (the wire lost it)",
                    LossCause::Refused => "  (the host did not take it)",
                    LossCause::NoReceiver => "  (nobody has that address)",
                    LossCause::ByHand => "  (somebody dropped it)",
                    LossCause::Rule => "  (a rule of the wire)",
                    LossCause::Unplugged => "  (the cable is out)",
                    LossCause::Queue => "  (too many waited to be sent)",
                    LossCause::Replaced => "  (the wire sent others in its place)",
                };
                self.frame(at, *host, *frame, "lost", why, out);
            }
            Fact::LimitReached { host, limit } => {
                self.line(at, *host, &format!("limit reached: {}", limited(*limit)), out);
            }
            Fact::Missed { count, what } => self.line(at, None, &format!("missed {count} or more: {what}"), out),
            Fact::RunEnded { cause } => self.line(at, None, &over(cause), out),
        }
    }

    fn call(&mut self, at: Nanos, fact: &Fact, out: &mut String) {
        match fact {
            Fact::CallEntered { call, thread, syscall, args, place, .. } => {
                let entered = Call::new(at, *thread, *syscall, args.clone(), place.clone());
                self.calls.insert(*call, entered);
                self.unwritten = Some(*call);
            }
            Fact::CallReturned { call, outcome, filled, .. } => {
                self.unwritten.take_if(|unwritten| unwritten == call);
                let Some(mut call) = self.calls.remove(call) else { return };
                call.fill(filled);
                let resumed = if call.is_written { "… " } else { "" };
                let result = match outcome {
                    Outcome::Returned(value) => value.to_string(),
                    Outcome::Failed(errno) => format!("-1 {errno} ({})", errno.meaning()),
                };
                let took = at.since(call.entered);
                let blocked = if took >= BLOCKED { format!("  blocked {}", Readable(took)) } else { String::new() };
                let text = format!("{resumed}{} = {result}{blocked}{}", call.text(), call.place());
                let at = if call.is_written { at } else { call.entered };
                self.of_thread(at, call.thread, &text, out);
            }
            Fact::CallHeld { call, locals } => {
                self.unwritten.take_if(|unwritten| unwritten == call);
                let Some(call) = self.calls.get_mut(call) else { return };
                call.is_written = true;
                let locals: Vec<String> =
                    locals.iter().map(|local| format!("{} = {}", local.name, local.value)).collect();
                let locals = if locals.is_empty() { String::new() } else { format!("  with {}", locals.join(", ")) };
                let (thread, text) = (call.thread, format!("{} … held{}{locals}", call.text(), call.place()));
                self.of_thread(at, thread, &text, out);
            }
            Fact::CallResumed { call } => {
                if let Some(call) = self.calls.get_mut(call) {
                    call.entered = at; // what it was held does not count as blocked
                    let (thread, text) = (call.thread, format!("… {} goes on", call.text()));
                    self.of_thread(at, thread, &text, out);
                }
            }
            Fact::CallAbandoned { call } => {
                if let Some(call) = self.calls.remove(call) {
                    self.of_thread(at, call.thread, &format!("… {} never returns", call.text()), out);
                }
            }
            _ => {}
        }
    }

    fn socket(&mut self, at: Nanos, fact: &Fact, out: &mut String) {
        match fact {
            Fact::SocketSeen { socket, host, origin, snapshot } => {
                let text = format!("{} {}", socket::named(origin, snapshot), socket::standing(snapshot));
                self.line(at, Some(*host), &text, out);
                self.sockets.insert(*socket, (*host, origin.clone(), snapshot.clone()));
            }
            Fact::SocketChanged { socket, snapshot } => {
                let Some((host, origin, before)) = self.sockets.get_mut(socket) else { return };
                // A socket that lost its addresses is still known by those that it had.
                let known_by = if snapshot.local.is_some() { snapshot } else { &*before };
                let (name, changes) = (socket::named(origin, known_by), socket::changes(at, before, snapshot));
                let host = *host;
                before.clone_from(snapshot);
                if !changes.is_empty() {
                    self.line(at, Some(host), &format!("{name}: {changes}"), out);
                }
            }
            Fact::SocketGone { socket } => {
                if let Some((host, origin, last)) = self.sockets.remove(socket) {
                    self.line(at, Some(host), &format!("{} is gone", socket::named(&origin, &last)), out);
                }
            }
            _ => {}
        }
    }

    fn frame(&self, at: Nanos, host: HostId, frame: FrameId, what: &str, why: &str, out: &mut String) {
        let text = self.frames.get(&frame).map_or("a frame", String::as_str);
        self.line(at, Some(host), &format!("{what} {text}{why}"), out);
    }

    fn printed(&self, at: Nanos, host: HostId, bytes: &Bytes, out: &mut String) {
        let text = String::from_utf8_lossy(&bytes.0);
        for line in text.trim_end_matches(['\r', '\n']).split('\n') {
            let shown = Printable(line.trim_end_matches('\r'));
            self.line(at, Some(host), &format!("| {shown}"), out);
        }
    }

    fn of_thread(&self, at: Nanos, thread: ThreadId, text: &str, out: &mut String) {
        self.line(at, self.threads.get(&thread).copied(), text, out);
    }

    fn line(&self, at: Nanos, host: Option<HostId>, text: &str, out: &mut String) {
        let name = match host {
            Some(host) => self.hosts.get(usize::from(host.0)).map_or("?", |host| host.name.as_str()),
            None => "",
        };
        let width = self.name_width;
        // Whatever is in it, a line is a line: names of programs, files and sockets are the programs' own words as well.
        let text = Printable(text);
        writeln!(out, "{:>9} {name:width$}  {text}", at.to_string()).expect("a String takes all");
    }
}

/// Text of which nothing moves a terminal's cursor, changes its colours or turns the direction of writing around:
/// learners' programs print what they like.
struct Printable<'a>(&'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            let turns =
                matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if c.is_control() || turns { write!(f, "{}", c.escape_default())? } else { f.write_char(c)? }
        }
        Ok(())
    }
}

/// Bytes between quotation marks: as text where they are UTF-8, with escapes where they are not.
fn printable(bytes: &Bytes) -> String {
    match std::str::from_utf8(&bytes.0) {
        Ok(text) => Printable(text).to_string(),
        Err(_) => bytes.escaped(),
    }
}

fn caused(from: SignalSource) -> String {
    match from {
        SignalSource::Kernel => " from the kernel".to_owned(),
        SignalSource::Timer => " from its timer".to_owned(),
        SignalSource::Process(process) => format!(" from {process}"),
        SignalSource::Unknown => String::new(),
    }
}

fn made(how: Made, of: &[FrameId]) -> String {
    let how = match how {
        Made::Copy => "a copy",
        Made::Piece => "a piece",
        Made::Merged => "the sum",
        Made::Changed => "another window, instead",
        Made::Forged => return "forged by the wire".to_owned(),
    };
    let of: Vec<String> = of.iter().map(ToString::to_string).collect();
    format!("{how} of {}, by the wire", of.join(", "))
}

fn ended(status: ExitStatus) -> String {
    match status {
        ExitStatus::Exited(code) => format!("the program ended with exit code {code}"),
        ExitStatus::Signaled(signal) => format!("the program was ended by signal {signal}"),
        ExitStatus::Unknown => "the program ended".to_owned(),
    }
}

fn compiled(status: ExitStatus) -> String {
    match status {
        ExitStatus::Exited(0) => "is compiled".to_owned(),
        ExitStatus::Exited(code) => format!("could not be compiled: the compiler ended with exit code {code}"),
        ExitStatus::Signaled(signal) => {
            format!("could not be compiled: the compiler was ended by {}", signal::name(signal))
        }
        ExitStatus::Unknown => "could not be compiled".to_owned(),
    }
}

fn over(cause: &Cause) -> String {
    match cause {
        Cause::Finished => "the run is over: every program ended".to_owned(),
        Cause::Stopped => "the run was stopped".to_owned(),
        Cause::Limit(limit) => format!("the run was ended at a limit: {}", limited(*limit)),
        Cause::Shutdown => "the run was ended: the server is shutting down".to_owned(),
        Cause::Failed(why) => format!("the run failed: {why}"),
        Cause::Unwatched(span) => format!("the run was ended: nobody watched it for {}", Readable(*span)),
    }
}

fn limited(limit: Limit) -> String {
    match limit {
        Limit::Wall(time) => format!("{} of time", Readable(time)),
        Limit::Cpu(time) => format!("{} of processor time", Readable(time)),
        Limit::Output(bytes) => format!("{bytes} bytes of output"),
        Limit::Frames(count) => format!("{count} frames"),
        Limit::Events(count) => format!("{count} events"),
        Limit::Memory(bytes) => format!("{bytes} bytes of memory"),
        Limit::Processes(count) => format!("{count} processes"),
        Limit::ProcessCpu(time) => format!("{} of processor time of one process", Readable(time)),
        Limit::OpenFiles(count) => format!("{count} open files of one process"),
        Limit::Disk(bytes) => format!("{bytes} bytes of files"),
        Limit::Trace(bytes) => format!("{bytes} bytes of trace"),
    }
}

/// An argument of a call as strace(1) writes it.
pub fn argument(value: &Value) -> String {
    call::Shown(value).to_string()
}

#[cfg(test)]
mod tests;
