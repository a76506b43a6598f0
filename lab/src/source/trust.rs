//! Whether a process's files may be opened by the engine.
//!
//! py-spy finds an interpreter's symbols in files: the executable's, and what /proc/PID/maps calls a `libpython`,
//! which it opens by name under /proc/PID/root. A program chooses such names. Behind one it may put a FIFO, from which
//! the engine would never come back; a symbolic link, which leads out of the sandbox; or a file that it cuts short
//! while the engine has it mapped, which ends the engine (SIGBUS). So only the system's files will do, which no
//! program can change, and only while nothing can map another one: as long as a single task has this memory, and that
//! one stands still.

use std::fs;

use crate::sys::ptrace::Tid;

/// Whether the process, whose every other task but one at most stands still, uses the system's interpreter only.
pub(super) fn is_systems(process: Tid) -> bool {
    let read_only = |path: &str| path.starts_with("/usr/");
    let executable = fs::read_link(format!("/proc/{process}/exe"));
    let Ok(maps) = fs::read(format!("/proc/{process}/maps")) else { return false };
    executable.is_ok_and(|path| path.to_str().is_some_and(read_only))
        && libraries(&String::from_utf8_lossy(&maps)).all(read_only)
}

/// Whether the process has this many tasks at most. None of them runs while its first one stands still and makes the
/// second.
pub(super) fn has_tasks(process: Tid, at_most: usize) -> bool {
    fs::read_dir(format!("/proc/{process}/task")).is_ok_and(|tasks| tasks.count() <= at_most)
}

/// The paths in proc_pid_maps(5) that py-spy might take for an interpreter's library, and some that it does not.
fn libraries(maps: &str) -> impl Iterator<Item = &str> {
    // ADDRESS PERMISSIONS OFFSET DEVICE INODE, and the path, which may hold anything but a line's end.
    maps.lines().filter_map(|line| line.find('/').map(|start| &line[start..])).filter(|path| path.contains("libpython"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_found_by_their_name() {
        let maps = "\
7f10-7f20 r-xp 00000000 fe:00 1234                       /usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0
7f20-7f30 r-xp 00000000 00:3a 5                          /tmp/a b/libpython3.9.so (deleted)
7f30-7f40 r-xp 00000000 fe:00 99                         /usr/lib/libc.so.6
7ffe-7fff rw-p 00000000 00:00 0                          [stack]
";
        let found: Vec<&str> = libraries(maps).collect();
        assert_eq!(found, ["/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "/tmp/a b/libpython3.9.so (deleted)"]);
    }
}
