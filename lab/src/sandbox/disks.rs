//! The file systems that a host's programs can write to, kept open to be asked how full they are.

use std::os::fd::OwnedFd;

use rustix::fs::{CWD, Mode, OFlags, fstatvfs, openat};

use super::bwrap::WRITABLE;
use crate::sys::ptrace::Tid;

/// A host's disks. They can still be asked when its programs have ended.
#[derive(Debug, Default)]
pub(crate) struct Disks(Vec<OwnedFd>);

impl Disks {
    /// The disks as a process of the host sees them. It must be past bwrap's preparations: before, the same paths lead
    /// to folders of the machine.
    pub(crate) fn of(process: Tid) -> Self {
        // No path that a program could have changed leads there: the folders are mount points in a read-only one.
        let open = |folder: &&str| {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            openat(CWD, format!("/proc/{process}/root{folder}"), flags, Mode::empty()).ok()
        };
        Self(WRITABLE.iter().filter_map(open).collect())
    }

    /// Whether one of them has no room left.
    pub(crate) fn is_full(&self) -> bool {
        self.0.iter().any(|disk| fstatvfs(disk).is_ok_and(|disk| disk.f_blocks > 0 && disk.f_bavail == 0))
    }
}
