//! The course, in postcard.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde::Serialize;
use trace::lesson::Lang;
use trace::protocol;

use crate::app::App;
use crate::error::ApiError;

/// `GET /api/lessons/{lang}`: the list.
pub async fn list(State(app): State<Arc<App>>, Path(lang): Path<String>) -> Result<impl IntoResponse, ApiError> {
    let lang: Lang = lang.parse()?;
    Ok(postcard(&app.library.cards(lang)))
}

/// `GET /api/lessons/{id}/{lang}`: one of them, whole.
pub async fn page(
    State(app): State<Arc<App>>,
    Path((id, lang)): Path<(String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let lang: Lang = lang.parse()?;
    let lesson = app.library.get(&id).ok_or(ApiError::NoSuchLesson(id))?;
    Ok(postcard(&lesson.page(lang)))
}

fn postcard<T: Serialize>(value: &T) -> impl IntoResponse + use<T> {
    let headers = [(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, "no-cache")];
    (headers, protocol::encode(value))
}
