//! Whose turn it is.

use std::collections::VecDeque;
use std::io;

use crate::sys::ptrace::{Tid, Wait, wait_any, wait_no_longer};

/// What is to be told of the tracees, in an order that keeps nobody waiting.
///
/// wait(2) looks through the tracees from the newest to the oldest. A thread that stops again as soon as it may go on
/// would be told of again and again, and an older one, whose call returned long ago, would stand still meanwhile. So
/// all that there is to tell is taken at once.
#[derive(Debug, Default)]
pub(super) struct Stops(VecDeque<(Tid, Wait)>);

impl Stops {
    /// Waits for the next one; `None` when no tracee is left.
    pub(super) fn next(&mut self) -> io::Result<Option<(Tid, Wait)>> {
        if let Some(stop) = self.0.pop_front() {
            return Ok(Some(stop));
        }
        let Some(first) = wait_any()? else { return Ok(None) };
        self.push(first);
        while let Some(next) = wait_no_longer()? {
            self.push(next);
        }
        Ok(self.0.pop_front())
    }

    fn push(&mut self, (tid, wait): (Tid, Wait)) {
        // The first thread of this number was ended by another one, which has taken the number over: to let the former
        // go on would let the latter go on, whose turn is later.
        if wait == Wait::Executed {
            self.0.retain(|(former, _)| *former != tid);
        }
        self.0.push_back((tid, wait));
    }
}
