//! A C program's compiler: it runs in the sandbox, and is no part of the story but for its beginning and its end.
//!
//! The host's first process is a shell that calls the compiler and then becomes the program ([`crate::plan`]). What
//! they and their children do until then is let go unlooked at.

use std::collections::BTreeSet;

use trace::event::Fact;
use trace::event::host::ExitStatus;
use trace::id::HostId;

use super::resume;
use crate::sys::ptrace::{Resume, Tid, Wait};

/// How far the compiler of a host's program is, and its processes.
#[derive(Debug)]
pub(super) struct Compiler {
    stage: Stage,
    tasks: BTreeSet<Tid>,
}

#[derive(Debug, PartialEq, Eq)]
enum Stage {
    /// The shell was not yet executed.
    Ahead,
    AtWork,
    /// There is a program, or there was nothing to compile.
    Done,
}

impl Compiler {
    /// For a host whose program is to be compiled, or is not.
    pub(super) fn new(compiles: bool) -> Self {
        Self { stage: if compiles { Stage::Ahead } else { Stage::Done }, tasks: BTreeSet::new() }
    }

    /// Whether the host's first process is not the program yet.
    pub(super) fn is_at_work(&self) -> bool {
        self.stage != Stage::Done
    }

    /// The host's first process executed something; what there is to tell of it.
    pub(super) fn executed(&mut self, host: HostId) -> Option<Fact> {
        let (next, fact) = match self.stage {
            Stage::Ahead => (Stage::AtWork, Some(Fact::CompilerStarted { host })),
            Stage::AtWork => (Stage::Done, Some(Fact::CompilerEnded { host, status: ExitStatus::Exited(0) })),
            Stage::Done => (Stage::Done, None),
        };
        self.stage = next;
        fact
    }

    /// A task was made; whether it is the compiler's.
    pub(super) fn takes(&mut self, task: Tid) -> bool {
        self.is_at_work() && self.tasks.insert(task)
    }

    /// Whether a task is the compiler's.
    pub(super) fn has(&self, task: Tid) -> bool {
        self.tasks.contains(&task)
    }

    /// A task ended.
    pub(super) fn forget(&mut self, task: Tid) {
        self.tasks.remove(&task);
    }
}

/// Lets a task of the compiler's go on.
pub(super) fn pass(tid: Tid, wait: Wait) {
    match wait {
        Wait::Signal(signal) => resume(tid, Resume::Free, signal),
        Wait::EventStop(signal) if signal != libc::SIGTRAP => resume(tid, Resume::Listen, 0),
        _ => resume(tid, Resume::Free, 0),
    }
}
