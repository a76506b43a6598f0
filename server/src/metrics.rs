//! Numbers for whoever hosts the server, in the format of Prometheus.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

use crate::app::App;

/// What is counted while it happens. The rest is asked for when somebody looks.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// Runs that were started.
    pub runs_started: Counter<u64, AtomicU64>,
    /// Runs that were asked for and not started.
    pub runs_refused: Counter<u64, AtomicU64>,
    /// Files made of runs.
    pub exports: Counter<u64, AtomicU64>,
    /// Requests that were passed on to learners' servers.
    pub visits: Counter<u64, AtomicU64>,
}

/// Their own server's routes: it is for the host, not for the class.
pub fn router(app: Arc<App>) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(app)
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let mut text = String::new();
    match encode(&mut text, &registry(&app)) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn registry(app: &App) -> Registry {
    let (counted, runs) = (&app.metrics, &app.runs);
    let mut registry = Registry::with_prefix("socklab");
    registry.register("runs_started", "Runs that were started", counted.runs_started.clone());
    registry.register("runs_refused", "Runs that were asked for and not started", counted.runs_refused.clone());
    registry.register("exports", "Files made of runs", counted.exports.clone());
    registry.register("visits", "Requests passed on to learners' servers", counted.visits.clone());
    let mut gauge = |name, help, value: usize| {
        registry.register(name, help, ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX)));
    };
    gauge("runs_going_on", "Runs that go on now", runs.going_on());
    gauge("runs_waiting", "Runs that wait in line for a place", runs.waiting());
    gauge("runs_kept", "Runs that are over and can still be looked at", runs.kept());
    gauge("sessions", "Websockets that are open", app.sessions.len());
    gauge("lessons", "Lessons that are served", app.shelf.now().lessons().len());
    let bytes = i64::try_from(runs.bytes()).unwrap_or(i64::MAX);
    registry.register_with_unit("traces", "Memory of the traces that are kept", Unit::Bytes, ConstGauge::new(bytes));
    registry
}
