//! The places that an address can lead to.

pub(crate) mod compare;
pub(crate) mod home;
pub(crate) mod lesson;
pub(crate) mod missing;
pub(crate) mod recording;
pub(crate) mod search;
