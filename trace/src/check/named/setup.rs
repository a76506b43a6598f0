//! How a program prepares its sockets, and which calls it makes.

use super::words::call_at;
use super::{Text, Verdict, no_host};
use crate::check::reading::{Act, Calls, Reading, address, argument, has_name};
use crate::event::call::{Address, Value};
use crate::syscall::Syscall;

/// A host's calls of one kind, in the order of entry.
fn calls<'a>(trace: &'a Reading<'_>, host: &str, which: Calls) -> Vec<&'a Act> {
    let hosts = trace.hosts(host);
    trace.acts.iter().filter(|act| hosts.contains(&act.host) && which.includes(&act.call)).collect()
}

fn local_port(trace: &Reading<'_>, act: &Act) -> Option<u16> {
    let states = trace.states.get(&act.call.socket?)?;
    states.iter().rev().find_map(|state| match &state.snapshot.local {
        Some(Address::Inet(address)) => Some(address.port()),
        _ => None,
    })
}

pub(super) fn listens(trace: &Reading<'_>, host: &str, port: Option<u16>, backlog: Option<i64>) -> Verdict {
    if trace.hosts(host).is_empty() {
        return no_host(host);
    }
    let all = calls(trace, host, Calls::One(Syscall::Listen));
    let Some(first) = all.iter().find(|act| act.result().is_some()) else {
        return match all.first() {
            Some(act) => failed_call(act),
            None => Verdict::failed(
                None,
                Text::new(
                    format!("{host} never called `listen`: its kernel refuses every connection."),
                    format!("{host} 没有调用 `listen`：内核会拒绝所有连接。"),
                ),
            ),
        };
    };
    let there = |act: &&&Act| act.result().is_some() && port.is_none_or(|port| local_port(trace, act) == Some(port));
    let Some(act) = all.iter().find(there) else {
        let (wanted, seen) = (port.unwrap_or(0), local_port(trace, first).unwrap_or(0));
        return Verdict::failed(
            first.seq(),
            Text::new(
                format!("{host} listens on port {seen}, not on {wanted}."),
                format!("{host} 监听的是端口 {seen}，而不是 {wanted}。"),
            ),
        );
    };
    let given = match argument(&act.call, "backlog") {
        Some(Value::Int(given)) => *given,
        _ => 0,
    };
    match backlog.filter(|least| given < *least) {
        Some(least) => Verdict::failed(
            act.seq(),
            Text::new(
                format!("The backlog is {given}; it should be at least {least}."),
                format!("backlog 是 {given}，要求至少为 {least}。"),
            ),
        ),
        None => Verdict::passed(
            act.seq(),
            Text::new(
                format!("{host} listens with backlog {given}."),
                format!("{host} 开始监听，backlog 为 {given}。"),
            ),
        ),
    }
}

pub(super) fn failed_call(act: &Act) -> Verdict {
    let (call, error) = (call_at(act), act.error().unwrap_or("?"));
    let meaning = match act.call.outcome() {
        Some(crate::event::call::Outcome::Failed(errno)) => errno.meaning(),
        _ => "",
    };
    Verdict::failed(
        act.seq(),
        Text::new(
            format!("{} failed with {error} ({meaning}).", capital(&call.en)),
            format!("{} 失败：{error}（{meaning}）。", call.zh),
        ),
    )
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

pub(super) fn binds(
    trace: &Reading<'_>,
    host: &str,
    addr: Option<&str>,
    port: Option<u16>,
    path: Option<&str>,
) -> Verdict {
    if trace.hosts(host).is_empty() {
        return no_host(host);
    }
    let all = calls(trace, host, Calls::One(Syscall::Bind));
    let is_it = |act: &&&Act| match address(&act.call) {
        Some(Address::Inet(to)) => {
            path.is_none()
                && addr.is_none_or(|addr| to.ip().to_string() == addr)
                && port.is_none_or(|port| to.port() == port)
        }
        Some(Address::Path(to)) => path.is_none_or(|path| to == path) && addr.is_none() && port.is_none(),
        _ => false,
    };
    let wanted = match (addr, port, path) {
        (_, _, Some(path)) => path.to_owned(),
        (Some(addr), Some(port), _) => format!("{addr}:{port}"),
        (Some(addr), None, _) => addr.to_owned(),
        (None, Some(port), _) => format!("port {port}"),
        (None, None, None) => "an address".to_owned(),
    };
    if let Some(act) = all.iter().find(|act| is_it(act) && act.result().is_some()) {
        let seen = address(&act.call).map(ToString::to_string).unwrap_or_default();
        let told = Text::new(format!("{host} bound {seen}."), format!("{host} 绑定了 {seen}。"));
        return Verdict::passed(act.seq(), told);
    }
    match (all.iter().find(is_it), all.iter().find(|act| act.result().is_some())) {
        (Some(act), _) => failed_call(act),
        (None, Some(act)) => {
            let seen = address(&act.call).map(ToString::to_string).unwrap_or_default();
            Verdict::failed(
                act.seq(),
                Text::new(
                    format!("{host} bound {seen}, not {wanted}."),
                    format!("{host} 绑定的是 {seen}，而不是 {wanted}。"),
                ),
            )
        }
        (None, None) => match all.first() {
            Some(act) => failed_call(act),
            None => Verdict::failed(
                None,
                Text::new(
                    format!("{host} never called `bind`; {wanted} was expected."),
                    format!("{host} 没有调用 `bind`；应当绑定 {wanted}。"),
                ),
            ),
        },
    }
}

pub(super) fn option(
    trace: &Reading<'_>,
    host: &str,
    option: &str,
    value: Option<i64>,
    before: Option<&str>,
) -> Verdict {
    if trace.hosts(host).is_empty() {
        return no_host(host);
    }
    let all = calls(trace, host, Calls::One(Syscall::Setsockopt));
    let sets = |act: &&&Act| has_name(argument(&act.call, "optname"), option) && act.result().is_some();
    let Some(act) = all.iter().find(sets) else {
        return Verdict::failed(
            all.last().map(|act| act.seq()),
            Text::new(format!("{host} never set {option}."), format!("{host} 没有设置 {option}。")),
        );
    };
    let given = match argument(&act.call, "optval") {
        Some(Value::Int(given)) => Some(*given),
        Some(Value::Named(name)) => name.parse().ok(),
        _ => None,
    };
    if let Some(value) = value
        && given != Some(value)
    {
        let seen = given.map_or_else(|| "?".to_owned(), |given| given.to_string());
        return Verdict::failed(
            act.seq(),
            Text::new(
                format!("{option} was set to {seen}, not to {value}."),
                format!("{option} 被设为 {seen}，而不是 {value}。"),
            ),
        );
    }
    let later = before.and_then(|name| Some((name, Calls::named(name)?))).and_then(|(name, which)| {
        let on_it = |other: &&&Act| other.call.socket == act.call.socket && other.entered < act.entered;
        calls(trace, host, which).iter().find(on_it).map(|other| (name, other.seq()))
    });
    match later {
        Some((name, _)) => Verdict::failed(
            act.seq(),
            Text::new(
                format!("{option} was set after `{name}`, which is too late."),
                format!("{option} 是在 `{name}` 之后才设置的，已经太晚。"),
            ),
        ),
        None => {
            Verdict::passed(act.seq(), Text::new(format!("{host} set {option}."), format!("{host} 设置了 {option}。")))
        }
    }
}

pub(super) fn uses(trace: &Reading<'_>, host: &str, call: &str, least: usize, most: Option<usize>) -> Verdict {
    if trace.hosts(host).is_empty() {
        return no_host(host);
    }
    let Some(which) = Calls::named(call) else {
        return Verdict::failed(
            None,
            Text::new(format!("There is no call `{call}`."), format!("没有 `{call}` 这个调用。")),
        );
    };
    let all = calls(trace, host, which);
    let seen = all.len();
    let at = |index: usize| all.get(index).map(|act| act.seq());
    if seen < least {
        let told = if seen == 0 {
            Text::new(format!("{host} never called `{call}`."), format!("{host} 没有调用 `{call}`。"))
        } else {
            Text::new(
                format!("{host} called `{call}` {seen} times; at least {least} are needed."),
                format!("{host} 调用了 {seen} 次 `{call}`，至少需要 {least} 次。"),
            )
        };
        return Verdict::failed(all.last().map(|act| act.seq()), told);
    }
    match most {
        Some(most) if seen > most => {
            let place = call_at(all[most]);
            let told = if most == 0 {
                Text::new(
                    format!("{host} called {}, which must not be used here.", place.en),
                    format!("{host} 调用了 {}，这里不应使用它。", place.zh),
                )
            } else {
                Text::new(
                    format!("{host} called `{call}` {seen} times; at most {most} are allowed."),
                    format!("{host} 调用了 {seen} 次 `{call}`，最多允许 {most} 次。"),
                )
            };
            Verdict::failed(at(most), told)
        }
        _ => Verdict::passed(
            at(0),
            match seen {
                0 => Text::new(format!("{host} never called `{call}`."), format!("{host} 没有调用 `{call}`。")),
                n => Text::new(format!("{host} called `{call}` {n} ×."), format!("{host} 调用了 {n} 次 `{call}`。")),
            },
        ),
    }
}
