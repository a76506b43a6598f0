//! One call from entry to return: its name, what it waits for, and what came of it.

use trace::event::call::{Argument, Outcome, Value};
use trace::event::socket::Kind;
use trace::id::HostId;
use trace::syscall::Syscall;
use trace::time::Nanos;

use super::{Did, Waiting};

/// A call that has been entered.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OpenCall {
    pub(super) host: HostId,
    pub(super) entered: Nanos,
    pub(super) name: &'static str,
    pub(super) waiting: Waiting,
    pub(super) line: Option<u32>,
    syscall: Syscall,
    kind: Option<Kind>,
}

impl OpenCall {
    /// A call worth showing in the panel: on a socket, on the terminal's input, or for readiness. An interpreter
    /// makes many more, on its own files.
    pub(super) fn new(
        host: HostId,
        entered: Nanos,
        syscall: Syscall,
        args: &[Value],
        on_socket: bool,
        kind: Option<Kind>,
        line: Option<u32>,
    ) -> Option<Self> {
        let on_terminal = !on_socket && syscall == Syscall::Read && args.first() == Some(&Value::Fd(0));
        if !on_socket && !on_terminal && !syscall.waits_for_readiness() {
            return None;
        }
        let name = name(syscall, kind);
        let waiting = match syscall {
            _ if on_terminal => Waiting::You,
            Syscall::Accept | Syscall::Accept4 => Waiting::Connection,
            Syscall::Connect => Waiting::Handshake,
            syscall if syscall.receives() => Waiting::Data,
            syscall if syscall.sends() => Waiting::Room,
            syscall if syscall.waits_for_readiness() => Waiting::Readiness,
            _ => Waiting::Kernel(name),
        };
        Some(Self { host, entered, name, waiting, line, syscall, kind })
    }

    /// What came of it.
    pub(super) fn did(&self, outcome: Outcome, filled: &[Argument]) -> Did {
        let result = match outcome {
            Outcome::Failed(errno) => return Did::Failed(errno),
            Outcome::Returned(result) => result,
        };
        match self.waiting {
            Waiting::You | Waiting::Kernel(_) => Did::Returned,
            Waiting::Connection => Did::Accepted(filled.iter().find_map(address)),
            Waiting::Handshake => Did::Connected,
            Waiting::Data if result == 0 && self.kind == Some(Kind::Stream) => Did::EndOfStream,
            Waiting::Data => Did::Received(result),
            Waiting::Room => Did::Sent(result),
            Waiting::Readiness if result == 0 => Did::TimedOut,
            Waiting::Readiness => Did::Ready(result),
        }
    }
}

fn address(filled: &Argument) -> Option<String> {
    match &filled.value {
        Value::Address(address) => Some(address.to_string()),
        _ => None,
    }
}

/// The name under which the man pages and the programs know a system call. On Linux send(2) is sendto(2) without an
/// address, and recv(2) recvfrom(2): on a stream, nobody writes the long names.
fn name(syscall: Syscall, kind: Option<Kind>) -> &'static str {
    match syscall {
        Syscall::Accept4 => "accept",
        Syscall::Sendto if kind == Some(Kind::Stream) => "send",
        Syscall::Recvfrom if kind == Some(Kind::Stream) => "recv",
        Syscall::Pselect6 => "select",
        Syscall::Ppoll => "poll",
        Syscall::EpollPwait | Syscall::EpollPwait2 => "epoll_wait",
        other => other.name(),
    }
}
