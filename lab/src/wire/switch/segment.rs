//! TCP segments taken apart and put together again, byte for byte, with correct lengths and checksums. Pure.
//!
//! Only without fragments and IPv6's extension headers, which is all that hosts send; whatever else comes is left as it
//! is (`None`).

use std::net::IpAddr;

use etherparse::{IpNumber, Ipv4Header, Ipv6Header, TcpHeader};

/// An Ethernet header without a tag.
const ETHERNET: usize = 14;

/// A segment with its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    ethernet: [u8; ETHERNET],
    ip: Ip,
    pub(super) tcp: TcpHeader,
    pub(super) payload: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Ip {
    V4(Ipv4Header),
    V6(Ipv6Header),
}

impl Ip {
    /// The header of a packet with a whole segment, and that segment.
    fn parse(ether_type: [u8; 2], packet: &[u8]) -> Option<(Self, &[u8])> {
        // Ethernet pads short frames: the IP header knows where the packet ends.
        match ether_type {
            [0x08, 0x00] => {
                let (ip, _) = Ipv4Header::from_slice(packet).ok()?;
                let whole = ip.protocol == IpNumber::TCP && !ip.is_fragmenting_payload();
                let segment = packet.get(ip.header_len()..usize::from(ip.total_len)).filter(|_| whole)?;
                Some((Self::V4(ip), segment))
            }
            [0x86, 0xdd] => {
                let (ip, rest) = Ipv6Header::from_slice(packet).ok()?;
                let segment = rest.get(..usize::from(ip.payload_length)).filter(|_| ip.next_header == IpNumber::TCP)?;
                Some((Self::V6(ip), segment))
            }
            _ => None,
        }
    }

    /// Its bytes, and the segment's checksum with it.
    fn write(&self, tcp: &TcpHeader, payload: &[u8]) -> (Vec<u8>, u16) {
        // It fits: no segment gets longer than the largest frame by what is done to it here.
        let fitting = |len: usize| u16::try_from(len).unwrap_or(u16::MAX);
        let len = tcp.header_len() + payload.len();
        match self.clone() {
            Self::V4(mut ip) => {
                ip.total_len = fitting(ip.header_len() + len);
                ip.header_checksum = ip.calc_header_checksum();
                (ip.to_bytes().to_vec(), tcp.calc_checksum_ipv4(&ip, payload).unwrap_or_default())
            }
            Self::V6(mut ip) => {
                ip.payload_length = fitting(len);
                (ip.to_bytes().to_vec(), tcp.calc_checksum_ipv6(&ip, payload).unwrap_or_default())
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::V4(ip) => ip.header_len(),
            Self::V6(ip) => ip.header_len(),
        }
    }

    /// From whom to whom.
    fn ends(&self) -> (IpAddr, IpAddr) {
        match self {
            Self::V4(ip) => (ip.source.into(), ip.destination.into()),
            Self::V6(ip) => (ip.source.into(), ip.destination.into()),
        }
    }

    fn turn(&mut self) {
        match self {
            Self::V4(ip) => std::mem::swap(&mut ip.source, &mut ip.destination),
            Self::V6(ip) => std::mem::swap(&mut ip.source, &mut ip.destination),
        }
    }
}

impl Segment {
    /// The segment in a frame; `None` where there is none, or not all of it.
    pub(super) fn parse(frame: &[u8]) -> Option<Self> {
        let (ethernet, packet) = frame.split_first_chunk::<ETHERNET>()?;
        let (ip, segment) = Ip::parse([ethernet[12], ethernet[13]], packet)?;
        let (tcp, payload) = TcpHeader::from_slice(segment).ok()?;
        Some(Self { ethernet: *ethernet, ip, tcp, payload: payload.to_vec() })
    }

    /// The frame with this segment.
    pub(super) fn frame(&self) -> Vec<u8> {
        let mut tcp = self.tcp.clone();
        let (ip, checksum) = self.ip.write(&tcp, &self.payload);
        tcp.checksum = checksum;
        let mut frame = self.ethernet.to_vec();
        frame.extend(ip);
        frame.extend(tcp.to_bytes());
        frame.extend(&self.payload);
        frame
    }

    /// The length of its frame.
    fn len(&self) -> usize {
        ETHERNET + self.ip.len() + self.tcp.header_len() + self.payload.len()
    }

    /// How much of the sequence space it takes: its data, and one each for SYN and FIN (RFC 9293 section 3.4).
    pub(super) fn seq_len(&self) -> u32 {
        let data = u32::try_from(self.payload.len()).unwrap_or(u32::MAX);
        data.wrapping_add(u32::from(self.tcp.syn)).wrapping_add(u32::from(self.tcp.fin))
    }

    /// The sequence number after it.
    pub(super) fn end(&self) -> u32 {
        self.tcp.sequence_number.wrapping_add(self.seq_len())
    }

    /// The same data in pieces that begin at these offsets too. PSH and FIN belong to the last byte. A segment with an
    /// urgent pointer stays whole: urgent data is about where a segment ends.
    pub(super) fn split(&self, at: impl IntoIterator<Item = usize>) -> Vec<Self> {
        let whole = self.payload.len();
        let mut cuts: Vec<usize> = at.into_iter().filter(|cut| (1..whole).contains(cut)).collect();
        cuts.sort_unstable();
        cuts.dedup();
        if self.tcp.urg || self.tcp.syn || cuts.is_empty() {
            return vec![self.clone()];
        }
        let begins = std::iter::once(0).chain(cuts.iter().copied());
        let ends = cuts.iter().copied().chain([whole]);
        begins.zip(ends).map(|(begin, end)| self.piece(begin, end)).collect()
    }

    fn piece(&self, begin: usize, end: usize) -> Self {
        let is_last = end == self.payload.len();
        let mut piece = Self { payload: self.payload[begin..end].to_vec(), ..self.clone() };
        let offset = u32::try_from(begin).expect("a segment has less than 64 KB");
        piece.tcp.sequence_number = self.tcp.sequence_number.wrapping_add(offset);
        piece.tcp.psh &= is_last;
        piece.tcp.fin &= is_last;
        piece
    }

    /// This segment and the next one as one, if that one's data follow directly and both fit into `largest` bytes.
    pub(super) fn merge(&self, next: &Self, largest: usize) -> Option<Self> {
        let same = self.flow() == next.flow();
        let plain = |tcp: &TcpHeader| !(tcp.syn || tcp.rst || tcp.urg);
        let follows = self.end() == next.tcp.sequence_number && !self.tcp.fin;
        if !(same && follows && plain(&self.tcp) && plain(&next.tcp)) {
            return None;
        }
        // Acknowledgment, window and options are the later one's.
        let mut both = next.clone();
        both.tcp.sequence_number = self.tcp.sequence_number;
        both.tcp.psh |= self.tcp.psh;
        both.payload = [self.payload.as_slice(), &next.payload].concat();
        (both.len() <= largest).then_some(both)
    }

    /// The shift of its window scale option.
    pub(super) fn window_scale(&self) -> Option<u8> {
        self.tcp.options_iterator().find_map(|option| match option {
            Ok(etherparse::TcpOptionElement::WindowScale(shift)) => Some(shift.min(14)),
            _ => None,
        })
    }

    /// A reset in the name of this segment's sender.
    pub(super) fn reset(&self, seq: u32, ack: u32) -> Self {
        let mut tcp = TcpHeader::new(self.tcp.source_port, self.tcp.destination_port, seq, 0);
        (tcp.rst, tcp.ack, tcp.acknowledgment_number) = (true, true, ack);
        Self { tcp, payload: Vec::new(), ..self.clone() }
    }

    /// A segment without data, from the other end of the connection.
    pub(super) fn turned(&self) -> Self {
        let mut turned = self.clone();
        let (to, from) = (&self.ethernet[..6], &self.ethernet[6..12]);
        turned.ethernet[..6].copy_from_slice(from);
        turned.ethernet[6..12].copy_from_slice(to);
        turned.ip.turn();
        turned.tcp = TcpHeader::new(self.tcp.destination_port, self.tcp.source_port, 0, 0);
        turned.payload.clear();
        turned
    }

    /// Its connection in its direction: addresses and ports.
    pub(super) fn flow(&self) -> Flow {
        let (source, destination) = self.ip.ends();
        (source, self.tcp.source_port, destination, self.tcp.destination_port)
    }
}

/// One direction of a connection: sender's address and port, receiver's address and port.
pub(super) type Flow = (IpAddr, u16, IpAddr, u16);

/// The other direction.
pub(super) const fn reverse((source, from, destination, to): Flow) -> Flow {
    (destination, to, source, from)
}

/// Whether `a` comes after `b` in the circle of sequence numbers (RFC 9293 section 3.4).
pub(super) const fn after(a: u32, b: u32) -> bool {
    a.wrapping_sub(b).cast_signed() > 0
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use etherparse::{PacketBuilder, SlicedPacket, TransportSlice};
    use proptest::prelude::*;

    /// A segment from 192.168.1.7:40112 to 192.168.1.4:18888.
    pub(in crate::wire::switch) fn segment(seq: u32, payload: &[u8], change: impl FnOnce(&mut TcpHeader)) -> Vec<u8> {
        let mut tcp = TcpHeader::new(40112, 18888, seq, 64240);
        tcp.ack = true;
        change(&mut tcp);
        let mut frame = Vec::new();
        PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
            .ipv4([192, 168, 1, 7], [192, 168, 1, 4], 64)
            .tcp_header(tcp)
            .write(&mut frame, payload)
            .unwrap();
        frame
    }

    /// Checksums of the IP header and of the segment are what they should be.
    pub(in crate::wire::switch) fn checksums_hold(frame: &[u8]) -> bool {
        let packet = SlicedPacket::from_ethernet(frame).unwrap();
        let Some(etherparse::NetSlice::Ipv4(ip)) = &packet.net else { return false };
        let Some(TransportSlice::Tcp(tcp)) = &packet.transport else { return false };
        let header = ip.header().to_header();
        let tcp_header = tcp.to_header();
        header.calc_header_checksum() == header.header_checksum
            && tcp_header.calc_checksum_ipv4(&header, tcp.payload()).unwrap() == tcp_header.checksum
    }

    proptest! {
        #[test]
        fn pieces_are_the_whole(
            seq: u32,
            payload in prop::collection::vec(any::<u8>(), 1..80),
            cuts in prop::collection::vec(0_usize..90, 0..20),
            (psh, fin) in any::<(bool, bool)>(),
        ) {
            let frame = segment(seq, &payload, |tcp| (tcp.psh, tcp.fin) = (psh, fin));
            let whole = Segment::parse(&frame).unwrap();
            prop_assert_eq!(&whole.frame(), &frame);
            let pieces = whole.split(cuts);
            let mut next = seq;
            let mut bytes: Vec<u8> = Vec::new();
            for (index, piece) in pieces.iter().enumerate() {
                let is_last = index + 1 == pieces.len();
                prop_assert!(checksums_hold(&piece.frame()));
                prop_assert_eq!(piece.tcp.sequence_number, next);
                prop_assert_eq!((piece.tcp.psh, piece.tcp.fin), (psh && is_last, fin && is_last));
                prop_assert!(!piece.payload.is_empty());
                bytes.extend(&piece.payload);
                next = piece.end();
            }
            prop_assert_eq!(bytes, payload);
            prop_assert_eq!(next, whole.end());
            // Merging undoes it.
            let merged = pieces[1..].iter().try_fold(pieces[0].clone(), |all, piece| all.merge(piece, 1514)).unwrap();
            prop_assert_eq!(Segment::parse(&merged.frame()).unwrap().frame(), frame);
        }

        #[test]
        fn garbage_is_left_alone(frame: Vec<u8>) {
            if let Some(segment) = Segment::parse(&frame) {
                prop_assert!(segment.len() <= frame.len());
            }
        }
    }

    #[test]
    fn ipv6_is_taken_apart_and_put_together_too() {
        let mut frame = Vec::new();
        let (client, server) = ([0xfd; 16], [0xfc; 16]);
        let mut tcp = TcpHeader::new(40112, 18888, 7, 64240);
        tcp.ack = true;
        PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
            .ipv6(client, server, 64)
            .tcp_header(tcp)
            .write(&mut frame, b"hello")
            .unwrap();
        let whole = Segment::parse(&frame).unwrap();
        assert_eq!((whole.flow(), whole.frame()), ((client.into(), 40112, server.into(), 18888), frame.clone()));
        let pieces = whole.split([2]);
        for piece in &pieces {
            let frame = piece.frame();
            let packet = SlicedPacket::from_ethernet(&frame).unwrap();
            let Some(etherparse::NetSlice::Ipv6(ip)) = &packet.net else { panic!("{packet:?}") };
            let Some(TransportSlice::Tcp(tcp)) = &packet.transport else { panic!("{packet:?}") };
            let (header, tcp_header) = (ip.header().to_header(), tcp.to_header());
            assert_eq!(tcp_header.calc_checksum_ipv6(&header, tcp.payload()).unwrap(), tcp_header.checksum);
        }
        assert_eq!(pieces[0].merge(&pieces[1], 1514).unwrap().frame(), frame);
        assert_eq!(whole.turned().flow(), reverse(whole.flow()));
    }

    #[test]
    fn merging_has_its_limits() {
        let of = |seq, payload: &[u8]| Segment::parse(&segment(seq, payload, |_| ())).unwrap();
        assert!(of(1, b"ab").merge(&of(3, b"c"), 1514).is_some());
        assert_eq!(of(1, b"ab").merge(&of(4, b"c"), 1514), None, "a hole");
        assert_eq!(of(1, b"ab").merge(&of(3, b"c"), 56), None, "too long");
        let fin = Segment::parse(&segment(1, b"ab", |tcp| tcp.fin = true)).unwrap();
        assert_eq!(fin.merge(&of(4, b"c"), 1514), None, "nothing follows a FIN");
    }

    #[test]
    fn a_reset_comes_from_the_sender() {
        let one = Segment::parse(&segment(1, b"ab", |_| ())).unwrap();
        let reset = Segment::parse(&one.turned().reset(5, 3).frame()).unwrap();
        assert_eq!((reset.flow(), reset.tcp.rst, reset.tcp.sequence_number), (reverse(one.flow()), true, 5));
        assert!(checksums_hold(&reset.frame()));
    }
}
