//! How much a sender may have on the wire, over time: the peer's window and the congestion window.

use crate::event::{Event, Fact};
use crate::id::SocketId;
use crate::time::Nanos;

/// What limited a sender at a moment, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The event that told it.
    pub seq: u64,
    /// When.
    pub at: Nanos,
    /// What is out and not acknowledged.
    pub in_flight: u64,
    /// The congestion window.
    pub cwnd: u64,
    /// Where slow start ends; `None` before the first loss.
    pub ssthresh: Option<u64>,
    /// The peer's window.
    pub window: u64,
}

/// How the windows of a socket changed, as its kernel told.
pub fn windows(events: &[Event], socket: SocketId) -> Vec<Point> {
    let mut points: Vec<Point> = vec![];
    for event in events {
        let (Fact::SocketSeen { socket: id, snapshot, .. } | Fact::SocketChanged { socket: id, snapshot }) =
            &event.fact
        else {
            continue;
        };
        let Some(tcp) = snapshot.tcp.filter(|_| *id == socket) else { continue };
        let mss = u64::from(tcp.mss);
        let point = Point {
            seq: event.seq,
            at: event.at,
            in_flight: u64::from(snapshot.unacknowledged()),
            cwnd: u64::from(tcp.cwnd) * mss,
            ssthresh: tcp.ssthresh.map(|ssthresh| u64::from(ssthresh) * mss),
            window: u64::from(tcp.snd_wnd),
        };
        let same =
            |last: &&mut Point| (last.in_flight, last.cwnd, last.window) == (point.in_flight, point.cwnd, point.window);
        if points.last_mut().as_ref().is_none_or(|last| !same(last)) {
            points.push(point);
        }
    }
    points
}
