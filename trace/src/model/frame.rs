//! Frames: who sent them, what is in them, and what became of them.

use std::sync::Arc;

use super::{Model, Oddity};
use crate::bytes::Clipped;
use crate::event::wire::Made;
use crate::event::{Event, Fact, LossCause};
use crate::id::{FrameId, HostId};
use crate::time::Nanos;
use crate::wire::{Order, Packet, Relative};

/// A frame that a host put on the wire, or that the wire made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its id.
    pub id: FrameId,
    /// Who sent it, or seems to have.
    pub host: HostId,
    /// When.
    pub sent: Nanos,
    /// Its length.
    pub len: u64,
    /// What is in it; `None` where not even an Ethernet header is.
    pub packet: Option<Packet>,
    /// Its TCP sequence numbers, counted from the connection's beginning.
    pub relative: Option<Relative>,
    /// Whether it crossed no wire: its host sent it to itself.
    pub looped: bool,
    /// How the wire made it, and of which frames; `None` for a frame that its host sent.
    pub made: Option<(Made, Vec<FrameId>)>,
    /// The hosts that it is held back from now.
    pub held: Vec<HostId>,
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
    /// What was odd about when it arrived.
    pub order: Option<Order>,
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
            Fact::FrameSent { frame, host, bytes } => self.begin(*frame, *host, event.at, bytes, None),
            Fact::FrameMade { frame, host, how, of, bytes } => {
                self.begin(*frame, *host, event.at, bytes, Some((*how, of.clone())))
            }
            Fact::FrameLooped { frame, host, bytes } => {
                self.begin(*frame, *host, event.at, bytes, None)?;
                Arc::make_mut(self.frame_mut(*frame)?).looped = true;
                self.arrive(*frame, *host, event.at, Fate::Delivered)
            }
            Fact::FrameHeld { frame, host } => {
                let held = &mut Arc::make_mut(self.frame_mut(*frame)?).held;
                if !held.contains(host) {
                    held.push(*host);
                }
                Ok(())
            }
            Fact::FrameReleased { frame, host } => {
                Arc::make_mut(self.frame_mut(*frame)?).held.retain(|held| held != host);
                Ok(())
            }
            Fact::FrameDelivered { frame, host } => self.arrive(*frame, *host, event.at, Fate::Delivered),
            Fact::FrameLost { frame, host, cause } => self.arrive(*frame, *host, event.at, Fate::Lost(*cause)),
            _ => Ok(()),
        }
    }

    fn begin(
        &mut self,
        id: FrameId,
        host: HostId,
        sent: Nanos,
        bytes: &Clipped,
        made: Option<(Made, Vec<FrameId>)>,
    ) -> Result<(), Oddity> {
        if self.frames.contains_key(&id) {
            return Err(Oddity::FrameTwice(id));
        }
        self.host_mut(host)?;
        let packet = Packet::parse(bytes);
        let tcp = packet.as_ref().and_then(Packet::tcp);
        let relative = tcp.map(|(ip, segment)| self.streams.follow(host, ip, segment, made.is_some()));
        let held = vec![];
        let (len, arrivals) = (bytes.len, vec![]);
        let frame = Frame { id, host, sent, len, packet, relative, looped: false, made, held, arrivals };
        self.frames.insert(id, Arc::new(frame));
        Ok(())
    }

    fn frame_mut(&mut self, id: FrameId) -> Result<&mut Arc<Frame>, Oddity> {
        self.frames.get_mut(&id).ok_or(Oddity::UnknownFrame(id))
    }

    fn arrive(&mut self, id: FrameId, host: HostId, at: Nanos, fate: Fate) -> Result<(), Oddity> {
        let order = if fate == Fate::Delivered { self.order(id, host) } else { None };
        let frame = Arc::make_mut(self.frame_mut(id)?);
        frame.held.retain(|held| *held != host);
        frame.arrivals.push(Arrival { host, at, fate, order });
        self.host_mut(host).map(drop)
    }

    /// What is odd about a frame's reaching this host now.
    fn order(&mut self, id: FrameId, host: HostId) -> Option<Order> {
        let frame = self.frames.get(&id)?;
        let tcp = frame.packet.as_ref().and_then(Packet::tcp);
        let order = tcp.and_then(|(ip, segment)| self.streams.arrived(frame.host, ip, segment));
        // Frames are numbered as they are sent.
        let way = (frame.host, host);
        let newest = self.newest.get(&way).copied().filter(|newest| *newest > id);
        if newest.is_none() {
            self.newest.insert(way, id);
        }
        order.or(newest.map(|_| Order::Overtaken))
    }
}
