//! The arguments of bwrap(1): what a host's program can see of the machine.

use std::ffi::OsString;
use std::os::fd::RawFd;

use crate::plan::{HostPlan, Limits};

/// The work folder, and the home of the one user in a sandbox.
pub(crate) const HOME: &str = "/home/learner";

/// What a program can write to: file systems in memory, each with a size of its own.
pub(crate) const WRITABLE: [&str; 3] = ["/dev/shm", "/tmp", HOME];

/// The descriptors that bwrap reads from or writes to.
#[derive(Debug)]
pub(crate) struct Descriptors {
    /// bwrap tells the sandbox's first process here.
    pub(crate) info: RawFd,
    /// bwrap waits here until a byte or the end comes.
    pub(crate) block: RawFd,
    /// Compiled seccomp filters.
    pub(crate) filters: Vec<RawFd>,
    /// Files of `/etc`, by path.
    pub(crate) etc: Vec<(&'static str, RawFd)>,
    /// Files of the work folder, in the order of the plan.
    pub(crate) files: Vec<RawFd>,
}

/// Everything after `bwrap`.
pub(crate) fn arguments(host: &HostPlan, limits: &Limits, fds: &Descriptors) -> Vec<OsString> {
    let mut args: Vec<OsString> = Vec::with_capacity(160);
    let mut add = |words: &[&str]| args.extend(words.iter().map(OsString::from));

    // Alone: own users, processes, network, names, IPC, cgroup view; and no way to make more of them.
    add(&["--unshare-all", "--unshare-user", "--die-with-parent"]);
    add(&["--uid", "1000", "--gid", "1000", "--hostname", &host.name, "--cap-drop", "ALL"]);
    // A capability counts in the user namespace that owns the network. Both --disable-userns and --dev make another one
    // for the program, so a host with raw sockets does without: the first is done from outside (`net::enter`).
    if host.raw {
        add(&["--cap-add", "CAP_NET_RAW"]);
    } else {
        add(&["--disable-userns"]);
    }

    // The system's programs, read-only.
    add(&["--ro-bind", "/usr", "/usr"]);
    for folder in ["bin", "lib", "lib64", "sbin"] {
        add(&["--symlink", &format!("usr/{folder}"), &format!("/{folder}")]);
    }
    for file in ["/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/protocols", "/etc/services"] {
        add(&["--ro-bind-try", file, file]);
    }
    // Not as mounts: bwrap reads the list of all mounts after each. They are read-only with `/`, below.
    for (path, fd) in &fds.etc {
        add(&["--perms", "0644", "--file", &fd.to_string(), path]);
    }

    // A file system in memory is memory.
    let size = limits.disk.to_string();
    add(&["--proc", "/proc"]);
    if host.raw {
        add(&["--tmpfs", "/dev"]);
        for device in ["full", "null", "random", "tty", "urandom", "zero"].map(|name| format!("/dev/{name}")) {
            add(&["--dev-bind", &device, &device]);
        }
        for (name, target) in [("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")] {
            add(&["--symlink", &format!("/proc/self/fd{target}"), &format!("/dev/{name}")]);
        }
    } else {
        add(&["--dev", "/dev"]);
    }
    for folder in WRITABLE {
        add(&["--size", &size, "--tmpfs", folder]);
    }
    for (file, fd) in host.files.iter().zip(&fds.files) {
        add(&["--file", &fd.to_string(), &format!("{HOME}/{}", file.name)]);
    }
    add(&["--remount-ro", "/dev", "--remount-ro", "/"]);

    add(&["--chdir", HOME, "--clearenv"]);
    for (name, value) in [
        ("HOME", HOME),
        ("USER", "learner"),
        ("PATH", "/usr/bin:/bin"),
        ("LANG", "C.UTF-8"),
        ("TERM", "xterm-256color"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
    ] {
        add(&["--setenv", name, value]);
    }

    for fd in &fds.filters {
        add(&["--add-seccomp-fd", &fd.to_string()]);
    }
    add(&["--info-fd", &fds.info.to_string(), "--block-fd", &fds.block.to_string(), "--"]);
    args.extend(host.command().map(OsString::from));
    args
}
