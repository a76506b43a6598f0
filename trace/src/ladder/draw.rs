//! Placing calls, frames and sockets as their events come.

use super::axis::Step;
use super::item::{Arrow, ArrowEnd, Band, CallBox, CallState, Gauge};
use super::{Drawn, Ladder, label};
use crate::event::call::{Address, Outcome};
use crate::event::socket::Kind;
use crate::event::{Event, LossCause};
use crate::id::{CallId, FrameId, HostId, SocketId};
use crate::model::{BLOCKED, Call, Ending, Frame, Socket};
use crate::syscall::Syscall;
use crate::time::Nanos;

/// How many rows the words beside a call take: its name, and below it its result.
const CALL_ROWS: f64 = 2.0;

/// UDP's number in `/etc/protocols`.
const UDP: u8 = 17;

/// How many rows the words on an arrow take.
const ARROW_ROWS: f64 = 1.0;

impl Ladder {
    pub(super) fn call_entered(&mut self, event: &Event, id: CallId) {
        let Some(call) = self.model.call(id).cloned() else { return };
        let id = call.id;
        let runtime = self.is_runtime(&call);
        self.last_calls.insert(call.thread, id);
        if !call.is_open() || self.open_calls.contains_key(&id) || !is_drawn(&call) {
            return;
        }
        if let Some(index) = self.interrupted.remove(&id) {
            self.calls.update(index, |drawn| (drawn.bottom, drawn.result, drawn.state) = (None, None, open(&call)));
            self.open_calls.insert(id, index);
            return;
        }
        let Some(host) = self.model.threads.get(&call.thread).map(|thread| thread.host) else { return };
        let Some(lifeline) = self.line(host) else { return };
        let (lane, room) = (lifeline.threads.of(call.thread), lifeline.free);
        lifeline.column.thread_lanes = lifeline.threads.most();
        let top = self.axis.place(event.seq, event.at, Step::Own(room));
        self.on(host, |lifeline| lifeline.free = top + CALL_ROWS);
        let index = self.calls.push(CallBox {
            call: id,
            host,
            lane,
            top,
            bottom: None,
            at: event.at,
            label: label::call(&call, false),
            short: label::call(&call, true),
            result: None,
            fd: call.fd(),
            place: call.place.clone(),
            state: open(&call),
            runtime,
        });
        self.open_calls.insert(id, index);
    }

    /// A call is held at its entry, or goes on into the kernel.
    pub(super) fn call_held(&mut self, id: CallId) {
        let Some(call) = self.model.call(id) else { return };
        let (first, state) = (call.id, open(call));
        if let Some(index) = self.open_calls.get(&first) {
            self.calls.update(*index, |drawn| drawn.state = state);
        }
    }

    pub(super) fn call_ended(&mut self, event: &Event, id: CallId) {
        let Some(call) = self.model.call(id).cloned() else { return };
        let Some(index) = self.open_calls.remove(&call.id) else { return };
        if call.is_interrupted() {
            self.interrupted.insert(call.id, index);
        }
        let lasted = call.lasted(event.at);
        let (waited, failed) = (lasted >= BLOCKED, matches!(call.outcome(), Some(Outcome::Failed(_))));
        let state = match (call.ending, waited, failed) {
            (Some((_, Ending::Abandoned)), ..) => CallState::Abandoned(lasted),
            (_, true, true) => CallState::BlockedAndFailed(lasted),
            (_, false, true) => CallState::Failed,
            (_, true, false) => CallState::Blocked(lasted),
            (_, false, false) => CallState::Quick,
        };
        let stream = call.socket.and_then(|socket| self.model.sockets.get(&socket));
        let stream = stream.is_some_and(|socket| socket.origin.kind == Kind::Stream);
        let bottom = self.axis.place(event.seq, event.at, Step::Own(0.0));
        self.calls.update(index, |drawn| {
            drawn.bottom = Some(bottom);
            drawn.result = label::result(&call, stream);
            drawn.state = state;
        });
        if let Some(made) = call.made() {
            self.rename(made);
        }
        self.unix_message(&call, index);
        self.epoll_probed(&call, index);
    }

    pub(super) fn frame_sent(&mut self, event: &Event, id: FrameId) {
        let Some(frame) = self.model.frames.get(&id).cloned() else { return };
        if self.frames.contains_key(&id) {
            return;
        }
        if frame.packet.as_ref().is_some_and(|packet| self.options.leaves_out(packet)) {
            return;
        }
        let Some(from_lanes) = self.line(frame.host).map(|line| line.sockets.taken()) else { return };
        let top = self.axis.place(event.seq, event.at, Step::Own(self.wire_free));
        self.wire_free = top + ARROW_ROWS;
        let words = label::frame(&frame);
        let index = self.arrows.push(Arrow {
            frame: id,
            from: frame.host,
            to: self.receiver(&frame),
            top,
            at: event.at,
            end: ArrowEnd::InFlight,
            label: words.label,
            short: words.short,
            detail: words.detail,
            notable: frame.relative.and_then(|relative| relative.notable),
            order: None,
            made: frame.made.as_ref().map(|(how, _)| *how),
            held: false,
            looped: frame.looped,
            error: words.error,
            from_lanes,
            to_lanes: 0,
        });
        self.frames.insert(id, index);
        self.show(frame.host);
    }

    /// The wire holds a frame, or lets it go on.
    pub(super) fn frame_held(&mut self, id: FrameId) {
        let held = self.model.frames.get(&id).is_some_and(|frame| !frame.held.is_empty());
        if let Some(index) = self.frames.get(&id) {
            self.arrows.update(*index, |arrow| arrow.held = held);
        }
    }

    /// Which host a frame is for, if it is for one.
    fn receiver(&self, frame: &Frame) -> Option<HostId> {
        if frame.looped {
            return Some(frame.host);
        }
        let destination = frame.packet.as_ref()?.ethernet.destination;
        let mut hosts = (0..).map(HostId).zip(&self.model.hosts);
        hosts.find(|(_, host)| host.spec.mac == destination).map(|(id, _)| id)
    }

    pub(super) fn frame_ended(&mut self, event: &Event, id: FrameId, host: HostId, lost: Option<LossCause>) {
        let Some(index) = self.frames.get(&id).copied() else { return };
        let Some(line) = self.line(host) else { return };
        // Arrows that come in at the same moment would lie on each other with their words.
        let room = line.arrived.map_or(0.0, |(_, y)| y + ARROW_ROWS);
        let lanes = line.sockets.taken();
        let y = self.axis.place(event.seq, event.at, Step::Own(room));
        let end = lost.map_or(ArrowEnd::Delivered(y, event.at), |cause| ArrowEnd::Lost(y, cause));
        let arrival = self.model.frames.get(&id).and_then(|frame| frame.arrivals.last());
        let order = arrival.and_then(|arrival| arrival.order);
        let arrive = |arrow: &mut Arrow| {
            (arrow.end, arrow.to, arrow.to_lanes, arrow.held) = (end, Some(host), lanes, false);
            arrow.order = order;
        };
        let mut arrived = index;
        match self.arrows.get(index) {
            Some(arrow) if arrow.end == ArrowEnd::InFlight => self.arrows.update(index, arrive),
            Some(arrow) => {
                // A broadcast, or a duplicate: one more arrow from the same place.
                let mut arrow = arrow.clone();
                arrive(&mut arrow);
                arrived = self.arrows.push(arrow);
            }
            None => return,
        }
        self.on(host, |line| line.arrived = Some((arrived, y)));
        self.show(host);
    }

    pub(super) fn socket_changed(&mut self, event: &Event, id: SocketId) {
        let Some(socket) = self.model.sockets.get(&id).cloned() else { return };
        if socket.gone.is_some() || self.line(socket.host).is_none() {
            return;
        }
        let drawn = self.sockets.get(&id).copied();
        let band = drawn.and_then(|drawn| self.bands.get(drawn.band));
        let (state, held) = (socket.snapshot.state, socket.snapshot.held);
        let other_state = band.is_none_or(|band| band.state != state);
        let other_band = other_state || band.is_none_or(|band| band.held != held);
        let bottom = self.axis.bottom();
        let just_begun = band.is_some_and(|band| band.top >= bottom);
        // Two states of a socket on one row could not be told apart.
        let room = band.map_or(bottom, |band| band.top + 1.0);
        let step = if other_state && room > bottom { Step::Own(room) } else { Step::Shared };
        let y = self.axis.place(event.seq, event.at, step);

        let drawn = match drawn {
            Some(drawn) if !other_band => drawn,
            // Only who holds it changed, on the same row: it has been so from here on.
            Some(drawn) if !other_state && just_begun && y <= bottom => {
                self.bands.update(drawn.band, |band| band.held = held);
                drawn
            }
            drawn => {
                if let Some(drawn) = drawn {
                    self.bands.update(drawn.band, |band| band.bottom = Some(y));
                }
                let first = drawn.is_none();
                let band = self.begin_band(&socket, y, event.at, first);
                Drawn { band, gauge: drawn.and_then(|drawn| drawn.gauge), most: drawn.map_or(0, |drawn| drawn.most) }
            }
        };
        self.sockets.insert(id, drawn);
        self.rename(id);
        self.gauge(&socket, y, event.at);
    }

    fn begin_band(&mut self, socket: &Socket, top: f64, at: Nanos, first: bool) -> usize {
        let mut lane = 0;
        let mut arrived = None;
        self.on(socket.host, |line| {
            lane = line.sockets.of(socket.id);
            line.column.socket_lanes = line.sockets.most();
            arrived = line.arrived.filter(|(_, y)| *y >= top).map(|(arrow, _)| (arrow, line.sockets.taken()));
        });
        // The segment that made the socket stops before its band, not inside it.
        if let Some((arrow, lanes)) = arrived {
            self.arrows.update(arrow, |arrow| arrow.to_lanes = lanes);
        }
        self.bands.push(Band {
            socket: socket.id,
            host: socket.host,
            lane,
            state: socket.snapshot.state,
            held: socket.snapshot.held,
            top,
            bottom: None,
            at,
            name: String::new(),
            first,
        })
    }

    /// Draws what waits in a socket's receive queue from here on.
    fn gauge(&mut self, socket: &Socket, y: f64, at: Nanos) {
        let Some(mut drawn) = self.sockets.get(&socket.id).copied() else { return };
        let amount = socket.snapshot.recv_q;
        let before = drawn.gauge.and_then(|index| self.gauges.get(index)).map_or(0, |gauge| gauge.amount);
        if amount == before {
            return;
        }
        if let Some(index) = drawn.gauge.take() {
            self.gauges.update(index, |gauge| gauge.bottom = Some(y));
        }
        drawn.most = drawn.most.max(amount);
        if amount > 0 {
            let label = match socket.snapshot.accept_queue() {
                Some((length, limit)) => format!("queue {length}/{limit}"),
                None => format!("recv-q {amount} B"),
            };
            let lane = self.bands.get(drawn.band).map_or(0, |band| band.lane);
            let lanes = self.line(socket.host).map_or(0, |line| line.sockets.taken());
            drawn.gauge = Some(self.gauges.push(Gauge {
                socket: socket.id,
                host: socket.host,
                lane,
                lanes,
                top: y,
                bottom: None,
                at,
                amount,
                most: drawn.most,
                label,
            }));
        }
        self.sockets.insert(socket.id, drawn);
    }

    pub(super) fn socket_gone(&mut self, event: &Event, id: SocketId) {
        let Some(drawn) = self.sockets.remove(&id) else { return };
        let y = self.axis.place(event.seq, event.at, Step::Shared);
        self.bands.update(drawn.band, |band| band.bottom = Some(y));
        if let Some(gauge) = drawn.gauge {
            self.gauges.update(gauge, |gauge| gauge.bottom = Some(y));
        }
        for line in &mut self.hosts {
            line.sockets.leave(&id);
        }
    }

    /// Writes on a socket's band what is known of its descriptor and address.
    fn rename(&mut self, id: SocketId) {
        let (Some(drawn), Some(socket)) = (self.sockets.get(&id), self.model.sockets.get(&id)) else { return };
        let kind = (socket.origin.protocol == UDP).then(|| "UDP".to_owned());
        let fd = self.model.holders(id).next().map(|holder| format!("fd {}", holder.fd));
        let local = match &socket.snapshot.local {
            Some(Address::Inet(address)) => Some(format!(":{}", address.port())),
            Some(Address::Path(path)) => Some(path.clone()),
            _ => None,
        };
        let name = [kind, fd, local].into_iter().flatten().collect::<Vec<_>>().join(" ");
        self.bands.update(drawn.band, |band| {
            // A descriptor that was closed had this socket all the same.
            if name.len() > band.name.len() {
                band.name = name;
            }
        });
    }
}

fn open(call: &Call) -> CallState {
    match call {
        call if call.is_held() => CallState::Held,
        call if call.reads_terminal() => CallState::OpenForPerson,
        _ => CallState::Open,
    }
}

/// Whether a call is part of the picture: those on files and on the terminal are not, except waiting for a person.
fn is_drawn(call: &Call) -> bool {
    let on_any_descriptor = matches!(
        call.syscall,
        Syscall::Read
            | Syscall::Readv
            | Syscall::Write
            | Syscall::Writev
            | Syscall::Preadv2
            | Syscall::Pwritev2
            | Syscall::Sendfile
            | Syscall::Close
            | Syscall::CloseRange
            | Syscall::Dup
            | Syscall::Dup2
            | Syscall::Dup3
            | Syscall::Fcntl
            | Syscall::Ioctl
            | Syscall::Unlink
            | Syscall::Unlinkat
    );
    !on_any_descriptor || call.socket.is_some() || call.reads_terminal()
}
