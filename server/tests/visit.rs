//! A learner's own browser and console in a run: through the site, across the wire, to a program that may be hostile.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod support;

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use server::app::App;
use server::lessons::Library;
use server::runs::Policy;
use support::{PATIENCE, Page, dechunked, get, start_with};
use tempfile::TempDir;
use trace::bytes::Bytes;
use trace::errno::Errno;
use trace::event::{Event, Fact};
use trace::id::HostId;
use trace::protocol::{ClientMessage, HangUp, LineEnd, LineNews, RunKey, ServerMessage};
use trace::syscall::Syscall;

/// Answers each connection on port 8080 with what its path names.
const SERVER: &str = r"
import socket
server = socket.create_server(('192.168.1.4', 8080))
print('ready')
while True:
    conn, peer = server.accept()
    head = b''
    while b'\r\n\r\n' not in head:
        head += conn.recv(4096)
    print(peer[0], head.decode())
    path = head.split()[1]
    if path == b'/cookie':
        conn.sendall(b'HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Security-Policy: default-src *\r\n'
                     b'X-Mine: yes\r\nContent-Length: 2\r\n\r\nhi')
    elif path == b'/away':
        conn.sendall(b'HTTP/1.1 302 Found\r\nLocation: /home?a=1\r\nContent-Length: 0\r\n\r\n')
    elif path == b'/out':
        conn.sendall(b'HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n')
    elif path == b'/bare':
        conn.sendall(b'<h1>hello</h1>\nno status line')
    elif path == b'/nothing':
        pass
    else:
        conn.sendall(b'HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<b>' + path + b'</b>')
    conn.close()
";

/// What comes is sent back in capitals; after the client's end, so is a farewell.
const ECHO: &str = r"
import socket
server = socket.create_server(('192.168.1.4', 8080))
print('ready')
conn, peer = server.accept()
while data := conn.recv(100):
    conn.sendall(data.upper())
conn.sendall(b'bye')
conn.close()
input()
";

/// A server whose course is one lesson with a visitor.
async fn start(program: &str) -> (Arc<App>, SocketAddr, TempDir) {
    let dir = TempDir::new().unwrap();
    let lesson = dir.path().join("14-http");
    fs::create_dir(&lesson).unwrap();
    let toml = "number = 14\n[visitor]\naddr = \"192.168.1.100\"\n[[hosts]]\nname = \"server\"\naddr = \"192.168.1.4\"\n\
                program = \"server.py\"\n";
    let prose = "---\ntitle: T\nsummary: S\n---\n";
    for (name, text) in [("lesson.toml", toml), ("en.md", prose), ("zh.md", prose), ("server.py", program)] {
        fs::write(lesson.join(name), text).unwrap();
    }
    let library = Library::from_disk(dir.path()).unwrap();
    assert!(library.broken().is_empty(), "{:?}", library.broken());
    let (app, addr) = start_with(library, Policy::default()).await;
    (app, addr, dir)
}

/// The run of the lesson, ready to be visited.
async fn run(addr: SocketAddr, program: &str) -> (Page, RunKey) {
    let mut page = Page::open(addr).await;
    page.say(&ClientMessage::Start {
        lesson: "14-http".into(),
        programs: vec![program.into()],
        wire: None,
        breakpoints: vec![],
    })
    .await;
    let ServerMessage::Started { visit: Some(visit), .. } = page.hear().await else { panic!() };
    page.until(|fact| matches!(fact, Fact::CallEntered { syscall: Syscall::Accept4, .. })).await;
    (page, visit)
}

fn body(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_browser_visits_a_learners_server() {
    let (app, addr, _dir) = start(SERVER).await;
    let (mut page, visit) = run(addr, SERVER).await;
    let at = |path: &str| format!("/visit/{}/192.168.1.4/8080{path}", visit.0);

    let (head, came) = get(addr, &at("/a%20b?c=d")).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("content-type: text/html"), "{head}");
    assert!(head.contains("content-security-policy: sandbox allow-scripts allow-forms; "), "{head}");
    assert!(head.contains("cache-control: no-store") && head.contains("cross-origin-resource-policy: cross-origin"));
    assert_eq!(body(&dechunked(&came)), "<b>/a%20b?c=d</b>");
    // What the program saw is a request of the visitor's, with its own name for itself.
    let printed = |fact: &Fact| matches!(fact, Fact::Printed { bytes, .. } if body(&bytes.0).contains("192.168.1.100"));
    let events = page.until(printed).await;
    let sent = |event: &Event| matches!(&event.fact, Fact::FrameSent { host, .. } if *host == HostId(1));
    assert!(events.iter().any(sent), "the visitor's packets cross the wire");

    let (head, came) = get(addr, &at("/cookie")).await;
    assert!(!head.contains("set-cookie") && !head.contains("default-src *") && head.contains("x-mine: yes"), "{head}");
    assert_eq!(body(&came), "hi");
    let (head, _) = get(addr, &at("/away")).await;
    assert!(head.contains(&format!("location: {}", at("/home?a=1"))), "{head}");
    let (head, _) = get(addr, &at("/out")).await;
    assert!(!head.contains("\r\nlocation:"), "{head}");

    let (head, came) = get(addr, &at("/bare")).await;
    assert!(head.starts_with("HTTP/1.1 502") && head.contains("sandbox"), "{head}");
    assert!(body(&came).contains("&lt;h1&gt;hello&lt;/h1&gt;␊\nno status line"), "{}", body(&came));
    let (head, came) = get(addr, &at("/nothing")).await;
    assert!(head.starts_with("HTTP/1.1 502") && body(&came).contains("without an answer"), "{}", body(&came));

    let (head, came) = get(addr, &format!("/visit/{}/192.168.1.4/9/", visit.0)).await;
    assert!(head.starts_with("HTTP/1.1 502") && body(&came).contains("ECONNREFUSED"), "{}", body(&came));
    for nowhere in ["/visit/0123/192.168.1.4/8080/", &format!("/visit/{}/localhost/8080/", visit.0)] {
        let (head, _) = get(addr, nowhere).await;
        assert!(head.starts_with("HTTP/1.1 404") && head.contains("sandbox"), "{head}");
    }
    page.say(&ClientMessage::Stop).await;
    page.until_over().await;
    let (head, came) = get(addr, &at("/")).await;
    assert!(head.starts_with("HTTP/1.1 404") && body(&came).contains("No such run"), "{head}");
    app.runs.shut_down(PATIENCE).await;
}

/// The next news of the console; events are passed over.
async fn news(page: &mut Page) -> (u32, LineNews) {
    loop {
        match page.hear().await {
            ServerMessage::Line { line, news } => return (line, news),
            ServerMessage::Events(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_person_types_into_a_connection() {
    let (app, addr, _dir) = start(ECHO).await;
    let (mut page, _) = run(addr, ECHO).await;
    let addr = [192, 168, 1, 4].into();
    page.say(&ClientMessage::Dial { line: 7, addr, port: 8080 }).await;
    let (7, LineNews::Open { local }) = news(&mut page).await else { panic!() };
    assert_eq!(local.ip().to_string(), "192.168.1.100");
    page.say(&ClientMessage::Send { line: 7, bytes: Bytes(b"hello\r\n".into()) }).await;
    assert_eq!(news(&mut page).await, (7, LineNews::Heard(Bytes(b"HELLO\r\n".into()))));
    page.say(&ClientMessage::HangUp { line: 7, how: HangUp::Half }).await;
    assert_eq!(news(&mut page).await, (7, LineNews::Heard(Bytes(b"bye".into()))));
    assert_eq!(news(&mut page).await, (7, LineNews::PeerClosed));
    page.say(&ClientMessage::HangUp { line: 7, how: HangUp::Close }).await;
    assert_eq!(news(&mut page).await, (7, LineNews::Ended(LineEnd::HungUp)));

    page.say(&ClientMessage::Dial { line: 8, addr, port: 9 }).await;
    assert_eq!(news(&mut page).await, (8, LineNews::Ended(LineEnd::Failed(Errno(111)))));
    page.say(&ClientMessage::Stop).await;
    app.runs.shut_down(PATIENCE).await;
}
