//! The parts of a system call: arguments, outcome, and the line of source that led to it.

use std::cell::Cell;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::bytes::{Bytes, Clipped};
use crate::errno::Errno;

/// An argument as it was when it was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// A plain number.
    Int(i64),
    /// A file descriptor.
    Fd(i32),
    /// Constants by name: `AF_INET`, `SOCK_STREAM|SOCK_CLOEXEC`; a small structure by its members.
    Named(String),
    /// A socket address.
    Address(Address),
    /// A buffer's content.
    Data(Clipped),
    /// A path or other text.
    Text(String),
    /// The descriptors in an `fd_set`.
    FdSet(Vec<i32>),
    /// An array of `struct pollfd` or `struct epoll_event`.
    Polled(Vec<Polled>),
    /// A time-out; `None` waits for ever.
    Timeout(Option<Duration>),
    /// A `struct msghdr`: where to or from, what, its ancillary data in words, and what the kernel says about it.
    Message {
        /// `msg_name`.
        address: Option<Address>,
        /// The bytes of all `msg_iov`.
        data: Clipped,
        /// Each control message, such as `SCM_RIGHTS [5]`.
        control: Vec<String>,
        /// `msg_flags` by name, such as `MSG_TRUNC`; empty for none.
        flags: String,
    },
    /// The messages of sendmmsg(2) or recvmmsg(2), each a [`Value::Message`].
    Messages(#[serde(deserialize_with = "flat")] Vec<Value>),
    /// A null pointer.
    Null,
    /// An address in the program's memory that is not looked behind.
    Pointer(u64),
    /// The kernel fills this in when the call returns.
    Pending,
    /// The program's memory could not be read.
    Unreadable(Errno),
    /// Another thread of the program wrote there during the call. What was there when the call was entered may not be
    /// what the kernel took.
    Changed,
}

/// Reads a list of messages, none of which is a list itself: without an end to the nesting, bytes from outside would
/// decide how much of the stack is used.
fn flat<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Value>, D::Error> {
    thread_local!(static INSIDE: Cell<bool> = const { Cell::new(false) });
    if INSIDE.replace(true) {
        return Err(D::Error::custom("messages within messages"));
    }
    let values = Vec::deserialize(input);
    INSIDE.set(false);
    values
}

/// One descriptor of a readiness call: what was asked, what was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Polled {
    /// The descriptor. epoll_wait(2) tells `data` and no descriptor; the kernel's list of what is watched has it, unless
    /// several have the same data or it is watched no longer: then it is [`Polled::UNKNOWN`].
    pub fd: i32,
    /// For epoll(7), what the program registered with the descriptor: often its number, but it may be anything.
    pub data: u64,
    /// Event names: `POLLIN|POLLHUP`.
    pub events: String,
    /// Answered event names; empty when entered.
    pub revents: String,
}

impl Polled {
    /// No descriptor.
    pub const UNKNOWN: i32 = -1;
}

/// An argument that the kernel filled in, by its position.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    /// Index into [`crate::syscall::Syscall::params`].
    pub index: u8,
    /// What it was after the call.
    pub value: Value,
}

/// A socket address of any family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Address {
    /// `AF_INET` or `AF_INET6`.
    Inet(SocketAddr),
    /// `AF_UNIX` with a path.
    Path(String),
    /// `AF_UNIX` in the abstract namespace, without its leading NUL byte.
    Abstract(Bytes),
    /// `AF_UNIX` without a name.
    Unnamed,
    /// Another family: its number and the address's raw bytes after it.
    Other(u16, Bytes),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(addr) => addr.fmt(f),
            Self::Path(path) => f.write_str(path),
            Self::Abstract(name) => write!(f, "@{}", name.escaped()),
            Self::Unnamed => f.write_str("(unnamed)"),
            Self::Other(family, bytes) => write!(f, "family {family} {}", bytes.escaped()),
        }
    }
}

/// What a call returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// A result that is no error: a count, a descriptor, zero.
    Returned(i64),
    /// An error.
    Failed(Errno),
}

/// A line of the learner's program.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file as the plan names it: `server.py`.
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// The function, or `<module>`.
    pub function: String,
}

/// A local variable of the learner's program.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// Its value as the language writes it, perhaps shortened.
    pub value: String,
}
