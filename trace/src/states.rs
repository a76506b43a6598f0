//! The TCP state machine, and where a run's sockets are in it; the two queues of a listening socket.

use std::collections::BTreeSet;

use crate::because::{self, Because};
use crate::event::socket::TcpState;
use crate::event::{Event, Fact};
use crate::id::{FrameId, SocketId};
use crate::model::{BLOCKED, Ending, Fate, Model, Socket, inet};
use crate::syscall::Syscall;
use crate::time::Nanos;
use crate::wire::{Flags, Packet};

/// An arrow of the state machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// From this state.
    pub from: TcpState,
    /// To this one.
    pub to: TcpState,
    /// What leads to it: `rcv FIN`, or a call.
    pub on: &'static str,
    /// What is sent then; empty for nothing.
    pub sends: &'static str,
}

const fn arrow(from: TcpState, to: TcpState, on: &'static str, sends: &'static str) -> Transition {
    Transition { from, to, on, sends }
}

/// RFC 9293, figure 5, with the calls of the sockets' interface in place of the RFC's OPEN, SEND and CLOSE.
pub const FIGURE: [Transition; 17] = {
    use TcpState as S;
    [
        arrow(S::Closed, S::Listen, "listen()", ""),
        arrow(S::Closed, S::SynSent, "connect()", "SYN"),
        arrow(S::Listen, S::SynRcvd, "rcv SYN", "SYN ACK"),
        arrow(S::SynSent, S::SynRcvd, "rcv SYN", "SYN ACK"),
        arrow(S::SynSent, S::Established, "rcv SYN ACK", "ACK"),
        arrow(S::SynSent, S::Closed, "rcv RST", ""),
        arrow(S::SynRcvd, S::Established, "rcv ACK", ""),
        arrow(S::SynRcvd, S::FinWait1, "close()", "FIN"),
        arrow(S::Established, S::FinWait1, "close()", "FIN"),
        arrow(S::Established, S::CloseWait, "rcv FIN", "ACK"),
        arrow(S::FinWait1, S::FinWait2, "rcv ACK", ""),
        arrow(S::FinWait1, S::Closing, "rcv FIN", "ACK"),
        arrow(S::FinWait2, S::TimeWait, "rcv FIN", "ACK"),
        arrow(S::Closing, S::TimeWait, "rcv ACK", ""),
        arrow(S::CloseWait, S::LastAck, "close()", "FIN"),
        arrow(S::LastAck, S::Closed, "rcv ACK", ""),
        arrow(S::TimeWait, S::Closed, "2 MSL", ""),
    ]
};

/// A state that a socket went into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The event.
    pub seq: u64,
    /// When.
    pub at: Nanos,
    /// The state before; `None` at the beginning.
    pub from: Option<TcpState>,
    /// The state since; `None` once the kernel has forgotten the socket.
    pub to: Option<TcpState>,
    /// What led to it.
    pub because: Because,
}

/// The states that a socket went through.
pub fn history(events: &[Event], model: &Model, socket: SocketId) -> Vec<Change> {
    let Some(host) = model.sockets.get(&socket).map(|socket| socket.host) else { return vec![] };
    let mut all: Vec<Change> = vec![];
    for (index, event) in events.iter().enumerate() {
        let (id, to) = match &event.fact {
            Fact::SocketSeen { socket, snapshot, .. } | Fact::SocketChanged { socket, snapshot } => {
                (*socket, snapshot.state)
            }
            Fact::SocketGone { socket } => (*socket, None),
            _ => continue,
        };
        let from = all.last().and_then(|last| last.to);
        if id == socket && (all.is_empty() || from != to) {
            let because = because::of(events, index, host, model);
            all.push(Change { seq: event.seq, at: event.at, from, to, because });
        }
    }
    all
}

/// The call by which a program had said goodbye until a moment: close(2) or shutdown(2). `None` where there was none,
/// so that the kernel closed the socket because its program ended.
pub fn closer(model: &Model, socket: SocketId, at: Nanos) -> Option<Syscall> {
    let calls = model.calls.values().filter(|call| call.socket == Some(socket) && call.entered <= at);
    let closes = calls.filter(|call| matches!(call.syscall, Syscall::Close | Syscall::Shutdown));
    closes.max_by_key(|call| call.entered).map(|call| call.syscall)
}

/// The queues of a listening socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queues {
    /// The listening socket.
    pub listener: SocketId,
    /// Connections whose handshake is not over (SYN_RCVD), the oldest first.
    pub syn: Vec<SocketId>,
    /// Connections that wait for accept(2), the oldest first, as far as they were seen.
    pub accept: Vec<SocketId>,
    /// How many wait for accept(2), as the kernel told.
    pub length: u32,
    /// What was asked for by listen(2), or allowed by `somaxconn`; one more can wait.
    pub limit: u32,
    /// SYNs that came and that the kernel did not answer.
    pub dropped: Vec<FrameId>,
}

impl Queues {
    /// The queues of a listening socket; `None` for one that does not listen.
    pub fn of(model: &Model, listener: SocketId) -> Option<Self> {
        let socket = model.sockets.get(&listener).filter(|socket| socket.gone.is_none())?;
        let (length, limit) = socket.snapshot.accept_queue()?;
        let port = inet(socket.snapshot.local.as_ref())?.port();
        let child = |child: &&Socket| {
            child.host == socket.host
                && child.id != listener
                && child.gone.is_none()
                && !child.snapshot.held
                && inet(child.snapshot.local.as_ref()).is_some_and(|local| local.port() == port)
        };
        let accepted: BTreeSet<SocketId> = model
            .calls
            .values()
            .filter_map(|call| match call.ending {
                Some((_, Ending::Returned { made, .. })) => made,
                _ => None,
            })
            .collect();
        let (mut syn, mut accept) = (vec![], vec![]);
        for child in model.sockets.values().filter(child) {
            match child.snapshot.state {
                Some(TcpState::SynRcvd) => syn.push(child.id),
                Some(TcpState::Established | TcpState::CloseWait) if !accepted.contains(&child.id) => {
                    accept.push(child.id);
                }
                _ => {}
            }
        }
        let dropped = dropped(model, socket, port);
        Some(Self { listener, syn, accept, length, limit, dropped })
    }

    /// Whether another connection would find no room.
    pub const fn is_full(&self) -> bool {
        self.length > self.limit
    }

    /// All listening sockets of a moment.
    pub fn all(model: &Model) -> impl Iterator<Item = Self> {
        model.sockets.keys().filter_map(|socket| Self::of(model, *socket))
    }
}

/// SYNs for a listener that no socket came of and that nobody answered.
fn dropped(model: &Model, listener: &Socket, port: u16) -> Vec<FrameId> {
    let mut dropped = vec![];
    for frame in model.frames.values() {
        let Some((from, to)) = frame.packet.as_ref().and_then(Packet::addresses).filter(|(_, to)| to.port() == port)
        else {
            continue;
        };
        let Some((_, segment)) = frame.packet.as_ref().and_then(Packet::tcp) else { continue };
        if !segment.flags.has(Flags::SYN) || segment.flags.has(Flags::ACK) {
            continue;
        }
        let came = frame.arrivals.iter().find(|one| one.host == listener.host && one.fate == Fate::Delivered);
        let Some(came) = came.filter(|came| came.at >= listener.seen && model.now.since(came.at) >= BLOCKED) else {
            continue;
        };
        let has_socket = model.sockets.values().any(|socket| {
            socket.host == listener.host
                && socket.ends == Some((to, from))
                && socket.gone.is_none_or(|at| at >= came.at)
        });
        // A kernel that is flooded answers without keeping a socket (SYN cookies).
        let answered = || {
            model.frames.range(frame.id..).any(|(_, other)| {
                let answers = other.packet.as_ref().and_then(Packet::addresses) == Some((to, from));
                answers
                    && other
                        .packet
                        .as_ref()
                        .and_then(Packet::tcp)
                        .is_some_and(|(_, other)| other.flags.has(Flags::SYN) || other.flags.has(Flags::RST))
            })
        };
        if !has_socket && !answered() {
            dropped.push(frame.id);
        }
    }
    dropped
}

#[cfg(test)]
mod tests;
