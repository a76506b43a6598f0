//! The system calls that a trace tells of, with the parameter names of section 2 of the man pages.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! syscalls {
    ($($variant:ident $name:literal ($($param:literal),*))*) => {
        /// A system call of the socket, readiness or descriptor family.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Syscall {
            $(#[doc = concat!("`", $name, "(2)`")] $variant,)*
        }

        impl Syscall {
            /// Every call, in the order of the enum.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name as in the kernel's table: `accept4`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The parameters' names, in order, as in the man page's synopsis.
            pub const fn params(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($param),*],)* }
            }
        }
    };
}

syscalls! {
    Socket "socket" ("domain", "type", "protocol")
    Socketpair "socketpair" ("domain", "type", "protocol", "sv")
    Bind "bind" ("sockfd", "addr", "addrlen")
    Listen "listen" ("sockfd", "backlog")
    Accept "accept" ("sockfd", "addr", "addrlen")
    Accept4 "accept4" ("sockfd", "addr", "addrlen", "flags")
    Connect "connect" ("sockfd", "addr", "addrlen")
    Getsockname "getsockname" ("sockfd", "addr", "addrlen")
    Getpeername "getpeername" ("sockfd", "addr", "addrlen")
    Sendto "sendto" ("sockfd", "buf", "len", "flags", "dest_addr", "addrlen")
    Recvfrom "recvfrom" ("sockfd", "buf", "len", "flags", "src_addr", "addrlen")
    Sendmsg "sendmsg" ("sockfd", "msg", "flags")
    Recvmsg "recvmsg" ("sockfd", "msg", "flags")
    Sendmmsg "sendmmsg" ("sockfd", "msgvec", "vlen", "flags")
    Recvmmsg "recvmmsg" ("sockfd", "msgvec", "vlen", "flags", "timeout")
    Shutdown "shutdown" ("sockfd", "how")
    Setsockopt "setsockopt" ("sockfd", "level", "optname", "optval", "optlen")
    Getsockopt "getsockopt" ("sockfd", "level", "optname", "optval", "optlen")
    Read "read" ("fd", "buf", "count")
    Write "write" ("fd", "buf", "count")
    Readv "readv" ("fd", "iov", "iovcnt")
    Writev "writev" ("fd", "iov", "iovcnt")
    Preadv2 "preadv2" ("fd", "iov", "iovcnt", "offset", "flags")
    Pwritev2 "pwritev2" ("fd", "iov", "iovcnt", "offset", "flags")
    Sendfile "sendfile" ("out_fd", "in_fd", "offset", "count")
    Close "close" ("fd")
    CloseRange "close_range" ("first", "last", "flags")
    Dup "dup" ("oldfd")
    Dup2 "dup2" ("oldfd", "newfd")
    Dup3 "dup3" ("oldfd", "newfd", "flags")
    Fcntl "fcntl" ("fd", "op", "arg")
    Ioctl "ioctl" ("fd", "op", "argp")
    Select "select" ("nfds", "readfds", "writefds", "exceptfds", "timeout")
    Pselect6 "pselect6" ("nfds", "readfds", "writefds", "exceptfds", "timeout", "sigmask")
    Poll "poll" ("fds", "nfds", "timeout")
    Ppoll "ppoll" ("fds", "nfds", "timeout", "sigmask")
    EpollCreate "epoll_create" ("size")
    EpollCreate1 "epoll_create1" ("flags")
    EpollCtl "epoll_ctl" ("epfd", "op", "fd", "event")
    EpollWait "epoll_wait" ("epfd", "events", "maxevents", "timeout")
    EpollPwait "epoll_pwait" ("epfd", "events", "maxevents", "timeout", "sigmask")
    EpollPwait2 "epoll_pwait2" ("epfd", "events", "maxevents", "timeout", "sigmask")
    Unlink "unlink" ("pathname")
    Unlinkat "unlinkat" ("dirfd", "pathname", "flags")
    RestartSyscall "restart_syscall" ()
}

impl Syscall {
    /// Whether the call passes bytes out of the program.
    pub const fn sends(self) -> bool {
        matches!(
            self,
            Self::Sendto
                | Self::Sendmsg
                | Self::Sendmmsg
                | Self::Write
                | Self::Writev
                | Self::Pwritev2
                | Self::Sendfile
        )
    }

    /// Whether the call takes bytes into the program.
    pub const fn receives(self) -> bool {
        matches!(self, Self::Recvfrom | Self::Recvmsg | Self::Recvmmsg | Self::Read | Self::Readv | Self::Preadv2)
    }

    /// Whether the call waits for any of several descriptors to become ready.
    pub const fn waits_for_readiness(self) -> bool {
        matches!(
            self,
            Self::Select
                | Self::Pselect6
                | Self::Poll
                | Self::Ppoll
                | Self::EpollWait
                | Self::EpollPwait
                | Self::EpollPwait2
        )
    }
}

impl fmt::Display for Syscall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
