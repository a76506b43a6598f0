//! Sockets of the engine's own in a host's network: how a person's browser or console gets onto the virtual LAN.
//!
//! A socket belongs to the network namespace in which it was made, whoever holds it. So a child joins the
//! namespaces, makes a socket there and hands it back; what is sent on it crosses the wire like any program's bytes.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::{Errno, write};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socket_with,
};

use super::NetError;
use crate::sys::fork::{in_child, setns};

/// A host's namespaces, kept open so that they can be joined again.
#[derive(Debug)]
pub(crate) struct Namespaces {
    pub(super) user: OwnedFd,
    pub(super) net: OwnedFd,
}

impl Namespaces {
    /// A TCP socket in this network: not connected, non-blocking.
    pub(crate) fn tcp_socket(&self) -> Result<OwnedFd, NetError> {
        let helper = |error: Errno| NetError::Helper(error.into());
        let pair = rustix::net::socketpair(AddressFamily::UNIX, SocketType::DGRAM, SocketFlags::CLOEXEC, None);
        let (here, there) = pair.map_err(helper)?;
        in_child(|| u8::from(hand_over(self, &there).is_err())).map_err(NetError::Helper)?;
        drop(there);
        let mut errno = [0; 4];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let got = recvmsg(&here, &mut [IoSliceMut::new(&mut errno)], &mut ancillary, RecvFlags::CMSG_CLOEXEC);
        got.map_err(helper)?;
        let fd = ancillary.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
            _ => None,
        });
        let source = || io::Error::from_raw_os_error(i32::from_ne_bytes(errno));
        fd.ok_or_else(|| NetError::Step { step: "opening a socket", source: source() })
    }
}

/// In the child: allocates nothing (see [`in_child`]).
fn hand_over(namespaces: &Namespaces, to: &OwnedFd) -> Result<(), Errno> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let made = setns(&namespaces.user)
        .and_then(|()| setns(&namespaces.net))
        .and_then(|()| socket_with(AddressFamily::INET, SocketType::STREAM, flags, None).map_err(Errno::raw_os_error));
    match made {
        Ok(socket) => {
            let fds = [socket.as_fd()];
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut ancillary = SendAncillaryBuffer::new(&mut space);
            ancillary.push(SendAncillaryMessage::ScmRights(&fds));
            sendmsg(to, &[IoSlice::new(&[0; 4])], &mut ancillary, SendFlags::empty()).map(drop)
        }
        Err(errno) => write(to, &errno.to_ne_bytes()).map(drop),
    }
}
