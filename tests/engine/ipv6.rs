//! Hosts with an IPv6 address.

use std::net::Ipv6Addr;

use support::lab_run::{LabRun, Setup, lan};
use trace::errno::Errno;
use trace::event::Fact;
use trace::event::call::{Address, Outcome, Value};
use trace::event::host::ExitStatus;
use trace::event::socket::{Family, TcpState as S};
use trace::syscall::Syscall;
use trace::wire::{Body, Packet, Transport};

/// Gives each host fd00:: with the last number of its IPv4 address.
fn six(setup: Setup) -> Setup {
    setup.with(|plan| {
        for host in &mut plan.hosts {
            let last = u16::from(host.addr.octets()[3]);
            host.addr6 = Some(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last));
        }
    })
}

fn pair(server: &str, client: &str) -> LabRun {
    let after = |plan: &mut lab::Plan| plan.hosts[1].after = Some("server".into());
    six(lan().python("server", 4, server).python("client", 7, client)).with(after).finish()
}

fn inet(text: &str) -> Value {
    Value::Address(Address::Inet(text.parse().unwrap()))
}

/// The ICMPv6 messages that were sent, by host and name.
fn icmp(run: &LabRun) -> Vec<(u16, &'static str)> {
    let named = |fact: &Fact| match fact {
        Fact::FrameSent { host, bytes, .. } => match Packet::parse(bytes)?.body {
            Body::Ip(_, Transport::Icmp(icmp)) => Some((host.0, icmp.name?)),
            _ => None,
        },
        _ => None,
    };
    run.facts().filter_map(named).collect()
}

#[test]
fn a_connection_by_ipv6_is_seen_like_any_other() {
    let server = "\
from socket import *
listener = socket(AF_INET6)
listener.bind(('fd00::4', 18888))
listener.listen()
conn, peer = listener.accept()
print(conn.recv(99), peer[0])
conn.recv(99)
conn.close()
";
    let client = "\
from socket import *
sock = socket(AF_INET6)
sock.connect(('fd00::4', 18888))
sock.sendall(b'hello')
sock.shutdown(SHUT_WR)
sock.recv(99)
";
    let run = pair(server, client);
    assert_eq!((run.terminal(0).as_str(), run.status(1)), ("b'hello' fd00::7\r\n", ExitStatus::Exited(0)));
    assert_eq!(run.call(0, Syscall::Bind).args[1], inet("[fd00::4]:18888"));
    assert_eq!(run.call(1, Syscall::Connect).args[1], inet("[fd00::4]:18888"));
    let accepted = run.call(0, Syscall::Accept4).made.unwrap();
    let states = run.states(accepted);
    assert!(states.starts_with(&[S::SynRcvd, S::Established, S::CloseWait]), "{states:?}");
    let family = run.facts().find_map(|fact| match fact {
        Fact::SocketSeen { socket, origin, .. } if *socket == accepted => Some(origin.family),
        _ => None,
    });
    assert_eq!(family, Some(Family::Inet6));
    assert!(run.segments().starts_with(&["SYN".into(), "SYN ACK".into(), "ACK".into()]), "{:?}", run.segments());
    // Neighbours are found as by ARP; nobody looks for a router, or for another with its own address.
    let icmp = icmp(&run);
    let position = |wanted| icmp.iter().position(|one| *one == wanted);
    let (asked, answered) = (position((1, "neighbor solicitation")), position((0, "neighbor advertisement")));
    assert!(asked.is_some() && asked < answered, "{icmp:?}");
    assert!(!icmp.iter().any(|(_, name)| *name == "router solicitation"), "{icmp:?}");
    let first = icmp.iter().find(|(_, name)| *name == "neighbor solicitation");
    assert_eq!(first, Some(&(1, "neighbor solicitation")), "no duplicate address detection");
}

#[test]
fn a_server_for_both_families_sees_ipv4_mapped() {
    let server = "\
from socket import *
listener = create_server(('', 18888), family=AF_INET6, dualstack_ipv6=True)
conn, peer = listener.accept()
print(conn.recv(99), peer[0])
";
    let client = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
sock.sendall(b'hello')
sock.recv(99)
";
    let run = pair(server, client);
    assert_eq!(run.terminal(0), "b'hello' ::ffff:192.168.1.7\r\n");
    let states = run.states(run.call(0, Syscall::Accept4).made.unwrap());
    assert!(states.starts_with(&[S::SynRcvd, S::Established]), "{states:?}");
}

#[test]
fn datagrams_and_names_have_ipv6() {
    let server = "\
from socket import *
sock = socket(AF_INET6, SOCK_DGRAM)
sock.bind(('::', 19999))
input()
data, peer = sock.recvfrom(99)
print(data, peer[0])
sock.sendto(data.upper(), peer)
";
    let client = "\
from socket import *
family, kind, _, _, address = getaddrinfo('server', 19999, AF_INET6, SOCK_DGRAM)[0]
sock = socket(family, kind)
sock.sendto(b'hello', address)
print(sock.recv(99))
";
    let after = |plan: &mut lab::Plan| plan.hosts[1].after = Some("server".into());
    let mut run = six(lan().python("server", 4, server).python("client", 7, client)).with(after).start();
    let waits = |fact: &Fact| match fact {
        Fact::SocketChanged { snapshot, .. } => snapshot.recv_q > 0,
        _ => false,
    };
    run.until("a datagram waits to be read", waits);
    run.type_into(0, "\n");
    run.until_end();
    assert!(run.terminal(0).ends_with("b'hello' fd00::7\r\n"), "{}", run.terminal(0));
    assert_eq!(run.terminal(1), "b'HELLO'\r\n");
    assert_eq!(run.call(1, Syscall::Sendto).args[4], inet("[fd00::4]:19999"));
}

#[test]
fn without_an_address_there_is_no_ipv6() {
    let program = "\
from socket import *
sock = socket(AF_INET6, SOCK_DGRAM)
try: sock.bind(('::1', 1234))
except OSError as error: print(error.errno)
try: sock.sendto(b'x', ('fd00::4', 1234))
except OSError as error: print(error.errno)
";
    let run = lan().python("a", 4, program).finish();
    assert_eq!(run.call(0, Syscall::Bind).outcome, Some(Outcome::Failed(Errno(99))));
    assert_eq!(run.call(0, Syscall::Sendto).outcome, Some(Outcome::Failed(Errno(99))));
    assert_eq!(icmp(&run), []);
}

#[test]
fn ipv6_reaches_no_other_network() {
    let program = "\
from socket import *
sock = socket(AF_INET6)
sock.settimeout(0.5)
print(sock.connect_ex(('2001:db8::1', 80)))
";
    // 2001:db8::/32 is set aside for documentation (RFC 3849).
    let run = six(lan().python("a", 4, program)).finish();
    assert_eq!(run.terminal(0), "101\r\n");
}
