//! The binary as a person starts it: what it says, and what it leaves behind.
#![forbid(unsafe_code)]

mod cli;
mod endings;
mod recording;
