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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::event::call::Outcome;
    use crate::fixtures::story::{Program, Story, recv_args};
    use crate::id::CallId;
    use crate::ladder::{Ladder, Options};

    /// `ERESTARTSYS` and `ERESTART_RESTARTBLOCK`.
    const ERESTARTSYS: i32 = 512;
    const RESTART_BLOCK: i32 = 516;

    fn story() -> (Story, Program) {
        let mut story = Story::new(&[("a", [10, 0, 0, 1])], Duration::ZERO);
        let program = story.program(0);
        (story, program)
    }

    fn outcomes(model: &Model) -> Vec<Option<i64>> {
        let value = |call: &Call| match call.outcome() {
            Some(Outcome::Returned(value)) => Some(value),
            _ => None,
        };
        model.calls.values().map(|call| value(call.as_ref())).collect()
    }

    #[test]
    fn a_call_that_goes_on_is_one_call_and_one_box() {
        let (mut story, program) = story();
        let first = story.enter(&program, 1, Syscall::Recvfrom, recv_args(3, 5, false), None);
        story.wait(5_000);
        story.fail(first, ERESTARTSYS);
        let again = story.enter(&program, 1, Syscall::Recvfrom, recv_args(3, 5, false), None);
        let events = story.so_far();
        let waiting = Model::after(&events);
        assert_eq!(waiting.call(again).map(|call| (call.id, call.is_open())), Some((first, true)));
        assert_eq!(waiting.threads[&program.thread].call, Some(first));

        let mut returned = events.clone();
        let last = events.last().unwrap();
        returned.push(crate::event::Event {
            seq: last.seq + 1,
            at: last.at + Duration::from_millis(3),
            fact: crate::event::Fact::CallReturned {
                call: again,
                outcome: Outcome::Returned(5),
                filled: vec![],
                made: None,
            },
        });
        let model = Model::after(&returned);
        assert_eq!((outcomes(&model), model.notes.len()), (vec![Some(5)], 0));
        assert!(model.call(first).unwrap().lasted(model.now) > Duration::from_millis(8));

        let ladder = Ladder::of(&returned, Options::default());
        let drawn = ladder.visible(0.0..1000.0).calls;
        assert_eq!(drawn.iter().map(|call| call.result.as_deref()).collect::<Vec<_>>(), [Some("→ 5 B")]);
        assert!(drawn[0].bottom.is_some());
    }

    #[test]
    fn restart_syscall_goes_on_with_whatever_was_interrupted() {
        let (mut story, program) = story();
        let args = |left| vec![Value::Polled(vec![]), Value::Int(0), Value::Timeout(Some(Duration::from_secs(left)))];
        let first = story.enter(&program, 1, Syscall::Poll, args(9), None);
        story.fail(first, RESTART_BLOCK);
        let second = story.enter(&program, 1, Syscall::RestartSyscall, vec![], None);
        story.fail(second, RESTART_BLOCK);
        let third = story.enter(&program, 1, Syscall::Poll, args(7), None);
        story.leave(third, 0);
        assert_eq!(outcomes(&Model::after(&story.so_far())), [Some(0)]);
    }

    #[test]
    fn another_call_or_another_threads_call_is_another_call() {
        let (mut story, program) = story();
        let other = story.thread(&program);
        let first = story.enter(&program, 1, Syscall::Recvfrom, recv_args(3, 5, false), None);
        story.fail(first, ERESTARTSYS);
        // Of another thread; with another size; and after a call of the signal's handler.
        for (program, size) in [(&other, 5), (&program, 6), (&program, 5)] {
            let call = story.enter(program, 1, Syscall::Recvfrom, recv_args(3, size, false), None);
            story.leave(call, size);
        }
        let model = Model::after(&story.so_far());
        assert_eq!(outcomes(&model), [None, Some(5), Some(6), Some(5)]);
        assert_eq!(model.call(CallId(0)).map(Call::is_interrupted), Some(true));
    }
}
