//! The page in a real Chromium, driven as a person does: what is shown is what happened.
#![forbid(unsafe_code)]

mod ladder;
mod lesson;
mod page;
mod panels;
mod practice;
mod preview;
mod scope;
mod site;
mod walk;
