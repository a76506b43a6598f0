//! Full lists: what nobody told of is found, and what is no longer there.

use std::collections::BTreeSet;

use trace::event::Fact;

use super::{Place, Sockets, is_deaf};
use crate::kernel::diag::{Listed, Protocol, UnixListed};
use crate::kernel::probe::Copy;
use crate::recorder::Recorder;

impl Sockets {
    /// Full lists, with the state of everything that programs hold; what is neither listed nor held is gone.
    pub(in crate::kernel) fn settle(&mut self, recorder: &Recorder) {
        let (mut inet, mut unix) = (self.list_inet(), self.list_unix());
        let mut present = BTreeSet::new();
        // A socket that is neither bound nor connected is in no list.
        let mut unlisted: Vec<u64> = {
            let listed: BTreeSet<u64> =
                inet.iter().map(|(_, listed)| listed.cookie).chain(unix.iter().map(|listed| listed.cookie)).collect();
            self.known.keys().filter(|cookie| !listed.contains(cookie)).copied().collect()
        };
        // First by the descriptors that are known, then by those that have to be searched for.
        for searched in [false, true] {
            inet.retain(|(_, listed)| !self.held(recorder, listed.cookie, Some(listed), &mut present));
            unix.retain(|listed| !self.held(recorder, listed.cookie, None, &mut present));
            unlisted.retain(|cookie| !self.held(recorder, *cookie, None, &mut present));
            let lost: BTreeSet<u64> = inet
                .iter()
                .map(|(_, listed)| u64::from(listed.inode))
                .chain(unix.iter().map(|listed| u64::from(listed.inode)))
                .chain(unlisted.iter().filter_map(|cookie| self.known.get(cookie)).map(|known| known.inode))
                .filter(|inode| *inode != 0)
                .collect();
            if searched || lost.is_empty() {
                break;
            }
            for (place, copy) in self.places_of(&lost) {
                present.insert(copy.cookie);
                self.note_held(recorder, &copy, place, None);
            }
        }
        for (protocol, listed) in &inet {
            present.insert(listed.cookie);
            self.note_listed(recorder, *protocol, listed);
        }
        for listed in &unix {
            // Others' sockets are not a program's: only what waits for a program's accept(2) is held by nobody.
            if listed.inode == 0 || self.known.contains_key(&listed.cookie) {
                present.insert(listed.cookie);
                self.note_unix(recorder, listed);
            }
        }
        self.known.retain(|cookie, known| {
            let stays = present.contains(cookie);
            if !stays {
                recorder.tell(Fact::SocketGone { socket: known.id });
            }
            stays
        });
        self.flows.retain(|_, cookie| present.contains(cookie));
        let instances = self.epolls.all(None);
        self.read_epolls(recorder, &instances);
    }

    /// Notes a socket by its descriptor, if a program holds it.
    fn held(&mut self, recorder: &Recorder, cookie: u64, listed: Option<&Listed>, present: &mut BTreeSet<u64>) -> bool {
        if present.contains(&cookie) {
            return true;
        }
        let Some((copy, place)) = self.copy(cookie) else { return false };
        self.note_held(recorder, &copy, place, listed);
        present.insert(cookie)
    }

    fn list_inet(&mut self) -> Vec<(Protocol, Listed)> {
        let mut all = Vec::new();
        for protocol in [Protocol::Tcp, Protocol::Udp] {
            if let Err(error) = self.diag.list(protocol, |listed| all.push((protocol, listed))) {
                is_deaf(&error);
            }
        }
        all
    }

    fn list_unix(&mut self) -> Vec<UnixListed> {
        let mut all = Vec::new();
        if let Err(error) = self.diag.list_unix(|listed| all.push(listed)) {
            is_deaf(&error);
        }
        all
    }

    /// The processes' descriptors of sockets with these inodes.
    fn places_of(&self, wanted: &BTreeSet<u64>) -> Vec<(Place, Copy)> {
        let mut found = Vec::new();
        for (process, pidfd) in &self.processes {
            let Ok(fds) = std::fs::read_dir(format!("/proc/{process}/fd")) else { continue };
            for entry in fds.flatten() {
                let Ok(target) = std::fs::read_link(entry.path()) else { continue };
                let inode =
                    target.to_str().and_then(|text| text.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
                let fd = entry.file_name().to_str().and_then(|name| name.parse().ok());
                if let (Some(inode), Some(fd)) = (inode, fd)
                    && wanted.contains(&inode)
                    && let Some(copy) = Copy::of(pidfd, fd)
                {
                    found.push((Place { process: *process, fd }, copy));
                }
            }
        }
        found
    }
}
