//! What tracing costs a program that does nothing but talk: round trips over a socket pair between two processes.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use support::lab_run::lan;

use crate::timing::{alternate, report};
use crate::under::{told, under_engine};

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
    let strace = ["strace", "-f", "--seccomp-bpf", "-e", SOCKETS, "-o", "/dev/null"];
    let on_one = [&["taskset", "-c", "0"], &strace[..]].concat();
    let [plain, one, strace, engine] = alternate(
        ROUNDS,
        [&mut || alone(&[], &talk), &mut || alone(&on_one, &talk), &mut || alone(&strace, &talk), &mut || {
            under_engine(lan().python("a", 4, &talk))
        }],
    );
    report("untraced", plain, strace);
    report("strace -f --seccomp-bpf of the same calls, on one processor", one, strace);
    report("the same where the kernel puts it", strace, strace);
    report("the engine, which keeps a host on one processor", engine, strace);

    println!("\nComputing, no calls, medians of {ROUNDS}");
    let [plain, engine] =
        alternate(ROUNDS, [&mut || alone(&[], COMPUTING), &mut || under_engine(lan().python("a", 4, COMPUTING))]);
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
    told(&output.stdout)
}
