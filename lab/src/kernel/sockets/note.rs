//! How an answer of the kernel becomes a snapshot, and a snapshot an event, if anything is different.

use std::time::{Duration, Instant};

use trace::event::Fact;
use trace::event::call::Address;
use trace::event::socket::{Family, Kind, Origin, Snapshot, TcpState, Timer};
use trace::id::SocketId;

use super::{AT_ONCE, EVERY, Known, Place, Sockets, flow};
use crate::budget::Budget;
use crate::kernel::diag::{Listed, Protocol, Running, UnixListed};
use crate::kernel::probe::Copy;
use crate::kernel::queues;
use crate::recorder::Recorder;

impl Sockets {
    pub(super) fn note_held(
        &mut self,
        recorder: &Recorder,
        copy: &Copy,
        place: Place,
        listed: Option<&Listed>,
    ) -> Option<SocketId> {
        let before =
            self.known.get(&copy.cookie).map(|known| (known.origin.clone(), known.inode, known.snapshot.clone()));
        let (origin, inode, mut snapshot) = match &before {
            // A socket that only the kernel held until now has no inode yet.
            Some((origin, inode, before)) if before.held => {
                (origin.clone(), *inode, copy.snapshot(origin, Some(before)))
            }
            _ => {
                let origin = copy.origin()?;
                let snapshot = copy.snapshot(&origin, None);
                (origin, copy.inode(), snapshot)
            }
        };
        let before = before.map(|(_, _, before)| before).unwrap_or_default();
        match origin.family {
            Family::Unix => self.complete_unix(&mut snapshot, &origin, inode, &before),
            _ if origin.protocol == Protocol::Tcp.number() => {
                self.complete_tcp(recorder, &mut snapshot, &origin, listed, &before);
            }
            _ => {}
        }
        let id = self.note(recorder, origin, inode, snapshot);
        if let Some(known) = self.known.get_mut(&copy.cookie) {
            known.place = Some(place);
        }
        Some(id)
    }

    /// Adds the timer; and the connection's rest in TIME_WAIT, of which the program's own socket knows nothing.
    fn complete_tcp(
        &mut self,
        recorder: &Recorder,
        snapshot: &mut Snapshot,
        origin: &Origin,
        listed: Option<&Listed>,
        before: &Snapshot,
    ) {
        use TcpState::{Closed, Closing, FinWait1, FinWait2, TimeWait};
        let had_closed = matches!(before.state, Some(FinWait1 | FinWait2 | Closing | TimeWait));
        if had_closed && snapshot.state == Some(Closed) {
            let flow = flow(origin.protocol, before);
            let rest = flow.and_then(|flow| self.diag.connection(flow).ok().flatten());
            if let Some(rest) = rest.filter(|rest| rest.cookie == origin.cookie && rest.state == 6) {
                (snapshot.local, snapshot.peer) = (before.local.clone(), before.peer.clone());
                (snapshot.state, snapshot.timer) = (Some(TimeWait), timer(recorder, rest.timer));
            }
            return;
        }
        // What sets or stops a timer, beside the acknowledgements that set it anew.
        let other = before.state != snapshot.state || (before.send_q == 0) != (snapshot.send_q == 0);
        let asked = match (listed, flow(origin.protocol, snapshot)) {
            (None, Some(flow)) if other => self.ask(origin.cookie, flow),
            _ => None,
        };
        snapshot.timer = match listed.or(asked.as_ref()) {
            Some(listed) => {
                // getpeername(2) tells no peer before there is a connection.
                if snapshot.peer.is_none() && !listed.has_no_peer() {
                    (snapshot.local, snapshot.peer) = listed.addresses();
                }
                timer(recorder, listed.timer)
            }
            None => before.timer.filter(|_| before.state == snapshot.state),
        };
    }

    /// Adds a Unix socket's state and peer.
    fn complete_unix(&mut self, snapshot: &mut Snapshot, origin: &Origin, inode: u64, before: &Snapshot) {
        // A peer that was found stays the peer, even when it is closed; only datagram sockets can change theirs.
        if before.peer_socket.is_some() && origin.kind != Kind::Datagram {
            (snapshot.state, snapshot.peer_socket) = (before.state, before.peer_socket);
            return;
        }
        let Ok(inode) = u32::try_from(inode) else { return };
        let Ok(Some(listed)) = self.diag.unix(inode, origin.cookie) else { return };
        snapshot.peer_socket = self.by_inode(listed.peer);
        if origin.kind != Kind::Datagram {
            snapshot.state = TcpState::from_kernel(listed.state);
        }
        if snapshot.state == Some(TcpState::Listen) {
            (snapshot.recv_q, snapshot.send_q) = listed.queues;
        }
    }

    fn by_inode(&self, inode: Option<u32>) -> Option<SocketId> {
        let inode = u64::from(inode?);
        self.known.values().find(|known| known.inode == inode).map(|known| known.id)
    }

    pub(super) fn note_listed(&mut self, recorder: &Recorder, protocol: Protocol, listed: &Listed) {
        let origin = Origin {
            family: if i32::from(listed.family) == libc::AF_INET6 { Family::Inet6 } else { Family::Inet },
            kind: if protocol == Protocol::Tcp { Kind::Stream } else { Kind::Datagram },
            protocol: protocol.number(),
            cookie: listed.cookie,
        };
        let state = (protocol == Protocol::Tcp).then(|| TcpState::from_kernel(listed.state)).flatten();
        let unsent = listed.info.map_or(0, |info| info.unsent);
        let (send_q, unsent) = queues::written(state, listed.send_q, unsent);
        let has_buffers = !matches!(state, Some(TcpState::SynRcvd | TcpState::TimeWait));
        let (local, peer) = listed.addresses();
        let snapshot = Snapshot {
            state,
            local,
            peer,
            peer_socket: None,
            recv_q: queues::received(state, listed.recv_q),
            send_q,
            unsent: if state == Some(TcpState::Listen) { 0 } else { unsent },
            buffers: listed.buffers.filter(|_| has_buffers),
            held: listed.inode != 0,
            ready: None,
            tcp: listed.info.and_then(|info| info.numbers()),
            timer: timer(recorder, listed.timer),
        };
        self.note(recorder, origin, u64::from(listed.inode), snapshot);
    }

    pub(super) fn note_unix(&mut self, recorder: &Recorder, listed: &UnixListed) {
        let kind = crate::kernel::kind(u32::from(listed.kind));
        let origin = Origin { family: Family::Unix, kind, protocol: 0, cookie: listed.cookie };
        let (recv_q, send_q) = listed.queues;
        let snapshot = Snapshot {
            state: TcpState::from_kernel(listed.state).filter(|_| kind != Kind::Datagram),
            local: Some(listed.name.clone().unwrap_or(Address::Unnamed)),
            peer_socket: self.by_inode(listed.peer),
            recv_q,
            send_q,
            held: listed.inode != 0,
            ..Snapshot::default()
        };
        self.note(recorder, origin, u64::from(listed.inode), snapshot);
    }

    fn note(&mut self, recorder: &Recorder, origin: Origin, inode: u64, snapshot: Snapshot) -> SocketId {
        if let Some(flow) = flow(origin.protocol, &snapshot) {
            self.flows.insert(flow, origin.cookie);
        }
        if let Some(known) = self.known.get_mut(&origin.cookie) {
            if inode != 0 {
                known.inode = inode;
            }
            if snapshot.tells_more_than(&known.snapshot) {
                known.snapshot.clone_from(&snapshot);
                recorder.tell(Fact::SocketChanged { socket: known.id, snapshot });
            }
            return known.id;
        }
        let (host, id) = (self.id, recorder.socket());
        let snapshot_told = snapshot.clone();
        let known = Known {
            id,
            origin: origin.clone(),
            inode,
            snapshot,
            place: None,
            asked: None,
            pace: Budget::new(AT_ONCE, EVERY, Instant::now()),
        };
        self.known.insert(origin.cookie, known);
        recorder.tell(Fact::SocketSeen { socket: id, host, origin, snapshot: snapshot_told });
        id
    }
}

fn timer(recorder: &Recorder, running: Option<Running>) -> Option<Timer> {
    let Running { kind, in_ms, retries } = running?;
    Some(Timer { kind, expires: recorder.now() + Duration::from_millis(in_ms.into()), retries })
}
