//! Bytes on their way from one program to another.

use std::collections::BTreeSet;

use super::words::{bytes as count, call_at, stuck};
use super::{Text, Verdict, no_host};
use crate::check::reading::{Reading, Transfer, find};
use crate::event::Fact;
use crate::event::socket::Kind;
use crate::id::{HostId, SocketId};

/// The bytes that passed one way through one socket, and the last event of it.
fn total(trace: &Reading<'_>, host: HostId, out: bool, of: impl Fn(SocketId) -> bool) -> (u64, Option<u64>) {
    let passed = trace.transfers(host).into_iter().filter(|one| one.out == out && of(one.socket));
    passed.fold((0, None), |(sum, last), one| (sum + one.len, last.max(Some(one.seq))))
}

pub(super) fn every_byte_arrived(trace: &Reading<'_>, from: &str, to: &str) -> Verdict {
    let (senders, receivers) = (trace.hosts(from), trace.hosts(to));
    if senders.is_empty() || receivers.is_empty() {
        return no_host(if senders.is_empty() { from } else { to });
    }
    let (mut sum, mut at) = (0, None);
    for &sender in &senders {
        let mut connected = BTreeSet::new();
        for end in trace.connections(sender) {
            let Some((receiver, socket)) = trace.other_end(&end) else { continue };
            if !receivers.contains(&receiver) {
                continue;
            }
            connected.insert(end.socket);
            let (sent, last_sent) = total(trace, sender, true, |socket| socket == end.socket);
            let (got, last_got) = total(trace, receiver, false, |one| one == socket);
            if got < sent {
                let waiting =
                    trace.states.get(&socket).and_then(|states| states.last()).map_or(0, |s| s.snapshot.recv_q);
                return missing(trace, (sender, sent), (receiver, got), last_got.or(last_sent), waiting.into());
            }
            (sum, at) = (sum + sent, at.max(last_got));
        }
        // Datagrams and Unix sockets: what a host sent in all, and what the others received.
        let is_plain = |socket: SocketId| {
            !connected.contains(&socket)
                && trace
                    .model
                    .sockets
                    .get(&socket)
                    .is_some_and(|one| one.origin.kind != Kind::Stream || one.snapshot.peer_socket.is_some())
        };
        let (sent, last_sent) = total(trace, sender, true, is_plain);
        if sent > 0 {
            let mut got = 0;
            let mut last = None;
            for &receiver in &receivers {
                let (more, seq) = total(trace, receiver, false, |socket| {
                    trace
                        .model
                        .sockets
                        .get(&socket)
                        .is_some_and(|one| one.origin.kind != Kind::Stream || one.snapshot.peer_socket.is_some())
                });
                (got, last) = (got + more, last.max(seq));
            }
            if got < sent {
                return missing(trace, (sender, sent), (receivers[0], got), last.or(last_sent), 0);
            }
            (sum, at) = (sum + sent, at.max(last));
        }
    }
    if sum == 0 {
        return Verdict::failed(
            None,
            Text::new(format!("{from} sent {to} nothing."), format!("{from} 没有向 {to} 发送任何数据。")),
        );
    }
    let n = count(sum);
    Verdict::passed(
        at,
        Text::new(format!("{} sent, {} received.", n.en, n.en), format!("发送 {}，收到 {}。", n.zh, n.zh)),
    )
}

fn missing(
    trace: &Reading<'_>,
    (sender, sent): (HostId, u64),
    (receiver, got): (HostId, u64),
    at: Option<u64>,
    waiting: u64,
) -> Verdict {
    let (from, to) = (trace.name(sender), trace.name(receiver));
    let (sent, got, left) = (count(sent), count(got), count(waiting));
    let more = if waiting > 0 {
        Text::new(
            format!(" {} are still in the kernel's receive buffer, unread.", left.en),
            format!("还有 {} 留在内核的接收缓冲区里，没有被读走。", left.zh),
        )
    } else {
        Text::default()
    };
    Verdict::failed(
        at,
        Text::new(
            format!("{from} sent {}, {to}'s program received {}.{}", sent.en, got.en, more.en),
            format!("{from} 发送了 {}，{to} 的程序只收到 {}。{}", sent.zh, got.zh, more.zh),
        ),
    )
}

pub(super) fn passed(trace: &Reading<'_>, host: &str, out: bool, text: Option<&str>, least: Option<u64>) -> Verdict {
    let hosts = trace.hosts(host);
    if hosts.is_empty() {
        return no_host(host);
    }
    let transfers: Vec<Transfer<'_>> =
        hosts.iter().flat_map(|host| trace.transfers(*host)).filter(|one| one.out == out).collect();
    let sum: u64 = transfers.iter().map(|one| one.len).sum();
    let newest = transfers.last().map(|one| one.seq);
    let (did, did_zh) = if out { ("sent", "发送") } else { ("received", "收到") };
    if let Some(least) = least.filter(|least| sum < *least) {
        let (sum, least) = (count(sum), count(least));
        return Verdict::failed(
            newest,
            Text::new(
                format!("{host} {did} {}; at least {} are expected.", sum.en, least.en),
                format!("{host} {did_zh}了 {}，应当至少有 {}。", sum.zh, least.zh),
            ),
        );
    }
    if let Some(text) = text {
        let sockets: BTreeSet<_> = transfers.iter().map(|one| one.socket).collect();
        let found = sockets.iter().find_map(|socket| {
            let parts = transfers.iter().filter(|one| one.socket == *socket);
            let (mut stream, mut ends) = (vec![], vec![]);
            for one in parts {
                stream.extend_from_slice(one.head);
                ends.push((stream.len(), one.seq));
            }
            let until = find(&stream, text.as_bytes())? + text.len();
            ends.into_iter().find(|(end, _)| *end >= until).map(|(_, seq)| seq)
        });
        return match found {
            Some(seq) => Verdict::passed(
                seq,
                Text::new(format!("{host} {did} “{text}”."), format!("{host} {did_zh}了“{text}”。")),
            ),
            None => Verdict::failed(
                newest,
                Text::new(
                    format!("{host} {did} {}, and “{text}” was not among them.", count(sum).en),
                    format!("{host} {did_zh}了 {}，其中没有“{text}”。", count(sum).zh),
                ),
            ),
        };
    }
    let sum = count(sum);
    Verdict::passed(newest, Text::new(format!("{host} {did} {}.", sum.en), format!("{host} {did_zh}了 {}。", sum.zh)))
}

pub(super) fn sends_everything(trace: &Reading<'_>, host: &str, least: Option<u64>) -> Verdict {
    let hosts = trace.hosts(host);
    if hosts.is_empty() {
        return no_host(host);
    }
    for &id in &hosts {
        let out: Vec<_> = trace.transfers(id).into_iter().filter(|one| one.out).collect();
        for (index, one) in out.iter().enumerate() {
            let goes_on = out[index + 1..].iter().any(|later| later.socket == one.socket);
            if one.len < one.asked && !goes_on {
                let act = trace.acts.iter().find(|act| act.returned == Some(one.seq));
                let place = act.map_or_else(|| Text::new("`send`", "`send`"), call_at);
                let (took, asked, left) = (count(one.len), count(one.asked), count(one.asked - one.len));
                return Verdict::failed(
                    one.seq,
                    Text::new(
                        format!(
                            "{} took {} of {}; the other {} were never sent.",
                            place.en, took.en, asked.en, left.en
                        ),
                        format!("{} 只接收了 {} 中的 {}，其余 {} 一直没有发送。", place.zh, asked.zh, took.zh, left.zh),
                    ),
                );
            }
        }
        let sent: u64 = out.iter().map(|one| one.len).sum();
        if let Some(least) = least.filter(|least| sent < *least) {
            let (sent, least) = (count(sent), count(least));
            let open =
                trace.stuck(id).filter(|act| act.call.syscall.sends()).map(|act| stuck(act, trace)).unwrap_or_default();
            return Verdict::failed(
                out.last().map(|one| one.seq),
                Text::new(
                    format!("{host} sent {} of {}. {}", sent.en, least.en, open.en),
                    format!("{host} 只发送了 {} 中的 {}。{}", least.zh, sent.zh, open.zh),
                ),
            );
        }
    }
    Verdict::passed(None, Text::new("Everything that was to be sent was sent.", "要发送的数据都已发送。"))
}

pub(super) fn broadcast_reached(trace: &Reading<'_>, from: &str, hosts: usize) -> Verdict {
    let senders = trace.hosts(from);
    if senders.is_empty() {
        return no_host(from);
    }
    let mut first = None;
    let mut reached = BTreeSet::new();
    let mut arrived = BTreeSet::new();
    let mut last = None;
    for event in trace.events {
        let Fact::FrameDelivered { frame, host } = &event.fact else { continue };
        let Some(frame) = trace.model.frames.get(frame).filter(|frame| senders.contains(&frame.host)) else { continue };
        let Some(packet) = frame.packet.as_ref().filter(|packet| packet.ethernet.is_for_group()) else { continue };
        let Some((_, datagram)) = packet.udp() else { continue };
        first = first.or(trace.sent.get(&frame.id).copied());
        arrived.insert(*host);
        // Did the program there take it?
        let taken = trace.transfers(*host).into_iter().find(|one| {
            !one.out
                && one.seq > event.seq
                && one.head.get(..one.head.len().min(16)) == datagram.payload.head.0.get(..one.head.len().min(16))
        });
        if let Some(taken) = taken {
            reached.insert(*host);
            last = last.max(Some(taken.seq));
        }
    }
    let seen = reached.len();
    if seen >= hosts {
        return Verdict::passed(
            last,
            Text::new(format!("Programs on {seen} hosts received it."), format!("{seen} 台主机上的程序收到了广播。")),
        );
    }
    let told = if first.is_none() {
        let denied = trace.acts.iter().find(|act| senders.contains(&act.host) && act.error() == Some("EACCES"));
        return match denied {
            Some(act) => Verdict::failed(
                act.seq(),
                Text::new(
                    format!(
                        "{} failed with EACCES: without SO_BROADCAST the kernel sends no broadcast.",
                        call_at(act).en
                    ),
                    format!("{} 失败，错误为 EACCES：没有设置 SO_BROADCAST，内核不发送广播。", call_at(act).zh),
                ),
            ),
            None => {
                Verdict::failed(None, Text::new(format!("{from} sent no broadcast."), format!("{from} 没有发送广播。")))
            }
        };
    } else {
        let frames = arrived.len();
        Text::new(
            format!(
                "It reached {frames} hosts, and the programs of {seen} received it; {hosts} were expected. A socket bound to one address hears no broadcast, nor does one on another port."
            ),
            format!(
                "广播到达了 {frames} 台主机，其中 {seen} 台的程序收到了它，应当有 {hosts} 台。绑定到单个地址的套接字，或者绑定到其他端口的套接字，收不到广播。"
            ),
        )
    };
    Verdict::failed(first, told)
}
