//! Phrases that several checks tell with.

use crate::check::Text;
use crate::check::reading::{Act, Reading};
use crate::event::call::Value;
use crate::time::Readable;

/// `recv` in lessons is recvfrom(2) to the kernel: a call by the name that a learner knows it by.
pub(super) fn call_name(act: &Act) -> &'static str {
    use crate::syscall::Syscall;
    match act.call.syscall {
        Syscall::Recvfrom => "recv",
        Syscall::Sendto => "send",
        Syscall::Accept4 => "accept",
        Syscall::Pselect6 => "select",
        Syscall::Ppoll => "poll",
        Syscall::EpollPwait | Syscall::EpollPwait2 => "epoll_wait",
        other => other.name(),
    }
}

/// `recv` in line 9 of server.py.
pub(super) fn call_at(act: &Act) -> Text {
    let name = call_name(act);
    match &act.call.place {
        Some(place) => Text::new(
            format!("`{name}` on line {} of {}", place.line, place.file),
            format!("{} 第 {} 行的 `{name}`", place.file, place.line),
        ),
        None => Text::new(format!("`{name}`"), format!("`{name}`")),
    }
}

/// What an unfinished call waits for.
pub(super) fn stuck(act: &Act, trace: &Reading<'_>) -> Text {
    let call = call_at(act);
    let time = Readable(act.lasted(trace));
    if act.call.reads_terminal() {
        return Text::new("It waits for somebody to type.", "它在等人输入。");
    }
    if act.call.args.iter().any(|value| matches!(value, Value::Timeout(Some(_)))) {
        return Text::new(
            format!("It was waiting in {} when the run ended.", call.en),
            format!("运行结束时它正在 {} 中等待。", call.zh),
        );
    }
    Text::new(
        format!("It is blocked in {} (for {time} when the run ended): nothing wakes it.", call.en),
        format!("它阻塞在 {}（到运行结束时已有 {time}）：没有任何事情会唤醒它。", call.zh),
    )
}

/// So many bytes.
pub(super) fn bytes(n: u64) -> Text {
    let unit = if n == 1 { "byte" } else { "bytes" };
    Text::new(format!("{n} {unit}"), format!("{n} 字节"))
}
