//! What became of a kernel socket.

use super::Telling;
use super::words::Say;
use crate::because::Because;
use crate::event::call::Address;
use crate::event::socket::{Snapshot, TcpState};
use crate::id::{HostId, SocketId};
use crate::time::Readable;

impl Telling<'_> {
    /// A socket by its addresses.
    pub(super) fn socket_name(&self, id: SocketId) -> String {
        let Some(socket) = self.model.sockets.get(&id) else { return "?".into() };
        let kind = match socket.origin.protocol {
            6 => "TCP",
            17 => "UDP",
            _ => "Unix",
        };
        let shown = |address: &&Address| !matches!(address, Address::Inet(inet) if inet.port() == 0);
        let local = socket.snapshot.local.as_ref().filter(shown);
        let peer = socket.snapshot.peer.as_ref().filter(shown);
        match (local, peer) {
            (Some(local), Some(peer)) => format!("{kind} {local} – {peer}"),
            (Some(one), None) | (None, Some(one)) => format!("{kind} {one}"),
            (None, None) => kind.to_owned(),
        }
    }

    /// A socket was seen for the first time.
    pub(super) fn seen(&mut self, id: SocketId) {
        let Some(socket) = self.model.sockets.get(&id) else { return };
        let host = self.host(socket.host);
        if socket.snapshot.state == Some(TcpState::SynRcvd) {
            self.say(Say::SocketInSynQueue, &[("host", &host)]);
        } else {
            self.say(Say::SocketMade, &[("host", &host), ("name", &self.socket_name(id))]);
        }
    }

    /// Something about a socket is different.
    pub(super) fn changed(&mut self, id: SocketId, now: &Snapshot) {
        let (Some(socket), Some(before)) = (self.model.sockets.get(&id), self.before(id)) else {
            return;
        };
        let at = socket.host;
        let host = self.host(at);
        let it = ("host", &host as &dyn std::fmt::Display);
        let told = self.text.len();
        if before.state != now.state {
            self.went(at, before, now);
        } else if before.local != now.local
            && let Some(address) = &now.local
        {
            self.say(Say::Bound, &[it, ("address", address)]);
        }
        match (before.accept_queue(), now.accept_queue()) {
            (Some((before, _)), Some((count, limit))) if count > before => {
                self.say(Say::QueueGrew, &[("count", &count), ("limit", &limit)]);
                if count > limit {
                    self.say(Say::QueueFull, &[it]);
                }
            }
            (Some((before, _)), Some((count, _))) if count < before => {
                self.say(Say::QueueShrank, &[("count", &count)]);
            }
            (_, Some(_)) => {}
            (_, None) => self.queues(host, before, now),
        }
        if before.held != now.held {
            self.say(if now.held { Say::Taken } else { Say::Orphaned }, &[it]);
        }
        if let (Some(before), Some(now)) = (before.tcp, now.tcp) {
            match (before.snd_wnd, now.snd_wnd) {
                (1.., 0) => self.say(Say::WindowClosed, &[it]),
                (0, count @ 1..) if before.rtt > 0 => self.say(Say::WindowOpened, &[it, ("count", &count)]),
                _ => {}
            }
            if now.total_retrans > before.total_retrans {
                let rto = Readable(std::time::Duration::from_micros(now.rto.into()));
                self.say(Say::RetransmittedTimeout, &[it, ("rto", &rto)]);
            }
            if now.cwnd < before.cwnd {
                self.say(Say::CwndShrank, &[("before", &before.cwnd), ("now", &now.cwnd)]);
            }
        }
        if self.text.len() == told {
            match now.ready.filter(|ready| before.ready != Some(*ready)) {
                Some(ready) => self.say(Say::ReadyNow, &[("ready", &self.ready(ready))]),
                None => self.say(Say::SocketNumbers, &[it]),
            }
        }
    }

    fn queues(&mut self, host: &str, before: &Snapshot, now: &Snapshot) {
        let it = ("host", &host as &dyn std::fmt::Display);
        let (more, less) = (now.recv_q.saturating_sub(before.recv_q), before.recv_q.saturating_sub(now.recv_q));
        if more > 0 {
            self.say(Say::ReceiveGrew, &[it, ("count", &more), ("all", &now.recv_q)]);
        } else if less > 0 {
            self.say(Say::ReceiveShrank, &[it, ("count", &less), ("all", &now.recv_q)]);
        }
        if now.send_q > before.send_q {
            self.say(Say::SendGrew, &[it, ("all", &now.send_q)]);
        } else if now.send_q < before.send_q {
            let count = before.send_q - now.send_q;
            let what = if now.send_q == 0 { Say::SendEmptied } else { Say::SendShrank };
            self.say(what, &[it, ("count", &count), ("all", &now.send_q)]);
        }
        if now.unsent > 0 && now.unsent != before.unsent {
            self.say(Say::Unsent, &[("count", &now.unsent)]);
        }
    }

    /// A socket's state is another one.
    fn went(&mut self, at: HostId, before: &Snapshot, now: &Snapshot) {
        use TcpState as S;
        let host = self.host(at);
        let (Some(from), Some(to)) = (before.state, now.state) else { return };
        let arrived = matches!(self.because(at), Because::Arrived(_));
        let what = match (from, to) {
            (_, S::Listen) => Say::ToListen,
            (_, S::SynSent) => Say::ToSynSent,
            (S::SynSent, S::Established) => Say::ClientEstablished,
            (S::SynRcvd, S::Established) => Say::ServerEstablished,
            (_, S::FinWait1) => Say::ToFinWait1,
            (_, S::FinWait2) => Say::ToFinWait2,
            (_, S::CloseWait) => Say::ToCloseWait,
            (_, S::LastAck) => Say::ToLastAck,
            (_, S::Closing) => Say::ToClosing,
            // Who closes at the same time as the peer did not close first.
            (S::FinWait1 | S::FinWait2, S::TimeWait) => Say::ToTimeWait,
            (S::SynSent, S::Closed) if arrived => Say::RefusedToClosed,
            (_, S::Closed) => Say::ToClosed,
            _ => Say::ToState,
        };
        self.say(what, &[("host", &host), ("before", &from), ("now", &to)]);
    }
}
