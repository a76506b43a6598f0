//! `GET /api/runs/{link}/{format}`: a run as a file, whether it goes on or is over.
//!
//! Only what has happened when it is asked for; it is made piece by piece as the browser takes it, so a slow one costs
//! nothing.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;
use trace::protocol::RunKey;

use crate::app::App;
use crate::error::ApiError;
use crate::export::{Exporter, Format};
use crate::runs::{Run, Runs};

/// Sends the file.
pub async fn download(
    State(app): State<Arc<App>>,
    Path((link, format)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let format: Format = format.parse()?;
    let run = find(&app.runs, link)?;
    let body = if format.needs_all() { whole(&app, run, format).await? } else { piecewise(&app, run, format)? };
    app.metrics.exports.inc();
    let name = format!("attachment; filename=\"{}\"", format.file_name());
    // Whoever knows the link knows the run: it is nobody else's, and no cache's.
    let headers =
        [(CONTENT_TYPE, format.content_type()), (CONTENT_DISPOSITION, name.as_str()), (CACHE_CONTROL, "no-store")];
    Ok((headers, body).into_response())
}

/// `GET /run/{link}`: leads to the page that shows recordings. It also says, in its person's language, that a run is not
/// kept any more.
pub async fn open(State(app): State<Arc<App>>, Path(link): Path<String>) -> Result<Response, ApiError> {
    if !link.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ApiError::NoSuchRun); // nothing that was ever a link
    }
    // A key does not stay in an address.
    let link = find(&app.runs, link.clone()).map_or(link, |run| run.link().0.clone());
    let to = Redirect::temporary(&format!("/recording?src=/api/runs/{link}/recording"));
    Ok(([(CACHE_CONTROL, "no-store")], to).into_response())
}

fn find(runs: &Runs, link: String) -> Result<Arc<Run>, ApiError> {
    runs.find(&RunKey(link)).map(|(run, _)| run).map_err(|_| ApiError::NoSuchRun)
}

fn piecewise(app: &App, run: Arc<Run>, format: Format) -> io::Result<Body> {
    let until = run.events();
    let start = (run, Some(Exporter::new(format, &app.assets)?), 0);
    let pieces = stream::unfold(start, move |(run, exporter, from)| async move {
        let exporter = exporter?;
        match piece(&run, exporter, from, until) {
            Ok((bytes, exporter, next)) => Some((Ok(bytes), (run, exporter, next))),
            Err(error) => Some((Err(error), (run, None, from))),
        }
    });
    Ok(Body::from_stream(pieces))
}

/// The next bytes, and how to go on after them.
fn piece(
    run: &Run,
    mut exporter: Exporter,
    mut from: usize,
    until: usize,
) -> io::Result<(Bytes, Option<Exporter>, usize)> {
    while from < until {
        let events = run.some_events(from, until);
        from += events.len();
        events.into_iter().try_for_each(|event| exporter.push(event))?;
        let bytes = exporter.take();
        if !bytes.is_empty() {
            return Ok((bytes.into(), Some(exporter), from));
        }
    }
    Ok((exporter.finish()?.into(), None, from))
}

/// For a format that needs every event in memory: only so many of them at a time.
async fn whole(app: &App, run: Arc<Run>, format: Format) -> Result<Body, ApiError> {
    let permit = Arc::clone(&app.exporting).try_acquire_owned().map_err(|_| ApiError::Busy)?;
    let assets = app.assets.clone();
    let made = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let (mut exporter, until) = (Exporter::new(format, &assets)?, run.events());
        let mut from = 0;
        while from < until {
            let events = run.some_events(from, until);
            from += events.len();
            events.into_iter().try_for_each(|event| exporter.push(event))?;
        }
        exporter.finish()
    });
    let bytes = made.await.map_err(io::Error::other)??;
    Ok(bytes.into())
}
