//! Sockets of the engine's own in a host's network: how a person's browser or console gets onto the virtual LAN.
//!
//! A socket belongs to the network namespace in which it was made, whoever holds it. So a child joins the
//! namespaces and makes a socket there; what is sent on it crosses the wire like any program's bytes.

use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

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
        // It allocates nothing: see `vfork`.
        let socket = || {
            let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
            setns(&self.user)?;
            setns(&self.net)?;
            socket_with(AddressFamily::INET, SocketType::STREAM, flags, None).map_err(Errno::raw_os_error)
        };
        let made = in_child(socket).map_err(NetError::Helper)?;
        made.map_err(|errno| ("opening a socket", errno).into())
    }
}
