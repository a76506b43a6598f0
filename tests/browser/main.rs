//! The page in a real Chromium, driven as a person does: what is shown is what happened.
#![forbid(unsafe_code)]

mod lesson;
mod page;
mod panels;
mod scope;
mod site;
