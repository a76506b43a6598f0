//! What the hosts of a run use, as their control groups count it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use trace::event::Fact;
use trace::event::host::Limit;
use trace::id::HostId;

use crate::plan::Limits;
use crate::recorder::Recorder;
use crate::sandbox::cgroup::{Group, Usage};

/// How often it is looked. Some 10 µs a host.
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
    group: Arc<Group>,
    /// What was told: each limit once a host, since a bomb reaches it a thousand times a second.
    told: (bool, bool),
}

impl Meters {
    /// Meters of hosts in their order; none where they have no groups.
    pub(super) fn new(groups: impl IntoIterator<Item = Option<Arc<Group>>>) -> Self {
        let hosts = (0..).map(HostId).zip(groups);
        let hosts = hosts.filter_map(|(host, group)| Some(Meter { host, group: group?, told: (false, false) }));
        Self { hosts: hosts.collect(), next: Instant::now() }
    }

    /// When it is to be looked again; `None` when there is nothing to look at.
    pub(super) fn next_look(&self) -> Option<Instant> {
        (!self.hosts.is_empty()).then_some(self.next)
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
        let Usage { cpu, killed, refused } = self.group.usage();
        let host = Some(self.host);
        let (memory, processes) = &mut self.told;
        for (happened, told, limit) in [
            (killed > 0, memory, Limit::Memory(limits.host_memory)),
            (refused > 0, processes, Limit::Processes(limits.processes)),
        ] {
            if happened && !std::mem::replace(told, true) {
                recorder.tell(Fact::LimitReached { host, limit });
            }
        }
        cpu
    }
}
