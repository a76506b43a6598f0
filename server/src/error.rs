//! What a request over HTTP is told when it can't be answered.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use trace::lesson::UnknownLang;

/// A request that can't be answered.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Nothing answers at this address.
    #[error("there is nothing at this address of the API")]
    NoSuchEndpoint,
    /// Not a language of the course.
    #[error(transparent)]
    UnknownLang(#[from] UnknownLang),
    /// No such lesson.
    #[error("there is no lesson {0:?}")]
    NoSuchLesson(String),
    /// A page of another site tried to open a websocket.
    #[error("a websocket is only for pages of this server: the request's Origin is not its Host")]
    ForeignOrigin,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NoSuchEndpoint | Self::UnknownLang(_) | Self::NoSuchLesson(_) => StatusCode::NOT_FOUND,
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
        };
        (status, format!("{self}\n")).into_response()
    }
}
