//! What epoll instances watch, by the kernel's own list: `/proc/PID/fdinfo/FD`, proc(5).

use std::collections::BTreeMap;

use trace::event::Fact;
use trace::event::socket::Interest;
use trace::id::{ProcessId, SocketId};

use crate::recorder::Recorder;
use crate::sys::ptrace::Tid;

/// The instances of a host's processes, as they were told last.
#[derive(Debug, Default)]
pub(super) struct Epolls {
    told: BTreeMap<(Tid, i32), (ProcessId, Vec<Interest>)>,
}

impl Epolls {
    /// Reads an instance's list, and tells it if it is different. `socket` knows sockets by their inodes.
    pub(super) fn read(
        &mut self,
        recorder: &Recorder,
        (tgid, process, epfd): (Tid, ProcessId, i32),
        socket: impl Fn(u64) -> Option<SocketId>,
    ) {
        let list = std::fs::read_to_string(format!("/proc/{tgid}/fdinfo/{epfd}")).ok();
        let list = list.as_deref().map_or_else(Vec::new, |info| parse(info, socket));
        let told = self.told.get(&(tgid, epfd)).map_or(&[][..], |(_, told)| told);
        if list == told {
            return;
        }
        recorder.tell(Fact::EpollChanged { process, epfd, interest: list.clone() });
        if list.is_empty() {
            self.told.remove(&(tgid, epfd));
        } else {
            self.told.insert((tgid, epfd), (process, list));
        }
    }

    /// Whether a wait can change an instance's list: it puts one-shots to sleep.
    pub(super) fn has_one_shots(&self, tgid: Tid, epfd: i32) -> bool {
        self.told.get(&(tgid, epfd)).is_some_and(|(_, list)| list.iter().any(Interest::is_one_shot))
    }

    /// The instances that watch anything: of one process, or of all.
    pub(super) fn all(&self, of: Option<Tid>) -> Vec<(Tid, ProcessId, i32)> {
        let wanted = self.told.iter().filter(|((tgid, _), _)| of.is_none_or(|of| of == *tgid));
        wanted.map(|((tgid, epfd), (process, _))| (*tgid, *process, *epfd)).collect()
    }

    /// A process ended.
    pub(super) fn forget(&mut self, tgid: Tid) {
        self.told.retain(|(of, _), _| *of != tgid);
    }
}

/// The lines `tfd: 4 events: 19 data: 4 pos:0 ino:5d3 sdev:9`, by descriptor.
fn parse(info: &str, socket: impl Fn(u64) -> Option<SocketId>) -> Vec<Interest> {
    let interest = |line: &str| {
        let rest = line.strip_prefix("tfd:")?;
        let hex = |name: &str| {
            let value = rest.split_once(name)?.1.split_whitespace().next()?;
            u64::from_str_radix(value, 16).ok()
        };
        Some(Interest {
            fd: rest.split_whitespace().next()?.parse().ok()?,
            socket: hex("ino:").and_then(&socket),
            events: u32::try_from(hex("events:")?).ok()?,
            data: hex("data:")?,
        })
    };
    let mut list: Vec<_> = info.lines().filter_map(interest).collect();
    list.sort_by_key(|interest| (interest.fd, interest.data));
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_kernels_list_is_read() {
        let info = "pos:\t0\nflags:\t02\ntfd:        4 events: 80000019 data:                4  pos:0 ino:5d3 sdev:9\n";
        let list = parse(info, |inode| (inode == 0x5d3).then_some(SocketId(7)));
        assert_eq!(list, [Interest { fd: 4, socket: Some(SocketId(7)), events: 0x8000_0019, data: 4 }]);
    }

    proptest! {
        #[test]
        fn any_list_comes_back(all in prop::collection::btree_map(0i32..1000, (any::<u32>(), any::<u64>()), 0..20)) {
            let lines = all.iter().rev().map(|(fd, (events, data))| {
                format!("tfd: {fd:8} events: {events:8x} data: {data:16x}  pos:0 ino:{fd:x} sdev:9\n")
            });
            let expected: Vec<_> = all.iter().map(|(&fd, &(events, data))| {
                Interest { fd, socket: u32::try_from(fd).ok().map(SocketId), events, data }
            }).collect();
            let found = parse(&lines.collect::<String>(), |inode| u32::try_from(inode).ok().map(SocketId));
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn garbage_never_panics(text in "(tfd:|events:|data:|[0-9a-f ]|\n)*") {
            prop_assert!(parse(&text, |_| None).len() <= text.matches("tfd:").count());
        }
    }
}
