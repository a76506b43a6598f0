//! What crosses the wire.

use super::words::{self, Say};
use super::{TEXT, Telling};
use crate::event::LossCause;
use crate::event::wire::Made;
use crate::id::{CallId, HostId};
use crate::ladder::quoted;
use crate::model::Frame;
use crate::stream;
use crate::time::Readable;
use crate::wire::{Arp, ArpKind, Body, Flags, Notable, Order, Packet, Segment, Transport};

/// A frame in a few words: `SYN ACK`, `“hello”`.
pub(super) fn name(frame: &Frame) -> String {
    let Some(packet) = &frame.packet else { return format!("{} B", frame.len) };
    match &packet.body {
        Body::Arp(_) => "ARP".into(),
        Body::Ip(_, Transport::Tcp(segment)) if segment.payload.len > 0 => quoted(&segment.payload, TEXT),
        Body::Ip(_, Transport::Tcp(segment)) => segment.flags.to_string(),
        Body::Ip(_, Transport::Udp(datagram)) => quoted(&datagram.payload, TEXT),
        Body::Ip(_, Transport::Icmp(_)) => "ICMP".into(),
        Body::Ip(..) => "IP".into(),
        Body::Other(_) => format!("{} B", frame.len),
    }
}

impl Telling<'_> {
    /// Who a frame is for, by the hosts' hardware addresses.
    fn receiver(&self, frame: &Frame) -> &str {
        let Some(packet) = &frame.packet else { return "?" };
        if frame.looped {
            return self.host(frame.host);
        }
        let to = packet.ethernet.destination;
        self.model.hosts.iter().find(|host| host.spec.mac == to).map_or("?", |host| &host.spec.name)
    }

    /// `send() on line 6`
    fn calls(&self, calls: &[CallId]) -> Option<String> {
        let [one] = calls else { return None };
        let call = self.model.calls.get(one)?;
        let name = super::call::name(call);
        Some(match &call.place {
            Some(place) => {
                let line = self.phrase(words::ON_LINE, &[("line", &place.line)]);
                format!("{name}() [{line}]")
            }
            None => format!("{name}()"),
        })
    }

    /// A host put a frame on the wire.
    pub(super) fn sent(&mut self, frame: &Frame) {
        let (from, to) = (self.host(frame.host).to_owned(), self.receiver(frame).to_owned());
        let (from, to) = (("from", &from as &dyn std::fmt::Display), ("to", &to as &dyn std::fmt::Display));
        let Some(packet) = &frame.packet else {
            self.say(Say::OtherFrame, &[from, ("bytes", &frame.len)]);
            return;
        };
        match &packet.body {
            Body::Arp(Arp { operation: ArpKind::Request, target, .. }) => {
                self.say(Say::ArpAsk, &[from, ("address", target)]);
            }
            Body::Arp(Arp { sender, .. }) => self.say(Say::ArpAnswer, &[from, ("address", sender)]),
            Body::Ip(_, Transport::Tcp(segment)) => self.segment(frame, segment),
            Body::Ip(_, Transport::Udp(datagram)) => {
                let text = quoted(&datagram.payload, TEXT);
                self.say(Say::Datagram, &[("bytes", &datagram.payload.len), ("text", &text)]);
                if packet.ethernet.is_for_group() {
                    self.say(Say::ForAll, &[]);
                }
            }
            Body::Ip(_, Transport::Icmp(icmp)) if icmp.name == Some("port unreachable") => {
                self.say(Say::PortUnreachable, &[from, to]);
            }
            Body::Ip(..) if packet.resolves_addresses() => self.say(Say::Neighbour, &[from]),
            Body::Ip(_, Transport::Icmp(icmp)) => {
                let name = icmp.name.map_or_else(|| format!("{} {}", icmp.kind, icmp.code), str::to_owned);
                self.say(Say::Icmp, &[from, ("name", &name)]);
            }
            Body::Ip(_, Transport::Fragment(_)) => self.say(Say::Fragment, &[]),
            Body::Ip(_, Transport::Other(_)) | Body::Other(_) => {
                self.say(Say::OtherFrame, &[from, ("bytes", &frame.len)]);
            }
        }
    }

    fn segment(&mut self, frame: &Frame, segment: &Segment) {
        let (from, to) = (self.host(frame.host).to_owned(), self.receiver(frame).to_owned());
        let (from, to) = (("from", &from as &dyn std::fmt::Display), ("to", &to as &dyn std::fmt::Display));
        let Some(told) = frame.relative else { return };
        let has = |flag| segment.flags.has(flag);
        let text = quoted(&segment.payload, TEXT);
        let data = [from, ("bytes", &segment.payload.len as &dyn std::fmt::Display), ("text", &text)];
        if has(Flags::RST) {
            let refuses = told.notable == Some(Notable::Refused);
            let gone = stream::socket_of(self.model, frame, true).is_none();
            let what = match (refuses, gone) {
                (true, _) => Say::RstRefused,
                (_, true) => Say::RstNoSocket,
                _ => Say::Rst,
            };
            self.say(what, &[from, to, ("port", &segment.source_port)]);
            return;
        }
        if has(Flags::SYN) {
            let what = match (has(Flags::ACK), told.is_retransmission()) {
                (true, true) => Say::SynAckAgain,
                (true, false) => Say::SynAck,
                (false, true) => Say::SynAgain,
                (false, false) => Say::Syn,
            };
            self.say(what, &[from, to]);
            return;
        }
        if segment.payload.len > 0 {
            let calls = stream::calls_of(self.model, frame);
            let sends: Vec<CallId> = calls.into_iter().filter(|call| self.is_send(*call)).collect();
            match self.calls(&sends) {
                _ if told.is_retransmission() => self.say(Say::DataAgain, &data),
                Some(calls) => self.say(Say::DataOf, &[data[0], data[1], data[2], ("calls", &calls)]),
                None if sends.len() > 1 => {
                    self.say(Say::DataOfMany, &[data[1], data[2], ("count", &sends.len())]);
                }
                None => self.say(Say::Data, &data),
            }
        } else if !has(Flags::FIN) {
            self.ack(frame);
        }
        if has(Flags::FIN) {
            let again = told.is_retransmission() && segment.payload.len == 0;
            self.say(if again { Say::FinAgain } else { Say::Fin }, &[from]);
        }
        if told.window == 0 {
            self.say(Say::ZeroWindow, &[]);
        }
    }

    fn is_send(&self, call: CallId) -> bool {
        self.model.calls.get(&call).is_some_and(|call| call.syscall.sends())
    }

    /// Segments of the same connection before a frame, the newest first: of the same direction, or of the other.
    fn earlier<'b>(&'b self, frame: &'b Frame, same: bool) -> impl Iterator<Item = (&'b Frame, &'b Segment)> {
        let ends = frame.packet.as_ref().and_then(Packet::addresses);
        let wanted = if same { ends } else { ends.map(|(from, to)| (to, from)) };
        self.model.frames.range(..frame.id).rev().filter_map(move |(_, other)| {
            let packet = other.packet.as_ref()?;
            (packet.addresses() == wanted).then_some(())?;
            Some((other.as_ref(), packet.tcp()?.1))
        })
    }

    /// A segment that only acknowledges.
    fn ack(&mut self, frame: &Frame) {
        let from = self.host(frame.host).to_owned();
        let from = ("from", &from as &dyn std::fmt::Display);
        let Some(told) = frame.relative else { return };
        let ack = told.ack.unwrap_or(0);
        let before = self.earlier(frame, true).find(|(other, _)| other.made.is_none());
        let before = before.and_then(|(other, s)| Some((other.relative?, s.flags)));
        // What ends exactly where it acknowledges: usually the newest segment, so nothing older is looked at.
        let acknowledged = self.earlier(frame, false).find(|(other, s)| {
            let end = other.relative.map(|told| u64::from(told.seq) + u64::from(s.seq_len()));
            s.seq_len() > 0 && end == Some(u64::from(ack))
        });
        let of_fin = acknowledged.is_some_and(|(_, s)| s.flags.has(Flags::FIN));
        let what = match before {
            // The first ACK after one's own SYN.
            Some((_, flags)) if flags.has(Flags::SYN) && !flags.has(Flags::ACK) => Say::ThirdAck,
            Some((before, _)) if of_fin && before.ack != told.ack => Say::AckOfFin,
            _ => match told.notable {
                Some(Notable::WindowUpdate) => Say::WindowUpdate,
                Some(Notable::WindowProbe) => Say::WindowProbe,
                Some(Notable::KeepAlive) => Say::KeepAlive,
                Some(Notable::DuplicateAck) => Say::DuplicateAck,
                _ if of_fin => Say::AckOfFin,
                _ => Say::BareAck,
            },
        };
        self.say(what, &[from, ("ack", &ack), ("window", &told.window)]);
    }

    /// The wire made a frame.
    pub(super) fn made(&mut self, how: Made) {
        self.say(
            match how {
                Made::Copy => Say::MadeCopy,
                Made::Piece => Say::MadePiece,
                Made::Merged => Say::MadeMerged,
                Made::Changed => Say::MadeChanged,
                Made::Forged => Say::MadeForged,
            },
            &[],
        );
    }

    /// A frame reached a host.
    pub(super) fn arrived(&mut self, frame: &Frame, host: HostId) {
        let time = Readable(self.event.at.since(frame.sent));
        let what = name(frame);
        self.say(Say::Arrived, &[("what", &what), ("to", &self.host(host)), ("time", &time)]);
        let payload = frame.packet.as_ref().is_some_and(|packet| {
            packet.tcp().is_some_and(|(_, segment)| segment.payload.len > 0) || packet.udp().is_some()
        });
        let arrival = frame.arrivals.iter().rev().find(|arrival| arrival.host == host);
        match arrival.and_then(|arrival| arrival.order) {
            Some(Order::Again) => self.say(Say::ArrivedAgain, &[]),
            Some(Order::Ahead { missing }) => self.say(Say::ArrivedAhead, &[("count", &missing)]),
            Some(Order::Overtaken) => {
                self.say(Say::ArrivedLate, &[]);
                if frame.packet.as_ref().is_some_and(|packet| packet.udp().is_some()) {
                    self.say(Say::LateUdp, &[]);
                }
            }
            None if payload => self.say(Say::ArrivedData, &[]),
            None => {}
        }
    }

    /// A frame was lost.
    pub(super) fn lost(&mut self, frame: &Frame, host: HostId, cause: LossCause) {
        let what = name(frame);
        let why = words::LOSS[cause as usize][self.lang as usize];
        self.say(Say::Lost, &[("what", &what), ("to", &self.host(host)), ("cause", &why)]);
        if cause == LossCause::Replaced {
            return;
        }
        let packet = frame.packet.as_ref();
        if packet.is_some_and(|packet| packet.udp().is_some()) {
            self.say(Say::LostUdp, &[]);
        } else if packet.and_then(Packet::tcp).is_some_and(|(_, segment)| segment.seq_len() > 0) {
            self.say(Say::LostTcp, &[]);
        }
    }
}
