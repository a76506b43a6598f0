//! A trace in the formats of other tools: packets for Wireshark, calls as strace(1) writes them, events for anything
//! that reads JSON.
//!
//! Pure, like the rest of the crate: the command line writes files with it, and the page can offer downloads.

mod cause;
pub mod jsonl;
pub mod pcapng;
pub mod strace;
