//! What a run does: starts programs in sandboxes, carries their frames, watches their calls and their sockets, and
//! tells all of it as [`trace::event::Event`]s.
//!
//! Knows no lesson, no user, no HTTP and no tokio: threads and channels only. Linux only.
#![deny(unsafe_code)]

pub mod doctor;
pub mod plan;
pub mod run;

mod budget;
mod kernel;
mod net;
mod notice;
mod recorder;
mod sandbox;
mod source;
mod sweep;
mod sys;
mod terminal;
mod tracer;
mod wire;

pub use net::NetError;
pub use plan::{Alone, HostPlan, Limits, Plan};
pub use recorder::Sink;
pub use run::{Run, RunError, start};
pub use sandbox::{SandboxError, holds_sums, policy};
pub use sweep::sweep;
