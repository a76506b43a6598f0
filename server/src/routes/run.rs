//! `GET /api/run`: the websocket.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::response::Response;

use crate::app::App;
use crate::client::Client;
use crate::error::ApiError;
use crate::session;

/// Opens a session, for pages of this server only.
pub async fn upgrade(
    State(app): State<Arc<App>>,
    Client(from): Client,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    if !same_origin(&headers) {
        return Err(ApiError::ForeignOrigin);
    }
    let upgrade = upgrade.max_message_size(session::MAX_READ).max_frame_size(session::MAX_READ);
    Ok(upgrade.on_upgrade(async move |socket| {
        let sessions = app.sessions.clone();
        sessions.track_future(session::serve(app, socket, from)).await;
    }))
}

/// Websockets are exempt from the same-origin policy, so a page of any site could open one here and start runs; but
/// browsers say whose page it is. Clients that are no browsers need not say, and can't be misused that way.
pub(super) fn same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    match (origin, host) {
        (Some((_, origin)), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        let same = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, "lab.example:8080".parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            same_origin(&headers)
        };
        assert!(same(None));
        assert!(same(Some("http://lab.example:8080")));
        assert!(same(Some("https://LAB.example:8080")));
        assert!(!same(Some("http://lab.example")));
        assert!(!same(Some("http://evil.example")));
        assert!(!same(Some("http://lab.example:8080.evil.example")));
        assert!(!same(Some("null")));
    }
}
