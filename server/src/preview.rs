//! A lesson while it is being written: its page as learners will have it, shown anew whenever its author has saved.
//!
//! The page is the usual one. A script of ours is put into it, which listens for news: a lesson that can be shown has
//! come (then it loads the page again), or one that has faults (then it lists them, over the last good one).

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures_util::{Stream, stream};
use notify::{RecursiveMode, Watcher};
use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::app::App;
use crate::lessons::load::COURSE;
use crate::lessons::{Fault, Library, lint};
use crate::{headers, routes};

/// An editor writes a file in several steps: it is read when nothing has changed for so long.
const QUIET: Duration = Duration::from_millis(80);

/// More than any page of ours has, in bytes.
const LARGEST_PAGE: usize = 16 << 20;

/// What the page is told.
#[derive(Clone, Debug, Default, Serialize)]
pub struct News {
    /// Which good one is served: 0 before there is any.
    version: u64,
    /// What is to be fixed, as `socklab lesson check` says it.
    faults: Vec<String>,
    /// Whether they keep what was saved last from being shown.
    held_back: bool,
}

/// A lesson's folder as it was read.
#[derive(Debug, Default)]
pub struct Read {
    /// What can be served of it; `None` if it has faults that forbid it.
    pub library: Option<Library>,
    /// What is to be fixed.
    pub faults: Vec<String>,
}

/// Reads a lesson's folder. Whatever is in it, this says what is wrong and does not fail.
pub fn read(folder: &Path) -> Read {
    let library = match Library::of_one(folder) {
        Ok(library) => library,
        Err(error) => return Read { library: None, faults: vec![error.to_string()] },
    };
    let mut faults = vec![];
    for broken in library.broken() {
        let folder = if broken.id == COURSE { format!("{COURSE}/") } else { String::new() };
        faults.extend(broken.faults.iter().map(|fault| format!("{folder}{fault}")));
    }
    let Some(lesson) = library.lessons().first() else { return Read { library: None, faults } };
    match lint::Course::beside(folder) {
        Ok(course) => {
            let lacks = lint::lesson(lesson, &course, &lint::siblings(folder));
            faults.extend(lacks.iter().map(Fault::to_string));
        }
        Err(error) => faults.push(format!("{COURSE}/: {error:#}")),
    }
    Read { library: Some(library), faults }
}

/// Keeps `app`'s course as a folder is, and tells the pages; for ever.
pub async fn follow(app: Arc<App>, folder: PathBuf, news: watch::Sender<News>) -> anyhow::Result<()> {
    let (to, mut changes) = mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Our own reading is an event, too.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = to.send(()); // nobody follows any more
        }
    })
    .context("cannot watch files")?;
    loop {
        // Anew each time: a folder that was put in place of the first is another one to the kernel.
        for (path, mode) in watched(&folder) {
            let _ = watcher.watch(&path, mode); // not there now; its parent will tell when it is
        }
        let from = folder.clone();
        let found = tokio::task::spawn_blocking(move || read(&from)).await.unwrap_or_else(|error| Read {
            library: None,
            faults: vec![format!("a bug of Socklab's, please report it: {error}")],
        });
        let Read { library, faults } = found;
        let held_back = library.is_none();
        if let Some(library) = library {
            app.shelf.put(library);
        }
        news.send_modify(|news| {
            *news = News { version: news.version + u64::from(!held_back), faults, held_back };
        });
        if changes.recv().await.is_none() {
            return Ok(());
        }
        while let Ok(Some(())) = timeout(QUIET, changes.recv()).await {}
    }
}

/// What is to be watched for a lesson: its folder, that of the course, and where they lie.
fn watched(folder: &Path) -> Vec<(PathBuf, RecursiveMode)> {
    let parent = folder.parent().map(Path::to_owned);
    let course = parent.as_ref().map(|parent| parent.join(COURSE)).filter(|course| course.is_dir());
    let all = |path: PathBuf| (path, RecursiveMode::Recursive);
    let beside = parent.map(|parent| (parent, RecursiveMode::NonRecursive));
    beside.into_iter().chain(course.map(all)).chain([all(folder.to_owned())]).collect()
}

/// The site with one lesson, and news about it.
pub fn router(app: Arc<App>, lesson: &str, news: watch::Receiver<News>) -> Router {
    let home = Redirect::temporary(&format!("/lesson/{lesson}"));
    let own = Router::new()
        .route("/", get(move || async move { home }))
        .route("/preview/news", get(tell))
        .route("/preview/script.js", get(|| async { ([(CONTENT_TYPE, "text/javascript")], SCRIPT) }))
        .route("/preview/style.css", get(|| async { ([(CONTENT_TYPE, "text/css")], STYLE) }))
        .with_state(news);
    headers::add_to(own).fallback_service(routes::router(app).layer(middleware::from_fn(put_in)))
}

const SCRIPT: &str = include_str!("preview/script.js");
const STYLE: &str = include_str!("preview/style.css");

/// What the pages of the site have in their heads beside their own.
const HEAD: &str = "<link rel=\"stylesheet\" href=\"/preview/style.css\">\n\
     <script type=\"module\" src=\"/preview/script.js\"></script>\n</head>";

/// Puts the script into the site's pages. Learners' servers have theirs alone.
async fn put_in(mut request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/visit/") {
        return next.run(request).await;
    }
    let is_file = request.uri().path().starts_with("/assets/");
    if !is_file {
        request.headers_mut().remove(ACCEPT_ENCODING); // the page's files lie there compressed
    }
    let response = next.run(request).await;
    let kind = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if is_file || !kind.is_some_and(|kind| kind.starts_with(b"text/html")) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    match to_bytes(body, LARGEST_PAGE).await {
        Ok(bytes) => {
            parts.headers.remove(CONTENT_LENGTH);
            let page = String::from_utf8_lossy(&bytes).replacen("</head>", HEAD, 1);
            Response::from_parts(parts, Body::from(page))
        }
        Err(error) => (axum::http::StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// `GET /preview/news`: what there is now, and whatever comes.
async fn tell(
    State(mut news): State<watch::Receiver<News>>,
) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    news.mark_changed();
    let events = stream::unfold(news, |mut news| async move {
        news.changed().await.ok()?;
        let now = news.borrow_and_update().clone();
        let event = sse::Event::default().json_data(&now).unwrap_or_default(); // a struct of text always is JSON
        Some((Ok(event), news))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
