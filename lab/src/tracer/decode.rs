//! From registers and memory to arguments with names and meaning.
//!
//! What the program passes in is read when the call is entered, what the kernel fills in when it has returned. A
//! program with several threads can change its memory in between; then the two may differ, and both are shown.

use std::time::Duration;

use libc::c_int;
use trace::bytes::{Bytes, Clipped};
use trace::errno::Errno;
use trace::event::call::{Argument, Polled, Value};
use trace::syscall::Syscall;

use super::{address, names};
use crate::sys::memory;
use crate::sys::ptrace::Tid;

/// How many bytes of a payload are kept.
pub(crate) const PREVIEW: usize = 256;
/// How many descriptors of a readiness call, and buffers of a vector, are looked at.
const MANY: usize = 64;
/// The largest `struct sockaddr`.
const ADDRESS: usize = 128;

/// A call's raw arguments in the memory of its thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw {
    pub(crate) tid: Tid,
    pub(crate) syscall: Syscall,
    pub(crate) args: [u64; 6],
}

impl Raw {
    /// An argument that the kernel takes as an int: the upper half of the register is whatever it is.
    pub(crate) fn int(&self, index: usize) -> c_int {
        let [a, b, c, d, ..] = self.args[index].to_le_bytes();
        c_int::from_le_bytes([a, b, c, d])
    }

    fn long(&self, index: usize) -> i64 {
        self.args[index].cast_signed()
    }

    fn read(&self, addr: u64, len: usize) -> Result<Vec<u8>, Value> {
        if addr == 0 {
            return Err(Value::Null);
        }
        let mut bytes = vec![0; len];
        match memory::read(self.tid, addr, &mut bytes) {
            Ok(read) => bytes.truncate(read),
            Err(error) => return Err(Value::Unreadable(Errno(error.raw_os_error().unwrap_or(0)))),
        }
        Ok(bytes)
    }

    fn word(&self, addr: u64) -> Option<u64> {
        let bytes = self.read(addr, 8).ok()?;
        bytes.first_chunk().map(|word| u64::from_ne_bytes(*word))
    }

    fn data(&self, addr: u64, len: u64) -> Value {
        if len == 0 {
            return Value::Data(Clipped::default());
        }
        let keep = usize::try_from(len).map_or(PREVIEW, |len| len.min(PREVIEW));
        self.read(addr, keep).map_or_else(|other| other, |head| Value::Data(Clipped { head: Bytes(head), len }))
    }

    fn address(&self, addr: u64, len: u64) -> Value {
        if addr == 0 {
            return Value::Null;
        }
        let len = usize::try_from(len).map_or(ADDRESS, |len| len.min(ADDRESS));
        match self.read(addr, len) {
            Ok(bytes) => address::parse(&bytes).map_or(Value::Pointer(addr), Value::Address),
            Err(other) => other,
        }
    }

    /// The address that the kernel wrote, with the length that it wrote beside it.
    fn filled_address(&self, addr: u64, len_addr: u64) -> Value {
        match self.read(len_addr, 4) {
            Ok(len) => match len.first_chunk() {
                // No bytes: recvfrom(2) on a connected stream tells no sender.
                Some([0, 0, 0, 0]) => Value::Null,
                Some(len) => self.address(addr, u64::from(u32::from_ne_bytes(*len))),
                None => Value::Unreadable(Errno(libc::EFAULT)),
            },
            Err(other) => other,
        }
    }

    fn text(&self, addr: u64) -> Value {
        match self.read(addr, 256) {
            Ok(bytes) => {
                let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
                Value::Text(String::from_utf8_lossy(&bytes[..end]).into_owned())
            }
            Err(other) => other,
        }
    }

    /// The bytes behind `count` buffers of a `struct iovec` array, of which `limit` in all are meant.
    fn vector(&self, addr: u64, count: u64, limit: u64) -> Clipped {
        let (mut head, mut len) = (Vec::new(), 0u64);
        for index in 0..count.min(MANY as u64) {
            let entry = addr.wrapping_add(index * 16);
            let (Some(base), Some(size)) = (self.word(entry), self.word(entry.wrapping_add(8))) else { break };
            let size = size.min(limit - len);
            let keep = usize::try_from(size).map_or(PREVIEW, |size| size.min(PREVIEW - head.len()));
            head.extend(self.read(base, keep).unwrap_or_default());
            len += size;
            if len == limit {
                break;
            }
        }
        Clipped { head: Bytes(head), len }
    }

    /// `struct msghdr`: name, namelen, iov, iovlen, control, controllen, flags.
    fn message(&self, addr: u64, limit: u64) -> Value {
        let Ok(header) = self.read(addr, 56) else { return Value::Pointer(addr) };
        let Some(header) = header.first_chunk::<56>() else { return Value::Pointer(addr) };
        let word = |at: usize| u64::from_ne_bytes(std::array::from_fn(|i| header[at + i]));
        let name_len = word(8) & u64::from(u32::MAX);
        let address = match self.address(word(0), name_len) {
            Value::Address(address) if name_len > 0 => Some(address),
            _ => None,
        };
        let control = self.control(word(32), word(40));
        Value::Message { address, data: self.vector(word(16), word(24), limit), control }
    }

    /// Control messages, cmsg(3): a length of 8 bytes, level and type of 4 each, then data.
    fn control(&self, addr: u64, len: u64) -> Vec<String> {
        let len = usize::try_from(len).unwrap_or(0).min(256);
        let bytes = if len == 0 { Vec::new() } else { self.read(addr, len).unwrap_or_default() };
        let mut rest = &bytes[..];
        let mut told = Vec::new();
        while let (Some(size), Some(&[a, b, c, d, e, f, g, h])) =
            (rest.first_chunk::<8>(), rest.get(8..).and_then(|rest| rest.first_chunk::<8>()))
        {
            let size = usize::try_from(u64::from_ne_bytes(*size)).unwrap_or(0);
            let Some(data) = rest.get(16..size) else { break };
            let (level, kind) = (c_int::from_ne_bytes([a, b, c, d]), c_int::from_ne_bytes([e, f, g, h]));
            told.push(match (level, kind) {
                (libc::SOL_SOCKET, libc::SCM_RIGHTS) => {
                    let fds = data.chunks_exact(4).map(|fd| c_int::from_ne_bytes([fd[0], fd[1], fd[2], fd[3]]));
                    format!("SCM_RIGHTS {:?}", fds.collect::<Vec<_>>())
                }
                (libc::SOL_SOCKET, libc::SCM_CREDENTIALS) => "SCM_CREDENTIALS".to_owned(),
                _ => format!("{} {kind}", names::level(level)),
            });
            rest = rest.get(size.next_multiple_of(8)..).unwrap_or_default();
        }
        told
    }

    fn fd_set(&self, addr: u64, nfds: c_int) -> Value {
        let nfds = usize::try_from(nfds).unwrap_or(0).min(1024);
        match self.read(addr, nfds.div_ceil(64) * 8) {
            Ok(bytes) => Value::FdSet(
                (0..nfds)
                    .filter(|fd| bytes.get(fd / 8).is_some_and(|byte| byte >> (fd % 8) & 1 == 1))
                    .filter_map(|fd| i32::try_from(fd).ok())
                    .collect(),
            ),
            Err(other) => other,
        }
    }

    fn poll_set(&self, addr: u64, count: u64, answered: bool) -> Value {
        let count = usize::try_from(count).unwrap_or(MANY).min(MANY);
        match self.read(addr, count * 8) {
            Ok(bytes) => Value::Polled(
                bytes
                    .chunks_exact(8)
                    .map(|entry| Polled {
                        fd: i32::from_ne_bytes([entry[0], entry[1], entry[2], entry[3]]),
                        events: names::poll(i16::from_ne_bytes([entry[4], entry[5]]).into()),
                        revents: match i16::from_ne_bytes([entry[6], entry[7]]) {
                            0 => String::new(),
                            _ if !answered => String::new(),
                            events => names::poll(events.into()),
                        },
                    })
                    .collect(),
            ),
            Err(other) => other,
        }
    }

    /// `struct epoll_event`: 32 bits of events and 64 of data, packed on x86-64 only.
    fn epoll_set(&self, addr: u64, count: usize, answered: bool) -> Value {
        let (size, data) = if cfg!(target_arch = "x86_64") { (12, 4) } else { (16, 8) };
        match self.read(addr, count.min(MANY) * size) {
            Ok(bytes) => Value::Polled(
                bytes
                    .chunks_exact(size)
                    .map(|entry| {
                        let names = names::epoll(c_int::from_ne_bytes([entry[0], entry[1], entry[2], entry[3]]));
                        let fd = i32::from_ne_bytes(std::array::from_fn(|i| entry[data + i]));
                        let (events, revents) = if answered { (String::new(), names) } else { (names, String::new()) };
                        Polled { fd, events, revents }
                    })
                    .collect(),
            ),
            Err(other) => other,
        }
    }

    /// A `struct timeval` or `struct timespec`, whose second number counts `unit` nanoseconds; null waits for ever.
    fn time(&self, addr: u64, unit: u32) -> Value {
        if addr == 0 {
            return Value::Timeout(None);
        }
        let (Some(seconds), Some(fraction)) = (self.word(addr), self.word(addr.wrapping_add(8))) else {
            return Value::Pointer(addr);
        };
        let fraction = u32::try_from(fraction).unwrap_or(0).saturating_mul(unit).min(999_999_999);
        Value::Timeout(Some(Duration::new(seconds, fraction)))
    }

    fn milliseconds(&self, index: usize) -> Value {
        Value::Timeout(u64::try_from(self.int(index)).ok().map(Duration::from_millis))
    }

    fn option_value(&self, addr: u64, len: u64) -> Value {
        match (len, self.read(addr, 4)) {
            (4, Ok(bytes)) if bytes.len() == 4 => {
                Value::Int(c_int::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]).into())
            }
            (4, Err(other)) => other,
            _ => self.data(addr, len),
        }
    }
}

/// The arguments of a call that is entered, in the order of [`Syscall::params`].
pub(crate) fn entered(raw: &Raw) -> Vec<Value> {
    use Syscall as S;
    use Value::{Fd, Int, Named, Pending};
    let fd = |index| Fd(raw.int(index));
    let a = &raw.args;
    let named = |name: String| Named(name);
    match raw.syscall {
        S::Socket | S::Socketpair => {
            let mut values = vec![
                named(names::domain(raw.int(0))),
                named(names::socket_type(raw.int(1))),
                named(names::protocol(raw.int(0), raw.int(2))),
            ];
            if raw.syscall == S::Socketpair {
                values.push(Pending);
            }
            values
        }
        S::Bind | S::Connect => vec![fd(0), raw.address(a[1], a[2]), Int(raw.int(2).into())],
        S::Listen => vec![fd(0), Int(raw.int(1).into())],
        S::Accept | S::Getsockname | S::Getpeername => vec![fd(0), pending(a[1]), pending(a[2])],
        S::Accept4 => vec![fd(0), pending(a[1]), pending(a[2]), named(names::accept_flags(raw.int(3)))],
        S::Sendto => vec![
            fd(0),
            raw.data(a[1], a[2]),
            Int(raw.long(2)),
            named(names::message_flags(raw.int(3))),
            raw.address(a[4], a[5]),
            Int(raw.int(5).into()),
        ],
        S::Recvfrom => vec![
            fd(0),
            pending(a[1]),
            Int(raw.long(2)),
            named(names::message_flags(raw.int(3))),
            pending(a[4]),
            pending(a[5]),
        ],
        S::Sendmsg => vec![fd(0), raw.message(a[1], u64::MAX), named(names::message_flags(raw.int(2)))],
        S::Recvmsg => vec![fd(0), pending(a[1]), named(names::message_flags(raw.int(2)))],
        S::Sendmmsg => {
            vec![fd(0), raw.message(a[1], u64::MAX), Int(raw.int(2).into()), named(names::message_flags(raw.int(3)))]
        }
        S::Recvmmsg => vec![
            fd(0),
            pending(a[1]),
            Int(raw.int(2).into()),
            named(names::message_flags(raw.int(3))),
            raw.time(a[4], 1),
        ],
        S::Shutdown => vec![fd(0), named(names::shutdown(raw.int(1)))],
        S::Setsockopt | S::Getsockopt => {
            let (value, len) = if raw.syscall == S::Setsockopt {
                (raw.option_value(a[3], a[4]), Int(raw.int(4).into()))
            } else {
                (pending(a[3]), pending(a[4]))
            };
            let (level, option) = (raw.int(1), raw.int(2));
            vec![fd(0), named(names::level(level)), named(names::option(level, option)), value, len]
        }
        S::Read => vec![fd(0), pending(a[1]), Int(raw.long(2))],
        S::Write => vec![fd(0), raw.data(a[1], a[2]), Int(raw.long(2))],
        S::Readv => vec![fd(0), pending(a[1]), Int(raw.int(2).into())],
        S::Writev => vec![fd(0), Value::Data(raw.vector(a[1], a[2], u64::MAX)), Int(raw.int(2).into())],
        S::Sendfile => vec![fd(0), fd(1), if a[2] == 0 { Value::Null } else { Value::Pointer(a[2]) }, Int(raw.long(3))],
        S::Close | S::Dup => vec![fd(0)],
        S::Dup2 => vec![fd(0), fd(1)],
        S::Dup3 => vec![fd(0), fd(1), named(names::status_flags(raw.int(2)))],
        S::Fcntl => {
            let flags = raw.int(1) == libc::F_SETFL;
            let arg = if flags { named(names::status_flags(raw.int(2))) } else { Int(raw.long(2)) };
            vec![fd(0), named(names::fcntl(raw.int(1))), arg]
        }
        S::Ioctl => {
            let request = names::ioctl(raw.int(1)).map_or_else(|| format!("{:#x}", a[1]), str::to_owned);
            vec![fd(0), named(request), raw.option_value(a[2], 4)]
        }
        S::Select | S::Pselect6 | S::Poll | S::Ppoll => readiness(raw),
        S::EpollCreate => vec![Int(raw.int(0).into())],
        S::EpollCreate1 => vec![named(names::status_flags(raw.int(0)))],
        S::EpollCtl => {
            let event = if a[3] == 0 { Value::Null } else { raw.epoll_set(a[3], 1, false) };
            vec![fd(0), named(names::epoll_operation(raw.int(1))), fd(2), event]
        }
        S::EpollWait => vec![fd(0), pending(a[1]), Int(raw.int(2).into()), raw.milliseconds(3)],
        S::EpollPwait => vec![fd(0), pending(a[1]), Int(raw.int(2).into()), raw.milliseconds(3), mask(a[4])],
        S::EpollPwait2 => vec![fd(0), pending(a[1]), Int(raw.int(2).into()), raw.time(a[3], 1), mask(a[4])],
        S::Unlink => vec![raw.text(a[0])],
        S::Unlinkat => vec![fd(0), raw.text(a[1]), Int(raw.int(2).into())],
    }
}

fn readiness(raw: &Raw) -> Vec<Value> {
    let a = &raw.args;
    let nfds = raw.int(0);
    match raw.syscall {
        Syscall::Poll => vec![raw.poll_set(a[0], a[1], false), Value::Int(raw.long(1)), raw.milliseconds(2)],
        Syscall::Ppoll => {
            vec![raw.poll_set(a[0], a[1], false), Value::Int(raw.long(1)), raw.time(a[2], 1), mask(a[3])]
        }
        _ => {
            let mut values = vec![Value::Int(nfds.into())];
            values.extend(a[1..4].iter().map(|set| raw.fd_set(*set, nfds)));
            // select(2) counts microseconds, pselect(2) nanoseconds.
            values.push(raw.time(a[4], if raw.syscall == Syscall::Select { 1_000 } else { 1 }));
            if raw.syscall == Syscall::Pselect6 {
                values.push(mask(a[5]));
            }
            values
        }
    }
}

/// What the kernel filled in, of a call that returned `value`.
pub(crate) fn returned(raw: &Raw, value: i64) -> Vec<Argument> {
    use Syscall as S;
    let a = &raw.args;
    let count = u64::try_from(value).unwrap_or(0);
    let filled = |values: Vec<(u8, Value)>| {
        values.into_iter().map(|(index, value)| Argument { index, value }).collect::<Vec<_>>()
    };
    match raw.syscall {
        S::Socketpair => {
            let pair = raw.read(a[3], 8).unwrap_or_default();
            let fds = pair.chunks_exact(4).map(|fd| i32::from_ne_bytes([fd[0], fd[1], fd[2], fd[3]]));
            filled(vec![(3, Value::FdSet(fds.collect()))])
        }
        S::Accept | S::Accept4 | S::Getsockname | S::Getpeername => filled(vec![(1, raw.filled_address(a[1], a[2]))]),
        S::Recvfrom => {
            let mut values = vec![(1, raw.data(a[1], count))];
            if a[4] != 0 {
                values.push((4, raw.filled_address(a[4], a[5])));
            }
            filled(values)
        }
        S::Read => filled(vec![(1, raw.data(a[1], count))]),
        S::Readv => filled(vec![(1, Value::Data(raw.vector(a[1], a[2], count)))]),
        S::Recvmsg => filled(vec![(1, raw.message(a[1], count))]),
        S::Recvmmsg => filled(vec![(1, raw.message(a[1], u64::MAX))]),
        S::Getsockopt => {
            let len = raw.read(a[4], 4).ok().and_then(|len| len.first_chunk().map(|len| u32::from_ne_bytes(*len)));
            filled(vec![(3, raw.option_value(a[3], len.map_or(4, u64::from)))])
        }
        S::Ioctl => filled(vec![(2, raw.option_value(a[2], 4))]),
        S::Poll | S::Ppoll => filled(vec![(0, raw.poll_set(a[0], a[1], true))]),
        S::Select | S::Pselect6 => {
            let nfds = raw.int(0);
            filled((1..4u8).map(|index| (index, raw.fd_set(a[usize::from(index)], nfds))).collect())
        }
        S::EpollWait | S::EpollPwait | S::EpollPwait2 => {
            let ready = usize::try_from(value).unwrap_or(0);
            filled(vec![(1, if ready == 0 { Value::Polled(vec![]) } else { raw.epoll_set(a[1], ready, true) })])
        }
        _ => Vec::new(),
    }
}

fn pending(addr: u64) -> Value {
    if addr == 0 { Value::Null } else { Value::Pending }
}

fn mask(addr: u64) -> Value {
    if addr == 0 { Value::Null } else { Value::Pointer(addr) }
}
