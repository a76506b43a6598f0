//! A server on a port of its own, and a browser as far as it can tell.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, reason = "each test binary uses a part of it")]

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use server::app::App;
use server::assets::Assets;
use server::lessons::Library;
use server::routes::router;
use server::runs::Policy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use trace::event::host::Cause;
use trace::event::{Event, Fact};
use trace::protocol::{ClientMessage, Refusal, RunKey, ServerMessage, VERSION, decode, encode};

/// Longer than anything here takes, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

pub async fn start(policy: Policy) -> (Arc<App>, SocketAddr) {
    start_with(Library::embedded(), policy).await
}

pub async fn start_with(library: Library, policy: Policy) -> (Arc<App>, SocketAddr) {
    let state = App::new(library, Assets::Embedded, policy);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router(Arc::clone(&state))).into_future());
    (state, addr)
}

/// A browser, as far as the server can tell.
pub struct Page(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Page {
    pub async fn open(addr: SocketAddr) -> Self {
        let (socket, _) = connect_async(format!("ws://{addr}/api/run")).await.unwrap();
        let mut page = Self(socket);
        assert_eq!(page.hear().await, ServerMessage::Hello { version: VERSION });
        page
    }

    pub async fn say(&mut self, message: &ClientMessage) {
        self.0.send(Message::binary(encode(message))).await.unwrap();
    }

    pub async fn raw(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// The next message; pings are not for us.
    pub async fn hear(&mut self) -> ServerMessage {
        let message = async {
            loop {
                match self.0.next().await.unwrap().unwrap() {
                    Message::Binary(bytes) => return decode(&bytes).unwrap(),
                    Message::Ping(_) => {}
                    other => panic!("{other:?}"),
                }
            }
        };
        timeout(PATIENCE, message).await.expect("the server says something")
    }

    pub async fn refusal(&mut self) -> Refusal {
        match self.hear().await {
            ServerMessage::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    /// Runs these programs in place of lesson 2's.
    pub async fn start(&mut self, server: &str, client: &str) -> RunKey {
        self.say(&run(server, client)).await;
        match self.hear().await {
            ServerMessage::Started { run, .. } => run,
            other => panic!("{other:?}"),
        }
    }

    /// All events until one is as wanted, that one included.
    pub async fn until(&mut self, wanted: impl Fn(&Fact) -> bool) -> Vec<Event> {
        let mut all = Vec::new();
        loop {
            match self.hear().await {
                ServerMessage::Events(events) => all.extend(events),
                other => panic!("{other:?}"),
            }
            if all.iter().any(|event| wanted(&event.fact)) {
                return all;
            }
        }
    }

    pub async fn until_over(&mut self) -> (Vec<Event>, Cause) {
        let events = self.until(|fact| matches!(fact, Fact::RunEnded { .. })).await;
        match &events.last().unwrap().fact {
            Fact::RunEnded { cause } => (events.clone(), cause.clone()),
            other => panic!("{other:?}"),
        }
    }

    /// Shows that a refusal harmed nothing: the same websocket still runs programs.
    pub async fn still_works(&mut self) {
        self.start("print(1)", "print(2)").await;
        assert_eq!(self.until_over().await.1, Cause::Finished);
    }
}

/// Runs these programs in place of lesson 2's.
pub fn run(server: &str, client: &str) -> ClientMessage {
    ClientMessage::Start {
        lesson: "02-tcp".into(),
        programs: vec![server.into(), client.into()],
        wire: None,
        breakpoints: vec![],
    }
}

/// An answer over HTTP, its head apart.
pub async fn get(addr: SocketAddr, path: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let body = answer.split_off(end + 4);
    (String::from_utf8(answer).unwrap(), body)
}

/// A body in chunks (RFC 9112 section 7.1), put together.
pub fn dechunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n").unwrap();
        let len = usize::from_str_radix(std::str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        if len == 0 {
            return whole;
        }
        whole.extend(&body[end + 2..end + 2 + len]);
        body = &body[end + 2 + len + 2..];
    }
}
