//! Packets in a few words, as tcpdump(8) has them.

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

use super::call::quoted;
use crate::bytes::Clipped;
use crate::event::host::HostSpec;
use crate::id::HostId;
use crate::wire::{Arp, ArpKind, Body, Packet, Segment, Streams, Transport};

/// What a frame says; `streams` learns from it.
pub(super) fn describe(host: HostId, frame: &Clipped, made: bool, streams: &mut Streams, hosts: &[HostSpec]) -> String {
    let Some(packet) = Packet::parse(frame) else { return format!("a frame of {} bytes", frame.len) };
    let ways = packet.addresses().map_or(String::new(), |ends| ways(ends, hosts));
    match &packet.body {
        Body::Arp(arp) => describe_arp(arp),
        Body::Ip(ip, Transport::Tcp(segment)) => {
            let Segment { flags, payload, .. } = segment;
            let told = streams.follow(host, ip, segment, made);
            let mut text = format!("{flags} {ways} seq {}", told.seq);
            if let Some(ack) = told.ack {
                write!(text, " ack {ack}").expect("a String takes all");
            }
            write!(text, " win {}", told.window).expect("a String takes all");
            text.push_str(&carried(payload));
            if let Some(notable) = told.notable {
                write!(text, "  ({})", notable.name()).expect("a String takes all");
            }
            text
        }
        Body::Ip(_, Transport::Udp(datagram)) => {
            let empty = if datagram.payload.len == 0 { "  empty" } else { "" };
            format!("UDP {ways}{}{empty}", carried(&datagram.payload))
        }
        Body::Ip(ip, Transport::Icmp(icmp)) => {
            let version = if ip.source.is_ipv4() { "ICMP" } else { "ICMPv6" };
            let name = icmp.name.map_or_else(|| format!("type {} code {}", icmp.kind, icmp.code), str::to_owned);
            let about = icmp.about.map_or(String::new(), |ends| format!(" (about {})", self::ways(ends, hosts)));
            format!("{version} {} → {} {name}{about}", ip.source, ip.destination)
        }
        Body::Ip(ip, Transport::Fragment(part)) => {
            format!("a fragment {} → {}, {} bytes", ip.source, ip.destination, part.len)
        }
        Body::Ip(ip, Transport::Other(part)) => {
            format!("IP {} → {}, protocol {}, {} bytes", ip.source, ip.destination, ip.protocol, part.len)
        }
        Body::Other(rest) => format!("Ethernet type {:#06x}, {} bytes", packet.ethernet.ether_type, rest.len),
    }
}

/// From and to. Between the two hosts of a run the ports say it all.
fn ways((from, to): (SocketAddr, SocketAddr), hosts: &[HostSpec]) -> String {
    let known = |ip: IpAddr| hosts.iter().any(|host| host.has(ip));
    if hosts.len() <= 2 && known(from.ip()) && known(to.ip()) {
        format!("{} → {}", from.port(), to.port())
    } else {
        format!("{from} → {to}")
    }
}

fn carried(payload: &Clipped) -> String {
    match payload.len {
        0 => String::new(),
        1 => format!("  1 byte {}", quoted(payload)),
        len => format!("  {len} bytes {}", quoted(payload)),
    }
}

fn describe_arp(arp: &Arp) -> String {
    match arp.operation {
        ArpKind::Request => format!("ARP who has {}? tell {}", arp.target, arp.sender),
        ArpKind::Reply => {
            let mac = arp.sender_mac.map(|byte| format!("{byte:02x}")).join(":");
            format!("ARP {} is at {mac}", arp.sender)
        }
        ArpKind::Other(number) => format!("ARP operation {number}, {} to {}", arp.sender, arp.target),
    }
}
