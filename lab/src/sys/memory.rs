//! Another process's memory, by process_vm_readv(2).

use std::io;

use super::ptrace::Tid;

/// Copies bytes at `addr` of a task into `into`; returns how many could be read before the first unreadable page.
pub(crate) fn read(tid: Tid, addr: u64, into: &mut [u8]) -> io::Result<usize> {
    let local = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
    let remote = libc::iovec { iov_base: addr as *mut libc::c_void, iov_len: into.len() };
    // SAFETY: `local` describes `into`, which is exclusively ours; `remote` is only read, in the other process.
    let read = unsafe { libc::process_vm_readv(tid, &raw const local, 1, &raw const remote, 1, 0) };
    usize::try_from(read).map_err(|_| io::Error::last_os_error())
}
