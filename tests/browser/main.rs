//! The page in a real Chromium, driven as a person does: what is shown is what happened.
#![forbid(unsafe_code)]

mod axe;
mod inspector;
mod ladder;
mod lesson;
mod line;
mod page;
mod panels;
mod practice;
mod preview;
mod replay;
mod scope;
mod site;
mod states;
mod visitor;
mod walk;
