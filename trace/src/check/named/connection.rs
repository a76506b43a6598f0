//! TCP connections: how they begin and how they end.

use std::net::SocketAddr;

use super::words::{bytes, call_at, stuck};
use super::{Text, Verdict, no_host};
use crate::check::reading::{Act, Calls, Connection, Reading};
use crate::event::socket::TcpState;
use crate::id::{HostId, SocketId};
use crate::model::Frame;
use crate::syscall::Syscall;
use crate::wire::Flags;

pub(super) fn handshake(trace: &Reading<'_>, host: &str, port: Option<u16>, count: usize) -> Verdict {
    let hosts = trace.hosts(host);
    if hosts.is_empty() {
        return no_host(host);
    }
    let accepts = Calls::Any(&[Syscall::Accept, Syscall::Accept4]);
    let on_host: Vec<&Act> =
        trace.acts.iter().filter(|act| hosts.contains(&act.host) && accepts.includes(&act.call)).collect();
    let connections: Vec<Connection<'_>> = hosts.iter().flat_map(|host| trace.connections(*host)).collect();
    let whole = |socket: SocketId| {
        let end = connections.iter().find(|end| end.socket == socket)?;
        let fits = port.is_none_or(|port| end.local.port() == port);
        end.came_into(TcpState::Established).filter(|_| fits)
    };
    let mut seen: Vec<u64> = on_host.iter().filter_map(|act| whole(act.call.made()?).and(act.returned)).collect();
    seen.sort_unstable();
    if let Some(seq) = count.checked_sub(1).and_then(|last| seen.get(last)) {
        let n = seen.len();
        let told = Text::new(
            format!(
                "SYN, SYN ACK, ACK, and `accept` returned{}.",
                if n > 1 { format!(" ({n} ×)") } else { String::new() }
            ),
            format!(
                "SYN、SYN ACK、ACK 之后 `accept` 返回{}。",
                if n > 1 { format!("（{n} 次）") } else { String::new() }
            ),
        );
        return Verdict::passed(*seq, told);
    }
    if !seen.is_empty() {
        let n = seen.len();
        return Verdict::failed(
            seen.last().copied(),
            Text::new(
                format!("{host} accepted {n} of {count} connections."),
                format!("{host} 只接受了 {count} 个连接中的 {n} 个。"),
            ),
        );
    }
    // Nobody was accepted: how far did it get?
    let listener = trace
        .acts
        .iter()
        .find(|act| hosts.contains(&act.host) && act.call.syscall == Syscall::Listen && act.result().is_some());
    let refused =
        trace.acts.iter().find(|act| act.call.syscall == Syscall::Connect && act.error() == Some("ECONNREFUSED"));
    let waiting = connections.iter().find_map(|end| end.came_into(TcpState::Established));
    let (at, told) = match (listener, refused, on_host.last(), waiting) {
        (None, ..) => (
            refused.map(Act::seq),
            Text::new(
                format!("{host} never called `listen`, so its kernel refuses connections."),
                format!("{host} 没有调用 `listen`，所以内核会拒绝连接。"),
            ),
        ),
        (Some(_), _, None, Some(seq)) => (
            Some(seq),
            Text::new(
                format!("A connection is complete and waits in the queue; {host} never called `accept` to fetch it."),
                format!("连接已经建立并在队列中等待，但 {host} 没有调用 `accept` 取走它。"),
            ),
        ),
        (Some(_), Some(act), ..) => (
            Some(act.seq()),
            Text::new(
                format!(
                    "{} was refused: nobody was listening at that address and port at that moment.",
                    call_at(act).en
                ),
                format!("{} 被拒绝：那一刻在那个地址和端口上没有人监听。", call_at(act).zh),
            ),
        ),
        (Some(_), _, Some(act), _) if act.returned.is_none() => (
            Some(act.entered),
            Text::new(
                format!("No connection came. {}", stuck(act, trace).en),
                format!("没有连接到来。{}", stuck(act, trace).zh),
            ),
        ),
        (Some(act), ..) => (
            Some(act.seq()),
            Text::new(
                format!("{host} listens, but no connection was accepted."),
                format!("{host} 在监听，但没有接受任何连接。"),
            ),
        ),
    };
    Verdict::failed(at, told)
}

pub(super) fn refused(trace: &Reading<'_>, host: &str) -> Verdict {
    let hosts = trace.hosts(host);
    let connects = || trace.acts.iter().filter(|act| hosts.contains(&act.host) && act.call.syscall == Syscall::Connect);
    match connects().find(|act| act.error() == Some("ECONNREFUSED")) {
        Some(act) => Verdict::passed(
            act.seq(),
            Text::new(format!("{} was refused.", call_at(act).en), format!("{} 被拒绝。", call_at(act).zh)),
        ),
        None => Verdict::failed(
            connects().next_back().map(Act::seq),
            Text::new(
                format!("No `connect` of {host} was refused (ECONNREFUSED)."),
                format!("{host} 没有一次 `connect` 被拒绝（ECONNREFUSED）。"),
            ),
        ),
    }
}

/// Frames of one direction of a connection that a host itself sent, before anybody stopped the run.
fn sent<'a>(
    trace: &'a Reading<'_>,
    from: SocketAddr,
    to: SocketAddr,
    flag: Flags,
) -> impl Iterator<Item = (u64, &'a Frame)> {
    let before = trace.stopped_at().unwrap_or(u64::MAX);
    trace.model.frames.values().filter_map(move |frame| {
        let packet = frame.packet.as_ref()?;
        let (_, segment) = packet.tcp()?;
        let seq = *trace.sent.get(&frame.id)?;
        (segment.flags.has(flag) && frame.made.is_none() && seq < before && packet.addresses() == Some((from, to)))
            .then_some((seq, &**frame))
    })
}

/// Whether an end had said goodbye and acknowledged the other's before this event. Nothing new can come then; what comes
/// late is a copy, and the kernel, which may have forgotten the connection, answers it with an RST that breaks nothing.
fn over(trace: &Reading<'_>, end: &Connection<'_>, before: u64) -> bool {
    let mine = sent(trace, end.local, end.peer, Flags::FIN).any(|(seq, _)| seq < before);
    let theirs = sent(trace, end.peer, end.local, Flags::FIN).find_map(|(_, frame)| {
        let (_, segment) = frame.packet.as_ref()?.tcp()?;
        let len = u32::try_from(segment.payload.len).ok()?;
        Some(segment.seq.wrapping_add(len).wrapping_add(1)) // the FIN counts as one
    });
    let acknowledges = |frame: &Frame, number: u32| {
        let segment = frame.packet.as_ref().and_then(|packet| Some(packet.tcp()?.1));
        segment.is_some_and(|segment| segment.ack.wrapping_sub(number) < 1 << 31) // RFC 9293, 3.4: modulo 2^32
    };
    mine && theirs.is_some_and(|number| {
        sent(trace, end.local, end.peer, Flags::ACK).any(|(seq, frame)| seq < before && acknowledges(frame, number))
    })
}

/// Established connections of some hosts, or of all.
fn established<'a>(trace: &'a Reading<'_>, host: Option<&str>) -> Vec<(HostId, Connection<'a>)> {
    let hosts = trace.hosts(host.unwrap_or("*"));
    let all = hosts.into_iter().flat_map(|host| trace.connections(host).into_iter().map(move |end| (host, end)));
    all.filter(|(_, end)| end.came_into(TcpState::Established).is_some()).collect()
}

/// A reset that one end of a connection sent, and why it did.
fn reset(trace: &Reading<'_>, host: HostId, end: &Connection<'_>) -> Option<(u64, Text)> {
    let (seq, _) = sent(trace, end.local, end.peer, Flags::RST).find(|(seq, _)| !over(trace, end, *seq))?;
    let name = trace.name(host);
    let closed = trace
        .acts
        .iter()
        .rfind(|act| act.call.socket == Some(end.socket) && act.call.syscall == Syscall::Close && act.entered < seq);
    let unread = closed.and_then(|act| Some((act, trace.state_before(end.socket, act.entered + 1)?.snapshot.recv_q)));
    let told = match (unread, closed) {
        (Some((act, unread)), _) if unread > 0 => {
            let (n, call) = (bytes(unread.into()), call_at(act));
            Text::new(
                format!(
                    "{name} closed with {} unread ({}), so its kernel sent RST instead of FIN. Read to the end before you close.",
                    n.en, call.en
                ),
                format!(
                    "{name} 关闭时还有 {} 没有读（{}），因此内核发送 RST 而不是 FIN。关闭之前应先读到末尾。",
                    n.zh, call.zh
                ),
            )
        }
        (_, Some(act)) => Text::new(
            format!(
                "{name} had closed ({}) when more bytes came for it: its kernel answered with RST.",
                call_at(act).en
            ),
            format!("{name} 已经关闭（{}），之后又有数据到来：内核以 RST 回答。", call_at(act).zh),
        ),
        (_, None) => Text::new(
            format!("{name}'s kernel sent RST: the connection was broken off, not closed."),
            format!("{name} 的内核发送了 RST：连接是被中断的，而不是正常关闭的。"),
        ),
    };
    Some((seq, told))
}

pub(super) fn no_reset(trace: &Reading<'_>, host: Option<&str>) -> Verdict {
    for (host, end) in established(trace, host) {
        if let Some((seq, told)) = reset(trace, host, &end) {
            return Verdict::failed(seq, told);
        }
    }
    Verdict::passed(None, Text::new("No connection was reset.", "没有连接被重置。"))
}

pub(super) fn closed_cleanly(trace: &Reading<'_>, host: Option<&str>) -> Verdict {
    let ends = established(trace, host);
    if ends.is_empty() {
        return Verdict::failed(None, Text::new("No TCP connection was made.", "没有建立任何 TCP 连接。"));
    }
    let mut last = None;
    for (id, end) in &ends {
        let other = trace.other_end(end);
        if let Some((seq, told)) = reset(trace, *id, end) {
            return Verdict::failed(seq, told);
        }
        if let Some((other_host, socket)) = other
            && let Some(other) = trace.connections(other_host).into_iter().find(|other| other.socket == socket)
            && let Some((seq, told)) = reset(trace, other_host, &other)
        {
            return Verdict::failed(seq, told);
        }
        let mine = sent(trace, end.local, end.peer, Flags::FIN).next();
        let theirs = sent(trace, end.peer, end.local, Flags::FIN).next();
        let name = trace.name(*id);
        let peer = other.map_or_else(|| end.peer.to_string(), |(host, _)| trace.name(host).to_owned());
        match (mine, theirs) {
            (Some((mine, _)), Some((theirs, _))) => last = last.max(Some(mine.max(theirs))),
            (None, Some((seq, _))) => {
                return Verdict::failed(
                    seq,
                    Text::new(
                        format!("{peer} closed, but {name} never did: its socket stays in CLOSE_WAIT."),
                        format!("{peer} 已经关闭，但 {name} 一直没有关闭：它的套接字停在 CLOSE_WAIT。"),
                    ),
                );
            }
            (Some((seq, _)), None) => {
                return Verdict::failed(
                    seq,
                    Text::new(
                        format!("{name} closed, but {peer} never did: the connection is half open."),
                        format!("{name} 已经关闭，但 {peer} 一直没有关闭：连接处于半关闭状态。"),
                    ),
                );
            }
            (None, None) => {
                return Verdict::failed(
                    end.came_into(TcpState::Established),
                    Text::new(
                        format!("The connection between {name} and {peer} was never closed by either side."),
                        format!("{name} 与 {peer} 之间的连接，双方都没有关闭。"),
                    ),
                );
            }
        }
    }
    Verdict::passed(last, Text::new("FIN went both ways.", "双方都发送了 FIN。"))
}

pub(super) fn reads_to_the_end(trace: &Reading<'_>, host: &str) -> Verdict {
    if trace.hosts(host).is_empty() {
        return no_host(host);
    }
    let ends = established(trace, Some(host));
    if ends.is_empty() {
        return Verdict::failed(None, Text::new("No TCP connection was made.", "没有建立任何 TCP 连接。"));
    }
    let mut last = None;
    for (id, end) in &ends {
        let Some((fin, _)) = sent(trace, end.peer, end.local, Flags::FIN).next() else { continue };
        if sent(trace, end.peer, end.local, Flags::RST).next().is_some() {
            continue; // then there is no end to be read
        }
        let reads: Vec<_> = trace
            .transfers(*id)
            .into_iter()
            .filter(|one| !one.out && one.socket == end.socket)
            .map(|one| (one.seq, one.len, one.asked))
            .collect();
        if let Some((seq, ..)) = reads.iter().find(|(_, len, asked)| *len == 0 && *asked > 0) {
            last = last.max(Some(*seq));
            continue;
        }
        let name = trace.name(*id);
        return Verdict::failed(
            reads.last().map_or(fin, |(seq, ..)| *seq),
            Text::new(
                format!(
                    "The other side closed, and {name} never noticed: it did not call `recv` until it returned 0 bytes."
                ),
                format!("对方已经关闭，但 {name} 没有发现：它没有一直调用 `recv`，直到返回 0 字节。"),
            ),
        );
    }
    match last {
        Some(seq) => {
            Verdict::passed(seq, Text::new("`recv` returned 0: the end was read.", "`recv` 返回 0：读到了末尾。"))
        }
        None => Verdict::failed(
            None,
            Text::new(
                "No peer closed its connection, so there was no end to read.",
                "没有对端关闭连接，所以没有末尾可读。",
            ),
        ),
    }
}
