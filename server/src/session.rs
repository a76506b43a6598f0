//! One websocket: messages are read at the door, answered or refused, and never trusted further.
//!
//! ```text
//! session ── reader: websocket -> ClientMessage -> run; what it has to say goes to the writer
//!         └─ writer: answers, the run's events as they come, a ping now and then -> websocket
//! ```
//! When either ends, both do. The run stays; see [`crate::runs`].

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_util::task::AbortOnDropHandle;
use trace::event::host::Cause;
use trace::event::wire::WireSettings;
use trace::protocol::{self, Breakpoints, ClientMessage, Refusal, ServerMessage, VERSION, WireRefusal};
use tracing::debug;

use crate::app::App;
use crate::pace::TooOften;
use crate::runs::{Access, Run, Watching};
use crate::visit::console::Console;

/// A message with more bytes than this is refused.
pub const MAX_MESSAGE: usize = 256 << 10;

/// A message with more bytes than this is not even read to its end: the websocket is closed.
pub const MAX_READ: usize = 1 << 20;

/// How often a quiet browser is asked whether it is still there.
const PING: Duration = Duration::from_secs(20);

/// A browser that says nothing for this long, not even a pong, is gone.
const SILENCE: Duration = Duration::from_mins(1);

/// How long a websocket that is closed for a fault may take to read why.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the writer is told to do.
enum Outgoing {
    Say(ServerMessage),
    Follow(Watching),
    Close(CloseFrame),
}

/// Serves one websocket until it closes.
pub async fn serve(app: Arc<App>, socket: WebSocket, from: IpAddr) {
    let (sink, stream) = socket.split();
    // Bounded: whoever asks without reading the answers is not read from either.
    let (outgoing, told) = mpsc::channel(16);
    let (lines, news) = mpsc::channel(16);
    let console = Console::default();
    let reader = Reader { app: Arc::clone(&app), outgoing, lines, console, from, starting: None, run: None };
    tokio::select! {
        () = reader.read(stream) => {}
        result = write(&app, sink, told, news) => if let Err(error) = result {
            debug!(%error, "a websocket was lost");
        }
    }
}

/// The run's events wait while answers are sent, and both wait for the browser.
async fn write(
    app: &App,
    mut sink: SplitSink<WebSocket, Message>,
    mut told: mpsc::Receiver<Outgoing>,
    mut news: mpsc::Receiver<ServerMessage>,
) -> Result<(), axum::Error> {
    let say = |message: &ServerMessage| Message::Binary(protocol::encode(message).into());
    sink.send(say(&ServerMessage::Hello { version: VERSION })).await?;
    let mut watching: Option<Watching> = None;
    let mut ping = interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased; // an answer is short, and somebody waits for it
            outgoing = told.recv() => match outgoing {
                Some(Outgoing::Say(message)) => sink.send(say(&message)).await?,
                Some(Outgoing::Follow(run)) => watching = Some(run),
                Some(Outgoing::Close(frame)) => {
                    sink.send(Message::Close(Some(frame))).await?;
                    return Ok(());
                }
                None => return Ok(()),
            },
            Some(message) = news.recv() => sink.send(say(&message)).await?,
            events = next(&mut watching), if watching.is_some() => match events {
                Some(events) => sink.send(Message::Binary(events.into())).await?,
                None => watching = None,
            },
            () = app.closing.cancelled(), if watching.is_none() => {
                let frame = CloseFrame { code: close_code::AWAY, reason: "the server is shutting down".into() };
                sink.send(Message::Close(Some(frame))).await?;
                return Ok(());
            }
            _ = ping.tick() => sink.send(Message::Ping(Vec::new().into())).await?,
        }
    }
}

async fn next(watching: &mut Option<Watching>) -> Option<Vec<u8>> {
    match watching {
        Some(watching) => watching.next().await,
        None => None,
    }
}

struct Reader {
    app: Arc<App>,
    outgoing: mpsc::Sender<Outgoing>,
    /// Where connections by hand tell what happens on them.
    lines: mpsc::Sender<ServerMessage>,
    console: Console,
    from: IpAddr,
    /// A run that was asked for and waits for its place, or is being made.
    starting: Option<Starting>,
    run: Option<(Arc<Run>, Access)>,
}

/// Whoever drops it leaves the line.
type Starting = AbortOnDropHandle<Result<Arc<Run>, Refusal>>;

/// What became of the run that was asked for, if one was.
async fn started(starting: &mut Option<Starting>) -> Result<Arc<Run>, Refusal> {
    match starting {
        Some(starting) => starting.await.unwrap_or_else(|error| Err(Refusal::CannotRun(error.to_string()))),
        None => std::future::pending().await,
    }
}

impl Reader {
    async fn read(mut self, mut stream: SplitStream<WebSocket>) {
        loop {
            let answer = tokio::select! {
                received = timeout(SILENCE, stream.next()) => match received {
                    Ok(Some(Ok(Message::Binary(bytes)))) => self.hear(&bytes).await,
                    Ok(Some(Ok(Message::Text(_)))) => {
                        Err(Refusal::NotUnderstood("text; messages are binary".to_owned()))
                    }
                    Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => Ok(()), // axum answers pings itself
                    Ok(Some(Err(error))) => return self.give_up(error).await,
                    Ok(Some(Ok(Message::Close(_))) | None) | Err(_) => return,
                },
                run = started(&mut self.starting) => self.started(run).await,
            };
            if let Err(refusal) = answer {
                debug!(%refusal, "a message was refused");
                self.say(ServerMessage::Refused(refusal)).await;
            }
        }
    }

    async fn hear(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        if bytes.len() > MAX_MESSAGE {
            return Err(Refusal::MessageTooLarge { limit: MAX_MESSAGE as u64 });
        }
        match protocol::decode(bytes).map_err(|error| Refusal::NotUnderstood(error.to_string()))? {
            ClientMessage::Start { lesson, programs, wire, breakpoints } => {
                let asked = self.ask(&lesson, programs, wire, breakpoints);
                if asked.is_err() {
                    self.app.metrics.runs_refused.inc();
                }
                asked
            }
            ClientMessage::Watch { run, from_seq } => {
                self.not_running()?;
                let (run, access) = self.app.runs.find(&run)?;
                self.follow(run, access, from_seq).await;
                Ok(())
            }
            ClientMessage::Type { host, bytes } => self.running()?.type_into(host, bytes),
            ClientMessage::Resize { host, cols, rows } => self.running()?.resize(host, cols, rows),
            ClientMessage::Break { host, at } => self.running()?.break_at(host, at),
            ClientMessage::Next { host } => self.running()?.next(host),
            ClientMessage::Wire(command) => self.running()?.wire(command).await,
            ClientMessage::Dial { line, addr, port } => {
                self.running()?;
                let Some((run, _)) = &self.run else { return Err(Refusal::NotRunning) };
                if run.visit().is_none() {
                    return Err(Refusal::NoVisitor);
                }
                self.console.dial(line, Arc::clone(run), (addr, port), self.lines.clone())
            }
            ClientMessage::Send { line, bytes } => self.console.send(line, bytes),
            ClientMessage::HangUp { line, how } => self.console.hang_up(line, how),
            // Whoever waits in line leaves it; a run that is just being made ends when nobody watches it.
            ClientMessage::Stop if self.starting.take().is_some() => Ok(()),
            ClientMessage::Stop => {
                self.running()?.stop(Cause::Stopped);
                Ok(())
            }
        }
    }

    fn ask(
        &mut self,
        lesson: &str,
        programs: Vec<String>,
        wire: Option<WireSettings>,
        breakpoints: Vec<Breakpoints>,
    ) -> Result<(), Refusal> {
        self.not_running()?;
        let library = self.app.shelf.now();
        let mut plan = match library.get(lesson) {
            Some(lesson) => lesson.plan(programs)?,
            None => return Err(Refusal::NoSuchLesson(lesson.to_owned())),
        };
        if let Some(wire) = wire {
            let known = wire.check(|name| plan.hosts.iter().any(|host| host.name == name));
            known.map_err(|fault| Refusal::Wire(WireRefusal::Settings(fault)))?;
            // Where chance begins stays the lesson's to say.
            plan.wire = WireSettings { seed: plan.wire.seed, ..wire };
        }
        for (host, at) in plan.hosts.iter_mut().zip(breakpoints) {
            host.breakpoints = at;
        }
        self.app.starts.count(self.from).map_err(|TooOften(wait)| Refusal::TooOften { wait })?;
        let outgoing = self.outgoing.clone();
        // Whoever does not read where they stand in line will read it later.
        let tell = move |ahead| drop(outgoing.try_send(Outgoing::Say(ServerMessage::Queued { ahead })));
        let run = tokio::spawn(Arc::clone(&self.app.runs).start(plan, tell));
        self.starting = Some(AbortOnDropHandle::new(run));
        Ok(())
    }

    /// The run that was asked for is there, or will not be.
    async fn started(&mut self, run: Result<Arc<Run>, Refusal>) -> Result<(), Refusal> {
        self.starting = None;
        let counted = &self.app.metrics;
        if run.is_ok() {
            counted.runs_started.inc()
        } else {
            counted.runs_refused.inc()
        };
        let run = run?;
        let (key, link, visit) = (run.key().clone(), run.link().clone(), run.visit().cloned());
        self.say(ServerMessage::Started { run: key, link, visit }).await;
        self.follow(run, Access::Full, 0).await;
        Ok(())
    }

    async fn follow(&mut self, run: Arc<Run>, access: Access, from_seq: u64) {
        self.send(Outgoing::Follow(run.watch(from_seq))).await;
        self.run = Some((run, access));
    }

    /// The run that goes on, for somebody who may do something with it.
    fn running(&self) -> Result<&Run, Refusal> {
        match &self.run {
            Some((run, Access::Full)) if !run.is_over() => Ok(run),
            Some((run, _)) if !run.is_over() => Err(Refusal::OnlyLooking),
            _ => Err(Refusal::NotRunning),
        }
    }

    fn not_running(&self) -> Result<(), Refusal> {
        let busy = self.starting.is_some() || self.run.as_ref().is_some_and(|(run, _)| !run.is_over());
        if busy { Err(Refusal::AlreadyRunning) } else { Ok(()) }
    }

    /// The stream can't be read on: say why, if anybody is left to hear it.
    async fn give_up(&self, error: axum::Error) {
        debug!(%error, "a websocket can't be read any more");
        let (refusal, code) = match error.into_inner().downcast_ref::<tungstenite::Error>() {
            Some(tungstenite::Error::Capacity(_)) => {
                (Refusal::MessageTooLarge { limit: MAX_MESSAGE as u64 }, close_code::SIZE)
            }
            Some(error) => (Refusal::NotUnderstood(error.to_string()), close_code::PROTOCOL),
            None => return,
        };
        let reason = refusal.to_string().into();
        self.say(ServerMessage::Refused(refusal)).await;
        self.send(Outgoing::Close(CloseFrame { code, reason })).await;
        let _ = timeout(PATIENCE, self.outgoing.closed()).await; // until the writer has written it
    }

    async fn say(&self, message: ServerMessage) {
        self.send(Outgoing::Say(message)).await;
    }

    async fn send(&self, outgoing: Outgoing) {
        let _ = self.outgoing.send(outgoing).await; // the writer is gone only when this task ends as well
    }
}
