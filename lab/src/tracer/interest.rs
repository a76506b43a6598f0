//! Which calls belong into the trace, by what they are made on, and what each kind of them can change.

use trace::id::{HostId, SocketId};
use trace::syscall::Syscall;

use super::decode::Raw;
use super::task::{self, Process};
use crate::kernel::Kernel;
use crate::sys::ptrace::Tid;

/// Whether a call belongs into the trace.
pub(super) enum Interest {
    /// It does; with the socket that it is made on, if it is made on one.
    Told(Option<SocketId>),
    /// It does not.
    Untold,
}

/// Decides it.
///
/// read(2), close(2) and their like are mostly made on files, of which nobody asked. Reading the terminal is told,
/// since it is what a program waits for most of the time.
pub(super) fn interest(kernel: &Kernel, host: HostId, tgid: Tid, process: &mut Process, raw: &Raw) -> Interest {
    let fd = raw.int(0);
    if raw.syscall == Syscall::CloseRange {
        let mut sockets = process.may_hold_sockets.then(|| open_descriptors(tgid, raw)).into_iter().flatten();
        let first = sockets.find_map(|fd| kernel.identify(host, tgid, fd));
        return first.map_or(Interest::Untold, |socket| Interest::Told(Some(socket)));
    }
    if !takes_descriptor(raw.syscall) {
        process.may_hold_sockets |= matches!(raw.syscall, Syscall::Socket | Syscall::Socketpair);
        return Interest::Told(None);
    }
    let socket = if process.may_hold_sockets { kernel.identify(host, tgid, fd) } else { None };
    if socket.is_some() || is_for_sockets_only(raw.syscall) {
        return Interest::Told(socket);
    }
    // It closes a socket by putting a file in its place.
    let replaces = matches!(raw.syscall, Syscall::Dup2 | Syscall::Dup3) && process.may_hold_sockets;
    if replaces && kernel.identify(host, tgid, raw.int(1)).is_some() {
        return Interest::Told(None);
    }
    let terminal = raw.syscall == Syscall::Read && fd == 0 && task::reads_terminal(tgid);
    if terminal { Interest::Told(None) } else { Interest::Untold }
}

/// Has the kernel's observer forget the descriptors that a call closes.
pub(super) fn forget(kernel: &Kernel, host: HostId, process: Tid, raw: &Raw) {
    match raw.syscall {
        Syscall::Close => kernel.forget(host, process, raw.int(0)),
        Syscall::Dup2 | Syscall::Dup3 => kernel.forget(host, process, raw.int(1)),
        Syscall::CloseRange => kernel.forget_all(host, process),
        _ => {}
    }
}

/// The open descriptors that a close_range(2) closes.
fn open_descriptors(tgid: Tid, raw: &Raw) -> impl Iterator<Item = i32> {
    let range = raw.int(0).cast_unsigned()..=raw.int(1).cast_unsigned();
    let open = std::fs::read_dir(format!("/proc/{tgid}/fd")).into_iter().flatten().flatten();
    let number = |entry: std::fs::DirEntry| entry.file_name().to_str()?.parse::<i32>().ok();
    open.filter_map(number).filter(move |fd| range.contains(&fd.cast_unsigned()))
}

/// Whether the first argument is the descriptor that the call is about.
pub(super) fn takes_descriptor(syscall: Syscall) -> bool {
    use Syscall as S;
    let other = matches!(
        syscall,
        S::Socket
            | S::Socketpair
            | S::Unlink
            | S::Unlinkat
            | S::EpollCtl
            | S::EpollCreate
            | S::EpollCreate1
            | S::CloseRange
            | S::RestartSyscall
    );
    !other && !syscall.waits_for_readiness()
}

/// Whether the call fails on anything but a socket (`ENOTSOCK`), which is worth telling.
fn is_for_sockets_only(syscall: Syscall) -> bool {
    use Syscall as S;
    !matches!(
        syscall,
        S::Read
            | S::Write
            | S::Readv
            | S::Writev
            | S::Preadv2
            | S::Pwritev2
            | S::Sendfile
            | S::Close
            | S::Dup
            | S::Dup2
            | S::Dup3
            | S::Fcntl
            | S::Ioctl
    )
}

/// Whether the call neither makes nor ends a socket, whatever becomes of it. Messages can have descriptors with them.
pub(super) fn only_moves_data(syscall: Syscall) -> bool {
    use Syscall as S;
    let has_control = matches!(syscall, S::Sendmsg | S::Recvmsg | S::Sendmmsg | S::Recvmmsg);
    (syscall.sends() || syscall.receives()) && !has_control || syscall.waits_for_readiness()
}

/// Whether the call's result is a new descriptor.
pub(super) fn makes_descriptor(raw: &Raw, syscall: Syscall) -> bool {
    match syscall {
        Syscall::Socket | Syscall::Accept | Syscall::Accept4 | Syscall::Dup | Syscall::Dup2 | Syscall::Dup3 => true,
        Syscall::Fcntl => matches!(raw.int(1), libc::F_DUPFD | libc::F_DUPFD_CLOEXEC),
        _ => false,
    }
}
