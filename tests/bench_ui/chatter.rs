//! A lesson whose programs talk without end, for a page to draw.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;
use support::binary;
use tempfile::TempDir;

/// What a round trip makes about: two calls on each side, four frames at most, the states between them.
const EVENTS_OF_A_TRIP: usize = 17;

const LESSON: &str = r#"number = 1
minutes = 1

[limits]
wall = "2min"

[[hosts]]
name = "server"
addr = "192.168.1.4"
program = "server.py"

[[hosts]]
name = "client"
addr = "192.168.1.7"
program = "client.py"
after = "server"
"#;

const SERVER: &str = "from socket import *
listener = create_server(('', 18888))
conn, _ = listener.accept()
while part := conn.recv(64):
    conn.sendall(part)
";

const PROSE: &str = "---
title: Chatter
summary: Two programs that talk.
---

Two programs that talk.
";

/// A folder with the lesson in it.
#[derive(Debug)]
pub(crate) struct Chatter(TempDir);

impl Chatter {
    /// Talks as fast as it can until there are about so many events.
    pub(crate) fn of_events(events: usize) -> anyhow::Result<Self> {
        Self::with_client(&format!(
            "from socket import *
sock = create_connection(('192.168.1.4', 18888))
for _ in range({}):
    sock.sendall(b'hello')
    sock.recv(64)
",
            events / EVENTS_OF_A_TRIP
        ))
    }

    /// Talks for so many seconds, at about so many events a second.
    pub(crate) fn of_rate(rate: usize, seconds: usize) -> anyhow::Result<Self> {
        let trips = rate / EVENTS_OF_A_TRIP;
        Self::with_client(&format!(
            "import time
from socket import *
sock = create_connection(('192.168.1.4', 18888))
begin = time.monotonic()
for trip in range({}):
    sock.sendall(b'hello')
    sock.recv(64)
    time.sleep(max(0, begin + trip / {trips} - time.monotonic()))
",
            trips * seconds
        ))
    }

    fn with_client(client: &str) -> anyhow::Result<Self> {
        let lessons = tempfile::tempdir()?;
        let lesson = lessons.path().join("01-chatter");
        fs::create_dir(&lesson)?;
        let files =
            [("lesson.toml", LESSON), ("server.py", SERVER), ("client.py", client), ("en.md", PROSE), ("zh.md", PROSE)];
        for (name, text) in files {
            fs::write(lesson.join(name), text)?;
        }
        Ok(Self(lessons))
    }

    /// The folder of lessons.
    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Runs it, and keeps the trace in a file.
    pub(crate) fn record(&self) -> anyhow::Result<PathBuf> {
        let file = self.0.path().join("chatter.socklab");
        let mut command = Command::new(binary::path());
        command.arg("run").arg(self.0.path().join("01-chatter")).arg("--record").arg(&file);
        let output = command.stdin(std::process::Stdio::null()).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(file)
    }
}
