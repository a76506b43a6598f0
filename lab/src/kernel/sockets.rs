//! What is known of one host's sockets, and which of them are asked when something happened.

mod note;
mod settle;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Once;
use std::time::{Duration, Instant};

use trace::event::call::Address;
use trace::event::socket::{Family, Kind, Origin, Snapshot, TcpState};
use trace::id::{HostId, ProcessId, SocketId};

use super::diag::{Diag, Flow, Listed, Protocol};
use super::epoll::Epolls;
use super::probe::Copy;
use crate::budget::Budget;
use crate::recorder::Recorder;
use crate::sys::ptrace::Tid;

/// How long an answer about a timer is good enough while only acknowledgements come: each of them sets it anew.
const TIMER_PATIENCE: Duration = Duration::from_millis(5);

/// How many questions in a row frames may give rise to for one socket, and how soon one more.
///
/// A question takes about as long as the carrying of a frame. A handful of frames, all that a lesson is about, are asked
/// for one by one; where thousands come in a row, each next state is looked at by nobody, and only the wire gets slow.
/// What is left out at a burst's end is asked for soon after it (`watch.rs`).
const AT_ONCE: u32 = 256;
const EVERY: Duration = Duration::from_millis(1);

/// What is known of one host's sockets.
#[derive(Debug)]
pub(super) struct Sockets {
    id: HostId,
    diag: Diag,
    /// By cookie.
    known: BTreeMap<u64, Known>,
    /// Cookies of TCP connections.
    flows: HashMap<Flow, u64>,
    epolls: Epolls,
    /// Cookies of sockets by descriptors, as far as they were asked: whoever changes a descriptor has us forget it, so
    /// that a call on one that is known needs no question.
    descriptors: HashMap<Place, u64>,
    /// Processes of programs, by their first threads' numbers.
    pub(super) processes: BTreeMap<Tid, OwnedFd>,
}

#[derive(Debug)]
struct Known {
    id: SocketId,
    origin: Origin,
    inode: u64,
    snapshot: Snapshot,
    /// A descriptor of it.
    place: Option<Place>,
    /// When its timer was asked for last.
    asked: Option<Instant>,
    /// The questions that frames may give rise to.
    pace: Budget,
}

/// Tells whoever hosts the engine that the kernel does not answer: once, since it would be so at every frame.
fn is_deaf(error: &io::Error) {
    static TOLD: Once = Once::new();
    TOLD.call_once(
        || tracing::warn!(%error, "the kernel does not list its sockets; `socklab doctor` says what it lacks"),
    );
}

/// Where a program holds a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) process: Tid,
    pub(super) fd: i32,
}

impl Sockets {
    pub(super) fn new(id: HostId, diag: OwnedFd) -> Self {
        Self {
            id,
            diag: Diag::new(diag),
            known: BTreeMap::new(),
            flows: HashMap::new(),
            epolls: Epolls::default(),
            descriptors: HashMap::new(),
            processes: BTreeMap::new(),
        }
    }

    /// The socket behind a descriptor; its state is noted if it is new.
    pub(super) fn identify(&mut self, recorder: &Recorder, place: Place) -> Option<SocketId> {
        if let Some(known) = self.descriptors.get(&place).and_then(|cookie| self.known.get(cookie)) {
            return Some(known.id);
        }
        let copy = Copy::of(self.processes.get(&place.process)?, place.fd)?;
        self.descriptors.insert(place, copy.cookie);
        match self.known.get(&copy.cookie) {
            Some(known) => Some(known.id),
            None => self.note_held(recorder, &copy, place, None),
        }
    }

    pub(super) fn forget(&mut self, place: Place) {
        self.descriptors.remove(&place);
    }

    pub(super) fn forget_all(&mut self, process: Tid) {
        self.descriptors.retain(|place, _| place.process != process);
    }

    /// The same, with its state noted, and that of the socket at the other end if that is on the same host: no frame
    /// will tell of it.
    pub(super) fn examine(&mut self, recorder: &Recorder, place: Place) -> Option<SocketId> {
        let copy = Copy::of(self.processes.get(&place.process)?, place.fd)?;
        let id = self.note_held(recorder, &copy, place, None)?;
        let cookie = copy.cookie;
        drop(copy);
        if let Some(other) = self.other_end(cookie) {
            self.probe(recorder, other);
        } else if let Some(flow) = self.flow(cookie).filter(|flow| flow.local.ip() == flow.remote.ip()) {
            // A connection of the host with itself, of which the other end waits to be accepted.
            self.segment(recorder, flow.reversed(), false);
        }
        Some(id)
    }

    pub(super) fn kind(&self, socket: SocketId) -> Option<Kind> {
        self.known.values().find(|known| known.id == socket).map(|known| known.origin.kind)
    }

    /// A segment of a connection left or reached the host. If it is a `plain` one, a busy socket need not be asked.
    pub(super) fn segment(&mut self, recorder: &Recorder, flow: Flow, plain: bool) {
        let flow = flow.canonical();
        let cookie = self.flows.get(&flow).copied();
        if plain
            && let Some(known) = cookie.and_then(|cookie| self.known.get_mut(&cookie))
            && !known.pace.take(Instant::now())
        {
            return;
        }
        if let Some(cookie) = cookie
            && let Some((copy, place)) = self.copy(cookie)
        {
            let asked = self.known.get(&cookie).and_then(|known| known.asked);
            let due = asked.is_none_or(|asked| asked.elapsed() >= TIMER_PATIENCE);
            let listed = if due { self.ask(cookie, flow) } else { None };
            self.note_held(recorder, &copy, place, listed.as_ref());
            return;
        }
        match self.diag.connection(flow) {
            Ok(Some(listed)) => {
                match self.copy(listed.cookie) {
                    Some((copy, place)) => drop(self.note_held(recorder, &copy, place, Some(&listed))),
                    None => self.note_listed(recorder, Protocol::Tcp, &listed),
                }
                if listed.inode == 0 {
                    self.probe_listeners(recorder, flow.local.port());
                }
            }
            Ok(None) if self.flows.contains_key(&flow) => self.settle(recorder),
            Ok(None) => {}
            Err(error) => is_deaf(&error),
        }
    }

    /// A datagram left or reached the host.
    pub(super) fn datagram(&mut self, recorder: &Recorder) {
        let now = Instant::now();
        let asked = |known: &mut Known| known.origin.protocol == Protocol::Udp.number() && known.pace.take(now);
        let udp: Vec<u64> =
            self.known.iter_mut().filter_map(|(cookie, known)| asked(known).then_some(*cookie)).collect();
        for cookie in udp {
            self.probe(recorder, cookie);
        }
    }

    /// epoll_ctl(2) or a wait returned.
    pub(super) fn epoll(&mut self, recorder: &Recorder, instance: (Tid, ProcessId, i32), waited: bool) {
        if !waited || self.epolls.has_one_shots(instance.0, instance.2) {
            self.read_epolls(recorder, &[instance]);
        }
    }

    /// A descriptor was closed; epoll instances may watch one socket less.
    pub(super) fn closed(&mut self, recorder: &Recorder, process: Tid) {
        let instances = self.epolls.all(Some(process));
        self.read_epolls(recorder, &instances);
    }

    pub(super) fn process_ended(&mut self, process: Tid) {
        self.processes.remove(&process);
        self.forget_all(process);
        self.epolls.forget(process);
    }

    fn read_epolls(&mut self, recorder: &Recorder, instances: &[(Tid, ProcessId, i32)]) {
        for instance in instances {
            let known = &self.known;
            let socket = |inode| known.values().find(|known| known.inode == inode).map(|known| known.id);
            self.epolls.read(recorder, *instance, socket);
        }
    }

    /// Notes the state of every socket that is known. What is gone has a full list made.
    pub(super) fn refresh(&mut self, recorder: &Recorder) {
        let cookies: Vec<u64> = self.known.keys().copied().collect();
        for cookie in cookies {
            match self.flow(cookie) {
                Some(flow) => self.segment(recorder, flow, false),
                None => self.probe(recorder, cookie),
            }
        }
        let instances = self.epolls.all(None);
        self.read_epolls(recorder, &instances);
    }

    /// Notes a socket's state if a program holds it by a descriptor that is known.
    fn probe(&mut self, recorder: &Recorder, cookie: u64) {
        if let Some((copy, place)) = self.copy(cookie) {
            self.note_held(recorder, &copy, place, None);
        }
    }

    /// The handshake's end puts a connection into the accept queue of a listening socket.
    fn probe_listeners(&mut self, recorder: &Recorder, port: u16) {
        let listens = |known: &Known| {
            known.snapshot.state == Some(TcpState::Listen)
                && matches!(known.snapshot.local, Some(Address::Inet(addr)) if addr.port() == port)
        };
        let all: Vec<u64> = self.known.iter().filter(|(_, known)| listens(known)).map(|(cookie, _)| *cookie).collect();
        for cookie in all {
            self.probe(recorder, cookie);
        }
    }

    /// A copy of a known socket, by a descriptor of it.
    fn copy(&mut self, cookie: u64) -> Option<(Copy, Place)> {
        let known = self.known.get_mut(&cookie)?;
        let place = known.place?;
        let copy = self.processes.get(&place.process).and_then(|process| Copy::of(process, place.fd));
        let copy = copy.filter(|copy| copy.cookie == cookie);
        if copy.is_none() {
            known.place = None; // closed, and perhaps another's now
        }
        Some((copy?, place))
    }

    /// The socket at the other end of a connection, if it is on the same host.
    fn other_end(&self, cookie: u64) -> Option<u64> {
        let known = self.known.get(&cookie)?;
        if let Some(peer) = known.snapshot.peer_socket {
            return self.known.iter().find(|(_, known)| known.id == peer).map(|(cookie, _)| *cookie);
        }
        if known.origin.family == Family::Unix {
            // A connection that waits to be accepted: its listener has one more.
            let listens = |other: &&Known| {
                other.snapshot.state == Some(TcpState::Listen) && other.snapshot.local == known.snapshot.peer
            };
            return self.known.values().find(listens).map(|listener| listener.origin.cookie);
        }
        self.flows.get(&self.flow(cookie)?.reversed()).copied()
    }

    fn flow(&self, cookie: u64) -> Option<Flow> {
        let known = self.known.get(&cookie)?;
        flow(known.origin.protocol, &known.snapshot)
    }

    /// What sock_diag tells of a connection that a program holds: its timer.
    fn ask(&mut self, cookie: u64, flow: Flow) -> Option<Listed> {
        let listed = self.diag.connection(flow).ok()??;
        if let Some(known) = self.known.get_mut(&cookie) {
            known.asked = Some(Instant::now());
        }
        Some(listed)
    }
}

/// The connection that a TCP socket is an end of.
fn flow(protocol: u8, snapshot: &Snapshot) -> Option<Flow> {
    match (&snapshot.local, &snapshot.peer) {
        (Some(Address::Inet(local)), Some(Address::Inet(remote))) if protocol == Protocol::Tcp.number() => {
            Some(Flow { local: *local, remote: *remote }.canonical())
        }
        _ => None,
    }
}
