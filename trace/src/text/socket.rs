//! Sockets: their names, their states, and what is different now. Words as ss(8) uses them.

use std::fmt::Write;

use crate::event::call::Address;
use crate::event::socket::{Family, Interest, Kind, Origin, Snapshot, TcpNumbers, Timer, TimerKind};
use crate::time::{Nanos, Readable};

/// A socket by what a person knows it by: `tcp 192.168.1.4:18888 – 192.168.1.7:40112`.
pub(super) fn named(origin: &Origin, snapshot: &Snapshot) -> String {
    let kind = match (origin.family, origin.kind) {
        (Family::Inet | Family::Inet6, Kind::Stream) => "tcp",
        (Family::Inet | Family::Inet6, Kind::Datagram) => "udp",
        (Family::Unix, _) => "unix",
        _ => "socket",
    };
    let mut text = kind.to_owned();
    for (separator, address) in [(" ", &snapshot.local), (" – ", &snapshot.peer)] {
        match address {
            // What the kernel says of a socket that was never bound.
            Some(Address::Inet(addr)) if addr.ip().is_unspecified() && addr.port() == 0 => {}
            Some(address) => write!(text, "{separator}{address}").expect("a String takes all"),
            None => {}
        }
    }
    text
}

/// What a socket is like when it is first seen.
pub(super) fn standing(snapshot: &Snapshot) -> String {
    let state = snapshot.state.map(|state| format!("is {state}"));
    let queues = match snapshot.accept_queue() {
        Some((length, limit)) => vec![format!("accept queue {length} of {limit}")],
        None => [("recv-q", snapshot.recv_q), ("send-q", snapshot.send_q)]
            .iter()
            .filter(|(_, len)| *len > 0)
            .map(|(queue, len)| format!("{queue} {len}"))
            .collect(),
    };
    let all = state.into_iter().chain(queues).collect::<Vec<_>>().join(", ");
    if all.is_empty() { "is there".to_owned() } else { all }
}

/// What is different, in words; empty for what a line of text need not tell.
pub(super) fn changes(at: Nanos, before: &Snapshot, now: &Snapshot) -> String {
    let mut all = Vec::new();
    if before.state != now.state {
        let name = |snapshot: &Snapshot| snapshot.state.map_or("no state", |state| state.name());
        all.push(format!("{} → {}", name(before), name(now)));
    }
    if before.local != now.local {
        all.push(if now.local.is_some() { "bound" } else { "unbound" }.to_owned());
    }
    if before.peer != now.peer {
        all.push(if now.peer.is_some() { "connected" } else { "disconnected" }.to_owned());
    }
    match (before.accept_queue(), now.accept_queue()) {
        (None, Some((0, limit))) => all.push(format!("accept queue 0 of {limit}")),
        (before, Some((length, limit))) if before != Some((length, limit)) => {
            all.push(format!("accept queue {} → {length} of {limit}", before.map_or(0, |(length, _)| length)));
        }
        (_, Some(_)) => {}
        (_, None) => all.extend(queues(before, now)),
    }
    if before.held != now.held {
        all.push(if now.held { "a program has it" } else { "only the kernel has it" }.to_owned());
    }
    if let Some(ready) = now.ready
        && before.ready != now.ready
    {
        all.push(ready.to_string());
    }
    if let (Some(before), Some(now)) = (before.tcp, now.tcp) {
        all.extend(numbers(before, now));
    }
    let runs = |timer: Option<Timer>| timer.map(|timer| timer.kind);
    if let Some(timer) = now.timer
        && runs(before.timer) != runs(now.timer)
        && timer.kind != TimerKind::Retransmission
    {
        all.push(format!("{} timer {}", timer.kind.name(), Readable(timer.expires.since(at))));
    }
    all.join(", ")
}

fn queues(before: &Snapshot, now: &Snapshot) -> impl Iterator<Item = String> {
    let queues = [
        ("recv-q", before.recv_q, now.recv_q),
        ("send-q", before.send_q, now.send_q),
        ("of these unsent", before.unsent, now.unsent),
    ];
    let changed = queues.into_iter().filter(|(_, before, now)| before != now);
    changed.map(|(queue, before, now)| format!("{queue} {before} → {now}"))
}

/// What TCP's numbers tell of trouble; the rest is in the trace.
fn numbers(before: TcpNumbers, now: TcpNumbers) -> impl Iterator<Item = String> {
    let window = match (before.snd_wnd, now.snd_wnd) {
        (1.., 0) => Some("the peer's window is closed".to_owned()),
        (0, 1..) if before.rtt > 0 => Some(format!("the peer's window is open: {}", now.snd_wnd)),
        _ => None,
    };
    let again = (now.total_retrans > before.total_retrans).then(|| {
        let timeout = Readable(std::time::Duration::from_micros(now.rto.into()));
        format!("retransmissions {} → {}, rto {timeout}", before.total_retrans, now.total_retrans)
    });
    let smaller = (now.cwnd < before.cwnd).then(|| format!("cwnd {} → {}", before.cwnd, now.cwnd));
    [window, again, smaller].into_iter().flatten()
}

/// `epoll fd 5 watches fd 4 EPOLLIN|EPOLLET`.
pub(super) fn watches(epfd: i32, interest: &[Interest]) -> String {
    let each = interest.iter().map(|interest| {
        let asleep = if interest.is_armed() { "" } else { " (asleep)" };
        format!("fd {} {}{asleep}", interest.fd, interest.names())
    });
    let all = each.collect::<Vec<_>>().join(", ");
    format!("epoll fd {epfd} watches {}", if all.is_empty() { "nothing" } else { &all })
}
