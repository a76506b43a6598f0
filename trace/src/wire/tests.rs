use super::*;
use crate::event::Fact;
use crate::fixtures;
use proptest::prelude::*;

/// The bytes of a hex dump.
fn hex(dump: &str) -> Vec<u8> {
    let digits: Vec<u32> = dump.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}

fn parse(dump: &str) -> Packet {
    Packet::parse(&Clipped::of(&hex(dump), 256)).unwrap()
}

/// A SYN as a Linux host sends it.
const SYN: &str = "02 00 00 00 00 04  02 00 00 00 00 07  08 00
    45 00 00 3c 1c 46 40 00 40 06 9b 1b c0 a8 01 07 c0 a8 01 04
    9c b0 49 c8 72 0a 1b 36 00 00 00 00 a0 02 fa f0 83 7f 00 00
    02 04 05 b4 04 02 08 0a 5d 1f 3a 77 00 00 00 00 01 03 03 07";

#[test]
fn a_syn_with_its_options() {
    let packet = parse(SYN);
    assert_eq!(packet.ethernet.source, [2, 0, 0, 0, 0, 7]);
    assert!(!packet.ethernet.is_for_group());
    let (ip, tcp) = packet.tcp().unwrap();
    assert_eq!((ip.source.to_string(), ip.ttl, ip.dont_fragment), ("192.168.1.7".to_owned(), 64, true));
    assert_eq!((tcp.source_port, tcp.destination_port, tcp.seq), (40112, 18888, 0x720a_1b36));
    assert_eq!(tcp.flags.to_string(), "SYN");
    assert_eq!((tcp.window, tcp.seq_len(), tcp.payload.len), (64240, 1, 0));
    assert_eq!(
        tcp.options,
        [
            TcpOption::Mss(1460),
            TcpOption::SackPermitted,
            TcpOption::Timestamps { value: 0x5d1f_3a77, echo: 0 },
            TcpOption::WindowScale(7),
        ]
    );
}

#[test]
fn a_clipped_segment_tells_its_true_length() {
    // Total length 0x05dc = 1500, of which 40 are headers; four bytes of the payload are there.
    let mut bytes = hex("02 00 00 00 00 04  02 00 00 00 00 07  08 00
        45 00 05 dc 1c 46 40 00 40 06 00 00 c0 a8 01 07 c0 a8 01 04
        9c b0 49 c8 00 00 00 01 00 00 00 01 50 18 01 f6 00 00 00 00
        68 65 6c 6c");
    bytes.resize(1514, b'.');
    let packet = Packet::parse(&Clipped::of(&bytes, 58)).unwrap();
    let (_, tcp) = packet.tcp().unwrap();
    assert_eq!((tcp.payload.head.escaped().as_str(), tcp.payload.len), ("hell", 1460));
    assert_eq!(tcp.seq_len(), 1460);
    assert_eq!(tcp.flags.to_string(), "PSH ACK");
}

#[test]
fn ethernet_padding_is_no_payload() {
    // A bare ACK of 40 bytes in a frame that was filled up to Ethernet's least length.
    let packet = parse(
        "02 00 00 00 00 04  02 00 00 00 00 07  08 00
        45 00 00 28 1c 46 40 00 40 06 00 00 c0 a8 01 07 c0 a8 01 04
        9c b0 49 c8 00 00 00 01 00 00 00 01 50 10 01 f6 00 00 00 00
        00 00 00 00 00 00",
    );
    assert_eq!(packet.tcp().unwrap().1.payload, Clipped::default());
}

#[test]
fn a_question_and_an_answer_of_arp() {
    let packet = parse(
        "ff ff ff ff ff ff  02 00 00 00 00 07  08 06
        00 01 08 00 06 04 00 01  02 00 00 00 00 07 c0 a8 01 07  00 00 00 00 00 00 c0 a8 01 04",
    );
    assert!(packet.ethernet.is_for_group());
    assert!(packet.resolves_addresses());
    let Body::Arp(arp) = packet.body else { panic!("{packet:?}") };
    assert_eq!(arp.operation, ArpKind::Request);
    assert_eq!((arp.sender, arp.target), ([192, 168, 1, 7].into(), [192, 168, 1, 4].into()));
}

#[test]
fn a_datagram_in_fragments() {
    // The second of two fragments: offset 185 * 8 = 1480, nothing after it.
    let packet = parse(
        "02 00 00 00 00 04  02 00 00 00 00 07  08 00
        45 00 00 18 be ef 00 b9 40 11 00 00 c0 a8 01 07 c0 a8 01 04  64 61 74 61",
    );
    let Body::Ip(ip, transport) = packet.body else { panic!("{packet:?}") };
    assert_eq!(ip.fragment, Some(Fragment { offset: 1480, more: false }));
    assert_eq!((ip.id, ip.protocol), (0xbeef, 17));
    assert_eq!(transport, Transport::Fragment(Clipped::of(b"data", 256)));
}

#[test]
fn nobody_listens_on_a_udp_port() {
    let packet = parse(
        "02 00 00 00 00 07  02 00 00 00 00 04  08 00
        45 c0 00 38 00 00 00 00 40 01 00 00 c0 a8 01 04 c0 a8 01 07
        03 03 00 00 00 00 00 00
        45 00 00 1f 12 34 40 00 40 11 00 00 c0 a8 01 07 c0 a8 01 04
        c7 5a 27 0f 00 0b 00 00",
    );
    let Body::Ip(_, Transport::Icmp(icmp)) = packet.body else { panic!("{packet:?}") };
    assert_eq!(icmp.name, Some("port unreachable"));
    let (from, to) = icmp.about.unwrap();
    assert_eq!((from.to_string(), to.to_string()), ("192.168.1.7:51034".to_owned(), "192.168.1.4:9999".to_owned()));
}

#[test]
fn what_is_too_short_stays_bytes() {
    assert_eq!(Packet::parse(&Clipped::of(&[0; 13], 256)), None);
    let head = Clipped::of(&hex(SYN), 14 + 20 + 10);
    let Some(Packet { body: Body::Ip(_, Transport::Other(rest)), .. }) = Packet::parse(&head) else { panic!() };
    assert_eq!((rest.head.0.len(), rest.len), (10, 40));
}

#[test]
fn fixtures_have_valid_checksums() {
    let mut frames = 0;
    for trace in [fixtures::tcp_echo(), fixtures::refused(), fixtures::udp_lost(), fixtures::retransmission()] {
        for event in trace {
            let Fact::FrameSent { bytes, .. } = event.fact else { continue };
            let sliced = etherparse::SlicedPacket::from_ethernet(&bytes.head.0).unwrap();
            let Some(etherparse::NetSlice::Ipv4(ip)) = &sliced.net else { continue };
            let header = ip.header().to_header();
            assert_eq!(header.calc_header_checksum(), header.header_checksum);
            let (told, true_one) = match sliced.transport.unwrap() {
                etherparse::TransportSlice::Tcp(tcp) => {
                    (tcp.checksum(), tcp.calc_checksum_ipv4(header.source, header.destination).unwrap())
                }
                etherparse::TransportSlice::Udp(udp) => {
                    (udp.checksum(), udp.to_header().calc_checksum_ipv4(&header, udp.payload()).unwrap())
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(told, true_one);
            frames += 1;
        }
    }
    assert!(frames > 20, "{frames}");
}

proptest! {
    #[test]
    fn garbage_never_panics(bytes: Vec<u8>, len: u64) {
        let _ = Packet::parse(&Clipped { head: Bytes(bytes), len });
    }

    /// Garbage from some byte on gets past the outer headers.
    #[test]
    fn a_damaged_packet_never_panics(at in 12_usize..74, with: u8, cut in 0_usize..75) {
        let mut bytes = hex(SYN);
        bytes[at] = with;
        bytes.truncate(cut);
        if let Some(packet) = Packet::parse(&Clipped::of(&bytes, 256))
            && let Some((ip, segment)) = packet.tcp()
        {
            let mut streams = Streams::default();
            streams.follow(crate::id::HostId(0), ip, segment, false);
            streams.follow(crate::id::HostId(0), ip, segment, false);
        }
    }
}
