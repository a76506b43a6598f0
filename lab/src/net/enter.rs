//! What the helper does inside the sandbox's namespaces. Nothing here allocates, locks or panics: it runs in the
//! engine's memory, and is none of its threads.

use std::ffi::CStr;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, write};
use rustix::net::{AddressFamily, SocketFlags, SocketType, netlink, socket_with};
use trace::event::host::HostSpec;

use super::{Interface, Made};
use crate::sys::fork::setns;
use crate::sys::{ioctl, packet};

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
pub(super) type Failed = (&'static str, i32);

/// In the helper: enters and makes.
pub(super) fn make(user: &OwnedFd, net: &impl AsFd, interface: Interface) -> Result<Made, Failed> {
    setns(user).map_err(|errno| ("joining the sandbox's user namespace", errno))?;
    setns(&net.as_fd()).map_err(|errno| ("joining the sandbox's network namespace", errno))?;
    let settings: &[(&CStr, &[u8])] = if interface.addr6.is_some() { &WITH_IPV6 } else { &WITHOUT_IPV6 };
    for (path, value) in settings {
        match set(path, value) {
            // The kernel has no IPv6 at all: nothing to switch off. Where an address is wanted, that will say so.
            Err(Errno::NOENT) => {}
            done => done.map_err(at("setting IPv6 up"))?,
        }
    }
    if interface.raw {
        for (path, value) in WITH_RAW_SOCKETS {
            set(path, value).map_err(at("allowing raw sockets and nothing more"))?;
        }
    }
    let tap = openat(CWD, c"/dev/net/tun", OFlags::RDWR | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty())
        .map_err(at("opening /dev/net/tun"))?;
    ioctl::make_tap(&tap).map_err(|errno| ("making a TAP device", errno))?;
    let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)
        .map_err(at("opening a socket"))?;
    set_up(&socket, interface).map_err(|errno| ("setting the network device up", errno))?;
    ioctl::bring_up(&socket).map_err(|errno| ("switching the network device on", errno))?;
    if interface.default_route {
        ioctl::add_default_route(&socket).map_err(|errno| ("switching the network device on", errno))?;
    }
    if let Some(addr6) = interface.addr6 {
        let socket = socket_with(AddressFamily::INET6, SocketType::DGRAM, SocketFlags::CLOEXEC, None)
            .map_err(at("giving the device its IPv6 address"))?;
        ioctl::add_address6(&socket, addr6, HostSpec::PREFIX6_LEN)
            .map_err(|errno| ("giving the device its IPv6 address", errno))?;
    }
    let diag = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, Some(netlink::SOCK_DIAG))
        .map_err(at("opening a NETLINK_SOCK_DIAG socket"))?;
    // bwrap sets `lo` up, perhaps only now; the socket hears it from then on.
    let loopback = socket_with(AddressFamily::PACKET, SocketType::RAW, SocketFlags::CLOEXEC, None)
        .map_err(at("listening to the loopback device"))?;
    packet::listen_to_loopback(&loopback).map_err(|errno| ("listening to the loopback device", errno))?;
    Ok(Made { tap, diag, loopback })
}

/// Writes a setting of the kernel's.
fn set(path: &CStr, value: &[u8]) -> Result<(), Errno> {
    let file = openat(CWD, path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    write(file, value).map(drop)
}

fn set_up(socket: &OwnedFd, interface: Interface) -> Result<(), i32> {
    ioctl::set_mac(socket, interface.mac)?;
    ioctl::set_mtu(socket, interface.mtu)?;
    ioctl::set_address(socket, interface.addr, interface.prefix_len)
}

fn at(step: &'static str) -> impl Fn(Errno) -> Failed {
    move |errno| (step, errno.raw_os_error())
}
