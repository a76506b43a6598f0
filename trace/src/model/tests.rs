use super::*;
use crate::event::call::Outcome;
use crate::event::host::ExitStatus;
use crate::event::socket::TcpState;
use crate::fixtures::{self, arbitrary::trace};
use crate::wire::Relative;
use proptest::prelude::*;

const CLIENT: HostId = HostId(0);
const SERVER: HostId = HostId(1);

/// The world of a trace just after the first event for which something is so.
fn when(events: &[Event], is_so: impl Fn(&Model) -> bool) -> Model {
    let mut model = Model::default();
    for event in events {
        model.apply(event);
        if is_so(&model) {
            return model;
        }
    }
    panic!("it never was so");
}

fn states(model: &Model, host: HostId) -> Vec<&'static str> {
    model.sockets_of(host).filter_map(|socket| socket.snapshot.state).map(TcpState::name).collect()
}

#[test]
fn fixtures_leave_no_notes() {
    for trace in [
        fixtures::tcp_echo(),
        fixtures::refused(),
        fixtures::udp_lost(),
        fixtures::retransmission(),
        fixtures::troubles(),
        fixtures::threads(),
    ] {
        let model = Model::after(&trace);
        assert_eq!(model.notes, []);
        assert!(model.ended.is_some());
    }
}

#[test]
fn a_server_waits_in_accept_while_the_kernel_shakes_hands() {
    let model = when(&fixtures::tcp_echo(), |model| states(model, SERVER).contains(&"SYN_RCVD"));
    assert_eq!(states(&model, SERVER), ["LISTEN", "SYN_RCVD"]);
    assert_eq!(states(&model, CLIENT), ["SYN_SENT"]);
    let main = &model.threads[&model.host(SERVER).unwrap().main.unwrap()];
    assert_eq!(model.host(SERVER).unwrap().program, ProgramState::Running);
    let Activity::InCall(call) = model.activity(main) else { panic!("{:?}", model.activity(main)) };
    assert_eq!((call.syscall.name(), call.fd()), ("accept4", Some(3)));
    assert_eq!(main.place.as_ref().unwrap().line, 7);
    assert!(model.blocked(main).unwrap() > Duration::from_millis(50));
    let nobody_holds = model.sockets_of(SERVER).find(|s| s.snapshot.state == Some(TcpState::SynRcvd)).unwrap();
    assert_eq!(model.holders(nobody_holds.id).count(), 0);
}

#[test]
fn a_program_waits_for_its_person_while_bytes_wait_for_the_program() {
    let model = when(&fixtures::tcp_echo(), |model| model.sockets.values().any(|s| s.snapshot.recv_q == 11));
    let main = &model.threads[&model.host(SERVER).unwrap().main.unwrap()];
    assert!(matches!(model.activity(main), Activity::WaitingForPerson(call) if call.is_open()));
    let connection = model.socket_at(main.process, 4).unwrap();
    assert_eq!(connection.snapshot.recv_q, 11);
    assert_eq!(model.holders(connection.id).collect::<Vec<_>>(), [Holder { process: main.process, fd: 4 }]);
}

#[test]
fn after_close_the_descriptor_is_free_and_the_socket_lives_on() {
    let model = Model::after(&fixtures::tcp_echo());
    assert_eq!(states(&model, CLIENT), ["TIME_WAIT"]);
    assert_eq!(states(&model, SERVER), ["LISTEN"]);
    assert!(model.processes.values().all(|process| process.fds.is_empty()));
    assert_eq!(model.host(CLIENT).unwrap().program, ProgramState::Ended(ExitStatus::Exited(0)));
    assert_eq!(model.host(SERVER).unwrap().program, ProgramState::Ended(ExitStatus::Signaled(9)));
    assert_eq!(model.host(SERVER).unwrap().typed, 1);
}

#[test]
fn a_refused_connection() {
    let model = Model::after(&fixtures::refused());
    let connect = model.calls.values().find(|call| call.syscall.name() == "connect").unwrap();
    let Some(Outcome::Failed(errno)) = connect.outcome() else { panic!("{connect:?}") };
    assert_eq!(errno.name(), Some("ECONNREFUSED"));
    assert!(connect.blocked(model.now).unwrap() >= Duration::from_millis(24));
}

#[test]
fn a_lost_frame_is_lost_and_the_next_one_is_known_again() {
    let model = Model::after(&fixtures::retransmission());
    let lost: Vec<_> =
        model.frames.values().filter(|f| matches!(f.arrivals[..], [Arrival { fate: Fate::Lost(_), .. }])).collect();
    let again: Vec<_> = model.frames.values().filter(|f| f.relative.is_some_and(Relative::is_retransmission)).collect();
    assert_eq!((lost.len(), again.len()), (1, 1));
    assert_eq!(lost[0].relative.unwrap().seq, again[0].relative.unwrap().seq);
    assert_eq!(model.in_flight().count(), 0);
}

#[test]
fn what_does_not_fit_is_noted_and_changes_nothing_else() {
    let mut events = fixtures::refused();
    let returned = events.iter().find(|event| matches!(event.fact, Fact::CallReturned { .. })).unwrap().fact.clone();
    let last = events.pop().unwrap();
    let before = Model::after(&events);
    let odd = [
        returned,
        Fact::SocketGone { socket: SocketId(99) },
        Fact::FrameDelivered { frame: FrameId(99), host: SERVER },
    ];
    let mut model = before.clone();
    for (seq, fact) in (last.seq..).zip(odd) {
        model.apply(&Event { seq, at: last.at, fact });
    }
    let oddities: Vec<_> = model.notes.iter().map(|note| note.oddity.to_string()).collect();
    assert_eq!(oddities, ["call 0 was over", "there is no socket 99", "nobody sent frame 99"]);
    let unchanged = Model { notes: vec![], next_seq: before.next_seq, now: before.now, ..model };
    assert_eq!(unchanged, before);
}

#[test]
fn gaps_and_time_running_back_are_noted() {
    let mut events = fixtures::refused();
    events[4].at = Nanos::ZERO;
    events.remove(2);
    let model = Model::after(&events);
    let oddities: Vec<_> = model.notes.iter().map(|note| note.oddity).collect();
    assert!(oddities.contains(&Oddity::Order { expected: 2 }), "{oddities:?}");
    assert!(oddities.iter().any(|oddity| matches!(oddity, Oddity::TimeRanBack { .. })), "{oddities:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever comes, every frame that has arrived was sent, and open calls belong to their threads.
    #[test]
    fn the_fold_is_total_and_keeps_its_promises(events in trace(0..600)) {
        let model = Model::after(&events);
        for thread in model.threads.values() {
            if let Some(call) = thread.call {
                prop_assert!(model.calls[&call].is_open());
                prop_assert_eq!(model.calls[&call].thread, thread.id);
            }
            prop_assert!(model.host(thread.host).is_some());
        }
        for frame in model.frames.values() {
            prop_assert!(frame.arrivals.iter().all(|arrival| arrival.at >= frame.sent));
        }
        prop_assert_eq!(model.next_seq, events.len() as u64);
    }
}
