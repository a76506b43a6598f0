//! Who may run what: the course, the runs, and the two ways to them, HTTP and the command line.
//!
//! - [`routes`] is what is answered over HTTP, with [`headers`] on top; [`app`] is what all of it shares;
//! - [`client`] is who asks, [`pace`] how often they may, [`metrics`] what the host of the server sees of it;
//! - [`session`] is one websocket, [`runs`] is what goes on behind all of them;
//! - [`visit`] is how a learner's own browser gets into a run;
//! - [`lessons`] is the course;
//! - [`preview`] is a lesson while it is being written;
//! - [`export`] turns runs into files;
//! - [`html`] is how text is shown on pages that the server renders;
//! - [`limits`] is what its runs may use, [`config`] the file in which an operator says so;
//! - [`cli`] is the binary `socklab`, one file a subcommand.
#![forbid(unsafe_code)]

pub mod app;
pub mod assets;
pub mod cli;
pub mod client;
pub mod config;
pub mod error;
pub mod export;
pub mod grading;
pub mod headers;
pub mod html;
pub mod lessons;
pub mod limits;
pub mod metrics;
pub mod pace;
pub mod preview;
pub mod routes;
pub mod runs;
pub mod session;
pub mod visit;
