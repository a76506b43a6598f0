//! What a trace tells, held against what tools tell that no one here wrote: strace, tshark, CPython's own tests, and
//! the servers and clients of Debian.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod calls;
mod cpython;
mod dissected;
mod programs;
mod strace;
mod tshark;
