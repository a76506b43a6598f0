//! Everything the server answers, put together: usable with or without a port.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::{any, get};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::trace::TraceLayer;

use crate::assets::{self, Assets};
use crate::error::ApiError;
use crate::headers;
use crate::lessons::Library;
use crate::routes::{lessons, run};
use crate::runs::{Policy, Runs};

/// What all requests share.
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

/// All routes.
pub fn app(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/lessons/{lang}", get(lessons::list))
        .route("/lessons/{id}/{lang}", get(lessons::page))
        .route("/run", any(run::upgrade))
        .route("/health", get(health))
        .fallback(|| async { ApiError::NoSuchEndpoint });
    let router =
        Router::new().nest("/api", api).fallback(assets::serve).layer(TraceLayer::new_for_http()).with_state(app);
    headers::add_to(router)
}

/// For load balancers and for whoever wonders: alive, and how busy.
async fn health(State(app): State<Arc<App>>) -> String {
    format!("ok\nruns: {}\nlessons: {}\n", app.runs.going_on(), app.library.lessons().len())
}
