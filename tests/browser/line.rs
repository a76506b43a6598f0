//! The line between the browser and the server: one that can be cut, and one on which nothing moves.

use std::io::{self, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// How the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Open,
    /// Connections are accepted, and nothing comes of them as long as it is so.
    Stuck,
    /// Connections are closed as soon as they are made.
    Cut,
}

/// The line. Who connects to its port reaches the server.
pub(crate) struct Line {
    port: u16,
    server: u16,
    state: Arc<(Mutex<State>, Condvar)>,
}

struct State {
    way: Way,
    streams: Vec<TcpStream>,
}

impl Line {
    /// A line to a port of this machine.
    pub(crate) fn to(server: u16) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let state = Arc::new((Mutex::new(State { way: Way::Open, streams: vec![] }), Condvar::new()));
        let kept = Arc::clone(&state);
        thread::spawn(move || {
            // Both threads of a connection end with it, and this one with the test's process.
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&state);
                thread::spawn(move || pass(&stream, server, &state));
            }
        });
        Ok(Self { port, server, state: kept })
    }

    /// Where the browser connects to.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What the server says of itself to who does not come by this line.
    pub(crate) fn health(&self) -> io::Result<String> {
        let mut server = TcpStream::connect(("127.0.0.1", self.server))?;
        server.write_all(b"GET /api/health HTTP/1.0\r\n\r\n")?;
        io::read_to_string(server)
    }

    /// Closes every connection, and whatever comes from now on.
    pub(crate) fn cut(&self) {
        for stream in self.set(Way::Cut) {
            let _ = stream.shutdown(Shutdown::Both); // closed already is fine
        }
    }

    /// Lets new connections wait.
    pub(crate) fn clog(&self) {
        drop(self.set(Way::Stuck));
    }

    /// All is well again, also for those who wait.
    pub(crate) fn mend(&self) {
        drop(self.set(Way::Open));
    }

    fn set(&self, way: Way) -> Vec<TcpStream> {
        let (state, changed) = &*self.state;
        let mut state = state.lock().expect("no thread panics with it");
        state.way = way;
        changed.notify_all();
        if way == Way::Cut { std::mem::take(&mut state.streams) } else { vec![] }
    }
}

/// Carries one connection's bytes, once the line is not stuck.
fn pass(browser: &TcpStream, server: u16, (state, changed): &(Mutex<State>, Condvar)) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { return };
    {
        let state = state.lock().expect("no thread panics with it");
        let mut state = changed.wait_while(state, |state| state.way == Way::Stuck).expect("no thread panics with it");
        if state.way == Way::Cut {
            return;
        }
        state.streams.extend([browser, &server].into_iter().filter_map(|stream| stream.try_clone().ok()));
    }
    thread::scope(|scope| {
        for (mut from, mut to) in [(browser, &server), (&server, browser)] {
            scope.spawn(move || {
                let _ = io::copy(&mut from, &mut to); // it ends with the connection, however that does
                let _ = to.shutdown(Shutdown::Write);
            });
        }
    });
}
