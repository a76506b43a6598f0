//! ptrace(2) and the wait that belongs to it.
//!
//! Every request must come from the thread that seized the tracee; that is why [`Tracee`]s never leave their tracer
//! thread.

use std::io;

use libc::{c_int, c_long, c_uint, c_void, pid_t};

/// A kernel task by its number in the engine's pid namespace.
pub(crate) type Tid = pid_t;

/// What wait(2) told of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// It ended by exit(2).
    Exited(i32),
    /// It was ended by a signal.
    Signaled(i32),
    /// A seccomp filter returned `RET_TRACE`: it stands at the entry of a system call.
    Entry,
    /// It stands at the exit of a system call that was resumed with [`Resume::ToSyscallExit`].
    SyscallStop,
    /// It made another task (fork, vfork or clone).
    Made,
    /// It made a process that runs in its memory, until that executes another program (vfork).
    Lent,
    /// It executed another program.
    Executed,
    /// Its first stop after it was seized by inheritance, or a group-stop by this signal.
    EventStop(i32),
    /// A signal is about to be delivered to it.
    Signal(i32),
    /// Another ptrace event.
    Other,
}

/// How a stopped task goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resume {
    /// Until something traced happens.
    Free,
    /// The same, and stop at the exit of the present system call.
    ToSyscallExit,
    /// Stay in the group-stop but notice when it ends (`PTRACE_LISTEN`).
    Listen,
}

/// A system call that has returned, from `PTRACE_GET_SYSCALL_INFO`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SyscallExit {
    /// The raw return value; a negative errno where `is_error`.
    pub(crate) value: i64,
    /// Whether it is an error.
    pub(crate) is_error: bool,
}

/// A system call that is about to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SyscallEntry {
    /// `AUDIT_ARCH_*`: tells a 32-bit call from a 64-bit one.
    pub(crate) arch: u32,
    /// Its number in that architecture's table.
    pub(crate) number: u64,
    /// Its six arguments.
    pub(crate) args: [u64; 6],
}

fn request(request: c_uint, tid: Tid, addr: usize, data: usize) -> io::Result<c_long> {
    // SAFETY: the callers below pass addr and data that fit the request; nothing is written outside of them.
    let result = unsafe { libc::ptrace(request, tid, addr as *mut c_void, data as *mut c_void) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// Begins to trace a task without stopping it. Its children will be traced as well, and all of them are killed when
/// the tracer thread ends (`PTRACE_O_EXITKILL`).
pub(crate) fn seize(tid: Tid) -> io::Result<()> {
    let options = libc::PTRACE_O_TRACESECCOMP
        | libc::PTRACE_O_TRACECLONE
        | libc::PTRACE_O_TRACEFORK
        | libc::PTRACE_O_TRACEVFORK
        | libc::PTRACE_O_TRACEEXEC
        | libc::PTRACE_O_TRACESYSGOOD
        | libc::PTRACE_O_EXITKILL;
    let options = usize::try_from(options).expect("a set of positive flags");
    request(libc::PTRACE_SEIZE, tid, 0, options).map(drop)
}

/// Lets a stopped task go on, delivering `signal` to it unless that is 0.
pub(crate) fn resume(tid: Tid, how: Resume, signal: i32) -> io::Result<()> {
    let how = match how {
        Resume::Free => libc::PTRACE_CONT,
        Resume::ToSyscallExit => libc::PTRACE_SYSCALL,
        Resume::Listen => libc::PTRACE_LISTEN,
    };
    request(how, tid, 0, usize::try_from(signal).unwrap_or(0)).map(drop)
}

/// The number that belongs to a [`Wait::Made`], [`Wait::Lent`] or [`Wait::Executed`] stop: the new task, or the task's former number.
pub(crate) fn event_message(tid: Tid) -> io::Result<Tid> {
    let mut message: libc::c_ulong = 0;
    request(libc::PTRACE_GETEVENTMSG, tid, 0, &raw mut message as usize)?;
    Tid::try_from(message).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Who sent a signal, by sigaction(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SignalInfo {
    /// `si_code`.
    pub(crate) code: c_int,
    /// `si_pid`, in the receiver's pid namespace; means something for some codes only.
    pub(crate) pid: pid_t,
}

/// What there is to know of the signal at whose delivery the task stands.
pub(crate) fn signal_info(tid: Tid) -> io::Result<SignalInfo> {
    // SAFETY: all-zero bytes are a valid value of this plain C struct.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    request(libc::PTRACE_GETSIGINFO, tid, 0, &raw mut info as usize)?;
    // SAFETY: the member lies within the struct, all of whose bytes are there; the code says what it means.
    let pid = unsafe { info.si_pid() };
    Ok(SignalInfo { code: info.si_code, pid })
}

/// A stopped task's registers by their DWARF numbers, the program counter as number 16: System V ABI, figure 3.36.
#[cfg(target_arch = "x86_64")]
pub(crate) fn registers(tid: Tid) -> io::Result<[u64; 17]> {
    // SAFETY: all-zero bytes are a valid value of this plain C struct.
    let mut r: libc::user_regs_struct = unsafe { std::mem::zeroed() };
    request(libc::PTRACE_GETREGS, tid, 0, &raw mut r as usize)?;
    Ok([
        r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8, r.r9, r.r10, r.r11, r.r12, r.r13, r.r14, r.r15,
        r.rip,
    ])
}

fn syscall_info(tid: Tid) -> io::Result<libc::ptrace_syscall_info> {
    // SAFETY: all-zero bytes are a valid value of this plain C struct.
    let mut info: libc::ptrace_syscall_info = unsafe { std::mem::zeroed() };
    request(libc::PTRACE_GET_SYSCALL_INFO, tid, size_of_val(&info), &raw mut info as usize)?;
    Ok(info)
}

/// The call at whose entry the task stands.
pub(crate) fn syscall_entry(tid: Tid) -> io::Result<SyscallEntry> {
    let info = syscall_info(tid)?;
    if info.op != libc::PTRACE_SYSCALL_INFO_SECCOMP {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // SAFETY: `op` says that the kernel filled in this member of the union.
    let entry = unsafe { info.u.seccomp };
    Ok(SyscallEntry { arch: info.arch, number: entry.nr, args: entry.args })
}

/// The result of the call at whose exit the task stands.
pub(crate) fn syscall_exit(tid: Tid) -> io::Result<SyscallExit> {
    let info = syscall_info(tid)?;
    if info.op != libc::PTRACE_SYSCALL_INFO_EXIT {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // SAFETY: `op` says that the kernel filled in this member of the union.
    let exit = unsafe { info.u.exit };
    Ok(SyscallExit { value: exit.sval, is_error: exit.is_error != 0 })
}

/// Waits for the next child or tracee of this thread; `None` when there is none left.
pub(crate) fn wait_any() -> io::Result<Option<(Tid, Wait)>> {
    wait(0)
}

/// The next one of which there is something to tell already.
pub(crate) fn wait_no_longer() -> io::Result<Option<(Tid, Wait)>> {
    wait(libc::WNOHANG)
}

fn wait(options: c_int) -> io::Result<Option<(Tid, Wait)>> {
    loop {
        let mut status: c_int = 0;
        // SAFETY: `status` outlives the call.
        match unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL | libc::__WNOTHREAD | options) } {
            0 => return Ok(None),
            -1 => {}
            tid => return Ok(Some((tid, decode(status)))),
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::ECHILD) => return Ok(None),
            Some(libc::EINTR) => {}
            _ => return Err(error),
        }
    }
}

fn decode(status: c_int) -> Wait {
    if libc::WIFEXITED(status) {
        return Wait::Exited(libc::WEXITSTATUS(status));
    }
    if libc::WIFSIGNALED(status) {
        return Wait::Signaled(libc::WTERMSIG(status));
    }
    let signal = libc::WSTOPSIG(status);
    match status >> 16 {
        0 if signal == libc::SIGTRAP | 0x80 => Wait::SyscallStop,
        0 => Wait::Signal(signal),
        libc::PTRACE_EVENT_SECCOMP => Wait::Entry,
        libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_CLONE => Wait::Made,
        libc::PTRACE_EVENT_VFORK => Wait::Lent,
        libc::PTRACE_EVENT_EXEC => Wait::Executed,
        libc::PTRACE_EVENT_STOP => Wait::EventStop(signal),
        _ => Wait::Other,
    }
}
