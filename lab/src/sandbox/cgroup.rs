//! What a whole host may use, whatever it splits itself into: a control group per host, cgroups(7).
//!
//! rlimits hold a process, and its children get the same again. A group holds the sum: memory (files in memory and
//! the kernel's own included), processes, and it counts processor time. Version 2 where its controllers are really
//! delegated to the engine, else version 1 where it is writable, else nothing: [`home`] finds out once.
//!
//! Groups are made inside of the engine's own, so that whatever holds the engine holds its runs as well. The child
//! that becomes a sandbox joins by itself, before it executes anything ([`crate::sys::spawn`]): no moment is left in
//! which it is outside. For version 1 that is also the quick way, 0.05 ms: moving another process waits 9 ms for the
//! kernel's readers.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::plan::Limits;

/// Processes of a sandbox that are bwrap's own: one outside, one inside.
const BWRAPS: u64 = 2;
/// In version 2 only a group without processes can have groups inside that are held to limits; so the engine itself
/// sits in one with this name.
const ENGINE: &str = "socklab-engine";

/// Where groups can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// One tree with all controllers: the engine's own group.
    V2(PathBuf),
    /// A tree per controller.
    V1(Trees),
    /// Nowhere, and why.
    Nowhere(&'static str),
}

/// The engine's own group in each tree of version 1. Controllers may share a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trees {
    pub(crate) memory: PathBuf,
    pub(crate) pids: PathBuf,
    pub(crate) cpuacct: PathBuf,
    /// Holds to no limit: hosts share the processors fairly, however many processes each of them has.
    pub(crate) cpu: Option<PathBuf>,
}

/// A host's group, removed when dropped; its processes must be gone by then.
#[derive(Debug)]
pub(crate) struct Group {
    folders: Vec<PathBuf>,
    /// A process that writes `0` into each of these joins.
    joining: Vec<File>,
    cpu: File,
    memory_events: File,
    pids_events: File,
}

/// What a host has used so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Processor time of all its processes, also of those that are gone.
    pub(crate) cpu: Duration,
    /// Processes that the kernel has ended for lack of memory.
    pub(crate) killed: u64,
    /// Processes that the kernel has refused to make.
    pub(crate) refused: u64,
}

/// Where this engine makes its groups.
pub(crate) fn home() -> &'static Home {
    static HOME: LazyLock<Home> = LazyLock::new(find);
    &HOME
}

impl Group {
    /// A group for one host; `None` where there is no home for it.
    pub(crate) fn make(limits: &Limits) -> io::Result<Option<Self>> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("{}.{}", crate::sweep::group_prefix(), NEXT.fetch_add(1, Relaxed));
        let processes = (limits.processes + BWRAPS).to_string();
        let memory = limits.host_memory.to_string();
        let mut folders = Folders(Vec::new());
        let group = match home() {
            Home::Nowhere(_) => return Ok(None),
            Home::V2(tree) => {
                let folder = folders.make(tree, &name)?;
                fs::write(folder.join("memory.max"), &memory)?;
                // Absent where the kernel knows no swap.
                write_if_there(&folder.join("memory.swap.max"), "0")?;
                fs::write(folder.join("pids.max"), &processes)?;
                folders.group("cgroup.procs", [&folder, &folder, &folder], ["cpu.stat", "memory.events", "pids.events"])
            }
            Home::V1(trees) => {
                let memory_folder = folders.make(&trees.memory, &name)?;
                fs::write(memory_folder.join("memory.limit_in_bytes"), &memory)?;
                write_if_there(&memory_folder.join("memory.memsw.limit_in_bytes"), &memory)?;
                // Buffers of sockets, UDP's as well in spite of the name, count only once they have a limit; this one is beside
                // the other.
                write_if_there(&memory_folder.join("memory.kmem.tcp.limit_in_bytes"), &memory)?;
                let pids = folders.make(&trees.pids, &name)?;
                fs::write(pids.join("pids.max"), &processes)?;
                let cpuacct = folders.make(&trees.cpuacct, &name)?;
                if let Some(cpu) = &trees.cpu {
                    folders.make(cpu, &name)?;
                }
                folders.group(
                    "tasks",
                    [&cpuacct, &memory_folder, &pids],
                    ["cpuacct.usage", "memory.oom_control", "pids.events"],
                )
            }
        };
        group.map(Some)
    }

    /// Where a process joins.
    pub(crate) fn joining(&self) -> &[File] {
        &self.joining
    }

    /// What was used so far.
    pub(crate) fn usage(&self) -> Usage {
        let cpu = read(&self.cpu);
        Usage {
            cpu: parse_cpu(&cpu).unwrap_or_default(),
            killed: field(&read(&self.memory_events), "oom_kill").unwrap_or(0),
            refused: field(&read(&self.pids_events), "max").unwrap_or(0),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        remove(&self.folders);
    }
}

/// Folders that were made for a group; removed if it does not come to be.
struct Folders(Vec<PathBuf>);

impl Folders {
    /// A folder in a tree; the same one again where two controllers share a tree.
    fn make(&mut self, tree: &Path, name: &str) -> io::Result<PathBuf> {
        let folder = tree.join(name);
        if !self.0.contains(&folder) {
            fs::create_dir(&folder)?;
            self.0.push(folder.clone());
        }
        Ok(folder)
    }

    fn group(&mut self, join: &str, folders: [&Path; 3], files: [&str; 3]) -> io::Result<Group> {
        let write = |folder: &PathBuf| File::options().write(true).open(folder.join(join));
        let joining = self.0.iter().map(write).collect::<Result<_, _>>()?;
        let open = |index: usize| File::open(folders[index].join(files[index]));
        let (cpu, memory_events, pids_events) = (open(0)?, open(1)?, open(2)?);
        Ok(Group { folders: std::mem::take(&mut self.0), joining, cpu, memory_events, pids_events })
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

fn remove(folders: &[PathBuf]) {
    for folder in folders {
        if let Err(error) = fs::remove_dir(folder) {
            tracing::warn!(?folder, %error, "a control group is left behind");
        }
    }
}

/// Removes the groups whose name `is_stale` says so of, with whatever still runs in them; returns how many.
pub(crate) fn remove_stale(is_stale: impl Fn(&str) -> bool, end: impl Fn(i32)) -> usize {
    let trees: Vec<&PathBuf> = match home() {
        Home::Nowhere(_) => vec![],
        Home::V2(tree) => vec![tree],
        Home::V1(trees) => [&trees.memory, &trees.pids, &trees.cpuacct].into_iter().chain(&trees.cpu).collect(),
    };
    let mut removed = 0;
    for folder in trees.into_iter().flat_map(|tree| fs::read_dir(tree).into_iter().flatten().flatten()) {
        if !folder.file_name().to_str().is_some_and(&is_stale) {
            continue;
        }
        let processes = fs::read_to_string(folder.path().join("cgroup.procs")).unwrap_or_default();
        processes.lines().filter_map(|pid| pid.parse().ok()).for_each(&end);
        // One that still has a process is removed by the next sweep.
        removed += usize::from(fs::remove_dir(folder.path()).is_ok());
    }
    removed
}

fn find() -> Home {
    let (Ok(mounts), Ok(own)) = (fs::read_to_string("/proc/self/mountinfo"), fs::read_to_string("/proc/self/cgroup"))
    else {
        return Home::Nowhere("/proc tells of no cgroups");
    };
    let tree = |controller: &str| own_group(&mounts, &own, controller);
    if let Some(tree) = tree("") {
        let controllers = fs::read_to_string(tree.join("cgroup.controllers")).unwrap_or_default();
        if ["memory", "pids"].iter().all(|wanted| controllers.split_whitespace().any(|name| name == *wanted)) {
            return match settle(&tree) {
                Ok(tree) => Home::V2(tree),
                Err(_) => Home::Nowhere("cgroup v2 has memory and pids, but is not delegated to this user"),
            };
        }
    }
    let (Some(memory), Some(pids), Some(cpuacct)) = (tree("memory"), tree("pids"), tree("cpuacct")) else {
        return Home::Nowhere("no cgroup tree with the controllers memory and pids is mounted");
    };
    let trees = Trees { memory, pids, cpuacct, cpu: tree("cpu").filter(|tree| is_writable(tree)) };
    if [&trees.memory, &trees.pids, &trees.cpuacct].into_iter().all(|tree| is_writable(tree)) {
        Home::V1(trees)
    } else {
        Home::Nowhere("the cgroup v1 trees are not writable for this user")
    }
}

/// Makes the engine's own group of version 2 one that can hold limited groups.
fn settle(own: &Path) -> io::Result<PathBuf> {
    // An engine before this one, in this very process group, has done it already.
    let tree = if own.ends_with(ENGINE) { own.parent().unwrap_or(own) } else { own };
    let enabled = fs::read_to_string(tree.join("cgroup.subtree_control"))?;
    if !["memory", "pids"].iter().all(|wanted| enabled.split_whitespace().any(|name| name == *wanted)) {
        // The root of the tree is the one group that may have both processes and limited groups.
        if tree.join("cgroup.type").exists() {
            let engine = tree.join(ENGINE);
            fs::create_dir(&engine).or_else(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => Ok(()),
                _ => Err(error),
            })?;
            fs::write(engine.join("cgroup.procs"), "0")?;
        }
        fs::write(tree.join("cgroup.subtree_control"), "+memory +pids")?;
        // Fair shares between hosts are welcome, not needed.
        let _ = fs::write(tree.join("cgroup.subtree_control"), "+cpu");
    }
    if is_writable(tree) { Ok(tree.to_owned()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
}

fn is_writable(folder: &Path) -> bool {
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok()
}

/// The folder of the engine's own group in the tree of a controller; of version 2 for the empty name.
/// `mounts` is proc_pid_mountinfo(5), `own` is `/proc/self/cgroup`.
fn own_group(mounts: &str, own: &str, controller: &str) -> Option<PathBuf> {
    let path = own.lines().find_map(|line| {
        let (_, line) = line.split_once(':')?;
        let (controllers, path) = line.split_once(':')?;
        controllers.split(',').any(|name| name == controller).then_some(path)
    })?;
    mounts.lines().find_map(|line| {
        // ID PARENT MAJOR:MINOR ROOT POINT OPTIONS… - TYPE SOURCE SUPER
        let (mount, kind) = line.split_once(" - ")?;
        let mut mount = mount.split(' ').skip(3);
        let (root, point) = (mount.next()?, mount.next()?);
        let mut kind = kind.split(' ');
        let (kind, options) = (kind.next()?, kind.nth(1)?);
        let right = match controller {
            "" => kind == "cgroup2",
            _ => kind == "cgroup" && options.split(',').any(|option| option == controller),
        };
        // A container sees a part of the tree only.
        let below = if root == "/" { path } else { path.strip_prefix(root)? };
        right.then(|| Path::new(point).join(below.trim_start_matches('/')))
    })
}

fn write_if_there(file: &Path, text: &str) -> io::Result<()> {
    match fs::write(file, text) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// A small file from its beginning: the kernel writes it anew for each reading.
fn read(file: &File) -> String {
    let mut buffer = [0; 1024];
    let len = file.read_at(&mut buffer, 0).unwrap_or(0);
    String::from_utf8_lossy(&buffer[..len]).into_owned()
}

/// `cpuacct.usage`, a number of nanoseconds, or `cpu.stat`, with microseconds in `usage_usec`.
fn parse_cpu(text: &str) -> Option<Duration> {
    let version_1 = || text.trim().parse().ok().map(Duration::from_nanos);
    field(text, "usage_usec").map(Duration::from_micros).or_else(version_1)
}

/// The number behind a word at the beginning of a line.
fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "4:memory:/outer/engine\n2:cpu,cpuacct:/\n0::/system.slice/socklab.service\n";
    const MOUNTS: &str = "\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 /outer /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";

    #[test]
    fn the_own_group_is_found_in_each_tree() {
        let find = |controller| own_group(MOUNTS, OWN, controller);
        assert_eq!(find("memory"), Some("/sys/fs/cgroup/memory/engine".into()));
        assert_eq!(find("cpuacct"), Some("/sys/fs/cgroup/cpu,cpuacct/".into()));
        assert_eq!(find(""), Some("/sys/fs/cgroup/unified/system.slice/socklab.service".into()));
        assert_eq!(find("pids"), None);
    }

    #[test]
    fn both_versions_numbers_are_read() {
        assert_eq!(parse_cpu("1500000\n"), Some(Duration::from_micros(1500)));
        assert_eq!(parse_cpu("usage_usec 70\nuser_usec 60\n"), Some(Duration::from_micros(70)));
        assert_eq!(parse_cpu(""), None);
        assert_eq!(field("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "oom_kill"), Some(3));
        assert_eq!(field("max 12\n", "max"), Some(12));
    }

    #[test]
    fn a_group_is_gone_once_dropped() {
        let Some(group) = Group::make(&Limits::default()).unwrap() else {
            assert!(matches!(home(), Home::Nowhere(_)));
            return;
        };
        let folders = group.folders.clone();
        assert!(folders.iter().all(|folder| folder.is_dir()));
        assert_eq!(group.usage(), Usage::default());
        drop(group);
        assert!(!folders.iter().any(|folder| folder.exists()));
    }
}
