//! A program's own socket, asked through a copy of its descriptor (pidfd_getfd(2)).
//!
//! The copy is closed at once: as long as it lives, the program's close(2) would send no FIN.

use std::os::fd::{AsFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{SocketAddrAny, sockopt};
use rustix::process::{PidfdGetfdFlags, pidfd_getfd};
use trace::event::call::Address;
use trace::event::socket::{Buffers, Family, Kind, Origin, Readiness, Snapshot, TcpState};

use super::{numbers, queues};
use crate::sys::sockopt as more;

/// A copy of a program's socket, for as long as it is asked.
#[derive(Debug)]
pub(super) struct Copy {
    socket: OwnedFd,
    /// The socket's lasting identity.
    pub(super) cookie: u64,
}

impl Copy {
    /// Of a process's descriptor; `None` where it is no socket or not open.
    pub(super) fn of(process: &OwnedFd, fd: i32) -> Option<Self> {
        if fd < 0 {
            return None; // a program may ask for anything; rustix panics at what can be no descriptor
        }
        let socket = pidfd_getfd(process, fd, PidfdGetfdFlags::empty()).ok()?;
        let cookie = sockopt::socket_cookie(&socket).ok()?;
        Some(Self { socket, cookie })
    }

    /// What it is for its whole life.
    pub(super) fn origin(&self) -> Option<Origin> {
        let family = match i32::from(sockopt::socket_domain(&self.socket).ok()?.as_raw()) {
            libc::AF_INET => Family::Inet,
            libc::AF_INET6 => Family::Inet6,
            libc::AF_UNIX => Family::Unix,
            other => Family::Other(u16::try_from(other).unwrap_or(u16::MAX)),
        };
        let kind = super::kind(sockopt::socket_type(&self.socket).ok()?.as_raw());
        let protocol = more::integer(self.socket.as_fd(), libc::SO_PROTOCOL);
        let protocol = protocol.and_then(|number| u8::try_from(number).ok()).unwrap_or(0);
        Some(Origin { family, kind, protocol, cookie: self.cookie })
    }

    /// Its number as a file.
    pub(super) fn inode(&self) -> u64 {
        rustix::fs::fstat(&self.socket).map_or(0, |stat| stat.st_ino)
    }

    /// Its state now, without what only sock_diag(7) tells: timers, and a Unix socket's state and peer. `before` spares
    /// questions whose answers can't have changed.
    pub(super) fn snapshot(&self, origin: &Origin, before: Option<&Snapshot>) -> Snapshot {
        let mut snapshot = self.state_and_queues(origin);
        let settled = before.filter(|before| {
            let same = before.state == snapshot.state || before.peer_socket.is_some();
            same && before.peer.is_some() && origin.kind != Kind::Datagram
        });
        (snapshot.local, snapshot.peer) = match settled {
            Some(before) => (before.local.clone(), before.peer.clone()),
            None => (
                rustix::net::getsockname(&self.socket).ok().map(|addr| named(&addr)),
                rustix::net::getpeername(&self.socket).ok().flatten().map(|addr| named(&addr)),
            ),
        };
        snapshot
    }

    fn state_and_queues(&self, origin: &Origin) -> Snapshot {
        let socket = self.socket.as_fd();
        let memory = more::memory(socket);
        let buffers = memory.map(|memory| Buffers { receive: memory.receive_buffer, send: memory.send_buffer });
        let mut snapshot = Snapshot { held: true, buffers, ready: Some(self.readiness()), ..Snapshot::default() };
        let waiting = || u32::try_from(rustix::io::ioctl_fionread(socket).unwrap_or(0)).unwrap_or(u32::MAX);
        // What SIOCOUTQ tells of all but TCP sockets.
        let written = memory.map_or(0, |memory| memory.written);
        match (origin.protocol, origin.kind) {
            (6, Kind::Stream) => {
                let Some(info) = more::tcp_info(socket).and_then(|info| numbers::parse(&info)) else { return snapshot };
                snapshot.state = TcpState::from_kernel(info.state);
                if snapshot.state == Some(TcpState::Listen) {
                    (snapshot.recv_q, snapshot.send_q) = info.accept_queue;
                } else {
                    snapshot.recv_q = waiting();
                    let unacknowledged = more::unacknowledged(socket).unwrap_or(0);
                    (snapshot.send_q, snapshot.unsent) = queues::written(snapshot.state, unacknowledged, info.unsent);
                    snapshot.tcp = info.numbers();
                }
            }
            // As ss(8) shows it: with the kernel's overhead. FIONREAD would tell of the first datagram only.
            (17, Kind::Datagram) => {
                (snapshot.recv_q, snapshot.send_q) = (memory.map_or(0, |memory| memory.received), written);
            }
            _ => (snapshot.recv_q, snapshot.send_q) = (waiting(), written),
        }
        snapshot
    }

    /// What poll(2) says of it when it need not wait.
    fn readiness(&self) -> Readiness {
        let events = PollFlags::IN | PollFlags::OUT | PollFlags::PRI | PollFlags::RDHUP;
        let mut fds = [PollFd::new(&self.socket, events)];
        match poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) {
            Ok(_) => Readiness::from_poll(fds[0].revents().bits()),
            Err(_) => Readiness::default(), // EINTR needs a wait; ENOMEM is for long lists
        }
    }
}

fn named(addr: &SocketAddrAny) -> Address {
    if let Ok(inet) = std::net::SocketAddr::try_from(addr.clone()) {
        return Address::Inet(inet);
    }
    let Ok(unix) = rustix::net::SocketAddrUnix::try_from(addr.clone()) else {
        return Address::Other(addr.address_family().as_raw(), trace::bytes::Bytes::default());
    };
    match (unix.abstract_name(), unix.path_bytes()) {
        (Some(name), _) if !name.is_empty() => Address::Abstract(name.into()),
        (None, Some(path)) if !path.is_empty() => Address::Path(String::from_utf8_lossy(path).into_owned()),
        _ => Address::Unnamed,
    }
}
