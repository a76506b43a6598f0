//! What the bytes of a frame say: the fields that a person wants to see, in small owned types.
//!
//! Only the head of a frame may be there ([`Clipped`]); lengths are those that the headers tell, not those of the head.
//! Whatever can't be read stays bytes: parsing never fails below Ethernet.

pub mod fields;
mod icmp;
mod ip;
mod notable;
mod stream;
mod tcp;

pub use icmp::Icmp;
pub use ip::{Fragment, Ip};
pub use notable::{Notable, Order};
pub use stream::{Relative, Streams};
pub use tcp::{Flags, Segment, TcpOption};

use std::net::{Ipv4Addr, SocketAddr};

use etherparse::{ArpOperation, LaxNetSlice, LaxSlicedPacket, LinkSlice};

use crate::bytes::{Bytes, Clipped};

/// An Ethernet frame, parsed as far as possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The Ethernet header.
    pub ethernet: Ethernet,
    /// What the frame carries.
    pub body: Body,
}

/// An Ethernet header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ethernet {
    /// Hardware address of the sender.
    pub source: [u8; 6],
    /// Hardware address of the receiver, or a group.
    pub destination: [u8; 6],
    /// What follows: 0x0800 is IPv4.
    pub ether_type: u16,
}

impl Ethernet {
    /// Whether the frame is for a group of hosts: broadcast or multicast.
    pub const fn is_for_group(&self) -> bool {
        self.destination[0] & 1 == 1
    }
}

/// What a frame carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Address resolution (RFC 826).
    Arp(Arp),
    /// An IP packet.
    Ip(Ip, Transport),
    /// Something else, or something that can't be read.
    Other(Clipped),
}

/// What an IP packet carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A TCP segment.
    Tcp(Segment),
    /// A UDP datagram.
    Udp(Datagram),
    /// An ICMP message, of IPv4 or IPv6.
    Icmp(Icmp),
    /// Part of a packet that was cut into fragments; only the whole could be read.
    Fragment(Clipped),
    /// Something else, or something that can't be read.
    Other(Clipped),
}

/// An ARP packet for IPv4 on Ethernet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arp {
    /// Question or answer.
    pub operation: ArpKind,
    /// Hardware address of the sender.
    pub sender_mac: [u8; 6],
    /// Address of the sender.
    pub sender: Ipv4Addr,
    /// Hardware address of the target; zero in a question.
    pub target_mac: [u8; 6],
    /// Address that is asked for, or that of the one that asked.
    pub target: Ipv4Addr,
}

/// The operation of an ARP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArpKind {
    /// Who has this address?
    Request,
    /// I have it.
    Reply,
    /// Another, by its number.
    Other(u16),
}

/// A UDP datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Port of the sender.
    pub source_port: u16,
    /// Port of the receiver.
    pub destination_port: u16,
    /// What it carries.
    pub payload: Clipped,
}

impl Packet {
    /// Parses a frame; `None` where not even the Ethernet header is there.
    pub fn parse(frame: &Clipped) -> Option<Self> {
        let sliced = LaxSlicedPacket::from_ethernet(&frame.head.0).ok()?;
        let Some(LinkSlice::Ethernet2(link)) = &sliced.link else { return None };
        let ethernet =
            Ethernet { source: link.source(), destination: link.destination(), ether_type: link.ether_type().0 };
        let body = match &sliced.net {
            Some(LaxNetSlice::Ipv4(packet)) => {
                let ip = Ip::from_v4(packet);
                let transport = ip::transport(&ip, packet.payload());
                Body::Ip(ip, transport)
            }
            Some(LaxNetSlice::Ipv6(packet)) => {
                let ip = Ip::from_v6(packet);
                let transport = ip::transport(&ip, packet.payload());
                Body::Ip(ip, transport)
            }
            Some(LaxNetSlice::Arp(packet)) => match packet.to_packet().try_eth_ipv4() {
                Ok(arp) => Body::Arp(Arp {
                    operation: match arp.operation {
                        ArpOperation::REQUEST => ArpKind::Request,
                        ArpOperation::REPLY => ArpKind::Reply,
                        ArpOperation(number) => ArpKind::Other(number),
                    },
                    sender_mac: arp.sender_mac,
                    sender: arp.sender_ipv4.into(),
                    target_mac: arp.target_mac,
                    target: arp.target_ipv4.into(),
                }),
                Err(_) => Body::Other(rest(frame)),
            },
            None => Body::Other(rest(frame)),
        };
        Some(Self { ethernet, body })
    }

    /// The TCP segment in the packet and the IP header before it.
    pub const fn tcp(&self) -> Option<(&Ip, &Segment)> {
        match &self.body {
            Body::Ip(ip, Transport::Tcp(segment)) => Some((ip, segment)),
            _ => None,
        }
    }

    /// The UDP datagram in the packet and the IP header before it.
    pub const fn udp(&self) -> Option<(&Ip, &Datagram)> {
        match &self.body {
            Body::Ip(ip, Transport::Udp(datagram)) => Some((ip, datagram)),
            _ => None,
        }
    }

    /// Where from and where to, for what has ports.
    pub fn addresses(&self) -> Option<(SocketAddr, SocketAddr)> {
        let Body::Ip(ip, transport) = &self.body else { return None };
        let (source, destination) = match transport {
            Transport::Tcp(segment) => (segment.source_port, segment.destination_port),
            Transport::Udp(datagram) => (datagram.source_port, datagram.destination_port),
            _ => return None,
        };
        Some((SocketAddr::new(ip.source, source), SocketAddr::new(ip.destination, destination)))
    }

    /// Whether the frame only finds out who has which address: ARP, and what stands in its place in IPv6 (RFC 4861).
    pub fn resolves_addresses(&self) -> bool {
        match &self.body {
            Body::Arp(_) => true,
            Body::Ip(ip, Transport::Icmp(icmp)) => ip.source.is_ipv6() && matches!(icmp.kind, 130..=137 | 143),
            Body::Ip(..) | Body::Other(_) => false,
        }
    }

    /// Whether it is an ICMP message, of either version.
    pub const fn is_icmp(&self) -> bool {
        matches!(self.body, Body::Ip(_, Transport::Icmp(_)))
    }
}

/// All of a frame but its Ethernet header.
fn rest(frame: &Clipped) -> Clipped {
    const HEADER: usize = 14;
    let head = frame.head.0.get(HEADER..).unwrap_or_default();
    Clipped { head: Bytes(head.to_vec()), len: frame.len.saturating_sub(HEADER as u64) }
}

#[cfg(test)]
mod tests;
