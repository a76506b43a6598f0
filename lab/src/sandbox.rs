//! A host's sandbox: bubblewrap, started blocked, with its files, its terminal and its limits.
//!
//! bubblewrap and not namespaces of our own: it is audited and small, it costs 1 ms more than the bare system calls,
//! and mounts, capabilities and user maps are where sandboxes break.

pub(crate) mod bwrap;
pub(crate) mod cgroup;
pub(crate) mod disks;
pub mod policy;
mod seccomp;

use std::ffi::{CString, OsString};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::LazyLock;

use rustix::fs::MemfdFlags;
use rustix::io::Errno;
use rustix::pipe::PipeFlags;
use rustix::process::{Pid, Resource, prlimit};

use crate::plan::{HostPlan, Limits, Plan};
use crate::sys::fork::{as_user, join};
use crate::sys::ptrace::Tid;
use crate::sys::signal::kill;
use crate::sys::spawn::{Before, Rlimit, spawn};
use bwrap::{Descriptors, arguments};
use cgroup::Group;

/// A sandbox could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Something could not be prepared.
    #[error("{what}: {source}")]
    Prepare {
        /// What.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// bwrap is not there or can't be executed.
    #[error("bwrap could not be started: {0} (install the package `bubblewrap`; `socklab doctor` looks further)")]
    Spawn(io::Error),
    /// bwrap ended before it had made the sandbox.
    #[error("bwrap could not make the sandbox: {0} (`socklab doctor` looks further)")]
    Refused(String),
}

/// Whether hosts are held to their limits as a whole, by control groups, and not only process by process.
pub fn holds_sums() -> bool {
    !matches!(cgroup::home(), cgroup::Home::Nowhere(_))
}

fn preparing(what: &'static str) -> impl FnOnce(io::Error) -> SandboxError {
    move |source| SandboxError::Prepare { what, source }
}

/// A sandbox that exists and whose program waits to be let go.
#[derive(Debug)]
pub(crate) struct Blocked {
    /// The sandbox's first process; when it ends, all of the sandbox ends.
    pub(crate) init: Tid,
    /// bwrap outside of the sandbox, a child of the calling thread.
    pub(crate) outer: Tid,
    /// Closing it lets the program go.
    pub(crate) gate: OwnedFd,
    /// What holds all of it to its limits and counts what it uses, where there is such a thing.
    pub(crate) group: Option<Group>,
}

/// Makes the sandbox of a host. It dies with the calling thread (`PR_SET_PDEATHSIG` is per thread), which therefore
/// must be the host's tracer.
pub(crate) fn make(plan: &Plan, host: &HostPlan, uid: Option<u32>, tty: &OwnedFd) -> Result<Blocked, SandboxError> {
    let pipe = || rustix::pipe::pipe_with(PipeFlags::CLOEXEC).map_err(|e| preparing("a pipe")(e.into()));
    let (info, info_w) = pipe()?;
    let (block, gate) = pipe()?;
    // With raw sockets come packet sockets, by which a program could hear and forge whole frames.
    let packets = host.raw.then(|| &*NO_PACKETS);
    let filters = packets.into_iter().chain(&*FILTERS).map(|filter| memory_file(filter));
    let filters = filters.collect::<Result<Vec<_>, _>>()?;
    let etc = etc(plan, host)
        .into_iter()
        .map(|(path, text)| Ok((path, memory_file(text.as_bytes())?)))
        .collect::<Result<Vec<_>, SandboxError>>()?;
    let files = host.files.iter().map(|file| memory_file(&file.bytes)).collect::<Result<Vec<_>, _>>()?;
    let fds = Descriptors {
        info: info_w.as_raw_fd(),
        block: block.as_raw_fd(),
        filters: filters.iter().map(AsRawFd::as_raw_fd).collect(),
        etc: etc.iter().map(|(path, file)| (*path, file.as_raw_fd())).collect(),
        files: files.iter().map(AsRawFd::as_raw_fd).collect(),
    };

    LazyLock::force(&ADOPTING);
    let group = Group::make(&plan.limits).map_err(preparing("a control group"))?;
    let name = crate::sweep::marker().into();
    let words = std::iter::once(name).chain(arguments(host, &plan.limits, &fds));
    let words: Result<Vec<_>, _> = words.map(|word| CString::new(OsString::into_vec(word))).collect();
    let words = words.map_err(|error| SandboxError::Spawn(error.into()))?;
    let mut keep = vec![fds.info, fds.block];
    keep.extend(&fds.filters);
    keep.extend(fds.etc.iter().map(|(_, fd)| *fd));
    keep.extend(&fds.files);
    let joining = group.iter().flat_map(Group::joining).map(AsRawFd::as_raw_fd).collect();
    let rlimits = rlimits(&plan.limits, group.is_some());
    // --clearenv is for the program only: the sandbox's first process would keep, and show, the engine's environment.
    let before = Before { join: joining, become_uid: uid, rlimits, keep };
    let outer = spawn(&BWRAP, &words, tty, &before).map_err(SandboxError::Spawn)?;
    drop((info_w, block));

    let init = read_init(info);
    let limited = init.as_ref().map_or(Ok(()), |init| limit_processes(*init, uid, &plan.limits, group.is_some()));
    if init.is_err() || limited.is_err() {
        // Either may have ended by itself. The first process is not yet bound to die with its parent.
        kill(outer);
        if let Ok(init) = init {
            kill(init);
        }
        let _ = join(outer);
        if let Ok(init) = init {
            let _ = join(init); // perhaps bwrap outside was there first
        }
    }
    let init = init?;
    limited.map_err(preparing("a limit of processes"))?;
    Ok(Blocked { init, outer, gate, group })
}

/// bwrap's first words: `{ "child-pid": 123, … }`. It keeps the pipe open, so reading stops at the closing brace.
fn read_init(info: OwnedFd) -> Result<Tid, SandboxError> {
    let mut info = File::from(info);
    let mut text = Vec::new();
    let mut chunk = [0; 512];
    while !text.ends_with(b"}\n") && !text.ends_with(b"}") {
        match info.read(&mut chunk).map_err(preparing("bwrap's info"))? {
            0 => return Err(SandboxError::Refused("it ended before it told of a process".to_owned())),
            n => text.extend(&chunk[..n]),
        }
    }
    let told: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| SandboxError::Refused(error.to_string()))?;
    told["child-pid"]
        .as_i64()
        .and_then(|pid| Tid::try_from(pid).ok())
        .ok_or_else(|| SandboxError::Refused("it told of no process".to_owned()))
}

/// Where bwrap is: the engine's PATH is no business of the sandbox's.
static BWRAP: LazyLock<CString> = LazyLock::new(|| {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("bwrap")).find(|file| file.is_file());
    let path = found.unwrap_or_else(|| PathBuf::from("/usr/bin/bwrap"));
    CString::new(path.into_os_string().into_vec()).expect("what PATH has, as any variable, has no zero byte")
});

/// Makes this process the parent of its orphaned descendants (`PR_SET_CHILD_SUBREAPER`): each sandbox leaves one, and
/// in a container there is nobody else to bury it.
static ADOPTING: LazyLock<()> = LazyLock::new(|| {
    if let Err(error) = rustix::process::set_child_subreaper(Some(rustix::process::getpid())) {
        tracing::warn!(%error, "ended sandboxes are left to the machine's first process");
    }
});

static NO_PACKETS: LazyLock<Vec<u8>> = LazyLock::new(seccomp::no_packets);
static FILTERS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(seccomp::filters);

/// A file without a name, ready to be read from its beginning.
fn memory_file(content: &[u8]) -> Result<File, SandboxError> {
    let write = || {
        let mut file = File::from(rustix::fs::memfd_create("socklab", MemfdFlags::CLOEXEC)?);
        file.write_all(content)?;
        file.rewind()?;
        Ok(file)
    };
    write().map_err(preparing("a file in memory"))
}

/// The files that make names work in a sandbox.
fn etc(plan: &Plan, host: &HostPlan) -> Vec<(&'static str, String)> {
    let mut hosts = "127.0.0.1\tlocalhost\n".to_owned();
    // To a host without IPv6 such addresses would only be in the way.
    if host.addr6.is_some() {
        hosts.push_str("::1\tlocalhost\n");
        for other in &plan.hosts {
            if let Some(addr6) = other.addr6 {
                writeln!(hosts, "{addr6}\t{}", other.name).expect("a String takes all");
            }
        }
    }
    for other in &plan.hosts {
        writeln!(hosts, "{}\t{}", other.addr, other.name).expect("a String takes all");
    }
    let home = bwrap::HOME;
    vec![
        ("/etc/hosts", hosts),
        ("/etc/hostname", format!("{}\n", host.name)),
        ("/etc/host.conf", "multi on\n".to_owned()),
        (
            "/etc/nsswitch.conf",
            "passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n".to_owned(),
        ),
        ("/etc/passwd", format!("learner:x:1000:1000::{home}:/bin/sh\n")),
        ("/etc/group", "learner:x:1000:\n".to_owned()),
    ]
}

/// Sets RLIMIT_NPROC of a sandbox that exists already. Set earlier, it would become the limit of the user namespace
/// around it as well (create_user_ns in the kernel, since 5.14), in which the kernel counts all of the user's
/// sandboxes together: one full host would keep the others from starting.
fn limit_processes(init: Tid, uid: Option<u32>, limits: &Limits, grouped: bool) -> io::Result<()> {
    let most = Some(processes(limits, grouped));
    let set =
        || prlimit(Pid::from_raw(init), Resource::Nproc, rustix::process::Rlimit { current: most, maximum: most });
    match (set(), uid) {
        // In a container root lacks CAP_SYS_RESOURCE; but a user may limit what is its own.
        (Err(Errno::PERM), Some(uid)) => as_user(uid, || set().err().map_or(0, Errno::raw_os_error)),
        (done, _) => Ok(done.map(drop)?),
    }
}

/// In a group, the group is to say no to one process too many, since it counts them and tells; this is a second fence
/// behind it.
fn processes(limits: &Limits, grouped: bool) -> u64 {
    const BEHIND: u64 = 8;
    if grouped { limits.processes + BEHIND } else { limits.processes }
}

/// The limits of each process.
fn rlimits(limits: &Limits, grouped: bool) -> Vec<Rlimit> {
    let same = |resource, value| (resource, value, value);
    let cpu = limits.cpu.as_secs().max(1);
    let mut all = vec![
        // SIGXCPU at the soft limit, which a program may catch; SIGKILL a second later, which it can't.
        (libc::RLIMIT_CPU, cpu, cpu + 1),
        same(libc::RLIMIT_AS, limits.memory),
        same(libc::RLIMIT_NOFILE, limits.open_files),
        same(libc::RLIMIT_FSIZE, limits.disk),
        same(libc::RLIMIT_CORE, 0),
        same(libc::RLIMIT_MEMLOCK, 0),
        same(libc::RLIMIT_MSGQUEUE, 0),
        same(libc::RLIMIT_SIGPENDING, 256),
    ];
    if !grouped {
        // A thread's stack is as large as this; the usual 8 MB would leave room for a dozen of them.
        all.push((libc::RLIMIT_STACK, 1 << 20, 8 << 20));
    }
    all
}
