//! TCP segments (RFC 9293 section 3.1).

use std::fmt;

use etherparse::{TcpOptionElement, TcpSlice};

use super::ip::part;
use crate::bytes::Clipped;

/// A TCP segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Port of the sender.
    pub source_port: u16,
    /// Port of the receiver.
    pub destination_port: u16,
    /// Sequence number as it stands in the header.
    pub seq: u32,
    /// Acknowledgment number as it stands in the header; means something with [`Flags::ACK`] only.
    pub ack: u32,
    /// The control bits.
    pub flags: Flags,
    /// The window as it stands in the header, before scaling.
    pub window: u16,
    /// The options that could be read.
    pub options: Vec<TcpOption>,
    /// What it carries.
    pub payload: Clipped,
}

/// A TCP option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcpOption {
    /// Maximum segment size.
    Mss(u16),
    /// Window scale: the shift (RFC 7323).
    WindowScale(u8),
    /// Selective acknowledgments are understood (RFC 2018).
    SackPermitted,
    /// Blocks that arrived out of order: first byte, and the one after the last.
    Sack([Option<(u32, u32)>; 4]),
    /// Timestamps (RFC 7323).
    Timestamps {
        /// The sender's clock.
        value: u32,
        /// The receiver's clock as the sender heard it last.
        echo: u32,
    },
}

/// The control bits of a segment.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags(u8);

impl Flags {
    /// No more data from sender.
    pub const FIN: Self = Self(1);
    /// Synchronise sequence numbers.
    pub const SYN: Self = Self(1 << 1);
    /// Reset the connection.
    pub const RST: Self = Self(1 << 2);
    /// Push.
    pub const PSH: Self = Self(1 << 3);
    /// The acknowledgment number means something.
    pub const ACK: Self = Self(1 << 4);
    /// The urgent pointer means something.
    pub const URG: Self = Self(1 << 5);
    /// Congestion was experienced (RFC 3168).
    pub const ECE: Self = Self(1 << 6);
    /// The congestion window was reduced (RFC 3168).
    pub const CWR: Self = Self(1 << 7);

    /// In the order in which people say them: `SYN ACK`, `PSH ACK`, `FIN ACK`.
    const SPOKEN: [(Self, &'static str); 8] = [
        (Self::SYN, "SYN"),
        (Self::FIN, "FIN"),
        (Self::RST, "RST"),
        (Self::PSH, "PSH"),
        (Self::URG, "URG"),
        (Self::ACK, "ACK"),
        (Self::ECE, "ECE"),
        (Self::CWR, "CWR"),
    ];

    /// From the byte of the header that holds them.
    pub const fn of(byte: u8) -> Self {
        Self(byte)
    }

    /// Whether all of `other`'s bits are set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (_, name) in Self::SPOKEN.iter().filter(|(flag, _)| self.has(*flag)) {
            write!(f, "{separator}{name}")?;
            separator = " ";
        }
        Ok(())
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({self})")
    }
}

impl Segment {
    pub(super) fn of(tcp: &TcpSlice<'_>, ip_payload_len: u64) -> Self {
        Self {
            source_port: tcp.source_port(),
            destination_port: tcp.destination_port(),
            seq: tcp.sequence_number(),
            ack: tcp.acknowledgment_number(),
            // Byte 13 of the header holds the eight control bits in the order of the constants above.
            flags: Flags(tcp.header_slice()[13]),
            window: tcp.window_size(),
            options: tcp.options_iterator().map_while(Result::ok).filter_map(|option| TcpOption::of(&option)).collect(),
            payload: part(tcp.payload(), ip_payload_len.saturating_sub(tcp.header_slice().len() as u64)),
        }
    }

    /// How much the segment takes of the sequence space: SYN and FIN count as a byte each.
    pub const fn seq_len(&self) -> u32 {
        #[expect(clippy::cast_possible_truncation, reason = "an IP packet has at most 65535 bytes")]
        let payload = self.payload.len as u32;
        payload + self.flags.has(Flags::SYN) as u32 + self.flags.has(Flags::FIN) as u32
    }

    /// The window scale option, if it is there.
    pub fn window_scale(&self) -> Option<u8> {
        self.options.iter().find_map(|option| match option {
            // RFC 7323 section 2.3: greater shifts are taken as 14.
            TcpOption::WindowScale(shift) => Some((*shift).min(14)),
            _ => None,
        })
    }
}

impl TcpOption {
    fn of(element: &TcpOptionElement) -> Option<Self> {
        Some(match *element {
            TcpOptionElement::Noop => return None,
            TcpOptionElement::MaximumSegmentSize(size) => Self::Mss(size),
            TcpOptionElement::WindowScale(shift) => Self::WindowScale(shift),
            TcpOptionElement::SelectiveAcknowledgementPermitted => Self::SackPermitted,
            TcpOptionElement::SelectiveAcknowledgement(first, [second, third, fourth]) => {
                Self::Sack([Some(first), second, third, fourth])
            }
            TcpOptionElement::Timestamp(value, echo) => Self::Timestamps { value, echo },
        })
    }
}
