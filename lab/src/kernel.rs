//! Kernel truth: the state of every socket of a run, as the kernel tells it; only changes become events.
//!
//! A socket is known by its cookie, which it keeps from the SYN queue to TIME_WAIT. Its state is read at three
//! occasions: when a call on it returns, when a frame of its connection is in the wire's hands (so that SYN_RCVD and
//! TIME_WAIT are seen however short they are), and soon after either and now and then. Where sockets can have come or
//! gone, that is by a full list. What a program holds is asked through a copy of its descriptor; sock_diag(7) tells of
//! the rest, and of timers.
//!
//! Whoever asks the kernel holds the host's lock while asking, so that an old answer never overwrites a newer one.

pub(crate) mod diag;
mod epoll;
mod numbers;
mod probe;
mod queues;
mod sockets;
mod watch;

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use trace::event::socket::Kind;
use trace::id::{HostId, ProcessId, SocketId};

use crate::recorder::Recorder;
use crate::sys::ptrace::Tid;
use diag::Flow;
use sockets::{Place, Sockets};
pub(crate) use watch::watch;

/// The observer of a run's sockets.
#[derive(Debug)]
pub(crate) struct Kernel {
    recorder: Arc<Recorder>,
    hosts: Vec<Host>,
}

#[derive(Debug)]
struct Host {
    /// Sockets may have come or gone since the last full list.
    changed: AtomicBool,
    /// Those that are known may have other states since they were last asked.
    stirred: AtomicBool,
    sockets: Mutex<Sockets>,
}

impl Kernel {
    /// An observer of hosts that have these diagnostic sockets.
    pub(crate) fn new(recorder: Arc<Recorder>, diags: impl IntoIterator<Item = OwnedFd>) -> Self {
        let host = |(id, diag)| Host {
            changed: AtomicBool::new(false),
            stirred: AtomicBool::new(false),
            sockets: Mutex::new(Sockets::new(HostId(id), diag)),
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

    /// A process has closed this descriptor, or is about to, or has it for another socket now.
    pub(crate) fn forget(&self, host: HostId, process: Tid, fd: i32) {
        self.lock(host).forget(Place { process, fd });
    }

    /// A process may have closed any of its descriptors.
    pub(crate) fn forget_all(&self, host: HostId, process: Tid) {
        self.lock(host).forget_all(process);
    }

    /// A process ended; its sockets may be gone with it.
    pub(crate) fn process_ended(&self, host: HostId, process: Tid) {
        self.lock(host).process_ended(process);
        self.touch(host);
    }

    /// The socket behind a descriptor; `None` where it is no socket.
    pub(crate) fn identify(&self, host: HostId, process: Tid, fd: i32) -> Option<SocketId> {
        self.lock(host).identify(&self.recorder, Place { process, fd })
    }

    /// The same, with the socket's state noted.
    pub(crate) fn examine(&self, host: HostId, process: Tid, fd: i32) -> Option<SocketId> {
        self.lock(host).examine(&self.recorder, Place { process, fd })
    }

    /// A call told an epoll instance what to watch, or `waited` for it.
    pub(crate) fn epoll(&self, host: HostId, (process, id): (Tid, ProcessId), epfd: i32, waited: bool) {
        self.lock(host).epoll(&self.recorder, (process, id, epfd), waited);
    }

    /// A process closed a descriptor.
    pub(crate) fn closed(&self, host: HostId, process: Tid) {
        self.lock(host).closed(&self.recorder, process);
    }

    /// The type of a socket that is still there.
    pub(crate) fn kind(&self, host: HostId, socket: SocketId) -> Option<Kind> {
        self.lock(host).kind(socket)
    }

    /// A segment of this connection left or reached a host; a `plain` one neither begins nor ends it.
    pub(crate) fn segment(&self, host: HostId, flow: Flow, plain: bool) {
        self.lock(host).segment(&self.recorder, flow, plain);
        if plain { self.stir(host) } else { self.touch(host) }
    }

    /// A datagram left or reached a host.
    pub(crate) fn datagram(&self, host: HostId) {
        self.lock(host).datagram(&self.recorder);
        self.stir(host);
    }

    /// Something happened by which sockets of a host may have come or gone.
    pub(crate) fn touch(&self, host: HostId) {
        self.hosts[usize::from(host.0)].changed.store(true, Relaxed);
    }

    /// Something happened by which those that are known may have other states.
    pub(crate) fn stir(&self, host: HostId) {
        self.hosts[usize::from(host.0)].stirred.store(true, Relaxed);
    }

    /// Asks every socket of a host that is known for its state.
    pub(crate) fn refresh(&self, host: HostId) {
        self.lock(host).refresh(&self.recorder);
    }

    /// Lists every socket of a host and finds out what is gone.
    pub(crate) fn settle(&self, host: HostId) {
        self.lock(host).settle(&self.recorder);
    }

    fn lock(&self, host: HostId) -> MutexGuard<'_, Sockets> {
        self.hosts[usize::from(host.0)].sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket type by its number.
fn kind(number: u32) -> Kind {
    match i32::try_from(number).unwrap_or(-1) {
        libc::SOCK_STREAM => Kind::Stream,
        libc::SOCK_DGRAM => Kind::Datagram,
        libc::SOCK_RAW => Kind::Raw,
        libc::SOCK_SEQPACKET => Kind::SeqPacket,
        other => Kind::Other(u16::try_from(other).unwrap_or(u16::MAX)),
    }
}
