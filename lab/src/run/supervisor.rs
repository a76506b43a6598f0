//! Keeps a run within its limits, notices its end, and leaves nothing behind.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use trace::event::Fact;
use trace::event::host::{Cause, Limit};
use trace::id::HostId;

use super::gates::Gates;
use super::host::{Go, Ready};
use super::meters::Meters;
use crate::kernel::{Kernel, watch};
use crate::notice::Notice;
use crate::plan::Plan;
use crate::recorder::Recorder;
use crate::sys::ptrace::Tid;
use crate::sys::signal::kill;
use crate::terminal::Terminals;
use crate::wire::pump::{Devices, Handle, Pump};

/// When every program has ended, the wire must have been silent for so long before the run is over: the kernels
/// still say goodbye to each other.
const SILENCE: Duration = Duration::from_millis(60);
/// But no longer than this: a peer that never answers is asked again and again, for minutes.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How long killed processes may take to be gone.
const GRACE: Duration = Duration::from_secs(5);

pub(super) struct Supervisor {
    plan: Arc<Plan>,
    recorder: Arc<Recorder>,
    kernel: Arc<Kernel>,
    terminals: Arc<Terminals>,
    wire: Arc<Handle>,
    inbox: Receiver<Notice>,
    inits: Vec<Tid>,
    meters: Meters,
    gates: Gates,
    tracers: Vec<JoinHandle<()>>,
    helpers: Vec<JoinHandle<()>>,
    stop_watching: Sender<()>,
    /// The wire's devices, once it has stopped. Closing one takes some 25 ms, so that is done last.
    taps: Receiver<Devices>,
    running: BTreeSet<HostId>,
    present: BTreeSet<HostId>,
}

impl Supervisor {
    /// Starts the run's threads and lets every program go.
    pub(super) fn begin(
        plan: Arc<Plan>,
        recorder: Arc<Recorder>,
        kernel: Arc<Kernel>,
        terminals: Arc<Terminals>,
        pump: Pump,
        ready: Vec<Ready>,
        (notices, inbox): (Sender<Notice>, Receiver<Notice>),
    ) -> io::Result<JoinHandle<()>> {
        let (stop_watching, stopped) = channel();
        let (wire, loopback) = (Arc::clone(&pump.handle), Arc::clone(&pump.loopback));
        let mut helpers = Vec::new();
        let mut spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            thread::Builder::new().name(name.to_owned()).spawn(work).map(|handle| helpers.push(handle))
        };
        // A notice that can't be sent is a notice to a run that is over.
        let (frames, output) = (plan.limits.frames, plan.limits.output);
        let to = notices.clone();
        let (keep, taps) = channel();
        spawn("wire", {
            Box::new(move || {
                let taps = pump.run(|| drop(to.send(Notice::LimitReached(None, Limit::Frames(frames)))));
                let _ = keep.send(taps);
            })
        })?;
        let (screens, scribe, to) = (Arc::clone(&terminals), Arc::clone(&recorder), notices.clone());
        spawn("terminals", {
            Box::new(move || {
                screens.run(&scribe, output, |host| {
                    let _ = to.send(Notice::LimitReached(Some(host), Limit::Output(output)));
                });
            })
        })?;
        let observer = Arc::clone(&kernel);
        spawn("kernel", Box::new(move || watch(&observer, &stopped)))?;

        let hosts: BTreeSet<HostId> = (0..).map(HostId).take(ready.len()).collect();
        // Nobody waits for a visitor to come to an end.
        let running = (0..).map(HostId).zip(&plan.hosts).filter(|(_, host)| !host.visitor).map(|(id, _)| id).collect();
        let (mut inits, mut gates, mut tracers) = (Vec::new(), Vec::new(), Vec::new());
        let meters = Meters::new(ready.iter().map(Ready::group));
        for host in ready {
            let (recorder, kernel, loopback) = (Arc::clone(&recorder), Arc::clone(&kernel), Arc::clone(&loopback));
            let (init, gate, tracer) = host.go(Go { recorder, kernel, loopback, notices: notices.clone() });
            inits.push(init);
            gates.push(gate);
            tracers.push(tracer);
        }
        drop(loopback);
        let supervisor = Self {
            gates: Gates::new(&plan, gates),
            plan,
            recorder,
            kernel,
            terminals,
            wire,
            inbox,
            inits,
            meters,
            tracers,
            helpers,
            stop_watching,
            taps,
            running,
            present: hosts,
        };
        thread::Builder::new().name("supervisor".to_owned()).spawn(move || supervisor.run())
    }

    fn run(mut self) {
        let cause = self.until_the_end();
        // What ended the last program may not be told yet.
        self.meters.look_now(&self.plan.limits, &self.recorder);
        if cause == Cause::Finished {
            self.until_silence();
        }
        self.inits.iter().copied().for_each(kill);
        self.until_gone();
        for host in (0..).map(HostId).take(self.inits.len()) {
            self.kernel.settle(host);
        }
        drop(self.stop_watching);
        self.wire.stop();
        self.terminals.stop();
        // The terminals' last words, and the wire's, belong before the run's.
        self.tracers.into_iter().chain(self.helpers).for_each(join);
        self.recorder.tell_last([Fact::RunEnded { cause }]);
        drop(self.taps);
    }

    /// Waits until the run is to end, and tells why.
    fn until_the_end(&mut self) -> Cause {
        let deadline = Instant::now() + self.plan.limits.wall;
        while !self.running.is_empty() {
            if let Some(limit) = self.meters.look(&self.plan.limits, &self.recorder) {
                return self.limit(None, limit);
            }
            let patience = self.gates.patience();
            let next = patience.into_iter().chain([self.meters.next_look()]).fold(deadline, Instant::min);
            match self.inbox.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(Notice::Mounted(host, disks)) => self.meters.mounted(host, disks),
                Ok(Notice::ProgramBegan(host)) => self.gates.began(host, Instant::now()),
                Ok(Notice::Serves(host)) => self.gates.open_after(host),
                Ok(Notice::ProgramEnded(host)) => {
                    self.running.remove(&host);
                    self.gates.open_after(host);
                }
                Ok(Notice::HostGone(host)) => {
                    self.running.remove(&host);
                    self.present.remove(&host);
                    self.gates.open_after(host);
                }
                Ok(Notice::Stop(cause)) => return cause,
                Ok(Notice::LimitReached(host, limit)) => return self.limit(host, limit),
                Err(RecvTimeoutError::Timeout) => {
                    let now = Instant::now();
                    if now >= deadline {
                        return self.limit(None, Limit::Wall(self.plan.limits.wall));
                    }
                    self.gates.open_overdue(now);
                }
                // The caller and every tracer are gone: there is nobody to go on for.
                Err(RecvTimeoutError::Disconnected) => return Cause::Stopped,
            }
        }
        Cause::Finished
    }

    fn limit(&self, host: Option<HostId>, limit: Limit) -> Cause {
        self.recorder.tell_last([Fact::LimitReached { host, limit }]);
        Cause::Limit(limit)
    }

    /// Waits until no frame was sent for a while and none is under way.
    fn until_silence(&mut self) {
        let enough = Instant::now() + PATIENCE + 4 * self.plan.wire.slowest();
        let mut seen = self.wire.progress();
        let mut since = Instant::now();
        while Instant::now() < enough && since.elapsed() < SILENCE {
            match self.inbox.recv_timeout(SILENCE / 6) {
                Ok(Notice::Stop(_)) => return,
                Ok(Notice::HostGone(host)) => drop(self.present.remove(&host)),
                Ok(_) | Err(_) => {}
            }
            let now = self.wire.progress();
            if now != seen || now.1 {
                (seen, since) = (now, Instant::now());
            }
        }
    }

    /// Waits until every process that was killed is gone.
    fn until_gone(&mut self) {
        let deadline = Instant::now() + GRACE;
        while !self.present.is_empty() {
            match self.inbox.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Notice::HostGone(host)) => drop(self.present.remove(&host)),
                Ok(_) => {}
                Err(_) => {
                    tracing::error!(hosts = ?self.present, "killed processes are not gone after {GRACE:?}");
                    return;
                }
            }
        }
    }
}

fn join(thread: JoinHandle<()>) {
    let name = thread.thread().name().unwrap_or("?").to_owned();
    if thread.join().is_err() {
        tracing::error!(name, "a thread of a run panicked");
    }
}
