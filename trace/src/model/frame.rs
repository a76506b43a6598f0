//! Frames: who sent them, what is in them, and what became of them.

use std::sync::Arc;

use super::{Model, Oddity};
use crate::event::{Event, Fact, LossCause};
use crate::id::{FrameId, HostId};
use crate::time::Nanos;
use crate::wire::{Packet, Relative};

/// A frame that a host put on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its id.
    pub id: FrameId,
    /// Who sent it.
    pub host: HostId,
    /// When.
    pub sent: Nanos,
    /// Its length.
    pub len: u64,
    /// What is in it; `None` where not even an Ethernet header is.
    pub packet: Option<Packet>,
    /// Its TCP sequence numbers, counted from the connection's beginning.
    pub relative: Option<Relative>,
    /// What became of it, for each host that it was meant for. Empty while it is on its way.
    pub arrivals: Vec<Arrival>,
}

/// What became of a frame on its way to one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The host.
    pub host: HostId,
    /// When.
    pub at: Nanos,
    /// Delivered or lost.
    pub fate: Fate,
}

/// What can become of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It reached the host.
    Delivered,
    /// The wire lost it.
    Lost(LossCause),
}

impl Model {
    pub(super) fn take_frame(&mut self, event: &Event) -> Result<(), Oddity> {
        match &event.fact {
            Fact::FrameSent { frame, host, bytes } => {
                if self.frames.contains_key(frame) {
                    return Err(Oddity::FrameTwice(*frame));
                }
                self.host_mut(*host)?;
                let packet = Packet::parse(bytes);
                let tcp = packet.as_ref().and_then(Packet::tcp);
                let relative = tcp.map(|(ip, segment)| self.streams.follow(*host, ip, segment));
                let sent = Frame {
                    id: *frame,
                    host: *host,
                    sent: event.at,
                    len: bytes.len,
                    packet,
                    relative,
                    arrivals: vec![],
                };
                self.frames.insert(*frame, Arc::new(sent));
                Ok(())
            }
            Fact::FrameDelivered { frame, host } => self.arrive(*frame, *host, event.at, Fate::Delivered),
            Fact::FrameLost { frame, host, cause } => self.arrive(*frame, *host, event.at, Fate::Lost(*cause)),
            _ => Ok(()),
        }
    }

    fn arrive(&mut self, id: FrameId, host: HostId, at: Nanos, fate: Fate) -> Result<(), Oddity> {
        let frame = self.frames.get_mut(&id).ok_or(Oddity::UnknownFrame(id))?;
        Arc::make_mut(frame).arrivals.push(Arrival { host, at, fate });
        self.host_mut(host).map(drop)
    }
}
