//! What an engine that was killed left behind: found by a mark, and only by that.
//!
//! Sandboxes die with their engine (`PTRACE_O_EXITKILL`, `PR_SET_PDEATHSIG`), devices with their namespace, and
//! nothing of a run is on disk. This is for the moment in between, and for kernels that surprise.

use std::fs;

use crate::sandbox::cgroup;
use crate::sys::ptrace::Tid;
use crate::sys::signal::kill;

const PREFIX: &str = "socklab-host/";
const GROUP_PREFIX: &str = "socklab-";

/// `argv[0]` of every sandbox of this engine: the engine's pid and start time, which no other process shares.
pub(crate) fn marker() -> String {
    let me = std::process::id();
    format!("{PREFIX}{me}/{}", start_time(me).unwrap_or(0))
}

/// How the names of this engine's control groups begin: as the marker, without a slash.
pub(crate) fn group_prefix() -> String {
    let me = std::process::id();
    format!("{GROUP_PREFIX}{me}-{}", start_time(me).unwrap_or(0))
}

/// Ends every sandbox whose engine is gone and removes their control groups; returns how many there were of both.
/// What belongs to living engines, this one or another, is left alone.
pub fn sweep() -> usize {
    sweep_processes() + cgroup::remove_stale(|name| parse_group(name).is_some_and(is_gone), kill)
}

fn is_gone((pid, start): (u32, u64)) -> bool {
    start_time(pid) != Some(start)
}

fn sweep_processes() -> usize {
    let Ok(processes) = fs::read_dir("/proc") else { return 0 };
    let mut ended = 0;
    for entry in processes.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(command_line) = fs::read(entry.path().join("cmdline")) else { continue };
        let argv0 = command_line.split(|byte| *byte == 0).next().unwrap_or_default();
        let Some(engine) = std::str::from_utf8(argv0).ok().and_then(parse_marker) else { continue };
        if is_gone(engine)
            && let Ok(pid) = Tid::try_from(pid)
        {
            kill(pid);
            ended += 1;
        }
    }
    ended
}

/// Pid and start time of the engine that made a sandbox with this `argv[0]`.
fn parse_marker(argv0: &str) -> Option<(u32, u64)> {
    let (pid, start) = argv0.strip_prefix(PREFIX)?.split_once('/')?;
    Some((pid.parse().ok()?, start.parse().ok()?))
}

/// Pid and start time of the engine that made a control group with this name.
fn parse_group(name: &str) -> Option<(u32, u64)> {
    let (engine, _) = name.strip_prefix(GROUP_PREFIX)?.split_once('.')?;
    let (pid, start) = engine.split_once('-')?;
    Some((pid.parse().ok()?, start.parse().ok()?))
}

/// When a process began, in clock ticks since boot: the 22nd field of proc_pid_stat(5).
fn start_time(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is a name in parentheses that may hold anything, so counting begins behind its last one.
    stat.rsplit_once(") ")?.1.split(' ').nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_names_this_process() {
        let (pid, start) = parse_marker(&marker()).unwrap();
        assert_eq!(pid, std::process::id());
        assert_eq!(start_time(pid), Some(start));
    }

    #[test]
    fn a_group_names_this_process() {
        let (pid, start) = parse_group(&format!("{}.7", group_prefix())).unwrap();
        assert_eq!(pid, std::process::id());
        assert_eq!(start_time(pid), Some(start));
        assert_eq!(parse_group("socklab-engine"), None);
    }

    #[test]
    fn other_names_are_no_marker() {
        assert_eq!(parse_marker("bwrap"), None);
        assert_eq!(parse_marker("socklab-host/x/y"), None);
        assert_eq!(parse_marker("socklab-host/1"), None);
    }
}
