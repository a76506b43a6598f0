//! What all requests share.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::assets::Assets;
use crate::lessons::Library;
use crate::runs::{Policy, Runs};

/// The course, the page, and what goes on.
#[derive(Debug)]
pub struct App {
    /// The course.
    pub library: Library,
    /// What goes on.
    pub runs: Arc<Runs>,
    /// The page.
    pub assets: Assets,
    /// The websockets that are open.
    pub sessions: TaskTracker,
    /// Cancelled when the server begins to shut down.
    pub closing: CancellationToken,
}

impl App {
    /// A server with these lessons and this page, and no runs.
    pub fn new(library: Library, assets: Assets, policy: Policy) -> Arc<Self> {
        Arc::new(Self {
            library,
            runs: Runs::new(policy),
            assets,
            sessions: TaskTracker::new(),
            closing: CancellationToken::new(),
        })
    }
}
