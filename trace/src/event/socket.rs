//! Kernel sockets: what they are, and their state at one moment.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::call::Address;

/// What a socket is for its whole life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The address family.
    pub family: Family,
    /// The socket type.
    pub kind: Kind,
    /// The protocol's number, as in `/etc/protocols`: 6 is TCP.
    pub protocol: u8,
    /// The kernel's own lasting identity of the socket (`SO_COOKIE`, socket(7)).
    pub cookie: u64,
}

/// An address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Family {
    /// `AF_INET`.
    Inet,
    /// `AF_INET6`.
    Inet6,
    /// `AF_UNIX`.
    Unix,
    /// Another, by its number.
    Other(u16),
}

/// A socket type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// `SOCK_STREAM`.
    Stream,
    /// `SOCK_DGRAM`.
    Datagram,
    /// `SOCK_RAW`.
    Raw,
    /// `SOCK_SEQPACKET`.
    SeqPacket,
    /// Another, by its number.
    Other(u16),
}

/// A socket at one moment, as the kernel told it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The TCP state; `None` for sockets that have none.
    pub state: Option<TcpState>,
    /// The local address, once bound.
    pub local: Option<Address>,
    /// The peer's address, once connected.
    pub peer: Option<Address>,
    /// recv-q: bytes that wait for the program. For a listening socket, connections that wait for accept(2).
    pub recv_q: u32,
    /// send-q: bytes that the peer has not acknowledged. For a listening socket, the accept queue's limit.
    pub send_q: u32,
    /// Whether some program holds the socket; otherwise the kernel alone does (`SYN_RCVD`, `TIME_WAIT`, orphans).
    pub held: bool,
}

/// A TCP state, by the names of RFC 9293 section 3.3.2 as Linux spells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the RFC's own words")]
pub enum TcpState {
    Closed,
    Listen,
    SynSent,
    SynRcvd,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

impl TcpState {
    /// The name in capitals: `SYN_RCVD`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Listen => "LISTEN",
            Self::SynSent => "SYN_SENT",
            Self::SynRcvd => "SYN_RCVD",
            Self::Established => "ESTABLISHED",
            Self::FinWait1 => "FIN_WAIT_1",
            Self::FinWait2 => "FIN_WAIT_2",
            Self::CloseWait => "CLOSE_WAIT",
            Self::Closing => "CLOSING",
            Self::LastAck => "LAST_ACK",
            Self::TimeWait => "TIME_WAIT",
        }
    }

    /// From the number in the kernel's `include/net/tcp_states.h`.
    pub const fn from_kernel(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Established,
            2 => Self::SynSent,
            3 | 12 => Self::SynRcvd, // 12 is TCP_NEW_SYN_RECV: a request that has no full socket yet
            4 => Self::FinWait1,
            5 => Self::FinWait2,
            6 => Self::TimeWait,
            7 => Self::Closed,
            8 => Self::CloseWait,
            9 => Self::LastAck,
            10 => Self::Listen,
            11 => Self::Closing,
            _ => return None,
        })
    }
}

impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
