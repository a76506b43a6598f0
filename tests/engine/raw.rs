//! Raw sockets, for hosts that are granted them and for nobody else.

use support::lab_run::{LabRun, Setup, lan};
use trace::errno::Errno;
use trace::event::Fact;
use trace::event::call::Outcome;
use trace::event::host::ExitStatus;
use trace::syscall::Syscall;
use trace::wire::{Body, Packet, Transport};

/// Asks 192.168.1.4 for an echo, as ping(8) does, on a socket of the type that is put in.
const PING: &str = "\
import struct
from socket import *
def checksum(data):
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16: total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
sock = socket(AF_INET, TYPE, IPPROTO_ICMP)
message = struct.pack('!BBHHH', 8, 0, 0, 7, 1) + b'hello!'
sock.sendto(message[:2] + struct.pack('!H', checksum(message)) + message[4:], ('192.168.1.4', 0))
sock.settimeout(5)
answer = sock.recv(999)
if TYPE == SOCK_RAW: answer = answer[(answer[0] & 15) * 4:]
print(answer[0], answer[8:])
";

fn grant(setup: Setup) -> Setup {
    setup.with(|plan| plan.hosts[1].raw = true)
}

fn pair(program: &str) -> Setup {
    // Its kernel answers; its program has nothing to do with it.
    lan().python("server", 4, "input()").python("client", 7, program)
}

fn ping(setup: Setup) -> LabRun {
    let mut run = setup.start();
    run.until("the client's end", |fact| matches!(fact, Fact::ProgramEnded { host, .. } if host.0 == 1));
    run.type_into(0, "\n");
    run.until_end();
    run
}

#[test]
fn a_ping_over_a_raw_socket() {
    for kind in ["SOCK_RAW", "SOCK_DGRAM"] {
        let run = ping(grant(pair(&PING.replace("TYPE", kind))));
        assert_eq!((run.terminal(1).as_str(), run.status(1)), ("0 b'hello!'\r\n", ExitStatus::Exited(0)), "{kind}");
        let names: Vec<_> = run
            .facts()
            .filter_map(|fact| match fact {
                Fact::FrameSent { bytes, .. } => match Packet::parse(bytes)?.body {
                    Body::Ip(_, Transport::Icmp(icmp)) => icmp.name,
                    _ => None,
                },
                _ => None,
            })
            .collect();
        assert_eq!(names, ["echo request", "echo reply"], "{kind}");
    }
}

#[test]
fn without_the_grant_there_is_none() {
    let run = ping(pair(&PING.replace("TYPE", "SOCK_RAW")));
    assert_eq!(run.call(1, Syscall::Socket).outcome, Some(Outcome::Failed(Errno(1))));
    assert!(run.terminal(1).contains("PermissionError"), "{}", run.terminal(1));
}

#[test]
fn the_grant_is_of_raw_sockets_alone() {
    let program = "\
import ctypes, errno, fcntl, os, struct
from socket import *
status = open('/proc/self/status').read()
print([line.split()[1] for line in status.splitlines() if line.startswith(('CapPrm', 'CapEff', 'CapBnd'))])
def attempt(what, deed):
    try: deed(); print(what, 'done')
    except OSError as error: print(what, errno.errorcode[error.errno])
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    if libc.syscall(number, *args) == -1: raise OSError(ctypes.get_errno(), '')
attempt('packet', lambda: socket(AF_PACKET, SOCK_RAW, htons(3)))
attempt('packet datagram', lambda: socket(AF_PACKET, SOCK_DGRAM, htons(3)))
attempt('unshare', lambda: call(272, 0x10000000))
attempt('address', lambda: fcntl.ioctl(socket(), 0x8916, b'eth0'.ljust(16, b'\\0') + struct.pack('HH4s8x', AF_INET, 0, bytes([192, 168, 1, 99]))))
for path in '/proc/sys/net/ipv4/ip_forward', '/proc/sys/user/max_user_namespaces', '/dev/x', '/usr/x':
    attempt(path, lambda: os.close(os.open(path, os.O_WRONLY | os.O_CREAT)))
print(open('/proc/sys/user/max_user_namespaces').read().strip(), sorted(os.listdir('/dev')))
";
    let run = grant(pair(program)).with(|plan| plan.hosts[0].files[0].bytes = vec![]).finish();
    let text = run.terminal(1);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "['0000000000002000', '0000000000002000', '0000000000002000']", "{text}");
    assert_eq!(lines[1..5], ["packet EPERM", "packet datagram EPERM", "unshare EPERM", "address EPERM"], "{text}");
    assert!(!text.contains("done"), "{text}");
    assert!(
        text.contains("\r\n0 ['fd', 'full', 'null', 'random', 'shm', 'stderr', 'stdin', 'stdout', 'tty', "),
        "{text}"
    );
}
