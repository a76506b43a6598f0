//! The only place with `unsafe`: thin wrappers of what neither std nor rustix offers.
//!
//! Each file is one kernel interface; none of them decides anything.
#![allow(unsafe_code)]

pub(crate) mod fork;
pub(crate) mod ioctl;
pub(crate) mod memory;
pub(crate) mod packet;
pub(crate) mod ptrace;
pub(crate) mod signal;
pub(crate) mod sockopt;
pub(crate) mod spawn;
