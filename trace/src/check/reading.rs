//! A trace that was read: what checks ask about, and the event where each thing was seen.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use crate::event::call::{Address, Outcome, Value};
use crate::event::host::{Cause, ExitStatus};
use crate::event::socket::{Kind, Snapshot, TcpState};
use crate::event::{Event, Fact};
use crate::id::{FrameId, HostId, ProcessId, SocketId, ThreadId};
use crate::model::{Call, Frame, Model};
use crate::syscall::Syscall;
use crate::time::Nanos;

/// A whole trace.
#[derive(Debug)]
pub struct Reading<'a> {
    /// Its events.
    pub events: &'a [Event],
    /// The world at its end.
    pub model: Model,
    /// Every call, in the order of entry.
    pub acts: Vec<Act>,
    /// Each socket's states, in order, and the event that told each.
    pub states: BTreeMap<SocketId, Vec<State<'a>>>,
    /// When frames were sent, by their ids.
    pub sent: BTreeMap<FrameId, u64>,
    outputs: BTreeMap<HostId, Output>,
    ends: BTreeMap<HostId, (u64, ExitStatus)>,
}

/// A call and where the trace tells of it.
#[derive(Clone, Debug)]
pub struct Act {
    /// The call with all of its arguments.
    pub call: std::sync::Arc<Call>,
    /// Where it was made.
    pub host: HostId,
    /// By whom.
    pub process: ProcessId,
    /// The event of its entry.
    pub entered: u64,
    /// The event of its return; `None` if it never did.
    pub returned: Option<u64>,
}

/// A socket at one moment.
#[derive(Clone, Copy, Debug)]
pub struct State<'a> {
    /// The event that told it.
    pub seq: u64,
    /// When.
    pub at: Nanos,
    /// The state.
    pub snapshot: &'a Snapshot,
}

/// What appeared on a terminal.
#[derive(Debug, Default)]
struct Output {
    bytes: Vec<u8>,
    /// Events, and how many bytes had appeared after each.
    ends: Vec<(usize, u64)>,
}

/// Bytes that a call passed between a program and a socket.
#[derive(Clone, Copy, Debug)]
pub struct Transfer<'a> {
    /// The socket.
    pub socket: SocketId,
    /// Out of the program, or into it.
    pub out: bool,
    /// How many bytes passed.
    pub len: u64,
    /// How many the program asked for, or offered.
    pub asked: u64,
    /// The first of them, as many as were kept.
    pub head: &'a [u8],
    /// The event of the call's return.
    pub seq: u64,
}

impl<'a> Reading<'a> {
    /// Reads a trace.
    pub fn of(events: &'a [Event]) -> Self {
        let model = Model::after(events);
        let mut places: BTreeMap<_, (u64, Option<u64>)> = BTreeMap::new();
        let mut states = BTreeMap::<SocketId, Vec<State<'a>>>::new();
        let (mut outputs, mut ends, mut sent) = (BTreeMap::<HostId, Output>::new(), BTreeMap::new(), BTreeMap::new());
        for Event { seq, at, fact } in events {
            match fact {
                // A call that went on after a signal has several ids; it is known by its first.
                Fact::CallEntered { call, .. } => {
                    if let Some(call) = model.call(*call) {
                        places.entry(call.id).or_insert((*seq, None));
                    }
                }
                Fact::CallReturned { call, .. } => {
                    if let Some(place) = model.call(*call).and_then(|call| places.get_mut(&call.id)) {
                        place.1 = Some(*seq);
                    }
                }
                Fact::SocketSeen { socket, snapshot, .. } | Fact::SocketChanged { socket, snapshot } => {
                    states.entry(*socket).or_default().push(State { seq: *seq, at: *at, snapshot });
                }
                Fact::Printed { host, bytes } => {
                    let output = outputs.entry(*host).or_default();
                    output.bytes.extend_from_slice(&bytes.0);
                    output.ends.push((output.bytes.len(), *seq));
                }
                Fact::ProgramEnded { host, status } => {
                    ends.insert(*host, (*seq, *status));
                }
                Fact::FrameSent { frame, .. } | Fact::FrameMade { frame, .. } | Fact::FrameLooped { frame, .. } => {
                    sent.insert(*frame, *seq);
                }
                _ => {}
            }
        }
        let mut acts: Vec<Act> = model
            .calls
            .values()
            .filter_map(|call| {
                let thread = model.threads.get(&call.thread)?;
                let (entered, returned) = *places.get(&call.id)?;
                let returned = returned.filter(|_| call.outcome().is_some());
                let (host, process) = (thread.host, thread.process);
                Some(Act { call: std::sync::Arc::clone(call), host, process, entered, returned })
            })
            .collect();
        acts.sort_by_key(|act| act.entered);
        Self { events, model, acts, states, sent, outputs, ends }
    }

    /// The number of a host with this name.
    pub fn host(&self, name: &str) -> Option<HostId> {
        (0..).map(HostId).zip(&self.model.hosts).find(|(_, host)| host.spec.name == name).map(|(id, _)| id)
    }

    /// The hosts that a name means: all whose names begin with what is before a `*`.
    pub fn hosts(&self, name: &str) -> Vec<HostId> {
        let hosts = (0..).map(HostId).zip(&self.model.hosts);
        hosts.filter(|(_, host)| means(name, &host.spec.name)).map(|(id, _)| id).collect()
    }

    /// A host's name.
    pub fn name(&self, host: HostId) -> &str {
        self.model.name(host)
    }

    /// When an event was observed.
    pub fn at(&self, seq: u64) -> Nanos {
        let event = usize::try_from(seq).ok().and_then(|index| self.events.get(index)).filter(|event| event.seq == seq);
        event.map_or(self.model.now, |event| event.at)
    }

    /// The calls of a host, in the order of entry.
    pub fn acts_on(&self, host: HostId) -> impl Iterator<Item = &Act> {
        self.acts.iter().filter(move |act| act.host == host)
    }

    /// What appeared on a host's terminal, lossily as text with plain line ends.
    pub fn output(&self, host: HostId) -> String {
        let bytes = self.outputs.get(&host).map_or(&[][..], |output| &output.bytes);
        String::from_utf8_lossy(bytes).replace("\r\n", "\n")
    }

    /// The event after which a host's terminal shows this text.
    pub fn printed(&self, host: HostId, text: &str) -> Option<u64> {
        let output = self.outputs.get(&host)?;
        let as_shown = text.replace('\n', "\r\n");
        let found = [text, &as_shown]
            .into_iter()
            .find_map(|text| find(&output.bytes, text.as_bytes()).map(|at| at + text.len()))?;
        output.ends.iter().find(|(end, _)| *end >= found).map(|(_, seq)| *seq)
    }

    /// How a host's program ended by itself, and where; `None` if it was there until somebody stopped it.
    pub fn ended(&self, host: HostId) -> Option<(u64, ExitStatus)> {
        const SIGKILL: i32 = 9;
        let stopped = !matches!(self.model.ended, Some(Cause::Finished) | None);
        self.ends.get(&host).copied().filter(|(_, status)| !(stopped && *status == ExitStatus::Signaled(SIGKILL)))
    }

    /// The event at which somebody ended programs that would have gone on: what follows is none of their doing.
    pub fn stopped_at(&self) -> Option<u64> {
        const SIGKILL: i32 = 9;
        if matches!(self.model.ended, Some(Cause::Finished) | None) {
            return None;
        }
        let killed = |fact: &Fact| match fact {
            Fact::ThreadEnded { status, .. } | Fact::ProgramEnded { status, .. } => {
                *status == ExitStatus::Signaled(SIGKILL)
            }
            Fact::CallAbandoned { call } => self.model.call(*call).is_some_and(|call| {
                let thread = self.model.threads.get(&call.thread);
                thread.and_then(|thread| thread.ended).is_some_and(|(_, how)| how == ExitStatus::Signaled(SIGKILL))
            }),
            Fact::LimitReached { host: None, .. } | Fact::RunEnded { .. } => true,
            _ => false,
        };
        let first = self.events.iter().position(|event| killed(&event.fact))?;
        // A program that is killed closes its sockets before its end is told. Whoever stops a run by hand does it when
        // all is quiet: what comes in one go with the end belongs to it.
        let end = self.events[first].at;
        let gap = |index: &usize| self.events[*index].at.since(self.events[index.saturating_sub(1)].at) >= LULL;
        let with_it = |index: &usize| end.since(self.events[*index].at) < LULL;
        let begin = (1..=first).rev().take_while(with_it).find(gap).unwrap_or(first);
        Some(self.events[begin].seq)
    }

    /// When that was, or when the run ended.
    pub fn stopped_time(&self) -> Nanos {
        self.stopped_at().map_or(self.model.now, |seq| self.at(seq))
    }

    /// The call in which a task was when the run ended.
    pub fn stuck(&self, host: HostId) -> Option<&Act> {
        let main = self.model.host(host).and_then(|host| host.main);
        let open = |act: &&Act| act.host == host && act.returned.is_none();
        let of = |thread: Option<ThreadId>| self.acts.iter().filter(open).rfind(|act| Some(act.call.thread) == thread);
        of(main).or_else(|| self.acts.iter().rfind(open))
    }

    /// The bytes that a call passed, if it passed any or told the end.
    pub fn transfer<'b>(&self, act: &'b Act) -> Option<Transfer<'b>> {
        let call = &act.call;
        let out = call.syscall.sends();
        let (socket, seq) = (call.socket?, act.returned?);
        let Some(Outcome::Returned(len)) = call.outcome() else { return None };
        if !out && !call.syscall.receives() || argument(call, "flags").is_some_and(is_peek) {
            return None;
        }
        let len = u64::try_from(len).ok()?;
        let data = call.args.iter().find_map(|value| match value {
            Value::Data(data) | Value::Message { data, .. } => Some(data),
            _ => None,
        });
        let head = data.map_or(&[][..], |data| &data.head.0);
        let asked = match argument(call, "len").or_else(|| argument(call, "count")) {
            Some(Value::Int(asked)) => u64::try_from(*asked).unwrap_or(len),
            _ => data.map_or(len, |data| if out { data.len } else { len }),
        };
        let head = &head[..head.len().min(usize::try_from(len).unwrap_or(usize::MAX))];
        Some(Transfer { socket, out, len, asked, head, seq })
    }

    /// All that passed between a host's programs and its sockets, in the order of the calls' returns.
    pub fn transfers(&self, host: HostId) -> Vec<Transfer<'_>> {
        let mut all: Vec<_> = self.acts_on(host).filter_map(|act| self.transfer(act)).collect();
        all.sort_by_key(|transfer| transfer.seq);
        all
    }

    /// The sockets of a host that were TCP connections, or tried to become one: not those that listened.
    pub fn connections(&self, host: HostId) -> Vec<Connection<'_>> {
        let mut all = vec![];
        for socket in self.model.sockets.values().filter(|socket| socket.host == host) {
            let states = self.states.get(&socket.id).map_or(&[][..], Vec::as_slice);
            let ends = |state: &State<'_>| {
                let (local, peer) = (inet(state.snapshot.local.as_ref())?, inet(state.snapshot.peer.as_ref())?);
                Some((local, peer))
            };
            let listens = states.iter().any(|state| state.snapshot.state == Some(TcpState::Listen));
            if socket.origin.kind == Kind::Stream
                && !listens
                && let Some((local, peer)) = states.iter().find_map(ends)
            {
                all.push(Connection { socket: socket.id, local, peer, states });
            }
        }
        all
    }

    /// The other end of a connection, where the run saw it.
    pub fn other_end(&self, connection: &Connection<'_>) -> Option<(HostId, SocketId)> {
        let hosts = (0..).map(HostId).take(self.model.hosts.len());
        hosts.into_iter().find_map(|host| {
            let ends = self.connections(host);
            let other = ends.iter().find(|end| end.local == connection.peer && end.peer == connection.local)?;
            Some((host, other.socket))
        })
    }

    /// The state of a socket as it was told last before an event.
    pub fn state_before(&self, socket: SocketId, seq: u64) -> Option<&State<'a>> {
        self.states.get(&socket)?.iter().rev().find(|state| state.seq < seq)
    }

    /// A frame's sender, by name, and the host that it is for, or nothing where it is for several or for nobody.
    pub fn ends_of(&self, frame: &Frame) -> (&str, &str) {
        let from = self.name(frame.host);
        let mac = frame.packet.as_ref().map(|packet| packet.ethernet.destination);
        let to = self.model.hosts.iter().find(|host| Some(host.spec.mac) == mac && !frame.looped);
        (from, to.map_or(if frame.looped { from } else { "" }, |host| &host.spec.name))
    }
}

/// One end of a TCP connection.
#[derive(Clone, Copy, Debug)]
pub struct Connection<'a> {
    /// The socket.
    pub socket: SocketId,
    /// Its own address.
    pub local: SocketAddr,
    /// The other end's.
    pub peer: SocketAddr,
    /// Its states.
    pub states: &'a [State<'a>],
}

impl Connection<'_> {
    /// The event at which it came into a state.
    pub fn came_into(&self, state: TcpState) -> Option<u64> {
        self.states.iter().find(|one| one.snapshot.state == Some(state)).map(|one| one.seq)
    }
}

impl Act {
    /// What it returned, if it was no error.
    pub fn result(&self) -> Option<i64> {
        match self.call.outcome() {
            Some(Outcome::Returned(value)) => Some(value),
            _ => None,
        }
    }

    /// The name of the error that it returned.
    pub fn error(&self) -> Option<&'static str> {
        match self.call.outcome() {
            Some(Outcome::Failed(errno)) => errno.name(),
            _ => None,
        }
    }

    /// The event to look at: its return, or its entry if it never returned.
    pub fn seq(&self) -> u64 {
        self.returned.unwrap_or(self.entered)
    }

    /// How long it lasted, up to the end of the run.
    pub fn lasted(&self, trace: &Reading<'_>) -> Duration {
        self.call.lasted(trace.model.now)
    }
}

/// Whether a name, perhaps with a `*` at its end, means a host.
pub fn means(name: &str, host: &str) -> bool {
    name.strip_suffix('*').map_or(name == host, |begin| host.starts_with(begin))
}

/// A call's argument by the name in its man page.
pub fn argument<'a>(call: &'a Call, name: &str) -> Option<&'a Value> {
    let index = call.syscall.params().iter().position(|param| *param == name)?;
    call.args.get(index)
}

/// The address among a call's arguments.
pub fn address(call: &Call) -> Option<&Address> {
    call.args.iter().find_map(|value| match value {
        Value::Address(address) | Value::Message { address: Some(address), .. } => Some(address),
        _ => None,
    })
}

/// Names that are joined by `|`, one of which is this.
pub fn has_name(value: Option<&Value>, name: &str) -> bool {
    matches!(value, Some(Value::Named(names)) if names.split('|').any(|one| one == name))
}

/// Where in some bytes others begin.
pub fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return Some(0);
    }
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn is_peek(flags: &Value) -> bool {
    has_name(Some(flags), "MSG_PEEK")
}

fn inet(address: Option<&Address>) -> Option<SocketAddr> {
    match address {
        Some(Address::Inet(address)) if address.port() != 0 => Some(*address),
        _ => None,
    }
}

/// Two things that are so far apart do not come of one another.
const LULL: Duration = Duration::from_millis(200);

/// Families of calls, as lessons name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Whatever receives from a socket.
    Recv,
    /// Whatever sends on a socket.
    Send,
    /// `select`, `poll`, `epoll_wait` and their variants.
    Wait,
    /// One call and its variants, the first of which is the name that lessons use.
    Any(&'static [Syscall]),
    /// One call.
    One(Syscall),
}

/// Calls with variants that Python, or the C library, chooses among.
const VARIANTS: [&[Syscall]; 8] = [
    &[Syscall::Accept, Syscall::Accept4],
    &[Syscall::Select, Syscall::Pselect6],
    &[Syscall::Poll, Syscall::Ppoll],
    &[Syscall::EpollWait, Syscall::EpollPwait, Syscall::EpollPwait2],
    &[Syscall::EpollCreate, Syscall::EpollCreate1],
    &[Syscall::Dup, Syscall::Dup2, Syscall::Dup3],
    &[Syscall::Unlink, Syscall::Unlinkat],
    &[Syscall::Close, Syscall::CloseRange],
];

impl Calls {
    /// By the name that a lesson uses.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "recv" => Self::Recv,
            "send" => Self::Send,
            "wait" => Self::Wait,
            name => match VARIANTS.iter().find(|variants| variants[0].name() == name) {
                Some(variants) => Self::Any(variants),
                None => Self::One(*Syscall::ALL.iter().find(|call| call.name() == name)?),
            },
        })
    }

    /// Whether a call is one of them.
    pub fn includes(self, call: &Call) -> bool {
        match self {
            Self::Recv => call.syscall.receives() && call.socket.is_some(),
            Self::Send => call.syscall.sends() && call.socket.is_some(),
            Self::Wait => call.syscall.waits_for_readiness(),
            Self::Any(calls) => calls.contains(&call.syscall),
            Self::One(syscall) => call.syscall == syscall,
        }
    }

    /// The system calls that it may be.
    pub fn syscalls(self) -> impl Iterator<Item = Syscall> {
        Syscall::ALL.iter().copied().filter(move |call| match self {
            Self::Recv => call.receives(),
            Self::Send => call.sends(),
            Self::Wait => call.waits_for_readiness(),
            Self::Any(calls) => calls.contains(call),
            Self::One(syscall) => *call == syscall,
        })
    }
}
