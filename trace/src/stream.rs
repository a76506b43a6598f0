//! The bytes of a connection at one moment: what send() wrote, what is on the wire, what waits, what recv() took.
//!
//! Everything is counted from the connection's first byte, and comes from what was seen: the results of calls, the
//! sequence numbers of frames, and the queues as the kernel told them. What these leave open is `None`.

mod datagram;
mod window;

pub use datagram::{Mailbox, Taken, Waiting, is_udp};
pub use window::{Point, windows};

use std::net::SocketAddr;
use std::ops::Range;

use crate::bytes::Clipped;
use crate::event::call::{Outcome, Value};
use crate::event::socket::{Kind, TcpState};
use crate::id::{CallId, FrameId, SocketId};
use crate::model::{Call, Fate, Frame, Model, Socket};
use crate::syscall::Syscall;
use crate::time::Nanos;
use crate::wire::{Flags, Packet, Segment};

/// A run of bytes of a stream, from the first to the one after the last.
pub type Bytes = Range<u64>;

/// Bytes that one call wrote or took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The call.
    pub call: CallId,
    /// Which bytes.
    pub bytes: Bytes,
}

/// A segment with data that has not arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnWire {
    /// The frame.
    pub frame: FrameId,
    /// Its bytes.
    pub bytes: Bytes,
    /// Whether the wire holds it.
    pub held: bool,
    /// Whether they were sent before.
    pub again: bool,
}

/// One direction of a TCP connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// The socket that sends.
    pub from: Option<SocketId>,
    /// The socket that receives.
    pub to: Option<SocketId>,
    /// What each send() wrote, in order. Empty from where on several tasks wrote at once.
    pub sends: Vec<Chunk>,
    /// What each recv() took, in order.
    pub takes: Vec<Chunk>,
    /// How many bytes the sending kernel has accepted.
    pub written: u64,
    /// How many bytes were put on the wire, at least once.
    pub sent: u64,
    /// How many bytes the sender knows to have arrived.
    pub acked: u64,
    /// Segments that are on their way.
    pub wire: Vec<OnWire>,
    /// Segments that the wire lost and that were not acknowledged since.
    pub lost: Vec<OnWire>,
    /// How many bytes the receiving kernel has in order.
    pub received: u64,
    /// Bytes that came before ones that are still missing.
    pub early: Vec<Bytes>,
    /// How many bytes programs took.
    pub read: u64,
    /// Whether the sender's FIN is out, and whether it arrived.
    pub fin: (bool, bool),
    /// Whether a reset ended it.
    pub reset: bool,
    /// Whether the sending kernel has given its buffer up: what was not acknowledged by then is nowhere any more.
    pub given_up: bool,
}

impl Direction {
    /// Bytes in the send buffer that are not out yet.
    pub fn unsent(&self) -> Bytes {
        if self.given_up { self.written..self.written } else { self.sent.min(self.written)..self.written }
    }

    /// Bytes in the send buffer that are out and not acknowledged.
    pub fn unacknowledged(&self) -> Bytes {
        let end = self.sent.max(self.acked);
        if self.given_up { end..end } else { self.acked..end }
    }

    /// Bytes in the receive buffer.
    pub fn waiting(&self) -> Bytes {
        self.read..self.received.max(self.read)
    }

    /// Which send() wrote a byte.
    pub fn writer(&self, at: u64) -> Option<usize> {
        let index = self.sends.partition_point(|chunk| chunk.bytes.end <= at);
        self.sends.get(index).filter(|chunk| chunk.bytes.contains(&at)).map(|_| index)
    }

    /// Which send()s wrote some of these bytes, as a range of [`Direction::sends`].
    pub fn writers(&self, bytes: &Bytes) -> Range<usize> {
        if bytes.is_empty() {
            return 0..0;
        }
        let first = self.sends.partition_point(|chunk| chunk.bytes.end <= bytes.start);
        let last = self.sends.partition_point(|chunk| chunk.bytes.start < bytes.end);
        first..last.max(first)
    }

    /// What these bytes are, as far as the calls that wrote them were kept.
    pub fn content(&self, model: &Model, bytes: &Bytes) -> Vec<Option<u8>> {
        let mut content: Vec<Option<u8>> = vec![None; usize::try_from(bytes.end - bytes.start).unwrap_or(0)];
        for chunk in &self.sends[self.writers(bytes)] {
            let Some(data) = model.calls.get(&chunk.call).and_then(|call| data(call)) else { continue };
            for (offset, byte) in (chunk.bytes.start..chunk.bytes.end).zip(&data.head.0) {
                if let Some(cell) = offset.checked_sub(bytes.start).and_then(|index| {
                    let index = usize::try_from(index).ok()?;
                    content.get_mut(index)
                }) {
                    *cell = Some(*byte);
                }
            }
        }
        content
    }
}

/// A TCP connection at one moment, or as much of it as this run has: one end may be elsewhere, or on loopback both here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// What the asked socket sends, and what it receives.
    pub directions: [Direction; 2],
}

impl Connection {
    /// The connection of a socket; `None` for one that has none.
    pub fn of(model: &Model, socket: SocketId) -> Option<Self> {
        let socket = model.sockets.get(&socket)?;
        if socket.origin.kind != Kind::Stream || !is_tcp(socket) {
            return None;
        }
        socket.ends?;
        let peer = peer(model, socket);
        Some(Self { directions: [direction(model, Some(socket), peer), direction(model, peer, Some(socket))] })
    }

    /// All connections of a run, each by the socket of the end that asked for it, the oldest first.
    pub fn all(model: &Model) -> impl Iterator<Item = &Socket> {
        model.sockets.values().filter(|socket| is_tcp(socket) && socket.ends.is_some()).filter(
            move |socket| match peer(model, socket) {
                Some(peer) => socket.id < peer.id,
                None => true,
            },
        )
    }
}

/// Whether a socket speaks TCP.
pub fn is_tcp(socket: &Socket) -> bool {
    const TCP: u8 = 6;
    socket.origin.protocol == TCP && socket.origin.kind == Kind::Stream
}

/// The socket at the other end. Addresses are used again, so it is the one that was there at the same time.
pub fn peer<'a>(model: &'a Model, socket: &Socket) -> Option<&'a Socket> {
    if let Some(peer) = socket.snapshot.peer_socket {
        return model.sockets.get(&peer);
    }
    let (local, peer) = socket.ends?;
    let overlaps = |other: &&Socket| {
        let began = other.seen.max(socket.seen);
        other.gone.is_none_or(|gone| gone >= began) && socket.gone.is_none_or(|gone| gone >= began)
    };
    let local_only = local.ip().is_loopback() || peer.ip().is_loopback();
    let there = |other: &&Socket| other.ends == Some((peer, local)) && (!local_only || other.host == socket.host);
    model.sockets.values().filter(there).filter(|other| other.id != socket.id).rfind(overlaps)
}

/// The socket that a segment is of, at this end.
pub fn socket_of(model: &Model, frame: &Frame, sender: bool) -> Option<SocketId> {
    let (from, to) = frame.packet.as_ref()?.addresses()?;
    let ends = if sender { (from, to) } else { (to, from) };
    let lived = |socket: &&Socket| {
        socket.ends == Some(ends) && socket.gone.is_none_or(|gone| gone >= frame.sent) && socket.seen <= model.now
    };
    let all = model.sockets.values().filter(lived);
    let mut here = all.filter(|socket| (socket.host == frame.host) == sender || frame.looped);
    here.next_back().map(|socket| socket.id)
}

/// The calls that wrote what a segment carries; of a SYN and a FIN, the call that asked for it. Empty for what the kernel
/// sends of its own accord, and where it is not known.
pub fn calls_of(model: &Model, frame: &Frame) -> Vec<CallId> {
    let Some((_, segment)) = frame.packet.as_ref().and_then(Packet::tcp) else {
        return datagram::call_of(model, frame).into_iter().collect();
    };
    let Some(socket) = socket_of(model, frame, true).and_then(|socket| model.sockets.get(&socket)) else {
        return vec![];
    };
    let before = |call: &&Call| call.socket == Some(socket.id) && call.entered <= frame.sent;
    let last = |wanted: &dyn Fn(&Call) -> bool| {
        model.calls.values().map(AsRef::as_ref).filter(before).rfind(|call| wanted(call)).map(|call| call.id)
    };
    if segment.flags.has(Flags::SYN) {
        return last(&|call| call.syscall == Syscall::Connect).into_iter().collect();
    }
    let mut calls = vec![];
    if let Some(bytes) = bytes_of(frame, segment)
        && !bytes.is_empty()
    {
        let (mut sends, end, open) = sends(model, socket);
        sends.extend(open.map(|call| Chunk { call, bytes: end..u64::MAX }));
        let wrote = sends.iter().filter(|chunk| chunk.bytes.start < bytes.end && bytes.start < chunk.bytes.end);
        calls.extend(wrote.map(|chunk| chunk.call));
    }
    if segment.flags.has(Flags::FIN) {
        let closing = |call: &Call| {
            matches!(call.syscall, Syscall::Close | Syscall::CloseRange)
                || call.syscall == Syscall::Shutdown && call.args.get(1) != Some(&Value::Named("SHUT_RD".into()))
        };
        calls.extend(last(&closing));
    }
    calls
}

/// The bytes of its stream that a segment carries.
pub fn bytes_of(frame: &Frame, segment: &Segment) -> Option<Bytes> {
    // The SYN takes the place of byte zero.
    let start = u64::from(frame.relative?.seq).saturating_sub(u64::from(!segment.flags.has(Flags::SYN)));
    Some(start..start + segment.payload.len)
}

/// The data that a call passes.
pub(crate) fn data(call: &Call) -> Option<&Clipped> {
    match call.args.get(1) {
        Some(Value::Data(data) | Value::Message { data, .. }) => Some(data),
        _ => None,
    }
}

fn returned(call: &Call) -> Option<u64> {
    match call.outcome() {
        Some(Outcome::Returned(count)) => u64::try_from(count).ok(),
        _ => None,
    }
}

/// Whether a call only looks at what waits.
pub(crate) fn peeks(call: &Call) -> bool {
    call.args.iter().any(|arg| matches!(arg, Value::Named(flags) if flags.contains("MSG_PEEK")))
}

/// What each send() wrote; how much that is; and the call that is at it, if nobody else is.
fn sends(model: &Model, socket: &Socket) -> (Vec<Chunk>, u64, Option<CallId>) {
    let (mut chunks, mut end, mut busy, mut known, mut open) = (vec![], 0, Nanos::ZERO, true, None);
    let calls = model.calls.values().filter(|call| call.socket == Some(socket.id) && call.syscall.sends());
    for call in calls {
        // Two tasks that write at once: whose bytes came first is not known.
        known &= call.entered >= busy;
        busy = call.ending.map_or(Nanos(u64::MAX), |(at, _)| at);
        let count = returned(call).unwrap_or(0);
        if known && count > 0 {
            chunks.push(Chunk { call: call.id, bytes: end..end + count });
        }
        end += count;
        open = (known && call.is_open()).then_some(call.id);
    }
    (chunks, end, open)
}

/// What each recv() took: in the order in which they returned, which is that in which they took.
fn takes(model: &Model, socket: &Socket) -> Vec<Chunk> {
    let taking = |call: &&Call| call.socket == Some(socket.id) && call.syscall.receives() && !peeks(call);
    let mut calls: Vec<(Nanos, &Call, u64)> = model
        .calls
        .values()
        .map(AsRef::as_ref)
        .filter(taking)
        .filter_map(|call| Some((call.ending?.0, call, returned(call).filter(|count| *count > 0)?)))
        .collect();
    calls.sort_by_key(|(at, call, _)| (*at, call.id));
    let mut end = 0;
    let chunk = |(_, call, count): (Nanos, &Call, u64)| {
        end += count;
        Chunk { call: call.id, bytes: end - count..end }
    };
    calls.into_iter().map(chunk).collect()
}

/// All that is known of one direction.
fn direction(model: &Model, from: Option<&Socket>, to: Option<&Socket>) -> Direction {
    let mut all =
        Direction { from: from.map(|socket| socket.id), to: to.map(|socket| socket.id), ..Direction::default() };
    let ends = from.and_then(|socket| socket.ends).or_else(|| to?.ends.map(|(local, peer)| (peer, local)));
    let Some((source, destination)) = ends else { return all };
    let began = [from, to].into_iter().flatten().map(|socket| socket.seen).min().unwrap_or_default();
    let is_over = [from, to].into_iter().flatten().filter_map(|socket| socket.gone).max();
    let host = from.or(to).map(|socket| socket.host);
    let loops = source.ip().is_loopback();

    let (mut delivered, mut told) = (vec![], 0);
    let lives = |frame: &&Frame| frame.sent >= began && is_over.is_none_or(|over| frame.sent <= over);
    for frame in model.frames.values().map(AsRef::as_ref).filter(lives) {
        let Some((there, segment, relative)) = segment(frame, source, destination) else { continue };
        if loops && Some(frame.host) != host {
            continue;
        }
        let came = frame.arrivals.iter().any(|arrival| arrival.fate == Fate::Delivered);
        all.reset |= segment.flags.has(Flags::RST) && came;
        if !there {
            let acked = u64::from(relative.ack.unwrap_or(0)).saturating_sub(1);
            told = told.max(acked);
            if came {
                all.acked = all.acked.max(acked);
            }
            continue;
        }
        if segment.flags.has(Flags::FIN) {
            all.fin = (true, all.fin.1 | came);
        }
        let Some(bytes) = bytes_of(frame, segment).filter(|bytes| !bytes.is_empty()) else { continue };
        all.sent = all.sent.max(bytes.end);
        let on_wire = OnWire {
            frame: frame.id,
            bytes: bytes.clone(),
            held: !frame.held.is_empty(),
            again: relative.is_retransmission(),
        };
        if came {
            delivered.push(bytes);
        } else if frame.arrivals.is_empty() {
            all.wire.push(on_wire);
        } else {
            all.lost.push(on_wire);
        }
    }

    let mut open = None;
    if let Some(from) = from {
        (all.sends, all.written, open) = sends(model, from);
        all.given_up = from.gone.is_some() || from.snapshot.state == Some(TcpState::Closed);
        // A send() that waits for room has written a part: the kernel's queue tells how much.
        if let Some(call) = open.and_then(|call| model.calls.get(&call)) {
            let asked = data(call).map_or(0, |data| data.len);
            all.written += asked.min((all.acked + u64::from(from.snapshot.send_q)).saturating_sub(all.written));
        }
    }
    let told_by_calls = all.sends.last().map_or(0, |chunk| chunk.bytes.end);
    all.written = all.written.max(all.sent);
    if let Some(call) = open
        && all.written > told_by_calls
    {
        all.sends.push(Chunk { call, bytes: told_by_calls..all.written });
    }
    // A FIN takes the place of one byte in what is acknowledged.
    all.acked = all.acked.min(all.sent);

    delivered.sort_by_key(|bytes| (bytes.start, bytes.end));
    let mut in_order = 0;
    for bytes in delivered {
        if bytes.start <= in_order {
            in_order = in_order.max(bytes.end);
        } else {
            match all.early.last_mut() {
                Some(last) if bytes.start <= last.end => last.end = last.end.max(bytes.end),
                _ => all.early.push(bytes),
            }
        }
    }
    all.received = in_order;
    if let Some(to) = to {
        all.takes = takes(model, to);
        all.read = all.takes.last().map_or(0, |chunk| chunk.bytes.end);
        let waiting = u64::from(to.snapshot.recv_q);
        if to.gone.is_none() && is_connected(to) {
            // What has arrived the kernel may still have refused; what it says it has counts.
            let has = told.max(all.read + waiting).min(in_order);
            all.received = has.max(all.read);
            // A recv() that is about to return has taken its bytes already.
            all.read = all.read.max(all.received.saturating_sub(waiting));
        } else {
            all.received = told.min(in_order).max(all.read);
        }
    }
    let received = all.received;
    all.lost.retain(|lost| lost.bytes.end > received);
    all
}

fn is_connected(socket: &Socket) -> bool {
    !matches!(socket.snapshot.state, None | Some(TcpState::Closed | TcpState::Listen))
}

/// Whether a frame is a segment of this direction (`true`) or of the other one.
fn segment(
    frame: &Frame,
    source: SocketAddr,
    destination: SocketAddr,
) -> Option<(bool, &Segment, crate::wire::Relative)> {
    let packet = frame.packet.as_ref()?;
    let (_, segment) = packet.tcp()?;
    let ends = packet.addresses()?;
    let there = ends == (source, destination);
    (there || ends == (destination, source)).then_some(())?;
    Some((there, segment, frame.relative?))
}

#[cfg(test)]
mod tests;
