//! The sequence diagram of a run as plain numbers and labels: what stands where, not how it looks.
//!
//! Time runs downwards, in rows. Every host has a lifeline; beside it stand the calls of its programs (a lane for each
//! thread) and, towards the wire, its sockets (a lane for each, coloured by state); frames slant from one lifeline to
//! another. What has been placed never moves, so a growing trace only adds to the bottom, and [`Ladder::visible`] hands
//! out a window of it.
//!
//! A socket's change stands on the row of the event before it, because it follows from it: the kernel is looked at
//! after each call and each frame.

mod axis;
mod draw;
mod item;
mod label;
mod lanes;
mod runtime;
mod tasks;
mod unix;
mod window;

pub use axis::{Row, Scale};
pub use item::{
    Arrow, ArrowEnd, Band, CallBox, CallState, Column, Fold, Gauge, Mark, Marked, Message, Side, Stem, Tick,
};
pub use label::{frame_label, quoted};
pub use window::Span;

use crate::map::Map;
use std::ops::Range;

use crate::event::host::ExitStatus;
use crate::event::{Event, Fact};
use crate::id::{CallId, FrameId, HostId, SocketId, ThreadId};
use crate::model::Model;
use crate::wire::Packet;
use axis::{Axis, Step};
use lanes::Lanes;
use window::Windowed;

/// What is drawn, and along which axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What the vertical axis follows.
    pub scale: Scale,
    /// Whether ARP is drawn too, and what stands in its place in IPv6.
    pub address_resolution: bool,
    /// Whether ICMP is drawn: what kernels tell each other of packets.
    pub icmp: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { scale: Scale::default(), address_resolution: false, icmp: true }
    }
}

impl Options {
    /// Whether nobody wants to see a packet of this kind. What finds addresses out in IPv6 is ICMP, too.
    pub fn leaves_out(&self, packet: &Packet) -> bool {
        if packet.resolves_addresses() { !self.address_resolution } else { packet.is_icmp() && !self.icmp }
    }
}

/// The layout of a run so far.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    options: Options,
    model: Model,
    axis: Axis,
    hosts: Vec<Lifeline>,
    calls: Windowed<CallBox>,
    arrows: Windowed<Arrow>,
    bands: Windowed<Band>,
    gauges: Windowed<Gauge>,
    marks: Windowed<Mark>,
    stems: Windowed<Stem>,
    messages: Windowed<Message>,
    /// Tasks that run, by their stems.
    tasks: Map<ThreadId, usize>,
    /// The call that each task made last.
    last_calls: Map<ThreadId, CallId>,
    /// The epoll instance that a task has just made, and its call's box.
    new_epolls: Map<ThreadId, (i32, usize)>,
    open_calls: Map<CallId, usize>,
    /// Calls that a signal interrupted: one that goes on keeps its box.
    interrupted: Map<CallId, usize>,
    frames: Map<FrameId, usize>,
    sockets: Map<SocketId, Drawn>,
    /// Above this row there are words on the wire.
    wire_free: f64,
}

/// A lifeline in the making.
#[derive(Clone, Debug)]
struct Lifeline {
    column: Column,
    threads: Lanes<ThreadId>,
    sockets: Lanes<SocketId>,
    /// Above this row there are words beside the lifeline.
    free: f64,
    /// The arrow that came in last, and where.
    arrived: Option<(usize, f64)>,
    /// Whether it is drawn.
    shown: bool,
}

/// What is drawn of a socket now.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    band: usize,
    gauge: Option<usize>,
    most: u32,
}

/// What reaches into a window of the ladder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Visible<'a> {
    /// Calls.
    pub calls: Vec<&'a CallBox>,
    /// Frames.
    pub arrows: Vec<&'a Arrow>,
    /// Sockets by state.
    pub bands: Vec<&'a Band>,
    /// Receive queues.
    pub gauges: Vec<&'a Gauge>,
    /// Times on the axis.
    pub ticks: Vec<&'a Tick>,
    /// Folded quiet stretches.
    pub folds: Vec<&'a Fold>,
    /// Threads and forked processes.
    pub stems: Vec<&'a Stem>,
    /// What Unix sockets sent to each other.
    pub messages: Vec<&'a Message>,
    /// Everything else.
    pub marks: Vec<&'a Mark>,
}

impl Ladder {
    /// An empty ladder.
    pub fn new(options: Options) -> Self {
        Self { options, axis: Axis::new(options.scale), ..Self::default() }
    }

    /// The ladder of these events.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>, options: Options) -> Self {
        let mut ladder = Self::new(options);
        for event in events {
            ladder.push(event);
        }
        ladder
    }

    /// Adds the next event.
    pub fn push(&mut self, event: &Event) {
        self.model.apply(event);
        match &event.fact {
            Fact::RunStarted { .. } => self.found_hosts(),
            Fact::ThreadStarted { host, parent: None, .. } => {
                let y = self.mark(event, Some(*host), Marked::ProgramStarted);
                self.on(*host, |line| line.column.life.0 = Some(y));
            }
            Fact::ThreadStarted { thread, process, host, tid, parent: Some(parent) } => {
                self.task_started(event, *thread, (*process, *host, *tid), *parent);
            }
            Fact::ThreadEnded { thread, .. } => self.task_ended(*thread),
            Fact::CompilerEnded { host, status } => {
                self.mark(event, Some(*host), Marked::Compiled(*status == ExitStatus::Exited(0)));
            }
            Fact::ProgramEnded { host, status } => {
                // A visitor's host goes with the run, and runs no program of anybody's.
                if self.model.host(*host).is_some_and(|host| !host.spec.visitor) {
                    let y = self.mark(event, Some(*host), Marked::ProgramEnded(*status));
                    self.on(*host, |line| line.column.life.1 = Some(y));
                }
            }
            Fact::CallEntered { call, .. } => self.call_entered(event, *call),
            Fact::CallHeld { call, .. } | Fact::CallResumed { call } => self.call_held(*call),
            Fact::CallReturned { call, .. } | Fact::CallAbandoned { call } => self.call_ended(event, *call),
            Fact::SocketSeen { socket, .. } | Fact::SocketChanged { socket, .. } => {
                self.socket_changed(event, *socket);
            }
            Fact::SocketGone { socket } => self.socket_gone(event, *socket),
            Fact::FrameSent { frame, .. } | Fact::FrameMade { frame, .. } => self.frame_sent(event, *frame),
            Fact::FrameLooped { frame, host, .. } => {
                self.frame_sent(event, *frame);
                self.frame_ended(event, *frame, *host, None);
            }
            Fact::SignalDelivered { thread, signal, disposition, .. } => {
                if disposition.is_noticed(*signal) {
                    let host = self.model.threads.get(thread).map(|thread| thread.host);
                    self.mark(event, host, Marked::Signal(*signal, *disposition));
                }
            }
            Fact::FrameHeld { frame, .. } | Fact::FrameReleased { frame, .. } => self.frame_held(*frame),
            Fact::FrameDelivered { frame, host } => self.frame_ended(event, *frame, *host, None),
            Fact::FrameLost { frame, host, cause } => self.frame_ended(event, *frame, *host, Some(*cause)),
            Fact::LimitReached { host, limit } => {
                self.mark(event, *host, Marked::Limit(*limit));
            }
            Fact::Missed { count, .. } => {
                self.mark(event, None, Marked::Missed(*count));
            }
            Fact::RunEnded { .. } => {
                self.mark(event, None, Marked::RunEnded);
            }
            Fact::HostReady { .. }
            | Fact::ProgramGiven { .. }
            | Fact::WireChanged { .. }
            | Fact::HoldFull { .. }
            | Fact::HostUnplugged { .. }
            | Fact::HostPlugged { .. }
            | Fact::CompilerStarted { .. }
            | Fact::EpollChanged { .. }
            | Fact::ProgramExecuted { .. }
            | Fact::Typed { .. }
            | Fact::Printed { .. } => {}
        }
    }

    /// How many events have been added, by the number that the next one should have.
    pub const fn next_seq(&self) -> u64 {
        self.model.next_seq
    }

    /// The world after the last event.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// The lifelines: of all hosts, but a visitor's only once a frame of its own is drawn.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.hosts.iter().filter(|line| line.shown).map(|line| &line.column)
    }

    /// Where the last event stands: what is still open reaches down to there.
    pub fn bottom(&self) -> f64 {
        self.axis.bottom()
    }

    /// The last row, with room for its words below it.
    pub fn height(&self) -> f64 {
        let words = self.hosts.iter().map(|line| line.free).fold(0.0, f64::max);
        (self.axis.bottom() + 1.0).max(words)
    }

    /// The row on which an event stands, or the row above it if it is not drawn.
    pub fn row_of(&self, seq: u64) -> Option<Row> {
        self.axis.row_of(seq)
    }

    /// The row at a place.
    pub fn row_at(&self, y: f64) -> Option<Row> {
        self.axis.row_at(y)
    }

    /// Everything that reaches into a window.
    pub fn visible(&self, window: Range<f64>) -> Visible<'_> {
        let mut gauges = self.gauges.visible(&window);
        gauges.retain(|gauge| gauge.bottom.is_none_or(|bottom| bottom > gauge.top));
        Visible {
            calls: self.calls.visible(&window),
            arrows: self.arrows.visible(&window),
            bands: self.bands.visible(&window),
            gauges,
            ticks: self.axis.ticks.visible(&window),
            folds: self.axis.folds.visible(&window),
            stems: self.stems.visible(&window),
            messages: self.messages.visible(&window),
            marks: self.marks.visible(&window),
        }
    }

    /// Puts the lifelines of the hosts side by side: the first with its calls on the left, the others on the right.
    fn found_hosts(&mut self) {
        if !self.hosts.is_empty() {
            return;
        }
        self.hosts = (0_u16..)
            .zip(&self.model.hosts)
            .map(|(index, host)| Lifeline {
                column: Column {
                    host: HostId(index),
                    name: host.spec.name.clone(),
                    x: 0.0,
                    calls: if index == 0 { Side::Left } else { Side::Right },
                    thread_lanes: 0,
                    socket_lanes: 0,
                    life: (None, None),
                },
                threads: Lanes::default(),
                sockets: Lanes::default(),
                free: 0.0,
                arrived: None,
                shown: !host.spec.visitor,
            })
            .collect();
        self.spread();
    }

    /// Gives each lifeline that is shown its place.
    #[inline(never)]
    fn spread(&mut self) {
        let mut place = 0.0;
        for line in self.hosts.iter_mut().filter(|line| line.shown) {
            line.column.x = place;
            place += 1.0;
        }
        // From 0 to 1.
        let last = if place > 1.0 { place - 1.0 } else { 1.0 };
        self.hosts.iter_mut().for_each(|line| line.column.x /= last);
    }

    /// Something of this host's is drawn. A visitor's lifeline takes room from the others only from then on.
    #[inline(never)]
    fn show(&mut self, host: HostId) {
        if let Some(line) = self.line(host)
            && !line.shown
        {
            line.shown = true;
            self.spread();
        }
    }

    fn line(&mut self, host: HostId) -> Option<&mut Lifeline> {
        self.hosts.get_mut(usize::from(host.0))
    }

    fn on(&mut self, host: HostId, change: impl FnOnce(&mut Lifeline)) {
        if let Some(line) = self.line(host) {
            change(line);
        }
    }

    fn mark(&mut self, event: &Event, host: Option<HostId>, what: Marked) -> f64 {
        let line = host.and_then(|host| self.line(host));
        let room = line.map_or(0.0, |line| line.free);
        let y = self.axis.place(event.seq, event.at, Step::Own(room));
        if let Some(line) = host.and_then(|host| self.line(host)) {
            line.free = y + 1.0;
        }
        self.marks.push(Mark { host, y, at: event.at, what });
        y
    }
}

#[cfg(test)]
mod tests;
