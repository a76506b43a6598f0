//! The course, in postcard.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use trace::lesson::{Lang, Predicted, Report};
use trace::protocol::{self, Refusal, RunKey};

use super::run::same_origin;
use crate::app::App;
use crate::client::Client;
use crate::error::ApiError;
use crate::grading::{judge, serve};
use crate::pace::TooOften;

/// `GET /api/lessons/{lang}`: the list, by the parts of the course.
pub async fn list(State(app): State<Arc<App>>, Path(lang): Path<String>) -> Result<impl IntoResponse, ApiError> {
    let lang: Lang = lang.parse()?;
    Ok(postcard(&app.shelf.now().parts(lang)))
}

/// What is asked for.
#[derive(Debug, Deserialize)]
pub struct Question {
    /// The words.
    q: String,
}

/// `GET /api/search/{lang}?q=…`: where in the course these words are.
pub async fn search(
    State(app): State<Arc<App>>,
    Path(lang): Path<String>,
    Query(Question { q }): Query<Question>,
) -> Result<impl IntoResponse, ApiError> {
    Ok(postcard(&app.shelf.now().search(lang.parse()?, &q)))
}

/// `GET /api/lessons/{id}/{lang}`: one of them, whole.
pub async fn page(
    State(app): State<Arc<App>>,
    Path((id, lang)): Path<(String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let lang: Lang = lang.parse()?;
    let library = app.shelf.now();
    let lesson = library.get(&id).ok_or(ApiError::NoSuchLesson(id))?;
    Ok(postcard(&lesson.page(lang)))
}

/// A check's answer: what became of the programs, or why they were not run.
type Answer = Result<Report, Refusal>;

/// `POST /api/lessons/{id}/check`: graded runs of the programs in the body, and what the lesson's checks say of them.
pub async fn check(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Client(from): Client,
    headers: HeaderMap,
    body: Bytes,
) -> Result<impl IntoResponse, ApiError> {
    if !same_origin(&headers) {
        return Err(ApiError::ForeignOrigin);
    }
    if app.shelf.now().get(&id).is_none() {
        return Err(ApiError::NoSuchLesson(id));
    }
    Ok(postcard(&graded(app, id, from, &body).await))
}

async fn graded(app: Arc<App>, id: String, from: IpAddr, body: &[u8]) -> Answer {
    let programs = protocol::decode(body).map_err(|error| Refusal::NotUnderstood(error.to_string()))?;
    app.starts.count(from).map_err(|TooOften(wait)| Refusal::TooOften { wait })?;
    // A task of its own: whoever goes away while it is being made leaves no run behind half-way.
    let grading = tokio::spawn(async move {
        let library = app.shelf.now();
        let lesson = library.get(&id).ok_or(Refusal::NoSuchLesson(id))?;
        serve::grade(&app.runs, lesson, programs).await
    });
    grading.await.unwrap_or_else(|error| Err(Refusal::CannotRun(error.to_string())))
}

/// `GET /api/lessons/{id}/predictions/{link}`: what a run says of the lesson's predictions.
pub async fn predictions(
    State(app): State<Arc<App>>,
    Path((id, link)): Path<(String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let library = app.shelf.now();
    let Some(lesson) = library.get(&id) else { return Err(ApiError::NoSuchLesson(id)) };
    let Ok((run, _)) = app.runs.find(&RunKey(link)) else { return Ok(postcard(&Vec::<Predicted>::new())) };
    let mut events = vec![];
    loop {
        let news = run.some_events(events.len(), usize::MAX);
        if news.is_empty() {
            break;
        }
        events.extend(news);
    }
    Ok(postcard(&judge::predictions(lesson, &events)))
}

fn postcard<T: Serialize>(value: &T) -> impl IntoResponse + use<T> {
    let headers = [(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, "no-cache")];
    (headers, protocol::encode(value))
}
