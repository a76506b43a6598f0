//! The engine on the real kernel: what it tells is what happened.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod compile;
mod congestion;
mod ends;
mod groups;
mod holds;
mod ipv6;
mod kernel;
mod links;
mod loopback;
mod messages;
mod programs;
mod raw;
mod signals;
mod step;
mod tcp;
mod threads;
mod timers;
mod udp;
mod visitor;
mod wire;
