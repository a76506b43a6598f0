//! Descriptors and what they are ready for: select(2), poll(2), epoll(7).

use std::fs;

use libc::c_int;
use trace::event::call::{Polled, Value};

use super::raw::Raw;
use crate::sys::ptrace::Tid;
use crate::tracer::names;

/// How many descriptors are looked at.
const MANY: usize = 64;

impl Raw {
    pub(super) fn fd_set(&self, addr: u64, nfds: c_int) -> Value {
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

    /// An array of `struct pollfd`.
    pub(super) fn poll_set(&self, addr: u64, count: u64, answered: bool) -> Value {
        let count = usize::try_from(count).unwrap_or(MANY).min(MANY);
        match self.read(addr, count * 8) {
            Ok(bytes) => Value::Polled(
                bytes
                    .chunks_exact(8)
                    .map(|entry| Polled {
                        fd: i32::from_ne_bytes([entry[0], entry[1], entry[2], entry[3]]),
                        data: 0,
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

    /// What epoll_ctl(2) asks for a descriptor.
    pub(super) fn epoll_request(&self, addr: u64, fd: i32) -> Value {
        if self.int(1) == libc::EPOLL_CTL_DEL {
            // epoll_ctl(2): ignored, and often not even initialised.
            return if addr == 0 { Value::Null } else { Value::Pointer(addr) };
        }
        self.epoll_events(addr, 1, |data, events| Polled { fd, data, events, revents: String::new() })
    }

    /// What epoll_wait(2) answered.
    pub(super) fn epoll_answer(&self, addr: u64, count: usize) -> Value {
        let watched = if count == 0 { Vec::new() } else { watched(self.tid, self.int(0)) };
        self.epoll_events(addr, count, |data, revents| {
            let mut fds = watched.iter().filter(|watch| watch.data == data).map(|watch| watch.fd);
            let fd = match (fds.next(), fds.next()) {
                (Some(fd), None) => fd,
                _ => Polled::UNKNOWN,
            };
            Polled { fd, data, events: String::new(), revents }
        })
    }

    /// An array of `struct epoll_event`: 32 bits of events and 64 of data, packed on x86-64 only.
    fn epoll_events(&self, addr: u64, count: usize, entry: impl Fn(u64, String) -> Polled) -> Value {
        let (size, data) = if cfg!(target_arch = "x86_64") { (12, 4) } else { (16, 8) };
        if count == 0 {
            return Value::Polled(Vec::new());
        }
        match self.read(addr, count.min(MANY) * size) {
            Ok(bytes) => Value::Polled(
                bytes
                    .chunks_exact(size)
                    .map(|bytes| {
                        let events = names::epoll(c_int::from_ne_bytes(std::array::from_fn(|i| bytes[i])));
                        entry(u64::from_ne_bytes(std::array::from_fn(|i| bytes[data + i])), events)
                    })
                    .collect(),
            ),
            Err(other) => other,
        }
    }
}

/// A descriptor that an epoll instance watches.
#[derive(Debug, PartialEq, Eq)]
struct Watch {
    fd: i32,
    data: u64,
}

/// What an epoll instance watches, by the kernel's own list (proc(5)). What the program registered as data may be
/// anything, so only this tells which descriptor an event is about.
fn watched(tid: Tid, epoll: i32) -> Vec<Watch> {
    fs::read_to_string(format!("/proc/{tid}/fdinfo/{epoll}")).map_or_else(|_| Vec::new(), |info| parse(&info))
}

fn parse(info: &str) -> Vec<Watch> {
    let watch = |line: &str| {
        let mut words = line.strip_prefix("tfd:")?.split_whitespace();
        let fd = words.next()?.parse().ok()?;
        let data = words.skip_while(|word| *word != "data:").nth(1)?;
        Some(Watch { fd, data: u64::from_str_radix(data, 16).ok()? })
    };
    info.lines().filter_map(watch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;

    #[test]
    fn the_kernels_list_is_read() {
        let epoll = rustix::event::epoll::create(rustix::event::epoll::CreateFlags::CLOEXEC).unwrap();
        let (read, write) = rustix::pipe::pipe().unwrap();
        for (fd, data) in [(&read, 7), (&write, u64::MAX)] {
            let data = rustix::event::epoll::EventData::new_u64(data);
            rustix::event::epoll::add(&epoll, fd, data, rustix::event::epoll::EventFlags::IN).unwrap();
        }
        let mut list = watched(Tid::try_from(std::process::id()).unwrap(), epoll.as_raw_fd());
        list.sort_by_key(|watch| watch.data);
        let expected = [Watch { fd: read.as_raw_fd(), data: 7 }, Watch { fd: write.as_raw_fd(), data: u64::MAX }];
        assert_eq!(list, expected);
    }

    #[test]
    fn other_text_is_no_list() {
        assert_eq!(parse("pos:\t0\ntfd: x\ntfd: 5 events: 1\n"), []);
    }
}
