//! A program's own socket, asked through a copy of its descriptor (pidfd_getfd(2)).
//!
//! The copy is closed at once: as long as it lives, the program's close(2) would send no FIN.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{SocketAddrAny, sockopt};
use rustix::process::{PidfdGetfdFlags, pidfd_getfd};
use trace::event::call::Address;
use trace::event::socket::{Family, Kind, Origin, Snapshot, TcpState};

use crate::sys::sockopt as more;

/// A socket that a program holds, at one moment.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) origin: Origin,
    pub(crate) inode: u64,
    pub(crate) snapshot: Snapshot,
}

/// What a descriptor of a process is; `None` where it is no socket or not open.
pub(crate) fn probe(process: &OwnedFd, fd: i32) -> Option<Held> {
    let copy = pidfd_getfd(process, fd, PidfdGetfdFlags::empty()).ok()?;
    let socket = copy.as_fd();
    let cookie = sockopt::socket_cookie(socket).ok()?;
    let origin = Origin {
        family: match i32::from(sockopt::socket_domain(socket).ok()?.as_raw()) {
            libc::AF_INET => Family::Inet,
            libc::AF_INET6 => Family::Inet6,
            libc::AF_UNIX => Family::Unix,
            other => Family::Other(u16::try_from(other).unwrap_or(u16::MAX)),
        },
        kind: match i32::try_from(sockopt::socket_type(socket).ok()?.as_raw()).unwrap_or(-1) {
            libc::SOCK_STREAM => Kind::Stream,
            libc::SOCK_DGRAM => Kind::Datagram,
            libc::SOCK_RAW => Kind::Raw,
            libc::SOCK_SEQPACKET => Kind::SeqPacket,
            other => Kind::Other(u16::try_from(other).unwrap_or(u16::MAX)),
        },
        protocol: more::integer(socket, libc::SO_PROTOCOL).and_then(|number| u8::try_from(number).ok()).unwrap_or(0),
        cookie,
    };
    let inode = rustix::fs::fstat(socket).ok()?.st_ino;
    let snapshot = snapshot(socket, &origin);
    Some(Held { origin, inode, snapshot })
}

fn snapshot(socket: BorrowedFd<'_>, origin: &Origin) -> Snapshot {
    let mut snapshot = Snapshot {
        local: rustix::net::getsockname(socket).ok().map(|addr| named(&addr)),
        peer: rustix::net::getpeername(socket).ok().flatten().map(|addr| named(&addr)),
        held: true,
        ..Snapshot::default()
    };
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
        (Some(name), _) => Address::Abstract(name.into()),
        (None, Some(path)) if !path.is_empty() => Address::Path(String::from_utf8_lossy(path).into_owned()),
        _ => Address::Unnamed,
    }
}
