//! Which calls put a frame's bytes on the wire: not guessed from the time, which proves nothing, but read from the
//! bytes.
//!
//! - A TCP segment's place in its stream is that of the calls that sent those bytes; a SYN belongs to connect(2).
//! - A FIN belongs to the close(2) or shutdown(2) before it, unless a task has ended since, which closes sockets too.
//! - A UDP datagram belongs to the first call on its socket that sent just these bytes.
//!
//! Whatever the kernel sends of its own accord (acknowledgments, resets, ARP) belongs to none, and neither does anything
//! of which this cannot be said.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use crate::bytes::Clipped;
use crate::event::call::{Address, Outcome, Value};
use crate::event::{Event, Fact};
use crate::id::{CallId, FrameId, HostId, SocketId};
use crate::model::inet;
use crate::syscall::Syscall;
use crate::wire::{Body, Datagram, Flags, Ip, Packet, Segment, Streams, Transport};

/// The calls that led to each frame; frames without any are left out.
pub(super) fn of_frames(events: &[Event]) -> BTreeMap<FrameId, Vec<CallId>> {
    let mut sockets = sockets(events);
    let (mut streams, mut ends) = (Streams::default(), Vec::new());
    let (mut hosts, mut causes) = (BTreeMap::new(), BTreeMap::new());
    for event in events {
        match &event.fact {
            Fact::ThreadStarted { thread, host, .. } => drop(hosts.insert(*thread, *host)),
            Fact::ThreadEnded { thread, .. } => ends.push((event.seq, hosts.get(thread).copied())),
            Fact::FrameSent { frame, host, bytes } | Fact::FrameLooped { frame, host, bytes } => {
                let led = match Packet::parse(bytes).map(|packet| packet.body) {
                    Some(Body::Ip(ip, Transport::Tcp(segment))) => {
                        let seq = streams.follow(*host, &ip, &segment, false).seq;
                        let ended = |since| ends.iter().any(|(seq, on)| *seq > since && *on == Some(*host));
                        connection(&sockets, *host, &ip, &segment, event.seq)
                            .map_or_else(Vec::new, |socket| socket.led_to_segment(&segment, seq, event.seq, ended))
                    }
                    Some(Body::Ip(ip, Transport::Udp(datagram))) => {
                        led_to_datagram(&mut sockets, *host, &ip, &datagram, event.seq)
                    }
                    _ => Vec::new(),
                };
                if !led.is_empty() {
                    causes.insert(*frame, led);
                }
            }
            _ => {}
        }
    }
    causes
}

/// A socket, and what its program did with it in the whole run.
#[derive(Debug)]
struct Socket {
    host: HostId,
    seen: u64,
    gone: u64,
    /// Every pair of addresses that it had.
    ends: Vec<(Option<SocketAddr>, Option<SocketAddr>)>,
    calls: Vec<Made>,
}

/// A call on a socket.
#[derive(Debug)]
struct Made {
    id: CallId,
    syscall: Syscall,
    entered: u64,
    /// When it returned and what; `None` if it never did.
    returned: Option<(u64, Outcome)>,
    args: Vec<Value>,
    /// Whether a frame is told to be its datagram.
    is_told: bool,
}

fn sockets(events: &[Event]) -> BTreeMap<SocketId, Socket> {
    let mut sockets: BTreeMap<SocketId, Socket> = BTreeMap::new();
    let mut on: BTreeMap<CallId, SocketId> = BTreeMap::new();
    for event in events {
        match &event.fact {
            Fact::SocketSeen { socket, host, snapshot, .. } => {
                let ends = vec![(inet(snapshot.local.as_ref()), inet(snapshot.peer.as_ref()))];
                let new = Socket { host: *host, seen: event.seq, gone: u64::MAX, ends, calls: Vec::new() };
                sockets.insert(*socket, new);
            }
            Fact::SocketChanged { socket, snapshot } => {
                if let Some(socket) = sockets.get_mut(socket) {
                    socket.ends.push((inet(snapshot.local.as_ref()), inet(snapshot.peer.as_ref())));
                }
            }
            Fact::SocketGone { socket } => {
                if let Some(socket) = sockets.get_mut(socket) {
                    socket.gone = event.seq;
                }
            }
            Fact::CallEntered { call, syscall, args, socket: Some(socket), .. } => {
                if let Some(known) = sockets.get_mut(socket) {
                    on.insert(*call, *socket);
                    known.calls.push(Made {
                        id: *call,
                        syscall: *syscall,
                        entered: event.seq,
                        returned: None,
                        args: args.clone(),
                        is_told: false,
                    });
                }
            }
            Fact::CallReturned { call, outcome, .. } => {
                let socket = on.get(call).and_then(|socket| sockets.get_mut(socket));
                if let Some(made) = socket.and_then(|socket| socket.calls.iter_mut().rfind(|made| made.id == *call)) {
                    made.returned = Some((event.seq, *outcome));
                }
            }
            _ => {}
        }
    }
    sockets
}

/// The socket of a connection. Ports are used again, so it is the one that was there at the time.
fn connection<'a>(
    sockets: &'a BTreeMap<SocketId, Socket>,
    host: HostId,
    ip: &Ip,
    segment: &Segment,
    now: u64,
) -> Option<&'a Socket> {
    let local = Some(SocketAddr::new(ip.source, segment.source_port));
    let peer = Some(SocketAddr::new(ip.destination, segment.destination_port));
    let ours = |socket: &&Socket| socket.host == host && socket.ends.contains(&(local, peer));
    sockets.values().filter(ours).rfind(|socket| (socket.seen..=socket.gone).contains(&now))
}

impl Socket {
    fn led_to_segment(&self, segment: &Segment, seq: u32, now: u64, ended: impl Fn(u64) -> bool) -> Vec<CallId> {
        let last = |wanted: &dyn Fn(&Made) -> bool| self.calls.iter().rfind(|made| made.entered < now && wanted(made));
        if segment.flags.has(Flags::SYN) {
            return last(&|made| made.syscall == Syscall::Connect).map(|made| made.id).into_iter().collect();
        }
        let mut led = self.senders(u64::from(seq.saturating_sub(1)), segment.payload.len, now);
        if segment.flags.has(Flags::FIN) {
            let closing = last(&|made| {
                matches!(made.syscall, Syscall::Close | Syscall::CloseRange)
                    || made.syscall == Syscall::Shutdown && made.args.get(1) != Some(&Value::Named("SHUT_RD".into()))
            });
            led.extend(closing.filter(|made| !ended(made.entered)).map(|made| made.id));
        }
        led
    }

    /// The calls that sent `len` bytes of the stream from `start` on.
    fn senders(&self, start: u64, len: u64, now: u64) -> Vec<CallId> {
        let (mut led, mut offset) = (Vec::new(), 0);
        let mut busy_until = 0;
        for made in self.calls.iter().filter(|made| made.syscall.sends() && made.entered < now) {
            if made.entered < busy_until {
                // Two tasks were sending at once: whose bytes came first is not known, nor anything after that.
                return Vec::new();
            }
            let sent = match made.returned {
                Some((_, Outcome::Returned(count))) => u64::try_from(count).unwrap_or(0),
                Some((_, Outcome::Failed(_))) => 0,
                None => u64::MAX - offset,
            };
            if len > 0 && offset < start + len && start < offset + sent {
                led.push(made.id);
            }
            offset += sent;
            busy_until = made.returned.map_or(u64::MAX, |(at, _)| at);
        }
        led
    }

    /// Whether it may send from here to there.
    fn fits(&self, from: SocketAddr, to: SocketAddr) -> bool {
        self.ends.iter().any(|(local, peer)| {
            local.is_some_and(|local| local.port() == from.port() && (local.ip() == from.ip() || is_any(local.ip())))
                && peer.is_none_or(|peer| peer == to || is_any(peer.ip()))
        })
    }
}

fn is_any(ip: IpAddr) -> bool {
    ip.is_unspecified()
}

fn led_to_datagram(
    sockets: &mut BTreeMap<SocketId, Socket>,
    host: HostId,
    ip: &Ip,
    datagram: &Datagram,
    now: u64,
) -> Vec<CallId> {
    let from = SocketAddr::new(ip.source, datagram.source_port);
    let to = SocketAddr::new(ip.destination, datagram.destination_port);
    let calls = sockets.values_mut().filter(|socket| socket.host == host && socket.fits(from, to)).flat_map(|socket| {
        socket.calls.iter_mut().filter(|made| {
            made.syscall.sends() && made.entered < now && !made.is_told && made.carries(&datagram.payload, to)
        })
    });
    let first = calls.min_by_key(|made| made.entered);
    first
        .map(|made| {
            made.is_told = true;
            made.id
        })
        .into_iter()
        .collect()
}

impl Made {
    /// Whether it sends just this, and to nobody else.
    fn carries(&self, payload: &Clipped, to: SocketAddr) -> bool {
        let names = |address: Option<&Address>| inet(address).is_none_or(|address| address == to);
        let (data, fits) = match (self.args.get(1), self.args.get(4)) {
            (Some(Value::Data(data)), Some(Value::Address(address))) => (data, names(Some(address))),
            (Some(Value::Data(data)), _) => (data, true),
            (Some(Value::Message { data, address, .. }), _) => (data, names(address.as_ref())),
            _ => return false,
        };
        let known = data.head.0.len().min(payload.head.0.len());
        fits && data.len == payload.len && data.head.0[..known] == payload.head.0[..known]
    }
}
