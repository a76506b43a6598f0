//! A run from start to end: what a caller holds.

use trace::bytes::Bytes;
use trace::event::Event;
use trace::event::host::Cause;
use trace::id::HostId;

use crate::plan::{Plan, PlanError};

/// Where events go, one after the other, in order. Called from the engine's threads; must not block.
pub type Sink = Box<dyn FnMut(Event) + Send>;

/// A run could not be started, or a command could not be given to it.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan itself is wrong.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// No such host.
    #[error("the run has no {0}")]
    NoSuchHost(HostId),
    /// The run is over.
    #[error("the run is over")]
    Over,
}

/// A run that goes on. Dropping it stops the run.
#[derive(Debug)]
pub struct Run {}

/// Starts a run: returns when every host is up and its program was let go. Blocks for some milliseconds.
pub fn start(plan: Plan, sink: Sink) -> Result<Run, RunError> {
    plan.check()?;
    let _ = sink;
    Ok(Run {})
}

impl Run {
    /// Types into a host's terminal.
    pub fn type_into(&self, host: HostId, bytes: Bytes) -> Result<(), RunError> {
        let _ = (host, bytes);
        Ok(())
    }

    /// Tells a host's terminal its size, in characters.
    pub fn resize(&self, host: HostId, cols: u16, rows: u16) -> Result<(), RunError> {
        let _ = (host, cols, rows);
        Ok(())
    }

    /// Asks the run to end for this cause. Returns at once; [`Run::wait`] tells when it is over.
    pub fn stop(&self, cause: Cause) {
        let _ = cause;
    }

    /// Blocks until the run is over: its last event is told and no process of it is left.
    pub fn wait(self) {}
}
