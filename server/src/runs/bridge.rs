//! The engine has threads, the server has tokio: this is where they meet.
//!
//! One thread a run owns the engine's handle. It obeys commands until the run is over, then waits for the engine to let
//! go of everything. Events go from the engine's threads straight into the [`Hub`].

use std::os::fd::OwnedFd;
use std::sync::{Arc, mpsc};
use std::thread;

use lab::Plan;
use lab::run::RunError;
use tokio::sync::oneshot;
use trace::bytes::Bytes;
use trace::event::Fact;
use trace::event::host::Cause;
use trace::id::HostId;
use trace::protocol::{Breakpoints, Refusal, WireCommand};
use tracing::debug;

use super::hub::Hub;

/// What a run can be told.
#[derive(Debug)]
pub(super) enum Command {
    Type {
        host: HostId,
        bytes: Bytes,
    },
    Resize {
        host: HostId,
        cols: u16,
        rows: u16,
    },
    /// With the way back for its answer.
    Wire {
        command: WireCommand,
        answer: oneshot::Sender<Result<(), Refusal>>,
    },
    /// With the way back for the socket.
    Dial {
        host: HostId,
        answer: oneshot::Sender<Result<OwnedFd, Refusal>>,
    },
    Stop(Cause),
    Break {
        host: HostId,
        at: Breakpoints,
    },
    Next {
        host: HostId,
    },
    /// From the engine itself: it tells no more events.
    Over,
}

/// The way to a run's engine.
#[derive(Clone, Debug)]
pub(super) struct Engine(mpsc::Sender<Command>);

impl Engine {
    /// Tells it. A run that is over hears nothing, and needn't.
    pub(super) fn tell(&self, command: Command) {
        let _ = self.0.send(command);
    }
}

/// Tells the thread below when the engine has told its last event, or has lost its sink in a panic.
struct TellsOver(Engine);

impl Drop for TellsOver {
    fn drop(&mut self) {
        self.0.tell(Command::Over);
    }
}

/// Starts the engine; returns when the run's programs were let go.
pub(super) async fn start(plan: Plan, hub: Arc<Hub>) -> Result<Engine, Refusal> {
    let (to_thread, commands) = mpsc::channel();
    let engine = Engine(to_thread);
    let (told, started) = oneshot::channel();
    let for_sink = engine.clone();
    thread::Builder::new()
        .name("run".to_owned())
        .spawn(move || match lab::start(plan, sink(Arc::clone(&hub), for_sink)) {
            Ok(run) => {
                let _ = told.send(Ok(()));
                obey(&run, &commands);
                hub.close();
                run.wait();
                hub.set_gone();
            }
            Err(error) => {
                let _ = told.send(Err(Refusal::CannotRun(error.to_string())));
            }
        })
        .map_err(|error| Refusal::CannotRun(format!("no thread for it: {error}")))?;
    match started.await {
        Ok(result) => result.map(|()| engine),
        Err(_) => Err(Refusal::CannotRun("the engine failed while it started; the server's log says more".to_owned())),
    }
}

fn sink(hub: Arc<Hub>, engine: Engine) -> lab::Sink {
    let over = TellsOver(engine);
    Box::new(move |event| {
        let last = matches!(event.fact, Fact::RunEnded { .. });
        hub.push(&event);
        if last {
            over.0.tell(Command::Over);
        }
    })
}

fn obey(run: &lab::Run, commands: &mpsc::Receiver<Command>) {
    while let Ok(command) = commands.recv() {
        let done = match command {
            Command::Type { host, bytes } => run.type_into(host, bytes),
            Command::Resize { host, cols, rows } => run.resize(host, cols, rows),
            Command::Break { host, at } => run.break_at(host, at),
            Command::Next { host } => run.next(host),
            Command::Wire { command, answer } => {
                let done = run.wire(command).map_err(|error| match error {
                    RunError::Wire(refusal) => Refusal::Wire(refusal),
                    _ => Refusal::NotRunning,
                });
                let _ = answer.send(done); // whoever asked may be gone
                Ok(())
            }
            Command::Dial { host, answer } => {
                let socket = run.dial(host).map_err(|error| match error {
                    RunError::NoSuchHost(_) => Refusal::NoVisitor,
                    error => Refusal::CannotRun(error.to_string()),
                });
                let _ = answer.send(socket); // whoever asked may be gone
                Ok(())
            }
            Command::Stop(cause) => {
                run.stop(cause);
                Ok(())
            }
            Command::Over => return,
        };
        if let Err(error) = done {
            debug!(%error, "a command came too late");
        }
    }
}
