//! Headers that every answer carries.

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use tower_http::set_header::SetResponseHeaderLayer;

/// Header, value, and why.
const HEADERS: [(HeaderName, &str, &str); 5] = [
    (CONTENT_SECURITY_POLICY, POLICY, "nothing runs in the page and nothing leaves it but what we ship"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff", "a file is what its type says"),
    (REFERRER_POLICY, "no-referrer", "which lesson somebody reads is nobody's business"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
        "no window of another site holds on to ours",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
        "no page of another site embeds our answers",
    ),
];

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// Adds them to all answers of `router`.
pub fn add_to(router: Router) -> Router {
    HEADERS.into_iter().fold(router, |router, (name, value, _why)| {
        router.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)))
    })
}
