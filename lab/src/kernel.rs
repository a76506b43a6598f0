//! Kernel truth: the state of every socket of a run, as the kernel tells it; only changes become events.
//!
//! A socket is known by its cookie, which it keeps from the SYN queue to TIME_WAIT. Its state is read at three
//! occasions: when a call on it returns (through its descriptor), when a frame of its connection is in the wire's
//! hands (an exact look-up, so that SYN_RCVD and TIME_WAIT are seen however short they are), and now and then by a
//! full list, which also tells what is gone.
//!
//! Whoever asks the kernel holds the host's lock while asking, so that an old answer never overwrites a newer one.

pub(crate) mod diag;
mod probe;
mod watch;

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use trace::event::Fact;
use trace::event::call::Address;
use trace::event::socket::{Family, Kind, Origin, Snapshot, TcpState};
use trace::id::{HostId, SocketId};

use crate::recorder::Recorder;
use crate::sys::ptrace::Tid;
use diag::{Diag, Flow, Listed, Protocol};
use probe::Copy;
pub(crate) use watch::watch;

/// The observer of a run's sockets.
#[derive(Debug)]
pub(crate) struct Kernel {
    recorder: Arc<Recorder>,
    hosts: Vec<Host>,
}

#[derive(Debug)]
struct Host {
    /// Something happened since the last full list.
    dirty: AtomicBool,
    sockets: Mutex<Sockets>,
}

/// What is known of one host's sockets.
#[derive(Debug)]
struct Sockets {
    id: HostId,
    diag: Diag,
    known: BTreeMap<u64, Known>,
    processes: BTreeMap<Tid, OwnedFd>,
}

#[derive(Debug)]
struct Known {
    id: SocketId,
    origin: Origin,
    inode: u64,
    snapshot: Snapshot,
}

impl Kernel {
    /// An observer of hosts that have these diagnostic sockets.
    pub(crate) fn new(recorder: Arc<Recorder>, diags: impl IntoIterator<Item = OwnedFd>) -> Self {
        let host = |(id, diag)| Host {
            dirty: AtomicBool::new(false),
            sockets: Mutex::new(Sockets {
                id: HostId(id),
                diag: Diag::new(diag),
                known: BTreeMap::new(),
                processes: BTreeMap::new(),
            }),
        };
        Self { recorder, hosts: (0..).zip(diags).map(host).collect() }
    }

    /// A process began: its descriptors can be asked from now on.
    pub(crate) fn process_began(&self, host: HostId, process: Tid) {
        let pidfd = Pid::from_raw(process).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
        if let Some(pidfd) = pidfd {
            self.lock(host).processes.insert(process, pidfd);
        }
    }

    /// A process ended; its sockets may be gone with it.
    pub(crate) fn process_ended(&self, host: HostId, process: Tid) {
        self.lock(host).processes.remove(&process);
        self.touch(host);
    }

    /// The socket behind a descriptor; `None` where it is no socket.
    pub(crate) fn identify(&self, host: HostId, process: Tid, fd: i32) -> Option<SocketId> {
        let mut sockets = self.lock(host);
        let copy = Copy::of(sockets.processes.get(&process)?, fd)?;
        if let Some(known) = sockets.known.get(&copy.cookie) {
            return Some(known.id);
        }
        sockets.note_held(&self.recorder, &copy)
    }

    /// The same, with the socket's state noted.
    pub(crate) fn examine(&self, host: HostId, process: Tid, fd: i32) -> Option<SocketId> {
        let mut sockets = self.lock(host);
        let copy = Copy::of(sockets.processes.get(&process)?, fd)?;
        sockets.note_held(&self.recorder, &copy)
    }

    /// The type of a socket that is still there.
    pub(crate) fn kind(&self, host: HostId, socket: SocketId) -> Option<Kind> {
        self.lock(host).known.values().find(|known| known.id == socket).map(|known| known.origin.kind)
    }

    /// A segment of this connection left or reached a host.
    pub(crate) fn segment(&self, host: HostId, flow: Flow) {
        let mut sockets = self.lock(host);
        match sockets.diag.connection(flow) {
            Ok(Some(listed)) => sockets.note_listed(&self.recorder, Protocol::Tcp, listed),
            Ok(None) if sockets.knows(flow) => sockets.settle(&self.recorder),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "sock_diag look-up failed"),
        }
        drop(sockets);
        self.touch(host);
    }

    /// A datagram left or reached a host.
    pub(crate) fn datagram(&self, host: HostId) {
        self.lock(host).list(&self.recorder, Protocol::Udp);
        self.touch(host);
    }

    /// Something happened on a host that the next full list may show.
    pub(crate) fn touch(&self, host: HostId) {
        self.hosts[usize::from(host.0)].dirty.store(true, Relaxed);
    }

    /// Lists every socket of a host and finds out what is gone.
    pub(crate) fn settle(&self, host: HostId) {
        self.lock(host).settle(&self.recorder);
    }

    fn lock(&self, host: HostId) -> MutexGuard<'_, Sockets> {
        self.hosts[usize::from(host.0)].sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sockets {
    fn note_held(&mut self, recorder: &Recorder, copy: &Copy) -> Option<SocketId> {
        let (origin, inode, snapshot) = match self.known.get(&copy.cookie) {
            // A socket that only the kernel held until now has no inode yet.
            Some(known) if known.snapshot.held => {
                (known.origin.clone(), known.inode, copy.snapshot(&known.origin, Some(&known.snapshot)))
            }
            _ => {
                let origin = copy.origin()?;
                let snapshot = copy.snapshot(&origin, None);
                (origin, copy.inode(), snapshot)
            }
        };
        Some(self.note(recorder, origin, inode, snapshot))
    }

    fn note_listed(&mut self, recorder: &Recorder, protocol: Protocol, listed: Listed) {
        let origin = Origin {
            family: if i32::from(listed.family) == libc::AF_INET6 { Family::Inet6 } else { Family::Inet },
            kind: if protocol == Protocol::Tcp { Kind::Stream } else { Kind::Datagram },
            protocol: protocol.number(),
            cookie: listed.cookie,
        };
        let state = (protocol == Protocol::Tcp).then(|| TcpState::from_kernel(listed.state)).flatten();
        let unspecified = listed.remote.ip().is_unspecified() && listed.remote.port() == 0;
        let snapshot = Snapshot {
            state,
            local: Some(Address::Inet(listed.local)),
            peer: (!unspecified).then_some(Address::Inet(listed.remote)),
            recv_q: without_peers_fin(state, listed.recv_q),
            send_q: without_fin(state, listed.send_q),
            held: listed.inode != 0,
        };
        self.note(recorder, origin, u64::from(listed.inode), snapshot);
    }

    fn note(&mut self, recorder: &Recorder, origin: Origin, inode: u64, snapshot: Snapshot) -> SocketId {
        let host = self.id;
        if let Some(known) = self.known.get_mut(&origin.cookie) {
            if inode != 0 {
                known.inode = inode;
            }
            if known.snapshot != snapshot {
                known.snapshot.clone_from(&snapshot);
                recorder.tell(Fact::SocketChanged { socket: known.id, snapshot });
            }
            return known.id;
        }
        let id = recorder.socket();
        let known = Known { id, origin: origin.clone(), inode, snapshot: snapshot.clone() };
        self.known.insert(origin.cookie, known);
        recorder.tell(Fact::SocketSeen { socket: id, host, origin, snapshot });
        id
    }

    fn knows(&self, flow: Flow) -> bool {
        let (local, peer) = (Some(Address::Inet(flow.local)), Some(Address::Inet(flow.remote)));
        self.known.values().any(|known| known.snapshot.local == local && known.snapshot.peer == peer)
    }

    /// Notes everything that the kernel lists of a protocol; returns the cookies.
    fn list(&mut self, recorder: &Recorder, protocol: Protocol) -> Vec<u64> {
        let mut all = Vec::new();
        for family in [libc::AF_INET, libc::AF_INET6] {
            if let Err(error) = self.diag.dump(protocol, family, |listed| all.push(listed)) {
                tracing::warn!(%error, "sock_diag dump failed");
            }
        }
        for listed in &all {
            self.note_listed(recorder, protocol, *listed);
        }
        all.iter().map(|listed| listed.cookie).collect()
    }

    /// Full lists; then what is known but not listed is looked for among the programs' descriptors (a socket that
    /// is neither bound nor connected is in no list), and what no program holds either is gone.
    fn settle(&mut self, recorder: &Recorder) {
        let mut present = self.list(recorder, Protocol::Tcp);
        present.extend(self.list(recorder, Protocol::Udp));
        if self.known.keys().all(|cookie| present.contains(cookie)) {
            return;
        }
        for (process, fd) in self.descriptors_of(|inode| {
            self.known.iter().any(|(cookie, known)| known.inode == inode && !present.contains(cookie))
        }) {
            let Some(copy) = self.processes.get(&process).and_then(|pidfd| Copy::of(pidfd, fd)) else { continue };
            present.push(copy.cookie);
            self.note_held(recorder, &copy);
        }
        self.known.retain(|cookie, known| {
            let stays = present.contains(cookie);
            if !stays {
                recorder.tell(Fact::SocketGone { socket: known.id });
            }
            stays
        });
    }

    /// The processes' descriptors of sockets with wanted inodes.
    fn descriptors_of(&self, wanted: impl Fn(u64) -> bool) -> Vec<(Tid, i32)> {
        let mut found = Vec::new();
        for process in self.processes.keys() {
            let Ok(fds) = std::fs::read_dir(format!("/proc/{process}/fd")) else { continue };
            for entry in fds.flatten() {
                let Ok(target) = std::fs::read_link(entry.path()) else { continue };
                let inode =
                    target.to_str().and_then(|text| text.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
                let fd = entry.file_name().to_str().and_then(|name| name.parse().ok());
                if let (Some(inode), Some(fd)) = (inode, fd)
                    && wanted(inode)
                {
                    found.push((*process, fd));
                }
            }
        }
        found
    }
}

/// The kernel counts a FIN that is not acknowledged yet, and a SYN, as a byte; the program wrote none. Of a closed
/// socket it tells a difference of numbers that mean nothing.
fn without_fin(state: Option<TcpState>, send_q: u32) -> u32 {
    use TcpState::{Closed, Closing, FinWait1, LastAck, SynRcvd, SynSent};
    match state {
        Some(Closed | SynSent | SynRcvd) => 0,
        Some(FinWait1 | LastAck | Closing) => send_q.saturating_sub(1),
        _ => send_q,
    }
}

/// sock_diag counts the peer's FIN as a byte until the program has read the end; `SIOCINQ` does not.
fn without_peers_fin(state: Option<TcpState>, recv_q: u32) -> u32 {
    use TcpState::{CloseWait, Closing, LastAck, TimeWait};
    match state {
        Some(CloseWait | LastAck | Closing | TimeWait) => recv_q.saturating_sub(1),
        _ => recv_q,
    }
}
