//! Arguments as strace(1) writes them, which depends on the call and on the argument's place in it.

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

use crate::bytes::{Bytes, Clipped};
use crate::event::call::{Address, Argument, Polled, Value};
use crate::syscall::Syscall;

/// An argument, with what the kernel made of it.
pub(super) fn argument(syscall: Syscall, index: usize, entered: &Value, filled: Option<&Value>) -> String {
    use Syscall as S;
    let value = filled.unwrap_or(entered);
    match (syscall, index, value) {
        // A length or an offset that the kernel changed.
        (S::Accept | S::Accept4 | S::Getsockname | S::Getpeername, 2, Value::Int(after))
        | (S::Recvfrom, 5, Value::Int(after))
        | (S::Getsockopt, 4, Value::Int(after)) => match entered {
            Value::Int(before) if before != after => format!("[{before} => {after}]"),
            _ => format!("[{after}]"),
        },
        (S::Sendfile, 2, Value::Int(after)) => match (entered, filled) {
            (Value::Int(before), Some(_)) => format!("[{before}] => [{after}]"),
            _ => format!("[{after}]"),
        },
        (S::Setsockopt | S::Getsockopt, 1, Value::Named(level)) => level.replace("IPPROTO_", "SOL_"),
        (S::Setsockopt | S::Getsockopt, 3, Value::Int(number)) | (S::Ioctl, 2, Value::Int(number)) => {
            format!("[{number}]")
        }
        (S::Setsockopt | S::Getsockopt, 3, Value::Timeout(time)) => timeval(time.unwrap_or_default()),
        (S::Socketpair, 3, Value::FdSet(fds)) => {
            format!("[{}]", fds.iter().map(i32::to_string).collect::<Vec<_>>().join(", "))
        }
        // There was room for an address, and there is none.
        (_, _, Value::Null) if *entered != Value::Null => "...".to_owned(),
        // What is ready is told beside the result.
        (S::Select | S::Pselect6, 1..=3, _) | (S::Poll | S::Ppoll, 0, _) => plain(entered),
        (S::EpollCtl, 3, Value::Polled(events)) => events.iter().map(epoll_event).collect(),
        (S::EpollWait | S::EpollPwait | S::EpollPwait2, 1, Value::Polled(events)) => {
            format!("[{}]", events.iter().map(epoll_event).collect::<Vec<_>>().join(", "))
        }
        (S::Poll, 2, Value::Timeout(time)) | (S::EpollWait | S::EpollPwait, 3, Value::Timeout(time)) => {
            time.map_or_else(|| "-1".to_owned(), |time| time.as_millis().to_string())
        }
        (S::Select, 4, Value::Timeout(Some(time))) => timeval(*time),
        (_, _, Value::Timeout(Some(time))) => {
            format!("{{tv_sec={}, tv_nsec={}}}", time.as_secs(), time.subsec_nanos())
        }
        _ => plain(value),
    }
}

/// What a readiness call found, in parentheses after its result.
pub(super) fn ready(syscall: Syscall, result: i64, filled: &[Argument]) -> String {
    let sets = matches!(syscall, Syscall::Select | Syscall::Pselect6);
    if !sets && !matches!(syscall, Syscall::Poll | Syscall::Ppoll) {
        return String::new();
    }
    if result == 0 {
        return " (Timeout)".to_owned();
    }
    let mut told = Vec::new();
    for Argument { index, value } in filled {
        match value {
            Value::FdSet(fds) if sets && !fds.is_empty() => {
                let name = ["in", "out", "except"].get(usize::from(*index).wrapping_sub(1)).unwrap_or(&"");
                told.push(format!("{name} {}", plain(value)));
            }
            Value::Polled(polled) => {
                let ready = polled.iter().filter(|polled| !polled.revents.is_empty());
                let each = ready.map(|Polled { fd, revents, .. }| format!("{{fd={fd}, revents={revents}}}"));
                told.push(format!("[{}]", each.collect::<Vec<_>>().join(", ")));
            }
            _ => {}
        }
    }
    format!(" ({})", told.join(", "))
}

fn plain(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Fd(fd) => fd.to_string(),
        Value::Named(names) => names.clone(),
        Value::Address(address) => sockaddr(address),
        Value::Data(data) => quoted(data),
        Value::Text(text) => format!("\"{}\"", escaped(text.as_bytes())),
        Value::FdSet(fds) => format!("[{}]", fds.iter().map(i32::to_string).collect::<Vec<_>>().join(" ")),
        Value::Polled(polled) => {
            let each = polled.iter().map(|Polled { fd, events, .. }| format!("{{fd={fd}, events={events}}}"));
            format!("[{}]", each.collect::<Vec<_>>().join(", "))
        }
        Value::Timeout(None) | Value::Null => "NULL".to_owned(),
        Value::Timeout(Some(time)) => timeval(*time),
        Value::Message { address, data, control, flags } => message(address.as_ref(), data, control, flags),
        Value::Messages(messages) => {
            let each = messages.iter().map(|message| match message {
                Value::Message { data, .. } => format!("{{msg_hdr={}, msg_len={}}}", plain(message), data.len),
                other => plain(other),
            });
            format!("[{}]", each.collect::<Vec<_>>().join(", "))
        }
        Value::Pointer(address) => format!("{address:#x}"),
        Value::Pending | Value::Unreadable(_) | Value::Changed => "...".to_owned(),
    }
}

/// A `struct msghdr`. How the bytes lay in several buffers is not told, so they are in one.
fn message(address: Option<&Address>, data: &Clipped, control: &[String], flags: &str) -> String {
    let mut text = format!("{{msg_name={}", address.map_or_else(|| "NULL".to_owned(), sockaddr));
    write!(text, ", msg_iov=[{{iov_base={}, iov_len={}}}]", quoted(data), data.len).expect("a String takes all");
    if !control.is_empty() {
        let each = control.iter().map(|control| {
            let (kind, data) = control.split_once(' ').unwrap_or((control, ""));
            format!("{{cmsg_type={kind}, cmsg_data={data}}}")
        });
        write!(text, ", msg_control=[{}]", each.collect::<Vec<_>>().join(", ")).expect("a String takes all");
    }
    let flags = if flags.is_empty() { "0" } else { flags };
    write!(text, ", msg_flags={flags}}}").expect("a String takes all");
    text
}

fn epoll_event(polled: &Polled) -> String {
    let Polled { data, events, revents, .. } = polled;
    let events = if revents.is_empty() { events } else { revents };
    format!("{{events={events}, data={{u32={}, u64={data}}}}}", data & u64::from(u32::MAX))
}

fn timeval(time: Duration) -> String {
    format!("{{tv_sec={}, tv_usec={}}}", time.as_secs(), time.subsec_micros())
}

fn sockaddr(address: &Address) -> String {
    let inside = match address {
        Address::Inet(SocketAddr::V4(addr)) => {
            format!("AF_INET, sin_port=htons({}), sin_addr=inet_addr(\"{}\")", addr.port(), addr.ip())
        }
        Address::Inet(SocketAddr::V6(addr)) => format!(
            "AF_INET6, sin6_port=htons({}), sin6_flowinfo=htonl({}), inet_pton(AF_INET6, \"{}\", &sin6_addr), \
             sin6_scope_id={}",
            addr.port(),
            addr.flowinfo(),
            addr.ip(),
            addr.scope_id()
        ),
        Address::Path(path) => format!("AF_UNIX, sun_path=\"{}\"", escaped(path.as_bytes())),
        Address::Abstract(name) => format!("AF_UNIX, sun_path=@\"{}\"", escaped(&name.0)),
        Address::Unnamed => "AF_UNIX".to_owned(),
        Address::Other(0, Bytes(bytes)) => format!("AF_UNSPEC, sa_data=\"{}\"", escaped(bytes)),
        Address::Other(family, Bytes(bytes)) => format!("{family:#x}, sa_data=\"{}\"", escaped(bytes)),
    };
    format!("{{sa_family={inside}}}")
}

fn quoted(data: &Clipped) -> String {
    let more = if data.is_clipped() { "..." } else { "" };
    format!("\"{}\"{more}", escaped(&data.head.0))
}

/// Bytes as strace(1) and C have them: octal, as short as the next character allows.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\x0c' => text.push_str("\\f"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'\x0b' => text.push_str("\\v"),
            b' '..=b'~' => text.push(char::from(*byte)),
            _ if bytes.get(index + 1).is_some_and(u8::is_ascii_digit) => {
                write!(text, "\\{byte:03o}").expect("a String takes all");
            }
            _ => write!(text, "\\{byte:o}").expect("a String takes all"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_escaped_as_in_c() {
        assert_eq!(escaped(b"a \"b\"\\\n\0\x01\x7f\xff"), r#"a \"b\"\\\n\0\1\177\377"#);
        assert_eq!(escaped(b"\x001\0a\x0b\x0c"), r"\0001\0a\v\f");
    }

    #[test]
    fn an_argument_is_written_as_its_place_demands() {
        let length =
            |before: i64, after: i64| argument(Syscall::Accept, 2, &Value::Int(before), Some(&Value::Int(after)));
        assert_eq!((length(128, 16), length(16, 16)), ("[128 => 16]".into(), "[16]".into()));
        let half = Value::Timeout(Some(Duration::from_millis(500)));
        assert_eq!(argument(Syscall::Poll, 2, &half, None), "500");
        assert_eq!(argument(Syscall::Poll, 2, &Value::Timeout(None), None), "-1");
        assert_eq!(argument(Syscall::Select, 4, &half, None), "{tv_sec=0, tv_usec=500000}");
        assert_eq!(argument(Syscall::Pselect6, 4, &half, None), "{tv_sec=0, tv_nsec=500000000}");
        assert_eq!(argument(Syscall::Select, 4, &Value::Timeout(None), None), "NULL");
        let level = Value::Named("IPPROTO_TCP".into());
        assert_eq!(argument(Syscall::Setsockopt, 1, &level, None), "SOL_TCP");
        assert_eq!(argument(Syscall::Socket, 2, &level, None), "IPPROTO_TCP");
    }
}
