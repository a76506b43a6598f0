//! The engine on the real kernel: what it tells is what happened.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod programs;
mod tcp;
mod udp;
