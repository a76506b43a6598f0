//! What the hosts of a run use: as their control groups count it, and as their file systems tell.

use std::sync::Arc;
use std::time::{Duration, Instant};

use trace::event::Fact;
use trace::event::host::Limit;
use trace::id::HostId;

use crate::plan::Limits;
use crate::recorder::Recorder;
use crate::sandbox::cgroup::{Group, Usage};
use crate::sandbox::disks::Disks;

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
    group: Option<Arc<Group>>,
    /// None before the sandbox is whole.
    disks: Disks,
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
    /// Meters of hosts in their order, by their groups where they have any.
    pub(super) fn new(hosts: impl IntoIterator<Item = Option<Arc<Group>>>) -> Self {
        let meter = |(host, group)| Meter { host, group, disks: Disks::default(), told: Told::default() };
        Self { hosts: (0..).map(HostId).zip(hosts).map(meter).collect(), next: Instant::now() }
    }

    /// A host's disks can be looked at from now on.
    pub(super) fn mounted(&mut self, host: HostId, disks: Disks) {
        if let Some(meter) = self.hosts.get_mut(usize::from(host.0)) {
            meter.disks = disks;
        }
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
        let full = !self.told.disk && self.disks.is_full();
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
}
