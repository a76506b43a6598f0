//! Speed, as ratios within one run: alternating, medians. `make bench` runs it; no test depends on it.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and one that can't go on has failed")]

mod start;
mod timing;

fn main() {
    start::bench();
}
