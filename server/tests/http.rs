//! What is answered over HTTP, without a port.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

use std::fs;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use server::app::App;
use server::assets::Assets;
use server::lessons::Library;
use server::routes::router;
use server::runs::Policy;
use tempfile::TempDir;
use tower::ServiceExt;
use trace::lesson::{LessonPage, Part};
use trace::protocol::decode;

/// A server with the lessons of the binary and this page.
struct Server {
    app: Arc<App>,
    _site: TempDir,
}

impl Server {
    fn new() -> Self {
        let site = TempDir::new().unwrap();
        fs::create_dir(site.path().join("assets")).unwrap();
        for (path, content) in [
            ("index.html", "<!doctype html>page"),
            ("index.html.gz", "gzipped page"),
            ("assets/app.0123.wasm", "wasm"),
            ("assets/app.0123.wasm.br", "wasm in brotli"),
            ("assets/app.0123.wasm.gz", "wasm in gzip"),
            ("assets/note.txt", "plain"),
        ] {
            fs::write(site.path().join(path), content).unwrap();
        }
        let assets = Assets::Folder(site.path().to_owned());
        Self { app: App::new(Library::embedded(), assets, Policy::default()), _site: site }
    }

    async fn send(&self, request: Request<Body>) -> Response {
        router(Arc::clone(&self.app)).oneshot(request).await.unwrap()
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn bytes(response: Response) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

async fn text(response: Response) -> String {
    String::from_utf8(bytes(response).await).unwrap()
}

#[tokio::test]
async fn the_course_in_both_languages() {
    let server = Server::new();
    for (lang, title) in [("en", "Three packets make a connection"), ("zh", "三个包，一条连接")] {
        let response = server.get(&format!("/api/lessons/{lang}"), &[]).await;
        assert_eq!(header(&response, "content-type"), "application/octet-stream");
        let parts: Vec<Part> = decode(&bytes(response).await).unwrap();
        let cards: Vec<_> = parts.into_iter().flat_map(|part| part.lessons).collect();
        assert!(cards.is_sorted_by_key(|card| card.number));
        let card = cards.iter().find(|card| card.id == "02-tcp").unwrap();
        assert_eq!((card.number, card.title.as_str()), (2, title));
        let page = server.get(&format!("/api/lessons/02-tcp/{lang}"), &[]).await;
        let page: LessonPage = decode(&bytes(page).await).unwrap();
        assert_eq!(page.card, *card);
        assert_eq!(page.exercise.hosts[0].port, Some(18888));
        assert!(page.html.contains("<h2 id=") && !page.html.contains("style="));
    }
}

#[tokio::test]
async fn what_is_not_there() {
    let server = Server::new();
    for (path, says) in [
        ("/api/lessons/de", "no such language: \"de\"; the course has `en` and `zh`\n"),
        ("/api/lessons/99-x/en", "there is no lesson \"99-x\"\n"),
        ("/api/nothing", "there is nothing at this address of the API\n"),
        ("/assets/app.9999.wasm", "there is no such file\n"),
        ("/assets/", "there is no such file\n"),
        ("/robots.txt", "there is no such file\n"),
        ("/../outside.txt", "there is no such file\n"),
        ("/assets/..%2f..%2foutside.txt", "there is no such file\n"),
        ("//etc/passwd.x", "there is no such file\n"),
    ] {
        let response = server.get(path, &[]).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(text(response).await, says, "{path}");
    }
    let response = server.send(Request::post("/").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn every_answer_has_the_strict_headers() {
    let server = Server::new();
    for path in ["/", "/assets/note.txt", "/assets/none", "/api/lessons/en", "/api/nothing"] {
        let response = server.get(path, &[]).await;
        assert_eq!(
            header(&response, "content-security-policy"),
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
             font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer");
        assert_eq!(header(&response, "cross-origin-opener-policy"), "same-origin");
    }
}

#[tokio::test]
async fn files_come_in_the_best_encoding_that_the_browser_takes() {
    let server = Server::new();
    for (accept, encoding, content) in [
        ("gzip, deflate, br, zstd", "br", "wasm in brotli"),
        ("gzip", "gzip", "wasm in gzip"),
        ("GZIP;q=0.5, br;q=0", "gzip", "wasm in gzip"),
        ("zstd", "", "wasm"),
        ("", "", "wasm"),
    ] {
        let response = server.get("/assets/app.0123.wasm", &[("accept-encoding", accept)]).await;
        assert_eq!(header(&response, "content-encoding"), encoding, "{accept}");
        assert_eq!(header(&response, "content-type"), "application/wasm");
        assert_eq!(header(&response, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(header(&response, "vary"), "accept-encoding");
        assert_eq!(text(response).await, content, "{accept}");
    }
    let plain = server.get("/assets/note.txt", &[("accept-encoding", "br")]).await;
    assert_eq!((header(&plain, "content-encoding"), header(&plain, "content-type")), ("", "text/plain; charset=utf-8"));
}

#[tokio::test]
async fn addresses_of_the_page_all_lead_to_it() {
    let server = Server::new();
    for path in ["/", "/index.html", "/lessons/02-tcp", "/anything/else"] {
        let response = server.get(path, &[]).await;
        assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(&response, "cache-control"), "no-cache");
        assert_eq!(text(response).await, "<!doctype html>page", "{path}");
    }
}

#[tokio::test]
async fn the_page_is_sent_again_only_when_it_has_changed() {
    let server = Server::new();
    let plain = server.get("/", &[]).await;
    let tag = header(&plain, "etag").to_owned();
    let again = server.get("/", &[("if-none-match", &format!("\"x\", W/{tag}"))]).await;
    assert_eq!((again.status(), header(&again, "etag")), (StatusCode::NOT_MODIFIED, tag.as_str()));
    assert_eq!(text(again).await, "");
    let zipped = server.get("/", &[("accept-encoding", "gzip"), ("if-none-match", &tag)]).await;
    assert_eq!(zipped.status(), StatusCode::OK);
    assert_ne!(header(&zipped, "etag"), tag, "another encoding is another representation");
}

#[tokio::test]
async fn health() {
    let response = Server::new().get("/api/health", &[]).await;
    assert!(text(response).await.starts_with("ok\nruns: 0 of 32\nwaiting: 0\n"));
}

#[tokio::test]
async fn numbers_for_whoever_hosts() {
    let server = Server::new();
    let metrics = server::metrics::router(Arc::clone(&server.app));
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let text = text(metrics.oneshot(request).await.unwrap()).await;
    for line in
        ["socklab_runs_going_on 0", "socklab_runs_started_total 0", "# TYPE socklab_traces_bytes gauge", "# EOF"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    let page = server.get("/metrics", &[]).await;
    assert!(header(&page, "content-type").starts_with("text/html"), "the class sees the page, not the numbers");
}

#[test]
fn no_lesson_of_the_course_is_broken() {
    let library = Library::embedded();
    assert!(library.broken().is_empty(), "{:#?}", library.broken());
    assert!(library.lessons().len() >= 2);
}

#[test]
fn a_broken_lesson_leaves_the_others_alone() {
    let dir = TempDir::new().unwrap();
    let good = dir.path().join("01-good");
    fs::create_dir_all(&good).unwrap();
    fs::create_dir_all(dir.path().join("02-broken")).unwrap();
    fs::create_dir_all(dir.path().join(".git")).unwrap();
    fs::write(dir.path().join("README.md"), "not a lesson").unwrap();
    let host = "[[hosts]]\nname = \"a\"\naddr = \"10.0.0.1\"\nprogram = \"a.py\"\n";
    for (name, text) in [
        ("lesson.toml", format!("number = 1\n{host}")),
        ("en.md", "---\ntitle: T\nsummary: S\n---\n".to_owned()),
        ("zh.md", "---\ntitle: T\nsummary: S\n---\n".to_owned()),
        ("a.py", String::new()),
    ] {
        fs::write(good.join(name), text).unwrap();
    }
    let library = Library::from_disk(dir.path()).unwrap();
    assert!(library.get("01-good").is_some());
    assert_eq!(library.broken().iter().map(|broken| broken.id.as_str()).collect::<Vec<_>>(), ["02-broken"]);
    assert!(Library::from_disk(&dir.path().join("none")).unwrap_err().to_string().starts_with("cannot read "));
}
