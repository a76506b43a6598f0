//! The calls of a run in the format of `strace -f -ttt -T --decode-pids=comm`, with the host in the place of the
//! command.
//!
//! ```text
//! [pid     2<server>] 1700000000.036480 accept4(3,  <unfinished ...>
//! [pid     2<client>] 1700000000.042075 connect(3, {sa_family=AF_INET, …}, 16) = 0 <0.000411>
//! [pid     2<server>] 1700000000.042512 <... accept4 resumed>{sa_family=AF_INET, …}, [16], SOCK_CLOEXEC) = 4 <0.006032>
//! ```
//! Where strace(1) shows an address in memory that it does not look behind, this shows `...`.

mod value;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use crate::event::call::{Argument, Outcome, Value};
use crate::event::host::ExitStatus;
use crate::event::{Event, Fact, signal};
use crate::id::{CallId, HostId, ThreadId};
use crate::syscall::Syscall;
use crate::time::Nanos;

/// Turns events into lines, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Strace {
    hosts: Vec<String>,
    threads: BTreeMap<ThreadId, (HostId, u32)>,
    calls: BTreeMap<CallId, Call>,
    /// The call that was entered last and has no line yet.
    unwritten: Option<CallId>,
    unix_ns: u64,
}

#[derive(Clone, Debug)]
struct Call {
    thread: ThreadId,
    entered: Nanos,
    syscall: Syscall,
    args: Vec<Value>,
}

impl Strace {
    /// Writes what the next event says of calls, in whole lines; possibly nothing yet.
    pub fn push(&mut self, event: &Event, out: &mut String) {
        match &event.fact {
            Fact::RunStarted { unix_ns, hosts, .. } => {
                self.hosts = hosts.iter().map(|host| host.name.clone()).collect();
                self.unix_ns = *unix_ns;
            }
            Fact::ThreadStarted { thread, host, tid, .. } => drop(self.threads.insert(*thread, (*host, *tid))),
            Fact::ThreadEnded { thread, status } => {
                self.settle(out);
                let text = match status {
                    ExitStatus::Exited(code) => format!("+++ exited with {code} +++"),
                    ExitStatus::Signaled(signal) => format!("+++ killed by {} +++", signal::name(*signal)),
                    ExitStatus::Unknown => "+++ superseded by execve +++".to_owned(),
                };
                self.line(*thread, event.at, &text, out);
            }
            Fact::SignalDelivered { thread, signal, .. } => {
                self.settle(out);
                let name = signal::name(*signal);
                self.line(*thread, event.at, &format!("--- {name} {{si_signo={name}, ...}} ---"), out);
            }
            Fact::CallEntered { call, thread, syscall, args, .. } => {
                self.settle(out);
                let entered = Call { thread: *thread, entered: event.at, syscall: *syscall, args: args.clone() };
                self.calls.insert(*call, entered);
                self.unwritten = Some(*call);
            }
            Fact::CallReturned { call, outcome, filled, .. } => self.returned(*call, event.at, *outcome, filled, out),
            Fact::CallAbandoned { call } => {
                let Some(open) = self.calls.remove(call) else { return };
                let name = open.syscall.name();
                if self.unwritten.take_if(|unwritten| unwritten == call).is_some() {
                    let text = format!("{name}({} <unfinished ...>) = ?", open.beginning());
                    self.line(open.thread, open.entered, &text, out);
                } else {
                    self.settle(out);
                    self.line(open.thread, event.at, &format!("<... {name} resumed>) = ?"), out);
                }
            }
            _ => {}
        }
    }

    /// Writes the line of a call that was entered and has not returned, if it has none yet.
    pub fn settle(&mut self, out: &mut String) {
        if let Some(call) = self.unwritten.take().and_then(|call| self.calls.get(&call)) {
            let text = format!("{}({} <unfinished ...>", call.syscall.name(), call.beginning());
            self.line(call.thread, call.entered, &text, out);
        }
    }

    fn returned(&mut self, call: CallId, at: Nanos, outcome: Outcome, filled: &[Argument], out: &mut String) {
        let Some(open) = self.calls.remove(&call) else { return };
        let text = open.arguments(filled);
        let ending = format!(") = {} <{}>", open.result(outcome, filled), seconds(at.since(open.entered)));
        if self.unwritten.take_if(|unwritten| *unwritten == call).is_some() {
            let text = format!("{}({}{ending}", open.syscall.name(), text.join(", "));
            self.line(open.thread, open.entered, &text, out);
        } else {
            self.settle(out);
            let rest = text[open.known()..].join(", ");
            self.line(open.thread, at, &format!("<... {} resumed>{rest}{ending}", open.syscall.name()), out);
        }
    }

    fn line(&self, thread: ThreadId, at: Nanos, text: &str, out: &mut String) {
        let (host, tid) = self.threads.get(&thread).copied().unwrap_or_default();
        let host = self.hosts.get(usize::from(host.0)).map_or("?", String::as_str);
        let time = seconds(Duration::from_nanos(self.unix_ns.saturating_add(at.0)));
        writeln!(out, "[pid {tid:>5}<{host}>] {time} {text}").expect("a String takes all");
    }
}

impl Call {
    /// How many arguments are known when it is entered, those after one that the kernel fills in not counted.
    fn known(&self) -> usize {
        let waits =
            |index: usize| self.args[index] == Value::Pending || self.syscall == Syscall::Sendfile && index == 2;
        (0..self.args.len()).find(|index| waits(*index)).unwrap_or(self.args.len())
    }

    /// The arguments that are known when it is entered.
    fn beginning(&self) -> String {
        let mut text = self.arguments(&[])[..self.known()].join(", ");
        if self.known() < self.args.len() && !text.is_empty() {
            text.push_str(", ");
        }
        text
    }

    fn arguments(&self, filled: &[Argument]) -> Vec<String> {
        let after = |index: usize| filled.iter().find(|argument| usize::from(argument.index) == index);
        let shown = |(index, value): (usize, &Value)| {
            value::argument(self.syscall, index, value, after(index).map(|argument| &argument.value))
        };
        self.args.iter().enumerate().map(shown).collect()
    }

    fn result(&self, outcome: Outcome, filled: &[Argument]) -> String {
        match outcome {
            // The kernel's own errors: the program never sees them.
            Outcome::Failed(errno) if errno.0 >= 512 => format!("? {errno} ({})", errno.meaning()),
            Outcome::Failed(errno) => format!("-1 {errno} ({})", errno.meaning()),
            Outcome::Returned(value) => {
                let ready = value::ready(self.syscall, value, filled);
                format!("{value}{ready}")
            }
        }
    }
}

/// Seconds with microseconds.
fn seconds(time: Duration) -> String {
    format!("{}.{:06}", time.as_secs(), time.subsec_micros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use proptest::prelude::*;

    fn lines(events: &[Event]) -> String {
        let (mut strace, mut out) = (Strace::default(), String::new());
        for event in events {
            strace.push(event, &mut out);
        }
        strace.settle(&mut out);
        out
    }

    #[test]
    fn a_tcp_echo() {
        insta::assert_snapshot!(lines(&fixtures::tcp_echo()));
    }

    #[test]
    fn a_refused_connection() {
        insta::assert_snapshot!(lines(&fixtures::refused()));
    }

    proptest! {
        #[test]
        fn any_trace_has_lines(events in fixtures::arbitrary::trace(1..40)) {
            prop_assert!(lines(&events).lines().all(|line| line.starts_with("[pid ")));
        }
    }
}
