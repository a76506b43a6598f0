//! Kernel sockets: what they are, and their state at one moment.

mod readiness;
mod tcp;

pub use readiness::{Interest, Readiness};
pub use tcp::{TcpNumbers, Timer, TimerKind};

use std::fmt;

use serde::{Deserialize, Serialize};

use super::call::Address;
use crate::id::SocketId;

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
///
/// A new one is told when something changed that a learner sees: state, addresses, queues, buffers, readiness, holder,
/// windows, congestion window, retransmissions, or which timer runs. Round-trip times and the timer's moment change at
/// every acknowledgement; they come along with those, and make no event of their own ([`Snapshot::tells_more_than`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The TCP state. The kernel uses the names `CLOSED`, `LISTEN` and `ESTABLISHED` for Unix sockets with connections
    /// too; `None` for sockets that have none.
    pub state: Option<TcpState>,
    /// The local address, once bound.
    pub local: Option<Address>,
    /// The peer's address, once connected.
    pub peer: Option<Address>,
    /// The socket at the other end of a Unix socket's connection, once it was seen (`UNIX_DIAG_PEER`).
    pub peer_socket: Option<SocketId>,
    /// recv-q: bytes that wait for the program. For a listening socket, connections that wait for accept(2).
    pub recv_q: u32,
    /// send-q: bytes that the peer has not acknowledged. For a listening socket, the accept queue's limit.
    pub send_q: u32,
    /// Of `send_q`, the bytes that were not even sent yet (`SIOCOUTQNSD`): the rest is on its way or lost.
    pub unsent: u32,
    /// How much memory the kernel gives the queues (`SO_MEMINFO`); `None` where it was not told.
    pub buffers: Option<Buffers>,
    /// Whether some program holds the socket; otherwise the kernel alone does (`SYN_RCVD`, `TIME_WAIT`, orphans).
    pub held: bool,
    /// What poll(2) says of its descriptors; `None` where no program holds it.
    pub ready: Option<Readiness>,
    /// TCP's numbers, of a connection.
    pub tcp: Option<TcpNumbers>,
    /// The timer that runs. The kernel keeps one for retransmission and one for the rest; the more urgent is told.
    pub timer: Option<Timer>,
}

impl Snapshot {
    /// How many connections wait for accept(2), and the limit given to listen(2) or by `somaxconn`: one more than the
    /// limit can wait. `None` for a socket that does not listen.
    pub fn accept_queue(&self) -> Option<(u32, u32)> {
        (self.state == Some(TcpState::Listen)).then_some((self.recv_q, self.send_q))
    }

    /// Of `send_q`, the bytes that were sent and not acknowledged.
    pub fn unacknowledged(&self) -> u32 {
        if self.state == Some(TcpState::Listen) { 0 } else { self.send_q.saturating_sub(self.unsent) }
    }

    /// Whether this says anything that an earlier one did not, beyond measured times.
    pub fn tells_more_than(&self, before: &Self) -> bool {
        let numbers = |tcp: Option<TcpNumbers>| tcp.map(TcpNumbers::without_times);
        let Self { state, local, peer, peer_socket, recv_q, send_q, unsent, buffers, held, ready, tcp, timer } = self;
        (state, local, peer, peer_socket) != (&before.state, &before.local, &before.peer, &before.peer_socket)
            || (recv_q, send_q, unsent) != (&before.recv_q, &before.send_q, &before.unsent)
            || (buffers, held, ready) != (&before.buffers, &before.held, &before.ready)
            || numbers(*tcp) != numbers(before.tcp)
            || match (timer, &before.timer) {
                (Some(now), Some(before)) => now.is_another_than(before),
                (now, before) => now != before,
            }
    }
}

/// A socket's buffer sizes as the kernel counts them: with its overhead, twice what setsockopt(2) asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buffers {
    /// `SO_RCVBUF`, in bytes.
    pub receive: u32,
    /// `SO_SNDBUF`, in bytes.
    pub send: u32,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Nanos;

    fn snapshot() -> Snapshot {
        let address = |text: &str| text.parse().ok().map(Address::Inet);
        Snapshot {
            state: Some(TcpState::Established),
            local: address("192.168.1.4:18888"),
            peer: address("192.168.1.7:40112"),
            recv_q: 11,
            send_q: 40_000,
            unsent: 20_000,
            buffers: Some(Buffers { receive: 131_072, send: 87_040 }),
            held: true,
            ready: Some(Readiness::READABLE.with(Readiness::WRITABLE)),
            tcp: Some(TcpNumbers { rtt: 24_000, rttvar: 9_000, rto: 224_000, cwnd: 10, ..TcpNumbers::default() }),
            timer: Some(Timer { kind: TimerKind::Retransmission, expires: Nanos(3_200_000_000), retries: 0 }),
            ..Snapshot::default()
        }
    }

    #[test]
    fn times_alone_are_no_news() {
        let before = snapshot();
        let change = |how: fn(&mut Snapshot)| {
            let mut now = before.clone();
            how(&mut now);
            now.tells_more_than(&before)
        };
        assert!(!change(|_| ()));
        assert!(!change(|now| now.tcp.as_mut().unwrap().rtt += 500));
        assert!(!change(|now| now.timer.as_mut().unwrap().expires = Nanos(3_204_000_000)));
        assert!(change(|now| now.timer.as_mut().unwrap().expires = Nanos(3_400_000_000)));
        assert!(change(|now| now.timer.as_mut().unwrap().retries = 1));
        assert!(change(|now| now.timer = None));
        assert!(change(|now| now.tcp.as_mut().unwrap().snd_wnd = 0x1000));
        assert!(change(|now| now.ready = Some(Readiness::WRITABLE)));
        assert!(change(|now| now.unsent = 0));
        assert!(change(|now| now.peer = None));
    }

    #[test]
    fn queues_of_a_listener_count_connections() {
        let listener = Snapshot { state: Some(TcpState::Listen), recv_q: 1, send_q: 10, ..Snapshot::default() };
        assert_eq!((listener.accept_queue(), listener.unacknowledged()), (Some((1, 10)), 0));
        assert_eq!((snapshot().accept_queue(), snapshot().unacknowledged()), (None, 20_000));
    }

    #[test]
    fn a_snapshot_is_small_on_the_wire() {
        let bytes = postcard::to_allocvec(&snapshot()).unwrap();
        assert!(bytes.len() < 72, "{} bytes", bytes.len());
    }
}
