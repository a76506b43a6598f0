//! Placing what Unix sockets of a host send to each other. Such bytes make no frame: within the call, the kernel puts
//! them into the other socket's queue.

use super::item::Message;
use super::{Ladder, label};
use crate::event::call::{Address, Outcome, Value};
use crate::event::socket::Family;
use crate::id::SocketId;
use crate::model::{Call, Ending, Socket};

impl Ladder {
    /// A call returned; `drawn` is its box. If it sent something from one Unix socket to another, that is drawn.
    pub(super) fn unix_message(&mut self, call: &Call, drawn: usize) {
        let Some((_, Ending::Returned { outcome: Outcome::Returned(sent @ 1..), .. })) = call.ending else { return };
        let sender = call.socket.and_then(|socket| self.model.sockets.get(&socket));
        let Some(sender) = sender.filter(|socket| socket.origin.family == Family::Unix) else { return };
        if !call.syscall.sends() {
            return;
        }
        let lane = |socket: SocketId| Some(self.bands.get(self.sockets.get(&socket)?.band)?.lane);
        let ends = self.unix_receiver(call, sender).and_then(|receiver| Some((lane(sender.id)?, lane(receiver)?)));
        let (Some((from, to)), Some(at)) = (ends, self.calls.get(drawn)) else { return };
        let (host, y, at) = (sender.host, at.top, at.at);
        let label = match call.args.get(1) {
            Some(Value::Data(data) | Value::Message { data, .. }) => label::quoted(data, label::TEXT),
            _ => String::new(),
        };
        self.messages.push(Message { call: call.id, host, from, to, y, at, label, detail: format!("{sent} B") });
    }

    /// The socket that gets what a call sends: the one that it names, or its sender's peer.
    fn unix_receiver(&self, call: &Call, sender: &Socket) -> Option<SocketId> {
        let named = call.args.iter().find_map(|arg| match arg {
            Value::Address(address @ (Address::Path(_) | Address::Abstract(_))) => Some(address),
            _ => None,
        });
        let Some(named) = named else { return sender.snapshot.peer_socket };
        let mut others = self.model.sockets_of(sender.host);
        others.find(|socket| socket.snapshot.local.as_ref() == Some(named)).map(|socket| socket.id)
    }
}
