//! Signals to processes that the engine started.

use super::ptrace::Tid;

/// Ends a process at once. One that is gone already is no error.
pub(crate) fn kill(process: Tid) {
    // SAFETY: takes no pointers.
    unsafe { libc::kill(process, libc::SIGKILL) };
}
