//! The fields of a frame over its bytes: which byte means what.
//!
//! Unlike [`super::Packet`] this keeps every field of every header, with its place. It stops where bytes are missing.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::Flags;
use crate::bytes::Bytes;

/// A layer of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The Ethernet header.
    Ethernet,
    /// Address resolution.
    Arp,
    /// The IP header.
    Ip,
    /// The TCP header.
    Tcp,
    /// The UDP header.
    Udp,
    /// ICMP, of IPv4 or IPv6.
    Icmp,
    /// What programs send each other.
    Data,
}

impl Layer {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ethernet => "Ethernet",
            Self::Arp => "ARP",
            Self::Ip => "IP",
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Icmp => "ICMP",
            Self::Data => "Data",
        }
    }
}

/// A field of a header, by the name that its RFC gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// In which header.
    pub layer: Layer,
    /// Its name.
    pub name: &'static str,
    /// What it says, in the usual way of writing.
    pub value: String,
    /// Its bytes; fields that share a byte both have it.
    pub bytes: Range<usize>,
}

/// Reads a frame's fields one after the other.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    layer: Layer,
    fields: Vec<Field>,
}

impl Reader<'_> {
    /// The next bytes as a number.
    fn number(&self, len: usize) -> Option<u64> {
        let bytes = self.bytes.get(self.at..self.at + len)?;
        Some(bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)))
    }

    /// The next bytes as a field; they are used up.
    fn take(&mut self, name: &'static str, len: usize, show: impl FnOnce(u64) -> String) -> Option<u64> {
        let number = self.number(len)?;
        self.same(name, len, show(number));
        self.at += len;
        Some(number)
    }

    /// A field in the next bytes, which are not used up.
    fn same(&mut self, name: &'static str, len: usize, value: String) {
        let bytes = self.at..self.at + len;
        self.fields.push(Field { layer: self.layer, name, value, bytes });
    }

    fn mac(&mut self, name: &'static str) -> Option<u64> {
        self.take(name, 6, |n| {
            let text: Vec<_> = n.to_be_bytes()[2..].iter().map(|byte| format!("{byte:02x}")).collect();
            text.join(":")
        })
    }

    #[expect(clippy::cast_possible_truncation, reason = "four bytes were read")]
    fn ip(&mut self, name: &'static str) -> Option<u64> {
        self.take(name, 4, |n| Ipv4Addr::from_bits(n as u32).to_string())
    }

    fn ip6(&mut self, name: &'static str) -> Option<()> {
        let octets: [u8; 16] = self.bytes.get(self.at..self.at + 16)?.try_into().ok()?;
        self.same(name, 16, Ipv6Addr::from(octets).to_string());
        self.at += 16;
        Some(())
    }

    /// What is left, as far as `end`.
    fn data(&mut self, name: &'static str, end: usize) {
        let end = end.min(self.bytes.len());
        if end > self.at {
            let bytes = Bytes(self.bytes[self.at..end].to_vec());
            self.fields.push(Field { layer: Layer::Data, name, value: bytes.escaped(), bytes: self.at..end });
        }
        self.at = self.at.max(end);
    }
}

fn decimal(n: u64) -> String {
    n.to_string()
}

fn hex(n: u64) -> String {
    format!("{n:#06x}")
}

/// The fields of an Ethernet frame, in the order of its bytes.
pub fn fields(bytes: &[u8]) -> Vec<Field> {
    let mut reader = Reader { bytes, at: 0, layer: Layer::Ethernet, fields: vec![] };
    frame(&mut reader);
    reader.data("data", bytes.len());
    reader.fields
}

/// `None` where bytes are missing.
fn frame(r: &mut Reader) -> Option<()> {
    r.mac("destination")?;
    r.mac("source")?;
    let kind = r.take("type", 2, |n| {
        let name = match n {
            0x0800 => "IPv4",
            0x0806 => "ARP",
            0x86dd => "IPv6",
            _ => "?",
        };
        format!("{n:#06x} {name}")
    })?;
    match kind {
        0x0806 => arp(r),
        0x0800 => ipv4(r),
        0x86dd => ipv6(r),
        _ => None,
    }
}

fn arp(r: &mut Reader) -> Option<()> {
    r.layer = Layer::Arp;
    r.take("hardware type", 2, decimal)?;
    r.take("protocol type", 2, hex)?;
    r.take("hardware length", 1, decimal)?;
    r.take("protocol length", 1, decimal)?;
    r.take("operation", 2, |n| match n {
        1 => "1 request".into(),
        2 => "2 reply".into(),
        n => n.to_string(),
    })?;
    r.mac("sender hardware address")?;
    r.ip("sender protocol address")?;
    r.mac("target hardware address")?;
    r.ip("target protocol address")?;
    Some(())
}

fn ipv4(r: &mut Reader) -> Option<()> {
    r.layer = Layer::Ip;
    let start = r.at;
    let first = r.number(1)?;
    let header = usize::try_from(first & 15).ok()? * 4;
    r.same("version", 1, (first >> 4).to_string());
    r.take("header length", 1, |_| format!("{header} B"))?;
    r.take("type of service", 1, decimal)?;
    let total = r.take("total length", 2, |n| format!("{n} B"))?;
    r.take("identification", 2, hex)?;
    let part = r.number(2)?;
    let flags = [(0x4000, "don't fragment"), (0x2000, "more fragments")];
    let names: Vec<_> = flags.iter().filter(|(bit, _)| part & bit != 0).map(|(_, name)| *name).collect();
    r.same("flags", 2, if names.is_empty() { "-".into() } else { names.join(", ") });
    r.take("fragment offset", 2, |n| ((n & 0x1fff) * 8).to_string())?;
    r.take("time to live", 1, decimal)?;
    let protocol = r.take("protocol", 1, protocol)?;
    r.take("header checksum", 2, hex)?;
    r.ip("source address")?;
    r.ip("destination address")?;
    if r.at < start + header {
        let left = start + header - r.at;
        r.bytes.get(r.at..start + header)?;
        r.same("options", left, format!("{left} B"));
        r.at = start + header;
    }
    // Zero where the sender left the cutting to its device.
    let end = if total == 0 { r.bytes.len() } else { start + usize::try_from(total).ok()? };
    let is_first = part.trailing_zeros() >= 13; // the offset is in the low 13 bits
    if is_first { transport(r, protocol, end) } else { None }
}

fn ipv6(r: &mut Reader) -> Option<()> {
    r.layer = Layer::Ip;
    let first = r.number(4)?;
    r.same("version", 1, (first >> 28).to_string());
    r.take("traffic class, flow label", 4, |n| format!("{:#x}", n & 0x0fff_ffff))?;
    let len = r.take("payload length", 2, |n| format!("{n} B"))?;
    let next = r.take("next header", 1, protocol)?;
    r.take("hop limit", 1, decimal)?;
    r.ip6("source address")?;
    r.ip6("destination address")?;
    let end = r.at + usize::try_from(len).ok()?;
    transport(r, next, end)
}

fn protocol(n: u64) -> String {
    let name = match n {
        1 => "ICMP",
        2 => "IGMP",
        6 => "TCP",
        17 => "UDP",
        58 => "ICMPv6",
        _ => "?",
    };
    format!("{n} {name}")
}

fn transport(r: &mut Reader, protocol: u64, end: usize) -> Option<()> {
    match protocol {
        6 => tcp(r, end),
        17 => {
            r.layer = Layer::Udp;
            r.take("source port", 2, decimal)?;
            r.take("destination port", 2, decimal)?;
            r.take("length", 2, |n| format!("{n} B"))?;
            r.take("checksum", 2, hex)?;
            r.data("data", end);
            Some(())
        }
        1 | 58 => {
            r.layer = Layer::Icmp;
            r.take("type", 1, decimal)?;
            r.take("code", 1, decimal)?;
            r.take("checksum", 2, hex)?;
            r.take("rest of header", 4, |n| format!("{n:#010x}"))?;
            r.data("data", end);
            Some(())
        }
        _ => {
            r.data("data", end);
            Some(())
        }
    }
}

fn tcp(r: &mut Reader, end: usize) -> Option<()> {
    r.layer = Layer::Tcp;
    let start = r.at;
    r.take("source port", 2, decimal)?;
    r.take("destination port", 2, decimal)?;
    r.take("sequence number", 4, decimal)?;
    r.take("acknowledgment number", 4, decimal)?;
    let header = r.take("data offset", 1, |n| format!("{} B", (n >> 4) * 4))? >> 4;
    r.take("control bits", 1, |n| Flags::of(u8::try_from(n).unwrap_or(0)).to_string())?;
    r.take("window", 2, decimal)?;
    r.take("checksum", 2, hex)?;
    r.take("urgent pointer", 2, decimal)?;
    let options = start + usize::try_from(header).ok()? * 4;
    while r.at < options {
        let kind = r.number(1)?;
        if kind <= 1 {
            r.take(if kind == 0 { "option: end" } else { "option: no-operation" }, 1, |_| String::new())?;
            continue;
        }
        let len = usize::from(*r.bytes.get(r.at + 1)?).clamp(2, options - r.at);
        let body = r.bytes.get(r.at + 2..r.at + len)?;
        let number = |range: Range<usize>| {
            body.get(range).map_or(0, |bytes| bytes.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte)))
        };
        let (name, value) = match kind {
            2 => ("option: maximum segment size", format!("{} B", number(0..2))),
            3 => ("option: window scale", format!("× {}", 1_u64 << number(0..1).min(14))),
            4 => ("option: SACK permitted", String::new()),
            5 => {
                let blocks = (0..body.len() / 8)
                    .map(|i| format!("{}–{}", number(8 * i..8 * i + 4), number(8 * i + 4..8 * i + 8)));
                ("option: SACK", blocks.collect::<Vec<_>>().join(", "))
            }
            8 => ("option: timestamps", format!("{}, echo {}", number(0..4), number(4..8))),
            kind => ("option", kind.to_string()),
        };
        r.same(name, len, value);
        r.at += len;
    }
    r.data("data", end);
    Some(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;
    use crate::event::Fact;
    use crate::fixtures;

    fn shown(events: &[crate::event::Event], nth: usize) -> String {
        let frames = events.iter().filter_map(|event| match &event.fact {
            Fact::FrameSent { bytes, .. } => Some(bytes),
            _ => None,
        });
        let bytes = frames.into_iter().nth(nth).unwrap();
        fields(&bytes.head.0).iter().fold(String::new(), |mut out, field| {
            let Field { layer, name, value, bytes } = field;
            writeln!(out, "{:>3}..{:<3} {} {name}: {value}", bytes.start, bytes.end, layer.name()).unwrap();
            out
        })
    }

    #[test]
    fn a_question_for_an_address() {
        insta::assert_snapshot!(shown(&fixtures::tcp_echo(), 0));
    }

    #[test]
    fn a_syn() {
        insta::assert_snapshot!(shown(&fixtures::tcp_echo(), 2));
    }

    #[test]
    fn a_segment_with_data() {
        insta::assert_snapshot!(shown(&fixtures::tcp_echo(), 5));
    }

    #[test]
    fn a_datagram() {
        insta::assert_snapshot!(shown(&fixtures::udp_lost(), 2));
    }

    proptest! {
        /// Whatever the bytes: nothing panics, and no field is beyond their end.
        #[test]
        fn any_bytes_have_fields(mut bytes: Vec<u8>, kind in 0_usize..4) {
            if let Some(head) = bytes.get_mut(12..14) {
                head.copy_from_slice(&[[8, 0], [8, 6], [0x86, 0xdd], [0, 0]][kind]);
            }
            for field in fields(&bytes) {
                prop_assert!(field.bytes.start < field.bytes.end && field.bytes.end <= bytes.len());
            }
        }

        /// Every byte of a whole frame belongs to a field.
        #[test]
        fn no_byte_is_left_out(nth in 0_usize..13) {
            let frames: Vec<_> = fixtures::tcp_echo().into_iter().filter_map(|event| match event.fact {
                Fact::FrameSent { bytes, .. } => Some(bytes.head.0),
                _ => None,
            }).collect();
            let all = fields(&frames[nth]);
            for at in 0..frames[nth].len() {
                prop_assert!(all.iter().any(|field| field.bytes.contains(&at)), "{} of {}", at, frames[nth].len());
            }
        }
    }
}
