//! Speed, as ratios within one run: alternating, medians. `make bench` runs it; no test depends on it.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and one that can't go on has failed")]

mod calls;
mod crowd;
mod long;
mod own;
mod start;
mod timing;
mod under;
mod wire;

/// All tables, or those whose names are given.
fn main() {
    let tables: [(&str, fn()); 5] = [
        ("start", start::bench),
        ("calls", calls::bench),
        ("wire", wire::bench),
        ("crowd", crowd::bench),
        ("long", long::bench),
    ];
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    for (name, table) in tables {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            table();
        }
    }
}
