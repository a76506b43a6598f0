//! A run from start to end: what a caller holds.
//!
//! The threads of a run, and what each owns:
//!
//! ```text
//! supervisor           the run: deadlines, its end, the last event          (run/supervisor.rs)
//! ├─ tracer, per host  the sandbox's processes, by ptrace                   (tracer.rs)
//! ├─ wire              the TAP devices and the switch                       (wire/pump.rs)
//! ├─ terminals         the PTYs                                             (terminal.rs)
//! └─ kernel            nothing of its own: lists sockets on a slow timer    (kernel/watch.rs)
//! ```
//!
//! They share a [`Recorder`], into which all of them write, and tell the supervisor what happened by [`Notice`]s.

mod cores;
mod gates;
mod host;
mod meters;
mod supervisor;

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use trace::bytes::Bytes;
use trace::event::Fact;
use trace::event::host::{Cause, HostSpec, Limit};
use trace::id::HostId;
use trace::protocol::{Breakpoints, WireCommand, WireRefusal};

use crate::kernel::Kernel;
use crate::net::{Namespaces, NetError, Ports};
use crate::notice::Notice;
use crate::plan::{HostPlan, Plan, PlanError};
use crate::recorder::{Recorder, Room, Sink};
use crate::sandbox::{self, SandboxError};
use crate::terminal::{Pty, Terminals};
use crate::tracer::step::Steps;
use crate::wire::loopback::Loopback;
use crate::wire::pump;
use host::Starting;
use supervisor::Supervisor;

/// A run could not be started, or a command could not be given to it.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan itself is wrong.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A host's sandbox could not be made.
    #[error("host {host}: {source}")]
    Sandbox {
        /// Which host.
        host: String,
        /// Why.
        source: SandboxError,
    },
    /// A host's processes can't be watched.
    #[error("host {host}: its processes can't be traced: {source}; `socklab doctor` says how to fix it")]
    Trace {
        /// Which host.
        host: String,
        /// Why.
        source: io::Error,
    },
    /// A host's network could not be made.
    #[error("host {host}: {source}")]
    Net {
        /// Which host.
        host: String,
        /// Why.
        source: NetError,
    },
    /// Something of the engine's own could not be made.
    #[error("{what}: {source}")]
    Engine {
        /// What.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// No such host.
    #[error("the run has no {0}")]
    NoSuchHost(HostId),
    /// The wire did not do what it was told.
    #[error(transparent)]
    Wire(#[from] WireRefusal),
    /// The run is over, or more commands wait than anybody could have given.
    #[error("the wire does not listen")]
    NoWire,
}

/// A run that goes on. Dropping it stops the run.
#[derive(Debug)]
pub struct Run {
    notices: Sender<Notice>,
    terminals: Arc<Terminals>,
    recorder: Arc<Recorder>,
    wire: Arc<pump::Handle>,
    steps: Vec<Arc<Steps>>,
    visitors: BTreeMap<HostId, Namespaces>,
    supervisor: Option<JoinHandle<()>>,
}

/// Starts a run: returns when every host is up and its program was let go. Blocks for some milliseconds.
pub fn start(mut plan: Plan, sink: Sink) -> Result<Run, RunError> {
    plan.check()?;
    plan.limits = plan.limits.in_force(sandbox::holds_sums());
    plan.wire.seed.get_or_insert_with(|| fastrand::u64(..));
    let (notices, inbox) = channel();
    let room = Room { events: plan.limits.events, bytes: plan.limits.trace };
    let recorder = Arc::new(Recorder::new(sink, room, full(notices.clone())));
    let specs: Vec<HostSpec> = plan.hosts.iter().map(spec).collect();
    let ports = specs.iter().map(|spec| pump::Port { name: spec.name.clone(), mac: spec.mac }).collect();
    recorder.tell(Fact::RunStarted { unix_ns: recorder.unix_ns(), hosts: specs, wire: plan.wire.clone() });

    let (mut masters, mut slaves) = (Vec::new(), Vec::new());
    for _ in &plan.hosts {
        let Pty { master, slave } = Pty::open().map_err(engine("a terminal"))?;
        masters.push(master);
        slaves.push(slave);
    }
    let terminals = Arc::new(Terminals::new(masters).map_err(engine("the terminals"))?);
    let (wire, commands) = pump::Handle::new(plan.limits.frames).map_err(engine("the wire"))?;
    let wire = Arc::new(wire);

    let plan = Arc::new(plan);
    let uid = own_uid();
    let starting: Vec<Starting> = (0..)
        .map(HostId)
        .zip(slaves)
        .map(|(host, slave)| Starting::begin(host, Arc::clone(&plan), uid, slave))
        .collect::<Result<_, _>>()
        .map_err(engine("a thread"))?;
    // Hosts are made side by side; each is waited for in turn. If one fails, dropping the others undoes them.
    let mut ready = Vec::with_capacity(starting.len());
    for host in starting {
        ready.push(host.ready()?);
    }
    let (mut taps, mut diags, mut ears, mut visitors) = (Vec::new(), Vec::new(), Vec::new(), BTreeMap::new());
    for (id, host) in (0..).map(HostId).zip(&mut ready) {
        let Ports { tap, diag, loopback, namespaces } = host.take_ports();
        taps.push(tap);
        diags.push(diag);
        ears.push(loopback);
        if plan.hosts[usize::from(id.0)].visitor {
            visitors.insert(id, namespaces);
        }
        recorder.tell(Fact::HostReady { host: id });
        if let Some(text) = plan.hosts[usize::from(id.0)].text() {
            recorder.tell(Fact::ProgramGiven { host: id, text });
        }
    }
    let kernel = Arc::new(Kernel::new(Arc::clone(&recorder), diags));
    let loopback = Loopback::new(ears, Arc::clone(&recorder), Arc::clone(&kernel), Arc::clone(&wire));
    let pump = pump::Pump {
        taps,
        loopback: Arc::new(loopback),
        ports,
        settings: plan.wire.clone(),
        recorder: Arc::clone(&recorder),
        kernel: Arc::clone(&kernel),
        handle: Arc::clone(&wire),
        commands,
    };
    let steps = ready.iter().map(host::Ready::steps).collect();
    let supervisor = Supervisor::begin(
        plan,
        Arc::clone(&recorder),
        kernel,
        Arc::clone(&terminals),
        pump,
        ready,
        (notices.clone(), inbox),
    )
    .map_err(engine("a thread"))?;
    Ok(Run { notices, terminals, recorder, wire, steps, visitors, supervisor: Some(supervisor) })
}

impl Run {
    /// Types into a host's terminal.
    pub fn type_into(&self, host: HostId, bytes: Bytes) -> Result<(), RunError> {
        self.knows(host)?;
        self.terminals.type_into(host, &bytes);
        self.recorder.tell(Fact::Typed { host, bytes });
        Ok(())
    }

    /// Tells a host's terminal its size, in characters.
    pub fn resize(&self, host: HostId, cols: u16, rows: u16) -> Result<(), RunError> {
        self.knows(host)?;
        self.terminals.resize(host, cols, rows).map_err(engine("the terminal's size"))
    }

    /// Holds a host's program at the entry of these calls from now on. With none, what is held goes on.
    pub fn break_at(&self, host: HostId, at: Breakpoints) -> Result<(), RunError> {
        self.knows(host)?;
        self.steps[usize::from(host.0)].set(at);
        Ok(())
    }

    /// Lets what is held on a host go on, up to the next breakpoint.
    pub fn next(&self, host: HostId) -> Result<(), RunError> {
        self.knows(host)?;
        self.steps[usize::from(host.0)].next();
        Ok(())
    }

    /// Has the wire do something. Returns when it is done and told.
    pub fn wire(&self, command: WireCommand) -> Result<(), RunError> {
        Ok(self.wire.command(command).ok_or(RunError::NoWire)??)
    }

    /// A TCP socket in a visitor's network, non-blocking and not yet connected: what is done with it is seen on the
    /// wire, and by no program's calls. Whoever connects it must give up by themselves.
    pub fn dial(&self, host: HostId) -> Result<OwnedFd, RunError> {
        let visitor = self.visitors.get(&host).ok_or(RunError::NoSuchHost(host))?;
        visitor.tcp_socket().map_err(|source| RunError::Net { host: host.to_string(), source })
    }

    /// Asks the run to end for this cause. Returns at once; [`Run::wait`] tells when it is over.
    pub fn stop(&self, cause: Cause) {
        // The supervisor no longer listens only when the run is over, which is what was wanted.
        let _ = self.notices.send(Notice::Stop(cause));
    }

    /// Blocks until the run is over: its last event is told and no process of it is left.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        if let Some(supervisor) = self.supervisor.take()
            && supervisor.join().is_err()
        {
            tracing::error!("a run's supervisor panicked");
        }
    }

    fn knows(&self, host: HostId) -> Result<(), RunError> {
        if usize::from(host.0) < self.steps.len() { Ok(()) } else { Err(RunError::NoSuchHost(host)) }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.supervisor.is_some() {
            self.stop(Cause::Stopped);
            self.join();
        }
    }
}

fn engine(what: &'static str) -> impl FnOnce(io::Error) -> RunError {
    move |source| RunError::Engine { what, source }
}

/// Tells the supervisor that the trace is full.
fn full(notices: Sender<Notice>) -> Box<dyn Fn(Limit) + Send> {
    Box::new(move |limit| {
        // No supervisor, no run to end.
        let _ = notices.send(Notice::LimitReached(None, limit));
    })
}

fn spec(host: &HostPlan) -> HostSpec {
    HostSpec {
        name: host.name.clone(),
        addr: host.addr,
        prefix_len: host.prefix_len,
        mac: host.mac(),
        program: host.program.clone(),
        visitor: host.visitor,
        addr6: host.addr6,
    }
}

/// Where the engine is root, an unprivileged user of the run's own: on kernels before 5.14 RLIMIT_NPROC counts per
/// user across sandboxes, and whatever slips out of a sandbox is nobody.
fn own_uid() -> Option<u32> {
    const FIRST: u32 = 0x2000_0000;
    const MANY: u32 = 0x1000_0000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Engines side by side begin apart from each other.
    let offset = std::process::id().wrapping_mul(4096);
    rustix::process::geteuid().is_root().then(|| FIRST + NEXT.fetch_add(1, Relaxed).wrapping_add(offset) % MANY)
}
