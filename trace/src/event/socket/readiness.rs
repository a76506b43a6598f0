//! What a descriptor is ready for, and what epoll(7) was told to watch.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::SocketId;

/// What poll(2) says of a socket, asked for everything: bits of `POLLIN` and its kin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Readiness(u16);

impl Readiness {
    /// `POLLIN`: recv(2) or accept(2) would not block; that may be because there is an error or the end to be told.
    pub const READABLE: Self = Self(0x1);
    /// `POLLPRI`: urgent data.
    pub const URGENT: Self = Self(0x2);
    /// `POLLOUT`: send(2) would not block.
    pub const WRITABLE: Self = Self(0x4);
    /// `POLLERR`: an error waits to be told.
    pub const ERROR: Self = Self(0x8);
    /// `POLLHUP`: both directions are shut.
    pub const HANG_UP: Self = Self(0x10);
    /// `POLLRDHUP`: the peer will send no more.
    pub const READ_HANG_UP: Self = Self(0x2000);

    const NAMES: [(Self, &'static str); 6] = [
        (Self::READABLE, "readable"),
        (Self::WRITABLE, "writable"),
        (Self::URGENT, "urgent"),
        (Self::ERROR, "error"),
        (Self::HANG_UP, "hang-up"),
        (Self::READ_HANG_UP, "read-hang-up"),
    ];

    /// From `revents` of poll(2), of which only the bits above are kept.
    pub fn from_poll(revents: u16) -> Self {
        Self(Self::NAMES.iter().fold(0, |kept, (bit, _)| kept | revents & bit.0))
    }

    /// Whether all of these bits are set.
    pub const fn has(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }

    /// All bits of both.
    #[must_use]
    pub const fn with(self, bits: Self) -> Self {
        Self(self.0 | bits.0)
    }

    /// The words, in a fixed order: `readable`, `writable`, `urgent`, `error`, `hang-up`, `read-hang-up`.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(bit, _)| self.has(*bit)).map(|(_, word)| word)
    }
}

/// `readable+writable`, or `not ready`.
impl fmt::Display for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.words().collect();
        f.write_str(if words.is_empty() { "not ready" } else { "" })?;
        f.write_str(&words.join("+"))
    }
}

/// One descriptor that an epoll instance watches, by the kernel's list (proc(5), `fdinfo`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interest {
    /// The descriptor by which it was added. It may be closed since, or another's.
    pub fd: i32,
    /// The socket behind it, if it is one.
    pub socket: Option<SocketId>,
    /// Bits of `EPOLLIN` and its kin, as epoll_ctl(2) takes them. The kernel adds `EPOLLERR` and `EPOLLHUP` itself.
    pub events: u32,
    /// What the program gets back with an event.
    pub data: u64,
}

impl Interest {
    const EDGE_TRIGGERED: u32 = 1 << 31;
    const ONE_SHOT: u32 = 1 << 30;
    const NAMES: [(u32, &'static str); 10] = [
        (0x1, "EPOLLIN"),
        (0x2, "EPOLLPRI"),
        (0x4, "EPOLLOUT"),
        (0x2000, "EPOLLRDHUP"),
        (0x40, "EPOLLRDNORM"),
        (0x100, "EPOLLWRNORM"),
        (1 << 28, "EPOLLEXCLUSIVE"),
        (1 << 29, "EPOLLWAKEUP"),
        (Self::EDGE_TRIGGERED, "EPOLLET"),
        (Self::ONE_SHOT, "EPOLLONESHOT"),
    ];

    /// `EPOLLET`: told once for each arrival; otherwise told as long as it is so.
    pub const fn is_edge_triggered(&self) -> bool {
        self.events & Self::EDGE_TRIGGERED != 0
    }

    /// `EPOLLONESHOT`: told once, then asleep until epoll_ctl(2) wakes it.
    pub const fn is_one_shot(&self) -> bool {
        self.events & Self::ONE_SHOT != 0
    }

    /// Whether it can be told at all: one that is one-shot and was told has lost all its events.
    pub const fn is_armed(&self) -> bool {
        self.events & 0x0fff_ffff != 0
    }

    /// Whether epoll_wait(2) is to tell a socket that is ready like this, were it told every time.
    pub const fn wants(&self, ready: Readiness) -> bool {
        self.events & ready.0 as u32 != 0
    }

    /// What was asked for, by name: `EPOLLIN|EPOLLET`. `EPOLLERR` and `EPOLLHUP`, which are always told, are left out.
    pub fn names(&self) -> String {
        let names = Self::NAMES.iter().filter(|(bit, _)| self.events & bit != 0).map(|(_, name)| *name);
        names.collect::<Vec<_>>().join("|")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_has_words() {
        assert_eq!(Readiness::from_poll(0x2015).to_string(), "readable+writable+hang-up+read-hang-up");
        assert_eq!(Readiness::from_poll(0x20).to_string(), "not ready", "POLLNVAL is of no socket");
        assert!(Readiness::from_poll(0x1f).has(Readiness::READABLE.with(Readiness::ERROR)));
    }

    #[test]
    fn interest_knows_its_manner() {
        let interest = Interest { fd: 5, socket: None, events: 0xc000_0019, data: 5 };
        assert_eq!(interest.names(), "EPOLLIN|EPOLLET|EPOLLONESHOT");
        assert!(interest.is_edge_triggered() && interest.is_one_shot() && interest.is_armed());
        assert!(interest.wants(Readiness::READABLE) && !interest.wants(Readiness::WRITABLE));
        // What the kernel leaves of a one-shot that was told (`EP_PRIVATE_BITS`).
        let told = Interest { events: 0x4000_0000, ..interest };
        assert!(told.is_one_shot() && !told.is_armed());
    }
}
