//! The slow timer: full lists, soon after something happened and now and then anyway.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use trace::id::HostId;

use super::Kernel;

/// How soon after something happened. A list costs some 0.2 ms per host.
const SOON: Duration = Duration::from_millis(25);
/// Every so many turns of [`SOON`], hosts on which nothing was noticed are listed too: timers of the kernel's own
/// (TIME_WAIT's end, retransmission's end) make no frame and no call.
const NOW_AND_THEN: u32 = 20;

/// Runs until `stop` is closed.
pub(crate) fn watch(kernel: &Kernel, stop: &Receiver<()>) {
    for turn in 0u32.. {
        if !matches!(stop.recv_timeout(SOON), Err(RecvTimeoutError::Timeout)) {
            return;
        }
        for (id, host) in (0..).map(HostId).zip(&kernel.hosts) {
            if host.dirty.swap(false, Relaxed) || turn % NOW_AND_THEN == 0 {
                kernel.settle(id);
            }
        }
    }
}
