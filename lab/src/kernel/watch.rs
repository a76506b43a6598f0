//! The slow timer: who looks again soon after something happened, and now and then anyway.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use trace::id::HostId;

use super::Kernel;

/// How soon after something happened.
const SOON: Duration = Duration::from_millis(25);
/// Every so many turns of [`SOON`], hosts on which nothing was noticed are asked too: timers of the kernel's own
/// (TIME_WAIT's end, retransmission's end) make no frame and no call.
const NOW_AND_THEN: u32 = 20;
/// And every so many there is a full list, whatever was noticed. It takes 1 ms per host and more, since the kernel goes
/// through its table of all networks' connections for it; a socket that is known is asked in a hundredth of that.
const SELDOM: u32 = 400;

/// Runs until `stop` is closed.
pub(crate) fn watch(kernel: &Kernel, stop: &Receiver<()>) {
    for turn in 0u32.. {
        if !matches!(stop.recv_timeout(SOON), Err(RecvTimeoutError::Timeout)) {
            return;
        }
        for (id, host) in (0..).map(HostId).zip(&kernel.hosts) {
            let (changed, stirred) = (host.changed.swap(false, Relaxed), host.stirred.swap(false, Relaxed));
            if changed || turn % SELDOM == 0 {
                kernel.settle(id);
            } else if stirred || turn % NOW_AND_THEN == 0 {
                kernel.refresh(id);
            }
        }
    }
}
