//! What tracing costs a program that does nothing but talk: round trips over a socket pair between two processes.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use lab::Limits;
use support::lab_run::lan;
use trace::event::{Event, Fact};

use crate::timing::{alternate, report};

const ROUNDS: usize = 5;
const TRIPS: u32 = 20_000;

fn program(trips: u32) -> String {
    format!(
        "\
import os, time
from socket import socketpair
a, b = socketpair()
if os.fork() == 0:
    a.close()
    while data := b.recv(64):
        b.send(data)
    os._exit(0)
b.close()
begin = time.monotonic()
for _ in range({trips}):
    a.send(b'ping')
    a.recv(64)
print('took', time.monotonic() - begin)
"
    )
}

const COMPUTING: &str = "\
import time
begin = time.monotonic()
sum(n * n for n in range(5_000_000))
print('took', time.monotonic() - begin)
";

/// Prints the table.
pub(crate) fn bench() {
    println!("\n{TRIPS} round trips between two processes ({} calls), medians of {ROUNDS}", TRIPS * 4);
    let talk = program(TRIPS);
    let [plain, strace, engine] = alternate(
        ROUNDS,
        [
            &mut || alone(&[], &talk),
            &mut || alone(&["strace", "-f", "--seccomp-bpf", "-e", SOCKETS, "-o", "/dev/null"], &talk),
            &mut || traced(&talk),
        ],
    );
    report("untraced", plain, strace);
    report("strace -f --seccomp-bpf of the same calls", strace, strace);
    report("the engine", engine, strace);

    println!("\nComputing, no calls, medians of {ROUNDS}");
    let [plain, engine] = alternate(ROUNDS, [&mut || alone(&[], COMPUTING), &mut || traced(COMPUTING)]);
    report("untraced", plain, plain);
    report("the engine", engine, plain);
}

const SOCKETS: &str = "trace=%network,read,write,readv,writev,close,dup,dup2,dup3,fcntl,ioctl,poll,select,pselect6";

/// The program without an engine, behind these words of another tracer's.
fn alone(behind: &[&str], source: &str) -> Duration {
    let mut words = behind.iter().copied().chain(["/usr/bin/python3", "-"]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(source.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    told(&String::from_utf8_lossy(&output.stdout))
}

/// Under the engine, whose events are kept as a server keeps them: encoded.
fn traced(source: &str) -> Duration {
    let unlimited = Limits { events: u64::MAX, trace: u64::MAX, cpu: Duration::from_mins(5), ..Limits::default() };
    let plan = lan().python("a", 4, source).with(|plan| plan.limits = unlimited).plan();
    let (over, ended) = channel();
    let (mut recording, mut printed) = (Vec::new(), Vec::new());
    let sink = move |event: Event| {
        trace::record::encode(&event, &mut recording);
        match event.fact {
            Fact::Printed { bytes, .. } => printed.extend(bytes.0),
            Fact::RunEnded { .. } => over.send(std::mem::take(&mut printed)).unwrap(),
            _ => {}
        }
    };
    let run = lab::start(plan, Box::new(sink)).unwrap();
    let printed = ended.recv_timeout(Duration::from_mins(5)).unwrap();
    run.wait();
    told(&String::from_utf8_lossy(&printed))
}

/// The program times itself, so that nobody's start counts.
fn told(output: &str) -> Duration {
    let seconds = output.split_whitespace().skip_while(|word| *word != "took").nth(1).unwrap();
    Duration::from_secs_f64(seconds.parse().unwrap())
}
