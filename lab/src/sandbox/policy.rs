//! Which system calls a learner's program is stopped at, and which it can't make: data, with a reason each.

use libc::c_long;
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

/// Calls that fail with `EPERM`, each with the reason.
pub(crate) const DENIED: &[(c_long, &str)] = &[
    (libc::SYS_io_uring_setup, "its operations slip past the tracer, and past any filter on calls"),
    (libc::SYS_io_uring_enter, "goes with io_uring_setup"),
    (libc::SYS_io_uring_register, "goes with io_uring_setup"),
    (libc::SYS_ptrace, "a tracee's tracer could hide its calls; also a wide kernel surface"),
    (libc::SYS_process_vm_readv, "no program needs another's memory"),
    (libc::SYS_process_vm_writev, "no program needs another's memory"),
    (libc::SYS_pidfd_getfd, "no program needs another's descriptors"),
    (libc::SYS_kcmp, "tells of kernel addresses' order"),
    (libc::SYS_seccomp, "a filter of its own could hide calls from the tracer: RET_ERRNO outranks RET_TRACE"),
    (libc::SYS_unshare, "no namespaces of its own"),
    (libc::SYS_setns, "no namespaces of others"),
    (libc::SYS_mount, "the file system is as it was made"),
    (libc::SYS_umount2, "the file system is as it was made"),
    (libc::SYS_pivot_root, "the file system is as it was made"),
    (libc::SYS_chroot, "the file system is as it was made"),
    (libc::SYS_open_tree, "mount(2) by another name"),
    (libc::SYS_move_mount, "mount(2) by another name"),
    (libc::SYS_fsopen, "mount(2) by another name"),
    (libc::SYS_fsconfig, "mount(2) by another name"),
    (libc::SYS_fsmount, "mount(2) by another name"),
    (libc::SYS_fspick, "mount(2) by another name"),
    (libc::SYS_mount_setattr, "mount(2) by another name"),
    (libc::SYS_bpf, "kernel surface that no lesson needs"),
    (libc::SYS_perf_event_open, "kernel surface that no lesson needs"),
    (libc::SYS_userfaultfd, "makes the tracer's reads of memory wait for the program"),
    (libc::SYS_keyctl, "keys belong to the user, across sandboxes"),
    (libc::SYS_add_key, "keys belong to the user, across sandboxes"),
    (libc::SYS_request_key, "keys belong to the user, across sandboxes"),
    (libc::SYS_init_module, "kernel modules"),
    (libc::SYS_finit_module, "kernel modules"),
    (libc::SYS_delete_module, "kernel modules"),
    (libc::SYS_kexec_load, "another kernel"),
    (libc::SYS_kexec_file_load, "another kernel"),
    (libc::SYS_reboot, "ends the machine"),
    (libc::SYS_swapon, "the machine's memory"),
    (libc::SYS_swapoff, "the machine's memory"),
    (libc::SYS_quotactl, "the machine's disks"),
    (libc::SYS_acct, "the machine's records"),
    (libc::SYS_syslog, "the kernel's messages tell of other runs"),
    (libc::SYS_settimeofday, "the machine's clock"),
    (libc::SYS_clock_settime, "the machine's clock"),
    (libc::SYS_adjtimex, "the machine's clock"),
    (libc::SYS_clock_adjtime, "the machine's clock"),
    (libc::SYS_open_by_handle_at, "reaches files around the mount namespace"),
    (libc::SYS_name_to_handle_at, "goes with open_by_handle_at"),
    (libc::SYS_fanotify_init, "watches files of the whole mount"),
    (libc::SYS_lookup_dcookie, "kernel addresses"),
    (libc::SYS_vhangup, "terminals"),
    (libc::SYS_nfsservctl, "long gone, and never needed"),
    (libc::SYS_personality, "switches protections of memory off"),
    (libc::SYS_memfd_secret, "memory that the tracer could not read"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_iopl, "the machine's ports"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_ioperm, "the machine's ports"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_modify_ldt, "opens the way to 32-bit code"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_uselib, "long gone, and never needed"),
];

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
        let all: Vec<_> = TRACED.iter().map(|(n, _)| *n).chain(DENIED.iter().map(|(n, _)| *n)).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
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
