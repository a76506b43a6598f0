//! The parts of the pages: functions from what is known to what is seen.

mod banner;
mod editor;
pub(crate) mod header;
mod host;
pub(crate) mod link;
pub(crate) mod loading;
mod runbar;
mod status;
mod terminal;
pub(crate) mod workbench;
