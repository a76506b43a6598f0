//! Who begins after whom.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::time::Instant;

use trace::id::HostId;

use crate::plan::{HostPlan, Plan};

/// The gates that are still closed. Dropping one lets its program go.
#[derive(Debug)]
pub(super) struct Gates {
    closed: Vec<Gate>,
    /// When programs began. One that takes its time to be compiled is not late.
    began: BTreeMap<HostId, Instant>,
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
        Self { closed, began: BTreeMap::new() }
    }

    /// A host's program has begun.
    pub(super) fn began(&mut self, host: HostId, now: Instant) {
        self.began.entry(host).or_insert(now);
    }

    /// A host serves, or never will.
    pub(super) fn open_after(&mut self, host: HostId) {
        self.closed.retain(|gate| gate.after != host);
    }

    /// Opens the gates of those who have waited long enough.
    pub(super) fn open_overdue(&mut self, now: Instant) {
        let began = &self.began;
        self.closed.retain(|gate| gate.patience(began).is_none_or(|patience| now < patience));
    }

    /// When somebody's patience ends next; `None` when nobody waits for a program that has begun.
    pub(super) fn patience(&self) -> Option<Instant> {
        self.closed.iter().filter_map(|gate| gate.patience(&self.began)).min()
    }
}

impl Gate {
    fn patience(&self, began: &BTreeMap<HostId, Instant>) -> Option<Instant> {
        began.get(&self.after).map(|began| *began + HostPlan::PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Limits;
    use std::net::Ipv4Addr;
    use std::time::Duration;

    #[test]
    fn patience_counts_from_the_beginning_of_the_program_that_is_waited_for() {
        let host = |name, last, after: Option<&str>| HostPlan {
            after: after.map(str::to_owned),
            ..HostPlan::python(name, Ipv4Addr::new(10, 0, 0, last), "p.py", "")
        };
        let hosts = vec![host("a", 1, None), host("b", 2, Some("a")), host("c", 3, Some("b"))];
        let plan = Plan { hosts, wire: trace::event::wire::WireSettings::default(), limits: Limits::default() };
        let fds = (0..3).map(|_| rustix::event::eventfd(0, rustix::event::EventfdFlags::CLOEXEC).unwrap());
        let mut gates = Gates::new(&plan, fds);
        let begin = Instant::now();
        assert_eq!(gates.patience(), None);
        gates.began(HostId(0), begin);
        gates.began(HostId(0), begin + Duration::from_secs(1)); // another execve(2) is no beginning
        assert_eq!(gates.patience(), Some(begin + HostPlan::PATIENCE));
        gates.open_overdue(begin + HostPlan::PATIENCE);
        assert_eq!(gates.patience(), None);
        gates.began(HostId(1), begin + HostPlan::PATIENCE);
        assert_eq!(gates.patience(), Some(begin + 2 * HostPlan::PATIENCE));
        gates.open_after(HostId(1));
        assert_eq!(gates.patience(), None);
    }
}
