//! Everything the server answers, put together: usable with or without a port. The API's endpoints are one file a
//! subject.

pub mod aids;
pub mod export;
pub mod lessons;
pub mod page;
pub mod run;

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{any, get, post};
use tower_http::trace::TraceLayer;
use tracing::{Span, debug_span};

use crate::app::App;
use crate::error::ApiError;
use crate::headers;
use crate::visit;

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/lessons/{lang}", get(lessons::list))
        .route("/lessons/{id}/{lang}", get(lessons::page))
        .route("/search/{lang}", get(lessons::search))
        .route("/lessons/{id}/check", post(lessons::check))
        .route("/lessons/{id}/predictions/{link}", get(lessons::predictions))
        .route("/run", any(run::upgrade))
        .route("/runs/{link}/{format}", get(export::download))
        .route("/health", get(health))
        .fallback(|| async { ApiError::NoSuchEndpoint });
    let site = Router::new()
        .nest("/api", api)
        .route("/run/{link}", get(export::open))
        .route("/glossary/{lang}", get(aids::glossary))
        .route("/cheatsheet/{lang}", get(aids::cheat_sheet))
        .fallback(page::serve)
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(Arc::clone(&app));
    // What learners' servers answer has headers of its own.
    let visits = Router::new()
        .route("/visit/{visit}/{addr}/{port}", any(visit::http::visit))
        .route("/visit/{visit}/{addr}/{port}/", any(visit::http::visit))
        .route("/visit/{visit}/{addr}/{port}/{*path}", any(visit::http::visit))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(app);
    visits.fallback_service(headers::add_to(site).layer(middleware::from_fn(lead_back)))
}

/// A page of a learner's server names paths from its root, which on the site is another.
async fn lead_back(request: Request, next: Next) -> Response {
    match visit::http::lead_back(request.uri(), request.headers()) {
        Some(answer) => answer,
        None => next.run(request).await,
    }
}

/// What the log says of a request: its route, not its address, in which a run's key may be.
fn span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("the page", MatchedPath::as_str);
    debug_span!("request", method = %request.method(), route)
}

/// For load balancers and for whoever wonders: alive, and how busy.
async fn health(State(app): State<Arc<App>>) -> String {
    format!(
        "ok\nruns: {} of {}\nwaiting: {}\nlessons: {}\n",
        app.runs.going_on(),
        app.runs.policy().max_runs,
        app.runs.waiting(),
        app.shelf.now().lessons().len()
    )
}
