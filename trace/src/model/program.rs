//! Hosts, and the processes and tasks that run on them.

use std::sync::Arc;

use crate::map::Map;

use super::{Call, Model, Oddity};
use crate::event::call::Place;
use crate::event::host::{ExitStatus, HostSpec};
use crate::event::signal::{Disposition, SignalSource};
use crate::event::socket::Interest;
use crate::event::{Event, Fact};
use crate::id::{CallId, HostId, ProcessId, SocketId, ThreadId};
use crate::time::Nanos;

/// A host of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Name, addresses, program.
    pub spec: HostSpec,
    /// Whether its network is there.
    pub ready: bool,
    /// Whether its cable is out.
    pub unplugged: bool,
    /// The text of its program, where the trace has it.
    pub text: Option<Arc<str>>,
    /// How far its program is.
    pub program: ProgramState,
    /// The program's first task.
    pub main: Option<ThreadId>,
    /// How many bytes a person typed into its terminal.
    pub typed: u64,
    /// How many bytes appeared on its terminal.
    pub printed: u64,
}

impl Host {
    pub(super) const fn new(spec: HostSpec) -> Self {
        Self {
            spec,
            ready: false,
            unplugged: false,
            text: None,
            program: ProgramState::NotStarted,
            main: None,
            typed: 0,
            printed: 0,
        }
    }
}

/// How far a host's program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramState {
    /// It was not started yet.
    NotStarted,
    /// It is being made of its source.
    Compiling,
    /// It could not be made, which is how its compiler ended.
    NotCompiled(ExitStatus),
    /// It runs.
    Running,
    /// It ended.
    Ended(ExitStatus),
}

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub id: ProcessId,
    /// Where it runs.
    pub host: HostId,
    /// Its descriptors that are sockets, as far as its calls have told.
    pub fds: Map<i32, SocketId>,
    /// What its epoll instances watch, by their descriptors.
    pub epolls: Map<i32, Vec<Interest>>,
}

/// A task: a thread, or a process's only thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// The process that it belongs to.
    pub process: ProcessId,
    /// Where it runs.
    pub host: HostId,
    /// Its number as gettid(2) tells it.
    pub tid: u32,
    /// Who started it; `None` for a host's program.
    pub parent: Option<ThreadId>,
    /// When it started.
    pub started: Nanos,
    /// What it executes, once execve(2) said so.
    pub executable: Option<String>,
    /// The call that it is in.
    pub call: Option<CallId>,
    /// Its last call, if a signal interrupted that one and it may go on.
    pub(super) interrupted: Option<CallId>,
    /// The learner's line that led to its last call.
    pub place: Option<Place>,
    /// The signal that reached it last.
    pub signal: Option<Signal>,
    /// When and how it ended.
    pub ended: Option<(Nanos, ExitStatus)>,
}

/// A signal that reached a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// When.
    pub at: Nanos,
    /// Its number.
    pub number: i32,
    /// Who caused it.
    pub from: SignalSource,
    /// What the program does about it.
    pub disposition: Disposition,
}

/// What a task is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activity<'a> {
    /// It runs its own code.
    Computing,
    /// It is inside a call.
    InCall(&'a Call),
    /// It waits for somebody to type.
    WaitingForPerson(&'a Call),
    /// It ended.
    Ended(ExitStatus),
}

impl Model {
    pub(super) fn take_program(&mut self, event: &Event) -> Result<(), Oddity> {
        match &event.fact {
            Fact::ThreadStarted { thread, process, host, tid, parent } => {
                if self.threads.contains_key(thread) {
                    return Err(Oddity::ThreadTwice(*thread));
                }
                let place = self.host_mut(*host)?;
                if parent.is_none() {
                    (place.program, place.main) = (ProgramState::Running, Some(*thread));
                }
                // fork(2): the child has copies of its parent's descriptors.
                let inherited = || {
                    let parent = self.threads.get(&(*parent)?)?;
                    let parent = self.processes.get(&parent.process)?;
                    Some((parent.fds.clone(), parent.epolls.clone()))
                };
                if !self.processes.contains_key(process) {
                    let (fds, epolls) = inherited().unwrap_or_default();
                    self.processes.insert(*process, Process { id: *process, host: *host, fds, epolls });
                }
                let started = Thread {
                    id: *thread,
                    process: *process,
                    host: *host,
                    tid: *tid,
                    parent: *parent,
                    started: event.at,
                    executable: None,
                    call: None,
                    interrupted: None,
                    place: None,
                    signal: None,
                    ended: None,
                };
                self.threads.insert(*thread, started);
            }
            Fact::ProgramExecuted { thread, path } => self.thread_mut(*thread)?.executable = Some(path.clone()),
            Fact::ThreadEnded { thread, status } => {
                let at = event.at;
                let task = self.thread_mut(*thread)?;
                (task.ended, task.call) = (Some((at, *status)), None);
                let process = task.process;
                if self.threads.values().all(|task| task.process != process || task.ended.is_some())
                    && let Some(process) = self.processes.get_mut(&process)
                {
                    process.fds = Map::new();
                    process.epolls = Map::new();
                }
            }
            Fact::SignalDelivered { thread, signal, from, disposition } => {
                let (at, number, from, disposition) = (event.at, *signal, *from, *disposition);
                self.thread_mut(*thread)?.signal = Some(Signal { at, number, from, disposition });
            }
            Fact::CompilerStarted { host } => self.host_mut(*host)?.program = ProgramState::Compiling,
            Fact::CompilerEnded { host, status } => {
                let compiled = *status == ExitStatus::Exited(0);
                let state = if compiled { ProgramState::Running } else { ProgramState::NotCompiled(*status) };
                self.host_mut(*host)?.program = state;
            }
            Fact::ProgramEnded { host, status } => {
                let program = &mut self.host_mut(*host)?.program;
                // What ended was the compiler, if there never was a program.
                if !matches!(program, ProgramState::NotCompiled(_)) {
                    *program = ProgramState::Ended(*status);
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn thread_mut(&mut self, thread: ThreadId) -> Result<&mut Thread, Oddity> {
        self.threads.get_mut(&thread).ok_or(Oddity::UnknownThread(thread))
    }
}
