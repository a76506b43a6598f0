//! What a run does: starts programs in sandboxes, carries their frames, watches their calls and their sockets, and
//! tells all of it as [`trace::event::Event`]s.
//!
//! Knows no lesson, no user, no HTTP and no tokio: threads and channels only. Linux only.
pub mod doctor;
pub mod plan;
pub mod run;

pub use plan::{HostPlan, Limits, Plan};
pub use run::{Run, RunError, start};
