//! Runs on the real engine, and questions to their traces.

use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use lab::run::RunError;
use lab::{HostPlan, Limits, Plan, Run};
use trace::bytes::Bytes;
use trace::event::call::{Outcome, Value};
use trace::event::host::{Cause, ExitStatus, WireSettings};
use trace::event::socket::TcpState;
use trace::event::{Event, Fact};
use trace::id::{FrameId, HostId, SocketId, ThreadId};
use trace::protocol::{Breakpoints, WireCommand, WireRefusal};
use trace::syscall::Syscall;

/// How long any single thing may take before a test gives up. Generous: it is for tests that hang.
const PATIENCE: Duration = Duration::from_secs(30);

/// A run of the engine, with its events as far as they were taken.
#[derive(Debug)]
pub struct LabRun {
    run: Option<Run>,
    inbox: Receiver<Event>,
    events: Vec<Event>,
}

/// Describes a run; chain the hosts onto it.
#[derive(Debug)]
pub struct Setup {
    plan: Plan,
}

/// A run without hosts, on a wire without delay.
pub fn lan() -> Setup {
    Setup { plan: Plan { hosts: vec![], wire: WireSettings::default(), limits: Limits::default() } }
}

impl Setup {
    /// A host at 192.168.1.`last` that runs this Python program.
    #[must_use]
    pub fn python(mut self, name: &str, last: u8, source: &str) -> Self {
        let addr = Ipv4Addr::new(192, 168, 1, last);
        self.plan.hosts.push(HostPlan::python(name, addr, &format!("{name}.py"), source));
        self
    }

    /// A host at 192.168.1.`last` that runs a program as the end of its file's name says.
    #[must_use]
    pub fn program(mut self, name: &str, last: u8, file: &str, source: &str) -> Self {
        self.plan.hosts.push(HostPlan::program(name, Ipv4Addr::new(192, 168, 1, last), file, source));
        self
    }

    /// Changes the plan in any other way.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Plan)) -> Self {
        change(&mut self.plan);
        self
    }

    /// Starts it.
    pub fn start(self) -> LabRun {
        let (to, inbox) = channel();
        let sink = Box::new(move |event| drop(to.send(event)));
        let run = lab::start(self.plan, sink).unwrap_or_else(|error| panic!("the run could not be started: {error}"));
        LabRun { run: Some(run), inbox, events: Vec::new() }
    }

    /// The plan.
    pub fn plan(self) -> Plan {
        self.plan
    }

    /// Starts it and waits for its end.
    pub fn finish(self) -> LabRun {
        let mut run = self.start();
        run.until_end();
        run
    }
}

impl LabRun {
    /// Types into a host's terminal.
    pub fn type_into(&self, host: u16, text: &str) {
        self.run.as_ref().unwrap().type_into(HostId(host), Bytes::from(text)).unwrap();
    }

    /// Gives a host's terminal another size, in characters.
    pub fn resize(&self, host: u16, cols: u16, rows: u16) {
        self.run.as_ref().unwrap().resize(HostId(host), cols, rows).unwrap();
    }

    /// Has the wire do something.
    pub fn wire(&self, command: WireCommand) {
        self.run.as_ref().unwrap().wire(command).unwrap();
    }

    /// Lets what is held on a host go on, up to the next breakpoint.
    pub fn next(&self, host: u16) {
        self.run.as_ref().unwrap().next(HostId(host)).unwrap();
    }

    /// Takes a host's breakpoints away.
    pub fn run_on(&self, host: u16) {
        self.run.as_ref().unwrap().break_at(HostId(host), Breakpoints::Never).unwrap();
    }

    /// Has the wire do something that it may refuse.
    pub fn try_wire(&self, command: WireCommand) -> Result<(), WireRefusal> {
        match self.run.as_ref().unwrap().wire(command) {
            Ok(()) => Ok(()),
            Err(RunError::Wire(refusal)) => Err(refusal),
            Err(error) => panic!("{error}"),
        }
    }

    /// A socket in a visitor's network.
    pub fn dial(&self, host: u16) -> OwnedFd {
        self.run.as_ref().unwrap().dial(HostId(host)).unwrap()
    }

    /// Asks the run to end.
    pub fn stop(&self) {
        self.run.as_ref().unwrap().stop(Cause::Stopped);
    }

    /// Waits for an event that satisfies `wanted` and that no earlier wait has passed.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&Fact) -> bool) {
        self.until_within(PATIENCE, what, wanted);
    }

    /// The same, for what takes longer than a test should wait otherwise.
    pub fn until_within(&mut self, patience: Duration, what: &str, wanted: impl Fn(&Fact) -> bool) {
        let deadline = Instant::now() + patience;
        loop {
            let Ok(event) = self.inbox.recv_timeout(deadline.saturating_duration_since(Instant::now())) else {
                panic!("{what} did not happen; the trace so far:\n{}", self.dump());
            };
            let found = wanted(&event.fact);
            self.events.push(event);
            if found {
                return;
            }
        }
    }

    /// Waits until the wire holds one more frame, and says which.
    pub fn until_frame_held(&mut self) -> FrameId {
        self.until("a frame is held", |fact| matches!(fact, Fact::FrameHeld { .. }));
        let Some(Fact::FrameHeld { frame, .. }) = self.facts().last() else { unreachable!("just waited for") };
        *frame
    }

    /// From now on nothing more is held, and the wire is as it is where nobody says how.
    pub fn hold_nothing_more(&self) {
        self.wire(WireCommand::Set(WireSettings::default()));
    }

    /// Waits for an event that satisfies `wanted`, if there was none yet.
    pub fn until_once(&mut self, what: &str, wanted: impl Fn(&Fact) -> bool) {
        if !self.facts().any(&wanted) {
            self.until(what, wanted);
        }
    }

    /// Waits until a host's program has entered this call, if it has not yet.
    pub fn until_in(&mut self, host: u16, syscall: Syscall) {
        let deadline = Instant::now() + PATIENCE;
        while !self.calls(host).iter().any(|call| call.syscall == syscall) {
            let Ok(event) = self.inbox.recv_timeout(deadline.saturating_duration_since(Instant::now())) else {
                panic!("host {host} never entered {syscall}; the trace so far:\n{}", self.dump());
            };
            self.events.push(event);
        }
    }

    fn threads_of(&self, host: u16) -> Vec<ThreadId> {
        let of = |fact: &Fact| match fact {
            Fact::ThreadStarted { thread, host: on, .. } if on.0 == host => Some(*thread),
            _ => None,
        };
        self.facts().filter_map(of).collect()
    }

    /// Waits for the run's end, which its own limits bring about at the latest.
    pub fn until_end(&mut self) {
        self.until_within(6 * PATIENCE, "the end of the run", |fact| matches!(fact, Fact::RunEnded { .. }));
        self.run.take().unwrap().wait();
    }

    /// Every event so far.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Every fact so far.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.events.iter().map(|event| &event.fact)
    }

    /// The trace as text, for a test that failed.
    pub fn dump(&self) -> String {
        let lines: Vec<String> = self.events.iter().map(|event| format!("{} {:?}", event.at, event.fact)).collect();
        lines.join("\n")
    }

    /// Why the run ended.
    pub fn cause(&self) -> &Cause {
        self.facts()
            .find_map(|fact| match fact {
                Fact::RunEnded { cause } => Some(cause),
                _ => None,
            })
            .unwrap_or_else(|| panic!("the run has not ended:\n{}", self.dump()))
    }

    /// How a host's program ended.
    pub fn status(&self, host: u16) -> ExitStatus {
        self.facts()
            .find_map(|fact| match fact {
                Fact::ProgramEnded { host: on, status } if on.0 == host => Some(*status),
                _ => None,
            })
            .unwrap_or_else(|| panic!("the program of host {host} has not ended:\n{}", self.dump()))
    }

    /// What appeared on a host's terminal.
    pub fn terminal(&self, host: u16) -> String {
        let mut all = Vec::new();
        for fact in self.facts() {
            if let Fact::Printed { host: on, bytes } = fact
                && on.0 == host
            {
                all.extend(&bytes.0);
            }
        }
        String::from_utf8_lossy(&all).into_owned()
    }

    /// The calls of a host in the order in which they were entered.
    pub fn calls(&self, host: u16) -> Vec<Call> {
        let threads = self.threads_of(host);
        let mut calls: Vec<(trace::id::CallId, Call)> = Vec::new();
        for event in &self.events {
            match &event.fact {
                Fact::CallEntered { call, thread, syscall, args, socket, place } if threads.contains(thread) => {
                    let (entered, line) = (event.seq, place.as_ref().map(|place| place.line));
                    calls.push((
                        *call,
                        Call {
                            syscall: *syscall,
                            args: args.clone(),
                            socket: *socket,
                            made: None,
                            line,
                            outcome: None,
                            entered,
                            returned: None,
                        },
                    ));
                }
                Fact::CallReturned { call, outcome, filled, made } => {
                    if let Some((_, open)) = calls.iter_mut().rev().find(|(id, _)| id == call) {
                        (open.outcome, open.made, open.returned) = (Some(*outcome), *made, Some(event.seq));
                        for argument in filled {
                            open.args[usize::from(argument.index)] = argument.value.clone();
                        }
                    }
                }
                _ => {}
            }
        }
        calls.into_iter().map(|(_, call)| call).collect()
    }

    /// The first call of this kind on a host.
    pub fn call(&self, host: u16, syscall: Syscall) -> Call {
        self.calls(host)
            .into_iter()
            .find(|call| call.syscall == syscall)
            .unwrap_or_else(|| panic!("host {host} never called {syscall}:\n{}", self.dump()))
    }

    /// The TCP states that a socket went through.
    pub fn states(&self, wanted: SocketId) -> Vec<TcpState> {
        let mut states = Vec::new();
        for fact in self.facts() {
            if let Fact::SocketSeen { socket, snapshot, .. } | Fact::SocketChanged { socket, snapshot } = fact
                && *socket == wanted
            {
                states.extend(snapshot.state);
            }
        }
        states.dedup();
        states
    }

    /// Flags and payload length of each TCP segment, in the order of sending, such as `SYN ACK`, `PSH ACK 5`.
    pub fn segments(&self) -> Vec<String> {
        self.facts()
            .filter_map(|fact| match fact {
                Fact::FrameSent { bytes, .. } => segment(&bytes.head.0),
                _ => None,
            })
            .collect()
    }
}

/// A call of a program.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which.
    pub syscall: Syscall,
    /// Its arguments, those that the kernel filled in included.
    pub args: Vec<Value>,
    /// The socket it was made on.
    pub socket: Option<SocketId>,
    /// The socket that it made.
    pub made: Option<SocketId>,
    /// The line of the program.
    pub line: Option<u32>,
    /// What it returned, if it did.
    pub outcome: Option<Outcome>,
    /// The number of the event of its entry.
    pub entered: u64,
    /// The number of the event of its return.
    pub returned: Option<u64>,
}

/// A TCP segment in words; `None` for any other frame.
pub fn segment(frame: &[u8]) -> Option<String> {
    let packet = etherparse::SlicedPacket::from_ethernet(frame).ok()?;
    let Some(etherparse::TransportSlice::Tcp(tcp)) = packet.transport else { return None };
    let flags = [(tcp.syn(), "SYN"), (tcp.fin(), "FIN"), (tcp.rst(), "RST"), (tcp.psh(), "PSH"), (tcp.ack(), "ACK")];
    let mut words: Vec<String> = flags.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned()).collect();
    // Ethernet pads short frames, so the length is the IP header's.
    let payload = tcp.payload().len();
    if payload > 0 {
        words.push(payload.to_string());
    }
    Some(words.join(" "))
}
