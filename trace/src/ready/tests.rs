use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::event::call::Polled;
use crate::event::socket::Kind;
use crate::fixtures::arbitrary::trace;
use crate::fixtures::story::{Program, Story};
use crate::syscall::Syscall;

const IN: u32 = 1;
const ET: u32 = 1 << 31;

fn story() -> (Story, Program, SocketId) {
    let mut story = Story::new(&[("a", [10, 0, 0, 1])], Duration::ZERO);
    let program = story.program(0);
    let socket = story.socket(&program, 1, Kind::Datagram, 7, 3);
    story.change(socket, |s| s.ready = Some(Readiness::WRITABLE));
    (story, program, socket)
}

fn watch(story: &mut Story, program: &Program, socket: SocketId, events: u32) {
    let interest = vec![Interest { fd: 3, socket: Some(socket), events, data: 3 }];
    story.say(Fact::EpollChanged { process: ProcessId(program.thread.0), epfd: 5, interest });
}

fn wait(story: &mut Story, program: &Program, socket: SocketId, more: u32) -> CallId {
    let args = vec![Value::Fd(5), Value::Pending, Value::Int(8), Value::Int(-1)];
    let call = story.enter(program, 2, Syscall::EpollWait, args, None);
    story.wait(5_000);
    story.change(socket, |s| {
        s.recv_q += more;
        s.ready = Some(Readiness::WRITABLE.with(Readiness::READABLE));
    });
    let told = Value::Polled(vec![Polled { fd: 3, data: 3, events: String::new(), revents: "EPOLLIN".into() }]);
    let filled = vec![crate::event::call::Argument { index: 1, value: told }];
    story.say(Fact::CallReturned { call, outcome: Outcome::Returned(1), filled, made: None });
    call
}

#[test]
fn an_edge_that_was_told_and_not_drained_is_forgotten() {
    for (events, drained, forgotten) in [(IN | ET, false, true), (IN | ET, true, false), (IN, false, false)] {
        let (mut story, program, socket) = story();
        watch(&mut story, &program, socket, events);
        wait(&mut story, &program, socket, 10);
        story.change(socket, |s| s.recv_q = if drained { 0 } else { 6 });
        let (events, host) = (story.so_far(), HostId(0));
        let rows = rows(&events, &Model::after(&events), host);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].is_forgotten(), forgotten, "{rows:?}");
    }
}

#[test]
fn what_comes_after_an_edge_was_told_makes_a_new_edge() {
    let (mut story, program, socket) = story();
    watch(&mut story, &program, socket, IN | ET);
    wait(&mut story, &program, socket, 10);
    story.change(socket, |s| s.recv_q = 6);
    story.change(socket, |s| s.recv_q = 9);
    let events = story.so_far();
    assert!(!rows(&events, &Model::after(&events), HostId(0))[0].is_forgotten());
}

#[test]
fn a_question_knows_what_woke_it() {
    let (mut story, program, socket) = story();
    watch(&mut story, &program, socket, IN);
    let call = wait(&mut story, &program, socket, 10);
    let events = story.so_far();
    let model = Model::after(&events);
    let question = questions(&events, &model, HostId(0), 8).pop().unwrap();
    let fd3: Vec<(i32, String)> = vec![(3, "EPOLLIN".into())];
    assert_eq!((&question.asked, &question.answered), (&fd3, &fd3));
    // What is watched later changes nothing about what was asked.
    let mut later = events.clone();
    let gone = Fact::EpollChanged { process: question.process, epfd: 5, interest: vec![] };
    later.push(Event { seq: events.len() as u64, at: model.now + Duration::from_millis(1), fact: gone });
    let again = questions(&later, &Model::after(&later), HostId(0), 8).pop().unwrap();
    assert_eq!(again.asked, question.asked);
    let woke = woke(&events, &model, model.call(call).unwrap(), socket).unwrap();
    assert_eq!((woke.before.recv_q, woke.now.recv_q), (0, 10));
}

#[test]
fn a_socket_that_was_ready_before_woke_nobody() {
    let (mut story, program, socket) = story();
    story.change(socket, |s| s.ready = Some(Readiness::READABLE));
    let args = vec![Value::Polled(vec![]), Value::Int(1), Value::Int(-1)];
    let call = story.enter(&program, 2, Syscall::Poll, args, None);
    story.leave(call, 1);
    let events = story.so_far();
    let model = Model::after(&events);
    assert_eq!(woke(&events, &model, model.call(call).unwrap(), socket), None);
}

#[test]
fn select_is_told_by_what_it_was_asked() {
    let (mut story, program, _) = story();
    let sets = |read: &[i32]| {
        vec![Value::Int(9), Value::FdSet(read.to_vec()), Value::FdSet(vec![4]), Value::Null, Value::Null]
    };
    let call = story.enter(&program, 2, Syscall::Select, sets(&[3, 4]), None);
    let filled = [(1, vec![3]), (2, vec![])]
        .map(|(index, fds)| crate::event::call::Argument { index, value: Value::FdSet(fds) })
        .to_vec();
    story.say(Fact::CallReturned { call, outcome: Outcome::Returned(1), filled, made: None });
    let events = story.so_far();
    let question = questions(&events, &Model::after(&events), HostId(0), 8).pop().unwrap();
    let named = |list: &[(i32, &str)]| list.iter().map(|(fd, name)| (*fd, (*name).to_owned())).collect::<Vec<_>>();
    assert_eq!(question.asked, named(&[(3, "read"), (4, "read"), (4, "write")]));
    assert_eq!(question.answered, named(&[(3, "read")]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever a trace says, its readiness can be told.
    #[test]
    fn any_trace_has_rows(events in trace(0..300)) {
        let model = Model::after(&events);
        for host in 0..3 {
            for row in rows(&events, &model, HostId(host)) {
                row.is_forgotten();
                prop_assert!(row.stretches.is_sorted_by_key(|stretch| stretch.seq));
            }
            questions(&events, &model, HostId(host), 16);
        }
    }
}
