//! What the tracer knows of a task and of a process.

use std::fs;

use trace::event::call::{Address, Value};
use trace::id::{CallId, ProcessId, SocketId, ThreadId};
use trace::syscall::Syscall;

use super::decode::Raw;
use crate::source::Source;
use crate::sys::ptrace::Tid;

/// A thread of a learner's program.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) thread: ThreadId,
    /// Its process, by the number of its first thread.
    pub(super) process: Tid,
    /// Its own number inside the sandbox.
    pub(super) inside: u32,
    /// The call that it is in.
    pub(super) call: Option<OpenCall>,
    /// A signal interrupted its last call, which is to go on by restart_syscall(2).
    pub(super) interrupted: bool,
    /// Its last call, if a signal interrupted it so that the kernel enters it again.
    pub(super) again: Option<Syscall>,
    /// Its last call failed with `EPIPE`.
    pub(super) broken_pipe: bool,
    /// Why it is awaited at the return of a call of which nothing is told.
    pub(super) aside: Option<Aside>,
}

/// What a call does of which nothing is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aside {
    /// It is a close_range(2), which may close what was opened meanwhile.
    Closes,
    /// It wants a descriptor where all are in use.
    WantsDescriptor,
}

/// A call that was entered and has not returned.
#[derive(Debug)]
pub(super) struct OpenCall {
    pub(super) id: CallId,
    pub(super) raw: Raw,
    /// The socket that it was made on.
    pub(super) socket: Option<SocketId>,
    /// The address that was read when it was entered.
    pub(super) address: Option<Address>,
    /// What was read when it was entered, where other threads could write there meanwhile.
    pub(super) shared: Option<Vec<Value>>,
}

/// A process of a learner's program.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) id: ProcessId,
    pub(super) source: Source,
    /// Whether any of its descriptors can be a socket. An interpreter opens and reads some hundred files before its
    /// program makes the first one, and need not be asked about each.
    pub(super) may_hold_sockets: bool,
}

impl Process {
    /// Another program runs in the process now.
    pub(super) fn forget_source(&mut self, tgid: Tid, files: Vec<String>) {
        self.source = Source::new(tgid, files);
    }
}

/// The numbers of a task, from `/proc/TID/status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    /// Its process, as the engine sees it.
    pub(super) process: Tid,
    /// The task, as the sandbox sees it.
    pub(super) inside: u32,
}

/// Looks a task's numbers up.
pub(super) fn numbers(tid: Tid) -> Option<Numbers> {
    parse(&fs::read_to_string(format!("/proc/{tid}/status")).ok()?)
}

fn parse(status: &str) -> Option<Numbers> {
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name));
    Some(Numbers {
        process: field("Tgid:")?.trim().parse().ok()?,
        inside: field("NSpid:")?.split_whitespace().last()?.parse().ok()?,
    })
}

/// Whether standard input of a process is a terminal.
pub(super) fn reads_terminal(tgid: Tid) -> bool {
    fs::read_link(format!("/proc/{tgid}/fd/0")).is_ok_and(|target| {
        target.to_str().is_some_and(|path| path.starts_with("/dev/pts/") || path.starts_with("/dev/console"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_number_counts() {
        let status = "Name:\tpython3\nTgid:\t4711\nNgid:\t0\nPid:\t4712\nNSpid:\t4712\t9\t3\n";
        assert_eq!(parse(status), Some(Numbers { process: 4711, inside: 3 }));
        assert_eq!(parse("nonsense"), None);
    }

    #[test]
    fn this_process_is_found() {
        let me = Tid::try_from(std::process::id()).unwrap();
        assert_eq!(numbers(me).map(|numbers| numbers.process), Some(me));
    }
}
