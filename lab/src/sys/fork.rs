//! Children that do a few system calls and leave.

use std::cell::Cell;
use std::ffi::c_void;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use super::ptrace::Tid;

/// The child's stack: room for a netlink message or two.
const STACK: usize = 64 << 10;

/// Runs `work` in a child, to its end; returns what it made, descriptors among it: they are the engine's as well.
///
/// See [`vfork`] for what it may do.
pub(crate) fn in_child<T>(work: impl Fn() -> T) -> io::Result<T> {
    let made = Cell::new(None);
    let child = vfork(libc::CLONE_FILES, || {
        made.set(Some(work()));
        0
    })?;
    join(child)?;
    made.into_inner().ok_or_else(|| io::Error::other("the child was ended before its work was"))
}

/// Begins a child that has run `work`, and left with its result as exit code or executed a program.
///
/// The child has the engine's memory, not a copy of it (vfork(2)): the page tables of an engine with a hundred runs take
/// a millisecond to copy, and a copy makes each of its threads fault at each page that it writes to next. The calling
/// thread stands still meanwhile, with all signals blocked in both. `work` must not lock or panic: it runs as nobody's
/// thread. System calls by rustix or libc are fine, but those that change the user: glibc would have all threads of the
/// engine do the same. Namespaces are the child's own, and so are descriptors, unless `shared` is `CLONE_FILES`: to copy
/// and close those of a hundred runs takes as long as what such a child is for.
pub(super) fn vfork<W: Fn() -> u8>(shared: i32, work: W) -> io::Result<Tid> {
    extern "C" fn begin<W: Fn() -> u8>(work: *mut c_void) -> i32 {
        // SAFETY: it is the `work` below, whose thread stands still until this child is gone.
        i32::from(unsafe { &*work.cast::<W>() }())
    }
    let mut stack = Box::<[u128]>::new_uninit_slice(STACK / size_of::<u128>());
    let top: *mut MaybeUninit<u128> = stack.as_mut_ptr_range().end;
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD | shared;
    // A signal's handler is to run where it belongs.
    let mask = block_signals();
    // SAFETY: the stack is aligned, grows down from its top and outlives the child, as `work` does: CLONE_VFORK. The
    // child ends by returning from `begin`.
    let child = unsafe { libc::clone(begin::<W>, top.cast(), flags, (&raw const work).cast_mut().cast()) };
    let error = io::Error::last_os_error();
    restore_signals(&mask);
    if child == -1 { Err(error) } else { Ok(child) }
}

/// Blocks every signal for the calling thread; returns what was blocked before.
fn block_signals() -> libc::sigset_t {
    let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
    // SAFETY: both sets outlive the calls, which fill them in and can't fail.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
        before.assume_init()
    }
}

/// Takes that back.
fn restore_signals(before: &libc::sigset_t) {
    // SAFETY: the set outlives the call, which can't fail.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before, std::ptr::null_mut()) };
}

/// Waits for a child to end; returns the status that wait(2) tells.
pub(crate) fn join(child: Tid) -> io::Result<i32> {
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    if unsafe { libc::waitpid(child, &raw mut status, libc::__WALL) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(status)
}

/// Does a system call in a child that is this user; 0 or an errno is told back.
pub(crate) fn as_user(uid: u32, call: impl Fn() -> i32) -> io::Result<()> {
    match in_child(|| if become_user(uid) == -1 { errno() } else { call() })? {
        0 => Ok(()),
        errno => Err(io::Error::from_raw_os_error(errno)),
    }
}

/// Becomes this user and group, in a child of [`vfork`] only; -1 if it may not.
///
/// By the system calls themselves: the C library's functions of these names change every thread of a process. The
/// memory, which is the engine's, gets undumpable by it (`PR_SET_DUMPABLE`, prctl(2)): nobody of that user can look in.
pub(super) fn become_user(uid: u32) -> i64 {
    // SAFETY: no pointers but null, for an empty list.
    unsafe {
        let done = libc::syscall(libc::SYS_setgroups, 0, std::ptr::null::<libc::gid_t>()) != -1
            && libc::syscall(libc::SYS_setresgid, uid, uid, uid) != -1
            && libc::syscall(libc::SYS_setresuid, uid, uid, uid) != -1;
        if done { 0 } else { -1 }
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
