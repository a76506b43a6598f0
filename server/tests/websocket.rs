//! Sessions on a real websocket, with the real engine behind it: what goes well, and everything that a browser or a
//! stranger can do wrong.

mod support;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use server::app::App;
use server::runs::Policy;
use server::session::{MAX_MESSAGE, MAX_READ};
use support::{PATIENCE, Page, dechunked, get, run, start};
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use trace::bytes::Bytes;
use trace::event::host::{Cause, ExitStatus};
use trace::event::wire::{Direction, Link, WireFault, WireSettings};
use trace::event::{Event, Fact};
use trace::id::HostId;
use trace::protocol::{ClientMessage, Pick, Refusal, RunKey, ServerMessage, WireCommand, WireRefusal, encode};

/// Waits until nothing is left of any run, which is a moment after its last event.
async fn all_gone(state: &App) {
    let gone = async {
        while state.runs.going_on() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("the run ends");
}

const WAITS: &str = "input('waits> ')";

fn prints(what: &str) -> impl Fn(&Fact) -> bool {
    let what = what.as_bytes().to_vec();
    move |fact| matches!(fact, Fact::Printed { bytes, .. } if bytes.0.windows(what.len()).any(|part| part == what))
}

#[tokio::test]
async fn a_lesson_as_it_is_shipped() {
    let (state, addr) = start(Policy::default()).await;
    let mut page = Page::open(addr).await;
    let library = state.shelf.now();
    let hosts = &library.get("02-tcp").unwrap().hosts;
    page.start(&hosts[0].program.source, &hosts[1].program.source).await;
    let type_in = |host: u16, text: &str| ClientMessage::Type { host: HostId(host), bytes: Bytes::from(text) };
    let mut events = page.until(prints("say> ")).await;
    page.say(&type_in(1, "hello\n")).await;
    events.extend(page.until(prints("reply> ")).await);
    page.say(&ClientMessage::Resize { host: HostId(0), cols: 100, rows: 30 }).await;
    page.say(&type_in(0, "hi\n")).await;
    events.extend(page.until(prints("say> ")).await);
    page.say(&type_in(1, "\n")).await;
    let (rest, cause) = page.until_over().await;
    events.extend(rest);
    assert_eq!(cause, Cause::Finished);
    assert!(events.iter().enumerate().all(|(index, event)| event.seq == index as u64), "no gap and no repetition");
    let ends = events.iter().filter_map(|event| match event.fact {
        Fact::ProgramEnded { status, .. } => Some(status),
        _ => None,
    });
    assert_eq!(ends.collect::<Vec<_>>(), [ExitStatus::Exited(0), ExitStatus::Exited(0)]);
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn somebody_who_comes_late_sees_everything() {
    let (state, addr) = start(Policy::default()).await;
    let mut first = Page::open(addr).await;
    let key = first.start(WAITS, "print('done')").await;
    let seen = first.until(prints("waits> ")).await;
    let mut second = Page::open(addr).await;
    second.say(&ClientMessage::Watch { run: key.clone(), from_seq: 0 }).await;
    let caught_up = second.until(prints("waits> ")).await;
    assert_eq!(caught_up[..seen.len()], seen);
    drop(first); // the run goes on for the second
    second.say(&ClientMessage::Stop).await;
    assert_eq!(second.until_over().await.1, Cause::Stopped);

    let mut third = Page::open(addr).await;
    let from_seq = seen.len() as u64;
    third.say(&ClientMessage::Watch { run: key, from_seq }).await;
    let (rest, cause) = third.until_over().await;
    assert_eq!((rest[0].seq, cause), (from_seq, Cause::Stopped));
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_and_forgotten() {
    let (state, addr) = start(Policy::default()).await;
    let mut page = Page::open(addr).await;
    page.raw(Message::binary(vec![0xff; 40])).await;
    assert!(matches!(page.refusal().await, Refusal::NotUnderstood(_)));
    page.raw(Message::binary(vec![])).await;
    assert!(matches!(page.refusal().await, Refusal::NotUnderstood(_)));
    let mut two_messages = encode(&ClientMessage::Stop);
    two_messages.extend(encode(&ClientMessage::Stop));
    page.raw(Message::binary(two_messages)).await;
    assert!(matches!(page.refusal().await, Refusal::NotUnderstood(_)));
    page.raw(Message::text("{\"start\": true}")).await;
    assert_eq!(page.refusal().await, Refusal::NotUnderstood("text; messages are binary".into()));
    page.still_works().await;
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let (state, addr) = start(Policy::default()).await;
    let mut page = Page::open(addr).await;
    page.say(&run("print(1)", &"#".repeat((64 << 10) + 1))).await;
    let expected = Refusal::ProgramTooLarge { file: "client.py".into(), bytes: (64 << 10) + 1, limit: 64 << 10 };
    assert_eq!(page.refusal().await, expected);
    page.raw(Message::binary(vec![0; MAX_MESSAGE + 1])).await;
    assert_eq!(page.refusal().await, Refusal::MessageTooLarge { limit: MAX_MESSAGE as u64 });
    page.still_works().await;

    page.raw(Message::binary(vec![0; MAX_READ + 1])).await;
    assert_eq!(page.refusal().await, Refusal::MessageTooLarge { limit: MAX_MESSAGE as u64 });
    let closed = timeout(PATIENCE, page.0.next()).await.unwrap();
    assert!(matches!(closed, Some(Ok(Message::Close(_)) | Err(_)) | None), "{closed:?}");
    Page::open(addr).await.still_works().await;
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn what_does_not_fit_the_lesson_is_refused() {
    let (state, addr) = start(Policy::default()).await;
    let mut page = Page::open(addr).await;
    page.say(&ClientMessage::Start { lesson: "99-none".into(), programs: vec![], wire: None, breakpoints: vec![] })
        .await;
    assert_eq!(page.refusal().await, Refusal::NoSuchLesson("99-none".into()));
    page.say(&ClientMessage::Start {
        lesson: "02-tcp".into(),
        programs: vec![String::new()],
        wire: None,
        breakpoints: vec![],
    })
    .await;
    assert_eq!(page.refusal().await, Refusal::WrongNumberOfPrograms { expected: 2, got: 1 });
    page.still_works().await;
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn a_run_begins_on_the_wire_that_was_asked_for() {
    let (state, addr) = start(Policy::default()).await;
    let mut page = Page::open(addr).await;
    let on = |wire: WireSettings| {
        let ClientMessage::Start { lesson, programs, .. } = run(WAITS, WAITS) else { unreachable!() };
        ClientMessage::Start { lesson, programs, wire: Some(wire), breakpoints: vec![] }
    };
    let own = Link { delay: Duration::from_millis(200), ..Link::default() };
    let to = |name: &str| Direction { from: None, to: Some(name.into()), link: own };
    page.say(&on(WireSettings { directions: vec![to("nobody")], ..WireSettings::default() })).await;
    assert_eq!(page.refusal().await, Refusal::Wire(WireRefusal::Settings(WireFault::NoHost("nobody".into()))));

    let wire = WireSettings { directions: vec![to("server")], mtu: 576, ..WireSettings::default() };
    page.say(&on(wire.clone())).await;
    assert!(matches!(page.hear().await, ServerMessage::Started { .. }));
    let begun = |fact: &Fact| matches!(fact, Fact::RunStarted { wire: begun, .. } if begun.directions == wire.directions && begun.mtu == 576);
    page.until(begun).await;
    page.say(&ClientMessage::Stop).await;
    assert_eq!(page.until_over().await.1, Cause::Stopped);
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn commands_need_a_run_and_a_host_of_it() {
    let (state, addr) = start(Policy::default()).await;
    let mut page = Page::open(addr).await;
    page.say(&ClientMessage::Stop).await;
    assert_eq!(page.refusal().await, Refusal::NotRunning);
    page.say(&ClientMessage::Type { host: HostId(0), bytes: Bytes::from("x") }).await;
    assert_eq!(page.refusal().await, Refusal::NotRunning);
    page.say(&ClientMessage::Watch { run: RunKey("guess".into()), from_seq: 0 }).await;
    assert_eq!(page.refusal().await, Refusal::NoSuchRun);

    page.start(WAITS, WAITS).await;
    page.until(prints("waits> ")).await;
    page.say(&ClientMessage::Type { host: HostId(7), bytes: Bytes::from("x") }).await;
    page.say(&run("print(1)", "print(2)")).await;
    let mut refusals = Vec::new();
    while refusals.len() < 2 {
        if let ServerMessage::Refused(refusal) = page.hear().await {
            refusals.push(refusal);
        }
    }
    assert_eq!(refusals, [Refusal::NoSuchHost(7), Refusal::AlreadyRunning]);
    page.say(&ClientMessage::Stop).await;
    assert_eq!(page.until_over().await.1, Cause::Stopped);
    page.still_works().await;
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn the_wire_obeys_or_says_why_not() {
    let (state, addr) = start(Policy::default()).await;
    let mut page = Page::open(addr).await;
    page.say(&ClientMessage::Wire(WireCommand::Unplug(HostId(0)))).await;
    assert_eq!(page.refusal().await, Refusal::NotRunning);
    page.start(WAITS, WAITS).await;
    page.until(prints("waits> ")).await;
    page.say(&ClientMessage::Wire(WireCommand::Unplug(HostId(1)))).await;
    page.until(|fact| *fact == Fact::HostUnplugged { host: HostId(1) }).await;
    page.say(&ClientMessage::Wire(WireCommand::Release(Pick::All))).await;
    let refusal = loop {
        if let ServerMessage::Refused(refusal) = page.hear().await {
            break refusal;
        }
    };
    assert_eq!(refusal, Refusal::Wire(WireRefusal::NothingHeld));
    page.say(&ClientMessage::Stop).await;
    assert_eq!(page.until_over().await.1, Cause::Stopped);
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn before_a_full_server_a_line_forms() {
    let (state, addr) = start(Policy { max_runs: 1, max_waiting: 2, ..Policy::default() }).await;
    let mut pages = Vec::new();
    for _ in 0..4 {
        pages.push(Page::open(addr).await);
    }
    let [first, second, third, fourth] = &mut pages[..] else { panic!() };
    first.start(WAITS, WAITS).await;
    second.say(&run("print(1)", "print(2)")).await;
    assert_eq!(second.hear().await, ServerMessage::Queued { ahead: 0 });
    third.say(&run("print(1)", "print(2)")).await;
    assert_eq!(third.hear().await, ServerMessage::Queued { ahead: 1 });
    fourth.say(&run("print(1)", "print(2)")).await;
    assert_eq!(fourth.refusal().await, Refusal::ServerFull { limit: 1 });
    third.say(&run("print(1)", "print(2)")).await;
    assert_eq!(third.refusal().await, Refusal::AlreadyRunning);
    // One can leave the line, and those behind move up.
    second.say(&ClientMessage::Stop).await;
    assert_eq!(third.hear().await, ServerMessage::Queued { ahead: 0 });
    first.say(&ClientMessage::Stop).await;
    first.until_over().await;
    assert!(matches!(third.hear().await, ServerMessage::Started { .. }));
    assert_eq!(third.until_over().await.1, Cause::Finished);
    all_gone(&state).await;
    second.still_works().await;
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn whoever_starts_too_many_runs_is_told_to_wait() {
    let (state, addr) = start(Policy { starts_a_minute: NonZeroU32::MIN, ..Policy::default() }).await;
    let mut page = Page::open(addr).await;
    page.still_works().await;
    page.say(&run("print(1)", "print(2)")).await;
    let refusal = page.refusal().await;
    assert!(matches!(refusal, Refusal::TooOften { .. }), "{refusal:?}");
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn a_link_is_for_looking() {
    let (state, addr) = start(Policy::default()).await;
    let (mut page, mut other) = (Page::open(addr).await, Page::open(addr).await);
    page.say(&run(WAITS, WAITS)).await;
    let ServerMessage::Started { run: key, link, .. } = page.hear().await else { panic!() };
    assert_ne!(key, link);
    other.say(&ClientMessage::Watch { run: link, from_seq: 0 }).await;
    other.until(prints("waits> ")).await;
    for message in [ClientMessage::Stop, ClientMessage::Type { host: HostId(0), bytes: Bytes(b"x".into()) }] {
        other.say(&message).await;
        let refusal = loop {
            if let ServerMessage::Refused(refusal) = other.hear().await {
                break refusal;
            }
        };
        assert_eq!(refusal, Refusal::OnlyLooking);
    }
    page.say(&ClientMessage::Stop).await;
    assert_eq!(page.until_over().await.1, Cause::Stopped);
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn a_run_is_taken_away_as_a_file_while_it_goes_on_and_afterwards() {
    let (state, addr) = start(Policy::default()).await;
    let mut page = Page::open(addr).await;
    page.say(&run(WAITS, WAITS)).await;
    let ServerMessage::Started { run: key, link, .. } = page.hear().await else { panic!() };
    page.until(prints("waits> ")).await;
    let (head, live) = get(addr, &format!("/api/runs/{}/jsonl", link.0)).await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("cache-control: no-store"), "{head}");
    assert!(head.contains("content-disposition: attachment; filename=\"run.jsonl\""), "{head}");
    assert!(!live.is_empty());
    page.say(&ClientMessage::Stop).await;
    page.until_over().await;

    let mut all = Page::open(addr).await;
    all.say(&ClientMessage::Watch { run: key.clone(), from_seq: 0 }).await;
    let (events, _) = all.until_over().await;
    let (_, recording) = get(addr, &format!("/api/runs/{}/recording", link.0)).await;
    // Chunks of HTTP's own are between.
    let recording = dechunked(&recording);
    let bytes = zstd::decode_all(&recording[..]).unwrap();
    let read: Vec<Event> = trace::record::Reader::new(&bytes).unwrap().map(Result::unwrap).collect();
    assert_eq!(read, events);
    let (head, packets) = get(addr, &format!("/api/runs/{}/pcapng", link.0)).await;
    assert!(packets.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]), "{head}");
    let (_, strace) = get(addr, &format!("/api/runs/{}/strace", link.0)).await;
    assert!(String::from_utf8_lossy(&strace).contains("exited with") || !strace.is_empty());

    let (head, _) = get(addr, &format!("/run/{}", link.0)).await;
    assert!(head.contains(&format!("location: /recording?src=/api/runs/{}/recording", link.0)), "{head}");
    let (head, why) = get(addr, "/api/runs/0123/pcapng").await;
    assert!(head.starts_with("HTTP/1.1 404") && why.starts_with(b"there is no such run any more"), "{head}");
    let (head, why) = get(addr, &format!("/api/runs/{}/pdf", link.0)).await;
    assert!(head.starts_with("HTTP/1.1 404") && why.starts_with(b"there is no format \"pdf\""), "{head}");
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn a_run_that_nobody_watches_is_stopped() {
    let unwatched = Duration::from_millis(10);
    let (state, addr) = start(Policy { unwatched, ..Policy::default() }).await;
    let mut page = Page::open(addr).await;
    let key = page.start(WAITS, WAITS).await;
    drop(page);
    all_gone(&state).await;
    let mut later = Page::open(addr).await;
    later.say(&ClientMessage::Watch { run: key, from_seq: 0 }).await;
    assert_eq!(later.until_over().await.1, Cause::Unwatched(unwatched));
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn a_finished_run_is_forgotten_after_a_while() {
    let (state, addr) = start(Policy { keep: Duration::ZERO, ..Policy::default() }).await;
    let mut page = Page::open(addr).await;
    let key = page.start("print(1)", "print(2)").await;
    page.until_over().await;
    all_gone(&state).await;
    let forgotten = async {
        while state.runs.find(&key).is_ok() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, forgotten).await.unwrap();
    page.say(&ClientMessage::Watch { run: key, from_seq: 0 }).await;
    assert_eq!(page.refusal().await, Refusal::NoSuchRun);
    state.runs.shut_down(PATIENCE).await;
}

#[tokio::test]
async fn pages_of_other_sites_get_no_websocket() {
    let (_, addr) = start(Policy::default()).await;
    let open = async |origin: String| {
        let mut request = format!("ws://{addr}/api/run").into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        connect_async(request).await
    };
    match open("http://evil.example".into()).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 403),
        other => panic!("{other:?}"),
    }
    assert!(open(format!("http://{addr}")).await.is_ok());
}

#[tokio::test]
async fn a_shutdown_tells_everybody_and_leaves_nothing() {
    let (state, addr) = start(Policy::default()).await;
    let mut page = Page::open(addr).await;
    let mut idle = Page::open(addr).await;
    page.start(WAITS, WAITS).await;
    page.until(prints("waits> ")).await;
    state.closing.cancel();
    let shut_down = tokio::spawn({
        let runs = Arc::clone(&state.runs);
        async move { runs.shut_down(PATIENCE).await }
    });
    assert_eq!(page.until_over().await.1, Cause::Shutdown);
    assert!(shut_down.await.unwrap());
    for page in [&mut page, &mut idle] {
        let closed = timeout(PATIENCE, page.0.next()).await.unwrap();
        assert!(matches!(closed, Some(Ok(Message::Close(_)))), "{closed:?}");
    }
    state.sessions.close();
    timeout(PATIENCE, state.sessions.wait()).await.unwrap();
}
