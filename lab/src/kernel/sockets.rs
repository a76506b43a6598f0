//! What is known of one host's sockets, and how a new answer of the kernel is noted: only changes become events.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use trace::event::Fact;
use trace::event::call::Address;
use trace::event::socket::{Family, Kind, Origin, Snapshot, TcpState, Timer};
use trace::id::{HostId, ProcessId, SocketId};

use super::diag::{Diag, Flow, Listed, Protocol, Running, UnixListed};
use super::epoll::Epolls;
use super::probe::Copy;
use super::queues;
use crate::recorder::Recorder;
use crate::sys::ptrace::Tid;

/// How long an answer about a timer is good enough while only acknowledgements come: each of them sets it anew.
const TIMER_PATIENCE: Duration = Duration::from_millis(5);

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
}

/// Where a program holds a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) process: Tid,
    pub(super) fd: i32,
}

impl Sockets {
    pub(super) fn new(id: HostId, diag: OwnedFd) -> Self {
        let (known, processes) = (BTreeMap::new(), BTreeMap::new());
        Self { id, diag: Diag::new(diag), known, flows: HashMap::new(), epolls: Epolls::default(), processes }
    }

    /// The socket behind a descriptor; its state is noted if it is new.
    pub(super) fn identify(&mut self, recorder: &Recorder, place: Place) -> Option<SocketId> {
        let copy = Copy::of(self.processes.get(&place.process)?, place.fd)?;
        match self.known.get(&copy.cookie) {
            Some(known) => Some(known.id),
            None => self.note_held(recorder, &copy, place, None),
        }
    }

    /// The same, with its state noted, and that of the socket at the other end if that is on the same host: no frame
    /// will tell of it.
    pub(super) fn examine(&mut self, recorder: &Recorder, place: Place) -> Option<SocketId> {
        let copy = Copy::of(self.processes.get(&place.process)?, place.fd)?;
        let id = self.note_held(recorder, &copy, place, None)?;
        if let Some(other) = self.other_end(copy.cookie) {
            self.probe(recorder, other);
        }
        Some(id)
    }

    pub(super) fn kind(&self, socket: SocketId) -> Option<Kind> {
        self.known.values().find(|known| known.id == socket).map(|known| known.origin.kind)
    }

    /// A segment of a connection left or reached the host.
    pub(super) fn segment(&mut self, recorder: &Recorder, flow: Flow) {
        let flow = flow.canonical();
        if let Some(cookie) = self.flows.get(&flow).copied()
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
            Err(error) => tracing::warn!(%error, "sock_diag look-up failed"),
        }
    }

    /// A datagram left or reached the host.
    pub(super) fn datagram(&mut self, recorder: &Recorder) {
        let is_udp = |known: &Known| known.origin.protocol == Protocol::Udp.number();
        let udp: Vec<u64> = self.known.iter().filter(|(_, known)| is_udp(known)).map(|(cookie, _)| *cookie).collect();
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
        self.epolls.forget(process);
    }

    fn read_epolls(&mut self, recorder: &Recorder, instances: &[(Tid, ProcessId, i32)]) {
        for instance in instances {
            let known = &self.known;
            let socket = |inode| known.values().find(|known| known.inode == inode).map(|known| known.id);
            self.epolls.read(recorder, *instance, socket);
        }
    }

    /// Full lists, with the state of everything that programs hold; what is neither listed nor held is gone.
    pub(super) fn settle(&mut self, recorder: &Recorder) {
        let (mut inet, mut unix) = (self.list_inet(), self.list_unix());
        let mut present = BTreeSet::new();
        // A socket that is neither bound nor connected is in no list.
        let mut unlisted: Vec<u64> = {
            let listed: BTreeSet<u64> =
                inet.iter().map(|(_, listed)| listed.cookie).chain(unix.iter().map(|listed| listed.cookie)).collect();
            self.known.keys().filter(|cookie| !listed.contains(cookie)).copied().collect()
        };
        // First by the descriptors that are known, then by those that have to be searched for.
        for searched in [false, true] {
            inet.retain(|(_, listed)| !self.held(recorder, listed.cookie, Some(listed), &mut present));
            unix.retain(|listed| !self.held(recorder, listed.cookie, None, &mut present));
            unlisted.retain(|cookie| !self.held(recorder, *cookie, None, &mut present));
            let lost: BTreeSet<u64> = inet
                .iter()
                .map(|(_, listed)| u64::from(listed.inode))
                .chain(unix.iter().map(|listed| u64::from(listed.inode)))
                .chain(unlisted.iter().filter_map(|cookie| self.known.get(cookie)).map(|known| known.inode))
                .filter(|inode| *inode != 0)
                .collect();
            if searched || lost.is_empty() {
                break;
            }
            for (place, copy) in self.places_of(&lost) {
                present.insert(copy.cookie);
                self.note_held(recorder, &copy, place, None);
            }
        }
        for (protocol, listed) in &inet {
            present.insert(listed.cookie);
            self.note_listed(recorder, *protocol, listed);
        }
        for listed in &unix {
            // Others' sockets are not a program's: only what waits for a program's accept(2) is held by nobody.
            if listed.inode == 0 || self.known.contains_key(&listed.cookie) {
                present.insert(listed.cookie);
                self.note_unix(recorder, listed);
            }
        }
        self.known.retain(|cookie, known| {
            let stays = present.contains(cookie);
            if !stays {
                recorder.tell(Fact::SocketGone { socket: known.id });
            }
            stays
        });
        self.flows.retain(|_, cookie| present.contains(cookie));
        let instances = self.epolls.all(None);
        self.read_epolls(recorder, &instances);
    }

    /// Notes a socket by its descriptor, if a program holds it.
    fn held(&mut self, recorder: &Recorder, cookie: u64, listed: Option<&Listed>, present: &mut BTreeSet<u64>) -> bool {
        if present.contains(&cookie) {
            return true;
        }
        let Some((copy, place)) = self.copy(cookie) else { return false };
        self.note_held(recorder, &copy, place, listed);
        present.insert(cookie)
    }

    fn list_inet(&mut self) -> Vec<(Protocol, Listed)> {
        let mut all = Vec::new();
        for protocol in [Protocol::Tcp, Protocol::Udp] {
            for family in [libc::AF_INET, libc::AF_INET6] {
                if let Err(error) = self.diag.dump(protocol, family, |listed| all.push((protocol, listed))) {
                    tracing::warn!(%error, "sock_diag dump failed");
                }
            }
        }
        all
    }

    fn list_unix(&mut self) -> Vec<UnixListed> {
        let mut all = Vec::new();
        if let Err(error) = self.diag.dump_unix(|listed| all.push(listed)) {
            tracing::warn!(%error, "sock_diag dump failed");
        }
        all
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
        self.flows.get(&flow(known.origin.protocol, &known.snapshot)?.reversed()).copied()
    }

    fn note_held(
        &mut self,
        recorder: &Recorder,
        copy: &Copy,
        place: Place,
        listed: Option<&Listed>,
    ) -> Option<SocketId> {
        let before =
            self.known.get(&copy.cookie).map(|known| (known.origin.clone(), known.inode, known.snapshot.clone()));
        let (origin, inode, mut snapshot) = match &before {
            // A socket that only the kernel held until now has no inode yet.
            Some((origin, inode, before)) if before.held => {
                (origin.clone(), *inode, copy.snapshot(origin, Some(before)))
            }
            _ => {
                let origin = copy.origin()?;
                let snapshot = copy.snapshot(&origin, None);
                (origin, copy.inode(), snapshot)
            }
        };
        let before = before.map(|(_, _, before)| before).unwrap_or_default();
        match origin.family {
            Family::Unix => self.complete_unix(&mut snapshot, &origin, inode, &before),
            _ if origin.protocol == Protocol::Tcp.number() => {
                self.complete_tcp(recorder, &mut snapshot, &origin, listed, &before);
            }
            _ => {}
        }
        let id = self.note(recorder, origin, inode, snapshot);
        if let Some(known) = self.known.get_mut(&copy.cookie) {
            known.place = Some(place);
        }
        Some(id)
    }

    /// Adds the timer; and the connection's rest in TIME_WAIT, of which the program's own socket knows nothing.
    fn complete_tcp(
        &mut self,
        recorder: &Recorder,
        snapshot: &mut Snapshot,
        origin: &Origin,
        listed: Option<&Listed>,
        before: &Snapshot,
    ) {
        use TcpState::{Closed, Closing, FinWait1, FinWait2, TimeWait};
        let had_closed = matches!(before.state, Some(FinWait1 | FinWait2 | Closing | TimeWait));
        if had_closed && snapshot.state == Some(Closed) {
            let flow = flow(origin.protocol, before);
            let rest = flow.and_then(|flow| self.diag.connection(flow).ok().flatten());
            if let Some(rest) = rest.filter(|rest| rest.cookie == origin.cookie && rest.state == 6) {
                (snapshot.local, snapshot.peer) = (before.local.clone(), before.peer.clone());
                (snapshot.state, snapshot.timer) = (Some(TimeWait), timer(recorder, rest.timer));
            }
            return;
        }
        // What sets or stops a timer, beside the acknowledgements that set it anew.
        let other = before.state != snapshot.state || (before.send_q == 0) != (snapshot.send_q == 0);
        let asked = match (listed, flow(origin.protocol, snapshot)) {
            (None, Some(flow)) if other => self.ask(origin.cookie, flow),
            _ => None,
        };
        snapshot.timer = match listed.or(asked.as_ref()) {
            Some(listed) => {
                // getpeername(2) tells no peer before there is a connection.
                if snapshot.peer.is_none() && !listed.has_no_peer() {
                    (snapshot.local, snapshot.peer) = listed.addresses();
                }
                timer(recorder, listed.timer)
            }
            None => before.timer.filter(|_| before.state == snapshot.state),
        };
    }

    /// Adds a Unix socket's state and peer.
    fn complete_unix(&mut self, snapshot: &mut Snapshot, origin: &Origin, inode: u64, before: &Snapshot) {
        // A peer that was found stays the peer, even when it is closed; only datagram sockets can change theirs.
        if before.peer_socket.is_some() && origin.kind != Kind::Datagram {
            (snapshot.state, snapshot.peer_socket) = (before.state, before.peer_socket);
            return;
        }
        let Ok(inode) = u32::try_from(inode) else { return };
        let Ok(Some(listed)) = self.diag.unix(inode, origin.cookie) else { return };
        snapshot.peer_socket = self.by_inode(listed.peer);
        if origin.kind != Kind::Datagram {
            snapshot.state = TcpState::from_kernel(listed.state);
        }
        if snapshot.state == Some(TcpState::Listen) {
            (snapshot.recv_q, snapshot.send_q) = listed.queues;
        }
    }

    fn by_inode(&self, inode: Option<u32>) -> Option<SocketId> {
        let inode = u64::from(inode?);
        self.known.values().find(|known| known.inode == inode).map(|known| known.id)
    }

    /// What sock_diag tells of a connection that a program holds: its timer.
    fn ask(&mut self, cookie: u64, flow: Flow) -> Option<Listed> {
        let listed = self.diag.connection(flow).ok()??;
        if let Some(known) = self.known.get_mut(&cookie) {
            known.asked = Some(Instant::now());
        }
        Some(listed)
    }

    fn note_listed(&mut self, recorder: &Recorder, protocol: Protocol, listed: &Listed) {
        let origin = Origin {
            family: if i32::from(listed.family) == libc::AF_INET6 { Family::Inet6 } else { Family::Inet },
            kind: if protocol == Protocol::Tcp { Kind::Stream } else { Kind::Datagram },
            protocol: protocol.number(),
            cookie: listed.cookie,
        };
        let state = (protocol == Protocol::Tcp).then(|| TcpState::from_kernel(listed.state)).flatten();
        let unsent = listed.info.map_or(0, |info| info.unsent);
        let (send_q, unsent) = queues::written(state, listed.send_q, unsent);
        let has_buffers = !matches!(state, Some(TcpState::SynRcvd | TcpState::TimeWait));
        let (local, peer) = listed.addresses();
        let snapshot = Snapshot {
            state,
            local,
            peer,
            peer_socket: None,
            recv_q: queues::received(state, listed.recv_q),
            send_q,
            unsent: if state == Some(TcpState::Listen) { 0 } else { unsent },
            buffers: listed.buffers.filter(|_| has_buffers),
            held: listed.inode != 0,
            ready: None,
            tcp: listed.info.and_then(|info| info.numbers()),
            timer: timer(recorder, listed.timer),
        };
        self.note(recorder, origin, u64::from(listed.inode), snapshot);
    }

    fn note_unix(&mut self, recorder: &Recorder, listed: &UnixListed) {
        let kind = super::kind(u32::from(listed.kind));
        let origin = Origin { family: Family::Unix, kind, protocol: 0, cookie: listed.cookie };
        let (recv_q, send_q) = listed.queues;
        let snapshot = Snapshot {
            state: TcpState::from_kernel(listed.state).filter(|_| kind != Kind::Datagram),
            local: Some(listed.name.clone().unwrap_or(Address::Unnamed)),
            peer_socket: self.by_inode(listed.peer),
            recv_q,
            send_q,
            held: listed.inode != 0,
            ..Snapshot::default()
        };
        self.note(recorder, origin, u64::from(listed.inode), snapshot);
    }

    fn note(&mut self, recorder: &Recorder, origin: Origin, inode: u64, snapshot: Snapshot) -> SocketId {
        if let Some(flow) = flow(origin.protocol, &snapshot) {
            self.flows.insert(flow, origin.cookie);
        }
        if let Some(known) = self.known.get_mut(&origin.cookie) {
            if inode != 0 {
                known.inode = inode;
            }
            if snapshot.tells_more_than(&known.snapshot) {
                known.snapshot.clone_from(&snapshot);
                recorder.tell(Fact::SocketChanged { socket: known.id, snapshot });
            }
            return known.id;
        }
        let (host, id) = (self.id, recorder.socket());
        let snapshot_told = snapshot.clone();
        let known = Known { id, origin: origin.clone(), inode, snapshot, place: None, asked: None };
        self.known.insert(origin.cookie, known);
        recorder.tell(Fact::SocketSeen { socket: id, host, origin, snapshot: snapshot_told });
        id
    }

    /// The processes' descriptors of sockets with these inodes.
    fn places_of(&self, wanted: &BTreeSet<u64>) -> Vec<(Place, Copy)> {
        let mut found = Vec::new();
        for (process, pidfd) in &self.processes {
            let Ok(fds) = std::fs::read_dir(format!("/proc/{process}/fd")) else { continue };
            for entry in fds.flatten() {
                let Ok(target) = std::fs::read_link(entry.path()) else { continue };
                let inode =
                    target.to_str().and_then(|text| text.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
                let fd = entry.file_name().to_str().and_then(|name| name.parse().ok());
                if let (Some(inode), Some(fd)) = (inode, fd)
                    && wanted.contains(&inode)
                    && let Some(copy) = Copy::of(pidfd, fd)
                {
                    found.push((Place { process: *process, fd }, copy));
                }
            }
        }
        found
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

fn timer(recorder: &Recorder, running: Option<Running>) -> Option<Timer> {
    let Running { kind, in_ms, retries } = running?;
    Some(Timer { kind, expires: recorder.now() + Duration::from_millis(in_ms.into()), retries })
}
