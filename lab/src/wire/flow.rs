//! Which connection a frame belongs to.

use std::net::SocketAddr;

use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};

/// What a frame carries, as far as the kernel observer cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carries {
    /// A TCP segment from one address to another. A plain one neither begins nor ends a connection.
    Segment { from: SocketAddr, to: SocketAddr, plain: bool },
    /// A UDP datagram, or a fragment that may belong to one.
    Datagram,
    /// Nothing that changes a socket.
    Other,
}

/// Looks into a frame's headers.
pub(super) fn carries(frame: &[u8]) -> Carries {
    // Of a frame on `lo` only the head may be here.
    let Ok(packet) = LaxSlicedPacket::from_ethernet(frame) else { return Carries::Other };
    let (source, destination, fragmented) = match &packet.net {
        Some(LaxNetSlice::Ipv4(ip)) => {
            let header = ip.header();
            (header.source_addr().into(), header.destination_addr().into(), ip.payload().fragmented)
        }
        Some(LaxNetSlice::Ipv6(ip)) => {
            let header = ip.header();
            (header.source_addr().into(), header.destination_addr().into(), ip.payload().fragmented)
        }
        _ => return Carries::Other,
    };
    match &packet.transport {
        Some(TransportSlice::Tcp(tcp)) => Carries::Segment {
            from: SocketAddr::new(source, tcp.source_port()),
            to: SocketAddr::new(destination, tcp.destination_port()),
            plain: !(tcp.syn() || tcp.fin() || tcp.rst()),
        },
        Some(TransportSlice::Udp(_)) => Carries::Datagram,
        _ if fragmented => Carries::Datagram,
        _ => Carries::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::PacketBuilder;
    use proptest::prelude::*;

    #[test]
    fn a_segment_names_its_ends() {
        let mut frame = Vec::new();
        PacketBuilder::ethernet2([2; 6], [4; 6])
            .ipv4([192, 168, 1, 7], [192, 168, 1, 4], 64)
            .tcp(40112, 18888, 0, 64240)
            .write(&mut frame, b"hello")
            .unwrap();
        let expected = Carries::Segment {
            from: "192.168.1.7:40112".parse().unwrap(),
            to: "192.168.1.4:18888".parse().unwrap(),
            plain: true,
        };
        assert_eq!(carries(&frame), expected);
        assert_eq!(carries(&frame[..20]), Carries::Other);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(frame: Vec<u8>) {
            // Looking is the test; random bytes hardly ever are a packet with both ends.
            prop_assert!(frame.len() >= 14 || carries(&frame) == Carries::Other);
        }
    }
}
