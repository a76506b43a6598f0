//! What the wire had its hands on, IPv6, and `lo`, read by tshark(1): each frame once, nothing malformed, and every
//! checksum as it must be.

use std::net::Ipv6Addr;

use support::lab_run::{LabRun, Setup, lan};
use trace::event::Fact;
use trace::event::wire::{Made, WireSettings};
use trace::id::FrameId;
use trace::protocol::{Pick, WireCommand};
use trace::syscall::Syscall;

use crate::tshark::fields;

/// A conversation by TCP, then some datagrams, over either family.
const SERVER: &str = "\
import sys
from socket import *
six = len(sys.argv) > 1
family, any = (AF_INET6, '::') if six else (AF_INET, '')
datagrams = socket(family, SOCK_DGRAM)
datagrams.bind((any, 19999))
listener = create_server((any, 18888), family=family)
conn, peer = listener.accept()
while part := conn.recv(4096):
    conn.sendall(part.upper())
conn.close()
data, sender = datagrams.recvfrom(5000)
datagrams.sendto(data[::-1], sender)
";

/// Gives up on datagrams that the wire has lost.
const CLIENT: &str = "\
import sys
from socket import *
six = len(sys.argv) > 1
family, server = (AF_INET6, 'fd00::4') if six else (AF_INET, '192.168.1.4')
sock = create_connection((server, 18888))
sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
for _ in range(3): sock.sendall(b'hello')
sock.sendall(b'x' * 5000)
sock.shutdown(SHUT_WR)
while sock.recv(65536):
    pass
sock.close()
sock = socket(family, SOCK_DGRAM)
sock.sendto(b'fragments ' * 400, (server, 19999))
sock.recv(5000)
";

fn pair(six: bool) -> Setup {
    lan().python("server", 4, SERVER).python("client", 7, CLIENT).with(|plan| {
        plan.hosts[1].after = Some("server".into());
        plan.wire.seed = Some(1);
        for host in plan.hosts.iter_mut().filter(|_| six) {
            host.addr6 = Some(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, host.addr.octets()[3].into()));
            host.argv.push("6".into());
        }
    })
}

/// How a run's frames came about, by their order in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Sent,
    Made(Made),
    Looped,
}

fn origins(run: &LabRun) -> Vec<Origin> {
    let origin = |fact: &Fact| match fact {
        Fact::FrameSent { .. } => Some(Origin::Sent),
        Fact::FrameMade { how, .. } => Some(Origin::Made(*how)),
        Fact::FrameLooped { .. } => Some(Origin::Looped),
        _ => None,
    };
    run.facts().filter_map(origin).collect()
}

/// Checks every frame of a run; returns the protocols of each, as `eth:ethertype:ip:tcp`.
fn checked(run: &LabRun) -> Vec<String> {
    const BAD: &str = "0";
    const ERROR: &str = "8388608"; // PI_ERROR of Wireshark's own numbers
    let columns = [
        "frame.protocols",
        "_ws.malformed",
        "_ws.expert.severity",
        "ip.checksum.status",
        "tcp.checksum.status",
        "udp.checksum.status",
        "icmpv6.checksum.status",
        "frame.interface_name",
    ];
    let rows = fields(run, &columns);
    let origins = origins(run);
    assert_eq!(rows.len(), origins.len(), "each frame is there once");
    for (row, origin) in rows.iter().zip(&origins) {
        let [_, malformed, severity, ip, transport @ .., _] = &row[..] else { panic!("{row:?}") };
        assert_eq!(malformed, "", "{origin:?}: {row:?}");
        assert_ne!(ip, BAD, "{origin:?}: {row:?}");
        // On lo nobody computes the transport's.
        if *origin != Origin::Looped {
            assert!(transport.iter().all(|status| status != BAD), "{origin:?}: {row:?}");
            assert!(severity.split(';').all(|severity| severity != ERROR), "{origin:?}: {row:?}");
        }
    }
    rows.into_iter().map(|mut row| row.swap_remove(0)).collect()
}

fn with(protocols: &[String], wanted: &str) -> usize {
    protocols.iter().filter(|all| all.split(':').any(|one| one == wanted)).count()
}

#[test]
fn what_every_schedule_makes_is_whole() {
    let schedules = [
        ("one-byte from client", Made::Piece),
        ("split from client", Made::Piece),
        ("coalesce from client", Made::Merged),
        ("slow-reader=512 from server", Made::Changed),
        ("reset", Made::Forged),
    ];
    for six in [false, true] {
        for (rule, how) in schedules {
            let run = pair(six)
                .with(|plan| {
                    plan.wire.rules = vec![rule.parse().unwrap()];
                    plan.limits.wall = std::time::Duration::from_secs(20);
                })
                .finish();
            let protocols = checked(&run);
            assert!(with(&protocols, "tcp") > 5, "{protocols:?}");
            assert_eq!(with(&protocols, "ipv6") > 5, six, "{protocols:?}");
            assert!(origins(&run).contains(&Origin::Made(how)), "{rule}: {}", run.dump());
        }
    }
}

#[test]
fn what_chance_does_leaves_frames_whole() {
    let link = "delay=1ms loss=10% duplicate=30% reorder=30%".parse().unwrap();
    for six in [false, true] {
        let run = pair(six)
            .with(|plan| {
                plan.wire.link = link;
                plan.limits.wall = std::time::Duration::from_secs(10);
            })
            .finish();
        let protocols = checked(&run);
        assert!(with(&protocols, "tcp") > 5, "{protocols:?}");
        assert!(origins(&run).contains(&Origin::Made(Made::Copy)), "{}", run.dump());
    }
}

#[test]
fn frames_that_were_held_dropped_copied_and_moved_are_there_once() {
    let rule = |plan: &mut lab::Plan| plan.wire.rules = vec!["hold tcp.data and from client".parse().unwrap()];
    let mut run = pair(false).with(rule).start();
    let mut held = || -> FrameId {
        run.until("a frame is held", |fact| matches!(fact, Fact::FrameHeld { .. }));
        let Some(Fact::FrameHeld { frame, .. }) = run.facts().last() else { unreachable!("just waited for") };
        *frame
    };
    let [one, two, three] = [held(), held(), held()];
    run.wire(WireCommand::Move { frame: one, behind: two });
    run.wire(WireCommand::Duplicate(two));
    run.wire(WireCommand::Drop(Pick::Frame(three)));
    run.wire(WireCommand::Set(WireSettings::default()));
    run.wire(WireCommand::Release(Pick::All));
    run.until_end();
    assert_eq!(run.status(1), trace::event::host::ExitStatus::Exited(0), "{}", run.terminal(1));
    let protocols = checked(&run);
    assert!(with(&protocols, "tcp") > 10 && with(&protocols, "udp") > 0, "{protocols:?}");
    let rows = fields(&run, &["frame.comment"]);
    let comments = |wanted: &str| rows.iter().filter(|row| row[0].contains(wanted)).count();
    assert!(comments("held on its way to server") >= 3, "{rows:#?}");
    assert_eq!((comments("dropped by hand"), comments("made by the wire: a copy")), (1, 1), "{rows:#?}");
}

#[test]
fn ipv6_is_dissected_with_its_neighbours_its_fragments_and_its_groups() {
    let group = "\
from socket import *
import struct
sock = socket(AF_INET6, SOCK_DGRAM)
sock.bind(('::', 20000))
eth0 = if_nametoindex('eth0')
sock.setsockopt(IPPROTO_IPV6, IPV6_JOIN_GROUP, inet_pton(AF_INET6, 'ff15::7') + struct.pack('@I', eth0))
input()
sock.sendto(b'to all', ('ff15::7', 20000, 0, eth0))
sock.recv(99)
";
    let mut run = pair(true)
        .python("member", 9, group)
        .with(|plan| plan.hosts[2].addr6 = Some(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 9)))
        .start();
    run.until_in(2, Syscall::Read);
    run.type_into(2, "\n");
    run.until_end();
    let protocols = checked(&run);
    for (wanted, least) in [("tcp", 10), ("udp", 3), ("ipv6.fraghdr", 4), ("icmpv6", 3)] {
        assert!(with(&protocols, wanted) >= least, "{wanted}: {protocols:?}");
    }
}

#[test]
fn what_a_host_sends_to_itself_is_dissected() {
    let program = "\
from socket import *
listener = create_server(('127.0.0.1', 18888))
sock = create_connection(('127.0.0.1', 18888))
conn, _ = listener.accept()
sock.sendall(b'hello' * 100)
conn.recv(999)
sock.close()
conn.close()
a, b = socket(AF_INET, SOCK_DGRAM), socket(AF_INET, SOCK_DGRAM)
a.bind(('127.0.0.1', 19999))
b.sendto(b'datagram', ('127.0.0.1', 19999))
b.sendto(b'refused', ('127.0.0.1', 9))
";
    let run = lan().python("a", 4, program).finish();
    let protocols = checked(&run);
    assert!(origins(&run).iter().all(|origin| *origin == Origin::Looped));
    assert!(with(&protocols, "tcp") >= 8 && with(&protocols, "udp") >= 2 && with(&protocols, "icmp") == 1);
    let on = fields(&run, &["frame.interface_name"]);
    assert!(on.iter().all(|row| row[0] == "a lo"), "{on:?}");
}
