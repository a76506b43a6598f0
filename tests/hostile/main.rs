//! Hostile programs on the real engine: each is held, told of, harms no neighbour and leaves nothing behind.
//!
//! Every program is a file in `programs/`, whose first lines say what it attempts. None is ever run outside of a
//! sandbox.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod bombs;
mod held;
mod intruders;
mod liars;
mod network;
mod policy;
mod survivors;
