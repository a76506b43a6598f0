//! The wire between a run's hosts: a switch of ours in user space, so that every frame passes through our hands.

mod flow;
pub(crate) mod loopback;
pub(crate) mod pump;
mod switch;
