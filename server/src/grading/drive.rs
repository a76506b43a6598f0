//! A run that nobody sits at: it is typed into when a program waits for its terminal, and stopped when nothing in it
//! will change any more.

use std::collections::{BTreeSet, VecDeque};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use lab::Plan;
use lab::run::RunError;
use trace::bytes::Bytes;
use trace::event::call::Value;
use trace::event::host::Cause;
use trace::event::socket::TimerKind;
use trace::event::{Event, Fact};
use trace::id::{CallId, HostId};
use trace::model::{Activity, Call, Model, ProgramState, Thread};
use trace::syscall::Syscall;

/// What a host is in a graded run.
#[derive(Clone, Debug)]
pub struct Role {
    /// Which.
    pub host: HostId,
    /// What is typed into its terminal, line by line.
    pub typed: String,
    /// Whether its program is a grader: when all graders have ended, the run has little left to show.
    pub grades: bool,
}

/// How long everything must have stood still before a run in which nothing can move is stopped. On a busy machine a
/// program that was woken may take a while to make its next call.
const STILL: Duration = Duration::from_millis(700);

/// The same where a task makes no call that is told of: what it sleeps or waits for may take it half a second, and on a
/// busy machine more.
const STILL_ASIDE: Duration = Duration::from_secs(2);

/// The same after all graders have ended.
const GRADED: Duration = Duration::from_millis(400);

/// After all graders have ended, the network must have stood still so long, whatever programs do: one that asks again
/// and again whether there is something is never still.
const GRADED_BUSY: Duration = Duration::from_millis(1500);

/// How often it is looked when nothing happens.
const LOOK: Duration = Duration::from_millis(50);

/// Runs a plan to its end, and returns its trace.
pub fn drive(plan: Plan, roles: &[Role]) -> Result<Vec<Event>, RunError> {
    let patience = plan.limits.wall + Duration::from_secs(5);
    let begin = Instant::now();
    let (to, inbox) = channel();
    let run = lab::start(plan, Box::new(move |event| drop(to.send(event))))?;
    let mut watch = Watch::new(roles);
    let mut events = vec![];
    loop {
        match inbox.recv_timeout(LOOK) {
            Ok(event) => {
                watch.take(&event);
                let over = matches!(event.fact, Fact::RunEnded { .. });
                events.push(event);
                if over {
                    break;
                }
                // Only when all that is known is taken in: a program may have gone on since.
                if let Ok(event) = inbox.try_recv() {
                    watch.take(&event);
                    let over = matches!(event.fact, Fact::RunEnded { .. });
                    events.push(event);
                    if over {
                        break;
                    }
                    continue;
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if let Some((host, line)) = watch.types() {
            let _ = run.type_into(host, Bytes::from(line)); // a program that has just ended reads no more
        } else if watch.is_done() || begin.elapsed() > patience {
            run.stop(Cause::Stopped);
        }
    }
    run.wait();
    Ok(events)
}

/// What is known of the run, and what is still to be typed.
pub(super) struct Watch {
    model: Model,
    graders: Vec<HostId>,
    lines: Vec<(HostId, VecDeque<String>)>,
    /// Calls that something was typed for.
    answered: BTreeSet<CallId>,
    /// When something happened for the last time: an event, or a line that was typed.
    last: Instant,
    /// When an event came for the last time that is of the network or of programs' beginnings and ends, and not only of
    /// what a program calls and prints.
    moved: Instant,
}

impl Watch {
    pub(super) fn new(roles: &[Role]) -> Self {
        let now = Instant::now();
        let lines = |role: &Role| (role.host, role.typed.split_inclusive('\n').map(str::to_owned).collect());
        Self {
            model: Model::default(),
            graders: roles.iter().filter(|role| role.grades).map(|role| role.host).collect(),
            lines: roles.iter().map(lines).collect(),
            answered: BTreeSet::new(),
            last: now,
            moved: now,
        }
    }

    /// Takes an event into account.
    pub(super) fn take(&mut self, event: &Event) {
        self.model.apply(event);
        self.last = Instant::now();
        if !matches!(event.fact, Fact::CallEntered { .. } | Fact::CallReturned { .. } | Fact::Printed { .. }) {
            self.moved = self.last;
        }
    }

    /// The next line that a program waits for. Where nobody seems to wait for the terminal, but all stands still, it is
    /// typed all the same: not every way of waiting can be seen.
    pub(super) fn types(&mut self) -> Option<(HostId, String)> {
        let line = self.next_line();
        if line.is_some() {
            self.last = Instant::now();
        }
        line
    }

    fn next_line(&mut self) -> Option<(HostId, String)> {
        let ended = |model: &Model, host: HostId| {
            model.host(host).is_none_or(|host| !matches!(host.program, ProgramState::Running))
        };
        let (model, answered) = (&self.model, &mut self.answered);
        for (host, lines) in &mut self.lines {
            if lines.is_empty() || ended(model, *host) {
                continue;
            }
            let mut tasks = model.threads.values().filter(|task| task.host == *host && task.ended.is_none());
            let waiting = tasks.find_map(|task| {
                let call = model.calls.get(&task.call?)?;
                (reads_terminal(call) && !answered.contains(&call.id)).then_some(call.id)
            });
            if let Some(call) = waiting {
                answered.insert(call);
                return lines.pop_front().map(|line| (*host, line));
            }
        }
        if self.last.elapsed() < STILL / 2 || !self.stands() {
            return None;
        }
        let model = &self.model;
        let (host, lines) = self.lines.iter_mut().find(|(host, lines)| !lines.is_empty() && !ended(model, *host))?;
        lines.pop_front().map(|line| (*host, line))
    }

    /// Whether nothing more is to be seen.
    pub(super) fn is_done(&self) -> bool {
        let (still, unmoved) = (self.last.elapsed(), self.moved.elapsed());
        let over =
            |host: &HostId| self.model.host(*host).is_some_and(|host| matches!(host.program, ProgramState::Ended(_)));
        if !self.graders.is_empty() && self.graders.iter().all(over) && (still >= GRADED || unmoved >= GRADED_BUSY) {
            return true;
        }
        still >= STILL && self.stands() && (still >= STILL_ASIDE || !self.is_someone_aside())
    }

    /// Whether a task makes no call that is told of.
    fn is_someone_aside(&self) -> bool {
        self.tasks().any(|task| matches!(self.model.activity(task), Activity::Computing))
    }

    /// The tasks of programs that have not ended.
    fn tasks(&self) -> impl Iterator<Item = &Thread> {
        let is_visitor = |host: HostId| self.model.host(host).is_some_and(|host| host.spec.visitor);
        self.model.threads.values().filter(move |task| task.ended.is_none() && !is_visitor(task.host))
    }

    /// Whether nothing can happen any more: everybody is in a call that has no time-out, and no timer of the kernel's
    /// is about to do anything.
    fn stands(&self) -> bool {
        let mut tasks = self.tasks().peekable();
        let started = self.model.hosts.iter().all(|host| host.program != ProgramState::NotStarted || host.spec.visitor);
        let timers = self
            .model
            .sockets
            .values()
            .filter(|socket| socket.gone.is_none())
            .any(|socket| matches!(socket.snapshot.timer, Some(timer) if timer.kind == TimerKind::Retransmission));
        started
            && !timers
            && tasks.peek().is_some()
            && tasks.all(|task| match self.model.activity(task) {
                Activity::InCall(call) => is_endless(call),
                Activity::WaitingForPerson(_) | Activity::Ended(_) => true,
                Activity::Computing => self.waits_for_others(task.id, task.process),
            })
    }

    /// A task that makes no call that is told of: asleep, computing, or waiting for another task of its own host. Only
    /// the last stands still, and only while the others do: a pool's idle workers, a main thread that joins them.
    fn waits_for_others(&self, task: trace::id::ThreadId, process: trace::id::ProcessId) -> bool {
        let host = self.model.processes.get(&process).map(|process| process.host);
        self.model.threads.values().any(|other| {
            other.id != task
                && other.ended.is_none()
                && Some(other.host) == host
                && matches!(self.model.activity(other), Activity::InCall(call) if is_endless(call))
        })
    }
}

/// Whether a call has no time-out of its own.
fn is_endless(call: &Call) -> bool {
    let limited = call.args.iter().any(|value| matches!(value, Value::Timeout(Some(_))));
    !limited && call.syscall != Syscall::Connect
}

/// Whether a call waits for the terminal, perhaps among others.
fn reads_terminal(call: &Call) -> bool {
    call.reads_terminal()
        || call.syscall.waits_for_readiness()
            && call.args.iter().any(|value| match value {
                Value::FdSet(fds) => fds.contains(&0),
                Value::Polled(polled) => polled.iter().any(|one| one.fd == 0),
                _ => false,
            })
}
