//! What the hosts of a run use: as their control groups count it, and as their file systems tell.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, Mode, OFlags, fstatvfs, openat};
use trace::event::Fact;
use trace::event::host::Limit;
use trace::id::HostId;

use crate::plan::Limits;
use crate::recorder::Recorder;
use crate::sandbox::bwrap::WRITABLE;
use crate::sandbox::cgroup::{Group, Usage};
use crate::sys::ptrace::Tid;

/// How often it is looked. Some 15 µs a host.
const LOOK: Duration = Duration::from_millis(100);

/// The meters of a run.
#[derive(Debug)]
pub(super) struct Meters {
    hosts: Vec<Meter>,
    next: Instant,
}

#[derive(Debug)]
struct Meter {
    host: HostId,
    /// The sandbox's first process.
    init: Tid,
    group: Option<Arc<Group>>,
    /// What the programs can write to. Kept open, so that it can be looked at once more when they have ended.
    disks: Vec<OwnedFd>,
    told: Told,
}

/// Which limits were told. Each is told once a host, since a bomb reaches it a thousand times a second.
#[derive(Debug, Default)]
struct Told {
    memory: bool,
    processes: bool,
    disk: bool,
}

impl Meters {
    /// Meters of hosts in their order: first processes, and groups where they have any.
    pub(super) fn new(hosts: impl IntoIterator<Item = (Tid, Option<Arc<Group>>)>) -> Self {
        let meter = |(host, (init, group))| Meter { host, init, group, disks: vec![], told: Told::default() };
        Self { hosts: (0..).map(HostId).zip(hosts).map(meter).collect(), next: Instant::now() }
    }

    /// When it is to be looked again.
    pub(super) fn next_look(&self) -> Instant {
        self.next
    }

    /// Looks, if it is time, and tells what the kernel refused; returns the limit that the run as a whole is beyond.
    pub(super) fn look(&mut self, limits: &Limits, recorder: &Recorder) -> Option<Limit> {
        if Instant::now() < self.next {
            return None;
        }
        self.next = Instant::now() + LOOK;
        let cpu = self.look_now(limits, recorder);
        (cpu > limits.run_cpu).then_some(Limit::Cpu(limits.run_cpu))
    }

    /// Looks and tells; returns the run's processor time.
    pub(super) fn look_now(&mut self, limits: &Limits, recorder: &Recorder) -> Duration {
        self.hosts.iter_mut().map(|meter| meter.look(limits, recorder)).sum()
    }
}

impl Meter {
    fn look(&mut self, limits: &Limits, recorder: &Recorder) -> Duration {
        let Usage { cpu, killed, refused } = self.group.as_ref().map(|group| group.usage()).unwrap_or_default();
        let full = !self.told.disk && self.is_full();
        let Told { memory, processes, disk } = &mut self.told;
        for (happened, told, limit) in [
            (killed > 0, memory, Limit::Memory(limits.host_memory)),
            (refused > 0, processes, Limit::Processes(limits.processes)),
            (full, disk, Limit::Disk(limits.disk)),
        ] {
            if happened && !std::mem::replace(told, true) {
                recorder.tell(Fact::LimitReached { host: Some(self.host), limit });
            }
        }
        cpu
    }

    /// Whether one of the host's file systems has no room left.
    fn is_full(&mut self) -> bool {
        if self.disks.is_empty() {
            // No path that a program could have changed leads there: the folders are mount points in a read-only one.
            let open = |folder: &&str| {
                let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                openat(CWD, format!("/proc/{}/root{folder}", self.init), flags, Mode::empty()).ok()
            };
            self.disks = WRITABLE.iter().filter_map(open).collect();
        }
        self.disks.iter().any(|disk| fstatvfs(disk).is_ok_and(|disk| disk.f_blocks > 0 && disk.f_bavail == 0))
    }
}
