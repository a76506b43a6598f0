//! Traces made by hand that look like the engine's: for tests, and for drawing a page without an engine.

#[cfg(test)]
pub(crate) mod arbitrary;
pub mod packet;
pub mod story;

mod tcp;
mod udp;

pub use tcp::{late_copy, refused, retransmission, tcp_echo, threads, troubles};
pub use udp::{busy, udp_lost};
