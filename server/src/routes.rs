//! The API's endpoints, one file a subject.

pub mod lessons;
pub mod run;
