//! NETLINK_SOCK_DIAG, sock_diag(7): what the kernel lists of a network's internet sockets, whoever holds them.
//!
//! A codec of our own, since the messages are two fixed structs of the kernel's `include/uapi/linux/inet_diag.h` and
//! the exact look-up runs at every TCP frame, where it must not allocate.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;

use rustix::net::{RecvFlags, SendFlags, recv, send};

const HEADER: usize = 16;
const REQUEST: usize = HEADER + 56;
const REPLY: usize = 72;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_DUMP: u16 = 0x300;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const ANY_COOKIE: u32 = u32::MAX;

/// A connection as one of its ends sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    /// This end.
    pub(crate) local: SocketAddr,
    /// The other.
    pub(crate) remote: SocketAddr,
}

/// Which sockets a dump lists.
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

/// One line of the kernel's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) family: u8,
    /// Number in the kernel's `include/net/tcp_states.h`.
    pub(crate) state: u8,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) cookie: u64,
    pub(crate) recv_q: u32,
    pub(crate) send_q: u32,
    /// 0 when no program holds the socket.
    pub(crate) inode: u32,
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
        send(&self.socket, &request(Protocol::Tcp, family(flow.local), NLM_F_REQUEST, Some(flow)), SendFlags::empty())?;
        let len = recv(&self.socket, &mut self.buffer[..], RecvFlags::empty())?.0;
        let found = messages(&self.buffer[..len]).find_map(|message| match message {
            Message::Listed(listed) => Some(listed),
            Message::Error(_) | Message::Done => None,
        });
        Ok(found.filter(|listed| listed.remote == flow.remote))
    }

    /// Every socket of a protocol and family.
    pub(crate) fn dump(&mut self, protocol: Protocol, family: i32, mut each: impl FnMut(Listed)) -> io::Result<()> {
        let family = u8::try_from(family).expect("address families are small numbers");
        send(&self.socket, &request(protocol, family, NLM_F_REQUEST | NLM_F_DUMP, None), SendFlags::empty())?;
        loop {
            let len = recv(&self.socket, &mut self.buffer[..], RecvFlags::empty())?.0;
            for message in messages(&self.buffer[..len]) {
                match message {
                    Message::Listed(listed) => each(listed),
                    Message::Done => return Ok(()),
                    Message::Error(errno) => return Err(io::Error::from_raw_os_error(errno)),
                }
            }
        }
    }
}

fn family(addr: SocketAddr) -> u8 {
    let family = if addr.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    u8::try_from(family).expect("address families are small numbers")
}

/// A request: the exact flow, or everything.
fn request(protocol: Protocol, family: u8, flags: u16, flow: Option<Flow>) -> [u8; REQUEST] {
    let mut bytes = [0; REQUEST];
    let mut put = |at: usize, what: &[u8]| bytes[at..at + what.len()].copy_from_slice(what);
    put(0, &72u32.to_ne_bytes());
    put(4, &SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    put(6, &flags.to_ne_bytes());
    put(HEADER, &[family, protocol.number(), 0, 0]);
    put(HEADER + 4, &u32::MAX.to_ne_bytes()); // every state
    if let Some(flow) = flow {
        put(HEADER + 8, &flow.local.port().to_be_bytes());
        put(HEADER + 10, &flow.remote.port().to_be_bytes());
        put(HEADER + 12, octets(flow.local.ip()).as_slice());
        put(HEADER + 28, octets(flow.remote.ip()).as_slice());
        put(HEADER + 48, &ANY_COOKIE.to_ne_bytes());
        put(HEADER + 52, &ANY_COOKIE.to_ne_bytes());
    }
    bytes
}

fn octets(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V6(v6) => v6.octets(),
        IpAddr::V4(v4) => {
            let mut octets = [0; 16];
            octets[..4].copy_from_slice(&v4.octets());
            octets
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Message {
    Listed(Listed),
    Error(i32),
    Done,
}

/// The messages in what was received; it ends at the first one that is not whole.
fn messages(mut bytes: &[u8]) -> impl Iterator<Item = Message> + '_ {
    std::iter::from_fn(move || {
        loop {
            let len = usize::try_from(u32::from_ne_bytes(*bytes.first_chunk()?)).ok()?;
            let kind = u16::from_ne_bytes(*bytes.get(4..)?.first_chunk()?);
            let body = bytes.get(HEADER..len)?;
            bytes = bytes.get(len.next_multiple_of(4)..).unwrap_or_default();
            match kind {
                NLMSG_DONE => return Some(Message::Done),
                NLMSG_ERROR => return Some(Message::Error(-i32::from_ne_bytes(*body.first_chunk()?))),
                SOCK_DIAG_BY_FAMILY => return parse(body).map(Message::Listed),
                _ => {}
            }
        }
    })
}

fn parse(body: &[u8]) -> Option<Listed> {
    let body: &[u8; REPLY] = body.first_chunk()?;
    let word = |at: usize| u32::from_ne_bytes([body[at], body[at + 1], body[at + 2], body[at + 3]]);
    let port = |at: usize| u16::from_be_bytes([body[at], body[at + 1]]);
    let family = body[0];
    let ip = |at: usize| -> IpAddr {
        let octets: [u8; 16] = std::array::from_fn(|i| body[at + i]);
        if i32::from(family) == libc::AF_INET6 {
            Ipv6Addr::from(octets).into()
        } else {
            Ipv4Addr::new(octets[0], octets[1], octets[2], octets[3]).into()
        }
    };
    Some(Listed {
        family,
        state: body[1],
        local: SocketAddr::new(ip(8), port(4)),
        remote: SocketAddr::new(ip(24), port(6)),
        cookie: u64::from(word(44)) | u64::from(word(48)) << 32,
        recv_q: word(56),
        send_q: word(60),
        inode: word(68),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_names_both_ends() {
        let flow = Flow { local: "192.168.1.4:18888".parse().unwrap(), remote: "192.168.1.7:40112".parse().unwrap() };
        let bytes = request(Protocol::Tcp, 2, NLM_F_REQUEST, Some(flow));
        assert_eq!(bytes[HEADER..HEADER + 2], [2, 6]);
        assert_eq!(bytes[24..28], [0x49, 0xc8, 0x9c, 0xb0]); // ports 18888 and 40112
        assert_eq!(bytes[28..32], [192, 168, 1, 4]);
        assert_eq!(bytes[44..48], [192, 168, 1, 7]);
    }

    #[test]
    fn this_kernels_answer_is_understood() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = rustix::net::socket_with(
            rustix::net::AddressFamily::NETLINK,
            rustix::net::SocketType::RAW,
            rustix::net::SocketFlags::CLOEXEC,
            Some(rustix::net::netlink::SOCK_DIAG),
        );
        let mut diag = Diag::new(socket.unwrap());
        let mut found = None;
        diag.dump(Protocol::Tcp, libc::AF_INET, |listed| {
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
        let nobody = Flow { remote: "127.0.0.1:1".parse().unwrap(), ..flow };
        assert_eq!(diag.connection(nobody).unwrap(), None);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes: Vec<u8>) {
            prop_assert!(messages(&bytes).count() <= bytes.len());
        }
    }
}
