use super::*;
use trace::bytes::Clipped;
use trace::errno::Errno;
use trace::event::call::{Address, Argument, Outcome, Place, Value};
use trace::event::host::{Cause, HostSpec, WireSettings};
use trace::event::socket::Kind;
use trace::event::socket::{Family, Origin, Snapshot};
use trace::id::{CallId, ProcessId, SocketId, ThreadId};
use trace::syscall::Syscall;
use trace::time::Nanos;

const SERVER: HostId = HostId(0);
const THREAD: ThreadId = ThreadId(0);
const SOCKET: SocketId = SocketId(0);

/// A run with one host, whose program is about to begin.
struct Story {
    hosts: Hosts,
    model: Model,
}

impl Story {
    fn begin() -> Self {
        let mut story = Self { hosts: Hosts::default(), model: Model::default() };
        let spec = HostSpec {
            name: "server".into(),
            addr: [192, 168, 1, 4].into(),
            prefix_len: 24,
            mac: [2, 0, 0, 0, 0, 1],
            program: "server.py".into(),
            visitor: false,
            addr6: None,
        };
        story.tell(0, Fact::RunStarted { unix_ns: 0, hosts: vec![spec], wire: WireSettings::default() });
        let process = ProcessId(0);
        story.tell(1, Fact::ThreadStarted { thread: THREAD, process, host: SERVER, tid: 2, parent: None });
        let origin = Origin { family: Family::Inet, kind: Kind::Stream, protocol: 6, cookie: 1 };
        story.tell(1, Fact::SocketSeen { socket: SOCKET, host: SERVER, origin, snapshot: Snapshot::default() });
        story
    }

    fn tell(&mut self, ms: u64, fact: Fact) {
        let event = Event { seq: self.model.next_seq, at: Nanos::from_millis(ms), fact };
        self.model.apply(&event);
        self.hosts.follow(&[event], &self.model);
    }

    fn enter(&mut self, ms: u64, call: u64, syscall: Syscall, socket: Option<SocketId>, line: u32) {
        let fd = if socket.is_some() { 3 } else { 0 };
        let place = Some(Place { file: "server.py".into(), line, function: "<module>".into() });
        let (call, args) = (CallId(call), vec![Value::Fd(fd), Value::Pending]);
        self.tell(ms, Fact::CallEntered { call, thread: THREAD, syscall, args, socket, place });
    }

    fn leave(&mut self, ms: u64, call: u64, outcome: Outcome, filled: Vec<Argument>) {
        self.tell(ms, Fact::CallReturned { call: CallId(call), outcome, filled, made: None });
    }

    fn server(&self) -> &HostNow {
        self.hosts.get(0).unwrap()
    }

    fn note(&self, line: u32) -> (&Did, Option<u128>) {
        let note = &self.server().notes[&line];
        (&note.did, note.blocked.map(|span| span.as_millis()))
    }
}

#[test]
fn a_server_waits_in_accept_and_then_knows_its_peer() {
    let mut story = Story::begin();
    assert_eq!(story.server().activity, Activity::Computing { pid: 2 });
    story.enter(10, 0, Syscall::Accept4, Some(SOCKET), 8);
    let waits = Activity::Blocked { pid: 2, call: "accept", waiting: Waiting::Connection };
    assert_eq!(story.server().activity, waits);
    assert_eq!(story.server().line, Some(Line { number: 8, blocked: true }));
    assert_eq!(story.note(8), (&Did::Waits(Waiting::Connection), None));

    let peer = Address::Inet(([192, 168, 1, 7], 40112).into());
    story.leave(73, 0, Outcome::Returned(4), vec![Argument { index: 1, value: Value::Address(peer) }]);
    assert_eq!(story.server().activity, Activity::Computing { pid: 2 });
    assert_eq!(story.server().line, Some(Line { number: 8, blocked: false }));
    assert_eq!(story.note(8), (&Did::Accepted(Some("192.168.1.7:40112".into())), Some(63)));
}

#[test]
fn a_call_with_nothing_to_tell_leaves_the_note_before_it() {
    let mut story = Story::begin();
    story.enter(10, 0, Syscall::Accept4, Some(SOCKET), 7);
    story.leave(10, 0, Outcome::Returned(4), vec![]);
    story.enter(11, 1, Syscall::Getsockname, Some(SOCKET), 7);
    assert_eq!(story.note(7), (&Did::Accepted(None), None));
    story.leave(11, 1, Outcome::Returned(0), vec![]);
    assert_eq!(story.note(7), (&Did::Accepted(None), None));
}

#[test]
fn a_stream_that_ends_is_no_empty_message() {
    let mut story = Story::begin();
    story.enter(10, 0, Syscall::Recvfrom, Some(SOCKET), 9);
    assert!(matches!(story.server().activity, Activity::Blocked { call: "recv", .. }));
    story.leave(10, 0, Outcome::Returned(5), vec![]);
    assert_eq!(story.note(9), (&Did::Received(5), None));
    story.enter(11, 1, Syscall::Recvfrom, Some(SOCKET), 9);
    story.leave(11, 1, Outcome::Returned(0), vec![]);
    assert_eq!(story.note(9), (&Did::EndOfStream, None));
}

#[test]
fn at_the_terminal_it_waits_for_a_person() {
    let mut story = Story::begin();
    story.enter(10, 0, Syscall::Read, None, 11);
    assert!(matches!(story.server().activity, Activity::Blocked { waiting: Waiting::You, .. }));
    story.leave(5000, 0, Outcome::Returned(6), vec![]);
    assert!(story.server().notes.is_empty(), "what a person typed is on the terminal already");
}

#[test]
fn an_error_is_named_beside_its_line() {
    let mut story = Story::begin();
    story.enter(10, 0, Syscall::Bind, Some(SOCKET), 5);
    story.leave(10, 0, Outcome::Failed(Errno(98)), vec![]);
    assert_eq!(story.note(5), (&Did::Failed(Errno(98)), None));
}

#[test]
fn the_interpreters_own_files_are_not_shown() {
    let mut story = Story::begin();
    let args = vec![Value::Fd(7), Value::Data(Clipped::default())];
    let (call, syscall) = (CallId(0), Syscall::Read);
    story.tell(10, Fact::CallEntered { call, thread: THREAD, syscall, args, socket: None, place: None });
    assert_eq!(story.server().activity, Activity::Computing { pid: 2 });
}

#[test]
fn the_end_leaves_the_exit_status_and_what_was_noted() {
    let mut story = Story::begin();
    story.enter(10, 0, Syscall::Accept, Some(SOCKET), 8);
    story.tell(20, Fact::CallAbandoned { call: CallId(0) });
    story.tell(20, Fact::ProgramEnded { host: SERVER, status: ExitStatus::Signaled(9) });
    story.tell(21, Fact::RunEnded { cause: Cause::Stopped });
    assert_eq!(story.server().activity, Activity::Ended(ExitStatus::Signaled(9)));
    assert_eq!(story.server().line, None);
    assert!(story.server().notes.is_empty());
}

#[test]
fn at_any_moment_it_is_what_it_was_one_by_one() {
    for events in [trace::fixtures::tcp_echo(), trace::fixtures::refused(), trace::fixtures::retransmission()] {
        let timeline: Timeline = events.iter().cloned().collect();
        let mut model = Model::default();
        let mut noted = 0;
        for event in &events {
            model.apply(event);
            let mut forward = Hosts(vec![HostNow::default(); model.hosts.len()]);
            for call in model.calls.values() {
                if let Some((host, line)) = model.line(call) {
                    forward.0[usize::from(host.0)].take_note(line, call::note(&model, call));
                }
            }
            for (now, host) in forward.0.iter_mut().zip(0..) {
                now.look(&model, HostId(host));
            }
            noted += forward.0.iter().map(|host| host.notes.len()).sum::<usize>();
            assert_eq!(Hosts::at(&timeline, &model), forward, "after {event:?}");
        }
        assert!(noted > 0);
    }
}

#[test]
fn a_call_that_a_signal_interrupts_goes_on_waiting_and_has_its_own_end() {
    let mut story = Story::begin();
    story.enter(2, 0, Syscall::Accept4, Some(SOCKET), 9);
    let waits = Note { did: Did::Waits(Waiting::Connection), blocked: None };
    story.leave(5, 0, Outcome::Failed(Errno(512)), vec![]); // ERESTARTSYS: the terminal has another size
    assert_eq!(story.server().notes.get(&9), Some(&waits));
    story.enter(5, 1, Syscall::Accept4, Some(SOCKET), 9);
    assert_eq!(story.server().notes.get(&9), Some(&waits));
    story.leave(9, 1, Outcome::Returned(4), vec![]);
    let note = story.server().notes.get(&9).map(|note| note.did.clone());
    assert!(matches!(note, Some(Did::Accepted(_))), "{note:?}");
}

#[test]
fn a_call_that_is_held_waits_for_nothing_yet() {
    let mut story = Story::begin();
    story.enter(2, 0, Syscall::Accept4, Some(SOCKET), 9);
    story.tell(2, Fact::CallHeld { call: CallId(0), locals: vec![] });
    assert_eq!(story.server().notes.get(&9), None);
    assert_eq!(story.server().activity, Activity::Held { call: "accept" });
    story.tell(3, Fact::CallResumed { call: CallId(0) });
    let waits = Note { did: Did::Waits(Waiting::Connection), blocked: None };
    assert_eq!(story.server().notes.get(&9), Some(&waits));
}
