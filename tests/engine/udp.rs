//! Datagrams, broadcast, and the way out that there is not.

use support::lab_run::lan;
use trace::errno::Errno;
use trace::event::call::{Address, Outcome, Value};
use trace::event::host::{Cause, ExitStatus};
use trace::syscall::Syscall;

const RECEIVER: &str = "\
from socket import *
sock = socket(AF_INET, SOCK_DGRAM)
sock.bind(('', 19999))
data, sender = sock.recvfrom(5)
print(data, sender[0])
";

#[test]
fn a_datagram_that_is_too_long_is_cut() {
    let sender = "\
from socket import *
input()
sock = socket(AF_INET, SOCK_DGRAM)
sock.sendto(b'hello world', ('receiver', 19999))
";
    let mut run = lan().python("receiver", 4, RECEIVER).python("sender", 7, sender).start();
    run.until_in(0, Syscall::Recvfrom);
    run.type_into(1, "\n");
    run.until_end();
    assert_eq!(run.cause(), &Cause::Finished);
    assert_eq!(run.terminal(0), "b'hello' 192.168.1.7\r\n");
    let received = run.call(0, Syscall::Recvfrom);
    assert_eq!(received.outcome, Some(Outcome::Returned(5)));
    assert!(matches!(&received.args[4], Value::Address(Address::Inet(from)) if from.ip().to_string() == "192.168.1.7"));
    let sent = run.call(1, Syscall::Sendto);
    assert_eq!(sent.args[4], Value::Address(Address::Inet("192.168.1.4:19999".parse().unwrap())));
}

#[test]
fn a_broadcast_reaches_every_other_host() {
    let sender = "\
from socket import *
input()
sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
sock.sendto(b'hi', ('192.168.1.255', 19999))
sock.sendto(b'ho', ('<broadcast>', 19999))
";
    let mut run = lan()
        .python("a", 4, RECEIVER)
        .python("b", 5, RECEIVER)
        .python("c", 6, RECEIVER)
        .python("sender", 7, sender)
        .start();
    for host in 0..3 {
        run.until_in(host, Syscall::Recvfrom);
    }
    run.type_into(3, "\n");
    run.until_end();
    for host in 0..3 {
        assert_eq!(run.terminal(host), "b'hi' 192.168.1.7\r\n");
    }
    assert_eq!(run.status(3), ExitStatus::Exited(0));
    let option = run.call(3, Syscall::Setsockopt);
    assert_eq!(option.args[2..4], [Value::Named("SO_BROADCAST".into()), Value::Int(1)]);
}

#[test]
fn without_a_default_route_there_is_no_limited_broadcast() {
    let sender = "\
from socket import *
sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
sock.sendto(b'ho', ('255.255.255.255', 19999))
";
    let run = lan().python("sender", 7, sender).with(|plan| plan.hosts[0].default_route = false).finish();
    assert_eq!(run.call(0, Syscall::Sendto).outcome, Some(Outcome::Failed(Errno(101))));
    assert!(run.terminal(0).contains("Network is unreachable"));
}

#[test]
fn there_is_no_way_to_any_other_network() {
    // 192.0.2.0/24 is set aside for documentation (RFC 5737): nobody is there, and no frame may leave the wire.
    let program = "\
from socket import *
sock = socket()
sock.settimeout(0.5)
print('connect:', sock.connect_ex(('192.0.2.1', 80)))
";
    let run = lan().python("lonely", 4, program).finish();
    // No answer to ARP: EHOSTUNREACH, or the time-out before that.
    assert!(run.terminal(0).starts_with("connect: 11"), "{}", run.terminal(0));
    assert!(run.segments().is_empty(), "{:?}", run.segments());
}
