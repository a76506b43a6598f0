//! The page and its files, for every path that is not the API's.
//!
//! A file below `assets/` is named by its content, so it may be kept for ever; it lies there compressed, so nothing is
//! compressed while somebody waits.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, Method, StatusCode, Uri, response};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::assets::Assets;

/// Answers every path that is not the API's.
pub async fn serve(State(app): State<Arc<App>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    // The page has addresses of its own, such as /lessons/02-tcp, and none of them looks like a file.
    let is_page = !path.starts_with("assets/") && !path.rsplit('/').next().unwrap_or_default().contains('.');
    let path = if is_page { "index.html" } else { path };
    match find(&app.assets, path, accepted(&headers)) {
        Some(found) => answer(path, found, &headers),
        None => (StatusCode::NOT_FOUND, "there is no such file\n").into_response(),
    }
}

/// A file in the form in which it is sent.
struct Found {
    bytes: Cow<'static, [u8]>,
    encoding: Option<&'static str>,
}

fn find(
    assets: &Assets,
    path: &str,
    accepted: impl Iterator<Item = &'static (&'static str, &'static str)>,
) -> Option<Found> {
    for (encoding, suffix) in accepted {
        if let Some(bytes) = assets.get(&format!("{path}{suffix}")) {
            return Some(Found { bytes, encoding: Some(*encoding) });
        }
    }
    assets.get(path).map(|bytes| Found { bytes, encoding: None })
}

fn answer(path: &str, found: Found, request: &HeaderMap) -> Response {
    let mut answer = response::Builder::new().header(CONTENT_TYPE, content_type(path)).header(VARY, "accept-encoding");
    if let Some(encoding) = found.encoding {
        answer = answer.header(CONTENT_ENCODING, encoding);
    }
    if path.starts_with("assets/") {
        answer = answer.header(CACHE_CONTROL, "public, max-age=31536000, immutable");
    } else {
        let tag = etag(&found.bytes);
        let known = request.get_all(IF_NONE_MATCH).iter().any(|tags| {
            tags.to_str().is_ok_and(|tags| tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag))
        });
        answer = answer.header(CACHE_CONTROL, "no-cache").header(ETAG, tag);
        if known {
            let answer = answer.status(StatusCode::NOT_MODIFIED).body(Body::empty());
            return answer.expect("every header here is a constant or hexadecimal");
        }
    }
    answer.body(Body::from(found.bytes.into_owned())).expect("every header here is a constant or hexadecimal")
}

/// The encodings that the bundler makes, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Those of [`ENCODINGS`] that the browser takes. `q=0` is a no (RFC 9110 section 12.5.3).
fn accepted(headers: &HeaderMap) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let lines = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let wanted: Vec<String> = lines
        .flat_map(|line| line.split(','))
        .filter_map(|item| {
            let (name, params) = item.split_once(';').unwrap_or((item, ""));
            let quality = params.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
            quality.is_ok_and(|q| q > 0.0).then(|| name.trim().to_ascii_lowercase())
        })
        .collect();
    ENCODINGS.iter().filter(move |(encoding, _)| wanted.iter().any(|name| name == encoding))
}

/// Changes whenever the content does; that it may also change with a new server does no harm.
fn etag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
