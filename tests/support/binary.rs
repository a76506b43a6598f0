//! The binary `socklab` as a person starts it, and what it leaves behind.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a process may take to do what a test waits for.
const PATIENCE: Duration = Duration::from_mins(1);

/// `socklab`: the one that `SOCKLAB_BIN` names, or else that of this test's own profile.
///
/// # Panics
/// If it was not built: `cargo build -p socklab-server` first, as `make test` does.
#[must_use]
pub fn path() -> PathBuf {
    // target/<profile>/deps/<test> → target/<profile>/socklab
    if let Some(path) = std::env::var_os("SOCKLAB_BIN") {
        return path.into();
    }
    let test = std::env::current_exe().expect("a test knows where it is");
    let path = test.ancestors().nth(2).expect("tests are built into target/<profile>/deps").join("socklab");
    assert!(path.exists(), "{} is missing: cargo build -p socklab-server", path.display());
    path
}

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_owned()
}

/// A `socklab` that runs. Killed when dropped.
#[derive(Debug)]
pub struct Socklab {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Socklab {
    /// Starts it with these arguments, in the repository's root, with nothing on its standard input.
    #[must_use]
    pub fn start(args: &[&str]) -> Self {
        Self::start_in(args, &[])
    }

    /// The same with these variables in its environment.
    ///
    /// # Panics
    /// If it can't be started.
    #[must_use]
    pub fn start_in(args: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(path());
        command.envs(environment.iter().copied());
        command.args(args).current_dir(root()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("socklab can be started");
        let stdout = lines(child.stdout.take().expect("piped"));
        let stderr = lines(child.stderr.take().expect("piped"));
        Self { child, stdout, stderr }
    }

    /// Reads standard output up to a line that contains `wanted`, and returns that line.
    pub fn until(&mut self, wanted: &str) -> String {
        until(&self.stdout, wanted)
    }

    /// Reads standard error up to a line that contains `wanted`, and returns that line.
    pub fn until_error(&mut self, wanted: &str) -> String {
        until(&self.stderr, wanted)
    }

    /// Its process number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal by name: `KILL`, `TERM`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status();
        assert!(status.expect("kill(1) is there").success());
    }

    /// Waits for its end; its exit code, or `None` if a signal ended it.
    pub fn wait(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status.code();
            }
            assert!(Instant::now() < deadline, "socklab does not end");
            thread::yield_now();
        }
    }
}

impl Drop for Socklab {
    fn drop(&mut self) {
        let _ = self.child.kill(); // gone already is fine
        let _ = self.child.wait();
        // One that was killed had no time to remove its control groups; the next start of an engine would.
        lab::sweep();
    }
}

/// What a pipe brings, line by line, read by a thread that ends with it: so that nobody waits for ever.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, told) = channel();
    thread::spawn(move || {
        let lines = BufReader::new(pipe).lines().map_while(Result::ok);
        lines.map_while(|line| tell.send(line).ok()).for_each(drop);
    });
    told
}

fn until(from: &Receiver<String>, wanted: &str) -> String {
    let (mut seen, deadline) = (String::new(), Instant::now() + PATIENCE);
    loop {
        let line = match from.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => panic!("socklab has not said {wanted:?}; it said:\n{seen}"),
            Err(RecvTimeoutError::Disconnected) => panic!("socklab never said {wanted:?}; it said:\n{seen}"),
        };
        if line.contains(wanted) {
            return line;
        }
        seen.push_str(&line);
        seen.push('\n');
    }
}

/// The sandboxes' processes of an engine, by the mark that the engine gives them.
#[must_use]
pub fn sandboxes_of(engine: u32) -> Vec<u32> {
    let mark = format!("socklab-host/{engine}/");
    let processes = std::fs::read_dir("/proc").expect("proc is mounted");
    processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.starts_with(mark.as_bytes())))
        .collect()
}

/// Waits until an engine has no sandbox left.
pub fn until_no_sandbox_of(engine: u32) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left = sandboxes_of(engine);
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "sandboxes are left: {left:?}");
        thread::yield_now();
    }
}
