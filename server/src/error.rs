//! What a request over HTTP is told when it can't be answered.

use std::io;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use trace::lesson::UnknownLang;

use crate::export::UnknownFormat;

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
    /// No such format.
    #[error(transparent)]
    UnknownFormat(#[from] UnknownFormat),
    /// No such run.
    #[error("there is no such run any more: a run is kept for about an hour after its end, and not after a restart")]
    NoSuchRun,
    /// Too many ask for what takes memory.
    #[error("the server is making other files just now; try again in a moment")]
    Busy,
    /// Something of the server's own failed.
    #[error("the server could not do it: {0}")]
    Io(#[from] io::Error),
    /// A page of another site tried to open a websocket.
    #[error("a websocket is only for pages of this server: the request's Origin is not its Host")]
    ForeignOrigin,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NoSuchEndpoint
            | Self::UnknownLang(_)
            | Self::NoSuchLesson(_)
            | Self::UnknownFormat(_)
            | Self::NoSuchRun => StatusCode::NOT_FOUND,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Io(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
        };
        (status, format!("{self}\n")).into_response()
    }
}
