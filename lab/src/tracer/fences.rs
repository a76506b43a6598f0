//! Limits of single processes, noticed where the kernel tells a process that it has reached one.

use std::fs;
use std::io;
use std::time::Duration;

use trace::errno::Errno;
use trace::event::Fact;
use trace::event::call::Outcome;
use trace::event::host::Limit;
use trace::id::HostId;

use crate::plan::Limits;
use crate::recorder::Recorder;
use crate::sys::ptrace::{self, Tid};

/// The limits of a host's processes, and which of them were told: each once, since a program may run into one again
/// and again.
#[derive(Debug)]
pub(super) struct Fences {
    host: HostId,
    open_files: Fence<u64>,
    cpu: Fence<Duration>,
}

#[derive(Debug)]
struct Fence<T> {
    at: T,
    told: bool,
}

impl Fences {
    pub(super) fn new(host: HostId, limits: &Limits) -> Self {
        let open_files = Fence { at: limits.open_files, told: false };
        Self { host, open_files, cpu: Fence { at: limits.cpu, told: false } }
    }

    /// Whether a process has not so many descriptors left, and nobody was told.
    pub(super) fn lacks(&self, descriptors: u64, process: Tid) -> bool {
        !self.open_files.told && open(process).is_ok_and(|open| open.saturating_add(descriptors) > self.open_files.at)
    }

    /// A process says something while it has no descriptor left.
    pub(super) fn speaks(&mut self, recorder: &Recorder, process: Tid) {
        if self.lacks(1, process) {
            self.returned(recorder, Outcome::Failed(Errno(libc::EMFILE)));
        }
    }

    /// A call returned.
    pub(super) fn returned(&mut self, recorder: &Recorder, outcome: Outcome) {
        if outcome == Outcome::Failed(Errno(libc::EMFILE)) && !std::mem::replace(&mut self.open_files.told, true) {
            self.tell(recorder, Limit::OpenFiles(self.open_files.at));
        }
    }

    /// A task stands at the delivery of a signal.
    pub(super) fn signal(&mut self, recorder: &Recorder, tid: Tid, signal: i32) {
        // Any program can send itself the signal; the kernel sends it for one reason only.
        let by_kernel = || ptrace::signal_info(tid).is_ok_and(|info| info.code == libc::SI_KERNEL);
        if signal == libc::SIGXCPU && by_kernel() && !std::mem::replace(&mut self.cpu.told, true) {
            self.tell(recorder, Limit::ProcessCpu(self.cpu.at));
        }
    }

    fn tell(&self, recorder: &Recorder, limit: Limit) {
        recorder.tell(Fact::LimitReached { host: Some(self.host), limit });
    }
}

/// How many descriptors a process has. Since Linux 6.2 the kernel counts them; before, the folder's size is 0, and they
/// are counted here.
fn open(process: Tid) -> io::Result<u64> {
    let folder = format!("/proc/{process}/fd");
    match fs::metadata(&folder)?.len() {
        0 => Ok(fs::read_dir(folder)?.map(|_| 1).sum()),
        counted => Ok(counted),
    }
}
