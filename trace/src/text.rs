//! A trace as lines of text: calls as strace(1) writes them, packets as tcpdump(8) does, socket states and terminals.
//!
//! ```text
//! 0.036480 server  accept4(3, …, …, SOCK_CLOEXEC) …  [server.py:9]
//! 0.044150 client  sent SYN 40112 → 18888 seq 0 win 64240
//! ```

pub(crate) mod call;
mod packet;

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::bytes::Bytes;
use crate::event::call::{Address, Outcome};
use crate::event::host::{Cause, ExitStatus, HostSpec, Limit};
use crate::event::socket::{Family, Kind, Origin, Snapshot};
use crate::event::{Event, Fact, LossCause};
use crate::id::{CallId, FrameId, HostId, SocketId, ThreadId};
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
                let loss = f64::from(wire.loss_ppm) / 10_000.0;
                self.line(at, None, &format!("the wire has delay {}, loss {loss} %", Readable(wire.delay)), out);
            }
            Fact::ThreadStarted { thread, host, tid, parent, .. } => {
                self.threads.insert(*thread, *host);
                if parent.is_some() {
                    self.line(at, Some(*host), &format!("task {tid} begins"), out);
                }
            }
            Fact::ProgramExecuted { thread, path } => self.of_thread(at, *thread, &format!("executes {path}"), out),
            // All hosts are ready when the first program executes; a program's own end is `ProgramEnded`.
            Fact::HostReady { .. } | Fact::ThreadEnded { .. } => {}
            Fact::ProgramEnded { host, status } => self.line(at, Some(*host), &ended(*status), out),
            Fact::Typed { host, bytes } => {
                self.line(at, Some(*host), &format!("typed \"{}\"", printable(bytes)), out);
            }
            Fact::Printed { host, bytes } => self.printed(at, *host, bytes, out),
            Fact::CallEntered { .. } | Fact::CallReturned { .. } | Fact::CallAbandoned { .. } => {
                self.call(at, fact, out);
            }
            Fact::SocketSeen { .. } | Fact::SocketChanged { .. } | Fact::SocketGone { .. } => {
                self.socket(at, fact, out);
            }
            Fact::FrameSent { frame, host, bytes } => {
                let text = packet::describe(*host, bytes, &mut self.streams, &self.hosts);
                self.line(at, Some(*host), &format!("sent {text}"), out);
                self.frames.insert(*frame, text);
            }
            Fact::FrameDelivered { frame, host } => self.frame(at, *host, *frame, "got ", "", out),
            Fact::FrameLost { frame, host, cause } => {
                let why = match cause {
                    LossCause::Chance => "  (the wire lost it)",
                    LossCause::Refused => "  (the host did not take it)",
                    LossCause::NoReceiver => "  (nobody has that address)",
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
                let text = format!("{} {}", named(origin, snapshot), standing(snapshot));
                self.line(at, Some(*host), &text, out);
                self.sockets.insert(*socket, (*host, origin.clone(), snapshot.clone()));
            }
            Fact::SocketChanged { socket, snapshot } => {
                let Some((host, origin, before)) = self.sockets.get_mut(socket) else { return };
                // A socket that lost its addresses is still known by those that it had.
                let known_by = if snapshot.local.is_some() { snapshot } else { &*before };
                let text = format!("{}{}", named(origin, known_by), changes(before, snapshot));
                let host = *host;
                before.clone_from(snapshot);
                self.line(at, Some(host), &text, out);
            }
            Fact::SocketGone { socket } => {
                if let Some((host, origin, last)) = self.sockets.remove(socket) {
                    self.line(at, Some(host), &format!("{} is gone", named(&origin, &last)), out);
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
        writeln!(out, "{:>9} {name:width$}  {text}", at.to_string()).expect("a String takes all");
    }
}

/// Text of which nothing moves a terminal's cursor or changes its colours: learners' programs print what they like.
struct Printable<'a>(&'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { f.write_char(c)? }
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

fn ended(status: ExitStatus) -> String {
    match status {
        ExitStatus::Exited(code) => format!("the program ended with exit code {code}"),
        ExitStatus::Signaled(signal) => format!("the program was ended by signal {signal}"),
        ExitStatus::Unknown => "the program ended".to_owned(),
    }
}

fn over(cause: &Cause) -> String {
    match cause {
        Cause::Finished => "the run is over: every program ended".to_owned(),
        Cause::Stopped => "the run was stopped".to_owned(),
        Cause::Limit(limit) => format!("the run was ended at a limit: {}", limited(*limit)),
        Cause::Shutdown => "the run was ended: the server is shutting down".to_owned(),
        Cause::Failed(why) => format!("the run failed: {why}"),
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
    }
}

/// A socket by what a person knows it by: `tcp 192.168.1.4:18888 – 192.168.1.7:40112`.
fn named(origin: &Origin, snapshot: &Snapshot) -> String {
    let kind = match (origin.family, origin.kind) {
        (Family::Inet | Family::Inet6, Kind::Stream) => "tcp",
        (Family::Inet | Family::Inet6, Kind::Datagram) => "udp",
        (Family::Unix, _) => "unix",
        _ => "socket",
    };
    let mut text = kind.to_owned();
    for (separator, address) in [(" ", &snapshot.local), (" – ", &snapshot.peer)] {
        match address {
            // What the kernel says of a socket that was never bound.
            Some(Address::Inet(addr)) if addr.ip().is_unspecified() && addr.port() == 0 => {}
            Some(address) => write!(text, "{separator}{address}").expect("a String takes all"),
            None => {}
        }
    }
    text
}

fn standing(snapshot: &Snapshot) -> String {
    let state = snapshot.state.map(|state| format!("is {state}"));
    let queues = [("recv-q", snapshot.recv_q), ("send-q", snapshot.send_q)];
    let queues = queues.iter().filter(|(_, len)| *len > 0).map(|(queue, len)| format!("{queue} {len}"));
    let all = state.into_iter().chain(queues).collect::<Vec<_>>().join(", ");
    if all.is_empty() { "is there".to_owned() } else { all }
}

fn changes(before: &Snapshot, now: &Snapshot) -> String {
    let mut text = String::new();
    let mut add = |change: String| {
        text.push_str(if text.is_empty() { ": " } else { ", " });
        text.push_str(&change);
    };
    if before.state != now.state {
        let name = |snapshot: &Snapshot| snapshot.state.map_or("no state", |state| state.name());
        add(format!("{} → {}", name(before), name(now)));
    }
    if before.local != now.local {
        add(if now.local.is_some() { "bound" } else { "unbound" }.to_owned());
    }
    if before.peer != now.peer {
        add(if now.peer.is_some() { "connected" } else { "disconnected" }.to_owned());
    }
    for (queue, before, now) in [("recv-q", before.recv_q, now.recv_q), ("send-q", before.send_q, now.send_q)] {
        if before != now {
            add(format!("{queue} {before} → {now}"));
        }
    }
    if before.held != now.held {
        add(if now.held { "a program has it" } else { "only the kernel has it" }.to_owned());
    }
    text
}

#[cfg(test)]
mod tests;
