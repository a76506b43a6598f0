//! Kernel sockets.

use std::net::SocketAddr;

use super::{Model, Oddity};
use crate::event::call::Address;
use crate::event::socket::{Origin, Snapshot};
use crate::event::{Event, Fact};
use crate::id::{HostId, ProcessId, SocketId};
use crate::time::Nanos;

/// A kernel socket, whoever holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Socket {
    /// Its id.
    pub id: SocketId,
    /// In whose network it lives.
    pub host: HostId,
    /// What it is for its whole life.
    pub origin: Origin,
    /// Its state as it was seen last.
    pub snapshot: Snapshot,
    /// When it was first seen.
    pub seen: Nanos,
    /// When something about it changed last.
    pub changed: Nanos,
    /// When the kernel no longer listed it.
    pub gone: Option<Nanos>,
    /// When it was first seen with a local address.
    pub bound: Option<Nanos>,
    /// Its addresses when it last had both, local and peer. The kernel forgets them when a connection is reset.
    pub ends: Option<(SocketAddr, SocketAddr)>,
}

impl Socket {
    /// Takes note of what is only in some snapshots.
    fn remember(&mut self, at: Nanos) {
        let Snapshot { local, peer, .. } = &self.snapshot;
        if let (Some(local), Some(peer)) = (inet(local.as_ref()), inet(peer.as_ref()))
            && peer.port() != 0
        {
            self.ends = Some((local, peer));
        }
        if inet(local.as_ref()).is_some_and(|local| local.port() != 0) {
            self.bound = self.bound.or(Some(at));
        }
    }
}

/// An internet address as it stands in packets: an IPv6 socket that speaks IPv4 has one such as `::ffff:192.168.1.4`.
pub fn inet(address: Option<&Address>) -> Option<SocketAddr> {
    match address {
        Some(Address::Inet(address)) => Some(SocketAddr::new(address.ip().to_canonical(), address.port())),
        _ => None,
    }
}

/// A descriptor by which a process holds a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub process: ProcessId,
    /// Its descriptor.
    pub fd: i32,
}

impl Model {
    pub(super) fn take_socket(&mut self, event: &Event) -> Result<(), Oddity> {
        match &event.fact {
            Fact::SocketSeen { socket, host, origin, snapshot } => {
                if self.sockets.contains_key(socket) {
                    return Err(Oddity::SocketTwice(*socket));
                }
                self.host_mut(*host)?;
                let mut seen = Socket {
                    id: *socket,
                    host: *host,
                    origin: origin.clone(),
                    snapshot: snapshot.clone(),
                    seen: event.at,
                    changed: event.at,
                    gone: None,
                    bound: None,
                    ends: None,
                };
                seen.remember(event.at);
                self.sockets.insert(*socket, seen);
            }
            Fact::SocketChanged { socket, snapshot } => {
                let at = event.at;
                let known = self.listed_mut(*socket)?;
                (known.snapshot, known.changed) = (snapshot.clone(), at);
                known.remember(at);
            }
            Fact::SocketGone { socket } => {
                let at = event.at;
                self.listed_mut(*socket)?.gone = Some(at);
            }
            _ => {}
        }
        Ok(())
    }

    fn listed_mut(&mut self, socket: SocketId) -> Result<&mut Socket, Oddity> {
        let known = self.sockets.get_mut(&socket).ok_or(Oddity::UnknownSocket(socket))?;
        if known.gone.is_some() { Err(Oddity::SocketGone(socket)) } else { Ok(known) }
    }
}
