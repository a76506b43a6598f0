//! What all requests share.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::assets::Assets;
use crate::lessons::{Library, Shelf};
use crate::metrics::Metrics;
use crate::pace::Pace;
use crate::runs::{Policy, Runs};

/// Files that may be made at the same time of whole runs in memory, each of some hundred megabytes at worst.
const EXPORTS: usize = 2;

/// The course, the page, and what goes on.
#[derive(Debug)]
pub struct App {
    /// The course.
    pub shelf: Shelf,
    /// What goes on.
    pub runs: Arc<Runs>,
    /// The page.
    pub assets: Assets,
    /// How often an address may start a run.
    pub starts: Pace,
    /// Held while a file is made that takes a whole run in memory.
    pub exporting: Arc<Semaphore>,
    /// For whoever hosts this.
    pub metrics: Metrics,
    /// The websockets that are open.
    pub sessions: TaskTracker,
    /// Cancelled when the server begins to shut down.
    pub closing: CancellationToken,
}

impl App {
    /// A server with these lessons and this page, and no runs.
    pub fn new(library: Library, assets: Assets, policy: Policy) -> Arc<Self> {
        Arc::new(Self {
            shelf: Shelf::new(library),
            starts: Pace::a_minute(policy.starts_a_minute),
            runs: Runs::new(policy),
            assets,
            exporting: Arc::new(Semaphore::new(EXPORTS)),
            metrics: Metrics::default(),
            sessions: TaskTracker::new(),
            closing: CancellationToken::new(),
        })
    }
}
