//! The binary as a person starts it: what it says, and what it leaves behind.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod cli;
mod config;
mod endings;
mod recording;
