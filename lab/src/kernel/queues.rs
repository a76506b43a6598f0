//! From the kernel's counts of bytes to what the programs wrote and have not read. Pure.

use trace::event::socket::TcpState;

/// Bytes that were written and not acknowledged, and those of them that were not sent.
///
/// The kernel counts a FIN that is not acknowledged yet, and a SYN, as a byte; the program wrote none. Of a closed
/// socket it tells a difference of numbers that mean nothing.
pub(super) fn written(state: Option<TcpState>, unacknowledged: u32, unsent: u32) -> (u32, u32) {
    use TcpState::{Closed, Closing, FinWait1, LastAck, SynRcvd, SynSent};
    match state {
        Some(Closed | SynSent | SynRcvd) => (0, 0),
        // A FIN is the last byte: it is unsent as long as anything is.
        Some(FinWait1 | LastAck | Closing) => (unacknowledged.saturating_sub(1), unsent.saturating_sub(1)),
        _ => (unacknowledged, unsent.min(unacknowledged)),
    }
}

/// Bytes that wait to be read, by sock_diag's count: it takes the peer's FIN for a byte until the program has read the
/// end; `SIOCINQ` does not.
pub(super) fn received(state: Option<TcpState>, recv_q: u32) -> u32 {
    use TcpState::{CloseWait, Closing, LastAck, TimeWait};
    match state {
        Some(CloseWait | LastAck | Closing | TimeWait) => recv_q.saturating_sub(1),
        _ => recv_q,
    }
}
