//! What TCP counts and measures on a connection (`TCP_INFO`, tcp(7)), and the timers that run for it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Nanos;

/// Numbers of a TCP connection: `struct tcp_info` of the kernel's `include/uapi/linux/tcp.h`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpNumbers {
    /// The smoothed round-trip time, in microseconds.
    pub rtt: u32,
    /// Its mean deviation, in microseconds.
    pub rttvar: u32,
    /// The retransmission time-out, in microseconds: the kernel doubles it at each time-out in a row.
    pub rto: u32,
    /// The congestion window, in segments.
    pub cwnd: u32,
    /// The slow start threshold, in segments; `None` before the first loss.
    pub ssthresh: Option<u32>,
    /// The largest segment that is sent, in bytes.
    pub mss: u32,
    /// The peer's receive window as it was heard last, in bytes. Zero stops the sender.
    pub snd_wnd: u32,
    /// The window that is offered to the peer, in bytes.
    pub rcv_wnd: u32,
    /// Time-outs in a row without an answer.
    pub retransmits: u8,
    /// Segments that were sent again, since the connection began.
    pub total_retrans: u32,
}

impl TcpNumbers {
    /// The same without what every acknowledgement changes.
    pub(super) const fn without_times(self) -> Self {
        Self { rtt: 0, rttvar: 0, rto: 0, ..self }
    }
}

/// A timer of the kernel that runs for a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// Which.
    pub kind: TimerKind,
    /// When it fires, by the run's clock. The kernel tells it in its ticks, which are 1 to 10 ms long.
    pub expires: Nanos,
    /// How often it has fired in a row.
    pub retries: u8,
}

impl Timer {
    /// Whether more is different than the kernel's ticks, and the time of asking, make it.
    pub(super) fn is_another_than(&self, before: &Self) -> bool {
        const TICKS: Duration = Duration::from_millis(20);
        let moved = self.expires.since(before.expires).max(before.expires.since(self.expires));
        (self.kind, self.retries) != (before.kind, before.retries) || moved >= TICKS
    }
}

/// What a timer is for; the words of ss(8) are in parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TimerKind {
    /// To send again what was not acknowledged (`on`).
    Retransmission,
    /// To ask a silent peer whether it is there, or to end an orphan (`keepalive`).
    KeepAlive,
    /// To forget the connection (`timewait`).
    TimeWait,
    /// To ask a peer with a closed window whether it opened it (`persist`).
    WindowProbe,
}

impl TimerKind {
    /// In English words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retransmission => "retransmission",
            Self::KeepAlive => "keep-alive",
            Self::TimeWait => "TIME_WAIT",
            Self::WindowProbe => "window probe",
        }
    }

    /// From `idiag_timer` of the kernel's `include/uapi/linux/inet_diag.h`.
    pub const fn from_kernel(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Retransmission,
            2 => Self::KeepAlive,
            3 => Self::TimeWait,
            4 => Self::WindowProbe,
            _ => return None,
        })
    }
}
