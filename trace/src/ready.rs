//! Readiness over time: what poll(2) would have said of every descriptor at every moment, what select, poll and epoll
//! were asked and answered, and what woke them.

use std::collections::BTreeMap;

use crate::because::{self, Because};
use crate::event::call::{Outcome, Value};
use crate::event::socket::{Interest, Readiness, Snapshot};
use crate::event::{Event, Fact};
use crate::id::{CallId, HostId, ProcessId, SocketId};
use crate::model::{Call, Model};
use crate::time::Nanos;

/// From one change of a socket to the next: what it was ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The event that began it.
    pub seq: u64,
    /// When.
    pub at: Nanos,
    /// What the kernel said; `None` where no program held it, so that nobody could ask.
    pub ready: Option<Readiness>,
    /// What waited in its queue: bytes, or connections.
    pub waiting: u32,
}

/// A descriptor that is, or was, a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who holds it.
    pub process: ProcessId,
    /// The descriptor.
    pub fd: i32,
    /// What it is.
    pub socket: SocketId,
    /// Its readiness, from its beginning on.
    pub stretches: Vec<Stretch>,
    /// What an epoll instance was told to watch it for, and by which descriptor that is.
    pub watched: Option<(i32, Interest)>,
    /// When epoll_wait(2) told it last, and by which call.
    pub told: Option<(Nanos, CallId)>,
}

impl Row {
    /// What it is ready for now.
    pub fn now(&self) -> Option<Stretch> {
        self.stretches.last().copied()
    }

    /// Whether epoll_wait(2) would tell it now: level-triggered as long as it is ready, edge-triggered once for each
    /// arrival. `None` where epoll does not watch it, or nobody knows what it is ready for.
    pub fn tells(&self, edge: bool) -> Option<bool> {
        let (_, interest) = self.watched.as_ref()?;
        let ready = interest.wants(self.now()?.ready?);
        Some(ready && !(edge && self.told.is_some_and(|(told, _)| !self.gained_since(told))))
    }

    /// Whether more came, or it became ready for more, after a moment.
    fn gained_since(&self, moment: Nanos) -> bool {
        let since = self.stretches.partition_point(|stretch| stretch.at <= moment).saturating_sub(1);
        let bits = |stretch: &Stretch| stretch.ready.unwrap_or_default();
        let gained = |pair: &[Stretch]| pair[1].waiting > pair[0].waiting || !bits(&pair[0]).has(bits(&pair[1]));
        self.stretches[since..].windows(2).any(gained)
    }

    /// Edge-triggered, told, and not emptied since: something waits that epoll_wait(2) will not mention until more comes.
    pub fn is_forgotten(&self) -> bool {
        let edge = self.watched.is_some_and(|(_, interest)| interest.is_edge_triggered());
        edge && self.told.is_some() && self.now().is_some_and(|now| now.waiting > 0) && self.tells(true) == Some(false)
    }
}

/// A call that asked for readiness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The call.
    pub call: CallId,
    /// Its process.
    pub process: ProcessId,
    /// When it was entered.
    pub entered: Nanos,
    /// When it returned; `None` while it waits.
    pub returned: Option<Nanos>,
    /// The descriptors that were asked about, and for what, in the call's own words.
    pub asked: Vec<(i32, String)>,
    /// The descriptors that were answered, with what.
    pub answered: Vec<(i32, String)>,
    /// What came of it, if it returned.
    pub outcome: Option<Outcome>,
}

/// Every descriptor of a host's processes that is a socket, with its readiness up to the model's moment.
pub fn rows(events: &[Event], model: &Model, host: HostId) -> Vec<Row> {
    let mut stretches: BTreeMap<SocketId, Vec<Stretch>> = BTreeMap::new();
    for event in events {
        let (Fact::SocketSeen { socket, snapshot, .. } | Fact::SocketChanged { socket, snapshot }) = &event.fact else {
            continue;
        };
        let new = Stretch { seq: event.seq, at: event.at, ready: snapshot.ready, waiting: snapshot.recv_q };
        let known = stretches.entry(*socket).or_default();
        match known.last() {
            Some(last) if (last.ready, last.waiting) == (new.ready, new.waiting) => {}
            _ => known.push(new),
        }
    }
    let mut rows = vec![];
    for process in model.processes.values().filter(|process| process.host == host) {
        for (&fd, &socket) in &process.fds {
            let watched = process.epolls.iter().find_map(|(&epfd, interest)| {
                Some((epfd, *interest.iter().find(|one| one.fd == fd && one.socket.is_none_or(|id| id == socket))?))
            });
            let told = watched.and_then(|(epfd, interest)| told(model, process.id, epfd, fd, &interest));
            let stretches = stretches.get(&socket).cloned().unwrap_or_default();
            rows.push(Row { process: process.id, fd, socket, stretches, watched, told });
        }
    }
    rows
}

/// When epoll_wait(2) told a descriptor last.
fn told(model: &Model, process: ProcessId, epfd: i32, fd: i32, interest: &Interest) -> Option<(Nanos, CallId)> {
    let of_process = |call: &Call| model.threads.get(&call.thread).is_some_and(|thread| thread.process == process);
    let tells = |call: &Call| {
        call.fd() == Some(epfd) && call.syscall.waits_for_readiness() && of_process(call) && {
            polled(call).any(|(one, data)| one == fd || (one < 0 && data == interest.data))
        }
    };
    let last = model.calls.values().rfind(|call| call.ending.is_some() && tells(call))?;
    Some((last.ending?.0, last.id))
}

fn polled(call: &Call) -> impl Iterator<Item = (i32, u64)> {
    call.args
        .iter()
        .flat_map(|arg| match arg {
            Value::Polled(polled) => &polled[..],
            _ => &[],
        })
        .filter(|one| !one.revents.is_empty())
        .map(|one| (one.fd, one.data))
}

/// Calls of a host's processes that asked for readiness, the latest last; at most so many.
pub fn questions(events: &[Event], model: &Model, host: HostId, most: usize) -> Vec<Question> {
    let of_host = |call: &&Call| {
        call.syscall.waits_for_readiness() && model.threads.get(&call.thread).is_some_and(|thread| thread.host == host)
    };
    let calls = model.calls.values().map(AsRef::as_ref).rev().filter(of_host).take(most);
    let mut all: Vec<Question> = calls.filter_map(|call| question(events, model, call)).collect();
    all.reverse();
    all
}

/// What a readiness call asked and was answered.
pub fn question(events: &[Event], model: &Model, call: &Call) -> Option<Question> {
    const NAMES: [&str; 3] = ["read", "write", "except"];
    let process = model.threads.get(&call.thread)?.process;
    let (mut asked, mut answered) = (vec![], vec![]);
    let over = call.ending.is_some();
    for (index, arg) in call.args.iter().enumerate() {
        match arg {
            // When select(2) returns, its sets hold the answer; what was asked is in the event of its entry.
            Value::FdSet(fds) => {
                let name = NAMES.get(index.wrapping_sub(1)).copied().unwrap_or("?");
                let into = if over { &mut answered } else { &mut asked };
                into.extend(fds.iter().map(|fd| (*fd, name.to_owned())));
            }
            Value::Polled(polled) => {
                for one in polled {
                    if !one.events.is_empty() {
                        asked.push((one.fd, one.events.clone()));
                    }
                    if over && !one.revents.is_empty() {
                        answered.push((one.fd, one.revents.clone()));
                    }
                }
            }
            _ => {}
        }
    }
    if over && matches!(call.args.get(1), Some(Value::FdSet(_) | Value::Null | Value::Pending)) {
        asked = entry_sets(events, call, &NAMES);
    }
    if call.syscall.name().starts_with("epoll") {
        asked = watched_at(events, process, call);
    }
    let (entered, returned) = (call.entered, call.ending.map(|(at, _)| at));
    Some(Question { call: call.id, process, entered, returned, asked, answered, outcome: call.outcome() })
}

/// What an epoll instance watched when it was asked.
fn watched_at(events: &[Event], process: ProcessId, call: &Call) -> Vec<(i32, String)> {
    let before = &events[..because::index_at(events, call.entered)];
    let watched = before.iter().rev().find_map(|event| match &event.fact {
        Fact::EpollChanged { process: id, epfd, interest } if *id == process && Some(*epfd) == call.fd() => {
            Some(interest)
        }
        _ => None,
    });
    watched.into_iter().flatten().map(|interest| (interest.fd, interest.names())).collect()
}

/// What the sets of select(2) were when it was entered.
fn entry_sets(events: &[Event], call: &Call, names: &[&str; 3]) -> Vec<(i32, String)> {
    let from = events.partition_point(|event| event.at < call.entered);
    let entry =
        events[from..].iter().take_while(|event| event.at <= call.entered).find_map(|event| match &event.fact {
            Fact::CallEntered { call: id, args, .. } if *id == call.id => Some(args),
            _ => None,
        });
    let sets = entry.into_iter().flatten().skip(1).zip(names);
    sets.flat_map(|(value, name)| match value {
        Value::FdSet(fds) => fds.iter().map(|fd| (*fd, (*name).to_owned())).collect(),
        _ => vec![],
    })
    .collect()
}

/// What woke a readiness call: how a socket changed while it waited.
#[derive(Clone, Debug, PartialEq)]
pub struct Woke<'a> {
    /// The change.
    pub seq: u64,
    /// What the socket was like.
    pub before: &'a Snapshot,
    /// What it is like.
    pub now: &'a Snapshot,
    /// Why.
    pub because: Because,
}

/// The change that made a socket ready while a call waited for it; `None` if it was ready before.
pub fn woke<'a>(events: &'a [Event], model: &Model, call: &Call, socket: SocketId) -> Option<Woke<'a>> {
    let end = call.ending.map_or(events.len(), |(at, _)| because::index_at(events, at));
    let host = model.sockets.get(&socket)?.host;
    let snapshots = events[..end].iter().enumerate().rev().filter_map(|(index, event)| match &event.fact {
        Fact::SocketSeen { socket: id, snapshot, .. } | Fact::SocketChanged { socket: id, snapshot }
            if *id == socket =>
        {
            Some((index, event, snapshot))
        }
        _ => None,
    });
    let mut later: Option<(usize, &Event, &Snapshot)> = None;
    for (index, event, snapshot) in snapshots {
        if let Some((later_index, later, now)) = later
            && gained(snapshot, now)
        {
            let because = because::of(events, later_index, host, model);
            return Some(Woke { seq: later.seq, before: snapshot, now, because });
        }
        if event.at < call.entered {
            return None;
        }
        later = Some((index, event, snapshot));
    }
    None
}

/// Whether a socket is ready for something that it was not ready for, or has more to give.
fn gained(before: &Snapshot, now: &Snapshot) -> bool {
    let bits = |snapshot: &Snapshot| snapshot.ready.unwrap_or_default();
    !bits(before).has(bits(now)) || now.recv_q > before.recv_q
}

#[cfg(test)]
mod tests;
