//! Packet sockets: packet(7).

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use libc::{c_int, sockaddr_ll, socklen_t};

use super::fork::errno;

/// `lo` is the first device of every network.
const LOOPBACK: c_int = 1;

/// Has a packet socket, which was made with protocol 0, receive what comes in on `lo` of its network. Each frame comes
/// once: as it comes in, and not also as it goes out. Called between fork and exit: nothing here allocates.
///
/// A socket that was made with a protocol would listen to every device first; to part it from those takes the kernel
/// some milliseconds.
pub(crate) fn listen_to_loopback(socket: &impl AsRawFd) -> Result<(), i32> {
    const PACKET_IGNORE_OUTGOING: c_int = 23;
    let on: c_int = 1;
    let len = socklen_t::try_from(size_of_val(&on)).unwrap_or(0);
    // SAFETY: `on` is an int and `len` its size.
    let set = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            PACKET_IGNORE_OUTGOING,
            (&raw const on).cast::<libc::c_void>(),
            len,
        )
    };
    if set == -1 {
        return Err(errno());
    }
    // SAFETY: all-zero bytes are a valid value of this plain C struct.
    let mut address: sockaddr_ll = unsafe { std::mem::zeroed() };
    address.sll_family = u16::try_from(libc::AF_PACKET).unwrap_or(0);
    address.sll_protocol = u16::try_from(libc::ETH_P_ALL).unwrap_or(0).to_be();
    address.sll_ifindex = LOOPBACK;
    let len = socklen_t::try_from(size_of::<sockaddr_ll>()).unwrap_or(0);
    // SAFETY: the address is one, and `len` is its size.
    let bound = unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), len) };
    if bound == -1 { Err(errno()) } else { Ok(()) }
}

/// Receives a frame, if one is there: its length, of which as much is in `into` as fits.
pub(crate) fn receive(socket: &OwnedFd, into: &mut [u8]) -> io::Result<usize> {
    let flags = libc::MSG_TRUNC | libc::MSG_DONTWAIT;
    // SAFETY: the kernel writes at most `into.len()` bytes to it.
    let len = unsafe { libc::recv(socket.as_raw_fd(), into.as_mut_ptr().cast(), into.len(), flags) };
    usize::try_from(len).map_err(|_| io::Error::last_os_error())
}

/// How many frames there was no room for since it was asked last (`PACKET_STATISTICS`).
pub(crate) fn dropped(socket: &OwnedFd) -> u32 {
    // SAFETY: all-zero bytes are a valid value of this plain C struct.
    let mut statistics: libc::tpacket_stats = unsafe { std::mem::zeroed() };
    let mut len = socklen_t::try_from(size_of_val(&statistics)).unwrap_or(0);
    // SAFETY: the kernel writes at most `len` bytes to `statistics`.
    let told = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            (&raw mut statistics).cast(),
            &raw mut len,
        )
    };
    if told == -1 { 0 } else { statistics.tp_drops }
}
