//! What a ladder is made of. Vertical places are in rows, counted from the top.

use std::time::Duration;

use super::window::Span;
use crate::event::LossCause;
use crate::event::call::Place;
use crate::event::host::{ExitStatus, Limit};
use crate::event::signal::Disposition;
use crate::event::socket::TcpState;
use crate::event::wire::Made;
use crate::id::{CallId, FrameId, HostId, SocketId, ThreadId};
use crate::time::Nanos;
use crate::wire::{Notable, Order};

/// A host's lifeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The host.
    pub host: HostId,
    /// Its name: `server`.
    pub name: String,
    /// Where the lifeline stands between the first one, at 0, and the last one, at 1.
    pub x: f64,
    /// On which side of it the calls stand; the sockets stand on the other.
    pub calls: Side,
    /// How many lanes its threads need at most.
    pub thread_lanes: usize,
    /// How many lanes its sockets need at most.
    pub socket_lanes: usize,
    /// From where to where the program runs, as far as was seen.
    pub life: (Option<f64>, Option<f64>),
}

/// A side of a lifeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Left of it.
    Left,
    /// Right of it.
    Right,
}

/// A call beside its lifeline.
#[derive(Clone, Debug, PartialEq)]
pub struct CallBox {
    /// The call.
    pub call: CallId,
    /// Where it was made.
    pub host: HostId,
    /// Which lane, from the lifeline outwards: one for each thread.
    pub lane: usize,
    /// Where it was entered.
    pub top: f64,
    /// Where it ended; `None` while the program is inside.
    pub bottom: Option<f64>,
    /// When it was entered.
    pub at: Nanos,
    /// `connect(192.168.1.4:18888)`.
    pub label: String,
    /// The same for little room: `connect(:18888)`.
    pub short: String,
    /// What it returned: `→ fd 4`, `ECONNREFUSED`.
    pub result: Option<String>,
    /// The descriptor that it is about.
    pub fd: Option<i32>,
    /// The learner's line that led to it.
    pub place: Option<Place>,
    /// How it stands.
    pub state: CallState,
    /// Whether the language made it, and not the learner's line.
    pub runtime: bool,
}

/// How a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallState {
    /// The program is inside.
    Open,
    /// The program is inside until a person types something.
    OpenForPerson,
    /// The program stands still before it: the kernel knows nothing of it yet.
    Held,
    /// It returned at once.
    Quick,
    /// It returned after having waited so long.
    Blocked(Duration),
    /// It failed at once.
    Failed,
    /// It failed after having waited so long.
    BlockedAndFailed(Duration),
    /// Its task was ended inside it, so long after it was entered.
    Abandoned(Duration),
}

impl CallState {
    /// Whether the program waited, as far as can be told: then the box is hatched.
    pub const fn waited(self) -> bool {
        !matches!(self, Self::Quick | Self::Failed | Self::Held)
    }
}

/// A frame between two lifelines.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// The frame.
    pub frame: FrameId,
    /// Who sent it.
    pub from: HostId,
    /// Who got it or should get it, as far as that is known.
    pub to: Option<HostId>,
    /// Where it was sent.
    pub top: f64,
    /// When it was sent.
    pub at: Nanos,
    /// What became of it.
    pub end: ArrowEnd,
    /// `PSH ACK “hello”`.
    pub label: String,
    /// The same for little room: `“hello”`.
    pub short: String,
    /// `seq 1 · 5 B`.
    pub detail: String,
    /// What its segment is, if there is a name for it.
    pub notable: Option<Notable>,
    /// What was odd about when it arrived.
    pub order: Option<Order>,
    /// How the wire made it, if it did.
    pub made: Option<Made>,
    /// Whether the wire holds it.
    pub held: bool,
    /// Whether it crossed no wire: its host sent it to itself.
    pub looped: bool,
    /// Whether it says that something went wrong: RST, or an ICMP error.
    pub error: bool,
    /// How many socket lanes it has to get past at its sender.
    pub from_lanes: usize,
    /// How many socket lanes it has to stop before at its receiver.
    pub to_lanes: usize,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ArrowEnd {
    /// It is on its way.
    InFlight,
    /// It arrived, here and then.
    Delivered(f64, Nanos),
    /// It was lost, here.
    Lost(f64, LossCause),
}

/// A task that another one started: a thread, or a process that was forked.
#[derive(Clone, Debug, PartialEq)]
pub struct Stem {
    /// The task.
    pub thread: ThreadId,
    /// Where it runs.
    pub host: HostId,
    /// Its lane, from the lifeline outwards.
    pub lane: usize,
    /// The lane of the task that started it; `None` for the host's program, whose lifeline is the host's.
    pub from: Option<usize>,
    /// Where it began.
    pub top: f64,
    /// Where it ended; `None` while it runs.
    pub bottom: Option<f64>,
}

/// What one Unix socket of a host sent to another: no frame, but bytes that the kernel puts from one queue to the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The call that sent it.
    pub call: CallId,
    /// Where.
    pub host: HostId,
    /// The lane of the socket that sent it.
    pub from: usize,
    /// The lane of the socket that got it.
    pub to: usize,
    /// Where the call was entered.
    pub y: f64,
    /// When the call was entered.
    pub at: Nanos,
    /// `“hello”`.
    pub label: String,
    /// `5 B`.
    pub detail: String,
}

/// A socket in one state.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The socket.
    pub socket: SocketId,
    /// Where it lives.
    pub host: HostId,
    /// Which lane, from the lifeline towards the wire.
    pub lane: usize,
    /// Its state; `None` for sockets that have none.
    pub state: Option<TcpState>,
    /// Whether a program holds it; otherwise the kernel alone does.
    pub held: bool,
    /// Where the state began.
    pub top: f64,
    /// Where it ended; `None` while it lasts.
    pub bottom: Option<f64>,
    /// When it began.
    pub at: Nanos,
    /// The socket's descriptor and port: `fd 3 :18888`, `UDP fd 3 :9999`.
    pub name: String,
    /// Whether it is the socket's first band.
    pub first: bool,
}

/// Something waits in a socket's receive queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Gauge {
    /// The socket.
    pub socket: SocketId,
    /// Where it lives.
    pub host: HostId,
    /// The socket's lane.
    pub lane: usize,
    /// How many lanes sockets took then: words have room beyond them.
    pub lanes: usize,
    /// From where on it waits.
    pub top: f64,
    /// Until where; `None` while it does.
    pub bottom: Option<f64>,
    /// Since when.
    pub at: Nanos,
    /// Bytes, or connections that wait for accept(2).
    pub amount: u32,
    /// The most that waited in this queue until then.
    pub most: u32,
    /// `recv-q 6 B`; `queue 1/10` for connections and their limit.
    pub label: String,
}

/// A time on the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// Where.
    pub y: f64,
    /// When.
    pub at: Nanos,
}

/// Time in which nothing was seen, drawn shorter than it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fold {
    /// Where it begins.
    pub top: f64,
    /// Where it ends.
    pub bottom: f64,
    /// How long it was.
    pub lasted: Duration,
}

/// Something else worth a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// On which lifeline; `None` for the whole run.
    pub host: Option<HostId>,
    /// Where.
    pub y: f64,
    /// When.
    pub at: Nanos,
    /// What.
    pub what: Marked,
}

/// What a mark tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Marked {
    /// A host's program started.
    ProgramStarted,
    /// A host's program was made of its source, or could not be.
    Compiled(bool),
    /// A program started a thread, which gettid(2) calls so.
    ThreadStarted(u32),
    /// A program forked: the child's process id.
    Forked(u32),
    /// A host's program ended.
    ProgramEnded(ExitStatus),
    /// So many events were lost here.
    Missed(u64),
    /// A limit was reached.
    Limit(Limit),
    /// A signal reached a program, which does this about it.
    Signal(i32, Disposition),
    /// The run ended.
    RunEnded,
}

impl Span for CallBox {
    fn span(&self) -> (f64, f64) {
        (self.top, self.bottom.unwrap_or(f64::INFINITY))
    }
}

impl Span for Arrow {
    fn span(&self) -> (f64, f64) {
        let bottom = match self.end {
            ArrowEnd::InFlight => f64::INFINITY,
            ArrowEnd::Delivered(y, _) | ArrowEnd::Lost(y, _) => y,
        };
        (self.top, bottom)
    }
}

impl Span for Stem {
    fn span(&self) -> (f64, f64) {
        (self.top, self.bottom.unwrap_or(f64::INFINITY))
    }
}

impl Span for Message {
    fn span(&self) -> (f64, f64) {
        (self.y, self.y + 1.0)
    }
}

impl Span for Band {
    fn span(&self) -> (f64, f64) {
        (self.top, self.bottom.unwrap_or(f64::INFINITY))
    }
}

impl Span for Gauge {
    fn span(&self) -> (f64, f64) {
        (self.top, self.bottom.unwrap_or(f64::INFINITY))
    }
}

impl Span for Tick {
    fn span(&self) -> (f64, f64) {
        (self.y, self.y)
    }
}

impl Span for Fold {
    fn span(&self) -> (f64, f64) {
        (self.top, self.bottom)
    }
}

impl Span for Mark {
    fn span(&self) -> (f64, f64) {
        (self.y, self.y)
    }
}
