//! What the threads of a run tell its supervisor.

use trace::event::host::{Cause, Limit};
use trace::id::HostId;

use crate::sandbox::disks::Disks;

/// What a thread of the run tells the supervisor.
#[derive(Debug)]
pub(crate) enum Notice {
    /// A host's sandbox is whole, and what its programs can write to can be looked at.
    Mounted(HostId, Disks),
    /// A host's program has begun: its sandbox was let go, and what it is made of is compiled.
    ProgramBegan(HostId),
    /// A host's program can be talked to: it listens, or has bound a datagram socket.
    Serves(HostId),
    /// A host's program has ended.
    ProgramEnded(HostId),
    /// A host has no process left.
    HostGone(HostId),
    /// A limit was reached.
    LimitReached(Option<HostId>, Limit),
    /// Somebody wants the run to end.
    Stop(Cause),
}
