//! Our own names for things, counted up from zero within a run and never used twice.
//!
//! Kernel numbers (pid, fd, inode, port) are reused, so they are fields of events and never identities.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($repr:ty) $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub $repr);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    )*};
}

ids! {
    /// A sandboxed machine of the run, in the order of the plan.
    HostId(u16) "host ";
    /// A process on some host.
    ProcessId(u32) "process ";
    /// A kernel task: a thread, or a process's only thread.
    ThreadId(u32) "thread ";
    /// One system call: entered once, returned at most once.
    CallId(u64) "call ";
    /// One kernel socket, whoever holds it.
    SocketId(u32) "socket ";
    /// One frame that a host put on the wire.
    FrameId(u64) "frame ";
}
