//! What a trace says the world looks like at one moment: a pure fold over events.
//!
//! [`Model::apply`] is total and deterministic. What does not fit (a call that returns twice, a frame that nobody sent)
//! becomes a [`Note`] and changes nothing else. What terminals show is not part of it, only how many bytes that was.

mod call;
mod frame;
mod note;
mod program;
mod restart;
mod socket;

pub use call::{BLOCKED, Call, Ending};
pub use frame::{Arrival, Fate, Frame};
pub use note::{Note, Oddity};
pub use program::{Activity, Host, Process, ProgramState, Signal, Thread};
pub use socket::{Holder, Socket, inet};

use crate::map::Map;
use std::sync::Arc;
use std::time::Duration;

use crate::event::host::{Cause, Limit, WireSettings};
use crate::event::socket::{Interest, Readiness};
use crate::event::{Event, Fact};
use crate::id::{CallId, FrameId, HostId, ProcessId, SocketId, ThreadId};
use crate::shared::Shared;
use crate::time::Nanos;
use crate::wire::Streams;

/// The world at one moment of a run.
///
/// Calls and frames are shared between copies of a model, because a timeline keeps many.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The `seq` that the next event should have.
    pub next_seq: u64,
    /// When the last event was observed.
    pub now: Nanos,
    /// Nanoseconds since the Unix epoch at [`Nanos::ZERO`]; `None` before the run started.
    pub unix_ns: Option<u64>,
    /// How the wire treats frames.
    pub wire: WireSettings,
    /// The hosts; a [`HostId`] is an index into this list.
    pub hosts: Vec<Host>,
    /// Every process that there was.
    pub processes: Map<ProcessId, Process>,
    /// Every task that there was.
    pub threads: Map<ThreadId, Thread>,
    /// Every call that was entered.
    pub calls: Shared<CallId, Arc<Call>>,
    /// Every kernel socket that was seen.
    pub sockets: Map<SocketId, Socket>,
    /// Every frame that was sent.
    pub frames: Shared<FrameId, Arc<Frame>>,
    /// Limits that were reached, and on which host.
    pub limits: Vec<(Option<HostId>, Limit)>,
    /// How many events were lost.
    pub missed: u64,
    /// Why the run ended; `None` while it goes on.
    pub ended: Option<Cause>,
    /// What did not fit.
    pub notes: Vec<Note>,
    /// Later ids of calls that were interrupted and went on, with their first ids.
    restarted: Map<CallId, CallId>,
    streams: Streams,
    /// The frame with the highest number that has arrived, for each way from one host to another.
    newest: Map<(HostId, HostId), FrameId>,
}

impl Model {
    /// The world after all of these events.
    pub fn after<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut model = Self::default();
        for event in events {
            model.apply(event);
        }
        model
    }

    /// Takes the next event into account.
    pub fn apply(&mut self, event: &Event) {
        if event.seq != self.next_seq {
            self.note(event, Oddity::Order { expected: self.next_seq });
        }
        if event.at < self.now {
            self.note(event, Oddity::TimeRanBack { before: self.now });
        }
        self.next_seq = event.seq.saturating_add(1);
        self.now = self.now.max(event.at);
        if let Err(oddity) = self.take(event) {
            self.note(event, oddity);
        }
    }

    fn note(&mut self, event: &Event, oddity: Oddity) {
        self.notes.push(Note { seq: event.seq, oddity });
    }

    fn take(&mut self, event: &Event) -> Result<(), Oddity> {
        if self.ended.is_some() {
            return Err(Oddity::AfterTheEnd);
        }
        match &event.fact {
            Fact::RunStarted { unix_ns, hosts, wire } => {
                if self.unix_ns.replace(*unix_ns).is_some() {
                    return Err(Oddity::StartedTwice);
                }
                self.hosts = hosts.iter().cloned().map(Host::new).collect();
                self.wire = wire.clone();
            }
            Fact::HostReady { host } => self.host_mut(*host)?.ready = true,
            Fact::ProgramGiven { host, text } => self.host_mut(*host)?.text = Some(text.as_str().into()),
            Fact::Typed { host, bytes } => self.host_mut(*host)?.typed += bytes.0.len() as u64,
            Fact::Printed { host, bytes } => self.host_mut(*host)?.printed += bytes.0.len() as u64,
            Fact::ThreadStarted { .. }
            | Fact::ProgramExecuted { .. }
            | Fact::ThreadEnded { .. }
            | Fact::SignalDelivered { .. }
            | Fact::CompilerStarted { .. }
            | Fact::CompilerEnded { .. }
            | Fact::ProgramEnded { .. } => self.take_program(event)?,
            Fact::CallEntered { .. }
            | Fact::CallHeld { .. }
            | Fact::CallResumed { .. }
            | Fact::CallReturned { .. }
            | Fact::CallAbandoned { .. } => {
                self.take_call(event)?;
            }
            Fact::SocketSeen { .. } | Fact::SocketChanged { .. } | Fact::SocketGone { .. } => {
                self.take_socket(event)?;
            }
            Fact::EpollChanged { process, epfd, interest } => {
                let process = self.processes.get_mut(process).ok_or(Oddity::UnknownProcess(*process))?;
                process.epolls.insert(*epfd, interest.clone());
            }
            Fact::FrameSent { .. }
            | Fact::FrameLooped { .. }
            | Fact::FrameMade { .. }
            | Fact::FrameHeld { .. }
            | Fact::FrameReleased { .. }
            | Fact::FrameDelivered { .. }
            | Fact::FrameLost { .. } => self.take_frame(event)?,
            Fact::HoldFull { .. } => {}
            Fact::WireChanged { wire } => self.wire = wire.clone(),
            Fact::HostUnplugged { host } => self.host_mut(*host)?.unplugged = true,
            Fact::HostPlugged { host } => self.host_mut(*host)?.unplugged = false,
            Fact::LimitReached { host, limit } => self.limits.push((*host, *limit)),
            Fact::Missed { count, .. } => self.missed = self.missed.saturating_add(*count),
            Fact::RunEnded { cause } => self.ended = Some(cause.clone()),
        }
        Ok(())
    }

    /// Whether the run has begun and is not over.
    pub fn is_live(&self) -> bool {
        self.unix_ns.is_some() && self.ended.is_none()
    }

    /// A host's name, for people; `?` if there is none with this number.
    pub fn name(&self, host: HostId) -> &str {
        self.host(host).map_or("?", |host| &host.spec.name)
    }

    /// A host, if there is one with this number.
    pub fn host(&self, host: HostId) -> Option<&Host> {
        self.hosts.get(usize::from(host.0))
    }

    /// The line of its host's own program that led to a call; one of another file is none.
    pub fn line(&self, call: &Call) -> Option<(HostId, u32)> {
        let id = self.threads.get(&call.thread)?.host;
        let host = self.host(id)?;
        call.place.as_ref().filter(|place| place.file == host.spec.program).map(|place| (id, place.line))
    }

    fn host_mut(&mut self, host: HostId) -> Result<&mut Host, Oddity> {
        self.hosts.get_mut(usize::from(host.0)).ok_or(Oddity::UnknownHost(host))
    }

    /// The tasks of a host that have not ended, the oldest first.
    pub fn running(&self, host: HostId) -> impl Iterator<Item = &Thread> {
        self.threads.values().filter(move |thread| thread.host == host && thread.ended.is_none())
    }

    /// What a task is doing.
    pub fn activity(&self, thread: &Thread) -> Activity<'_> {
        if let Some((_, status)) = thread.ended {
            return Activity::Ended(status);
        }
        match thread.call.and_then(|call| self.calls.get(&call)) {
            None => Activity::Computing,
            Some(call) if call.reads_terminal() => Activity::WaitingForPerson(call),
            Some(call) => Activity::InCall(call),
        }
    }

    /// For how long a task has been waiting inside a call until now, if it has.
    pub fn blocked(&self, thread: &Thread) -> Option<Duration> {
        self.calls.get(&thread.call?)?.blocked(self.now)
    }

    /// The sockets of a host that the kernel still lists.
    pub fn sockets_of(&self, host: HostId) -> impl Iterator<Item = &Socket> {
        self.sockets.values().filter(move |socket| socket.host == host && socket.gone.is_none())
    }

    /// The socket behind a descriptor of a process, as far as its calls have told.
    pub fn socket_at(&self, process: ProcessId, fd: i32) -> Option<&Socket> {
        self.sockets.get(self.processes.get(&process)?.fds.get(&fd)?)
    }

    /// What a descriptor of a process is ready for, as far as is known.
    pub fn readiness(&self, process: ProcessId, fd: i32) -> Option<Readiness> {
        self.socket_at(process, fd)?.snapshot.ready
    }

    /// What an epoll instance of a process watches, and what each of these descriptors is ready for.
    pub fn watched(&self, process: ProcessId, epfd: i32) -> impl Iterator<Item = (&Interest, Option<Readiness>)> {
        let interest = self.processes.get(&process).and_then(|process| process.epolls.get(&epfd));
        interest.into_iter().flatten().map(|interest| {
            let socket = interest.socket.and_then(|socket| self.sockets.get(&socket));
            (interest, socket.and_then(|socket| socket.snapshot.ready))
        })
    }

    /// Who holds a socket, and by which descriptors.
    pub fn holders(&self, socket: SocketId) -> impl Iterator<Item = Holder> {
        self.processes.values().flat_map(move |process| {
            let fds = process.fds.iter().filter(move |(_, held)| **held == socket);
            fds.map(|(&fd, _)| Holder { process: process.id, fd })
        })
    }

    /// Frames that the wire holds, the oldest first.
    pub fn held(&self) -> impl Iterator<Item = &Frame> {
        self.frames.values().filter(|frame| !frame.held.is_empty()).map(AsRef::as_ref)
    }

    /// Frames that are still on the wire: nobody got them yet, and they are not lost.
    pub fn in_flight(&self) -> impl Iterator<Item = &Frame> {
        self.frames.values().filter(|frame| frame.arrivals.is_empty()).map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests;
