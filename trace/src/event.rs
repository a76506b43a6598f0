//! What was observed: the events of a run, told in the past tense.
//!
//! An event never changes once written. It says what was seen and nothing that could be derived; where something
//! could not be seen, it says that ([`call::Value::Unreadable`], [`Fact::Missed`]).

pub mod call;
pub mod host;
pub mod signal;
pub mod socket;
pub mod wire;

use serde::{Deserialize, Serialize};

use crate::bytes::{Bytes, Clipped};
use crate::id::{CallId, FrameId, HostId, ProcessId, SocketId, ThreadId};
use crate::syscall::Syscall;
use crate::time::Nanos;
use call::{Argument, Local, Outcome, Place, Value};
use host::{Cause, ExitStatus, HostSpec, Limit, WireSettings};
use signal::{Disposition, SignalSource};
use socket::{Interest, Origin, Snapshot};
use wire::Made;

/// One observation, with its place in the order of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Position in the trace: 0, 1, 2, … without a gap.
    pub seq: u64,
    /// When it was observed. Never earlier than the event before it.
    pub at: Nanos,
    /// What was observed.
    pub fact: Fact,
}

/// What an event can tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fact {
    /// The first event of every trace: who takes part.
    RunStarted {
        /// Nanoseconds since the Unix epoch at [`Nanos::ZERO`].
        unix_ns: u64,
        /// The hosts; a [`HostId`] is an index into this list.
        hosts: Vec<HostSpec>,
        /// How the wire treats frames at the beginning.
        wire: WireSettings,
    },
    /// A host has its address and waits for the others.
    HostReady {
        /// The host.
        host: HostId,
    },
    /// A task began: the host's program, a fork of it, or a thread.
    ThreadStarted {
        /// The task.
        thread: ThreadId,
        /// Its process: a new one for a program or a fork, an old one for a thread.
        process: ProcessId,
        /// Where it runs.
        host: HostId,
        /// Its number inside the sandbox, as gettid(2) tells it to the program.
        tid: u32,
        /// The task that created it; `None` for the host's program.
        parent: Option<ThreadId>,
    },
    /// A task replaced its program by execve(2).
    ProgramExecuted {
        /// The task.
        thread: ThreadId,
        /// Path of the executable as the kernel resolved it.
        path: String,
    },
    /// A task ended.
    ThreadEnded {
        /// The task.
        thread: ThreadId,
        /// How.
        status: ExitStatus,
    },
    /// A host's program (its first process) ended. Children of it may live on.
    ProgramEnded {
        /// The host.
        host: HostId,
        /// How.
        status: ExitStatus,
    },
    /// A person typed into a host's terminal.
    Typed {
        /// The host.
        host: HostId,
        /// What was typed.
        bytes: Bytes,
    },
    /// Something appeared on a host's terminal: output, a prompt, the terminal's own echo.
    Printed {
        /// The host.
        host: HostId,
        /// What appeared.
        bytes: Bytes,
    },
    /// A call was entered. The program is in the kernel until [`Fact::CallReturned`].
    CallEntered {
        /// The call.
        call: CallId,
        /// Who called.
        thread: ThreadId,
        /// Which system call.
        syscall: Syscall,
        /// Arguments in the order of [`Syscall::params`]; [`Value::Pending`] where the kernel will fill them in.
        args: Vec<Value>,
        /// The socket behind the call's (first) descriptor, if it is one.
        socket: Option<SocketId>,
        /// The learner's line that led to this call, where the language lets it be known.
        place: Option<Place>,
    },
    /// A program was held at a call's entry: the kernel has not been asked yet. The rest of the world goes on.
    CallHeld {
        /// The call, which was entered before.
        call: CallId,
        /// The local variables at its [`Place`], where the language lets them be known.
        locals: Vec<Local>,
    },
    /// A call that was held goes on into the kernel.
    CallResumed {
        /// The call.
        call: CallId,
    },
    /// A call returned to the program.
    CallReturned {
        /// The call.
        call: CallId,
        /// What it returned.
        outcome: Outcome,
        /// The arguments that the kernel filled in.
        filled: Vec<Argument>,
        /// The socket that the call made: of socket(2), accept(2), dup(2); the first of socketpair(2).
        made: Option<SocketId>,
    },
    /// A call will never return: its task was ended inside it.
    CallAbandoned {
        /// The call.
        call: CallId,
    },
    /// A kernel socket was seen for the first time.
    SocketSeen {
        /// The socket.
        socket: SocketId,
        /// The host in whose network it lives.
        host: HostId,
        /// Family, type, protocol, and the kernel's own numbers.
        origin: Origin,
        /// Its state when it was first seen.
        snapshot: Snapshot,
    },
    /// Something about a socket is different from its last snapshot.
    SocketChanged {
        /// The socket.
        socket: SocketId,
        /// All of its state now.
        snapshot: Snapshot,
    },
    /// The kernel no longer lists the socket.
    SocketGone {
        /// The socket.
        socket: SocketId,
    },
    /// What an epoll instance watches is different: after epoll_ctl(2), after a one-shot was told, after a close(2).
    EpollChanged {
        /// The process that holds it.
        process: ProcessId,
        /// Its descriptor there.
        epfd: i32,
        /// Everything that it watches now; nothing once it is closed.
        interest: Vec<Interest>,
    },
    /// A host put a frame on the wire.
    FrameSent {
        /// The frame.
        frame: FrameId,
        /// Who sent it.
        host: HostId,
        /// Its bytes from the Ethernet header on.
        bytes: Clipped,
    },
    /// A frame reached a host. A broadcast frame reaches several.
    FrameDelivered {
        /// The frame.
        frame: FrameId,
        /// Who got it.
        host: HostId,
    },
    /// The wire lost a frame on its way to a host.
    FrameLost {
        /// The frame.
        frame: FrameId,
        /// Who should have got it.
        host: HostId,
        /// Why.
        cause: LossCause,
    },
    /// The wire made a frame, of others or of nothing. From here on it is a frame like any other.
    FrameMade {
        /// The frame.
        frame: FrameId,
        /// The host that its receiver will take for the sender.
        host: HostId,
        /// How.
        how: Made,
        /// The frames that it was made of. They themselves go on, or are lost as [`LossCause::Replaced`].
        of: Vec<FrameId>,
        /// Its bytes from the Ethernet header on.
        bytes: Clipped,
    },
    /// The wire keeps a frame for itself, until it is released or dropped. The kernels' timers go on meanwhile.
    FrameHeld {
        /// The frame.
        frame: FrameId,
        /// Who would get it.
        host: HostId,
    },
    /// A frame that was held goes on its way.
    FrameReleased {
        /// The frame.
        frame: FrameId,
        /// Who will get it.
        host: HostId,
    },
    /// The wire can't hold more frames: those to come go on as if they were not to be held.
    HoldFull {
        /// How many frames it holds.
        frames: u64,
        /// How many bytes they have.
        bytes: u64,
    },
    /// The wire treats frames otherwise from here on.
    WireChanged {
        /// How.
        wire: WireSettings,
    },
    /// A host's cable was pulled out. Its kernel does not notice: the device stays up, as behind a switch of its own.
    HostUnplugged {
        /// The host.
        host: HostId,
    },
    /// A host's cable was put in again.
    HostPlugged {
        /// The host.
        host: HostId,
    },
    /// A limit was reached; what the engine does about it follows.
    LimitReached {
        /// Where; `None` for the run as a whole.
        host: Option<HostId>,
        /// Which limit.
        limit: Limit,
    },
    /// Events were lost between the one before and the one after.
    Missed {
        /// How many, at least.
        count: u64,
        /// Of what kind, in a few English words.
        what: String,
    },
    /// The last event of every whole trace.
    RunEnded {
        /// Why it ended.
        cause: Cause,
    },
    /// A host sent a frame to itself: it came in on `lo`, and no wire was between. Large TCP segments are whole there,
    /// and the kernel leaves their checksums out.
    FrameLooped {
        /// The frame.
        frame: FrameId,
        /// Who sent it, and got it.
        host: HostId,
        /// Its bytes from the Ethernet header on.
        bytes: Clipped,
    },
    /// A signal is being delivered to a task: next it is ignored, its handler runs, or it ends the program.
    SignalDelivered {
        /// The task.
        thread: ThreadId,
        /// Its number.
        signal: i32,
        /// Who caused it.
        from: SignalSource,
        /// What the program does about it.
        disposition: Disposition,
    },
    /// A host's program is being made of its source. What the compiler calls is not told.
    CompilerStarted {
        /// The host.
        host: HostId,
    },
    /// The compiler is done. With any other exit code than 0 there is no program, and the terminal says why.
    CompilerEnded {
        /// The host.
        host: HostId,
        /// How.
        status: ExitStatus,
    },
    /// A host was given its program. What lines and notes are about can so be read beside them.
    ProgramGiven {
        /// The host.
        host: HostId,
        /// The program's text; what is not UTF-8 in it is replaced.
        text: String,
    },
}

/// Why a frame did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LossCause {
    /// The wire's loss setting.
    Chance,
    /// The receiving host's device would not take it (it is gone, or full).
    Refused,
    /// Nobody on the wire has the destination address.
    NoReceiver,
    /// Somebody dropped it.
    ByHand,
    /// A rule of the wire.
    Rule,
    /// The sender or the receiver was unplugged.
    Unplugged,
    /// Too many frames waited to be sent at the wire's bandwidth.
    Queue,
    /// The wire sent other frames in its place.
    Replaced,
}
