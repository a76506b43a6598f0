//! What a child does between fork and exec to become a sandbox's outer process.

use std::io;
use std::os::fd::RawFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

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
    /// Descriptors that stay open; every other one of the engine's is close-on-exec.
    pub(crate) keep: Vec<RawFd>,
}

/// Makes `command` do all of it: groups, a new session whose terminal is standard input, limits, descriptors,
/// identity.
pub(crate) fn prepare(command: &mut Command, before: Before) {
    // SAFETY: system calls only, no allocation, no lock: signal-safety(7) is kept.
    unsafe {
        command.pre_exec(move || {
            for &group in &before.join {
                if libc::write(group, c"0".as_ptr().cast(), 1) != 1 {
                    return Err(io::Error::last_os_error());
                }
            }
            // Ignored signals stay ignored through exec(2): an engine that was started in the background of a shell
            // would have its learners' programs deaf to Ctrl-C.
            for signal in 1..=LAST_SIGNAL {
                libc::signal(signal, libc::SIG_DFL); // KILL and STOP can't be set, and need not be
            }
            check(libc::setsid())?;
            check(libc::ioctl(0, libc::TIOCSCTTY, 0))?;
            // What the engine itself inherited, from a shell or a service manager, may lack the flag.
            close_on_exec()?;
            for &(resource, soft, hard) in &before.rlimits {
                let limit = libc::rlimit { rlim_cur: soft, rlim_max: hard };
                check(libc::setrlimit(resource, &raw const limit))?;
            }
            for &fd in &before.keep {
                check(libc::fcntl(fd, libc::F_SETFD, 0))?;
            }
            if let Some(uid) = before.become_uid {
                check(libc::setgroups(0, std::ptr::null()))?;
                check(libc::setresgid(uid, uid, uid))?;
                check(libc::setresuid(uid, uid, uid))?;
            }
            // After a change of identity the parent-death signal is cleared, so it is set last. bwrap sets its own
            // for what is inside.
            check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))?;
            Ok(())
        });
    }
}

/// Marks everything but standard input, output and error.
fn close_on_exec() -> io::Result<()> {
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

fn check(result: i32) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
