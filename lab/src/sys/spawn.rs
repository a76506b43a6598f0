//! A program begun as a sandbox's outer process.

use std::cell::Cell;
use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::ptr;

use super::fork::{become_user, errno, join, vfork};
use super::ptrace::Tid;

/// The last of the kernel's signals, `_NSIG` in its headers.
const LAST_SIGNAL: i32 = 64;

/// A resource's number and its soft and hard limit, for setrlimit(2).
pub(crate) type Rlimit = (libc::__rlimit_resource_t, u64, u64);

/// What the child sets before it executes.
#[derive(Debug)]
pub(crate) struct Before {
    /// Files of control groups to join, by writing `0`: "the writer itself".
    pub(crate) join: Vec<RawFd>,
    /// User and group to become; `None` stays who the engine is.
    pub(crate) become_uid: Option<u32>,
    /// Its limits.
    pub(crate) rlimits: Vec<Rlimit>,
    /// Descriptors that stay open; every other one of the engine's is closed.
    pub(crate) keep: Vec<RawFd>,
}

/// Begins a program, with this terminal as its session's and as its input and output, and without an environment.
/// Returns its process; the error is that of the step that failed.
///
/// By vfork(2), which std's `Command` does not do where something is to be set before.
pub(crate) fn spawn(program: &CString, args: &[CString], terminal: &OwnedFd, before: &Before) -> io::Result<Tid> {
    let args: Vec<_> = args.iter().map(|arg| arg.as_ptr()).chain([ptr::null()]).collect();
    let environment = [ptr::null()];
    let failed = Cell::new(0);
    let child = vfork(0, || {
        if set(terminal, before).is_ok() {
            // SAFETY: the strings end with zeros and their lists with null; it returns only if it fails.
            unsafe { libc::execve(program.as_ptr(), args.as_ptr(), environment.as_ptr()) };
        }
        failed.set(errno());
        1
    })?;
    if failed.get() == 0 {
        return Ok(child);
    }
    join(child)?;
    Err(io::Error::from_raw_os_error(failed.get()))
}

/// Sets groups, a new session with its terminal, limits, descriptors, identity. The reason of a failure is in errno.
fn set(terminal: &OwnedFd, before: &Before) -> Result<(), Failed> {
    for &group in &before.join {
        // SAFETY: reads one byte of a constant.
        check(unsafe { libc::write(group, c"0".as_ptr().cast(), 1) } as i64)?;
    }
    // Ignored signals stay ignored through exec(2): an engine that was started in the background of a shell would have
    // its learners' programs deaf to Ctrl-C. What is blocked stays blocked as well.
    for signal in 1..=LAST_SIGNAL {
        // SAFETY: the child's handlers are its own. KILL and STOP can't be set, and need not be.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    for standard in 0..=2 {
        // SAFETY: takes no pointers.
        check(unsafe { libc::dup2(terminal.as_raw_fd(), standard) })?;
    }
    // SAFETY: none takes a pointer.
    unsafe {
        check(libc::setsid())?;
        check(libc::ioctl(0, libc::TIOCSCTTY, 0))?;
    }
    // What the engine itself inherited, from a shell or a service manager, may lack the flag.
    close_on_exec()?;
    for &(resource, soft, hard) in &before.rlimits {
        let limit = libc::rlimit { rlim_cur: soft, rlim_max: hard };
        // SAFETY: `limit` outlives the call.
        check(unsafe { libc::setrlimit(resource, &raw const limit) })?;
    }
    for &fd in &before.keep {
        // SAFETY: takes no pointers.
        check(unsafe { libc::fcntl(fd, libc::F_SETFD, 0) })?;
    }
    if let Some(uid) = before.become_uid {
        check(become_user(uid))?;
    }
    // After a change of identity the parent-death signal is cleared, so it is set last. bwrap sets its own for what is
    // inside.
    // SAFETY: the set outlives the calls; neither can be refused its memory.
    unsafe {
        check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))?;
        let mut none = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        check(libc::sigprocmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut()))
    }
}

/// A system call failed; errno says why.
struct Failed;

/// Marks everything but standard input, output and error.
fn close_on_exec() -> Result<(), Failed> {
    // SAFETY: takes no pointers.
    if unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) } == 0 {
        return Ok(());
    }
    // Before Linux 5.11: one by one.
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` outlives the call.
    check(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) })?;
    for fd in 3..i32::try_from(limit.rlim_cur).unwrap_or(i32::MAX) {
        // SAFETY: takes no pointers. One that is not open is no matter.
        unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    Ok(())
}

fn check(result: impl Into<i64>) -> Result<(), Failed> {
    if result.into() == -1 { Err(Failed) } else { Ok(()) }
}
