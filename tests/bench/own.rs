//! What this process has, to be compared with what it had before.

use std::fmt;
use std::fs;
use std::path::Path;

use support::binary::sandboxes_of;

/// What an engine could leave behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Own {
    /// Its open descriptors.
    pub(crate) descriptors: usize,
    /// Its threads.
    pub(crate) threads: usize,
    /// Processes of its sandboxes.
    pub(crate) sandboxes: usize,
    /// Control groups that it made.
    pub(crate) groups: usize,
    /// Network namespaces of the machine, as far as a process is in one.
    pub(crate) namespaces: usize,
    /// Its resident memory, in KiB.
    pub(crate) resident: usize,
}

impl Own {
    pub(crate) fn now() -> Self {
        let count = |folder: &str| fs::read_dir(folder).map_or(0, Iterator::count);
        let mut namespaces: Vec<_> = fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|process| fs::read_link(process.path().join("ns/net")).ok())
            .collect();
        namespaces.sort();
        namespaces.dedup();
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let me = std::process::id();
        Self {
            descriptors: count("/proc/self/fd"),
            threads: count("/proc/self/task"),
            sandboxes: sandboxes_of(me).len(),
            groups: groups(Path::new("/sys/fs/cgroup"), &format!("socklab-{me}-")),
            namespaces: namespaces.len(),
            resident: resident.and_then(|kib| kib.split_whitespace().next()?.parse().ok()).unwrap_or(0),
        }
    }
}

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { descriptors, threads, sandboxes, groups, namespaces, resident } = self;
        write!(
            f,
            "{descriptors} descriptors, {threads} threads, {sandboxes} sandboxes, {groups} control groups, \
             {namespaces} network namespaces, {resident} KiB"
        )
    }
}

fn groups(folder: &Path, prefix: &str) -> usize {
    let folders = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = folders.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders
        .map(|entry| {
            usize::from(entry.file_name().to_string_lossy().starts_with(prefix)) + groups(&entry.path(), prefix)
        })
        .sum()
}
