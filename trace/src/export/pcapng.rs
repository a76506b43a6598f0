//! The frames of a run as pcapng (draft-ietf-opsawg-pcapng): what Wireshark, tshark and tcpdump open.
//!
//! Each host is an interface; so is its `lo`, once it has sent something to itself. Each frame is there once, when and where it was sent, those that the wire made of others
//! included. Which calls put its bytes on the wire, and what became of it, is told in comments.

use std::collections::BTreeMap;

use super::cause;
use crate::bytes::Clipped;
use crate::event::call::Outcome;
use crate::event::host::HostSpec;
use crate::event::wire::Made;
use crate::event::{Event, Fact, LossCause};
use crate::id::{CallId, FrameId, HostId};
use crate::text::call::Call;
use crate::time::{Nanos, Readable};

// Block types.
const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
// Options, by the block that they are in.
const COMMENT: u16 = 1;
const SHB_USERAPPL: u16 = 4;
const IF_NAME: u16 = 2;
const IF_DESCRIPTION: u16 = 3;
const IF_IPV4ADDR: u16 = 4;
const IF_IPV6ADDR: u16 = 5;
const IF_MACADDR: u16 = 6;
const IF_TSRESOL: u16 = 9;
const EPB_FLAGS: u16 = 2;

const LINKTYPE_ETHERNET: u16 = 1;
/// `epb_flags`: it came in on the interface; the interface sent it.
const INBOUND: u32 = 1;
const OUTBOUND: u32 = 2;

/// A whole trace as the bytes of a pcapng file.
pub fn encode(events: &[Event]) -> Vec<u8> {
    let mut file = Vec::new();
    section_header(&mut file);
    let (mut hosts, mut began) = (&[][..], 0);
    let comments = comments(events);
    // Interfaces are numbered in the order in which they are described: first the hosts', then each `lo` as it comes.
    let mut loops: BTreeMap<HostId, u32> = BTreeMap::new();
    for event in events {
        match &event.fact {
            Fact::RunStarted { unix_ns, hosts: specs, .. } if hosts.is_empty() => {
                (hosts, began) = (specs, *unix_ns);
                for host in hosts {
                    interface(host, &mut file);
                }
            }
            // A host that was never introduced has no interface to put it on.
            Fact::FrameSent { frame, host, bytes } | Fact::FrameMade { frame, host, bytes, .. }
                if usize::from(host.0) < hosts.len() =>
            {
                let time = began.saturating_add(event.at.0);
                let comments = comments.get(frame).map_or(&[][..], Vec::as_slice);
                packet((host.0.into(), OUTBOUND), time, bytes, comments, &mut file);
            }
            Fact::FrameLooped { frame, host, bytes } => {
                let Some(spec) = hosts.get(usize::from(host.0)) else { continue };
                let next = u32::try_from(hosts.len() + loops.len()).expect("hosts are counted in 16 bits");
                let interface = *loops.entry(*host).or_insert_with(|| {
                    loopback(spec, &mut file);
                    next
                });
                let time = began.saturating_add(event.at.0);
                let comments = comments.get(frame).map_or(&[][..], Vec::as_slice);
                packet((interface, INBOUND), time, bytes, comments, &mut file);
            }
            _ => {}
        }
    }
    file
}

fn section_header(file: &mut Vec<u8>) {
    block(SECTION_HEADER, file, |body| {
        body.extend(0x1a2b_3c4d_u32.to_le_bytes()); // the byte order of all that follows
        body.extend(1_u16.to_le_bytes());
        body.extend(0_u16.to_le_bytes());
        body.extend((-1_i64).to_le_bytes()); // the section's length is not told
        option(SHB_USERAPPL, concat!("Socklab ", env!("CARGO_PKG_VERSION")).as_bytes(), body);
        end_of_options(body);
    });
}

fn interface(host: &HostSpec, file: &mut Vec<u8>) {
    block(INTERFACE_DESCRIPTION, file, |body| {
        body.extend(LINKTYPE_ETHERNET.to_le_bytes());
        body.extend([0; 2]);
        body.extend(0_u32.to_le_bytes()); // no limit on a packet's length
        option(IF_NAME, host.name.as_bytes(), body);
        option(IF_DESCRIPTION, format!("eth0 of {}, which runs {}", host.name, host.program).as_bytes(), body);
        let mask = u32::MAX.checked_shl(32_u32.saturating_sub(host.prefix_len.into())).unwrap_or(0);
        option(IF_IPV4ADDR, &[host.addr.octets(), mask.to_be_bytes()].concat(), body);
        if let Some(addr6) = host.addr6 {
            option(IF_IPV6ADDR, &[&addr6.octets()[..], &[HostSpec::PREFIX6_LEN]].concat(), body);
        }
        option(IF_MACADDR, &host.mac, body);
        option(IF_TSRESOL, &[9], body); // nanoseconds
        end_of_options(body);
    });
}

fn loopback(host: &HostSpec, file: &mut Vec<u8>) {
    block(INTERFACE_DESCRIPTION, file, |body| {
        body.extend(LINKTYPE_ETHERNET.to_le_bytes());
        body.extend([0; 2]);
        body.extend(0_u32.to_le_bytes());
        option(IF_NAME, format!("{} lo", host.name).as_bytes(), body);
        let what = format!("lo of {}: what it sends to itself, where no checksum is needed", host.name);
        option(IF_DESCRIPTION, what.as_bytes(), body);
        option(IF_TSRESOL, &[9], body); // nanoseconds
        end_of_options(body);
    });
}

fn packet((interface, flags): (u32, u32), time: u64, frame: &Clipped, comments: &[String], file: &mut Vec<u8>) {
    let bytes = &frame.head.0;
    let len = u32::try_from(frame.len).unwrap_or(u32::MAX);
    block(ENHANCED_PACKET, file, |body| {
        body.extend(interface.to_le_bytes());
        body.extend(&time.to_le_bytes()[4..]); // the upper half first
        body.extend(&time.to_le_bytes()[..4]);
        let captured = u32::try_from(bytes.len()).expect("no frame has gigabytes");
        body.extend(captured.to_le_bytes());
        body.extend(len.to_le_bytes());
        body.extend(bytes);
        pad(body);
        for comment in comments {
            option(COMMENT, comment.as_bytes(), body);
        }
        option(EPB_FLAGS, &flags.to_le_bytes(), body);
        end_of_options(body);
    });
}

/// A block: type, length, body, and the length again.
fn block(kind: u32, file: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = Vec::new();
    body(&mut bytes);
    let len = u32::try_from(bytes.len() + 12).expect("no block has gigabytes").to_le_bytes();
    file.extend(kind.to_le_bytes());
    file.extend(len);
    file.append(&mut bytes);
    file.extend(len);
}

fn option(code: u16, value: &[u8], body: &mut Vec<u8>) {
    // A comment that is longer than the format allows is cut.
    let len = u16::try_from(value.len()).unwrap_or(u16::MAX);
    body.extend(code.to_le_bytes());
    body.extend(len.to_le_bytes());
    body.extend(&value[..len.into()]);
    pad(body);
}

fn end_of_options(body: &mut Vec<u8>) {
    body.extend([0; 4]);
}

/// Everything in a block begins at a multiple of four bytes.
fn pad(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(4), 0);
}

/// What is to be said of each frame: the calls that led to it, then what became of it.
fn comments(events: &[Event]) -> BTreeMap<FrameId, Vec<String>> {
    let causes = cause::of_frames(events);
    let calls = calls(events);
    let mut names = Vec::new();
    let mut sent: BTreeMap<FrameId, Nanos> = BTreeMap::new();
    let numbers = numbers(events);
    let mut comments: BTreeMap<FrameId, Vec<String>> = causes
        .into_iter()
        .map(|(frame, led)| (frame, led.iter().filter_map(|call| calls.get(call).cloned()).collect()))
        .collect();
    for event in events {
        let name = |host: &HostId| names.get(usize::from(host.0)).map_or("a host", String::as_str);
        let (frame, comment) = match &event.fact {
            Fact::RunStarted { hosts, .. } => {
                names = hosts.iter().map(|host| host.name.clone()).collect();
                continue;
            }
            Fact::FrameSent { frame, .. } => {
                sent.insert(*frame, event.at);
                continue;
            }
            Fact::FrameMade { frame, how, of, .. } => {
                sent.insert(*frame, event.at);
                let of: Vec<String> = of.iter().filter_map(|of| numbers.get(of).map(usize::to_string)).collect();
                let how = match how {
                    Made::Copy => "a copy",
                    Made::Piece => "a piece",
                    Made::Merged => "several in one",
                    Made::Changed => "the same with another window",
                    Made::Forged => "forged",
                };
                let of = if of.is_empty() { String::new() } else { format!(", of packet {}", of.join(", ")) };
                (frame, format!("made by the wire: {how}{of}"))
            }
            Fact::FrameHeld { frame, host } => (frame, format!("held on its way to {}", name(host))),
            Fact::FrameReleased { frame, host } => (frame, format!("released on its way to {}", name(host))),
            Fact::FrameDelivered { frame, host } => {
                let after =
                    sent.get(frame).map_or_else(String::new, |at| format!(" after {}", Readable(event.at.since(*at))));
                (frame, format!("delivered to {}{after}", name(host)))
            }
            Fact::FrameLost { frame, host, cause } => {
                let why = match cause {
                    LossCause::Chance => format!("lost on its way to {}", name(host)),
                    LossCause::Refused => format!("not taken by {}", name(host)),
                    LossCause::NoReceiver => "lost: nobody has its destination address".to_owned(),
                    LossCause::ByHand => "dropped by hand".to_owned(),
                    LossCause::Rule => "dropped by a rule of the wire".to_owned(),
                    LossCause::Unplugged => "lost: a cable is out".to_owned(),
                    LossCause::Queue => "dropped: too many waited to be sent".to_owned(),
                    LossCause::Replaced => "replaced by other frames of the wire".to_owned(),
                };
                (frame, why)
            }
            _ => continue,
        };
        comments.entry(*frame).or_default().push(comment);
    }
    comments
}

/// The number that each frame will have in a list of packets, counted from 1.
fn numbers(events: &[Event]) -> BTreeMap<FrameId, usize> {
    let frame = |event: &Event| match &event.fact {
        Fact::FrameSent { frame, .. } | Fact::FrameMade { frame, .. } | Fact::FrameLooped { frame, .. } => Some(*frame),
        _ => None,
    };
    events.iter().filter_map(frame).zip(1..).collect()
}

/// Each call in words: `client: sendto(3, "hello", 5, 0, NULL, 0) = 5  [client.py:7]`.
fn calls(events: &[Event]) -> BTreeMap<CallId, String> {
    let (mut names, mut threads) = (Vec::new(), BTreeMap::new());
    let (mut open, mut told) = (BTreeMap::new(), BTreeMap::new());
    for event in events {
        match &event.fact {
            Fact::RunStarted { hosts, .. } => names = hosts.iter().map(|host| host.name.clone()).collect(),
            Fact::ThreadStarted { thread, host, .. } => drop(threads.insert(*thread, *host)),
            Fact::CallEntered { call, thread, syscall, args, place, .. } => {
                let host = threads.get(thread).and_then(|host: &HostId| names.get(usize::from(host.0)));
                let host = host.cloned().unwrap_or_default();
                let entered = Call::new(event.at, *thread, *syscall, args.clone(), place.clone());
                told.insert(*call, format!("{host}: {}{}", entered.text(), entered.place()));
                open.insert(*call, (host, entered));
            }
            Fact::CallReturned { call, outcome, filled, .. } => {
                let Some((host, mut entered)) = open.remove(call) else { continue };
                entered.fill(filled);
                let result = match outcome {
                    Outcome::Returned(value) => value.to_string(),
                    Outcome::Failed(errno) => format!("-1 {errno}"),
                };
                told.insert(*call, format!("{host}: {} = {result}{}", entered.text(), entered.place()));
            }
            _ => {}
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketOption;
    use pcap_file::pcapng::{Block, PcapNgReader};
    use proptest::prelude::*;

    /// The packets of a file as the pcap-file crate reads them: interface, bytes, comments.
    fn read(file: &[u8]) -> Vec<(u32, Vec<u8>, Vec<String>)> {
        let mut reader = PcapNgReader::new(file).unwrap();
        let mut packets = Vec::new();
        while let Some(block) = reader.next_block() {
            if let Block::EnhancedPacket(packet) = block.unwrap().into_owned() {
                let comments = packet.options.iter().filter_map(|option| match option {
                    EnhancedPacketOption::Comment(comment) => Some(comment.to_string()),
                    _ => None,
                });
                packets.push((packet.interface_id, packet.data.to_vec(), comments.collect()));
            }
        }
        packets
    }

    fn sent(events: &[Event]) -> Vec<(u32, Vec<u8>)> {
        let frame = |event: &Event| match &event.fact {
            Fact::FrameSent { host, bytes, .. }
            | Fact::FrameMade { host, bytes, .. }
            | Fact::FrameLooped { host, bytes, .. } => Some((u32::from(host.0), bytes.head.0.clone())),
            _ => None,
        };
        events.iter().filter_map(frame).collect()
    }

    #[test]
    fn every_frame_is_there_once_on_its_senders_interface() {
        let events = fixtures::tcp_echo();
        let packets: Vec<_> = read(&encode(&events)).into_iter().map(|(host, bytes, _)| (host, bytes)).collect();
        assert_eq!(packets, sent(&events));
    }

    #[test]
    fn comments_tell_what_led_to_a_frame_and_what_became_of_it() {
        for (name, events) in [
            ("tcp_echo", fixtures::tcp_echo()),
            ("retransmission", fixtures::retransmission()),
            ("udp_lost", fixtures::udp_lost()),
        ] {
            let comments: Vec<_> =
                read(&encode(&events)).into_iter().map(|(_, _, comments)| comments.join("\n")).collect();
            insta::assert_snapshot!(name, comments.join("\n--\n"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_trace_makes_a_file_that_can_be_read(events in fixtures::arbitrary::trace(1..60)) {
            prop_assert!(read(&encode(&events)).len() <= sent(&events).len());
        }
    }
}
