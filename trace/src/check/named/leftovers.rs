//! What a program leaves behind: open sockets, socket files.

use std::collections::BTreeMap;

use super::words::call_at;
use super::{Text, Verdict, When, no_host};
use crate::check::reading::{Act, Calls, Reading, address, argument};
use crate::event::call::{Address, Value};
use crate::event::socket::TcpState;
use crate::id::SocketId;
use crate::syscall::Syscall;

pub(super) fn nothing_left_open(trace: &Reading<'_>, host: &str) -> Verdict {
    let hosts = trace.hosts(host);
    if hosts.is_empty() {
        return no_host(host);
    }
    let mut open = BTreeMap::<SocketId, (i64, &Act)>::new();
    for act in trace.acts.iter().filter(|act| hosts.contains(&act.host)) {
        if let Some(made) = act.call.made() {
            open.entry(made).or_insert((0, act)).0 += 1;
        }
        if act.call.syscall == Syscall::Close
            && act.returned.is_some()
            && let Some(count) = act.call.socket.and_then(|socket| open.get_mut(&socket))
        {
            count.0 -= 1;
        }
    }
    if open.is_empty() {
        return Verdict::failed(None, Text::new(format!("{host} made no socket."), format!("{host} 没有创建套接字。")));
    }
    let left = open.iter().find(|(socket, (count, act))| {
        // Who serves for ever keeps its listener and whoever is still there.
        let peer_left = trace
            .states
            .get(socket)
            .is_some_and(|states| states.iter().any(|state| state.snapshot.state == Some(TcpState::CloseWait)));
        *count > 0 && (trace.ended(act.host).is_some() || peer_left)
    });
    let Some((socket, (_, act))) = left else {
        let n = open.len();
        return Verdict::passed(
            None,
            Text::new(format!("{n} sockets, nothing left open."), format!("{n} 个套接字，没有遗留。")),
        );
    };
    let call = call_at(act);
    let state = trace.states.get(socket).and_then(|states| states.last()).and_then(|state| state.snapshot.state);
    let state = state.map_or(String::new(), |state| format!(" ({state})"));
    Verdict::failed(
        act.seq(),
        Text::new(
            format!("The socket from {} was never closed{state}.", call.en),
            format!("由 {} 得到的套接字没有关闭{state}。", call.zh),
        ),
    )
}

pub(super) fn unlinks(trace: &Reading<'_>, host: &str, path: &str, when: Option<When>) -> Verdict {
    let hosts = trace.hosts(host);
    if hosts.is_empty() {
        return no_host(host);
    }
    let on_host = || trace.acts.iter().filter(|act| hosts.contains(&act.host));
    let is_path = |value: Option<&Value>| matches!(value, Some(Value::Text(text)) if text == path);
    let removes = Calls::Any(&[Syscall::Unlink, Syscall::Unlinkat]);
    let unlinks: Vec<&Act> =
        on_host().filter(|act| removes.includes(&act.call) && is_path(argument(&act.call, "pathname"))).collect();
    let binds = |act: &&Act| {
        act.call.syscall == Syscall::Bind && matches!(address(&act.call), Some(Address::Path(to)) if to == path)
    };
    let bind = on_host().find(binds);
    // A `bind` that failed did not take the file; the one that comes after the unlink does.
    let taken = on_host().rfind(|act| binds(act) && act.result().is_some());
    let fits = |act: &&&Act| match (when, taken.or(bind)) {
        (Some(When::BeforeBind), Some(bind)) => act.entered < bind.entered,
        (Some(When::AtEnd), Some(bind)) => act.entered > bind.entered && act.result().is_some(),
        (Some(_), None) => false,
        (None, _) => true,
    };
    if let Some(act) = unlinks.iter().find(fits) {
        return Verdict::passed(
            act.seq(),
            Text::new(format!("{host} removed {path}."), format!("{host} 删除了 {path}。")),
        );
    }
    let in_use = bind.filter(|act| act.error() == Some("EADDRINUSE"));
    let told = match (in_use, bind) {
        (Some(_), _) => Text::new(
            format!("`bind` failed with EADDRINUSE: {path} is there from an earlier run. Unlink it first."),
            format!("`bind` 失败，错误为 EADDRINUSE：{path} 是上次运行留下的。应先 unlink 它。"),
        ),
        (None, None) => Text::new(format!("{host} never bound {path}."), format!("{host} 没有绑定 {path}。")),
        (None, Some(_)) => Text::new(
            format!(
                "{host} never removed {path}{}. `close` does not: the file outlives its socket.",
                match when {
                    Some(When::BeforeBind) => " before `bind`",
                    Some(When::AtEnd) => " after it was used",
                    None => "",
                }
            ),
            format!(
                "{host} {}没有删除 {path}。`close` 不会删除它：文件比套接字活得更久。",
                match when {
                    Some(When::BeforeBind) => "在 `bind` 之前",
                    Some(When::AtEnd) => "用完之后",
                    None => "",
                }
            ),
        ),
    };
    Verdict::failed(bind.map(Act::seq), told)
}
