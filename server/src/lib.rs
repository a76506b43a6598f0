//! Who may run what.
#![forbid(unsafe_code)]
