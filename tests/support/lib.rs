//! What the whole-product tests share: verbs of the domain.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

pub mod binary;
pub mod lab_run;
