//! What the forked helper does inside the sandbox's namespaces. Nothing here allocates, locks or panics: the engine's
//! other threads did not come along, and whatever they held is held for ever.

use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, write};
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType, netlink, sendmsg,
    socket_with,
};

use super::Interface;
use crate::sys::fork::setns;
use crate::sys::ioctl;

/// Length of the message that the helper sends back: a step's number and an errno.
pub(super) const REPORT_LEN: usize = 5;

/// Each step's name; the helper reports its index.
const STEPS: [&str; 9] = [
    "joining the sandbox's user namespace",
    "joining the sandbox's network namespace",
    "switching IPv6 off",
    "opening /dev/net/tun",
    "making a TAP device",
    "opening a socket",
    "setting the network device up",
    "switching the network device on",
    "opening a NETLINK_SOCK_DIAG socket",
];

/// Which step failed, and its errno.
type Failed = (u8, i32);

/// The helper: enters, makes, hands back. Its exit code is of no interest.
pub(super) fn run(user: &OwnedFd, net: &impl AsFd, interface: Interface, to: &OwnedFd) -> u8 {
    let sent = match make(user, net, interface) {
        Ok((tap, diag)) => {
            let fds = [tap.as_fd(), diag.as_fd()];
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
            let mut ancillary = SendAncillaryBuffer::new(&mut space);
            ancillary.push(SendAncillaryMessage::ScmRights(&fds));
            sendmsg(to, &[IoSlice::new(&[0; REPORT_LEN])], &mut ancillary, SendFlags::empty()).map(drop)
        }
        Err((step, errno)) => {
            let [a, b, c, d] = errno.to_ne_bytes();
            write(to, &[step, a, b, c, d]).map(drop)
        }
    };
    u8::from(sent.is_err())
}

/// The other side of a report.
pub(super) fn read_report([step, errno @ ..]: [u8; REPORT_LEN]) -> (&'static str, i32) {
    (STEPS.get(usize::from(step)).copied().unwrap_or("an unknown step"), i32::from_ne_bytes(errno))
}

fn make(user: &OwnedFd, net: &impl AsFd, interface: Interface) -> Result<(OwnedFd, OwnedFd), Failed> {
    setns(user).map_err(|errno| (0, errno))?;
    setns(&net.as_fd()).map_err(|errno| (1, errno))?;
    // Otherwise router solicitations and neighbour discovery fill every picture. Where the kernel has no IPv6 at
    // all, there is nothing to switch off.
    for switch in [c"/proc/sys/net/ipv6/conf/all/disable_ipv6", c"/proc/sys/net/ipv6/conf/default/disable_ipv6"] {
        match openat(CWD, switch, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty()) {
            Ok(file) => drop(write(file, b"1").map_err(at(2))?),
            Err(Errno::NOENT) => {}
            Err(errno) => return Err(at(2)(errno)),
        }
    }
    let tap = openat(CWD, c"/dev/net/tun", OFlags::RDWR | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty())
        .map_err(at(3))?;
    ioctl::make_tap(&tap).map_err(|errno| (4, errno))?;
    let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None).map_err(at(5))?;
    set_up(&socket, interface).map_err(|errno| (6, errno))?;
    ioctl::bring_up(&socket).map_err(|errno| (7, errno))?;
    if interface.default_route {
        ioctl::add_default_route(&socket).map_err(|errno| (7, errno))?;
    }
    let diag = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, Some(netlink::SOCK_DIAG))
        .map_err(at(8))?;
    Ok((tap, diag))
}

fn set_up(socket: &OwnedFd, interface: Interface) -> Result<(), i32> {
    ioctl::set_mac(socket, interface.mac)?;
    ioctl::set_mtu(socket, interface.mtu)?;
    ioctl::set_address(socket, interface.addr, interface.prefix_len)
}

fn at(step: u8) -> impl Fn(Errno) -> Failed {
    move |errno| (step, errno.raw_os_error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_the_step() {
        let [a, b, c, d] = 13i32.to_ne_bytes();
        assert_eq!(read_report([3, a, b, c, d]), ("opening /dev/net/tun", 13));
        assert_eq!(read_report([200, a, b, c, d]).0, "an unknown step");
    }
}
