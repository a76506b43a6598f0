//! Everything the server answers, put together: usable with or without a port. The API's endpoints are one file a
//! subject.

pub mod lessons;
pub mod page;
pub mod run;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::{any, get};
use tower_http::trace::TraceLayer;

use crate::app::App;
use crate::error::ApiError;
use crate::headers;

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/lessons/{lang}", get(lessons::list))
        .route("/lessons/{id}/{lang}", get(lessons::page))
        .route("/run", any(run::upgrade))
        .route("/health", get(health))
        .fallback(|| async { ApiError::NoSuchEndpoint });
    let router =
        Router::new().nest("/api", api).fallback(page::serve).layer(TraceLayer::new_for_http()).with_state(app);
    headers::add_to(router)
}

/// For load balancers and for whoever wonders: alive, and how busy.
async fn health(State(app): State<Arc<App>>) -> String {
    format!("ok\nruns: {}\nlessons: {}\n", app.runs.going_on(), app.library.lessons().len())
}
