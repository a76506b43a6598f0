//! Who may run what: the course, the runs, and the two ways to them, HTTP and the command line.
//!
//! - [`routes`] is what is answered over HTTP, with [`headers`] on top; [`app`] is what all of it shares;
//! - [`session`] is one websocket, [`runs`] is what goes on behind all of them;
//! - [`lessons`] is the course;
//! - [`cli`] is the binary `socklab`, one file a subcommand.
#![forbid(unsafe_code)]

pub mod app;
pub mod assets;
pub mod cli;
pub mod error;
pub mod headers;
pub mod lessons;
pub mod routes;
pub mod runs;
pub mod session;
