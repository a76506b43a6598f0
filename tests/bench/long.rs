//! Run after run for hours: nothing may grow. `RUNS=10000` says how many; without, as many as a coffee lasts.

use std::time::Instant;

use support::lab_run::lan;
use trace::event::host::Cause;

use crate::own::Own;

const USUAL: usize = 300;
/// The engine's first runs make what it keeps: tables, pools of the allocator.
const WARM: usize = 100;

const SERVER: &str = "from socket import *\nlistener = create_server(('', 18888))\nconn, _ = listener.accept()\n\
                      conn.sendall(conn.recv(64))\n";
const CLIENT: &str = "from socket import *\nsock = create_connection(('server', 18888))\nsock.sendall(b'hello')\n\
                      sock.recv(64)\n";

pub(crate) fn bench() {
    let runs = std::env::var("RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(USUAL);
    println!("\n{runs} runs in a row, of two hosts that talk");
    (0..WARM).for_each(|_| run());
    let before = Own::now();
    println!("before: {before}");
    let begin = Instant::now();
    for number in 1..=runs {
        run();
        if number % (runs / 4).max(1) == 0 {
            println!("after {number}: {}", Own::now());
        }
    }
    println!("{:<58} {:>10.3?}", "each took", begin.elapsed() / u32::try_from(runs).unwrap());
    let after = Own::now();
    assert_eq!(Own { resident: 0, ..after }, Own { resident: 0, ..before }, "something is left");
    let grown = after.resident.saturating_sub(before.resident);
    // Less than a descriptor's worth a run, and some room for the allocator's moods.
    assert!(grown < 4096 + runs / 10, "memory has grown by {grown} KiB");
}

fn run() {
    let run = lan()
        .python("server", 4, SERVER)
        .python("client", 7, CLIENT)
        .with(|plan| plan.hosts[1].after = Some("server".to_owned()))
        .finish();
    assert_eq!(run.cause(), &Cause::Finished, "{}", run.dump());
}
