//! From Run to the first socket(): a two-host exercise against bwrap and python3 alone.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::lab_run::lan;
use trace::event::Fact;
use trace::syscall::Syscall;

use crate::timing::{alternate, report};

const PROGRAM: &str = "from socket import *\nsock = socket()\n";
/// Says by its exit how long after its own start the first socket was there.
const ROUNDS: usize = 25;

pub(crate) fn bench() {
    println!("\nFrom Run to the first socket() of every host, medians of {ROUNDS}");
    let [plain, boxed, two_boxed, engine] = alternate(
        ROUNDS,
        [&mut || timed(&mut python()), &mut || timed(&mut bwrap()), &mut two_side_by_side, &mut run_of_two],
    );
    report("python3, to its end", plain, boxed);
    report("bwrap python3, to its end", boxed, boxed);
    report("two of bwrap python3 side by side, to their ends", two_boxed, boxed);
    report("a run of two hosts, to both first socket() calls", engine, two_boxed);
}

fn python() -> Command {
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-c", PROGRAM]).stdin(Stdio::null());
    command
}

/// The same program in a sandbox that nobody watches.
pub(crate) fn bwrap() -> Command {
    let mut command = Command::new("bwrap");
    command.args("--unshare-all --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64".split(' '));
    command.args("--proc /proc --dev /dev --tmpfs /tmp --clearenv --setenv PYTHONDONTWRITEBYTECODE 1".split(' '));
    command.args(["/usr/bin/python3", "-c", PROGRAM]).stdin(Stdio::null());
    command
}

fn timed(command: &mut Command) -> Duration {
    let begin = Instant::now();
    assert!(command.status().unwrap().success());
    begin.elapsed()
}

fn two_side_by_side() -> Duration {
    let begin = Instant::now();
    let both = [bwrap().spawn().unwrap(), bwrap().spawn().unwrap()];
    for mut child in both {
        assert!(child.wait().unwrap().success());
    }
    begin.elapsed()
}

fn run_of_two() -> Duration {
    let begin = Instant::now();
    let mut run = lan().python("server", 4, PROGRAM).python("client", 7, PROGRAM).start();
    for host in 0..2 {
        run.until_in(host, Syscall::Socket);
    }
    let elapsed = begin.elapsed();
    run.until("its end", |fact| matches!(fact, Fact::RunEnded { .. }));
    elapsed
}
