//! Calls that CPython makes by itself, beside those that a learner's line asks for. They are as real as the others, and
//! are drawn so that they don't draw the eye.

use super::Ladder;
use crate::event::call::Outcome;
use crate::model::Call;
use crate::syscall::Syscall;

impl Ladder {
    /// Whether a call that is being entered is the language's own.
    ///
    /// `socket.accept()` of Python asks a new descriptor for its family (getsockname(2), in `socket.__init__`), and the
    /// warning about sockets that were never closed asks for their names, where no line of a program is being run.
    pub(super) fn is_runtime(&self, call: &Call) -> bool {
        if !self.is_python(call) || !matches!(call.syscall, Syscall::Getsockname | Syscall::Getpeername) {
            return false;
        }
        let Some(before) = self.last_calls.get(&call.thread).and_then(|call| self.model.call(*call)) else {
            return false;
        };
        let accepted = matches!(before.syscall, Syscall::Accept | Syscall::Accept4)
            && before.place == call.place
            && returned(before) == call.fd();
        accepted || call.place.is_none()
    }

    /// A call returned; `drawn` is its box. If it made an epoll instance, that may be the import of `selectors` (and of
    /// all that imports it, `socket` too), which finds out whether there is such a thing and gives it back. Closing what
    /// is no socket is not told, but the next descriptor then has the same number.
    pub(super) fn epoll_probed(&mut self, call: &Call, drawn: usize) {
        let fd = returned(call);
        if let Some((epoll, drawn)) = self.new_epolls.remove(&call.thread)
            && call.made().is_some()
            && fd == Some(epoll)
        {
            self.calls.update(drawn, |drawn| drawn.runtime = true);
        }
        if let (Some(fd), Syscall::EpollCreate | Syscall::EpollCreate1, true) = (fd, call.syscall, self.is_python(call))
        {
            self.new_epolls.insert(call.thread, (fd, drawn));
        }
    }

    fn is_python(&self, call: &Call) -> bool {
        let host = self.model.threads.get(&call.thread).and_then(|thread| self.model.host(thread.host));
        host.is_some_and(|host| {
            std::path::Path::new(&host.spec.program).extension().is_some_and(|ending| ending == "py")
        })
    }
}

/// The descriptor that a call returned.
fn returned(call: &Call) -> Option<i32> {
    match call.outcome() {
        Some(Outcome::Returned(n)) => n.try_into().ok(),
        _ => None,
    }
}
