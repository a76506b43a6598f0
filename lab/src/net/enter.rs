//! What the helper does inside the sandbox's namespaces. Nothing here allocates, locks or panics: it runs in the
//! engine's memory, and is none of its threads.

use std::ffi::CStr;
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, write};
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType, netlink, sendmsg,
    socket_with,
};
use trace::event::host::HostSpec;

use super::{Interface, Made};
use crate::sys::fork::setns;
use crate::sys::{ioctl, packet};

/// Length of the message that the helper sends back: a step's number and an errno.
pub(super) const REPORT_LEN: usize = 5;

/// Each step's name; the helper reports its index.
const STEPS: [&str; 12] = [
    "joining the sandbox's user namespace",
    "joining the sandbox's network namespace",
    "setting IPv6 up",
    "opening /dev/net/tun",
    "making a TAP device",
    "opening a socket",
    "setting the network device up",
    "switching the network device on",
    "opening a NETLINK_SOCK_DIAG socket",
    "giving the device its IPv6 address",
    "listening to the loopback device",
    "allowing raw sockets and nothing more",
];

/// Without an address of its own a host has no IPv6: otherwise its router solicitations and neighbour discovery would
/// fill every picture.
const WITHOUT_IPV6: [(&CStr, &[u8]); 2] =
    [(c"/proc/sys/net/ipv6/conf/all/disable_ipv6", b"1"), (c"/proc/sys/net/ipv6/conf/default/disable_ipv6", b"1")];

/// With one it has that address and no other (no link-local one: mode 1), uses it at once (no duplicate address
/// detection), and asks for no router, since there is none. Its membership in the groups that neighbour discovery needs
/// is reported once, and not a second time within the hour.
const WITH_IPV6: [(&CStr, &[u8]); 6] = [
    (c"/proc/sys/net/ipv6/conf/default/addr_gen_mode", b"1"),
    (c"/proc/sys/net/ipv6/conf/all/accept_dad", b"0"),
    (c"/proc/sys/net/ipv6/conf/default/accept_dad", b"0"),
    (c"/proc/sys/net/ipv6/conf/default/router_solicitations", b"0"),
    (c"/proc/sys/net/ipv6/conf/default/accept_ra", b"0"),
    (c"/proc/sys/net/ipv6/conf/default/mldv2_unsolicited_report_interval", b"3600000"),
];

/// bwrap's --disable-userns would put the program into a user namespace in which its capability is worth nothing; so
/// that lock is put on here. And ping may do without raw sockets, icmp(7).
const WITH_RAW_SOCKETS: [(&CStr, &[u8]); 2] =
    [(c"/proc/sys/user/max_user_namespaces", b"0"), (c"/proc/sys/net/ipv4/ping_group_range", b"1000 1000")];

/// Which step failed, and its errno.
type Failed = (u8, i32);

/// The helper: enters, makes, hands back. Its exit code is of no interest.
pub(super) fn run(user: &OwnedFd, net: &impl AsFd, interface: Interface, to: &OwnedFd) -> u8 {
    let sent = match make(user, net, interface) {
        Ok(Made { tap, diag, loopback }) => {
            let fds = [tap.as_fd(), diag.as_fd(), loopback.as_fd()];
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
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

fn make(user: &OwnedFd, net: &impl AsFd, interface: Interface) -> Result<Made<OwnedFd>, Failed> {
    setns(user).map_err(|errno| (0, errno))?;
    setns(&net.as_fd()).map_err(|errno| (1, errno))?;
    let settings: &[(&CStr, &[u8])] = if interface.addr6.is_some() { &WITH_IPV6 } else { &WITHOUT_IPV6 };
    for (path, value) in settings {
        match openat(CWD, *path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty()) {
            Ok(file) => drop(write(file, value).map_err(at(2))?),
            // The kernel has no IPv6 at all: nothing to switch off. Where an address is wanted, that will say so.
            Err(Errno::NOENT) => {}
            Err(errno) => return Err(at(2)(errno)),
        }
    }
    if interface.raw {
        for (path, value) in WITH_RAW_SOCKETS {
            let file = openat(CWD, path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty()).map_err(at(11))?;
            write(file, value).map_err(at(11))?;
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
    if let Some(addr6) = interface.addr6 {
        let socket = socket_with(AddressFamily::INET6, SocketType::DGRAM, SocketFlags::CLOEXEC, None).map_err(at(9))?;
        ioctl::add_address6(&socket, addr6, HostSpec::PREFIX6_LEN).map_err(|errno| (9, errno))?;
    }
    let diag = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, Some(netlink::SOCK_DIAG))
        .map_err(at(8))?;
    // bwrap sets `lo` up, perhaps only now; the socket hears it from then on.
    let loopback = socket_with(AddressFamily::PACKET, SocketType::RAW, SocketFlags::CLOEXEC, None).map_err(at(10))?;
    packet::listen_to_loopback(&loopback).map_err(|errno| (10, errno))?;
    Ok(Made { tap, diag, loopback })
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
