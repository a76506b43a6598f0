//! Options of sockets that rustix does not offer: tcp(7), socket(7).

use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd};

use libc::{c_int, c_void, socklen_t};

/// As much of `struct tcp_info` (the kernel's `include/uapi/linux/tcp.h`) as is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TcpInfo {
    /// The state's number in `include/net/tcp_states.h`.
    pub(crate) state: u8,
    /// For a listening socket, connections that wait for accept(2).
    pub(crate) unacked: u32,
    /// For a listening socket, the accept queue's limit.
    pub(crate) sacked: u32,
}

fn get<T: Copy>(socket: BorrowedFd<'_>, level: c_int, name: c_int) -> Option<T> {
    let mut value = MaybeUninit::<T>::zeroed();
    let mut len = socklen_t::try_from(size_of::<T>()).ok()?;
    // SAFETY: the kernel writes at most `len` bytes into `value`; every T used below is plain integers.
    unsafe {
        let done = libc::getsockopt(socket.as_raw_fd(), level, name, value.as_mut_ptr().cast::<c_void>(), &raw mut len);
        (done == 0).then(|| value.assume_init())
    }
}

/// `TCP_INFO` of a TCP socket.
pub(crate) fn tcp_info(socket: BorrowedFd<'_>) -> Option<TcpInfo> {
    // Eight single bytes, then 32-bit numbers, of which tcpi_unacked is the fifth and tcpi_sacked the sixth.
    let raw: [u32; 8] = get(socket, libc::IPPROTO_TCP, libc::TCP_INFO)?;
    Some(TcpInfo { state: raw[0].to_ne_bytes()[0], unacked: raw[6], sacked: raw[7] })
}

/// The first two numbers of `SO_MEMINFO`: receive memory in use, receive buffer size; in bytes.
pub(crate) fn receive_memory(socket: BorrowedFd<'_>) -> Option<u32> {
    const SO_MEMINFO: c_int = 55;
    get::<[u32; 9]>(socket, libc::SOL_SOCKET, SO_MEMINFO).map(|info| info[0])
}

/// An integer option of level `SOL_SOCKET`.
pub(crate) fn integer(socket: BorrowedFd<'_>, name: c_int) -> Option<i32> {
    get(socket, libc::SOL_SOCKET, name)
}

/// Bytes that were sent and not acknowledged yet (`SIOCOUTQ`).
pub(crate) fn unacknowledged(socket: BorrowedFd<'_>) -> Option<u32> {
    let mut bytes: c_int = 0;
    // SAFETY: TIOCOUTQ, which is SIOCOUTQ, writes one int.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::TIOCOUTQ, &raw mut bytes) };
    (done == 0).then(|| u32::try_from(bytes).unwrap_or(0))
}
