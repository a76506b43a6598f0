//! The runs of this server: how many may go on, how they are found again, and when they are ended and forgotten.

pub mod bridge;
pub mod hub;
mod queue;

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroU32;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lab::Plan;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::{sleep, timeout};
use trace::bytes::Bytes;
use trace::event::Event;
use trace::event::host::Cause;
use trace::id::HostId;
use trace::protocol::{Breakpoints, Refusal, RunKey, WireCommand};
use tracing::{debug, info, warn};

use bridge::{Command, Engine};
use hub::{Hub, Viewer};
use queue::{Place, Queue};

/// What the server allows its runs.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Runs that may go on at the same time.
    pub max_runs: u32,
    /// Runs that may wait for a place.
    pub max_waiting: usize,
    /// Starts that are taken from one address: so many a minute, and as many at once.
    pub starts_a_minute: NonZeroU32,
    /// Whether a proxy stands in front and says in `X-Forwarded-For` who asks.
    pub behind_proxy: bool,
    /// A run that nobody watches for this long is stopped.
    pub unwatched: Duration,
    /// A finished run can be watched for this long.
    pub keep: Duration,
    /// Finished runs that are kept at most; the oldest goes first.
    pub max_kept: usize,
    /// Memory of the finished runs that are kept at most, in bytes; again the oldest goes first.
    pub max_kept_bytes: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_runs: 32,
            max_waiting: 100,
            starts_a_minute: NonZeroU32::new(120).expect("not zero"), // a class behind one address, all pressing Run
            behind_proxy: false,
            unwatched: Duration::from_secs(30), // long enough to reload a page or to change the wireless network
            keep: Duration::from_hours(1),      // a link to a run should live for a lesson
            max_kept: 256,
            max_kept_bytes: 512 << 20,
        }
    }
}

/// All runs of the server.
#[derive(Debug)]
pub struct Runs {
    policy: Policy,
    /// A run holds a place from before its start until nothing of it is left.
    queue: Queue,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    runs: BTreeMap<RunKey, Arc<Run>>,
    /// From the other names to the keys, and what they are good for.
    links: BTreeMap<RunKey, (RunKey, Access)>,
    /// The finished ones among them, oldest first.
    finished: VecDeque<RunKey>,
    closing: bool,
}

/// One run, going on or over.
#[derive(Debug)]
pub struct Run {
    key: RunKey,
    link: RunKey,
    visitor: Option<Visitor>,
    hosts: u16,
    hub: Arc<Hub>,
    engine: Engine,
    viewers: watch::Sender<usize>,
}

/// Where a learner's own connections come from.
#[derive(Debug)]
struct Visitor {
    key: RunKey,
    host: HostId,
    /// The visits that may go on at the same time.
    visits: Arc<Semaphore>,
}

/// A browser opens half a dozen connections at once.
const VISITS: usize = 16;

/// What whoever found a run may do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everything.
    Full,
    /// Look at it.
    Look,
    /// Visit its servers.
    Visit,
}

impl Runs {
    /// No runs yet.
    pub fn new(policy: Policy) -> Arc<Self> {
        let queue = Queue::new(policy.max_runs, policy.max_waiting);
        Arc::new(Self { policy, queue, table: Mutex::default() })
    }

    /// What they are allowed.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Starts a run, once there is a place for it; as long as there is none, `tell` hears how many come before.
    ///
    /// Whoever drops the future leaves the line. A run that has its place is started even so; then nobody watches it.
    pub async fn start(self: Arc<Self>, plan: Plan, tell: impl FnMut(u32)) -> Result<Arc<Run>, Refusal> {
        if self.table().closing {
            return Err(Refusal::ShuttingDown);
        }
        let place = self.queue.place(tell).await;
        let place = place.map_err(|_full| Refusal::ServerFull { limit: self.policy.max_runs })?;
        if self.table().closing {
            return Err(Refusal::ShuttingDown); // meanwhile
        }
        // A task of its own, because a websocket that closes now drops this future at its next await.
        tokio::spawn(Arc::clone(&self).start_in(place, plan))
            .await
            .unwrap_or_else(|error| Err(Refusal::CannotRun(error.to_string())))
    }

    async fn start_in(self: Arc<Self>, place: Place, plan: Plan) -> Result<Arc<Run>, Refusal> {
        let new_key = || new_key().map_err(|error| Refusal::CannotRun(format!("no random numbers: {error}")));
        let (key, link) = (new_key()?, new_key()?);
        let visitor = plan.hosts.iter().zip(0..).find(|(host, _)| host.visitor).map(|(_, id)| HostId(id));
        let visitor = match visitor {
            Some(host) => Some(Visitor { key: new_key()?, host, visits: Arc::new(Semaphore::new(VISITS)) }),
            None => None,
        };
        let hosts = u16::try_from(plan.hosts.len()).unwrap_or(u16::MAX);
        let hub = Arc::new(Hub::default());
        let engine = bridge::start(plan, Arc::clone(&hub)).await?;
        let run = Arc::new(Run {
            key: key.clone(),
            link: link.clone(),
            visitor,
            hosts,
            hub,
            engine,
            viewers: watch::Sender::new(0),
        });
        {
            let mut table = self.table();
            table.links.insert(link, (key.clone(), Access::Look));
            if let Some(visit) = run.visit() {
                table.links.insert(visit.clone(), (key.clone(), Access::Visit));
            }
            table.runs.insert(key, Arc::clone(&run));
            if table.closing {
                run.stop(Cause::Shutdown);
            }
        }
        debug!(hosts, "a run started");
        tokio::spawn(Arc::clone(&self).keep(Arc::clone(&run), place));
        Ok(run)
    }

    /// The run that this key or link names, if it goes on or is still remembered.
    pub fn find(&self, key: &RunKey) -> Result<(Arc<Run>, Access), Refusal> {
        let table = self.table();
        let (key, access) = match table.links.get(key) {
            Some((key, access)) => (key, *access),
            None => (key, Access::Full),
        };
        table.runs.get(key).map(|run| (Arc::clone(run), access)).ok_or(Refusal::NoSuchRun)
    }

    /// How many runs go on.
    pub fn going_on(&self) -> usize {
        self.queue.taken()
    }

    /// How many wait for a place.
    pub fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    /// How many are over and still remembered.
    pub fn kept(&self) -> usize {
        self.table().finished.len()
    }

    /// What all traces together take in memory.
    pub fn bytes(&self) -> usize {
        self.table().runs.values().map(|run| run.hub.bytes()).sum()
    }

    /// Starts no more runs, ends those that go on, and waits until nothing of them is left: at most for `patience`.
    /// Returns whether all of them are gone.
    pub async fn shut_down(&self, patience: Duration) -> bool {
        let runs: Vec<_> = {
            let mut table = self.table();
            table.closing = true;
            table.runs.values().cloned().collect()
        };
        for run in runs {
            run.stop(Cause::Shutdown);
        }
        timeout(patience, self.queue.empty()).await.is_ok()
    }

    /// Lives as long as the run: ends it when nobody watches, and lets it be forgotten.
    async fn keep(self: Arc<Self>, run: Arc<Run>, place: Place) {
        tokio::select! {
            () = run.hub.gone() => {}
            () = run.unwatched_for(self.policy.unwatched) => {
                info!("a run that nobody watches is stopped");
                run.stop(Cause::Unwatched(self.policy.unwatched));
                run.hub.gone().await;
            }
        }
        drop(place);
        debug!(events = run.hub.events(), "a run is over");
        {
            let mut table = self.table();
            table.finished.push_back(run.key.clone());
            table.make_room(&self.policy);
        }
        let key = run.key.clone();
        drop(run); // its memory is the table's alone, to be kept or forgotten
        sleep(self.policy.keep).await;
        let mut table = self.table();
        table.finished.retain(|other| *other != key);
        table.forget(&key);
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner) // no code that holds it panics half-way
    }
}

impl Table {
    /// Forgets the oldest of the finished runs until the rest may be kept.
    fn make_room(&mut self, policy: &Policy) {
        let size = |key: &RunKey| self.runs.get(key).map_or(0, |run| run.hub.bytes());
        let mut bytes: usize = self.finished.iter().map(size).sum();
        while self.finished.len() > policy.max_kept || bytes > policy.max_kept_bytes {
            let Some(oldest) = self.finished.pop_front() else { return };
            bytes -= self.forget(&oldest).map_or(0, |run| run.hub.bytes());
        }
    }

    fn forget(&mut self, key: &RunKey) -> Option<Arc<Run>> {
        let run = self.runs.remove(key)?;
        self.links.remove(&run.link);
        run.visit().map(|visit| self.links.remove(visit));
        Some(run)
    }
}

impl Run {
    /// Its name.
    pub fn key(&self) -> &RunKey {
        &self.key
    }

    /// Its other name, for those who may look at it and no more.
    pub fn link(&self) -> &RunKey {
        &self.link
    }

    /// Its name for visits, where it has a visitor.
    pub fn visit(&self) -> Option<&RunKey> {
        self.visitor.as_ref().map(|visitor| &visitor.key)
    }

    /// Held by whoever visits one of its servers; `None` if there are too many already.
    pub fn visiting(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.visitor.as_ref()?.visits).try_acquire_owned().ok()
    }

    /// A TCP socket in the visitor's network, not connected yet.
    pub async fn dial(&self) -> Result<OwnedFd, Refusal> {
        let host = self.visitor.as_ref().ok_or(Refusal::NoVisitor)?.host;
        let (answer, told) = oneshot::channel();
        self.engine.tell(Command::Dial { host, answer });
        told.await.unwrap_or(Err(Refusal::NotRunning)) // the run ended first
    }

    /// How many events it has so far.
    pub fn events(&self) -> usize {
        self.hub.events()
    }

    /// Some of its events from `from` to before `until`: none only if there is none.
    pub fn some_events(&self, from: usize, until: usize) -> Vec<Event> {
        self.hub.some(from, until)
    }

    /// Whether its last event is told.
    pub fn is_over(&self) -> bool {
        self.hub.is_over()
    }

    /// Its events from `from_seq` on, those to come included.
    pub fn watch(self: &Arc<Self>, from_seq: u64) -> Watching {
        self.viewers.send_modify(|count| *count += 1);
        Watching { viewer: Viewer::new(Arc::clone(&self.hub), from_seq), run: Arc::clone(self) }
    }

    /// Types into a host's terminal.
    pub fn type_into(&self, host: HostId, bytes: Bytes) -> Result<(), Refusal> {
        self.command(host, Command::Type { host, bytes })
    }

    /// Tells a host's terminal its size.
    pub fn resize(&self, host: HostId, cols: u16, rows: u16) -> Result<(), Refusal> {
        self.command(host, Command::Resize { host, cols, rows })
    }

    /// Holds a host's program at these calls from now on.
    pub fn break_at(&self, host: HostId, at: Breakpoints) -> Result<(), Refusal> {
        self.command(host, Command::Break { host, at })
    }

    /// Lets what is held on a host go on.
    pub fn next(&self, host: HostId) -> Result<(), Refusal> {
        self.command(host, Command::Next { host })
    }

    /// Has the run's wire do something; returns when it is done.
    pub async fn wire(&self, command: WireCommand) -> Result<(), Refusal> {
        let (answer, told) = oneshot::channel();
        self.engine.tell(Command::Wire { command, answer });
        told.await.unwrap_or(Err(Refusal::NotRunning)) // the run ended first
    }

    /// Asks the run to end.
    pub fn stop(&self, cause: Cause) {
        self.engine.tell(Command::Stop(cause));
    }

    fn command(&self, host: HostId, command: Command) -> Result<(), Refusal> {
        if host.0 >= self.hosts {
            return Err(Refusal::NoSuchHost(host.0));
        }
        self.engine.tell(command);
        Ok(())
    }

    async fn unwatched_for(&self, patience: Duration) {
        let mut viewers = self.viewers.subscribe();
        loop {
            // The sender lives in `self`, so neither wait can end by its being dropped.
            let _ = viewers.wait_for(|count| *count == 0).await;
            if timeout(patience, viewers.wait_for(|count| *count > 0)).await.is_err() {
                return;
            }
        }
    }
}

/// Somebody who watches a run.
#[derive(Debug)]
pub struct Watching {
    viewer: Viewer,
    run: Arc<Run>,
}

impl Watching {
    /// The next message with events; `None` when the run is over and all is told. Cancel safe.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        self.viewer.next().await
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.run.viewers.send_modify(|count| *count -= 1);
    }
}

/// 128 bits from the operating system: whoever knows the key may watch and type, so it must not be guessed.
fn new_key() -> Result<RunKey, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).inspect_err(|error| warn!(%error, "the system has no random numbers"))?;
    Ok(RunKey(format!("{:032x}", u128::from_be_bytes(bytes))))
}
