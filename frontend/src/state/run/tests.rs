use super::*;
use crate::state::tests::page;
use trace::event::Fact;
use trace::event::host::{ExitStatus, WireSettings};

use trace::time::Nanos;

const CLIENT: HostId = HostId(0);

fn key() -> RunKey {
    RunKey("r1".into())
}

fn message(run: &mut Run, message: ServerMessage) -> Vec<Effect> {
    run.on_link(run.link, LinkEvent::Message(message))
}

fn hello(run: &mut Run) -> Vec<Effect> {
    message(run, ServerMessage::Hello { version: VERSION })
}

fn events(run: &mut Run, from: u64, facts: Vec<Fact>) -> Vec<Effect> {
    let events = facts.into_iter().zip(from..).map(|(fact, seq)| Event { seq, at: Nanos::from_millis(seq), fact });
    message(run, ServerMessage::Events(events.collect()))
}

fn close(run: &mut Run) -> Vec<Effect> {
    run.on_link(run.link, LinkEvent::Closed)
}

/// A run that was pressed and started.
fn live() -> Run {
    let mut run = Run::default();
    run.press("02-tcp".into(), vec!["a".into(), "b".into()], None);
    hello(&mut run);
    message(&mut run, ServerMessage::Started { run: key(), link: RunKey("l1".into()), visit: None });
    assert_eq!(run.phase, Phase::Live);
    run
}

fn ready() -> Fact {
    Fact::HostReady { host: CLIENT }
}

#[test]
fn pressing_run_connects_then_starts() {
    let mut run = Run::default();
    assert_eq!(run.press("02-tcp".into(), vec!["a".into()], None), [Effect::Connect(1)]);
    assert_eq!(run.phase, Phase::Connecting);
    let start =
        ClientMessage::Start { lesson: "02-tcp".into(), programs: vec!["a".into()], wire: None, breakpoints: vec![] };
    assert_eq!(hello(&mut run), [Effect::Send(start)]);
    assert_eq!(run.phase, Phase::Starting);
}

#[test]
fn nobody_has_to_wait_for_the_next_attempt() {
    let mut run = live();
    let effects = run.on_link(1, LinkEvent::Closed);
    assert!(matches!(effects[..], [Effect::RetryAfter(_, 1)]), "{effects:?}");
    assert_eq!(run.reconnect(), [Effect::Connect(2)]);
    assert_eq!(run.retry(1), [], "the attempt that was waited for was made already");
    assert_eq!(live().reconnect(), [], "nothing is lost");
}

#[test]
fn nothing_is_set_up_while_a_run_waits_in_line() {
    let mut run = Run::default();
    run.press("02-tcp".into(), vec!["a".into()], None);
    hello(&mut run);
    message(&mut run, ServerMessage::Queued { ahead: 2 });
    assert_eq!(run.hosts.get(0), None);
}

#[test]
fn terminals_tell_their_size_when_the_run_starts_and_when_it_changes() {
    let mut run = Run::default();
    assert_eq!(run.resized(CLIENT, 80, 6), []);
    run.press("02-tcp".into(), vec!["a".into()], None);
    hello(&mut run);
    let resize = |cols| Effect::Send(ClientMessage::Resize { host: CLIENT, cols, rows: 6 });
    let started = message(&mut run, ServerMessage::Started { run: key(), link: RunKey("l1".into()), visit: None });
    assert_eq!(started[0], resize(80));
    assert_eq!(run.resized(CLIENT, 80, 6), []);
    assert_eq!(run.resized(CLIENT, 60, 6), [resize(60)]);
}

#[test]
fn a_lost_connection_is_sought_with_patience_and_taken_up_where_it_was() {
    let mut run = live();
    events(&mut run, 0, vec![ready(), ready()]);
    let wait = |ms, link| Effect::RetryAfter(Duration::from_millis(ms), link);
    assert_eq!(close(&mut run), [wait(500, 1)]);
    assert_eq!(run.retry(1), [Effect::Connect(2)]);
    assert_eq!(close(&mut run), [wait(1000, 2)]);
    assert_eq!(run.phase, Phase::Lost { attempt: 2 });
    assert_eq!(run.retry(1), [], "an old timer");
    assert_eq!(run.retry(2), [Effect::Connect(3)]);
    assert_eq!(hello(&mut run), [Effect::Send(ClientMessage::Watch { run: key(), from_seq: 2 })]);
    assert_eq!(run.phase, Phase::Live);
    events(&mut run, 1, vec![ready(), ready()]);
    assert_eq!(run.log.len(), 3, "an event that comes twice counts once");
}

#[test]
fn patience_has_a_limit_per_attempt() {
    let waits: Vec<_> = (1..8).map(|attempt| backoff(attempt).as_millis()).collect();
    assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    assert_eq!(backoff(u32::MAX), Duration::from_secs(10));
}

#[test]
fn the_last_event_ends_it_and_what_an_old_link_says_is_ignored() {
    let mut run = live();
    let link = run.link;
    assert_eq!(events(&mut run, 0, vec![Fact::RunEnded { cause: Cause::Finished }]), [Effect::Disconnect]);
    assert_eq!(run.phase, Phase::Ended(Cause::Finished));
    assert_eq!(run.on_link(link, LinkEvent::Closed), []);
    assert_eq!(run.phase, Phase::Ended(Cause::Finished));
}

#[test]
fn stopping_waits_for_the_servers_last_event() {
    let mut run = live();
    assert_eq!(run.stop(), [Effect::Send(ClientMessage::Stop)]);
    assert_eq!(run.stop(), [], "once is enough");
    assert!(run.stopping && run.phase == Phase::Live);
    events(&mut run, 0, vec![Fact::RunEnded { cause: Cause::Stopped }]);
    assert!(!run.stopping);
    assert_eq!(run.phase, Phase::Ended(Cause::Stopped));
}

#[test]
fn running_again_stops_what_was_running() {
    let mut run = live();
    let effects = run.press("02-tcp".into(), vec!["a".into()], None);
    assert!(matches!(effects[..], [Effect::Send(ClientMessage::Stop), Effect::Disconnect, Effect::Connect(_)]));
    assert_eq!(run.log.len(), 0);
}

#[test]
fn refusals_end_a_start_but_not_a_run() {
    let mut run = Run::default();
    run.press("02-tcp".into(), vec![], None);
    hello(&mut run);
    let full = Refusal::ServerFull { limit: 1 };
    assert_eq!(message(&mut run, ServerMessage::Refused(full.clone())), [Effect::Disconnect]);
    assert_eq!(run.phase, Phase::Refused(full));

    let mut run = live();
    assert_eq!(message(&mut run, ServerMessage::Refused(Refusal::NoSuchHost(7))), []);
    assert_eq!((&run.phase, &run.notice), (&Phase::Live, &Some(Refusal::NoSuchHost(7))));
    message(&mut run, ServerMessage::Refused(Refusal::NoSuchRun));
    assert_eq!(run.phase, Phase::Refused(Refusal::NoSuchRun));
}

#[test]
fn no_server_and_another_version_are_told_apart() {
    let mut run = Run::default();
    run.press("02-tcp".into(), vec![], None);
    close(&mut run);
    assert_eq!(run.phase, Phase::Failed(Trouble::Unreachable));
    run.press("02-tcp".into(), vec![], None);
    message(&mut run, ServerMessage::Hello { version: VERSION + 1 });
    assert_eq!(run.phase, Phase::Failed(Trouble::OtherVersion));
}

#[test]
fn typing_goes_to_the_program_or_says_why_not() {
    let mut run = Run::default();
    assert_eq!(run.typed(CLIENT, b"x".to_vec()), []);
    assert_eq!(run.unheard, Some((CLIENT, Unheard::NothingRuns)));

    let mut run = live();
    let typed = Effect::Send(ClientMessage::Type { host: CLIENT, bytes: Bytes(b"x".to_vec()) });
    assert_eq!(run.typed(CLIENT, b"x".to_vec()), [typed]);
    assert_eq!(run.unheard, None);
    let hosts = page("02-tcp", "").exercise.hosts.into_iter().map(|host| host.spec).collect();
    let started = Fact::RunStarted { unix_ns: 0, hosts, wire: WireSettings::default() };
    let ended = Fact::ProgramEnded { host: CLIENT, status: ExitStatus::Exited(0) };
    events(&mut run, 0, vec![started, ended]);
    assert_eq!(run.typed(CLIENT, b"x".to_vec()), []);
    assert_eq!(run.unheard, Some((CLIENT, Unheard::HasEnded)));
}

#[test]
fn giving_up_on_a_lost_connection_is_possible() {
    let mut run = live();
    close(&mut run);
    assert_eq!(run.stop(), [Effect::Disconnect]);
    assert_eq!(run.phase, Phase::Failed(Trouble::GaveUp));
    assert_eq!(run.retry(1), []);
}

#[test]
fn a_full_server_tells_where_one_stands_in_line() {
    let mut run = Run::default();
    run.press("02-tcp".into(), vec!["a".into()], None);
    hello(&mut run);
    message(&mut run, ServerMessage::Queued { ahead: 2 });
    assert_eq!(run.phase, Phase::Queued { ahead: 2 });
    assert_eq!(run.stop(), [Effect::Send(ClientMessage::Stop), Effect::Disconnect]);
    assert_eq!(run.phase, Phase::Idle);
}

#[test]
fn what_has_started_is_kept_and_taken_up_after_a_reload() {
    let mut run = Run::default();
    run.press("02-tcp".into(), vec!["a".into()], None);
    hello(&mut run);
    let effects = message(&mut run, ServerMessage::Started { run: key(), link: RunKey("l1".into()), visit: None });
    assert_eq!(effects, [Effect::Keep("run/02-tcp".into(), Some("r1 l1".into()))]);
    assert_eq!(run.link(), Some("l1"));

    let mut again = Run::default();
    assert_eq!(again.take_up("02-tcp", "r1 l1", 2), [Effect::Connect(1)]);
    assert_eq!(hello(&mut again), [Effect::Send(ClientMessage::Watch { run: key(), from_seq: 0 })]);
    let effects = message(&mut again, ServerMessage::Refused(Refusal::NoSuchRun));
    assert_eq!(effects, [Effect::Disconnect, Effect::Keep("run/02-tcp".into(), None)]);
    assert_eq!(again.phase, Phase::Idle);
}
