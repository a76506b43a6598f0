//! `/visit/{visit}/{addr}/{port}/…`: a learner's HTTP server in a tab.
//!
//! The answer comes from a program that a stranger wrote, on the site's own origin. So that it can't touch the site:
//! - `Content-Security-Policy: sandbox` gives it an origin of its own, which is nobody's: it has no storage, and what it
//!   asks of the site comes with `Origin: null`, which no websocket is opened for. A second port or name would do the
//!   same and would have to be set up by whoever hosts; this works everywhere;
//! - the address holds a name of the run that is good for visits and nothing else;
//! - of its headers only those are passed on that are about the answer itself: no cookie, no policy, no redirect out.
//!
//! The body is passed on as it comes, piece by piece.

use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode, Uri, Version};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_util::task::AbortOnDropHandle;
use trace::lesson::Lang;
use trace::protocol::RunKey;

use super::page::{Trouble, page};
use super::tee::{Heard, Tee};
use super::{VisitError, connect};
use crate::app::App;
use crate::runs::{Access, Run};

/// The largest request that is passed on, in bytes.
const MAX_REQUEST: usize = 1 << 20;

/// The largest answer, in bytes; what comes after it is cut off.
const MAX_ANSWER: u64 = 16 << 20;

/// How long a server may take until the head of its answer is there.
const HEAD: Duration = Duration::from_secs(20);

/// How long an answer may take in all.
const WHOLE: Duration = Duration::from_mins(2);

const POLICY: &str = "sandbox allow-scripts allow-forms; default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

/// Passes a request on.
pub async fn visit(
    State(app): State<Arc<App>>,
    Path(place): Path<Vec<(String, String)>>,
    request: Request,
) -> Response {
    let lang = language(request.headers());
    let mut answer = match pass_on(&app, &place, request).await {
        Ok(answer) => answer,
        Err(trouble) => page(&trouble, lang).into_response(),
    };
    protect(answer.headers_mut());
    answer
}

/// A page of a learner's server asks for `/style.css`, and the browser asks the site for it: it is led back to the
/// server that it came from. `None` if the request does not come from such a page.
pub fn lead_back(uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    if uri.path().starts_with("/visit/") {
        return None;
    }
    let referer = headers.get(header::REFERER)?.to_str().ok()?.parse::<Uri>().ok()?;
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let mut parts =
        referer.path().strip_prefix("/visit/").filter(|_| referer.authority().is_some_and(|at| at == host))?.split('/');
    let (visit, addr, port) = (parts.next()?, parts.next()?, parts.next()?);
    let to = HeaderValue::try_from(format!("/visit/{visit}/{addr}/{port}{uri}")).ok()?;
    let mut answer = (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response();
    protect(answer.headers_mut());
    Some(answer)
}

/// Where a visit goes.
struct Place {
    run: Arc<Run>,
    addr: Ipv4Addr,
    port: u16,
    /// How the site's addresses of this server begin: `/visit/…/192.168.1.4/8080`.
    prefix: String,
}

impl Place {
    fn of(app: &App, parts: &[(String, String)]) -> Result<Self, Trouble> {
        let named = |name: &str| parts.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
        let addr = named("addr").parse().map_err(|_| Trouble::NoSuchAddress)?;
        let port = named("port").parse().ok().filter(|port| *port > 0).ok_or(Trouble::NoSuchAddress)?;
        let found = app.runs.find(&RunKey(named("visit").to_owned()));
        let run =
            found.ok().filter(|(run, access)| *access == Access::Visit && !run.is_over()).ok_or(Trouble::NoRun)?;
        Ok(Self { run: run.0, addr, port, prefix: format!("/visit/{}/{addr}/{port}", named("visit")) })
    }

    fn authority(&self) -> String {
        if self.port == 80 { self.addr.to_string() } else { format!("{}:{}", self.addr, self.port) }
    }
}

async fn pass_on(app: &App, place: &[(String, String)], request: Request) -> Result<Response, Trouble> {
    let place = Place::of(app, place)?;
    let permit = place.run.visiting().ok_or(Trouble::TooMany)?;
    app.metrics.visits.inc();
    let request = outgoing(&place, request).await?;
    let stream = connect(&place.run, place.addr, place.port).await.map_err(|error| match error {
        VisitError::Refused(_) => Trouble::NoRun,
        VisitError::Connect(error) => Trouble::NoConnection(place.authority(), error),
        VisitError::NoAnswer => Trouble::NoHandshake(place.authority()),
    })?;
    let (stream, heard) = Tee::new(stream);
    let not_http = |error: &hyper::Error, heard: &Heard| Trouble::NotHttp(error.to_string(), heard.bytes());
    let handshake = http1::Builder::new().preserve_header_case(true).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| not_http(&error, &heard))?;
    // It ends with the answer's body, or when the browser loses interest.
    let connection = AbortOnDropHandle::new(tokio::spawn(connection));
    let answer = match timeout(HEAD, sender.send_request(request)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(not_http(&error, &heard)),
        Err(_elapsed) => return Err(Trouble::Silent(HEAD, heard.bytes())),
    };
    let (mut parts, body) = answer.into_parts();
    parts.headers = passed(&place, &parts.headers);
    parts.version = Version::default();
    parts.extensions.clear();
    let body = Answer {
        body,
        left: MAX_ANSWER,
        until: Box::pin(sleep_until(Instant::now() + WHOLE)),
        _connection: connection,
        _permit: permit,
    };
    Ok(Response::from_parts(parts, Body::new(body)))
}

/// The request as the learner's server gets it.
async fn outgoing(place: &Place, request: Request) -> Result<hyper::Request<Full<Bytes>>, Trouble> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MAX_REQUEST).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() { Trouble::TooLarge(MAX_REQUEST) } else { Trouble::Interrupted }
    })?;
    let asked = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let path = asked.strip_prefix(&place.prefix).filter(|path| path.starts_with('/')).unwrap_or("/");
    let mut outgoing = hyper::Request::builder().method(head.method).uri(path);
    outgoing = outgoing.header(header::HOST, place.authority());
    for name in SAID {
        for value in head.headers.get_all(&name) {
            outgoing = outgoing.header(&name, value);
        }
    }
    // One request a connection, and this is so: then an answer without a length ends with the connection.
    outgoing = outgoing.header(header::CONNECTION, "close");
    outgoing.body(Full::new(body.to_bytes())).map_err(|_invalid| Trouble::Interrupted)
}

/// What a browser says of a request that a server of strangers may know.
const SAID: [HeaderName; 9] = [
    header::USER_AGENT,
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::ACCEPT_ENCODING,
    header::CONTENT_TYPE,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::RANGE,
    header::CACHE_CONTROL,
];

/// The headers that are about the answer itself.
const ABOUT: [HeaderName; 13] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_RANGE,
    header::CONTENT_DISPOSITION,
    header::ACCEPT_RANGES,
    header::ALLOW,
    header::DATE,
    header::ETAG,
    header::LAST_MODIFIED,
    header::RETRY_AFTER,
    header::SERVER,
];

fn passed(place: &Place, headers: &HeaderMap) -> HeaderMap {
    let mut passed = HeaderMap::new();
    for (name, value) in headers {
        if ABOUT.contains(name) || name.as_str().starts_with("x-") && *name != header::X_CONTENT_TYPE_OPTIONS {
            passed.append(name, value.clone());
        }
    }
    if let Some(to) = headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| led(place, to)) {
        passed.insert(header::LOCATION, to);
    }
    passed
}

/// Where a redirect of the learner's server leads on the site; `None` where it leads out of the LAN.
fn led(place: &Place, to: &str) -> Option<HeaderValue> {
    let own = format!("http://{}", place.authority());
    let path = to.strip_prefix(&own).unwrap_or(to);
    let led = if path.is_empty() {
        format!("{}/", place.prefix)
    } else if path.starts_with('/') && !path.starts_with("//") {
        format!("{}{path}", place.prefix)
    } else if path.contains("//") || path.contains(':') {
        return None;
    } else {
        path.to_owned()
    };
    HeaderValue::try_from(led).ok()
}

/// What every answer to a visit says to the browser.
fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        // Its own pages tell it where they are, so that `/style.css` finds its way; the policy lets no other site hear it.
        (header::REFERRER_POLICY, "unsafe-url"),
        // Of an origin that is nobody's, even its own pictures are another site's.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), clipboard-write=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn language(headers: &HeaderMap) -> Lang {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepted.trim_start().starts_with("zh") { Lang::Zh } else { Lang::En }
}

/// An answer's body as it comes in: not for ever, and not without end.
struct Answer {
    body: Incoming,
    left: u64,
    until: Pin<Box<Sleep>>,
    _connection: AbortOnDropHandle<hyper::Result<()>>,
    _permit: OwnedSemaphorePermit,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.until.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(std::io::ErrorKind::TimedOut.into())));
        }
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(frame) => frame.map_err(std::io::Error::other)?,
            None => return Poll::Ready(None),
        };
        let len = frame.data_ref().map_or(0, |data| data.len() as u64);
        if len > self.left {
            return Poll::Ready(Some(Err(std::io::ErrorKind::FileTooLarge.into())));
        }
        self.left -= len;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(path: &str, referer: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "lab.example".parse().unwrap());
        headers.insert(header::REFERER, referer.parse().unwrap());
        let answer = lead_back(&path.parse().unwrap(), &headers)?;
        Some(answer.headers()[header::LOCATION].to_str().unwrap().to_owned())
    }

    #[test]
    fn a_path_from_the_root_is_led_back_to_the_server_that_named_it() {
        let page = "https://lab.example/visit/k/192.168.1.4/8080/deep/page.html";
        assert_eq!(back("/style.css?v=1", page).unwrap(), "/visit/k/192.168.1.4/8080/style.css?v=1");
        assert_eq!(back("/", page).unwrap(), "/visit/k/192.168.1.4/8080/");
        assert_eq!(back("/visit/k/192.168.1.4/8080/x", page), None);
        assert_eq!(back("/style.css", "https://evil.example/visit/k/192.168.1.4/8080/"), None);
        assert_eq!(back("/style.css", "https://lab.example/lesson/02-tcp"), None);
        assert_eq!(back("/style.css", "https://lab.example/visit/k"), None);
    }
}
