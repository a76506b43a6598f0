//! Options of sockets that rustix does not offer: tcp(7), socket(7).

use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd};

use libc::{c_int, c_void, socklen_t};

fn get<T: Copy>(socket: BorrowedFd<'_>, level: c_int, name: c_int) -> Option<T> {
    let mut value = MaybeUninit::<T>::zeroed();
    let mut len = socklen_t::try_from(size_of::<T>()).ok()?;
    // SAFETY: the kernel writes at most `len` bytes into `value`; every T used below is plain integers.
    unsafe {
        let done = libc::getsockopt(socket.as_raw_fd(), level, name, value.as_mut_ptr().cast::<c_void>(), &raw mut len);
        (done == 0).then(|| value.assume_init())
    }
}

/// `TCP_INFO` of a TCP socket: `struct tcp_info` of the kernel's `include/uapi/linux/tcp.h`, with zeros after a shorter
/// one of an older kernel.
pub(crate) fn tcp_info(socket: BorrowedFd<'_>) -> Option<[u8; 248]> {
    get(socket, libc::IPPROTO_TCP, libc::TCP_INFO)
}

/// The memory of a socket's queues (`SO_MEMINFO`), in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// What the receive queue takes, with the kernel's overhead.
    pub(crate) received: u32,
    /// `SO_RCVBUF`.
    pub(crate) receive_buffer: u32,
    /// `SO_SNDBUF`.
    pub(crate) send_buffer: u32,
    /// What was written and still counts for the sender, with the kernel's overhead.
    pub(crate) written: u32,
}

/// `SO_MEMINFO` of any socket.
pub(crate) fn memory(socket: BorrowedFd<'_>) -> Option<Memory> {
    const SO_MEMINFO: c_int = 55;
    let [received, receive_buffer, written, send_buffer, ..] = get::<[u32; 9]>(socket, libc::SOL_SOCKET, SO_MEMINFO)?;
    Some(Memory { received, receive_buffer, send_buffer, written })
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
