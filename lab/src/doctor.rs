//! What the engine needs of the machine, checked one by one, each with its mend.
//!
//! Where it can, a check does the thing itself and in the way in which the engine will, rather than look for signs
//! that it should work.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::sync::mpsc::channel;
use std::{fs, io};

use rustix::net::{AddressFamily, SocketFlags, SocketType, netlink, socket_with};
use trace::event::host::{ExitStatus, WireSettings};
use trace::event::{Event, Fact};
use trace::syscall::Syscall;

use crate::kernel::diag::{Diag, Protocol};
use crate::plan::{HostPlan, Limits, Plan};
use crate::sandbox::cgroup::{self, Home};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What: `user namespaces`.
    pub what: &'static str,
    /// How it is.
    pub verdict: Verdict,
}

/// How a thing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It works; a few words about it.
    Good(String),
    /// The engine works without it, with this drawback.
    Lacking {
        /// What was seen.
        seen: String,
        /// What a person can do about it.
        mend: String,
    },
    /// The engine can't work.
    Broken {
        /// What was seen.
        seen: String,
        /// What a person must do about it.
        mend: String,
    },
}

impl Verdict {
    fn broken(seen: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Broken { seen: seen.into(), mend: mend.into() }
    }

    fn lacking(seen: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Lacking { seen: seen.into(), mend: mend.into() }
    }
}

/// Looks at everything: first the parts, then a whole run.
pub fn examine() -> Vec<Finding> {
    type Check = (&'static str, fn() -> Verdict);
    let checks: [Check; 12] = [
        ("kernel", kernel),
        ("bubblewrap", bubblewrap),
        ("python3", python),
        ("C compiler", compiler),
        ("user namespaces", user_namespaces),
        ("/dev/net/tun", tun),
        ("ptrace", ptrace),
        ("seccomp", seccomp),
        ("sock_diag", sock_diag),
        ("open files", open_files),
        ("memory and process limits", cgroups),
        ("a whole run", whole_run),
    ];
    checks.into_iter().map(|(what, check)| Finding { what, verdict: check() }).collect()
}

fn kernel() -> Verdict {
    let release = read("/proc/sys/kernel/osrelease");
    let mut numbers = release.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    // pidfd_getfd(2) came with 5.6, the last thing that the engine uses to come.
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) if (major, minor) >= (5, 6) => Verdict::Good(release),
        _ => Verdict::broken(release, "use Linux 5.6 or newer"),
    }
}

fn bubblewrap() -> Verdict {
    let mend = "install the package `bubblewrap`, version 0.8 or newer (Debian: apt-get install bubblewrap)";
    match output("bwrap", &["--version"]) {
        Some(version) => match output("bwrap", &["--help"]) {
            Some(help) if help.contains("--disable-userns") => Verdict::Good(version),
            _ => Verdict::broken(format!("{version}, which has no --disable-userns"), mend),
        },
        None => Verdict::broken("no `bwrap` that could be executed", mend),
    }
}

fn python() -> Verdict {
    // The sandbox sees /usr and nothing else.
    match output("/usr/bin/python3", &["--version"]) {
        Some(version) => Verdict::Good(version),
        None => Verdict::broken("no /usr/bin/python3", "install the package `python3`"),
    }
}

/// Whether a C program can be made that uses sockets, which takes libc's headers too. Sandboxes see /usr and nothing else.
fn compiler() -> Verdict {
    let mend = "lessons with C programs can't run: install the packages `gcc` and `libc6-dev`";
    let Some(version) = output("/usr/bin/cc", &["--version"]) else {
        return Verdict::lacking("no /usr/bin/cc", mend);
    };
    let program = ["-fsyntax-only", "-xc", "-include", "sys/socket.h", "/dev/null"];
    match output("/usr/bin/cc", &program) {
        Some(_) => Verdict::Good(version.lines().next().unwrap_or_default().to_owned()),
        None => Verdict::lacking("libc's headers are not there", mend),
    }
}

fn user_namespaces() -> Verdict {
    let max = read("/proc/sys/user/max_user_namespaces");
    if max == "0" {
        return Verdict::broken("they are switched off", "sysctl user.max_user_namespaces=10000");
    }
    if read("/proc/sys/kernel/unprivileged_userns_clone") == "0" {
        return Verdict::broken(
            "they are switched off for ordinary users",
            "sysctl kernel.unprivileged_userns_clone=1",
        );
    }
    if read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" {
        return Verdict::lacking(
            "AppArmor restricts them; a profile for bwrap may allow them all the same",
            "if the whole run below fails: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor \
             profile for /usr/bin/bwrap with `userns,`",
        );
    }
    Verdict::Good(format!("up to {max}"))
}

fn tun() -> Verdict {
    match fs::OpenOptions::new().read(true).write(true).open("/dev/net/tun") {
        Ok(_) => Verdict::Good("can be opened".to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Verdict::broken("not there", "modprobe tun (in a container: pass the device /dev/net/tun through)")
        }
        Err(error) => Verdict::broken(
            error.to_string(),
            "make it readable and writable for the server's user: chmod 0666 /dev/net/tun, lastingly by a udev rule \
             KERNEL==\"tun\", MODE=\"0666\"",
        ),
    }
}

fn ptrace() -> Verdict {
    let scope = read("/proc/sys/kernel/yama/ptrace_scope");
    match scope.as_str() {
        "" => Verdict::Good("Yama is absent".to_owned()),
        "0" | "1" => Verdict::Good(format!("Yama's ptrace_scope is {scope}")),
        "2" if rustix::process::geteuid().is_root() => Verdict::Good("Yama's ptrace_scope is 2, for root only".into()),
        _ => Verdict::broken(format!("Yama's ptrace_scope is {scope}"), "sysctl kernel.yama.ptrace_scope=1"),
    }
}

fn seccomp() -> Verdict {
    let actions = read("/proc/sys/kernel/seccomp/actions_avail");
    let has = |name: &str| actions.split_whitespace().any(|action| action == name);
    if has("trace") && has("errno") {
        Verdict::Good("filters can refuse calls and stop at them".to_owned())
    } else {
        Verdict::broken(
            format!("the kernel's actions are {actions:?}"),
            "use a kernel with CONFIG_SECCOMP_FILTER, as every distribution's is",
        )
    }
}

/// Whether the kernel lists a socket that is certainly there.
fn sock_diag() -> Verdict {
    let listed = || -> io::Result<bool> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let (family, kind) = (AddressFamily::NETLINK, SocketType::RAW);
        let socket = socket_with(family, kind, SocketFlags::CLOEXEC, Some(netlink::SOCK_DIAG))?;
        let mut found = false;
        Diag::new(socket).list(Protocol::Tcp, |listed| found |= listed.local == address)?;
        Ok(found)
    };
    let mend =
        "load the module inet_diag (modprobe tcp_diag udp_diag unix_diag), or use a kernel with CONFIG_INET_DIAG";
    match listed() {
        Ok(true) => Verdict::Good("the kernel lists its sockets".to_owned()),
        Ok(false) => Verdict::broken("the kernel does not list a socket that is there", mend),
        Err(error) => Verdict::broken(error.to_string(), mend),
    }
}

fn open_files() -> Verdict {
    // A host holds about a dozen of the engine's descriptors: TAP, terminal, netlink, processes, its file systems, pipes
    // while it starts.
    const PER_HOST: u64 = 16;
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let (now, most) = (limit.current.unwrap_or(u64::MAX), limit.maximum.unwrap_or(u64::MAX));
    if most < 1024 {
        return Verdict::lacking(format!("{most} at most"), "raise the limit: ulimit -n 65536");
    }
    Verdict::Good(format!("{now}, up to {most}: enough for some {} hosts at once", most / PER_HOST))
}

/// What holds a whole host to its limits: asked of the code that will do it.
fn cgroups() -> Verdict {
    match cgroup::home() {
        Home::V2(_) => Verdict::Good("by cgroup v2, per host: memory, processes, processor time".to_owned()),
        Home::V1(_) => Verdict::Good(
            "by cgroup v1, per host: memory (buffers of sockets beside it, as much again), processes, processor time"
                .to_owned(),
        ),
        Home::Nowhere(why) => Verdict::lacking(
            format!(
                "by rlimits only ({why}): they hold each process but not their sum, so a host may have at most {} \
                 processes of {} MB each, and one that keeps forking is ended by the wall clock only",
                Limits::ALONE.processes,
                Limits::ALONE.memory >> 20
            ),
            "delegate a cgroup v2 with the controllers memory and pids to the server (systemd: Delegate=yes)",
        ),
    }
}

/// The engine itself, with two hosts that exchange a datagram.
fn whole_run() -> Verdict {
    const RECEIVER: &str = "from socket import *\n\
        sock = socket(AF_INET, SOCK_DGRAM)\nsock.bind(('', 9999))\nsock.settimeout(10)\nsock.recvfrom(9)\n";
    const SENDER: &str = "from socket import *\nfrom time import sleep\n\
        sock = socket(AF_INET, SOCK_DGRAM)\nfor _ in range(50):\n    sock.sendto(b'x', ('receiver', 9999))\n    sleep(0.1)\n";
    let host = |name, last, source| HostPlan::python(name, [192, 168, 1, last].into(), "program.py", source);
    let plan = Plan {
        hosts: vec![host("receiver", 1, RECEIVER), host("sender", 2, SENDER)],
        wire: WireSettings::default(),
        limits: Limits::default(),
    };
    let (to, events) = channel();
    let run = match crate::start(plan, Box::new(move |event: Event| drop(to.send(event)))) {
        Ok(run) => run,
        Err(error) => return Verdict::broken(error.to_string(), "fix what is said above, or what this error names"),
    };
    let mut calls = Vec::new();
    let mut received = None;
    for event in &events {
        match event.fact {
            Fact::CallEntered { syscall, place, .. } => calls.push((syscall, place.is_some())),
            Fact::ProgramEnded { host, status } if host.0 == 0 => {
                received = Some(status);
                break;
            }
            _ => {}
        }
    }
    drop(run);
    if received != Some(ExitStatus::Exited(0)) {
        return Verdict::broken("a datagram did not arrive", "look at the server's log: this should not happen");
    }
    match calls.iter().find(|(syscall, _)| *syscall == Syscall::Bind) {
        None => Verdict::broken(
            "programs run, but no call of theirs was seen",
            "seccomp filters must be available: CONFIG_SECCOMP_FILTER",
        ),
        Some((_, false)) => Verdict::lacking(
            "all is seen but the programs' source lines",
            "this Python's frames can't be read from outside; 3.9 to 3.13 can",
        ),
        Some((_, true)) => Verdict::Good("two hosts, a datagram, its calls and their source lines".to_owned()),
    }
}

/// A file's content without the line's end; empty where it can't be read.
fn read(path: &str) -> String {
    fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// What a program prints, if it can be run and is content.
fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
