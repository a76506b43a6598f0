//! Signals (signal(7)) that reach a program.

use serde::{Deserialize, Serialize};

use crate::id::ProcessId;

/// Who caused a signal, by `si_code` and `si_pid` of sigaction(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignalSource {
    /// The kernel: a write to a connection that is closed, a key at the terminal, a fault of the program's own.
    Kernel,
    /// This process of the same host, by kill(2) and its like; or its end, for `SIGCHLD`.
    Process(ProcessId),
    /// A timer that the program has set.
    Timer,
    /// It is not known: somebody outside of the sandbox, or a process that was never seen.
    Unknown,
}

/// What a program does about a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Disposition {
    /// What signal(7) says of it: most end the program.
    Default,
    /// Nothing.
    Ignored,
    /// It has a function for it.
    Caught,
    /// It could not be looked up.
    Unknown,
}

impl Disposition {
    /// Whether anything comes of this signal, or is kept from coming: one that would do nothing and is let is no news.
    pub const fn is_noticed(self, signal: i32) -> bool {
        matches!(self, Self::Caught) || !is_harmless(signal)
    }
}

/// Whether signal(7) has a signal do nothing where a program does not say otherwise. The numbers are those of x86 and
/// ARM: `SIGCHLD`, `SIGCONT`, `SIGURG`, `SIGWINCH`.
const fn is_harmless(signal: i32) -> bool {
    matches!(signal, 17 | 18 | 23 | 28)
}

/// A signal by its name in signal(7), or `signal 40` for one without.
pub fn name(signal: i32) -> String {
    const NAMES: [&str; 31] = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ];
    let index = usize::try_from(signal).ok().and_then(|number| number.checked_sub(1));
    match index.and_then(|index| NAMES.get(index)) {
        Some(name) => format!("SIG{name}"),
        None => format!("signal {signal}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_at_their_numbers() {
        let names =
            [(1, "SIGHUP"), (9, "SIGKILL"), (13, "SIGPIPE"), (31, "SIGSYS"), (0, "signal 0"), (40, "signal 40")];
        for (number, expected) in names {
            assert_eq!(name(number), expected);
        }
        let harmless: Vec<String> = (0..65).filter(|number| is_harmless(*number)).map(name).collect();
        assert_eq!(harmless, ["SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH"]);
    }
}
