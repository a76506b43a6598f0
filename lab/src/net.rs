//! A host's network, made from outside before its program's first instruction.
//!
//! Joining a user namespace takes a process with one thread, so a child enters the sandbox's namespaces, makes
//! the device and the netlink socket there, and leaves. The way is the same for root and for an ordinary user. bwrap owns `lo`: whoever else touches it makes bwrap fail now and then.

mod enter;
mod visit;

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use crate::sys::fork::{in_child, owning_user_namespace};
use crate::sys::ptrace::Tid;
pub(crate) use visit::Namespaces;

/// How long bwrap may take to map its groups, and how often that is looked at.
const MAPPING: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_micros(200);

/// What a host's network looks like from inside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interface {
    /// Hardware address of `eth0`.
    pub(crate) mac: [u8; 6],
    /// Its address.
    pub(crate) addr: Ipv4Addr,
    /// Length of its network prefix.
    pub(crate) prefix_len: u8,
    /// Its IPv6 address, if it has one.
    pub(crate) addr6: Option<Ipv6Addr>,
    /// Whether its programs may make raw sockets.
    pub(crate) raw: bool,
    /// Whether everything else goes out there too.
    pub(crate) default_route: bool,
    /// Bytes of the largest IP packet.
    pub(crate) mtu: u16,
}

/// The engine's ends of a host's network.
#[derive(Debug)]
pub(crate) struct Ports {
    /// Frames that the host sends are read here; what is written here arrives at the host.
    pub(crate) tap: OwnedFd,
    /// A `NETLINK_SOCK_DIAG` socket that lives in the host's network.
    pub(crate) diag: OwnedFd,
    /// A packet socket that hears what the host sends to itself.
    pub(crate) loopback: OwnedFd,
    /// The way back into it.
    pub(crate) namespaces: Namespaces,
}

/// What the helper makes.
#[derive(Debug)]
struct Made {
    tap: OwnedFd,
    diag: OwnedFd,
    loopback: OwnedFd,
}

/// A host's network could not be made.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The sandbox's namespaces could not be opened.
    #[error("the sandbox's namespaces: {0}")]
    Namespaces(io::Error),
    /// The helper could not be started, or was ended.
    #[error("the helper that enters the sandbox: {0}")]
    Helper(io::Error),
    /// A step inside the sandbox failed.
    #[error("{step}: {source}; `socklab doctor` says how to fix it")]
    Step {
        /// Which step.
        step: &'static str,
        /// Why it failed.
        source: io::Error,
    },
}

impl From<enter::Failed> for NetError {
    fn from((step, errno): enter::Failed) -> Self {
        Self::Step { step, source: io::Error::from_raw_os_error(errno) }
    }
}

/// Makes the network of the sandbox whose first process is `init`.
pub(crate) fn make(init: Tid, interface: Interface) -> Result<Ports, NetError> {
    let net = File::open(format!("/proc/{init}/ns/net")).map_err(NetError::Namespaces)?;
    // With --disable-userns the process itself sits in a nested user namespace that does not own its network.
    let user = owning_user_namespace(&net).map_err(NetError::Namespaces)?;
    if interface.raw {
        groups_are_mapped(init).map_err(NetError::Namespaces)?;
    }
    let made = in_child(|| enter::make(&user, &net, interface)).map_err(NetError::Helper)?;
    let Made { tap, diag, loopback } = made?;
    Ok(Ports { tap, diag, loopback, namespaces: Namespaces { user, net: net.into() } })
}

/// Waits until the sandbox's user namespace has its groups, user_namespaces(7): bwrap tells of its process before that
/// process has mapped them, and until then the kernel takes no group for a setting. Nothing can be waited on for it.
fn groups_are_mapped(init: Tid) -> io::Result<()> {
    let deadline = Instant::now() + MAPPING;
    while fs::read(format!("/proc/{init}/gid_map"))?.is_empty() {
        if Instant::now() > deadline {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "bwrap maps no groups"));
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}
