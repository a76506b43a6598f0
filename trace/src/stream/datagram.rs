//! Datagrams (udp(7)) that came for a socket: which wait, which a call took and how much of them, which were dropped.
//!
//! A datagram is in the queue as a whole or not at all, and the queue is first in, first out. So one that a later one
//! overtook was dropped by the kernel: its buffer was full.

use std::net::SocketAddr;

use crate::bytes::Clipped;
use crate::event::call::{Address, Value};
use crate::id::{CallId, FrameId, SocketId};
use crate::model::{BLOCKED, Call, Fate, Frame, Model, Socket, inet};
use crate::time::Nanos;
use crate::wire::Datagram;

/// A datagram in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its frame.
    pub frame: FrameId,
    /// Where it came from.
    pub from: SocketAddr,
    /// How long it is.
    pub len: u64,
}

/// A datagram that a call took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The call.
    pub call: CallId,
    /// The datagram's frame.
    pub frame: FrameId,
    /// How many of its bytes the program got.
    pub got: u64,
    /// How many it had. Those beyond are lost.
    pub len: u64,
}

/// What came for a UDP socket, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// Datagrams in the queue, the next to be taken first.
    pub waiting: Vec<Waiting>,
    /// Datagrams that calls took, in order.
    pub taken: Vec<Taken>,
    /// Datagrams that arrived and that the kernel dropped.
    pub dropped: Vec<Waiting>,
}

impl Mailbox {
    /// What came for a socket; `None` if it is no UDP socket.
    pub fn of(model: &Model, socket: SocketId) -> Option<Self> {
        let socket = model.sockets.get(&socket).filter(|socket| is_udp(socket))?;
        let mut all = Self::default();
        let mut queue: Vec<(Nanos, Waiting, &Clipped)> = vec![];
        for frame in model.frames.values() {
            let Some((from, to, datagram)) = datagram(frame) else { continue };
            for arrival in frame.arrivals.iter().filter(|arrival| arrival.fate == Fate::Delivered) {
                if arrival.host == socket.host && is_for(socket, from, to, arrival.at) {
                    let waiting = Waiting { frame: frame.id, from, len: datagram.payload.len };
                    queue.push((arrival.at, waiting, &datagram.payload));
                }
            }
        }
        queue.sort_by_key(|(at, ..)| *at);
        for (at, call, message, got, from) in taken(model, socket) {
            let fits = |(came, waiting, payload): &(Nanos, Waiting, &Clipped)| {
                let known = message.head.0.len().min(payload.head.0.len());
                *came <= at
                    && got <= waiting.len
                    && from.is_none_or(|from| from == waiting.from)
                    && message.head.0[..known] == payload.head.0[..known]
            };
            // Of several that fit, one of just this length is likelier than one that was cut.
            let Some(index) =
                queue.iter().position(|one| one.1.len == got && fits(one)).or_else(|| queue.iter().position(fits))
            else {
                continue;
            };
            all.dropped.extend(queue.drain(..index).map(|(_, waiting, _)| waiting));
            let (_, waiting, _) = queue.remove(0);
            all.taken.push(Taken { call, frame: waiting.frame, got, len: waiting.len });
        }
        let in_hand = model
            .calls
            .values()
            .any(|call| call.is_open() && call.socket == Some(socket.id) && call.syscall.receives());
        let is_empty = socket.snapshot.recv_q == 0 || socket.gone.is_some();
        for (came, waiting, _) in queue {
            // The kernel is asked at once after a delivery: what is not in its queue then never got into it.
            if is_empty && !in_hand && model.now.since(came) >= BLOCKED {
                all.dropped.push(waiting);
            } else {
                all.waiting.push(waiting);
            }
        }
        Some(all)
    }
}

/// Whether a socket speaks UDP.
pub fn is_udp(socket: &Socket) -> bool {
    const UDP: u8 = 17;
    socket.origin.protocol == UDP
}

fn datagram(frame: &Frame) -> Option<(SocketAddr, SocketAddr, &Datagram)> {
    let packet = frame.packet.as_ref()?;
    let (_, datagram) = packet.udp()?;
    let (from, to) = packet.addresses()?;
    Some((from, to, datagram))
}

/// Whether the kernel gives a socket a datagram that came at a moment.
fn is_for(socket: &Socket, from: SocketAddr, to: SocketAddr, at: Nanos) -> bool {
    let Some(local) = inet(socket.snapshot.local.as_ref()) else { return false };
    let peer = inet(socket.snapshot.peer.as_ref()).filter(|peer| peer.port() != 0);
    let bound = socket.bound.is_some_and(|bound| bound <= at) && socket.gone.is_none_or(|gone| at <= gone);
    bound
        && local.port() == to.port()
        && (local.ip() == to.ip() || local.ip().is_unspecified())
        && peer.is_none_or(|peer| peer == from)
}

type Got<'a> = (Nanos, CallId, &'a Clipped, u64, Option<SocketAddr>);

/// What calls took from a socket, in order: when, which call, the bytes, how many, and from whom if it was told.
fn taken<'a>(model: &'a Model, socket: &Socket) -> Vec<Got<'a>> {
    let mut all = vec![];
    let calls = model.calls.values().filter(|call| call.socket == Some(socket.id) && call.syscall.receives());
    for call in calls.filter(|call| !super::peeks(call)) {
        let (Some((at, _)), Some(count)) = (call.ending, super::returned(call)) else { continue };
        let from = |address: Option<&Address>| inet(address);
        match (call.args.get(1), call.args.get(4)) {
            (Some(Value::Messages(messages)), _) => {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                all.extend(messages.iter().take(count).filter_map(|message| match message {
                    Value::Message { address, data, .. } => Some((at, call.id, data, data.len, from(address.as_ref()))),
                    _ => None,
                }));
            }
            (Some(Value::Message { address, data, .. }), _) => {
                all.push((at, call.id, data, count.min(data.len), from(address.as_ref())));
            }
            (Some(Value::Data(data)), Some(Value::Address(address))) => {
                all.push((at, call.id, data, count.min(data.len), from(Some(address))));
            }
            (Some(Value::Data(data)), _) => all.push((at, call.id, data, count.min(data.len), None)),
            _ => {}
        }
    }
    all.sort_by_key(|(at, call, ..)| (*at, *call));
    all
}

/// The call that sent a datagram: the first one on its socket that sent just these bytes and is no other frame's.
pub(super) fn call_of(model: &Model, frame: &Frame) -> Option<CallId> {
    let (from, to, datagram) = datagram(frame)?;
    let same = |other: &&Frame| {
        other.host == frame.host
            && other.made.is_none()
            && self::datagram(other).is_some_and(|(f, t, d)| f == from && t == to && d.payload == datagram.payload)
    };
    let place = model.frames.range(..frame.id).map(|(_, frame)| frame.as_ref()).filter(same).count();
    let sender = |call: &&Call| {
        let socket = call.socket.and_then(|socket| model.sockets.get(&socket));
        call.syscall.sends()
            && call.entered <= frame.sent
            && socket.is_some_and(|socket| {
                socket.host == frame.host
                    && inet(socket.snapshot.local.as_ref()).is_some_and(|l| l.port() == from.port())
            })
            && super::data(call).is_some_and(|data| {
                let known = data.head.0.len().min(datagram.payload.head.0.len());
                data.len == datagram.payload.len && data.head.0[..known] == datagram.payload.head.0[..known]
            })
            && match (call.args.get(1), call.args.get(4)) {
                (Some(Value::Message { address, .. }), _) => inet(address.as_ref()).is_none_or(|address| address == to),
                (_, Some(Value::Address(address))) => inet(Some(address)).is_none_or(|address| address == to),
                _ => true,
            }
    };
    model.calls.values().map(AsRef::as_ref).filter(sender).nth(place).map(|call| call.id)
}
