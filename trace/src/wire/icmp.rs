//! ICMP (RFC 792) and `ICMPv6` (RFC 4443): the messages that a learner of sockets meets.

use std::net::{IpAddr, SocketAddr};

use etherparse::{LaxNetSlice, LaxSlicedPacket};

use super::ip::{Ip, part};
use crate::bytes::Clipped;

/// An ICMP message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icmp {
    /// Its type.
    pub kind: u8,
    /// Its code.
    pub code: u8,
    /// The type and code in words: `port unreachable`; `None` for those that are not listed here.
    pub name: Option<&'static str>,
    /// Where the packet came from and went to that the message is about, if it quotes one with ports.
    pub about: Option<(SocketAddr, SocketAddr)>,
    /// What follows the first eight bytes.
    pub payload: Clipped,
}

/// Type, code (`None` for any) and words, of IPv4.
const V4: &[(u8, Option<u8>, &str)] = &[
    (0, None, "echo reply"),
    (3, Some(0), "network unreachable"),
    (3, Some(1), "host unreachable"),
    (3, Some(2), "protocol unreachable"),
    (3, Some(3), "port unreachable"),
    (3, Some(4), "fragmentation needed"),
    (3, Some(13), "administratively prohibited"),
    (3, None, "destination unreachable"),
    (5, None, "redirect"),
    (8, None, "echo request"),
    (11, None, "time exceeded"),
    (12, None, "parameter problem"),
];

/// Type, code (`None` for any) and words, of IPv6; from 133 on by RFC 4861, 143 by RFC 3810.
const V6: &[(u8, Option<u8>, &str)] = &[
    (1, Some(4), "port unreachable"),
    (1, Some(3), "address unreachable"),
    (1, None, "destination unreachable"),
    (2, None, "packet too big"),
    (3, None, "time exceeded"),
    (4, None, "parameter problem"),
    (128, None, "echo request"),
    (129, None, "echo reply"),
    (133, None, "router solicitation"),
    (134, None, "router advertisement"),
    (135, None, "neighbor solicitation"),
    (136, None, "neighbor advertisement"),
    (143, None, "group membership report"),
];

impl Icmp {
    /// `None` where fewer than the eight bytes are there that every message has.
    pub(super) fn of(bytes: &[u8], ip: &Ip) -> Option<Self> {
        let (&[kind, code, ..], payload) = bytes.split_first_chunk::<8>()?;
        let (table, quotes) = match ip.source {
            IpAddr::V4(_) => (V4, matches!(kind, 3 | 5 | 11 | 12)),
            IpAddr::V6(_) => (V6, kind < 128),
        };
        let name = table.iter().find(|(k, c, _)| *k == kind && c.is_none_or(|c| c == code)).map(|(_, _, name)| *name);
        let about = if quotes { quoted(payload) } else { None };
        Some(Self { kind, code, name, about, payload: part(payload, ip.payload_len.saturating_sub(8)) })
    }
}

/// The addresses of a quoted packet. Only its first bytes need be there: the header and the two ports.
fn quoted(packet: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let sliced = LaxSlicedPacket::from_ip(packet).ok()?;
    let (source, destination, payload): (IpAddr, IpAddr, _) = match sliced.net.as_ref()? {
        LaxNetSlice::Ipv4(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into(), ip.payload())
        }
        LaxNetSlice::Ipv6(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into(), ip.payload())
        }
        LaxNetSlice::Arp(_) => return None,
    };
    if !matches!(payload.ip_number, etherparse::IpNumber::TCP | etherparse::IpNumber::UDP) {
        return None;
    }
    let &[a, b, c, d] = payload.payload.first_chunk::<4>()?;
    let port = u16::from_be_bytes;
    Some((SocketAddr::new(source, port([a, b])), SocketAddr::new(destination, port([c, d]))))
}
