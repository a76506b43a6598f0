//! What a run says and what that means: the vocabulary that the engine, the server and the page share.
//!
//! A **trace** is the ordered list of [`event::Event`]s of one run. Events are observations, told in the past tense;
//! whatever is derived from them (a handshake, the time spent blocked) is computed by whoever reads the trace.
//!
//! This crate knows nobody: no file, no socket, no clock, no DOM. It compiles for wasm and natively alike.
//!
//! The map, in the order in which data flows:
//! - [`time`] and [`id`]: when, and which;
//! - [`event`]: what was observed (calls, frames, sockets, processes);
//! - [`syscall`] and [`errno`]: the names and parameters of the man pages;
//! - [`wire`]: the fields of a frame;
//! - [`model`]: the world at one moment, a fold over events; [`timeline`]: at any moment, quickly;
//! - [`ladder`]: the sequence diagram as numbers and labels;
//! - [`because`], [`stream`], [`ready`], [`states`] and [`http`]: what a moment means; [`tell`]: each step in a sentence;
//! - [`compare`]: two runs side by side;
//! - [`text`] and [`record`]: a trace to be read, a trace to be kept; [`export`]: a trace for other tools;
//! - `check` (a feature: the page judges nothing): what a lesson asks of a trace, and what to say where it lacks it;
//! - [`protocol`] and [`lesson`]: what page and server say to each other.
#![forbid(unsafe_code)]

pub mod because;
pub mod bytes;
#[cfg(feature = "check")]
pub mod check;
pub mod compare;
pub mod errno;
pub mod event;
pub mod export;
pub mod filter;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixtures;
pub mod http;
pub mod id;
pub mod ladder;
pub mod lesson;
pub mod map;
pub mod model;
pub mod protocol;
pub mod ready;
pub mod record;
pub mod shared;
pub mod states;
pub mod stream;
pub mod syscall;
pub mod tell;
pub mod text;
pub mod time;
pub mod timeline;
pub mod wire;
