//! A program's own socket, asked through a copy of its descriptor (pidfd_getfd(2)).
//!
//! The copy is closed at once: as long as it lives, the program's close(2) would send no FIN.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{SocketAddrAny, sockopt};
use rustix::process::{PidfdGetfdFlags, pidfd_getfd};
use trace::event::call::Address;
use trace::event::socket::{Family, Kind, Origin, Snapshot, TcpState};

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
        let kind = match i32::try_from(sockopt::socket_type(&self.socket).ok()?.as_raw()).unwrap_or(-1) {
            libc::SOCK_STREAM => Kind::Stream,
            libc::SOCK_DGRAM => Kind::Datagram,
            libc::SOCK_RAW => Kind::Raw,
            libc::SOCK_SEQPACKET => Kind::SeqPacket,
            other => Kind::Other(u16::try_from(other).unwrap_or(u16::MAX)),
        };
        let protocol = more::integer(self.socket.as_fd(), libc::SO_PROTOCOL);
        let protocol = protocol.and_then(|number| u8::try_from(number).ok()).unwrap_or(0);
        Some(Origin { family, kind, protocol, cookie: self.cookie })
    }

    /// Its number as a file.
    pub(super) fn inode(&self) -> u64 {
        rustix::fs::fstat(&self.socket).map_or(0, |stat| stat.st_ino)
    }

    /// Its state now. `before` spares questions whose answers can't have changed.
    pub(super) fn snapshot(&self, origin: &Origin, before: Option<&Snapshot>) -> Snapshot {
        let mut snapshot = numbers(self.socket.as_fd(), origin);
        let settled = before
            .filter(|before| before.state == snapshot.state && before.peer.is_some() && origin.kind != Kind::Datagram);
        (snapshot.local, snapshot.peer) = match settled {
            Some(before) => (before.local.clone(), before.peer.clone()),
            None => (
                rustix::net::getsockname(&self.socket).ok().map(|addr| named(&addr)),
                rustix::net::getpeername(&self.socket).ok().flatten().map(|addr| named(&addr)),
            ),
        };
        snapshot
    }
}

/// State and queues.
fn numbers(socket: BorrowedFd<'_>, origin: &Origin) -> Snapshot {
    let mut snapshot = Snapshot { held: true, ..Snapshot::default() };
    let waiting = || u32::try_from(rustix::io::ioctl_fionread(socket).unwrap_or(0)).unwrap_or(u32::MAX);
    match (origin.protocol, origin.kind) {
        (6, Kind::Stream) => {
            let Some(info) = more::tcp_info(socket) else { return snapshot };
            snapshot.state = TcpState::from_kernel(info.state);
            if snapshot.state == Some(TcpState::Listen) {
                (snapshot.recv_q, snapshot.send_q) = (info.unacked, info.sacked);
            } else {
                snapshot.recv_q = waiting();
                snapshot.send_q = more::unacknowledged(socket).unwrap_or(0);
                snapshot.send_q = super::without_fin(snapshot.state, snapshot.send_q);
            }
        }
        // As ss(8) shows it: with the kernel's overhead. FIONREAD would tell of the first datagram only.
        (17, Kind::Datagram) => {
            snapshot.recv_q = more::receive_memory(socket).unwrap_or(0);
            snapshot.send_q = more::unacknowledged(socket).unwrap_or(0);
        }
        _ => {
            snapshot.recv_q = waiting();
            snapshot.send_q = more::unacknowledged(socket).unwrap_or(0);
        }
    }
    snapshot
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
