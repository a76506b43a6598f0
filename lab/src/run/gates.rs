//! Who begins after whom.

use std::os::fd::OwnedFd;
use std::time::Instant;

use trace::id::HostId;

use crate::plan::{HostPlan, Plan};

/// The gates that are still closed. Dropping one lets its program go.
#[derive(Debug)]
pub(super) struct Gates {
    closed: Vec<Gate>,
    began: Instant,
}

#[derive(Debug)]
struct Gate {
    after: HostId,
    _gate: OwnedFd,
}

impl Gates {
    /// Opens the gates of the hosts that wait for nobody and keeps the others, in the order of the plan's hosts.
    pub(super) fn new(plan: &Plan, gates: impl IntoIterator<Item = OwnedFd>) -> Self {
        let id = |name: &String| (0..).map(HostId).zip(&plan.hosts).find(|(_, host)| host.name == *name);
        let closed = plan
            .hosts
            .iter()
            .zip(gates)
            .filter_map(|(host, gate)| {
                let (after, _) = host.after.as_ref().and_then(id)?;
                Some(Gate { after, _gate: gate })
            })
            .collect();
        Self { closed, began: Instant::now() }
    }

    /// A host serves, or never will.
    pub(super) fn open_after(&mut self, host: HostId) {
        self.closed.retain(|gate| gate.after != host);
    }

    /// Nobody waits any longer.
    pub(super) fn open_all(&mut self) {
        self.closed.clear();
    }

    /// When the patience of those who wait ends; `None` when nobody waits.
    pub(super) fn patience(&self) -> Option<Instant> {
        (!self.closed.is_empty()).then(|| self.began + HostPlan::PATIENCE)
    }
}
