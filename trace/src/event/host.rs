//! Hosts, their wire, and how things end.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use super::wire::WireSettings;

/// A host as the run knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostSpec {
    /// Its name in the exercise and in every host's `/etc/hosts`: `server`.
    pub name: String,
    /// Its address on the virtual LAN.
    pub addr: Ipv4Addr,
    /// Length of the network prefix: 24.
    pub prefix_len: u8,
    /// The hardware address of its `eth0`.
    pub mac: [u8; 6],
    /// The program's main file as the plan names it: `server.py`.
    pub program: String,
    /// Whether it runs no program of the exercise: a person's own browser or console opens connections from there.
    pub visitor: bool,
    /// Its IPv6 address, where it has one; the prefix is [`HostSpec::PREFIX6_LEN`].
    pub addr6: Option<Ipv6Addr>,
}

impl HostSpec {
    /// Length of the network prefix of every IPv6 address on the virtual LAN.
    pub const PREFIX6_LEN: u8 = 64;

    /// Whether an address is this host's.
    pub fn has(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(v4) => self.addr == v4,
            IpAddr::V6(v6) => self.addr6 == Some(v6),
        }
    }
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExitStatus {
    /// By exit(2), with this code.
    Exited(i32),
    /// By this signal.
    Signaled(i32),
    /// It was gone before its status could be read.
    Unknown,
}

/// A limit of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// Time since the run began.
    Wall(Duration),
    /// Processor time of the whole run.
    Cpu(Duration),
    /// Bytes of output on one host's terminal.
    Output(u64),
    /// Frames on the wire.
    Frames(u64),
    /// Events in the trace.
    Events(u64),
    /// Bytes of memory of one host. The kernel ended a process of it; the run goes on.
    Memory(u64),
    /// Processes and threads of one host. The kernel refused to make another one; the run goes on.
    Processes(u64),
    /// Processor time of one process. The kernel ends it when it goes on; the run goes on.
    ProcessCpu(Duration),
    /// Open descriptors of one process. The kernel refused to make another one; the run goes on.
    OpenFiles(u64),
    /// Bytes of one of a host's file systems. It is full; the run goes on.
    Disk(u64),
    /// Bytes of the trace.
    Trace(u64),
}

/// Why a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// Every program ended by itself.
    Finished,
    /// Somebody pressed Stop, or left the page on which it was begun.
    Stopped,
    /// It ran into a limit.
    Limit(Limit),
    /// The server is shutting down.
    Shutdown,
    /// The engine could not go on; a sentence says why.
    Failed(String),
    /// Nobody had watched it for so long, so the server ended it.
    Unwatched(Duration),
}
