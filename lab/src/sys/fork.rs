//! fork(2) for a child that does a few system calls and leaves.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use super::ptrace::Tid;

/// Forks; the child runs `work` and leaves with its result as exit code, without running any destructor.
///
/// The engine has many threads, of which the child has only one: `work` must not allocate, lock or panic
/// (signal-safety(7)). System calls by rustix or libc are fine.
pub(crate) fn fork(work: impl FnOnce() -> u8) -> io::Result<Tid> {
    // SAFETY: the child calls nothing but `work`, which keeps to signal-safety(7), and _exit(2).
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            let code = work();
            // SAFETY: ends this process at once.
            unsafe { libc::_exit(i32::from(code)) }
        }
        child => Ok(child),
    }
}

/// Waits for a child of [`fork`] to end; returns the status that wait(2) tells.
pub(crate) fn join(child: Tid) -> io::Result<i32> {
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    if unsafe { libc::waitpid(child, &raw mut status, libc::__WALL) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(status)
}

/// Does a system call in a child that is this user; 0 or an errno is told back.
pub(crate) fn as_user(uid: u32, call: impl FnOnce() -> i32) -> io::Result<()> {
    let child = fork(|| {
        // SAFETY: system calls that take no pointers but null.
        let changed = unsafe {
            libc::setgroups(0, std::ptr::null()) != -1
                && libc::setresgid(uid, uid, uid) != -1
                && libc::setresuid(uid, uid, uid) != -1
        };
        u8::try_from(if changed { call() } else { errno() }).unwrap_or(u8::MAX)
    })?;
    match libc::WEXITSTATUS(join(child)?) {
        0 => Ok(()),
        errno => Err(io::Error::from_raw_os_error(errno)),
    }
}

/// Joins the namespace behind a `/proc/PID/ns/*` descriptor, whatever its kind.
pub(crate) fn setns(namespace: &impl AsRawFd) -> Result<(), i32> {
    // SAFETY: takes a descriptor and no pointers.
    if unsafe { libc::setns(namespace.as_raw_fd(), 0) } == -1 { Err(errno()) } else { Ok(()) }
}

/// The errno of the call before.
pub(crate) fn errno() -> i32 {
    // SAFETY: the location is this thread's own.
    unsafe { *libc::__errno_location() }
}

/// The user namespace that owns a namespace (`NS_GET_USERNS`, ioctl_ns(2)).
pub(crate) fn owning_user_namespace(namespace: &impl AsRawFd) -> io::Result<OwnedFd> {
    const NS_GET_USERNS: libc::c_ulong = 0xb701;
    // SAFETY: the request takes no argument.
    match unsafe { libc::ioctl(namespace.as_raw_fd(), NS_GET_USERNS) } {
        -1 => Err(io::Error::last_os_error()),
        // SAFETY: the kernel has just made this descriptor for us; nobody else knows it.
        fd => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
    }
}
