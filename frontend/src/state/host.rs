//! What a host's panel shows: the program's state, the line it is at, and a note beside each line that made a call.

mod call;

use std::collections::BTreeMap;
use std::time::Duration;

use trace::errno::Errno;
use trace::event::host::ExitStatus;
use trace::event::socket::Kind;
use trace::event::{Event, Fact};
use trace::id::{CallId, HostId, SocketId, ThreadId};
use trace::time::Nanos;

use call::OpenCall;

/// A call that took less was not kept waiting: the note does not mention the time.
const WORTH_TELLING: Duration = Duration::from_millis(1);

/// The state of a host's program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Activity {
    /// There is no run.
    #[default]
    Off,
    /// The host is being set up.
    Booting,
    /// The program computes; it is in no call.
    Computing {
        /// Its number in the sandbox.
        pid: u32,
    },
    /// The program waits in a call.
    Blocked {
        /// Its number in the sandbox.
        pid: u32,
        /// The call, as section 2 of the man pages names it.
        call: &'static str,
        /// What for.
        waiting: Waiting,
    },
    /// The program has ended.
    Ended(ExitStatus),
}

impl Activity {
    /// The program's number in the sandbox, while it runs and that number helps.
    pub(crate) fn pid(&self) -> Option<u32> {
        match self {
            Self::Blocked { waiting: Waiting::You, .. } | Self::Off | Self::Booting | Self::Ended(_) => None,
            Self::Computing { pid } | Self::Blocked { pid, .. } => Some(*pid),
        }
    }
}

/// What a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// A person, at the terminal.
    You,
    /// A connection in the accept queue.
    Connection,
    /// The peer's answer to the handshake.
    Handshake,
    /// Bytes in the receive buffer.
    Data,
    /// Room in the send buffer.
    Room,
    /// Any of several descriptors.
    Readiness,
    /// The kernel, in a call of this name.
    Kernel(&'static str),
}

/// What a line's last call did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// What.
    pub(crate) did: Did,
    /// How long it was kept waiting, where that is worth telling.
    pub(crate) blocked: Option<Duration>,
}

/// The outcome of a call, in the terms of its purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Did {
    /// It has not returned yet.
    Waits(Waiting),
    /// It failed.
    Failed(Errno),
    /// accept(2) gave a connection from this peer.
    Accepted(Option<String>),
    /// connect(2) finished the handshake.
    Connected,
    /// The kernel took so many bytes.
    Sent(i64),
    /// So many bytes came.
    Received(i64),
    /// A stream's end.
    EndOfStream,
    /// So many descriptors are ready.
    Ready(i64),
    /// A readiness call found none ready in time.
    TimedOut,
    /// It returned, and there is nothing more to say.
    Returned,
}

/// The line a program is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Counted from 1.
    pub(crate) number: u32,
    /// Whether the program waits there.
    pub(crate) blocked: bool,
}

/// A host, as its panel shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct HostNow {
    /// What the program is doing.
    pub(crate) activity: Activity,
    /// Where it is.
    pub(crate) line: Option<Line>,
    /// What the lines' last calls did.
    pub(crate) notes: BTreeMap<u32, Note>,
    program: String,
    pid: Option<u32>,
}

impl HostNow {
    /// Whether the program is over.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.activity, Activity::Ended(_))
    }

    /// Notes what a line's call did. A call with nothing to tell leaves the note of the one before it on the same
    /// line: Python's `accept()` is accept(2), which matters, and getsockname(2), which does not.
    fn take_note(&mut self, line: u32, note: Option<Note>) {
        match note {
            Some(note) if note.did != Did::Returned || note.blocked.is_some() => {
                self.notes.insert(line, note);
            }
            _ => {
                if self.notes.get(&line).is_some_and(|note| matches!(note.did, Did::Waits(_))) {
                    self.notes.remove(&line);
                }
            }
        }
    }

    fn switch_off(&mut self) {
        self.line = None;
        self.notes.retain(|_, note| !matches!(note.did, Did::Waits(_)));
        if !self.has_ended() {
            self.activity = Activity::Off;
        }
    }
}

/// All hosts of a run: a fold over its events.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Hosts {
    hosts: Vec<HostNow>,
    threads: BTreeMap<ThreadId, HostId>,
    calls: BTreeMap<CallId, OpenCall>,
    kinds: BTreeMap<SocketId, Kind>,
}

impl Hosts {
    /// Hosts of which nothing has been heard yet.
    pub(crate) fn booting(count: usize) -> Self {
        let host = HostNow { activity: Activity::Booting, ..HostNow::default() };
        Self { hosts: vec![host; count], ..Self::default() }
    }

    /// One host.
    pub(crate) fn get(&self, index: usize) -> Option<&HostNow> {
        self.hosts.get(index)
    }

    /// Takes one more event in.
    pub(crate) fn apply(&mut self, event: &Event) {
        match &event.fact {
            Fact::RunStarted { hosts, .. } => {
                *self = Self::booting(hosts.len());
                for (host, spec) in self.hosts.iter_mut().zip(hosts) {
                    host.program.clone_from(&spec.program);
                }
            }
            Fact::ThreadStarted { thread, host, tid, parent, .. } => {
                self.threads.insert(*thread, *host);
                if let (None, Some(now)) = (parent, self.host_mut(*host)) {
                    now.pid = Some(*tid);
                    now.activity = Activity::Computing { pid: *tid };
                }
            }
            Fact::ProgramEnded { host, status } => {
                if let Some(now) = self.host_mut(*host) {
                    now.activity = Activity::Ended(*status);
                    now.line = None;
                }
            }
            Fact::SocketSeen { socket, origin, .. } => {
                self.kinds.insert(*socket, origin.kind);
            }
            Fact::CallEntered { call, thread, syscall, args, socket, place } => {
                let Some(&host) = self.threads.get(thread) else { return };
                let kind = socket.and_then(|socket| self.kinds.get(&socket).copied());
                let program = self.host_mut(host).map(|now| now.program.clone()).unwrap_or_default();
                let line = place.as_ref().filter(|place| place.file == program).map(|place| place.line);
                let entered = OpenCall::new(host, event.at, *syscall, args, socket.is_some(), kind, line);
                if let Some(entered) = entered {
                    self.calls.insert(*call, entered);
                    self.update(host, None);
                }
            }
            Fact::CallReturned { call, outcome, filled, .. } => {
                if let Some(open) = self.calls.remove(call) {
                    let note = Note { did: open.did(*outcome, filled), blocked: open.blocked(event.at) };
                    self.update(open.host, Some((open, Some(note))));
                }
            }
            Fact::CallAbandoned { call } => {
                if let Some(open) = self.calls.remove(call) {
                    self.update(open.host, Some((open, None)));
                }
            }
            Fact::RunEnded { .. } => self.switch_off(),
            _ => {}
        }
    }

    /// Nothing runs any more: what waited waits no longer.
    pub(crate) fn switch_off(&mut self) {
        self.hosts.iter_mut().for_each(HostNow::switch_off);
    }

    fn host_mut(&mut self, host: HostId) -> Option<&mut HostNow> {
        self.hosts.get_mut(usize::from(host.0))
    }

    /// Says anew what a host is doing, after one of its calls was entered or, with its note, left. A host can be in
    /// several calls at once (threads, forks): the one entered last is what the panel shows.
    fn update(&mut self, host: HostId, left: Option<(OpenCall, Option<Note>)>) {
        let open = self.calls.iter().rev().find(|(_, call)| call.host == host).map(|(_, call)| call.clone());
        let Some(now) = self.host_mut(host) else { return };
        if let Some((call, note)) = left {
            if let Some(line) = call.line {
                now.take_note(line, note);
                now.line = Some(Line { number: line, blocked: false });
            }
        }
        if now.has_ended() {
            return;
        }
        let pid = now.pid.unwrap_or_default();
        now.activity = match open {
            None => Activity::Computing { pid },
            Some(call) => {
                if let Some(line) = call.line {
                    now.line = Some(Line { number: line, blocked: true });
                    if !matches!(call.waiting, Waiting::Kernel(_)) {
                        now.notes.insert(line, Note { did: Did::Waits(call.waiting), blocked: None });
                    }
                }
                Activity::Blocked { pid, call: call.name, waiting: call.waiting }
            }
        };
    }
}

impl OpenCall {
    fn blocked(&self, returned: Nanos) -> Option<Duration> {
        Some(returned.since(self.entered)).filter(|span| *span >= WORTH_TELLING && self.waiting != Waiting::You)
    }
}

#[cfg(test)]
mod tests;
