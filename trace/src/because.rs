//! Why something changed, as far as the order of a trace proves it.
//!
//! The kernel is looked at after every call and every frame, so a socket's change follows, in the trace, what made it
//! change. Where nothing of the kind is near, a timer of the kernel did it, or it is not known.

use std::time::Duration;

use crate::event::{Event, Fact};
use crate::id::{CallId, FrameId, HostId};
use crate::model::Model;
use crate::time::Nanos;

/// What led to a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// A frame came in.
    Arrived(FrameId),
    /// The host itself sent a frame: its kernel looked the same before.
    Sent(FrameId),
    /// A program of the host made this call.
    Call(CallId),
    /// A task of the host ended.
    Ended,
    /// Nothing that was seen: a timer of the kernel, or something unknown.
    Unknown,
}

/// How long after its cause a change is seen at most; later ones are a timer's.
const NEAR: Duration = Duration::from_millis(20);

/// How far to look back.
const FAR: usize = 64;

/// Why the event at this place, which is of this host, happened. `model` is the world at that time or later.
pub fn of(events: &[Event], index: usize, host: HostId, model: &Model) -> Because {
    let Some(event) = events.get(index) else { return Because::Unknown };
    let at = event.at;
    let near = events[..index].iter().rev().take(FAR).take_while(|before| at.since(before.at) <= NEAR);
    near.into_iter().find_map(|before| on(before, host, model)).unwrap_or(Because::Unknown)
}

/// What an event does to a host, if it does anything.
fn on(event: &Event, host: HostId, model: &Model) -> Option<Because> {
    let of_host = |thread| model.threads.get(thread).is_some_and(|thread| thread.host == host);
    match &event.fact {
        Fact::FrameDelivered { frame, host: to } if *to == host => Some(Because::Arrived(*frame)),
        Fact::FrameLooped { frame, host: to, .. } if *to == host => Some(Because::Arrived(*frame)),
        Fact::FrameSent { frame, host: from, .. } if *from == host => Some(Because::Sent(*frame)),
        Fact::CallEntered { call, thread, .. } if of_host(thread) => Some(Because::Call(*call)),
        Fact::CallReturned { call, .. } if model.call(*call).is_some_and(|call| of_host(&call.thread)) => {
            Some(Because::Call(*call))
        }
        Fact::ThreadEnded { thread, .. } if of_host(thread) => Some(Because::Ended),
        _ => None,
    }
}

/// The host that an event is of, if it is of one.
pub fn host_of(fact: &Fact, model: &Model) -> Option<HostId> {
    let of_thread = |thread| model.threads.get(thread).map(|thread| thread.host);
    let of_socket = |socket| model.sockets.get(socket).map(|socket| socket.host);
    match fact {
        Fact::FrameSent { host, .. }
        | Fact::FrameLooped { host, .. }
        | Fact::FrameDelivered { host, .. }
        | Fact::HostReady { host }
        | Fact::ProgramGiven { host, .. }
        | Fact::ProgramEnded { host, .. }
        | Fact::Typed { host, .. }
        | Fact::Printed { host, .. } => Some(*host),
        Fact::CallEntered { thread, .. }
        | Fact::ThreadStarted { thread, .. }
        | Fact::ThreadEnded { thread, .. }
        | Fact::ProgramExecuted { thread, .. }
        | Fact::SignalDelivered { thread, .. } => of_thread(thread),
        Fact::CallHeld { call, .. }
        | Fact::CallResumed { call }
        | Fact::CallReturned { call, .. }
        | Fact::CallAbandoned { call } => of_thread(&model.call(*call)?.thread),
        Fact::SocketSeen { socket, .. } | Fact::SocketChanged { socket, .. } | Fact::SocketGone { socket } => {
            of_socket(socket)
        }
        Fact::EpollChanged { process, .. } => model.processes.get(process).map(|process| process.host),
        _ => None,
    }
}

/// Where in the trace the last event of a moment is.
pub fn index_at(events: &[Event], at: Nanos) -> usize {
    events.partition_point(|event| event.at <= at)
}
