//! One sender, many receivers: broadcast and multicast.

use support::lab_run::{LabRun, Setup, lan};
use trace::event::Fact;
use trace::event::call::{Outcome, Value};
use trace::syscall::Syscall;
use trace::wire::{Body, Packet};

/// The protocol's number.
const IGMP: u8 = 2;

/// Prints what it hears until it hears `end`; its address and more may be put in.
fn listener(bind: &str, more: &str) -> String {
    format!(
        "\
from socket import *
sock = socket(AF_INET, SOCK_DGRAM)
sock.bind(({bind:?}, 19999))
{more}
while True:
    data, sender = sock.recvfrom(99)
    print(data.decode(), end=' ', flush=True)
    if data == b'end': break
"
    )
}

/// Sends, and at last the end to each by itself.
fn speaker(options: &str, to: &[&str]) -> String {
    let send = |(to, n): (&&str, u8)| format!("sock.sendto(b'{n}', ('{to}', 19999))");
    let sends = to.iter().zip(1..).map(send).collect::<Vec<_>>().join("\n");
    format!(
        "\
from socket import *
input()
sock = socket(AF_INET, SOCK_DGRAM)
{options}
{sends}
for last in range(5, 9): sock.sendto(b'end', (f'192.168.1.{{last}}', 19999))
"
    )
}

/// A speaker at .4 and four listeners from .5 on.
fn room(speaker: &str, listeners: &[String; 4]) -> LabRun {
    let mut setup: Setup = lan().python("speaker", 4, speaker);
    for (listener, last) in listeners.iter().zip(5..) {
        setup = setup.python(&format!("h{last}"), last, listener);
    }
    let mut run = setup.start();
    (1..5).for_each(|host| run.until_in(host, Syscall::Recvfrom));
    run.type_into(0, "\n");
    run.until_end();
    run
}

#[test]
fn a_broadcast_reaches_whoever_is_bound_to_any_address() {
    let options = "sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)";
    let any = listener("", "");
    // Who is bound to its own address hears only what is sent to that.
    let own = listener("192.168.1.8", "");
    let run = room(&speaker(options, &["192.168.1.255", "<broadcast>"]), &[any.clone(), any.clone(), any, own]);
    let heard: Vec<_> = (1..5).map(|host| run.terminal(host)).collect();
    assert_eq!(heard, ["1 2 end ", "1 2 end ", "1 2 end ", "end "]);
    // One frame each, and it arrives at all four.
    let to_all = |fact: &&Fact| match fact {
        Fact::FrameSent { host, bytes, .. } => {
            let packet = Packet::parse(bytes).unwrap();
            host.0 == 0 && packet.udp().is_some() && packet.ethernet.is_for_group()
        }
        _ => false,
    };
    let frames: Vec<_> = run.facts().filter(to_all).collect();
    assert_eq!(frames.len(), 2);
    let Fact::FrameSent { frame: first, .. } = frames[0] else { unreachable!() };
    let arrived = |fact: &&Fact| matches!(fact, Fact::FrameDelivered { frame, .. } if frame == first);
    assert_eq!(run.facts().filter(arrived).count(), 4);
}

#[test]
fn a_broadcast_needs_permission() {
    let program = "\
from socket import *
socket(AF_INET, SOCK_DGRAM).sendto(b'x', ('192.168.1.255', 19999))
";
    let run = lan().python("a", 4, program).finish();
    let refused = Some(Outcome::Failed(trace::errno::Errno(13)));
    assert_eq!(run.call(0, Syscall::Sendto).outcome, refused);
}

#[test]
fn a_group_is_heard_by_its_members_only() {
    let join = "\
import struct
sock.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton('239.1.2.3') + inet_aton('0.0.0.0'))";
    let member = listener("", join);
    let other = listener("", "");
    let run = room(&speaker("", &["239.1.2.3"]), &[member.clone(), other.clone(), member, other]);
    let heard: Vec<_> = (1..5).map(|host| run.terminal(host)).collect();
    assert_eq!(heard, ["1 end ", "end ", "1 end ", "end "]);
    let joined = run.call(1, Syscall::Setsockopt);
    assert_eq!(joined.args[2], Value::Named("IP_ADD_MEMBERSHIP".into()));
    assert_eq!(
        joined.args[3],
        Value::Named("{imr_multiaddr=239.1.2.3, imr_interface=0.0.0.0}".into()),
        "{}",
        run.dump()
    );
    // The kernels of the members told the network (IGMP, RFC 3376).
    let reports = |host: u16| {
        run.facts()
            .filter(|fact| match fact {
                Fact::FrameSent { host: on, bytes, .. } if on.0 == host => {
                    matches!(Packet::parse(bytes).unwrap().body, Body::Ip(ip, _) if ip.protocol == IGMP)
                }
                _ => false,
            })
            .count()
    };
    assert!(reports(1) > 0 && reports(3) > 0);
    assert_eq!((reports(0), reports(2), reports(4)), (0, 0, 0));
}

#[test]
fn a_group_of_ipv6_is_heard_by_its_members_only() {
    let listener = |join: &str| {
        format!(
            "\
from socket import *
import struct
sock = socket(AF_INET6, SOCK_DGRAM)
sock.bind(('::', 19999))
eth0 = if_nametoindex('eth0')
{join}
while True:
    data, sender = sock.recvfrom(99)
    print(data.decode(), end=' ', flush=True)
    if data == b'end': break
"
        )
    };
    let speaker = "\
from socket import *
input()
sock = socket(AF_INET6, SOCK_DGRAM)
sock.sendto(b'1', ('ff15::7', 19999, 0, if_nametoindex('eth0')))
for last in 5, 6, 7: sock.sendto(b'end', (f'fd00::{last}', 19999))
";
    // RFC 3493's call, RFC 3678's, and none.
    let old =
        "sock.setsockopt(IPPROTO_IPV6, IPV6_JOIN_GROUP, inet_pton(AF_INET6, 'ff15::7') + struct.pack('@I', eth0))";
    let new = "\
group = struct.pack('=HHI16sI', AF_INET6, 0, 0, inet_pton(AF_INET6, 'ff15::7'), 0).ljust(128, b'\\0')
sock.setsockopt(IPPROTO_IPV6, 42, struct.pack('@I4x', eth0) + group)";
    let mut setup = lan().python("speaker", 4, speaker);
    for (last, join) in (5..).zip([old, new, ""]) {
        setup = setup.python(&format!("h{last}"), last, &listener(join));
    }
    let six = |plan: &mut lab::Plan| {
        for host in &mut plan.hosts {
            host.addr6 = Some([0xfd00, 0, 0, 0, 0, 0, 0, host.addr.octets()[3].into()].into());
        }
    };
    let mut run = setup.with(six).start();
    (1..4).for_each(|host| run.until_in(host, Syscall::Recvfrom));
    run.until_in(0, Syscall::Read);
    run.type_into(0, "\n");
    run.until_end();
    let heard: Vec<_> = (1..4).map(|host| run.terminal(host)).collect();
    assert_eq!(heard, ["1 end ", "1 end ", "end "]);
    let joined = |host| {
        let call = run.call(host, Syscall::Setsockopt);
        (call.args[2].clone(), call.args[3].clone(), call.outcome)
    };
    let named = |text: &str| Value::Named(text.into());
    let fine = Some(Outcome::Returned(0));
    let old = (named("IPV6_ADD_MEMBERSHIP"), named("{ipv6mr_multiaddr=ff15::7, ipv6mr_interface=2}"), fine);
    assert_eq!(joined(1), old);
    assert_eq!(joined(2), (named("MCAST_JOIN_GROUP"), named("{gr_interface=2, gr_group=ff15::7}"), fine));
}
