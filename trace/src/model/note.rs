//! What did not fit into the model.

use crate::id::{CallId, FrameId, HostId, ProcessId, SocketId, ThreadId};
use crate::time::Nanos;

/// An event that says something odd, and what is odd about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// The event's `seq`.
    pub seq: u64,
    /// What is odd.
    pub oddity: Oddity,
}

/// What can be odd about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Oddity {
    /// Its number is not the next one.
    #[error("event {expected} should have come next")]
    Order {
        /// The number that should have come.
        expected: u64,
    },
    /// It is older than the one before it.
    #[error("time ran back from {before} s")]
    TimeRanBack {
        /// When the event before it was observed.
        before: Nanos,
    },
    /// It comes after the run's end.
    #[error("the run had ended")]
    AfterTheEnd,
    /// The run started already.
    #[error("the run had started already")]
    StartedTwice,
    /// The run has no such host.
    #[error("there is no {0}")]
    UnknownHost(HostId),
    /// No such process was started.
    #[error("there is no {0}")]
    UnknownProcess(ProcessId),
    /// No such thread was started.
    #[error("there is no {0}")]
    UnknownThread(ThreadId),
    /// A thread with this id was started already.
    #[error("{0} had started already")]
    ThreadTwice(ThreadId),
    /// No such call was entered.
    #[error("there is no {0}")]
    UnknownCall(CallId),
    /// A call with this id was entered already.
    #[error("{0} had been entered already")]
    CallTwice(CallId),
    /// The call is over.
    #[error("{0} was over")]
    CallOver(CallId),
    /// The thread is inside another call.
    #[error("its thread was still in {0}")]
    CallInCall(CallId),
    /// No such socket was seen.
    #[error("there is no {0}")]
    UnknownSocket(SocketId),
    /// A socket with this id was seen already.
    #[error("{0} had been seen already")]
    SocketTwice(SocketId),
    /// The socket is gone.
    #[error("{0} was gone")]
    SocketGone(SocketId),
    /// No such frame was sent.
    #[error("nobody sent {0}")]
    UnknownFrame(FrameId),
    /// A frame with this id was sent already.
    #[error("{0} had been sent already")]
    FrameTwice(FrameId),
}
