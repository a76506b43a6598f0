//! NETLINK_SOCK_DIAG, sock_diag(7): what the kernel lists of a network's sockets, whoever holds them.
//!
//! A codec of our own, since the messages are a few fixed structs with attributes, and the exact look-up runs at TCP
//! frames, where it must not allocate.

mod inet;
mod netlink;
mod unix;

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use rustix::net::{RecvFlags, SendFlags, recv, send};

pub(crate) use inet::{Listed, Running};
pub(super) use netlink::word;
use netlink::{Message, NLM_F_DUMP, NLM_F_REQUEST, messages};
pub(crate) use unix::Listed as UnixListed;

/// A connection as one of its ends sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Flow {
    /// This end.
    pub(crate) local: SocketAddr,
    /// The other.
    pub(crate) remote: SocketAddr,
}

impl Flow {
    /// With IPv4 addresses as such, not mapped into IPv6: frames have them so, while sockets of IPv6 that talk IPv4 have
    /// them mapped.
    pub(crate) fn canonical(self) -> Self {
        let canonical = |addr: SocketAddr| SocketAddr::new(addr.ip().to_canonical(), addr.port());
        Self { local: canonical(self.local), remote: canonical(self.remote) }
    }

    /// As the other end sees it.
    pub(crate) const fn reversed(self) -> Self {
        Self { local: self.remote, remote: self.local }
    }
}

/// Which sockets are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Tcp,
    Udp,
}

impl Protocol {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Tcp => 6,
            Self::Udp => 17,
        }
    }
}

/// The socket that asks. It stays in the network in which it was made.
#[derive(Debug)]
pub(crate) struct Diag {
    socket: OwnedFd,
    buffer: Vec<u8>,
}

impl Diag {
    pub(crate) fn new(socket: OwnedFd) -> Self {
        Self { socket, buffer: vec![0; 32 << 10] }
    }

    /// The TCP socket of exactly this connection, be it a request in the SYN queue or a rest in TIME_WAIT. `None`
    /// where there is none, even if a listening socket would answer for it.
    pub(crate) fn connection(&mut self, flow: Flow) -> io::Result<Option<Listed>> {
        let found = self.one(&inet::request(Protocol::Tcp, inet::family(flow.local), NLM_F_REQUEST, Some(flow)))?;
        let is_it = |listed: &Listed| {
            Flow { local: listed.local, remote: listed.remote }.canonical().remote == flow.canonical().remote
        };
        Ok(found.and_then(inet::parse).filter(is_it))
    }

    /// The Unix socket with this inode and cookie.
    pub(crate) fn unix(&mut self, inode: u32, cookie: u64) -> io::Result<Option<UnixListed>> {
        Ok(self.one(&unix::request(NLM_F_REQUEST, Some((inode, cookie))))?.and_then(unix::parse))
    }

    /// Every socket of a protocol, of either family.
    pub(crate) fn list(&mut self, protocol: Protocol, mut each: impl FnMut(Listed)) -> io::Result<()> {
        let mut parsed = |answer: &[u8]| inet::parse(answer).into_iter().for_each(&mut each);
        match protocol {
            Protocol::Tcp => self.all(&inet::all_of_tcp(), parsed),
            Protocol::Udp => [libc::AF_INET, libc::AF_INET6].into_iter().try_for_each(|family| {
                let family = u8::try_from(family).expect("address families are small numbers");
                self.all(&inet::request(protocol, family, NLM_F_REQUEST | NLM_F_DUMP, None), &mut parsed)
            }),
        }
    }

    /// Every Unix socket.
    pub(crate) fn list_unix(&mut self, mut each: impl FnMut(UnixListed)) -> io::Result<()> {
        self.all(&unix::request(NLM_F_REQUEST | NLM_F_DUMP, None), |answer| {
            if let Some(listed) = unix::parse(answer) {
                each(listed);
            }
        })
    }

    /// The answer to a request for one socket; `None` for an error, which says that there is none.
    fn one(&mut self, request: &[u8]) -> io::Result<Option<&[u8]>> {
        send(&self.socket, request, SendFlags::empty())?;
        let len = recv(&self.socket, &mut self.buffer[..], RecvFlags::empty())?.0;
        Ok(messages(&self.buffer[..len]).find_map(|message| match message {
            Message::Answer(answer) => Some(answer),
            Message::Error(_) | Message::Done => None,
        }))
    }

    fn all(&mut self, request: &[u8], mut each: impl FnMut(&[u8])) -> io::Result<()> {
        send(&self.socket, request, SendFlags::empty())?;
        loop {
            let len = recv(&self.socket, &mut self.buffer[..], RecvFlags::empty())?.0;
            for message in messages(&self.buffer[..len]) {
                match message {
                    Message::Answer(answer) => each(answer),
                    Message::Done => return Ok(()),
                    Message::Error(errno) => return Err(io::Error::from_raw_os_error(errno)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::event::call::Address;

    fn diag() -> Diag {
        let socket = rustix::net::socket_with(
            rustix::net::AddressFamily::NETLINK,
            rustix::net::SocketType::RAW,
            rustix::net::SocketFlags::CLOEXEC,
            Some(rustix::net::netlink::SOCK_DIAG),
        );
        Diag::new(socket.unwrap())
    }

    #[test]
    fn this_kernels_answer_is_understood() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut diag = diag();
        let mut found = None;
        diag.list(Protocol::Tcp, |listed| {
            if listed.local == listener.local_addr().unwrap() {
                found = Some(listed);
            }
        })
        .unwrap();
        let found = found.expect("the listener is listed");
        assert_eq!((found.state, found.recv_q), (10, 0));
        assert_eq!(found.cookie, rustix::net::sockopt::socket_cookie(&listener).unwrap());

        let client = std::net::TcpStream::connect(found.local).unwrap();
        let flow = Flow { local: client.local_addr().unwrap(), remote: client.peer_addr().unwrap() };
        let exact = diag.connection(flow).unwrap().expect("the connection is found");
        assert_eq!((exact.state, exact.local, exact.remote), (1, flow.local, flow.remote));
        let numbers = exact.info.and_then(|info| info.numbers()).expect("a connection has numbers");
        assert!(numbers.cwnd >= 10 && numbers.snd_wnd > 0 && numbers.rcv_wnd > 0 && numbers.rto > 0, "{numbers:?}");
        assert_eq!(numbers.ssthresh, None);
        assert!(exact.buffers.is_some_and(|buffers| buffers.receive > 4096 && buffers.send > 4096));
        let nobody = Flow { remote: "127.0.0.1:1".parse().unwrap(), ..flow };
        assert_eq!(diag.connection(nobody).unwrap(), None);
    }

    #[test]
    fn unix_sockets_know_their_peers() {
        let (one, other) = std::os::unix::net::UnixStream::pair().unwrap();
        let cookie = rustix::net::sockopt::socket_cookie(&one).unwrap();
        let found = diag().unix(inode_of(&one), cookie).unwrap().expect("it is found");
        assert_eq!((found.state, found.peer, found.name), (1, Some(inode_of(&other)), None));
        assert_eq!(diag().unix(inode_of(&one), cookie + 1).unwrap(), None);

        let name = format!("socklab-{}", std::process::id());
        let address = <std::os::unix::net::SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(&name);
        let listener = std::os::unix::net::UnixListener::bind_addr(&address.unwrap()).unwrap();
        let mut found = None;
        diag()
            .list_unix(|listed| {
                if listed.inode == inode_of(&listener) {
                    found = Some(listed);
                }
            })
            .unwrap();
        let found = found.expect("the listener is listed");
        assert_eq!((found.state, found.name), (10, Some(Address::Abstract(name.as_str().into()))));
    }

    fn inode_of(socket: &impl std::os::fd::AsFd) -> u32 {
        u32::try_from(rustix::fs::fstat(socket).unwrap().st_ino).unwrap()
    }
}
