//! The words on calls and frames: names of calls, arguments, protocol words. No sentence, so no language.

use crate::bytes::Clipped;
use crate::event::call::{Address, Outcome, Value};
use crate::model::{Call, Ending, Frame};
use crate::syscall::Syscall;
use crate::wire::{ArpKind, Body, Flags, Relative, Segment, Transport};

/// How many characters of a program's text are shown.
pub(super) const TEXT: usize = 24;

/// How many where there is little room.
const BRIEF: usize = 8;

/// Bytes in quotation marks: as text where they are text, with escapes where not, at most `most` characters.
pub fn quoted(bytes: &Clipped, most: usize) -> String {
    let head = &bytes.head.0;
    // A character that was cut at the end of the head does not make text something else.
    let text = match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() && bytes.is_clipped() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    let escaped = match text {
        Some(text) => text.chars().fold(String::new(), |mut out, c| {
            if c.is_control() {
                out.extend(c.escape_default());
            } else {
                out.push(c);
            }
            out
        }),
        None => bytes.head.escaped(),
    };
    let cut = escaped.chars().count() > most || bytes.is_clipped();
    let shown: String = escaped.chars().take(most).collect();
    format!("“{shown}{}”", if cut { "…" } else { "" })
}

/// A call as its name and what matters of its arguments: `connect(192.168.1.4:18888)`, or in brief `connect(:18888)`.
pub(super) fn call(call: &Call, brief: bool) -> String {
    let name = call.syscall.name();
    let arg = |index: usize| call.args.get(index);
    let text = if brief { BRIEF } else { TEXT };
    match call.syscall {
        Syscall::Socket | Syscall::Socketpair => {
            let named = |index| match arg(index) {
                Some(Value::Named(name)) => name.split('|').next().unwrap_or_default(),
                _ => "",
            };
            match (named(0), named(1)) {
                _ if brief => format!("{name}()"),
                ("AF_INET", kind) => format!("{name}({kind})"),
                (family, kind) => format!("{name}({family}, {kind})"),
            }
        }
        Syscall::Bind | Syscall::Connect => match arg(1) {
            Some(Value::Address(address)) => format!("{name}({})", place(address, brief)),
            _ => format!("{name}()"),
        },
        Syscall::Listen => format!("{name}({})", arg(1).map(plain).unwrap_or_default()),
        Syscall::Accept | Syscall::Accept4 => "accept()".into(),
        // send(2) is sendto(2) without an address, recv(2) is recvfrom(2) without one; programs say send and recv.
        Syscall::Sendto => match (arg(1), arg(4)) {
            (Some(Value::Data(data)), Some(Value::Address(to))) => {
                format!("sendto({}, {})", quoted(data, text), place(to, brief))
            }
            (Some(Value::Data(data)), _) => format!("send({})", quoted(data, text)),
            _ => "send()".into(),
        },
        Syscall::Recvfrom => {
            let name = if arg(4) == Some(&Value::Null) { "recv" } else { name };
            format!("{name}({})", arg(2).map(plain).unwrap_or_default())
        }
        Syscall::Read | Syscall::Readv if call.reads_terminal() => format!("{name}(stdin)"),
        Syscall::Read | Syscall::Getsockopt => format!("{name}({})", arg(2).map(plain).unwrap_or_default()),
        Syscall::Write | Syscall::Writev | Syscall::Sendmsg => match arg(1) {
            Some(Value::Data(data) | Value::Message { data, .. }) => format!("{name}({})", quoted(data, text)),
            _ => format!("{name}()"),
        },
        Syscall::Close | Syscall::Dup => call.fd().map_or_else(|| format!("{name}()"), |fd| format!("{name}(fd {fd})")),
        Syscall::Shutdown | Syscall::Fcntl | Syscall::Ioctl => {
            format!("{name}({})", arg(1).map(plain).unwrap_or_default())
        }
        Syscall::Setsockopt => match (arg(2), arg(3)) {
            (Some(option), Some(value)) if !brief => format!("{name}({}, {})", plain(option), plain(value)),
            (Some(option), _) => format!("{name}({})", plain(option)),
            _ => format!("{name}()"),
        },
        Syscall::EpollCtl => match (arg(1), arg(2)) {
            (Some(op), Some(fd)) => format!("{name}({}, {})", plain(op).trim_start_matches("EPOLL_CTL_"), plain(fd)),
            _ => format!("{name}()"),
        },
        _ => format!("{name}()"),
    }
}

/// What a call returned: `→ fd 4`, `→ “hello”`, `ECONNREFUSED`; nothing while it is open or if it never returned.
///
/// `stream` says whether zero bytes mean that the peer has closed.
pub(super) fn result(call: &Call, stream: bool) -> Option<String> {
    let (_, Ending::Returned { outcome, made }) = call.ending? else { return None };
    let n = match outcome {
        Outcome::Failed(errno) => return Some(errno.to_string()),
        Outcome::Returned(n) => n,
    };
    let data = || match call.args.get(1) {
        Some(Value::Data(data) | Value::Message { data, .. }) if data.len > 0 => Some(quoted(data, TEXT)),
        _ => None,
    };
    let syscall = call.syscall;
    let makes_fd =
        matches!(syscall, Syscall::Dup | Syscall::Dup2 | Syscall::Dup3 | Syscall::EpollCreate | Syscall::EpollCreate1);
    Some(if (made.is_some() && syscall != Syscall::Socketpair) || makes_fd {
        format!("→ fd {n}")
    } else if syscall.receives() {
        match data() {
            _ if n == 0 && stream => "→ 0 EOF".into(),
            Some(text) if n > 0 => format!("→ {text}"),
            _ => format!("→ {n} B"),
        }
    } else if syscall.sends() {
        format!("→ {n} B")
    } else if syscall.waits_for_readiness() && n > 0 {
        let ready = ready(call);
        if ready.is_empty() { format!("→ {n}") } else { format!("→ {ready}") }
    } else {
        format!("→ {n}")
    })
}

/// The descriptors that a readiness call found ready.
fn ready(call: &Call) -> String {
    let mut names = vec![];
    for value in &call.args {
        match value {
            Value::FdSet(fds) => names.extend(fds.iter().map(|fd| format!("fd {fd}"))),
            Value::Polled(polled) => names
                .extend(polled.iter().filter(|p| !p.revents.is_empty()).map(|p| format!("fd {} {}", p.fd, p.revents))),
            _ => {}
        }
    }
    names.join(", ")
}

fn place(address: &Address, brief: bool) -> String {
    match address {
        Address::Inet(inet) if brief => format!(":{}", inet.port()),
        _ => address.to_string(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Int(n) => n.to_string(),
        Value::Fd(fd) => format!("fd {fd}"),
        Value::Named(name) | Value::Text(name) => name.clone(),
        Value::Address(address) => address.to_string(),
        Value::Data(data) => quoted(data, TEXT),
        _ => String::new(),
    }
}

/// What stands on an arrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OnArrow {
    /// What the frame is.
    pub(super) label: String,
    /// The same for little room.
    pub(super) short: String,
    /// Its numbers.
    pub(super) detail: String,
    /// Whether it tells of an error.
    pub(super) error: bool,
}

impl OnArrow {
    fn new(label: String, detail: String) -> Self {
        Self { short: label.clone(), label, detail, error: false }
    }
}

/// What a frame is, in the words that stand on its arrow: `PSH ACK “hello”`.
pub fn frame_label(frame: &Frame) -> String {
    self::frame(frame).label
}

/// The words on a frame's arrow.
pub(super) fn frame(frame: &Frame) -> OnArrow {
    let Some(packet) = &frame.packet else { return OnArrow::new(String::new(), bytes(frame.len)) };
    match &packet.body {
        Body::Arp(arp) => match arp.operation {
            ArpKind::Request => OnArrow::new(format!("ARP who has {}", arp.target), format!("tell {}", arp.sender)),
            ArpKind::Reply => OnArrow::new(format!("ARP {} is at", arp.sender), mac(arp.sender_mac)),
            ArpKind::Other(number) => OnArrow::new(format!("ARP {number}"), String::new()),
        },
        Body::Ip(_, Transport::Tcp(segment)) => tcp(segment, frame.relative),
        Body::Ip(_, Transport::Udp(udp)) => OnArrow {
            short: quoted(&udp.payload, BRIEF),
            ..OnArrow::new(
                format!("UDP {}", quoted(&udp.payload, TEXT)),
                format!("{} → {} · {}", udp.source_port, udp.destination_port, bytes(udp.payload.len)),
            )
        },
        Body::Ip(_, Transport::Icmp(icmp)) => {
            let name = icmp.name.map_or_else(|| format!("{} {}", icmp.kind, icmp.code), str::to_owned);
            let about = icmp.about.map_or(String::new(), |(_, destination)| destination.to_string());
            OnArrow { error: icmp.about.is_some(), ..OnArrow::new(format!("ICMP {name}"), about) }
        }
        Body::Ip(ip, Transport::Fragment(part)) => {
            let place = ip.fragment.map_or(String::new(), |fragment| {
                format!(" · offset {}{}", fragment.offset, if fragment.more { " · MF" } else { "" })
            });
            OnArrow::new(format!("IP fragment {:#06x}", ip.id), format!("{}{place}", bytes(part.len)))
        }
        Body::Ip(ip, Transport::Other(rest)) => OnArrow::new(format!("IP protocol {}", ip.protocol), bytes(rest.len)),
        Body::Other(rest) => OnArrow::new(format!("{:#06x}", packet.ethernet.ether_type), bytes(rest.len)),
    }
}

fn tcp(segment: &Segment, told: Option<Relative>) -> OnArrow {
    let flags = segment.flags.to_string();
    let Some(told) = told else { return OnArrow::new(flags, String::new()) };
    let flag = |flag| segment.flags.has(flag);
    let ack = told.ack.map(|ack| format!("ack {ack}"));
    let seq = Some(format!("seq {}", told.seq));
    let window = Some(format!("win {}", told.window));
    let data = segment.payload.len > 0;
    let parts = if flag(Flags::SYN) {
        [seq, ack, window]
    } else if data {
        [seq, Some(bytes(segment.payload.len)), None]
    } else if flag(Flags::FIN) || flag(Flags::RST) {
        [seq, ack, None]
    } else {
        [ack, window, None]
    };
    let detail = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let (label, short) = if data {
        (format!("{flags} {}", quoted(&segment.payload, TEXT)), quoted(&segment.payload, BRIEF))
    } else {
        (flags.clone(), flags)
    };
    OnArrow { label, short, detail, error: flag(Flags::RST) }
}

fn bytes(len: u64) -> String {
    format!("{len} B")
}

fn mac(address: [u8; 6]) -> String {
    address.map(|byte| format!("{byte:02x}")).join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Bytes;

    #[test]
    fn text_is_text_and_the_rest_is_escaped() {
        let show = |bytes: &[u8]| quoted(&Clipped::of(bytes, 64), 8);
        assert_eq!(show(b"hello"), "“hello”");
        assert_eq!(show("你好\n".as_bytes()), "“你好\\n”");
        assert_eq!(show(b"hello world"), "“hello wo…”");
        assert_eq!(show(&[0xff, 0x00]), "“\\xff\\x00”");
        assert_eq!(show(b""), "“”");
    }

    #[test]
    fn a_character_that_was_cut_is_left_out() {
        let cut = Clipped { head: Bytes("你好".as_bytes()[..5].to_vec()), len: 6 };
        assert_eq!(quoted(&cut, 8), "“你…”");
    }
}
