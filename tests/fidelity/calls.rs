//! Calls out of the text that strace(1) writes, in a form in which those of two runs can be compared.
//!
//! What is made equal, and why:
//!
//! | what | why |
//! | --- | --- |
//! | `3<socket:[303993]>` → `3` | strace's `-y`, which tells sockets from files; inodes differ from run to run |
//! | addresses in memory, `...` → `PTR` | they differ from run to run, and a trace does not look behind all of them |
//! | `SOCK_CLOEXEC\|SOCK_STREAM` | the order of flags means nothing |
//! | ports from 32768 on → `EPHEMERAL` | the kernel chooses them by chance |
//! | `pid=…` | differs from run to run |
//! | `0x4d /* SOCK_??? */` → `77` | an unknown number is a number |
//! | buffers in a vector → one string | a trace tells the bytes, not how they lay in memory |
//! | strings after 256 bytes | a trace keeps as many |
//! | `msg_namelen`, `msg_iovlen`, `msg_controllen`, `cmsg_len`, `cmsg_level` | lengths of what is there to be seen |
//! | `SO_RCVTIMEO_OLD, "\n\0…"`, `IP_MULTICAST_IF, [16777343]`, `IP_MULTICAST_TTL, "\3"` | strace shows bytes where a trace tells what they mean |
//! | `if_nametoindex("lo")` → `1`; groups as bytes, or without the number of the interface | a trace tells what they mean |
//! | the contents of `TCP_INFO` | counts microseconds |
//! | `left {tv_sec=…}` | how much of a time-out was left; differs from run to run, and the C library hides it |
//! | signal masks → `MASK`; `sigsetsize` | a trace tells that there is one; its size is the kernel's business |
//! | `O_RDONLY` in `F_SETFL` | is 0, and ignored |
//! | `(flags FD_CLOEXEC)` and the words after an error's name | strace's explanations |

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Bytes of a string that are compared.
const KEPT: usize = 256;
/// Numbers from here on are taken for addresses in memory.
const ADDRESSES: u64 = 1 << 24;
/// The kernel's ephemeral ports begin here (`ip_local_port_range`).
const EPHEMERAL: u16 = 32_768;

/// A call, ready to be compared.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) args: Vec<String>,
    pub(crate) result: String,
    /// Whether strace's `-y` says that the first argument is a socket.
    pub(crate) on_socket: bool,
}

impl Call {
    /// Whether it is a signal's delivery, and no call at all.
    pub(crate) fn is_signal(&self) -> bool {
        self.name.starts_with("SIG")
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}) = {}", self.name, self.args.join(", "), self.result)
    }
}

/// The calls of each thread, by its number, from lines that `split` parts into a thread's number and the rest.
pub(crate) fn parse<'a>(text: &'a str, split: impl Fn(&'a str) -> Option<(u32, &'a str)>) -> BTreeMap<u32, Vec<Call>> {
    let mut calls: BTreeMap<u32, Vec<Call>> = BTreeMap::new();
    let mut unfinished: BTreeMap<u32, String> = BTreeMap::new();
    for (thread, line) in text.lines().filter_map(split) {
        if let Some(begun) = line.strip_suffix("<unfinished ...>") {
            unfinished.insert(thread, begun.to_owned());
            continue;
        }
        let whole = match line.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            Some((_, rest)) => unfinished.remove(&thread).unwrap_or_default() + rest,
            None => line.to_owned(),
        };
        calls.entry(thread).or_default().extend(call(&whole));
    }
    calls
}

/// `name(arguments) = result`, or a signal's delivery; anything else, such as `+++ exited with 0 +++`, is no call.
fn call(line: &str) -> Option<Call> {
    // `--- SIGUSR1 {si_signo=SIGUSR1, …} ---`: its place among the calls is compared.
    if let Some((signal, _)) = line.strip_prefix("--- ").and_then(|rest| rest.split_once(' ')) {
        return Some(Call { name: signal.to_owned(), args: vec![], result: String::new(), on_socket: false });
    }
    let (name, rest) = line.split_once('(')?;
    if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return None;
    }
    let end = rest.len() - after_arguments(rest)?.len();
    let result = rest[end..].trim_start_matches(')').trim_start().strip_prefix("= ")?;
    let raw = top_level(&rest[..end]);
    let on_socket = raw.first().is_some_and(|arg| arg.contains("<socket:"));
    let mut args: Vec<String> = raw.iter().map(|arg| undecorated(arg)).collect();
    meaning(name, &mut args);
    let args = args.iter().map(|arg| canonical(arg)).collect();
    Some(Call { name: name.to_owned(), args, result: outcome(&undecorated(result)), on_socket })
}

/// What follows the arguments, from the closing parenthesis on.
fn after_arguments(text: &str) -> Option<&str> {
    let mut depth = 0;
    for (index, c) in outside_strings(text) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => return Some(&text[index..]),
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The characters of a text that are in no string.
fn outside_strings(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut inside, mut escaped) = (false, false);
    text.char_indices().filter(move |(_, c)| {
        let was_inside = inside;
        match c {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            _ => {}
        }
        !was_inside && *c != '"'
    })
}

/// The parts between commas that are in no bracket and no string.
fn top_level(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut parts) = (0, 0, Vec::new());
    for (index, c) in outside_strings(text) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[begin..index].trim());
                begin = index + 1;
            }
            _ => {}
        }
    }
    if !text[begin..].trim().is_empty() {
        parts.push(text[begin..].trim());
    }
    parts
}

/// Without what `-y` adds to descriptors, and without comments.
fn undecorated(text: &str) -> String {
    let mut plain = String::new();
    let (mut depth, mut from) = (0, 0);
    let mut before = ' ';
    for (index, c) in outside_strings(text) {
        match c {
            '<' if depth > 0 || before.is_ascii_alphanumeric() => {
                if depth == 0 {
                    plain.push_str(&text[from..index]);
                }
                depth += 1;
            }
            '>' if depth > 0 => {
                depth -= 1;
                from = index + 1;
            }
            _ => {}
        }
        before = c;
    }
    plain.push_str(&text[from..]);
    while let (Some(begin), Some(end)) = (plain.find(" /*"), plain.find("*/")) {
        plain.replace_range(begin..end + 2, "");
    }
    plain
}

/// Where strace and a trace say the same in different words.
fn meaning(name: &str, args: &mut Vec<String>) {
    match name {
        "setsockopt" | "getsockopt" if args.len() == 5 => option(args),
        "fcntl" if args.get(1).is_some_and(|op| op == "F_SETFL") => {
            args[2] = args[2].replace("O_RDONLY|", "").replace("O_RDONLY", "0");
        }
        "ppoll" | "epoll_pwait" | "epoll_pwait2" => {
            let mask = if name == "ppoll" { 3 } else { 4 };
            args.truncate(mask + 1);
            if args[mask] != "NULL" {
                args[mask] = "MASK".into();
            }
        }
        "restart_syscall" => args.clear(),
        // strace shows the family of an address for which there was no more room.
        "getsockname" if args[1] == "{sa_family=AF_INET}" => args[1] = "PTR".into(),
        _ => {}
    }
}

fn option(args: &mut [String]) {
    match args[2].as_str() {
        "SO_RCVTIMEO_OLD" | "SO_SNDTIMEO_OLD" => {
            args[2] = args[2].replace("_OLD", "");
            if let Some(bytes) = string(&args[3]) {
                let number = |at: usize| i64::from_ne_bytes(std::array::from_fn(|i| bytes[at + i]));
                args[3] = format!("{{tv_sec={}, tv_usec={}}}", number(0), number(8));
            }
        }
        "IP_MULTICAST_IF" => {
            if let Ok(number) = args[3].trim_matches(['[', ']']).parse::<u32>() {
                args[3] = Ipv4Addr::from(number.to_ne_bytes()).to_string();
            }
        }
        "IP_MULTICAST_TTL" => {
            if let Some(bytes) = string(&args[3]) {
                args[3] = format!("[{}]", bytes[0]);
            }
        }
        "TCP_INFO" => args[3] = "TCP_INFO".into(),
        name => {
            if let Some(group) = group(name, &args[3]) {
                args[3] = group;
            }
        }
    }
}

/// Groups, in the words of a trace: strace(1) has others for some forms, and bytes for the rest.
fn group(option: &str, arg: &str) -> Option<String> {
    const STORED: [usize; 2] = [8, 8 + 128];
    let stored = |bytes: &[u8], at: usize| match bytes.get(at)? {
        2 => Some(Ipv4Addr::from(*bytes.get(at + 4..)?.first_chunk::<4>()?).to_string()),
        _ => Some(Ipv6Addr::from(*bytes.get(at + 8..)?.first_chunk::<16>()?).to_string()),
    };
    let between = |from: &str, to: &str| Some(arg.split_once(from)?.1.split_once(to)?.0.to_owned());
    match option {
        "IP_BLOCK_SOURCE" | "IP_UNBLOCK_SOURCE" | "IP_ADD_SOURCE_MEMBERSHIP" | "IP_DROP_SOURCE_MEMBERSHIP" => {
            let bytes = string(arg)?;
            let [group, interface, source] = [0, 4, 8].map(|at| bytes.get(at..)?.first_chunk::<4>().copied());
            let [group, interface, source] = [group?, interface?, source?].map(Ipv4Addr::from);
            Some(format!("{{imr_multiaddr={group}, imr_interface={interface}, imr_sourceaddr={source}}}"))
        }
        // strace leaves out the number of the interface, which is lo's in the program.
        "IP_ADD_MEMBERSHIP" if arg.contains("imr_ifindex=1") => {
            Some(arg.replace("imr_address=", "imr_interface=").replace(", imr_ifindex=1", ""))
        }
        "IPV6_ADD_MEMBERSHIP" | "IPV6_DROP_MEMBERSHIP" if arg.contains("inet_pton") => {
            let group = between("AF_INET6, \"", "\"")?;
            Some(format!("{{ipv6mr_multiaddr={group}, ipv6mr_interface=1}}"))
        }
        "MCAST_JOIN_GROUP" | "MCAST_LEAVE_GROUP" if arg.contains("if_nametoindex(\"lo\")") => {
            let group = between("inet_addr(\"", "\"").or_else(|| between("AF_INET6, \"", "\""))?;
            Some(format!("{{gr_interface=1, gr_group={group}}}"))
        }
        "MCAST_BLOCK_SOURCE" | "MCAST_UNBLOCK_SOURCE" | "MCAST_JOIN_SOURCE_GROUP" | "MCAST_LEAVE_SOURCE_GROUP" => {
            let bytes = string(arg)?;
            let [group, source] = STORED.map(|at| stored(&bytes, at));
            Some(format!("{{gsr_interface={}, gsr_group={}, gsr_source={}}}", bytes.first()?, group?, source?))
        }
        _ => None,
    }
}

/// An argument or a result in the form in which it is compared.
fn canonical(arg: &str) -> String {
    if arg == "..." {
        return "PTR".to_owned();
    }
    if let Some(bytes) = string(arg).or_else(|| vector(arg)) {
        return format!("\"{}\"", bytes[..bytes.len().min(KEPT)].escape_ascii());
    }
    if let Some(inside) = arg.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return format!("{{{}}}", members(inside).join(", "));
    }
    if let Some(inside) = arg.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return format!("[{}]", top_level(inside).into_iter().map(canonical).collect::<Vec<_>>().join(", "));
    }
    if let Some(inside) = arg.strip_prefix("inet_addr(\"").and_then(|rest| rest.strip_suffix("\")")) {
        return inside.to_owned();
    }
    if let Some(port) = arg.strip_prefix("htons(").and_then(|rest| rest.strip_suffix(')')?.parse::<u16>().ok()) {
        return if port >= EPHEMERAL { "EPHEMERAL".to_owned() } else { port.to_string() };
    }
    if let Some(number) = arg.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok()) {
        return if number >= ADDRESSES { "PTR".to_owned() } else { number.to_string() };
    }
    if let Some((before, after)) = arg.split_once("=>").filter(|_| !arg.contains(['"', '{'])) {
        return format!("{} => {}", canonical(before.trim()), canonical(after.trim()));
    }
    if arg.contains('|') {
        let mut flags: Vec<String> = arg.split('|').map(canonical).collect();
        flags.sort();
        return flags.join("|");
    }
    arg.to_owned()
}

fn members(inside: &str) -> Vec<String> {
    const DROPPED: [&str; 5] = ["msg_namelen", "msg_iovlen", "msg_controllen", "cmsg_len", "cmsg_level"];
    let members = top_level(inside);
    let wide = members.iter().find_map(|member| member.strip_prefix("u64=")?.parse::<u64>().ok());
    // The lower half of an address is one too, however small it happens to be.
    let address = wide.is_some_and(|value| value >= ADDRESSES);
    members
        .into_iter()
        .filter_map(|member| match member.split_once('=') {
            Some((name, _)) if DROPPED.contains(&name) => None,
            Some(("pid", _)) => Some("pid=PID".to_owned()),
            Some(("u32" | "u64", value)) => {
                let value = value.parse::<u64>().ok()?;
                Some(if address || value >= ADDRESSES { "PTR".to_owned() } else { value.to_string() })
            }
            // No name was given, or none came back.
            Some(("msg_name", value)) if canonical(value) == "PTR" => Some("msg_name=NULL".to_owned()),
            Some((name, value)) if !name.contains(['{', '"', '(']) => Some(format!("{name}={}", canonical(value))),
            _ => Some(canonical(member)),
        })
        .collect()
}

/// The bytes of a string such as `"hello\n"...`.
fn string(text: &str) -> Option<Vec<u8>> {
    let inside = text.trim_end_matches("...").strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::new();
    let mut rest = inside.bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next()? {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'v' => bytes.push(0x0b),
            b'f' => bytes.push(0x0c),
            digit @ b'0'..=b'7' => {
                let mut number = u32::from(digit - b'0');
                for _ in 0..2 {
                    if let Some(digit) = rest.next_if(|next| (b'0'..=b'7').contains(next)) {
                        number = number * 8 + u32::from(digit - b'0');
                    }
                }
                bytes.push(u8::try_from(number).ok()?);
            }
            other => bytes.push(other),
        }
    }
    Some(bytes)
}

/// The bytes of `[{iov_base="one ", iov_len=4}, …]`.
fn vector(text: &str) -> Option<Vec<u8>> {
    let inside = text.strip_prefix("[{iov_base=")?;
    let mut bytes = Vec::new();
    for buffer in top_level(&format!("{{iov_base={}", inside.strip_suffix(']')?)) {
        let base = buffer.strip_prefix("{iov_base=")?.rsplit_once(", iov_len=")?.0;
        bytes.extend(string(base)?);
    }
    Some(bytes)
}

/// A result: a number, an error's name, what is ready.
fn outcome(text: &str) -> String {
    let text = text.trim();
    let (value, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = match value {
        "-1" | "?" => rest.split(' ').next().unwrap_or_default().to_owned(),
        _ if rest.starts_with("(flags") || rest.starts_with("(left") => String::new(),
        _ => rest.split(", left {").next().unwrap_or_default().trim_end_matches(')').to_owned(),
    };
    format!("{} {rest}", canonical(value)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> String {
        format!("{:?}", call(line).unwrap())
    }

    #[test]
    fn both_dialects_come_to_the_same() {
        let cases = [
            (
                r#"recvmsg(4<socket:[1]>, {msg_name=0x7fff46bcee90, msg_namelen=110 => 0, msg_iov=[{iov_base="ta", iov_len=2}, {iov_base="ke, \"", iov_len=9}], msg_iovlen=2, msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[8, 9]}], msg_controllen=24, msg_flags=0}, 0) = 7"#,
                r#"recvmsg(4, {msg_name=NULL, msg_iov=[{iov_base="take, \"", iov_len=7}], msg_control=[{cmsg_type=SCM_RIGHTS, cmsg_data=[8, 9]}], msg_flags=0}, 0) = 7"#,
            ),
            ("fcntl(4<socket:[1]>, F_GETFD) = 0x1 (flags FD_CLOEXEC)", "fcntl(4, F_GETFD) = 1"),
            (
                "socket(0x63 /* AF_??? */, SOCK_STREAM, 0) = -1 EAFNOSUPPORT (Address)",
                "socket(99, SOCK_STREAM, 0) = -1 EAFNOSUPPORT (x)",
            ),
            (
                "pselect6(4, [3<socket:[5]>], NULL, NULL, NULL, NULL) = 1 (in [3], left {tv_sec=5, tv_nsec=4})",
                "pselect6(4, [3], NULL, NULL, NULL, NULL) = 1 (in [3])",
            ),
        ];
        for (theirs, ours) in cases {
            assert_eq!(one(theirs), one(ours));
        }
    }

    #[test]
    fn differences_stay_different() {
        let cases = [
            ("close(3) = 0", "close(4) = 0"),
            (r#"sendto(3, "a", 1, 0, NULL, 0) = 1"#, r#"sendto(3, "b", 1, 0, NULL, 0) = 1"#),
            ("recvfrom(3, ..., 1, 0, NULL, NULL) = -1 EAGAIN (x)", "recvfrom(3, ..., 1, 0, NULL, NULL) = -1 EINTR (x)"),
            (
                "poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])",
                "poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLHUP}])",
            ),
            (
                "bind(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"1.2.3.4\")}, 16) = 0",
                "bind(3, {sa_family=AF_INET, sin_port=htons(81), sin_addr=inet_addr(\"1.2.3.4\")}, 16) = 0",
            ),
        ];
        for (one_line, other) in cases {
            assert_ne!(one(one_line), one(other));
        }
    }
}
