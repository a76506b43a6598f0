//! Which system calls a learner's program is stopped at, and which it can't make: data, with a reason each.

use libc::{ENOSYS, EPERM, c_long};
use trace::syscall::Syscall;

/// Calls that the tracer sees: number in this machine's table, and what it is to a trace.
pub(crate) const TRACED: &[(c_long, Syscall)] = &[
    (libc::SYS_socket, Syscall::Socket),
    (libc::SYS_socketpair, Syscall::Socketpair),
    (libc::SYS_bind, Syscall::Bind),
    (libc::SYS_listen, Syscall::Listen),
    (libc::SYS_accept, Syscall::Accept),
    (libc::SYS_accept4, Syscall::Accept4),
    (libc::SYS_connect, Syscall::Connect),
    (libc::SYS_getsockname, Syscall::Getsockname),
    (libc::SYS_getpeername, Syscall::Getpeername),
    (libc::SYS_sendto, Syscall::Sendto),
    (libc::SYS_recvfrom, Syscall::Recvfrom),
    (libc::SYS_sendmsg, Syscall::Sendmsg),
    (libc::SYS_recvmsg, Syscall::Recvmsg),
    (libc::SYS_sendmmsg, Syscall::Sendmmsg),
    (libc::SYS_recvmmsg, Syscall::Recvmmsg),
    (libc::SYS_shutdown, Syscall::Shutdown),
    (libc::SYS_setsockopt, Syscall::Setsockopt),
    (libc::SYS_getsockopt, Syscall::Getsockopt),
    (libc::SYS_read, Syscall::Read),
    (libc::SYS_write, Syscall::Write),
    (libc::SYS_readv, Syscall::Readv),
    (libc::SYS_writev, Syscall::Writev),
    (libc::SYS_preadv2, Syscall::Preadv2),
    (libc::SYS_pwritev2, Syscall::Pwritev2),
    (libc::SYS_sendfile, Syscall::Sendfile),
    (libc::SYS_close, Syscall::Close),
    (libc::SYS_close_range, Syscall::CloseRange),
    (libc::SYS_dup, Syscall::Dup),
    (libc::SYS_dup3, Syscall::Dup3),
    (libc::SYS_fcntl, Syscall::Fcntl),
    (libc::SYS_ioctl, Syscall::Ioctl),
    (libc::SYS_pselect6, Syscall::Pselect6),
    (libc::SYS_ppoll, Syscall::Ppoll),
    (libc::SYS_epoll_create1, Syscall::EpollCreate1),
    (libc::SYS_epoll_ctl, Syscall::EpollCtl),
    (libc::SYS_epoll_pwait, Syscall::EpollPwait),
    (libc::SYS_epoll_pwait2, Syscall::EpollPwait2),
    (libc::SYS_unlinkat, Syscall::Unlinkat),
    (libc::SYS_restart_syscall, Syscall::RestartSyscall),
    // The older forms, which aarch64 never had.
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_dup2, Syscall::Dup2),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_select, Syscall::Select),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_poll, Syscall::Poll),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_epoll_create, Syscall::EpollCreate),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_epoll_wait, Syscall::EpollWait),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_unlink, Syscall::Unlink),
];

/// Calls that make descriptors of which a trace says nothing: they are looked at only to notice that there is no room
/// for one more. open(2) is not among them, since an interpreter opens a thousand files before it begins.
pub(crate) const MAKERS: &[c_long] = &[
    libc::SYS_pipe2,
    libc::SYS_eventfd2,
    libc::SYS_timerfd_create,
    libc::SYS_signalfd4,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_pipe,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_eventfd,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_signalfd,
];

/// A system call that a learner's program can't make.
#[derive(Clone, Copy, Debug)]
pub struct Refused {
    /// Its number in this machine's table.
    pub call: c_long,
    /// What its arguments must be for it to be refused: all of this. Nothing: it always is.
    pub given: &'static [Given],
    /// What the program is told.
    pub errno: i32,
    /// Why it is refused.
    pub why: &'static str,
}

/// A condition on one argument, of which the lower 32 bits count: the kernel takes these arguments as ints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// This argument is this.
    Is(u8, u32),
    /// This argument is not this.
    IsNot(u8, u32),
    /// This argument is less than this.
    Below(u8, u32),
    /// This argument has this bit.
    Has(u8, u32),
    /// This argument has not this bit.
    HasNot(u8, u32),
}

impl Given {
    /// The argument's index.
    pub const fn argument(self) -> u8 {
        let (Self::Is(argument, _)
        | Self::IsNot(argument, _)
        | Self::Below(argument, _)
        | Self::Has(argument, _)
        | Self::HasNot(argument, _)) = self;
        argument
    }

    /// Whether it holds for an argument.
    pub const fn holds(self, value: u32) -> bool {
        match self {
            Self::Is(_, wanted) => value == wanted,
            Self::IsNot(_, unwanted) => value != unwanted,
            Self::Below(_, limit) => value < limit,
            Self::Has(_, bit) => value & bit != 0,
            Self::HasNot(_, bit) => value & bit == 0,
        }
    }
}

/// The last call that this policy has looked at, mseal(2) of Linux 6.10; the numbers are the same everywhere. Newer
/// ones are unknown to programs (`ENOSYS`), as on an older kernel, until somebody has thought about them. On x86-64
/// this takes in the x32 table as well, whose numbers have bit 30.
pub const NEWEST: u32 = 462;

const fn always(call: c_long, errno: i32, why: &'static str) -> Refused {
    Refused { call, given: &[], errno, why }
}

const fn where_(call: c_long, given: &'static [Given], errno: i32, why: &'static str) -> Refused {
    Refused { call, given, errno, why }
}

const fn flag(flag: libc::c_int) -> u32 {
    flag.cast_unsigned()
}

/// Calls that fail, each with the reason.
pub const REFUSED: &[Refused] = &[
    always(libc::SYS_io_uring_setup, EPERM, "its operations slip past the tracer, and past any filter on calls"),
    always(libc::SYS_io_uring_enter, EPERM, "goes with io_uring_setup"),
    always(libc::SYS_io_uring_register, EPERM, "goes with io_uring_setup"),
    always(libc::SYS_ptrace, EPERM, "a tracee's tracer could hide its calls; also a wide kernel surface"),
    always(libc::SYS_process_vm_readv, EPERM, "no program needs another's memory"),
    always(libc::SYS_process_vm_writev, EPERM, "no program needs another's memory"),
    always(libc::SYS_pidfd_getfd, EPERM, "no program needs another's descriptors"),
    always(libc::SYS_kcmp, EPERM, "tells of kernel addresses' order"),
    always(
        libc::SYS_seccomp,
        EPERM,
        "a filter of its own could hide calls from the tracer: RET_ERRNO outranks RET_TRACE",
    ),
    always(libc::SYS_unshare, EPERM, "no namespaces of its own"),
    always(libc::SYS_setns, EPERM, "no namespaces of others"),
    always(libc::SYS_mount, EPERM, "the file system is as it was made"),
    always(libc::SYS_umount2, EPERM, "the file system is as it was made"),
    always(libc::SYS_pivot_root, EPERM, "the file system is as it was made"),
    always(libc::SYS_chroot, EPERM, "the file system is as it was made"),
    always(libc::SYS_open_tree, EPERM, "mount(2) by another name"),
    always(libc::SYS_move_mount, EPERM, "mount(2) by another name"),
    always(libc::SYS_fsopen, EPERM, "mount(2) by another name"),
    always(libc::SYS_fsconfig, EPERM, "mount(2) by another name"),
    always(libc::SYS_fsmount, EPERM, "mount(2) by another name"),
    always(libc::SYS_fspick, EPERM, "mount(2) by another name"),
    always(libc::SYS_mount_setattr, EPERM, "mount(2) by another name"),
    always(libc::SYS_bpf, EPERM, "kernel surface that no lesson needs"),
    always(libc::SYS_perf_event_open, EPERM, "kernel surface that no lesson needs"),
    always(libc::SYS_userfaultfd, EPERM, "makes the tracer's reads of memory wait for the program"),
    always(libc::SYS_keyctl, EPERM, "keys belong to the user, across sandboxes"),
    always(libc::SYS_add_key, EPERM, "keys belong to the user, across sandboxes"),
    always(libc::SYS_request_key, EPERM, "keys belong to the user, across sandboxes"),
    always(libc::SYS_init_module, EPERM, "kernel modules"),
    always(libc::SYS_finit_module, EPERM, "kernel modules"),
    always(libc::SYS_delete_module, EPERM, "kernel modules"),
    always(libc::SYS_kexec_load, EPERM, "another kernel"),
    always(libc::SYS_kexec_file_load, EPERM, "another kernel"),
    always(libc::SYS_reboot, EPERM, "ends the machine"),
    always(libc::SYS_swapon, EPERM, "the machine's memory"),
    always(libc::SYS_swapoff, EPERM, "the machine's memory"),
    always(libc::SYS_quotactl, EPERM, "the machine's disks"),
    always(libc::SYS_acct, EPERM, "the machine's records"),
    always(libc::SYS_syslog, EPERM, "the kernel's messages tell of other runs"),
    always(libc::SYS_settimeofday, EPERM, "the machine's clock"),
    always(libc::SYS_clock_settime, EPERM, "the machine's clock"),
    always(libc::SYS_adjtimex, EPERM, "the machine's clock"),
    always(libc::SYS_clock_adjtime, EPERM, "the machine's clock"),
    always(libc::SYS_open_by_handle_at, EPERM, "reaches files around the mount namespace"),
    always(libc::SYS_name_to_handle_at, EPERM, "goes with open_by_handle_at"),
    always(libc::SYS_fanotify_init, EPERM, "watches files of the whole mount"),
    always(libc::SYS_lookup_dcookie, EPERM, "kernel addresses"),
    always(libc::SYS_vhangup, EPERM, "terminals"),
    always(libc::SYS_nfsservctl, EPERM, "long gone, and never needed"),
    always(libc::SYS_personality, EPERM, "switches protections of memory off"),
    always(libc::SYS_memfd_secret, EPERM, "memory that the tracer could not read"),
    always(libc::SYS_quotactl_fd, EPERM, "the machine's disks"),
    always(libc::SYS_inotify_init1, EPERM, "tells when another run opens a program of the system's"),
    // What the limits of a process don't count.
    always(libc::SYS_memfd_create, EPERM, "files in memory without a size; /dev/shm has one"),
    always(libc::SYS_shmget, EPERM, "memory that outlives its processes, and counts for none of them"),
    always(libc::SYS_msgget, EPERM, "memory of the kernel's that counts for no process"),
    always(libc::SYS_semget, EPERM, "memory of the kernel's that counts for no process"),
    // What would move bytes in and out of sockets unseen.
    always(libc::SYS_io_setup, ENOSYS, "its operations slip past the tracer"),
    always(libc::SYS_io_submit, ENOSYS, "goes with io_setup"),
    always(libc::SYS_splice, ENOSYS, "moves bytes between sockets and pipes, unknown to the trace"),
    always(libc::SYS_tee, ENOSYS, "goes with splice"),
    always(libc::SYS_vmsplice, ENOSYS, "goes with splice"),
    // Namespaces. clone3 hides its flags from filters; ENOSYS makes libc fall back to clone.
    always(libc::SYS_clone3, ENOSYS, "no namespaces of its own"),
    where_(libc::SYS_clone, &[Given::Has(0, flag(libc::CLONE_NEWNS))], EPERM, "no namespaces of its own"),
    where_(libc::SYS_clone, &[Given::Has(0, flag(libc::CLONE_NEWUTS))], EPERM, "no namespaces of its own"),
    where_(libc::SYS_clone, &[Given::Has(0, flag(libc::CLONE_NEWIPC))], EPERM, "no namespaces of its own"),
    where_(libc::SYS_clone, &[Given::Has(0, flag(libc::CLONE_NEWUSER))], EPERM, "no namespaces of its own"),
    where_(libc::SYS_clone, &[Given::Has(0, flag(libc::CLONE_NEWPID))], EPERM, "no namespaces of its own"),
    where_(libc::SYS_clone, &[Given::Has(0, flag(libc::CLONE_NEWNET))], EPERM, "no namespaces of its own"),
    where_(libc::SYS_clone, &[Given::Has(0, flag(libc::CLONE_NEWCGROUP))], EPERM, "no namespaces of its own"),
    where_(
        libc::SYS_clone,
        &[
            Given::Has(0, flag(libc::CLONE_VM)),
            Given::HasNot(0, flag(libc::CLONE_THREAD)),
            Given::HasNot(0, flag(libc::CLONE_VFORK)),
        ],
        EPERM,
        "two processes in one memory, of which one could change what the engine reads of the other",
    ),
    where_(
        libc::SYS_clone,
        &[Given::Has(0, flag(libc::CLONE_FILES)), Given::HasNot(0, flag(libc::CLONE_THREAD))],
        EPERM,
        "two processes with one table of descriptors: what one of them closes would be open to the trace in the other",
    ),
    where_(
        libc::SYS_close_range,
        &[Given::Has(2, libc::CLOSE_RANGE_UNSHARE)],
        EPERM,
        "two threads with a table of descriptors each: the trace knows one a process",
    ),
    where_(libc::SYS_prctl, &[Given::Is(0, flag(libc::PR_SET_SECCOMP))], EPERM, "seccomp(2) by another name"),
    where_(libc::SYS_ioctl, &[Given::Is(1, TIOCSTI)], EPERM, "types into a terminal on the learner's behalf"),
    where_(libc::SYS_ioctl, &[Given::Is(1, TIOCLINUX)], EPERM, "types into a terminal on the learner's behalf"),
    // A family that no machine has (99, say) still reaches the kernel, and so the trace: that is a learner's mistake.
    where_(
        libc::SYS_socket,
        &[
            Given::IsNot(0, flag(libc::AF_UNSPEC)),
            Given::IsNot(0, flag(libc::AF_UNIX)),
            Given::IsNot(0, flag(libc::AF_INET)),
            Given::IsNot(0, flag(libc::AF_INET6)),
            Given::IsNot(0, flag(libc::AF_NETLINK)),
            Given::IsNot(0, flag(libc::AF_PACKET)),
            Given::Below(0, 64),
        ],
        libc::EAFNOSUPPORT,
        "not every family keeps to network namespaces (vsock reaches the machine's own host), and all are kernel surface",
    ),
    where_(
        libc::SYS_socket,
        &[
            Given::Is(0, flag(libc::AF_NETLINK)),
            Given::IsNot(2, flag(libc::NETLINK_ROUTE)),
            Given::IsNot(2, flag(libc::NETLINK_SOCK_DIAG)),
        ],
        libc::EPROTONOSUPPORT,
        "names, routes and sockets are what programs ask netlink for; the rest is kernel surface",
    ),
    // The older forms, which aarch64 never had.
    #[cfg(target_arch = "x86_64")]
    always(libc::SYS_inotify_init, EPERM, "tells when another run opens a program of the system's"),
    #[cfg(target_arch = "x86_64")]
    always(libc::SYS_iopl, EPERM, "the machine's ports"),
    #[cfg(target_arch = "x86_64")]
    always(libc::SYS_ioperm, EPERM, "the machine's ports"),
    #[cfg(target_arch = "x86_64")]
    always(libc::SYS_modify_ldt, EPERM, "opens the way to 32-bit code"),
    #[cfg(target_arch = "x86_64")]
    always(libc::SYS_uselib, EPERM, "long gone, and never needed"),
];

const TIOCSTI: u32 = 0x5412;
const TIOCLINUX: u32 = 0x541c;

/// The traced call with this number.
pub(crate) fn traced(number: u64) -> Option<Syscall> {
    // Sorted once: the tracer asks at every stop.
    static BY_NUMBER: std::sync::OnceLock<Vec<Option<Syscall>>> = std::sync::OnceLock::new();
    let table = BY_NUMBER.get_or_init(|| {
        let mut table = Vec::new();
        for &(number, syscall) in TRACED {
            let number = usize::try_from(number).expect("system calls have small numbers");
            if table.len() <= number {
                table.resize(number + 1, None);
            }
            table[number] = Some(syscall);
        }
        table
    });
    usize::try_from(number).ok().and_then(|number| table.get(number).copied().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_call_is_listed_twice() {
        let refused = REFUSED.iter().filter(|refused| refused.given.is_empty()).map(|refused| refused.call);
        let all: Vec<_> = TRACED.iter().map(|(n, _)| *n).chain(MAKERS.iter().copied()).chain(refused).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn the_newest_call_is_not_older_than_any_listed() {
        let all = TRACED.iter().map(|(n, _)| *n).chain(REFUSED.iter().map(|refused| refused.call));
        assert!(all.max().unwrap() <= NEWEST.into());
    }

    #[test]
    fn every_call_that_a_trace_knows_is_traced() {
        let traced: BTreeSet<_> = TRACED.iter().map(|(_, syscall)| *syscall).collect();
        #[cfg(target_arch = "x86_64")]
        assert_eq!(traced, Syscall::ALL.iter().copied().collect());
        assert!(traced.contains(&Syscall::Accept4));
    }

    #[test]
    fn a_number_finds_its_call() {
        assert_eq!(traced(libc::SYS_connect as u64), Some(Syscall::Connect));
        assert_eq!(traced(libc::SYS_getpid as u64), None);
        assert_eq!(traced(u64::MAX), None);
    }
}
