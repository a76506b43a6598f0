//! Waiting: too busily, at the wrong place, or for ever.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use super::words::{call_at, stuck};
use super::{Text, Verdict, no_host};
use crate::check::reading::{Act, Calls, Reading};
use crate::event::Fact;
use crate::event::host::ExitStatus;
use crate::event::signal;
use crate::event::socket::{Interest, TcpState};
use crate::id::{HostId, ProcessId, SocketId};
use crate::model::BLOCKED;
use crate::syscall::Syscall;
use crate::time::{Nanos, Readable};

pub(super) fn no_busy_wait(trace: &Reading<'_>, host: &str, most: usize) -> Verdict {
    let hosts = trace.hosts(host);
    if hosts.is_empty() {
        return no_host(host);
    }
    for &id in &hosts {
        if let Some((act, n)) = busy(trace, id, most) {
            let place = call_at(act);
            return Verdict::failed(
                act.seq(),
                Text::new(
                    format!(
                        "{} came back with nothing {n} times within a second: a loop that asks again and again burns a processor. Let the kernel wake you.",
                        place.en
                    ),
                    format!(
                        "{} 在一秒之内空手返回了 {n} 次：不停询问的循环白白消耗处理器。应当让内核来唤醒程序。",
                        place.zh
                    ),
                ),
            );
        }
    }
    Verdict::passed(None, Text::new(format!("{host} slept while it waited."), format!("{host} 等待时在睡眠。")))
}

/// The call at which a host had made more than `most` fruitless calls within a second, and how many these were.
fn busy<'a>(trace: &'a Reading<'_>, host: HostId, most: usize) -> Option<(&'a Act, usize)> {
    let mut acts: Vec<&Act> = trace.acts_on(host).filter(|act| act.returned.is_some()).collect();
    acts.sort_by_key(|act| act.returned);
    let mut window = VecDeque::<(Nanos, &Act)>::new();
    let mut worst: Option<(&Act, usize)> = None;
    let mut woken: Option<&Act> = None;
    let mut told_end = BTreeSet::new();
    for act in acts {
        let at = trace.at(act.seq());
        let fruitless = if act.call.syscall.waits_for_readiness() {
            // Woken, and then nothing was done about it before it waits again.
            let before = woken.replace(act);
            before.filter(|before| before.lasted(trace) < BLOCKED)
        } else if matches!(act.error(), Some("EAGAIN" | "EALREADY" | "EINPROGRESS"))
            // Or the end, which was told already.
            || Calls::Recv.includes(&act.call) && act.result() == Some(0) && !told_end.insert(act.call.socket)
        {
            Some(act)
        } else {
            if act.call.socket.is_some() && act.result().is_some() {
                woken = None;
            }
            None
        };
        let Some(fruitless) = fruitless else { continue };
        window.push_back((at, fruitless));
        while window.front().is_some_and(|(begin, _)| at.since(*begin) > Duration::from_secs(1)) {
            window.pop_front();
        }
        if window.len() > most && worst.is_none_or(|(_, n)| window.len() > n) {
            worst = Some((worst.map_or(fruitless, |(act, _)| act), window.len()));
        }
    }
    worst
}

/// Times in which a socket had something for its program: since when, until when.
fn waited(trace: &Reading<'_>, socket: SocketId) -> Vec<(Nanos, Nanos)> {
    let mut spans = vec![];
    let mut since = None;
    let states = trace.states.get(&socket).map_or(&[][..], Vec::as_slice);
    for state in states {
        let listens = state.snapshot.state == Some(TcpState::Listen);
        let waits = state.snapshot.recv_q > 0 && (state.snapshot.held || listens);
        match (since, waits) {
            (None, true) => since = Some(state.at),
            (Some(begin), false) => {
                spans.push((begin, state.at));
                since = None;
            }
            _ => {}
        }
    }
    let end = trace.model.sockets.get(&socket).and_then(|socket| socket.gone);
    spans.extend(since.map(|begin| (begin, end.unwrap_or_else(|| trace.stopped_time()))));
    spans
}

/// Whether a call waits for something else. Whoever waits for readiness waits for everybody.
fn about_another(act: &Act, socket: SocketId) -> bool {
    act.call.socket != Some(socket) && !act.call.syscall.waits_for_readiness()
}

pub(super) fn not_blocked_by_one_client(trace: &Reading<'_>, host: &str, patience: Duration) -> Verdict {
    let hosts = trace.hosts(host);
    if hosts.is_empty() {
        return no_host(host);
    }
    let mut longest = None::<(Duration, &Act, SocketId)>;
    for socket in trace.model.sockets.values().filter(|socket| hosts.contains(&socket.host)) {
        for (begin, end) in waited(trace, socket.id) {
            for act in trace.acts_on(socket.host).filter(|act| about_another(act, socket.id)) {
                let entered = trace.at(act.entered);
                let left = act.returned.map_or_else(|| trace.stopped_time(), |seq| trace.at(seq));
                let both = left.min(end).since(entered.max(begin));
                if both >= patience && longest.is_none_or(|(most, ..)| both > most) {
                    longest = Some((both, act, socket.id));
                }
            }
        }
    }
    let Some((time, act, socket)) = longest else {
        return Verdict::passed(None, Text::new("Nobody waited because of somebody else.", "没有人因为别人而等待。"));
    };
    let place = call_at(act);
    let time = Readable(time);
    let listens = trace.states[&socket].iter().any(|state| state.snapshot.state == Some(TcpState::Listen));
    let (what, what_zh) = if listens {
        ("a new client", "一个新的客户端")
    } else {
        ("another client's bytes", "另一个客户端的数据")
    };
    Verdict::failed(
        act.seq(),
        Text::new(
            format!("{host} was blocked in {} while {what} waited for {time}.", place.en),
            format!("{host} 阻塞在 {}，这期间{what_zh}等待了 {time}。", place.zh),
        ),
    )
}

pub(super) fn drains(trace: &Reading<'_>, host: &str) -> Verdict {
    let hosts = trace.hosts(host);
    if hosts.is_empty() {
        return no_host(host);
    }
    // What epoll instances watch edge-triggered, as it changes: (process, epoll) → descriptor → socket.
    let mut watched = BTreeMap::<(ProcessId, i32), BTreeMap<i32, SocketId>>::new();
    let mut changes = trace.events.iter().filter_map(|event| match &event.fact {
        Fact::EpollChanged { process, epfd, interest } => Some((event.seq, (*process, *epfd), interest)),
        _ => None,
    });
    let mut next = changes.next();
    let waits = Calls::Any(&[Syscall::EpollWait, Syscall::EpollPwait, Syscall::EpollPwait2]);
    let mut edge_triggered = false;
    // For each thread's next wait: which sockets it was told of, and by which call.
    let mut told = BTreeMap::<_, (u64, BTreeSet<SocketId>)>::new();
    for act in trace.acts.iter().filter(|act| hosts.contains(&act.host) && waits.includes(&act.call)) {
        if let Some((since, sockets)) = told.remove(&act.call.thread) {
            for socket in sockets {
                let drained = trace.acts.iter().any(|other| {
                    let done = other.returned.is_some_and(|seq| (since..act.entered).contains(&seq));
                    let short = trace.transfer(other).is_some_and(|one| !one.out && one.len < one.asked);
                    let empty = matches!(other.error(), Some("EAGAIN" | "ECONNRESET"));
                    let closed = other.call.syscall == Syscall::Close;
                    done && other.call.socket == Some(socket) && (short || empty || closed)
                });
                let left = trace.state_before(socket, act.entered).map_or(0, |state| state.snapshot.recv_q);
                if !drained && left > 0 {
                    let place = call_at(act);
                    return Verdict::failed(
                        act.entered,
                        Text::new(
                            format!(
                                "{host} waits again in {} though {left} bytes are left: edge-triggered epoll does not report them again until new ones come. Read until EAGAIN.",
                                place.en
                            ),
                            format!(
                                "{host} 又在 {} 中等待，可是还剩 {left} 字节：边缘触发的 epoll 在新数据到来之前不会再次通知。应当一直读到 EAGAIN。",
                                place.zh
                            ),
                        ),
                    );
                }
            }
        }
        let Some(returned) = act.returned else { continue };
        while let Some((_, key, interest)) = next.filter(|(seq, ..)| *seq < returned) {
            let edges = interest.iter().filter(|one| one.is_edge_triggered());
            watched.insert(key, edges.filter_map(|one| Some((one.fd, one.socket?))).collect());
            edge_triggered |= interest.iter().any(Interest::is_edge_triggered);
            next = changes.next();
        }
        let Some(epfd) = act.call.fd() else { continue };
        let Some(edges) = watched.get(&(act.process, epfd)) else { continue };
        let reported: BTreeSet<SocketId> = act
            .call
            .args
            .iter()
            .filter_map(|value| match value {
                crate::event::call::Value::Polled(polled) => Some(polled),
                _ => None,
            })
            .flatten()
            .filter(|one| one.revents.contains("EPOLLIN") || one.events.contains("EPOLLIN"))
            .filter_map(|one| edges.get(&one.fd).copied())
            .collect();
        if act.result().is_some_and(|count| count > 0) {
            told.insert(act.call.thread, (returned, reported));
        }
    }
    if edge_triggered {
        return Verdict::passed(
            None,
            Text::new("Each report was read to its end.", "每次通知之后都读到了没有数据为止。"),
        );
    }
    let last = trace.acts.iter().rfind(|act| hosts.contains(&act.host) && waits.includes(&act.call));
    Verdict::failed(
        last.map(Act::seq),
        Text::new(
            format!("{host} watched nothing edge-triggered (EPOLLET)."),
            format!("{host} 没有以边缘触发（EPOLLET）方式监视任何描述符。"),
        ),
    )
}

pub(super) fn ends(trace: &Reading<'_>, host: &str, wanted: i32) -> Verdict {
    let hosts = trace.hosts(host);
    if hosts.is_empty() {
        return no_host(host);
    }
    let mut last = None;
    for &id in &hosts {
        let name = trace.name(id);
        match trace.ended(id) {
            Some((seq, ExitStatus::Exited(code))) if code == wanted => last = Some(seq),
            Some((seq, status)) => return Verdict::failed(seq, ended_otherwise(trace, id, status)),
            None => {
                let open = trace.stuck(id);
                let why = match open {
                    Some(act) => stuck(act, trace),
                    None => Text::new("It was still computing when time was up.", "时间用完时它还在计算。"),
                };
                return Verdict::failed(
                    open.map(Act::seq),
                    Text::new(
                        format!("{name} did not end by itself. {}", why.en),
                        format!("{name} 没有自己结束。{}", why.zh),
                    ),
                );
            }
        }
    }
    Verdict::passed(
        last,
        Text::new(format!("{host} ended with status {wanted}."), format!("{host} 以状态 {wanted} 结束。")),
    )
}

pub(super) fn stays_up(trace: &Reading<'_>, host: &str) -> Verdict {
    let hosts = trace.hosts(host);
    if hosts.is_empty() {
        return no_host(host);
    }
    for &id in &hosts {
        match trace.ended(id) {
            None | Some((_, ExitStatus::Exited(0))) => {}
            Some((seq, status)) => return Verdict::failed(seq, ended_otherwise(trace, id, status)),
        }
    }
    Verdict::passed(None, Text::new(format!("{host} did not crash."), format!("{host} 没有崩溃。")))
}

/// How a program ended, with the last thing that it said and the last call that failed.
fn ended_otherwise(trace: &Reading<'_>, host: HostId, status: ExitStatus) -> Text {
    let name = trace.name(host);
    let output = trace.output(host);
    let last = output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let failed = trace.acts_on(host).filter(|act| act.error().is_some() && act.call.place.is_some()).last();
    let call = failed.map(|act| {
        let error = act.error().unwrap_or("?");
        let place = call_at(act);
        Text::new(
            format!(" The last call that failed: {} ({error}).", place.en),
            format!("最后一个失败的调用：{}（{error}）。", place.zh),
        )
    });
    let call = call.unwrap_or_default();
    match status {
        ExitStatus::Exited(code) => Text::new(
            format!("{name} ended with status {code}: “{last}”.{}", call.en),
            format!("{name} 以状态 {code} 结束：“{last}”。{}", call.zh),
        ),
        ExitStatus::Signaled(number) => {
            let signal = signal::name(number);
            Text::new(
                format!("{name} was ended by {signal}.{}", call.en),
                format!("{name} 被 {signal} 终止。{}", call.zh),
            )
        }
        ExitStatus::Unknown => {
            Text::new(format!("{name} ended; how is not known."), format!("{name} 结束了，原因不明。"))
        }
    }
}
