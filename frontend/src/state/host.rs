//! What a host's panel shows: the program's state, the line it is at, and a note beside each line that made a call.

mod call;

use std::time::Duration;

use trace::errno::Errno;
use trace::event::call::Local;
use trace::event::host::ExitStatus;
use trace::event::{Event, Fact};
use trace::id::HostId;
use trace::map::Map;
use trace::model::{Model, ProgramState};
use trace::timeline::Timeline;

/// The state of a host's program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Activity {
    /// There is no run.
    #[default]
    Off,
    /// The host is being set up.
    Booting,
    /// Its program is being made of its source.
    Compiling,
    /// Its program could not be made.
    NotCompiled,
    /// The program computes; it is in no call.
    Computing {
        /// Its number in the sandbox.
        pid: u32,
    },
    /// The program is held at a call's entry.
    Held {
        /// The call.
        call: &'static str,
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
            Self::Blocked { waiting: Waiting::You, .. }
            | Self::Off
            | Self::Booting
            | Self::Compiling
            | Self::Held { .. }
            | Self::NotCompiled
            | Self::Ended(_) => None,
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
    /// It returned, and there is nothing to tell but the time it took.
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
    /// The variables of a program that is held.
    pub(crate) locals: Vec<Local>,
    /// What the lines' last calls did.
    pub(crate) notes: Map<u32, Note>,
}

impl HostNow {
    /// Whether the program is over.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.activity, Activity::Ended(_) | Activity::NotCompiled)
    }

    /// Says anew what the program is doing. It can be in several calls at once (threads, forks): the one that was
    /// entered last counts.
    fn look(&mut self, model: &Model, host: HostId) {
        let Some(known) = model.host(host) else { return };
        if model.ended.is_some() {
            self.switch_off();
        }
        self.locals = vec![];
        self.activity = match known.program {
            ProgramState::Ended(status) => Activity::Ended(status),
            ProgramState::NotCompiled(_) => Activity::NotCompiled,
            _ if model.ended.is_some() => Activity::Off,
            ProgramState::NotStarted => Activity::Booting,
            ProgramState::Compiling => Activity::Compiling,
            ProgramState::Running => {
                let main = known.main.and_then(|main| model.threads.get(&main));
                let pid = main.map_or(0, |main| main.tid);
                let open = model.running(host).filter_map(|thread| model.calls.get(&thread.call?));
                let open = open.filter(|open| call::is_shown(open) || open.is_held()).max_by_key(|open| open.id);
                if let Some((_, number)) = open.and_then(|open| model.line(open)) {
                    self.line = Some(Line { number, blocked: true });
                } else if let Some(line) = &mut self.line {
                    line.blocked = false;
                }
                match open {
                    None => Activity::Computing { pid },
                    Some(held) if held.is_held() => {
                        self.locals = held.hold.as_ref().map(|hold| hold.locals.clone()).unwrap_or_default();
                        Activity::Held { call: call::name(model, held) }
                    }
                    Some(open) => {
                        let call = call::name(model, open);
                        Activity::Blocked { pid, call, waiting: call::waiting(model, open) }
                    }
                }
            }
        };
        if self.has_ended() {
            self.line = None;
        }
    }

    /// Notes what a line's call did. A call with nothing to tell leaves the note of the one before it on the same
    /// line: Python's `accept()` is accept(2), which matters, and getsockname(2), which does not.
    fn take_note(&mut self, line: u32, note: Option<Note>) {
        self.line = Some(Line { number: line, blocked: false });
        match note {
            Some(note) => {
                self.notes.insert(line, note);
            }
            None => {
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

/// All hosts of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Hosts(Vec<HostNow>);

impl Hosts {
    /// Hosts of which nothing has been heard yet.
    pub(crate) fn booting(count: usize) -> Self {
        Self(vec![HostNow { activity: Activity::Booting, ..HostNow::default() }; count])
    }

    /// One host.
    pub(crate) fn get(&self, index: usize) -> Option<&HostNow> {
        self.0.get(index)
    }

    /// Takes in the newest events, with the world after them.
    pub(crate) fn follow(&mut self, events: &[Event], model: &Model) {
        self.0.resize_with(self.0.len().max(model.hosts.len()), HostNow::default);
        for event in events {
            let (Fact::CallEntered { call, .. }
            | Fact::CallHeld { call, .. }
            | Fact::CallResumed { call }
            | Fact::CallReturned { call, .. }
            | Fact::CallAbandoned { call }) = &event.fact
            else {
                continue;
            };
            let Some(call) = model.call(*call) else { continue };
            if let Some((host, line)) = model.line(call)
                && let Some(now) = self.0.get_mut(usize::from(host.0))
            {
                now.take_note(line, call::note(model, call));
            }
        }
        for (now, host) in self.0.iter_mut().zip(0..) {
            now.look(model, HostId(host));
        }
    }

    /// All hosts as they were in an earlier world of a run.
    pub(crate) fn at(timeline: &Timeline, model: &Model) -> Self {
        let mut hosts = Self(vec![HostNow::default(); model.hosts.len()]);
        hosts.note(timeline, model);
        for (now, host) in hosts.0.iter_mut().zip(0..) {
            now.look(model, HostId(host));
        }
        hosts
    }

    /// Notes what all lines did: of each, its last call that had something to tell.
    fn note(&mut self, timeline: &Timeline, model: &Model) {
        let Some(last) = model.calls.values().next_back().map(|call| call.id) else { return };
        let mut latest = vec![None; self.0.len()];
        for (host, line, calls) in timeline.lines() {
            let host = usize::from(host.0);
            let calls = &calls[..calls.partition_point(|call| *call <= last)];
            let (Some(now), Some(call)) = (self.0.get_mut(host), calls.last()) else { continue };
            if latest[host].is_none_or(|other| other < *call) {
                (latest[host], now.line) = (Some(*call), Some(Line { number: line, blocked: false }));
            }
            let mut notes = calls.iter().rev().filter_map(|id| Some((id, call::note(model, model.calls.get(id)?)?)));
            // As when they are taken one by one: a line that went on to another call waits no longer.
            if let Some((id, note)) = notes.next()
                && (id == call || !matches!(note.did, Did::Waits(_)))
            {
                now.notes.insert(line, note);
            }
        }
    }

    /// Nothing runs any more: what waited waits no longer.
    pub(crate) fn switch_off(&mut self) {
        self.0.iter_mut().for_each(HostNow::switch_off);
    }
}

#[cfg(test)]
mod tests;
