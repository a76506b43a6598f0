//! What a run may use.

use std::time::Duration;

/// What a run may use. Each has a default that suits a lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time from the start of the run to its end.
    pub wall: Duration,
    /// Processor time of one process (`RLIMIT_CPU`, whole seconds).
    pub cpu: Duration,
    /// Processor time of the whole run. Held where control groups are (`socklab doctor` tells); elsewhere a program
    /// that keeps forking goes on until the wall clock.
    pub run_cpu: Duration,
    /// Address space of one process, in bytes (`RLIMIT_AS`). Where there are no control groups, at most
    /// [`Limits::ALONE`]'s.
    pub memory: u64,
    /// Memory of one host, in bytes: of all its processes, its files, and what the kernel keeps for it. Held where
    /// control groups are.
    pub host_memory: u64,
    /// Processes and threads of one host. Where there are no control groups, at most [`Limits::ALONE`]'s.
    pub processes: u64,
    /// Open files of one process (`RLIMIT_NOFILE`). Where there are no control groups, at most [`Limits::ALONE`]'s.
    pub open_files: u64,
    /// Size of a host's work folder, of its `/tmp` and of its `/dev/shm`, in bytes each; and of any file.
    pub disk: u64,
    /// Output on one host's terminal, in bytes.
    pub output: u64,
    /// Frames on the wire.
    pub frames: u64,
    /// Events in the trace.
    pub events: u64,
    /// Size of the trace, in bytes as a recording has them.
    pub trace: u64,
}

/// What rlimits alone may allow a process: they hold each one but not their sum, so these hold the product. Half a
/// gigabyte of sockets' buffers (each descriptor some 200 KB) and 4 GB of memory are the worst that a host can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alone {
    /// Address space of one process, in bytes.
    pub memory: u64,
    /// Processes and threads of one host.
    pub processes: u64,
    /// Open files of one process.
    pub open_files: u64,
}

impl Limits {
    /// The most that is allowed where there are no control groups.
    pub const ALONE: Alone = Alone { memory: 128 << 20, processes: 32, open_files: 96 };

    /// What is really allowed, where there are control groups or where there are none.
    #[must_use]
    pub fn in_force(self, grouped: bool) -> Self {
        if grouped {
            return self;
        }
        let Alone { memory, processes, open_files } = Self::ALONE;
        Self {
            memory: self.memory.min(memory),
            processes: self.processes.min(processes),
            open_files: self.open_files.min(open_files),
            ..self
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wall: Duration::from_mins(5),
            cpu: Duration::from_secs(10),
            run_cpu: Duration::from_secs(30),
            memory: 512 << 20,
            host_memory: 256 << 20,
            processes: 64,
            open_files: 256,
            disk: 16 << 20,
            output: 1 << 20,
            frames: 100_000,
            events: 200_000,
            trace: 64 << 20,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_groups_the_product_of_the_limits_is_bearable() {
        let limits = Limits { memory: 1 << 40, processes: 10_000, open_files: 10_000, ..Limits::default() };
        assert_eq!(limits.clone().in_force(true), limits);
        let alone = limits.in_force(false);
        assert!(alone.memory * alone.processes <= 4 << 30);
        assert!(alone.open_files * alone.processes * 200_000 <= 1 << 30);
    }
}
