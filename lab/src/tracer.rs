//! Watches a host's processes from outside: their system calls, their beginnings and their ends.
//!
//! One thread per host. All ptrace requests come from it, and nothing in it waits for anything but wait(2): a thread
//! of a program that stands still must never keep another one's stop from being noticed.

pub(crate) mod address;
mod compiler;
mod decode;
mod fences;
mod interest;
mod names;
mod signals;
pub(crate) mod step;
mod stops;
mod task;
mod truth;

use std::collections::HashMap;
use std::io;
use std::mem;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use trace::errno::Errno;
use trace::event::Fact;
use trace::event::call::{Outcome, Value};
use trace::event::host::ExitStatus;
use trace::event::signal::SignalSource;
use trace::event::socket::Kind;
use trace::id::{HostId, SocketId};
use trace::syscall::Syscall;

use crate::kernel::Kernel;
use crate::notice::Notice;
use crate::plan::{HostPlan, Limits};
use crate::recorder::Recorder;
use crate::sandbox::disks::Disks;
use crate::sandbox::policy;
use crate::source::Source;
use crate::sys::ptrace::{self, Resume, Tid, Wait};
use crate::wire::loopback::Loopback;
use compiler::Compiler;
use decode::Raw;
use fences::Fences;
use interest::{Interest, forget, interest, makes_descriptor, only_moves_data, takes_descriptor};
use step::{Held, Steps};
use stops::Stops;
use task::{Aside, OpenCall, Process, Task};

/// `ERESTART_RESTARTBLOCK`: the call is to go on by restart_syscall(2). Programs never see it.
const RESTART_BLOCK: Errno = Errno(516);

/// The tracer of one host.
#[derive(Debug)]
pub(crate) struct Tracer {
    host: HostId,
    /// bwrap's own processes, outside and inside of the sandbox: traced, but no part of the story.
    bwrap: [Tid; 2],
    recorder: Arc<Recorder>,
    kernel: Arc<Kernel>,
    notices: Sender<Notice>,
    /// Names of the learner's files.
    files: Vec<String>,
    tasks: HashMap<Tid, Task>,
    processes: HashMap<Tid, Process>,
    /// Tasks that stopped before their parent's event told whose they are.
    early: Vec<Tid>,
    /// The host's program, once it was made.
    program: Option<Tid>,
    /// Whether something was executed in the sandbox, which was whole by then.
    mounted: bool,
    compiler: Compiler,
    steps: Arc<Steps>,
    held: Held,
    fences: Fences,
    numbers: signals::Numbers,
    loopback: Arc<Loopback>,
}

/// What a tracer shares with the rest of its run.
#[derive(Debug)]
pub(crate) struct Ties {
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) kernel: Arc<Kernel>,
    pub(crate) loopback: Arc<Loopback>,
    pub(crate) notices: Sender<Notice>,
    pub(crate) steps: Arc<Steps>,
}

impl Tracer {
    /// A tracer for a sandbox whose two bwrap processes the calling thread has seized.
    pub(crate) fn new(host: HostId, bwrap: [Tid; 2], ties: Ties, plan: &HostPlan, limits: &Limits) -> Self {
        let Ties { recorder, kernel, loopback, notices, steps } = ties;
        Self {
            host,
            bwrap,
            recorder,
            kernel,
            notices,
            files: plan.files.iter().map(|file| file.name.clone()).collect(),
            tasks: HashMap::new(),
            processes: HashMap::new(),
            early: Vec::new(),
            program: None,
            mounted: false,
            compiler: Compiler::new(plan.compile.is_some()),
            steps,
            held: Held::new(),
            fences: Fences::new(host, limits),
            numbers: signals::Numbers::new(),
            loopback,
        }
    }

    /// Runs until every process of the host is gone.
    pub(crate) fn run(mut self) -> io::Result<()> {
        let mut stops = Stops::default();
        while let Some((tid, wait)) = stops.next()? {
            self.handle(tid, wait);
        }
        Ok(())
    }

    fn handle(&mut self, tid: Tid, wait: Wait) {
        match wait {
            Wait::Exited(code) => self.ended(tid, ExitStatus::Exited(code)),
            Wait::Signaled(signal) => self.ended(tid, ExitStatus::Signaled(signal)),
            Wait::Made | Wait::Lent => {
                self.made(tid, wait == Wait::Lent);
                resume(tid, Resume::Free, 0);
            }
            _ if self.bwrap.contains(&tid) => match wait {
                // What is typed at the terminal (Ctrl-C) goes to its whole foreground group. It is meant for the
                // program; bwrap would end, and take the sandbox with it.
                Wait::Signal(libc::SIGINT | libc::SIGQUIT | libc::SIGTSTP) => resume(tid, Resume::Free, 0),
                Wait::Signal(step::DOORBELL) => {
                    self.obey();
                    resume(tid, Resume::Free, 0);
                }
                Wait::Signal(signal) => resume(tid, Resume::Free, signal),
                _ => resume(tid, Resume::Free, 0),
            },
            _ if self.compiler.has(tid) => compiler::pass(tid, wait),
            _ if !self.tasks.contains_key(&tid) => self.early.push(tid),
            Wait::Entry => {
                let how = self.entered(tid);
                if how != Resume::ToSyscallExit || !self.hold(tid) {
                    resume(tid, how, 0);
                }
            }
            Wait::SyscallStop => {
                self.returned(tid);
                resume(tid, Resume::Free, 0);
            }
            Wait::Executed => {
                self.executed(tid);
                resume(tid, Resume::Free, 0);
            }
            Wait::Signal(signal) => {
                self.signalled(tid, signal);
                self.fences.signal(&self.recorder, tid, signal);
                resume(tid, Resume::Free, signal);
            }
            Wait::EventStop(signal) if signal != libc::SIGTRAP => resume(tid, Resume::Listen, 0),
            Wait::EventStop(_) | Wait::Other => resume(tid, Resume::Free, 0),
        }
    }

    /// A task made another one.
    fn made(&mut self, parent: Tid, lent: bool) {
        let Ok(child) = ptrace::event_message(parent) else { return };
        if self.program.is_some() && self.compiler.takes(child) {
            return self.resume_early(child);
        }
        let Some(numbers) = task::numbers(child) else { return };
        let parent_task = self.tasks.get(&parent);
        let process = if let Some(process) = self.processes.get_mut(&numbers.process) {
            process.source.before_threads();
            process.id
        } else {
            let id = self.recorder.process();
            let parent = parent_task.and_then(|task| self.processes.get(&task.process));
            let sockets = parent.is_some_and(|process| process.may_hold_sockets);
            let source = match parent {
                Some(parent) => parent.source.fork(numbers.process),
                None => Source::new(numbers.process, self.files.clone()),
            };
            let mut process = Process { id, source, may_hold_sockets: sockets };
            if lent {
                process.source.never();
            }
            self.processes.insert(numbers.process, process);
            self.kernel.process_began(self.host, numbers.process);
            id
        };
        if numbers.process == child {
            self.numbers.insert(numbers.inside, process);
        }
        let thread = self.recorder.thread();
        self.recorder.tell(Fact::ThreadStarted {
            thread,
            process,
            host: self.host,
            tid: numbers.inside,
            parent: parent_task.map(|task| task.thread),
        });
        let task = Task {
            thread,
            process: numbers.process,
            inside: numbers.inside,
            call: None,
            interrupted: false,
            again: None,
            broken_pipe: false,
            aside: None,
        };
        self.tasks.insert(child, task);
        self.program.get_or_insert(child);
        self.resume_early(child);
    }

    /// A task whose parent is known goes on, if it was there first.
    fn resume_early(&mut self, child: Tid) {
        if let Some(index) = self.early.iter().position(|early| *early == child) {
            self.early.swap_remove(index);
            resume(child, Resume::Free, 0);
        }
    }

    fn executed(&mut self, tid: Tid) {
        // In a process with several threads the one that executes takes over the first one's number.
        if let Ok(former) = ptrace::event_message(tid)
            && former != tid
            && let Some(task) = self.tasks.remove(&former)
            && let Some(first) = self.tasks.insert(tid, task)
        {
            self.recorder.tell(Fact::ThreadEnded { thread: first.thread, status: ExitStatus::Unknown });
        }
        let Some(task) = self.tasks.get_mut(&tid) else { return };
        if let Some(call) = task.call.take() {
            self.recorder.tell(Fact::CallAbandoned { call: call.id });
        }
        self.kernel.forget_all(self.host, task.process);
        if let Some(process) = self.processes.get_mut(&task.process) {
            process.forget_source(task.process, self.files.clone());
        }
        let thread = task.thread;
        // A run that is over waits for nobody.
        if !mem::replace(&mut self.mounted, true) {
            let _ = self.notices.send(Notice::Mounted(self.host, Disks::of(tid)));
        }
        if self.program == Some(tid) {
            if let Some(fact) = self.compiler.executed(self.host) {
                let compiled = matches!(fact, Fact::CompilerEnded { .. });
                self.recorder.tell(fact);
                if let Some(process) = self.processes.get_mut(&tid).filter(|_| compiled) {
                    process.source.compiled();
                }
            }
            if self.compiler.is_at_work() {
                return;
            }
            let _ = self.notices.send(Notice::ProgramBegan(self.host));
        }
        let path = std::fs::read_link(format!("/proc/{tid}/exe")).unwrap_or_default();
        self.recorder.tell(Fact::ProgramExecuted { thread, path: path.to_string_lossy().into_owned() });
    }

    /// A call is entered: whether its return is of interest.
    fn entered(&mut self, tid: Tid) -> Resume {
        let is_shared = self.is_shared(tid);
        let (Ok(entry), Some(task)) = (ptrace::syscall_entry(tid), self.tasks.get_mut(&tid)) else {
            return Resume::Free;
        };
        let Some(syscall) = policy::traced(entry.number) else {
            // It makes a descriptor, or both of a pipe.
            task.aside = self.fences.lacks(2, task.process).then_some(Aside::WantsDescriptor);
            return if task.aside.is_some() { Resume::ToSyscallExit } else { Resume::Free };
        };
        // restart_syscall(2) goes on with any call that a stop has interrupted; it is told if that one was.
        let interrupted = mem::take(&mut task.interrupted);
        if syscall == Syscall::RestartSyscall && !interrupted {
            return Resume::Free;
        }
        if self.compiler.is_at_work() {
            return Resume::Free; // the shell that waits for it
        }
        let raw = Raw::new(tid, syscall, entry.args);
        let Some(process) = self.processes.get_mut(&task.process) else { return Resume::Free };
        let Interest::Told(socket) = interest(&self.kernel, self.host, task.process, process, &raw) else {
            task.aside = if syscall == Syscall::CloseRange && process.may_hold_sockets {
                Some(Aside::Closes)
            } else {
                let lacks = makes_descriptor(&raw, syscall) && self.fences.lacks(1, task.process);
                lacks.then_some(Aside::WantsDescriptor)
            };
            // Of files that it could not open it tells its person, if anybody.
            if matches!(syscall, Syscall::Write | Syscall::Writev) && (1..=2).contains(&raw.int(0)) {
                self.fences.speaks(&self.recorder, task.process);
            }
            return if task.aside.is_some() { Resume::ToSyscallExit } else { Resume::Free };
        };
        forget(&self.kernel, self.host, task.process, &raw);
        let id = self.recorder.call();
        let place = process.source.place(tid, task.inside);
        let args = decode::entered(&raw);
        let thread = task.thread;
        let address = args.iter().find_map(|value| match value {
            Value::Address(address) => Some(address.clone()),
            _ => None,
        });
        task.call = Some(OpenCall { id, raw, socket, address, shared: is_shared.then(|| args.clone()) });
        self.recorder.tell(Fact::CallEntered { call: id, thread, syscall, args, socket, place });
        Resume::ToSyscallExit
    }

    /// Whether other threads can write where this one reads.
    fn is_shared(&self, tid: Tid) -> bool {
        let process = self.tasks.get(&tid).map(|task| task.process);
        self.tasks.values().filter(|task| Some(task.process) == process).nth(1).is_some()
    }

    /// Holds a thread at the call that it has entered, if that is wanted; whether it did.
    fn hold(&mut self, tid: Tid) -> bool {
        let Some(task) = self.tasks.get_mut(&tid) else { return false };
        let again = task.again.take();
        let Some(OpenCall { id, raw, .. }) = &task.call else { return false };
        // A signal that nobody noticed (`SIGWINCH` of a resized terminal) is no reason to be held at the same call twice.
        if again.is_some_and(|call| call == raw.syscall || raw.syscall == Syscall::RestartSyscall) {
            return false;
        }
        if !self.steps.holds(raw.syscall) {
            return false;
        }
        let process = self.processes.get_mut(&task.process);
        let locals = process.map(|process| process.source.locals(task.inside)).unwrap_or_default();
        self.recorder.tell(Fact::CallHeld { call: *id, locals });
        self.held.insert(tid, *id);
        true
    }

    /// Takes the orders that somebody rang for.
    fn obey(&mut self) {
        if self.steps.take() {
            for (tid, call) in mem::take(&mut self.held) {
                self.recorder.tell(Fact::CallResumed { call });
                resume(tid, Resume::ToSyscallExit, 0);
            }
        }
    }

    /// A call returned.
    fn returned(&mut self, tid: Tid) {
        let Some(task) = self.tasks.get_mut(&tid) else { return };
        let aside = task.aside.take();
        if aside == Some(Aside::Closes) {
            self.kernel.forget_all(self.host, task.process);
        }
        if aside == Some(Aside::WantsDescriptor)
            && let Ok(exit) = ptrace::syscall_exit(tid)
            && let Ok(errno) = i32::try_from(-exit.value)
        {
            self.fences.returned(&self.recorder, Outcome::Failed(Errno(errno)));
        }
        let Some(OpenCall { id, raw, socket, address, shared }) = task.call.take() else { return };
        let Ok(exit) = ptrace::syscall_exit(tid) else {
            self.recorder.tell(Fact::CallAbandoned { call: id });
            return;
        };
        // What it sent to its own host was sent before it returned.
        self.loopback.listen(self.host);
        // Once more: another thread may have called on it between.
        forget(&self.kernel, self.host, task.process, &raw);
        let ask = |fd| self.kernel.examine(self.host, task.process, fd);
        let (outcome, mut filled) = if exit.is_error {
            (Outcome::Failed(Errno(i32::try_from(-exit.value).unwrap_or(0))), Vec::new())
        } else {
            (Outcome::Returned(exit.value), decode::returned(&raw, exit.value))
        };
        task.broken_pipe = outcome == Outcome::Failed(Errno(libc::EPIPE));
        task.interrupted = outcome == Outcome::Failed(RESTART_BLOCK);
        let restarts = matches!(outcome, Outcome::Failed(errno) if errno.is_restart());
        task.again = restarts.then_some(raw.syscall);
        // The socket that was called on has another state now, and there may be a new one.
        let mut taken = None;
        if takes_descriptor(raw.syscall) && raw.syscall != Syscall::Close {
            let same = ask(raw.int(0)) == socket;
            if same && outcome == Outcome::Returned(0) && matches!(raw.syscall, Syscall::Bind | Syscall::Connect) {
                taken = truth::taken(task.process, &raw);
            }
        }
        if let Some(entered) = shared {
            let is_known = |index| {
                index == truth::ADDRESS && taken.is_some() || filled.iter().any(|argument| argument.index == index)
            };
            let changed = truth::changed(&entered, &decode::entered(&raw), is_known);
            filled.extend(changed);
        }
        filled.extend(taken.and_then(|taken| truth::correction(address.as_ref(), taken)));
        let made = match (raw.syscall, outcome) {
            (Syscall::Socketpair, Outcome::Returned(_)) => filled.iter().find_map(|argument| match &argument.value {
                Value::FdSet(pair) => pair.iter().filter_map(|fd| ask(*fd)).collect::<Vec<_>>().first().copied(),
                _ => None,
            }),
            (syscall, Outcome::Returned(fd)) if makes_descriptor(&raw, syscall) => i32::try_from(fd).ok().and_then(ask),
            _ => None,
        };
        match raw.syscall {
            Syscall::Close | Syscall::CloseRange => self.kernel.closed(self.host, task.process),
            Syscall::EpollCtl | Syscall::EpollWait | Syscall::EpollPwait | Syscall::EpollPwait2 => {
                if let Some(process) = self.processes.get(&task.process) {
                    let waited = raw.syscall != Syscall::EpollCtl;
                    self.kernel.epoll(self.host, (task.process, process.id), raw.int(0), waited);
                }
            }
            _ => {}
        }
        self.recorder.tell(Fact::CallReturned { call: id, outcome, filled, made });
        self.fences.returned(&self.recorder, outcome);
        if matches!(outcome, Outcome::Returned(_)) && self.serves(raw.syscall, socket) {
            let _ = self.notices.send(Notice::Serves(self.host)); // a run that is over waits for nobody
        }
        if only_moves_data(raw.syscall) { self.kernel.stir(self.host) } else { self.kernel.touch(self.host) }
    }

    /// Whether a call that succeeded made the program one that others can talk to.
    fn serves(&self, syscall: Syscall, socket: Option<SocketId>) -> bool {
        let kind = || socket.and_then(|socket| self.kernel.kind(self.host, socket));
        syscall == Syscall::Listen || syscall == Syscall::Bind && kind() == Some(Kind::Datagram)
    }

    /// A signal is about to be delivered.
    fn signalled(&self, tid: Tid, signal: i32) {
        let (Some(task), false) = (self.tasks.get(&tid), self.compiler.is_at_work()) else { return };
        let from = match ptrace::signal_info(tid) {
            Ok(info) => signals::source(signal, info, task.broken_pipe, &self.numbers),
            Err(_) => SignalSource::Unknown,
        };
        let disposition = signals::disposition(tid, signal);
        self.recorder.tell(Fact::SignalDelivered { thread: task.thread, signal, from, disposition });
    }

    /// A process or thread is gone. `tid` may also be bwrap's own, inside or outside.
    fn ended(&mut self, tid: Tid, status: ExitStatus) {
        self.early.retain(|early| *early != tid);
        self.held.remove(&tid);
        self.compiler.forget(tid);
        let Some(task) = self.tasks.remove(&tid) else { return };
        if let Some(call) = task.call {
            self.recorder.tell(Fact::CallAbandoned { call: call.id });
        }
        if self.program == Some(tid) && self.compiler.is_at_work() {
            self.recorder.tell(Fact::CompilerEnded { host: self.host, status });
        }
        self.recorder.tell(Fact::ThreadEnded { thread: task.thread, status });
        if tid == task.process {
            self.processes.remove(&tid);
            self.kernel.process_ended(self.host, tid);
        }
        if self.program == Some(tid) {
            self.recorder.tell(Fact::ProgramEnded { host: self.host, status });
            // The supervisor is gone only when the run is.
            let _ = self.notices.send(Notice::ProgramEnded(self.host));
        }
    }
}

fn resume(tid: Tid, how: Resume, signal: i32) {
    if let Err(error) = ptrace::resume(tid, how, signal) {
        // ESRCH: it was killed while it stood still; its end comes as the next wait.
        tracing::debug!(tid, %error, "could not resume");
    }
}
