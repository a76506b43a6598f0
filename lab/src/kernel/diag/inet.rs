//! Internet sockets: the kernel's `include/uapi/linux/inet_diag.h`. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use trace::event::call::Address;
use trace::event::socket::{Buffers, TimerKind};

use super::netlink::{
    HEADER, NLM_F_DUMP, NLM_F_REQUEST, SOCK_DIAG_BY_FAMILY, TCPDIAG_GETSOCK, attributes, header, word,
};
use super::{Flow, Protocol};
use crate::kernel::numbers::{self, Info};

pub(super) const REQUEST: usize = HEADER + 56;
const ALL_OF_TCP: usize = HEADER + 60;
const REPLY: usize = 72;
const ANY_COOKIE: u32 = u32::MAX;
const INET_DIAG_INFO: u16 = 2;
const INET_DIAG_SKMEMINFO: u16 = 7;

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
    pub(crate) timer: Option<Running>,
    pub(crate) buffers: Option<Buffers>,
    /// `TCP_INFO`; requests in the SYN queue and rests in TIME_WAIT have none.
    pub(crate) info: Option<Info>,
}

impl Listed {
    /// Whether it is connected with nobody.
    pub(crate) fn has_no_peer(&self) -> bool {
        self.remote.ip().is_unspecified() && self.remote.port() == 0
    }

    /// Its own address and its peer's.
    pub(crate) fn addresses(&self) -> (Option<Address>, Option<Address>) {
        (Some(Address::Inet(self.local)), (!self.has_no_peer()).then_some(Address::Inet(self.remote)))
    }
}

/// A timer as the kernel lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    pub(crate) kind: TimerKind,
    /// In how many milliseconds it fires.
    pub(crate) in_ms: u32,
    pub(crate) retries: u8,
}

pub(super) fn family(addr: SocketAddr) -> u8 {
    let family = if addr.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    u8::try_from(family).expect("address families are small numbers")
}

/// What is wanted beside the fixed part: `TCP_INFO`, and what the buffers hold.
const EXTENSIONS: u8 = 1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_SKMEMINFO - 1);

/// A request: the exact flow, or everything of a family.
pub(super) fn request(protocol: Protocol, family: u8, flags: u16, flow: Option<Flow>) -> [u8; REQUEST] {
    let mut bytes = [0; REQUEST];
    let mut put = |at: usize, what: &[u8]| bytes[at..at + what.len()].copy_from_slice(what);
    put(0, &header(REQUEST, SOCK_DIAG_BY_FAMILY, flags));
    put(HEADER, &[family, protocol.number(), EXTENSIONS, 0]);
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

/// A request for every TCP socket, in the older form (`struct inet_diag_req`): for the newer one, which asks for one
/// family, the kernel goes through its table of all networks' connections twice.
pub(super) fn all_of_tcp() -> [u8; ALL_OF_TCP] {
    let mut bytes = [0; ALL_OF_TCP];
    let mut put = |at: usize, what: &[u8]| bytes[at..at + what.len()].copy_from_slice(what);
    put(0, &header(ALL_OF_TCP, TCPDIAG_GETSOCK, NLM_F_REQUEST | NLM_F_DUMP));
    put(HEADER + 3, &[EXTENSIONS]);
    put(HEADER + 52, &u32::MAX.to_ne_bytes()); // every state
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

/// `struct inet_diag_msg` and the attributes after it.
pub(super) fn parse(answer: &[u8]) -> Option<Listed> {
    let (body, rest): (&[u8; REPLY], _) = answer.split_first_chunk()?;
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
    let timer = TimerKind::from_kernel(body[2]);
    let mut listed = Listed {
        family,
        state: body[1],
        local: SocketAddr::new(ip(8), port(4)),
        remote: SocketAddr::new(ip(24), port(6)),
        cookie: u64::from(word(body, 44)) | u64::from(word(body, 48)) << 32,
        recv_q: word(body, 56),
        send_q: word(body, 60),
        inode: word(body, 68),
        timer: timer.map(|kind| Running { kind, in_ms: word(body, 52), retries: body[3] }),
        buffers: None,
        info: None,
    };
    for (kind, bytes) in attributes(rest) {
        match kind {
            INET_DIAG_INFO => listed.info = numbers::parse(bytes),
            INET_DIAG_SKMEMINFO => listed.buffers = Some(Buffers { receive: word(bytes, 4), send: word(bytes, 12) }),
            _ => {}
        }
    }
    Some(listed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::diag::netlink::NLM_F_REQUEST;
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

    proptest! {
        #[test]
        fn an_answer_is_read_from_72_bytes_on(bytes: Vec<u8>) {
            prop_assert_eq!(parse(&bytes).is_some(), bytes.len() >= REPLY);
        }

        #[test]
        fn a_timer_is_one_of_four(mut bytes in prop::collection::vec(any::<u8>(), REPLY..200), timer in 0u8..8) {
            bytes[2] = timer;
            let listed = parse(&bytes).unwrap();
            prop_assert_eq!(listed.timer.is_some(), (1..=4).contains(&timer));
            if let Some(running) = listed.timer {
                prop_assert_eq!((running.in_ms, running.retries), (word(&bytes, 52), bytes[3]));
            }
        }
    }
}
