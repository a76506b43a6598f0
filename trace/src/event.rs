//! What was observed: the events of a run, told in the past tense.
//!
//! An event never changes once written. It says what was seen and nothing that could be derived; where something
//! could not be seen, it says that ([`call::Value::Unreadable`], [`Fact::Missed`]).

pub mod call;
pub mod host;
pub mod socket;

use serde::{Deserialize, Serialize};

use crate::bytes::{Bytes, Clipped};
use crate::id::{CallId, FrameId, HostId, ProcessId, SocketId, ThreadId};
use crate::syscall::Syscall;
use crate::time::Nanos;
use call::{Argument, Outcome, Place, Value};
use host::{Cause, ExitStatus, HostSpec, Limit, WireSettings};
use socket::{Origin, Snapshot};

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
}
