//! Signals on their way to a program: who caused them, and what the program does about them.

use std::collections::HashMap;
use std::fs;

use trace::event::signal::{Disposition, SignalSource};
use trace::id::ProcessId;

use crate::sys::ptrace::{SignalInfo, Tid};

/// The processes of a host by their numbers inside its sandbox, those that have ended included: a child's end is told to
/// its parent when it is gone.
pub(super) type Numbers = HashMap<u32, ProcessId>;

/// Who caused a signal. `broken_pipe`: the task's last call failed with `EPIPE`.
pub(super) fn source(signal: i32, info: SignalInfo, broken_pipe: bool, processes: &Numbers) -> SignalSource {
    use libc as c;
    match (signal, info.code) {
        // The kernel sends this one in the name of the process itself.
        (c::SIGPIPE, c::SI_USER) if broken_pipe => SignalSource::Kernel,
        (_, c::SI_USER | c::SI_TKILL | c::SI_QUEUE) | (c::SIGCHLD, 1..) => {
            let sender = u32::try_from(info.pid).ok().and_then(|pid| processes.get(&pid));
            sender.map_or(SignalSource::Unknown, |process| SignalSource::Process(*process))
        }
        // setitimer(2) and alarm(2) tell no more than this.
        (c::SIGALRM | c::SIGVTALRM | c::SIGPROF, c::SI_KERNEL) | (_, c::SI_TIMER) => SignalSource::Timer,
        // Faults, and what a descriptor is ready for, have codes of their own.
        (_, c::SI_KERNEL | 1..) => SignalSource::Kernel,
        _ => SignalSource::Unknown,
    }
}

/// What a task's program does about a signal: proc_pid_status(5).
pub(super) fn disposition(tid: Tid, signal: i32) -> Disposition {
    fs::read_to_string(format!("/proc/{tid}/status"))
        .ok()
        .and_then(|status| parse(&status, signal))
        .unwrap_or(Disposition::Unknown)
}

fn parse(status: &str, signal: i32) -> Option<Disposition> {
    let bit = 1_u64.checked_shl(u32::try_from(signal.checked_sub(1)?).ok()?)?;
    let has = |name: &str| {
        let mask = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(u64::from_str_radix(mask.trim(), 16).ok()? & bit != 0)
    };
    Some(match (has("SigIgn:")?, has("SigCgt:")?) {
        (true, _) => Disposition::Ignored,
        (_, true) => Disposition::Caught,
        _ => Disposition::Default,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_count_from_one() {
        let status = "Name:\tpython3\nSigIgn:\t0000000001001000\nSigCgt:\t0000000000000002\n";
        assert_eq!(parse(status, libc::SIGPIPE), Some(Disposition::Ignored));
        assert_eq!(parse(status, libc::SIGINT), Some(Disposition::Caught));
        assert_eq!(parse(status, libc::SIGTERM), Some(Disposition::Default));
        assert_eq!((parse(status, 0), parse(status, 65), parse("", 1)), (None, None, None));
    }

    #[test]
    fn a_signals_code_says_who_sent_it() {
        let numbers = Numbers::from([(2, ProcessId(0)), (3, ProcessId(1))]);
        let from = |signal, code, pid| source(signal, SignalInfo { code, pid }, false, &numbers);
        assert_eq!(from(libc::SIGTERM, libc::SI_USER, 3), SignalSource::Process(ProcessId(1)));
        assert_eq!(from(libc::SIGTERM, libc::SI_USER, 0), SignalSource::Unknown);
        assert_eq!(from(libc::SIGCHLD, libc::CLD_EXITED, 3), SignalSource::Process(ProcessId(1)));
        assert_eq!(from(libc::SIGINT, libc::SI_KERNEL, 0), SignalSource::Kernel);
        assert_eq!(from(libc::SIGALRM, libc::SI_KERNEL, 0), SignalSource::Timer);
        assert_eq!(from(libc::SIGUSR1, libc::SI_TIMER, 0), SignalSource::Timer);
        assert_eq!(from(libc::SIGSEGV, 1, 0), SignalSource::Kernel);
        let broken = SignalInfo { code: libc::SI_USER, pid: 2 };
        assert_eq!(source(libc::SIGPIPE, broken, true, &numbers), SignalSource::Kernel);
        assert_eq!(source(libc::SIGPIPE, broken, false, &numbers), SignalSource::Process(ProcessId(0)));
    }
}
