//! One host's beginning, on the thread that will be its tracer.
//!
//! The order matters: the sandbox exists but waits, its processes are traced, its network is there; only then, when
//! every host of the run is that far, its program is let go.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use trace::id::HostId;

use super::RunError;
use super::cores::Core;
use crate::kernel::Kernel;
use crate::net::{self, Interface, Ports};
use crate::notice::Notice;
use crate::plan::Plan;
use crate::recorder::Recorder;
use crate::sandbox::cgroup::Group;
use crate::sandbox::{self, Blocked};
use crate::sys::fork::join;
use crate::sys::ptrace::{self, Tid};
use crate::sys::signal::kill;
use crate::tracer::step::Steps;
use crate::tracer::{Ties, Tracer};
use crate::wire::loopback::Loopback;

/// What a tracer needs once its host may go.
#[derive(Debug)]
pub(super) struct Go {
    pub(super) recorder: Arc<Recorder>,
    pub(super) kernel: Arc<Kernel>,
    pub(super) loopback: Arc<Loopback>,
    pub(super) notices: Sender<Notice>,
}

/// A sandbox with its network.
#[derive(Debug)]
struct Made {
    init: Tid,
    gate: OwnedFd,
    group: Option<Arc<Group>>,
    ports: Ports,
    steps: Arc<Steps>,
}

/// A host that is being made.
#[derive(Debug)]
pub(super) struct Starting {
    told: Receiver<Result<Made, RunError>>,
    go: Sender<Go>,
    tracer: JoinHandle<()>,
    name: String,
}

/// A host that waits for the others. Dropping it takes it down.
#[derive(Debug)]
pub(super) struct Ready {
    /// The sandbox's first process.
    init: Tid,
    gate: OwnedFd,
    group: Option<Arc<Group>>,
    ports: Option<Ports>,
    steps: Arc<Steps>,
    go: Sender<Go>,
    tracer: JoinHandle<()>,
}

impl Starting {
    pub(super) fn begin(host: HostId, plan: Arc<Plan>, uid: Option<u32>, tty: OwnedFd) -> io::Result<Self> {
        let (tell, told) = channel();
        let (go, may_go) = channel();
        let name = plan.hosts[usize::from(host.0)].name.clone();
        let tracer = thread::Builder::new()
            .name(format!("tracer-{name}"))
            .spawn(move || trace_host(host, &plan, uid, &tty, &tell, &may_go))?;
        Ok(Self { told, go, tracer, name })
    }

    /// Waits until the host is made.
    pub(super) fn ready(self) -> Result<Ready, RunError> {
        let gone = || RunError::Trace { host: self.name.clone(), source: io::ErrorKind::BrokenPipe.into() };
        let Made { init, gate, group, ports, steps } = self.told.recv().map_err(|_| gone())??;
        Ok(Ready { init, gate, group, ports: Some(ports), steps, go: self.go, tracer: self.tracer })
    }
}

impl Ready {
    /// The engine's ends of the host's network.
    pub(super) fn take_ports(&mut self) -> Ports {
        self.ports.take().expect("taken once, by start")
    }

    /// What counts what the host uses.
    pub(super) fn group(&self) -> Option<Arc<Group>> {
        self.group.clone()
    }

    /// Where orders to its tracer are given.
    pub(super) fn steps(&self) -> Arc<Steps> {
        Arc::clone(&self.steps)
    }

    /// From now on the host is watched. Its program goes once the returned gate is closed.
    pub(super) fn go(self, go: Go) -> (Tid, OwnedFd, JoinHandle<()>) {
        // A tracer that is gone has said why; its host ends at once.
        let _ = self.go.send(go);
        (self.init, self.gate, self.tracer)
    }
}

fn trace_host(
    host: HostId,
    plan: &Plan,
    uid: Option<u32>,
    tty: &OwnedFd,
    tell: &Sender<Result<Made, RunError>>,
    may_go: &Receiver<Go>,
) {
    let _core = Core::take();
    let (blocked, ports) = match make(host, plan, uid, tty) {
        Ok(made) => made,
        Err(error) => return drop(tell.send(Err(error))),
    };
    let Blocked { init, outer, gate, group } = blocked;
    // Kept here as well, until every process is gone: only then can it be removed.
    let group = group.map(Arc::new);
    let plan_host = &plan.hosts[usize::from(host.0)];
    let steps = match Steps::new(outer, plan_host.breakpoints.clone()) {
        Ok(steps) => Arc::new(steps),
        Err(source) => {
            undo([init, outer]);
            return drop(tell.send(Err(RunError::Trace { host: plan_host.name.clone(), source })));
        }
    };
    // Nobody hears it only when another host could not be made; then nobody will say go either.
    let _ = tell.send(Ok(Made { init, gate, group: group.clone(), ports, steps: Arc::clone(&steps) }));
    let Ok(Go { recorder, kernel, loopback, notices }) = may_go.recv() else { return undo([init, outer]) };
    let _gone = TellsGone(host, notices.clone());
    let ties = Ties { recorder, kernel, loopback, notices, steps };
    let tracer = Tracer::new(host, [outer, init], ties, plan_host, &plan.limits);
    if let Err(error) = tracer.run() {
        tracing::error!(host = plan_host.name, %error, "the tracer lost its host");
    }
    bury(init);
}

/// Tells that a host is gone when its tracer is, even if that panicked: its processes are killed with it
/// (`PTRACE_O_EXITKILL`), and the run must not wait for ever.
struct TellsGone(HostId, Sender<Notice>);

impl Drop for TellsGone {
    fn drop(&mut self) {
        let _ = self.1.send(Notice::HostGone(self.0)); // the supervisor waits for it, or is past waiting
    }
}

fn make(host: HostId, plan: &Plan, uid: Option<u32>, tty: &OwnedFd) -> Result<(Blocked, Ports), RunError> {
    let spec = &plan.hosts[usize::from(host.0)];
    let name = || spec.name.clone();
    let blocked = sandbox::make(plan, spec, uid, tty).map_err(|source| RunError::Sandbox { host: name(), source })?;
    let network = || {
        for process in [blocked.init, blocked.outer] {
            ptrace::seize(process).map_err(|source| RunError::Trace { host: name(), source })?;
        }
        let interface = Interface {
            mac: spec.mac(),
            addr: spec.addr,
            prefix_len: spec.prefix_len,
            addr6: spec.addr6,
            raw: spec.raw,
            default_route: spec.default_route,
            mtu: plan.wire.mtu,
        };
        net::make(blocked.init, interface).map_err(|source| RunError::Net { host: name(), source })
    };
    match network() {
        Ok(ports) => Ok((blocked, ports)),
        Err(error) => {
            undo([blocked.init, blocked.outer]);
            Err(error)
        }
    }
}

/// Takes a sandbox down that was never let go.
fn undo(bwrap: [Tid; 2]) {
    bwrap.into_iter().for_each(kill);
    // This thread's only children and tracees; it ends when they have.
    while let Ok(Some(_)) = ptrace::wait_any() {}
    bury(bwrap[0]);
}

/// Takes note of the end of a sandbox's first process. bwrap outside does not wait for it: it ends as soon as it
/// knows how the program ended, and leaves an orphan, which the engine has adopted.
fn bury(init: Tid) {
    let _ = join(init); // bwrap may have been there first
}
