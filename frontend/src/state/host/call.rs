//! One call, as a panel shows it: its name, what it waits for, and what came of it.

use trace::event::call::{Outcome, Value};
use trace::event::socket::Kind;
use trace::model::{Call, Ending, Model};
use trace::syscall::Syscall;

use super::{Did, Note, Waiting};

/// Whether a call is worth showing in the panel: on a socket, on the terminal's input, or for readiness. An
/// interpreter makes many more, on its own files.
pub(super) fn is_shown(call: &Call) -> bool {
    call.socket.is_some() || call.reads_terminal() || call.syscall.waits_for_readiness()
}

/// What a call waits for while it is open.
pub(super) fn waiting(model: &Model, call: &Call) -> Waiting {
    match call.syscall {
        _ if call.reads_terminal() => Waiting::You,
        Syscall::Accept | Syscall::Accept4 => Waiting::Connection,
        Syscall::Connect => Waiting::Handshake,
        syscall if syscall.receives() => Waiting::Data,
        syscall if syscall.sends() => Waiting::Room,
        syscall if syscall.waits_for_readiness() => Waiting::Readiness,
        _ => Waiting::Kernel(name(model, call)),
    }
}

/// What there is to note beside a call's line. One that is held waits for nothing: the kernel has not been asked yet.
pub(super) fn note(model: &Model, call: &Call) -> Option<Note> {
    if !is_shown(call) || call.is_held() {
        return None;
    }
    let waiting = waiting(model, call);
    let did = match call.ending {
        None if matches!(waiting, Waiting::Kernel(_)) => return None,
        None => Did::Waits(waiting),
        // The program never notices, and its terminal's new size is one of many reasons: the kernel enters it again.
        _ if call.is_interrupted() => Did::Waits(waiting),
        Some((_, Ending::Abandoned)) => return None,
        Some((_, Ending::Returned { outcome, .. })) => did(model, call, waiting, outcome),
    };
    // How long a person took to type is no news to that person.
    let over = !call.is_open() && !call.is_interrupted();
    let blocked = call.blocked(model.now).filter(|_| over && waiting != Waiting::You);
    (did != Did::Returned || blocked.is_some()).then_some(Note { did, blocked })
}

fn did(model: &Model, call: &Call, waiting: Waiting, outcome: Outcome) -> Did {
    let result = match outcome {
        Outcome::Failed(errno) => return Did::Failed(errno),
        Outcome::Returned(result) => result,
    };
    match waiting {
        Waiting::You | Waiting::Kernel(_) => Did::Returned,
        Waiting::Connection => Did::Accepted(call.args.iter().find_map(address)),
        Waiting::Handshake => Did::Connected,
        Waiting::Data if result == 0 && kind(model, call) == Some(Kind::Stream) => Did::EndOfStream,
        Waiting::Data => Did::Received(result),
        Waiting::Room => Did::Sent(result),
        Waiting::Readiness if result == 0 => Did::TimedOut,
        Waiting::Readiness => Did::Ready(result),
    }
}

fn address(arg: &Value) -> Option<String> {
    match arg {
        Value::Address(address) => Some(address.to_string()),
        _ => None,
    }
}

fn kind(model: &Model, call: &Call) -> Option<Kind> {
    Some(model.sockets.get(&call.socket?)?.origin.kind)
}

/// The name under which the man pages and the programs know a system call. On Linux send(2) is sendto(2) without an
/// address, and recv(2) recvfrom(2): on a stream, nobody writes the long names.
pub(super) fn name(model: &Model, call: &Call) -> &'static str {
    let stream = kind(model, call) == Some(Kind::Stream);
    match call.syscall {
        Syscall::Accept4 => "accept",
        Syscall::Sendto if stream => "send",
        Syscall::Recvfrom if stream => "recv",
        Syscall::Pselect6 => "select",
        Syscall::Ppoll => "poll",
        Syscall::EpollPwait | Syscall::EpollPwait2 => "epoll_wait",
        other => other.name(),
    }
}
