//! IPv4 (RFC 791) and IPv6 (RFC 8200).

use std::net::IpAddr;

use etherparse::{IpNumber, LaxIpPayloadSlice, LaxIpv4Slice, LaxIpv6Slice, TcpSlice, UdpSlice};

use super::{Datagram, Icmp, Segment, Transport};
use crate::bytes::{Bytes, Clipped};

/// An IP header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ip {
    /// Where from.
    pub source: IpAddr,
    /// Where to.
    pub destination: IpAddr,
    /// How many routers it may still pass: time to live, or hop limit.
    pub ttl: u8,
    /// What follows the header, as in `/etc/protocols`: 6 is TCP.
    pub protocol: u8,
    /// Length of what follows the header, as the header tells it.
    pub payload_len: u64,
    /// Identification, which the fragments of a packet share. IPv4 only.
    pub id: u16,
    /// Don't fragment. IPv4 only.
    pub dont_fragment: bool,
    /// Which part this is, if the packet was cut.
    pub fragment: Option<Fragment>,
}

/// The place of a fragment in its packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Its first byte.
    pub offset: u16,
    /// Whether another one follows it.
    pub more: bool,
}

impl Ip {
    pub(super) fn from_v4(packet: &LaxIpv4Slice<'_>) -> Self {
        let header = packet.header();
        // The length field is zero where the sender left cutting to its device; then the bytes there are all we know.
        let payload_len = header.payload_len().unwrap_or_default();
        Self {
            source: header.source_addr().into(),
            destination: header.destination_addr().into(),
            ttl: header.ttl(),
            protocol: packet.payload().ip_number.0,
            payload_len: u64::from(payload_len).max(packet.payload().payload.len() as u64),
            id: header.identification(),
            dont_fragment: header.dont_fragment(),
            fragment: header
                .is_fragmenting_payload()
                .then(|| Fragment { offset: header.fragments_offset().byte_offset(), more: header.more_fragments() }),
        }
    }

    pub(super) fn from_v6(packet: &LaxIpv6Slice<'_>) -> Self {
        let header = packet.header();
        let extensions = packet.extensions().slice().len() as u64;
        Self {
            source: header.source_addr().into(),
            destination: header.destination_addr().into(),
            ttl: header.hop_limit(),
            protocol: packet.payload().ip_number.0,
            payload_len: u64::from(header.payload_length())
                .saturating_sub(extensions)
                .max(packet.payload().payload.len() as u64),
            id: 0,
            dont_fragment: false,
            // Which fragment of an IPv6 packet it is nobody has asked yet; that it is one is told by the transport.
            fragment: None,
        }
    }
}

/// What a packet carries.
pub(super) fn transport(ip: &Ip, payload: &LaxIpPayloadSlice<'_>) -> Transport {
    let bytes = payload.payload;
    if payload.fragmented {
        return Transport::Fragment(part(bytes, ip.payload_len));
    }
    let parsed = match payload.ip_number {
        IpNumber::TCP => TcpSlice::from_slice(bytes).ok().map(|tcp| Transport::Tcp(Segment::of(&tcp, ip.payload_len))),
        IpNumber::UDP => UdpSlice::from_slice_lax(bytes).ok().map(|udp| {
            Transport::Udp(Datagram {
                source_port: udp.source_port(),
                destination_port: udp.destination_port(),
                payload: part(udp.payload(), ip.payload_len.saturating_sub(8)),
            })
        }),
        IpNumber::ICMP | IpNumber::IPV6_ICMP => Icmp::of(bytes, ip).map(Transport::Icmp),
        _ => None,
    };
    parsed.unwrap_or_else(|| Transport::Other(part(bytes, ip.payload_len)))
}

/// Bytes that are there, of a whole of this length.
pub(super) fn part(bytes: &[u8], len: u64) -> Clipped {
    Clipped { head: Bytes(bytes.to_vec()), len: len.max(bytes.len() as u64) }
}
