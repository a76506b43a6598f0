//! Calls that a signal interrupted and that go on: what the program never noticed is one call.
//!
//! Under ptrace(2) even a signal that is ignored (`SIGWINCH` of a resized terminal) ends a waiting call with
//! `ERESTARTSYS` or one of its kin. Unless a handler is to see `EINTR`, the kernel then enters it again at once, or
//! goes on by restart_syscall(2). A trace tells both halves, as strace(1) does.

use super::{Call, Model};
use crate::event::call::{Outcome, Value};
use crate::id::{CallId, ThreadId};
use crate::syscall::Syscall;

impl Call {
    /// Whether a signal interrupted it, so that it may go on.
    pub fn is_interrupted(&self) -> bool {
        matches!(self.outcome(), Some(Outcome::Failed(errno)) if errno.is_restart())
    }
}

impl Model {
    /// The call of an id in the trace. One that was interrupted and went on has several ids, and is called by its
    /// first.
    pub fn call(&self, id: CallId) -> Option<&Call> {
        self.calls.get(&self.first_id(id)).map(AsRef::as_ref)
    }

    pub(super) fn first_id(&self, id: CallId) -> CallId {
        self.restarted.get(&id).copied().unwrap_or(id)
    }

    /// The interrupted call that goes on when its thread enters this one next.
    pub(super) fn goes_on(&self, thread: ThreadId, syscall: Syscall, args: &[Value]) -> Option<CallId> {
        let call = self.calls.get(&self.threads.get(&thread)?.interrupted?)?;
        // The time that is left is another one.
        let same = |(one, other): (&Value, &Value)| {
            one == other || matches!((one, other), (Value::Timeout(_), Value::Timeout(_)))
        };
        let again = call.syscall == syscall && call.args.len() == args.len() && call.args.iter().zip(args).all(same);
        (again || syscall == Syscall::RestartSyscall).then_some(call.id)
    }
}
