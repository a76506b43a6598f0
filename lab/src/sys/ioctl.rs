//! ioctls of network devices: netdevice(7), the kernel's `Documentation/networking/tuntap.rst`.
//!
//! Called between fork and exit (see [`super::fork::fork`]): nothing here allocates.

use std::mem::zeroed;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd, RawFd};

use libc::{c_char, c_int, ifreq, sockaddr, sockaddr_in};

use super::fork::errno;

/// The one device of a host beside `lo`.
const DEVICE: &[u8] = b"eth0";

const AF_INET: libc::sa_family_t = 2;

/// What an ioctl returned: nothing, or errno.
type Done = Result<(), i32>;

fn request() -> ifreq {
    // SAFETY: all-zero bytes are a valid value of this plain C struct.
    let mut request: ifreq = unsafe { zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(DEVICE) {
        *to = c_char::from_ne_bytes([*from]);
    }
    request
}

fn ioctl(fd: RawFd, number: libc::Ioctl, request: &mut ifreq) -> Done {
    // SAFETY: every caller's `number` takes a pointer to an `ifreq`.
    if unsafe { libc::ioctl(fd, number, std::ptr::from_mut(request)) } == -1 { Err(errno()) } else { Ok(()) }
}

/// Device flags as an `ifreq` holds them.
const fn flags(bits: c_int) -> i16 {
    let [low, high, ..] = bits.to_le_bytes();
    i16::from_le_bytes([low, high])
}

fn inet(addr: Ipv4Addr) -> sockaddr {
    // SAFETY: all-zero bytes are a valid value of this plain C struct.
    let mut inet: sockaddr_in = unsafe { zeroed() };
    inet.sin_family = AF_INET;
    inet.sin_addr.s_addr = u32::from_ne_bytes(addr.octets());
    // SAFETY: both are 16 bytes, and a sockaddr may hold any family.
    unsafe { std::mem::transmute(inet) }
}

/// Turns an open `/dev/net/tun` into the TAP device `eth0` of the present network namespace. Frames come without a
/// header of the driver's and, as no offload is asked for, as they would look on a cable.
pub(crate) fn make_tap(tun: &impl AsRawFd) -> Done {
    let mut device = request();
    device.ifr_ifru.ifru_flags = flags(libc::IFF_TAP | libc::IFF_NO_PI);
    ioctl(tun.as_raw_fd(), libc::TUNSETIFF as libc::Ioctl, &mut device)
}

/// Sets `eth0`'s hardware address.
pub(crate) fn set_mac(socket: &impl AsRawFd, mac: [u8; 6]) -> Done {
    let mut device = request();
    // SAFETY: all-zero bytes are a valid value of this plain C struct.
    let mut addr: sockaddr = unsafe { zeroed() };
    addr.sa_family = libc::ARPHRD_ETHER;
    for (to, from) in addr.sa_data.iter_mut().zip(mac) {
        *to = c_char::from_ne_bytes([from]);
    }
    device.ifr_ifru.ifru_hwaddr = addr;
    ioctl(socket.as_raw_fd(), libc::SIOCSIFHWADDR as libc::Ioctl, &mut device)
}

/// Sets `eth0`'s largest packet, in bytes.
pub(crate) fn set_mtu(socket: &impl AsRawFd, mtu: u16) -> Done {
    let mut device = request();
    device.ifr_ifru.ifru_mtu = c_int::from(mtu);
    ioctl(socket.as_raw_fd(), libc::SIOCSIFMTU as libc::Ioctl, &mut device)
}

/// Sets `eth0`'s address and network prefix.
pub(crate) fn set_address(socket: &impl AsRawFd, addr: Ipv4Addr, prefix_len: u8) -> Done {
    let mut device = request();
    device.ifr_ifru.ifru_addr = inet(addr);
    ioctl(socket.as_raw_fd(), libc::SIOCSIFADDR as libc::Ioctl, &mut device)?;
    let mask = u32::MAX.checked_shl(32 - u32::from(prefix_len)).unwrap_or(0);
    device.ifr_ifru.ifru_netmask = inet(Ipv4Addr::from_bits(mask));
    ioctl(socket.as_raw_fd(), libc::SIOCSIFNETMASK as libc::Ioctl, &mut device)?;
    device.ifr_ifru.ifru_broadaddr = inet(Ipv4Addr::from_bits(addr.to_bits() | !mask));
    ioctl(socket.as_raw_fd(), libc::SIOCSIFBRDADDR as libc::Ioctl, &mut device)
}

/// Gives `eth0`, which is up, an IPv6 address: ipv6(7), `struct in6_ifreq`.
pub(crate) fn add_address6(socket: &impl AsRawFd, addr: Ipv6Addr, prefix_len: u8) -> Done {
    let mut device = request();
    ioctl(socket.as_raw_fd(), libc::SIOCGIFINDEX as libc::Ioctl, &mut device)?;
    // SAFETY: SIOCGIFINDEX has filled in this member of the union.
    let index = unsafe { device.ifr_ifru.ifru_ifindex };
    let mut address = libc::in6_ifreq {
        ifr6_addr: libc::in6_addr { s6_addr: addr.octets() },
        ifr6_prefixlen: prefix_len.into(),
        ifr6_ifindex: index,
    };
    // SAFETY: on a socket of AF_INET6, SIOCSIFADDR takes a pointer to an `in6_ifreq`.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFADDR as libc::Ioctl, &raw mut address) };
    if done == -1 { Err(errno()) } else { Ok(()) }
}

/// Switches `eth0` on.
pub(crate) fn bring_up(socket: &impl AsRawFd) -> Done {
    let mut device = request();
    device.ifr_ifru.ifru_flags = flags(libc::IFF_UP | libc::IFF_RUNNING);
    ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as libc::Ioctl, &mut device)
}

/// Sends everything that no other route takes out on `eth0`, without a gateway.
pub(crate) fn add_default_route(socket: &impl AsRawFd) -> Done {
    let mut device = *b"eth0\0";
    // SAFETY: all-zero bytes are a valid value of this plain C struct.
    let mut route: libc::rtentry = unsafe { zeroed() };
    route.rt_dst = inet(Ipv4Addr::UNSPECIFIED);
    route.rt_genmask = inet(Ipv4Addr::UNSPECIFIED);
    route.rt_flags = libc::RTF_UP;
    route.rt_dev = device.as_mut_ptr().cast();
    // SAFETY: SIOCADDRT takes a pointer to an `rtentry`; `device` outlives the call.
    if unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCADDRT as libc::Ioctl, &raw mut route) } == -1 {
        return Err(errno());
    }
    Ok(())
}
