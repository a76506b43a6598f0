//! System calls: entered, perhaps blocked, returned or abandoned; and what they tell about descriptors.

use std::sync::Arc;
use std::time::Duration;

use super::{Model, Oddity};
use crate::errno::Errno;
use crate::event::call::{Local, Outcome, Place, Value};
use crate::event::{Event, Fact};
use crate::id::{CallId, SocketId, ThreadId};
use crate::syscall::Syscall;
use crate::time::Nanos;

/// A call that lasted this long has waited for something.
///
/// A traced call that waits for nothing takes some ten microseconds, rarely a few hundred on a busy machine; waiting
/// for another host or for a person takes longer than a millisecond on any wire with a delay that can be seen.
pub const BLOCKED: Duration = Duration::from_millis(1);

/// One system call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// Who called.
    pub thread: ThreadId,
    /// Which call.
    pub syscall: Syscall,
    /// Its arguments in the order of [`Syscall::params`]; once it returned, with what the kernel filled in.
    pub args: Vec<Value>,
    /// The socket behind its first descriptor.
    pub socket: Option<SocketId>,
    /// The learner's line that led to it.
    pub place: Option<Place>,
    /// When it was entered.
    pub entered: Nanos,
    /// When it was held at its entry, with the program's local variables; and when it went on, if it has.
    pub hold: Option<Hold>,
    /// When and how it ended; `None` while the program is inside.
    pub ending: Option<(Nanos, Ending)>,
}

/// A hold at a call's entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// The local variables of the program while it stood still.
    pub locals: Vec<Local>,
    /// When it went on; `None` while it is held.
    pub resumed: Option<Nanos>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It returned.
    Returned {
        /// What.
        outcome: Outcome,
        /// The socket that it made.
        made: Option<SocketId>,
    },
    /// Its task was ended inside it.
    Abandoned,
}

impl Call {
    /// Whether the program is inside the call.
    pub const fn is_open(&self) -> bool {
        self.ending.is_none()
    }

    /// What it returned.
    pub const fn outcome(&self) -> Option<Outcome> {
        match self.ending {
            Some((_, Ending::Returned { outcome, .. })) => Some(outcome),
            _ => None,
        }
    }

    /// The socket that it made.
    pub const fn made(&self) -> Option<SocketId> {
        match self.ending {
            Some((_, Ending::Returned { made, .. })) => made,
            _ => None,
        }
    }

    /// Whether the program stands still at the call's entry.
    pub fn is_held(&self) -> bool {
        self.is_open() && self.hold.as_ref().is_some_and(|hold| hold.resumed.is_none())
    }

    /// How long the kernel has been inside at a moment: a hold at the entry does not count.
    pub fn lasted(&self, now: Nanos) -> Duration {
        let end = self.ending.map_or(now, |(at, _)| at);
        let begin = self.hold.as_ref().map_or(self.entered, |hold| hold.resumed.unwrap_or(end));
        end.since(begin)
    }

    /// How long the program has waited inside at a moment, if it has.
    pub fn blocked(&self, now: Nanos) -> Option<Duration> {
        Some(self.lasted(now)).filter(|lasted| *lasted >= BLOCKED)
    }

    /// The descriptor that it is about.
    pub fn fd(&self) -> Option<i32> {
        match self.args.first() {
            Some(Value::Fd(fd)) => Some(*fd),
            _ => None,
        }
    }

    /// Whether it waits for what a person types: a read(2) of standard input, which is the terminal.
    pub fn reads_terminal(&self) -> bool {
        matches!(self.syscall, Syscall::Read | Syscall::Readv) && self.fd() == Some(0) && self.socket.is_none()
    }
}

impl Model {
    pub(super) fn take_call(&mut self, event: &Event) -> Result<(), Oddity> {
        match &event.fact {
            Fact::CallEntered { call, thread, syscall, args, socket, place } => {
                if self.calls.contains_key(call) || self.restarted.contains_key(call) {
                    return Err(Oddity::CallTwice(*call));
                }
                let first = self.goes_on(*thread, *syscall, args);
                let task = self.thread_mut(*thread)?;
                task.interrupted = None;
                let other = task.call.replace(first.unwrap_or(*call));
                if place.is_some() {
                    task.place.clone_from(place);
                }
                let process = task.process;
                if let Some(interrupted) = first.and_then(|first| self.calls.get_mut(&first)) {
                    Arc::make_mut(interrupted).ending = None;
                    self.restarted.insert(*call, interrupted.id);
                    return other.map_or(Ok(()), |other| Err(Oddity::CallInCall(other)));
                }
                let entered = Call {
                    id: *call,
                    thread: *thread,
                    syscall: *syscall,
                    args: args.clone(),
                    socket: *socket,
                    place: place.clone(),
                    entered: event.at,
                    hold: None,
                    ending: None,
                };
                // The call says what its descriptor is now, whatever was thought before.
                if let (Some(fd), Some(process)) = (entered.fd(), self.processes.get_mut(&process)) {
                    match socket {
                        Some(socket) => process.fds.insert(fd, *socket),
                        None => process.fds.remove(&fd),
                    };
                }
                self.calls.insert(*call, Arc::new(entered));
                other.map_or(Ok(()), |other| Err(Oddity::CallInCall(other)))
            }
            Fact::CallHeld { call, locals } => {
                let call = self.open(*call)?;
                call.hold = Some(Hold { locals: locals.clone(), resumed: None });
                Ok(())
            }
            Fact::CallResumed { call } => {
                if let Some(hold) = &mut self.open(*call)?.hold {
                    hold.resumed = Some(event.at);
                }
                Ok(())
            }
            Fact::CallReturned { call, outcome, filled, made } => {
                let ended = self.end(*call, event.at, Ending::Returned { outcome: *outcome, made: *made })?;
                for argument in filled {
                    if let Some(arg) = ended.args.get_mut(usize::from(argument.index)) {
                        arg.clone_from(&argument.value);
                    }
                }
                let ended = Arc::clone(self.calls.get(&self.first_id(*call)).ok_or(Oddity::UnknownCall(*call))?);
                self.move_descriptors(&ended, *outcome, *made);
                Ok(())
            }
            Fact::CallAbandoned { call } => self.end(*call, event.at, Ending::Abandoned).map(drop),
            _ => Ok(()),
        }
    }

    /// A call that has not ended, to be changed.
    fn open(&mut self, id: CallId) -> Result<&mut Call, Oddity> {
        let first = self.first_id(id);
        let call = self.calls.get_mut(&first).ok_or(Oddity::UnknownCall(id))?;
        if call.ending.is_some() {
            return Err(Oddity::CallOver(id));
        }
        Ok(Arc::make_mut(call))
    }

    /// Ends a call and returns it, to be completed.
    fn end(&mut self, id: CallId, at: Nanos, ending: Ending) -> Result<&mut Call, Oddity> {
        self.open(id)?;
        let first = self.first_id(id);
        let call = Arc::make_mut(self.calls.get_mut(&first).ok_or(Oddity::UnknownCall(id))?);
        call.ending = Some((at, ending));
        if let Some(task) = self.threads.get_mut(&call.thread)
            && task.call == Some(first)
        {
            task.call = None;
            task.interrupted = call.is_interrupted().then_some(first);
        }
        Ok(call)
    }

    /// What a returned call did to its process's descriptors.
    fn move_descriptors(&mut self, call: &Call, outcome: Outcome, made: Option<SocketId>) {
        const EBADF: Errno = Errno(9);
        let Some(process) = self.threads.get(&call.thread).map(|thread| thread.process) else { return };
        let Some(process) = self.processes.get_mut(&process) else { return };
        match (call.syscall, outcome) {
            (Syscall::Close, outcome) => {
                // close(2): the descriptor is free again even when it fails, unless it was none.
                if let Some(fd) = call.fd()
                    && outcome != Outcome::Failed(EBADF)
                {
                    process.fds.remove(&fd);
                }
            }
            // With `CLOSE_RANGE_CLOEXEC` they stay open until execve(2).
            (Syscall::CloseRange, Outcome::Returned(_)) => {
                if let [Value::Int(first), Value::Int(last), Value::Named(flags)] = &call.args[..]
                    && !flags.contains("CLOEXEC")
                {
                    process.fds.retain(|fd, _| !(*first..=*last).contains(&i64::from(*fd)));
                }
            }
            // socketpair(2) returns zero; its descriptors are in `sv`, and the event names the first one's socket.
            (Syscall::Socketpair, Outcome::Returned(_)) => {
                if let (Some(Value::FdSet(pair)), Some(made)) = (call.args.get(3), made)
                    && let Some(&first) = pair.first()
                {
                    process.fds.insert(first, made);
                }
            }
            (syscall, Outcome::Returned(fd)) => {
                let Ok(fd) = i32::try_from(fd) else { return };
                if let Some(made) = made {
                    process.fds.insert(fd, made);
                } else if matches!(syscall, Syscall::Dup2 | Syscall::Dup3) {
                    // dup2(2) closes what was there before; what is there now is no socket.
                    process.fds.remove(&fd);
                }
            }
            (_, Outcome::Failed(_)) => {}
        }
    }
}
