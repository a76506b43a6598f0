//! sendmsg(2) and recvmsg(2) with control data, and the calls that programs of the course make seldom.

use support::lab_run::{Call, LabRun, lan};
use trace::errno::Errno;
use trace::event::call::{Outcome, Polled, Value};
use trace::event::host::ExitStatus;
use trace::syscall::Syscall;

fn run(program: &str) -> LabRun {
    let run = lan().python("a", 4, program).finish();
    assert_eq!(run.status(0), ExitStatus::Exited(0), "{}", run.terminal(0));
    run
}

/// Control data and flags of the messages that a program received.
fn received(run: &LabRun) -> Vec<(Vec<String>, String)> {
    let calls = run.calls(0).into_iter().filter(|call| call.syscall == Syscall::Recvmsg);
    let message = |call: Call| match &call.args[1] {
        Value::Message { control, flags, .. } => Some((control.clone(), flags.clone())),
        _ => None,
    };
    calls.filter_map(message).collect()
}

fn of(run: &LabRun, syscall: Syscall) -> Vec<Call> {
    run.calls(0).into_iter().filter(|call| call.syscall == syscall).collect()
}

#[test]
fn descriptors_and_credentials_are_passed() {
    let run = run("\
import array, os, struct
from socket import *
left, right = socketpair(AF_UNIX, SOCK_DGRAM)
right.setsockopt(SOL_SOCKET, SO_PASSCRED, 1)
left.sendmsg([b'x'], [(SOL_SOCKET, SCM_RIGHTS, array.array('i', [left.fileno()]))])
message = right.recvmsg(9, 999)
left.send(b'y')
right.recvmsg(9, 9)
");
    let credentials = "SCM_CREDENTIALS {pid=2, uid=1000, gid=1000}";
    let got = received(&run);
    let mut passed = got[0].0.clone();
    passed.sort();
    assert_eq!(passed, [credentials, "SCM_RIGHTS [5]"], "{got:?}");
    // There was too little room for the second one's control data.
    assert_eq!(got[1].1, "MSG_CTRUNC", "{got:?}");
}

#[test]
fn a_datagram_says_where_it_was_sent_to_and_that_it_was_cut() {
    let run = run("\
from socket import *
IP_PKTINFO = 8
sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(IPPROTO_IP, IP_PKTINFO, 1)
sock.bind(('', 19999))
sock.sendto(b'hello', ('127.0.0.1', 19999))
sock.recvmsg(3, 99)
");
    let info = "IP_PKTINFO {ipi_ifindex=1, ipi_spec_dst=127.0.0.1, ipi_addr=127.0.0.1}";
    assert_eq!(received(&run), [(vec![info.to_owned()], "MSG_TRUNC".to_owned())]);
}

#[test]
fn the_error_queue_tells_who_refused() {
    let run = run("\
from socket import *
IP_RECVERR, MSG_ERRQUEUE = 11, 0x2000
sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(IPPROTO_IP, IP_RECVERR, 1)
sock.connect(('127.0.0.1', 9))
sock.send(b'anybody?')
sock.recvmsg(99, 999, MSG_ERRQUEUE)
");
    let report = "IP_RECVERR {ee_errno=ECONNREFUSED, ee_origin=SO_EE_ORIGIN_ICMP, ee_type=3, ee_code=3} from 127.0.0.1";
    assert_eq!(received(&run), [(vec![report.to_owned()], "MSG_ERRQUEUE".to_owned())]);
}

#[test]
fn vectors_files_copies_and_modes() {
    let run = run("\
import array, fcntl, os, termios
from socket import *
left, right = socketpair()
os.writev(left.fileno(), [b'one', b'two'])
print(right.fileno(), array.array('i', fcntl.ioctl(right, termios.FIONREAD, b'\\0' * 4)))
os.readv(right.fileno(), [bytearray(2), bytearray(9)])
with open('file', 'wb') as file: file.write(b'content')
with open('file', 'rb') as file: os.sendfile(left.fileno(), file.fileno(), 3, 4)
right.setblocking(False)
right.recv(99)
try: right.recv(99)
except BlockingIOError: pass
os.dup2(left.fileno(), 20)
os.close(20)
server = socket(AF_UNIX); server.bind('path'); server.close()
os.unlink('path')
");
    let data = |value: &Value| match value {
        Value::Data(data) => String::from_utf8_lossy(&data.head.0).into_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(data(&of(&run, Syscall::Writev)[0].args[1]), "onetwo");
    assert_eq!(data(&of(&run, Syscall::Readv)[0].args[1]), "onetwo");
    let ioctls: Vec<_> = of(&run, Syscall::Ioctl).iter().map(|call| call.args[1..].to_vec()).collect();
    assert!(ioctls.contains(&vec![Value::Named("FIONREAD".into()), Value::Int(6)]), "{ioctls:?}");
    assert!(ioctls.contains(&vec![Value::Named("FIONBIO".into()), Value::Int(1)]), "{ioctls:?}");
    let sent = &of(&run, Syscall::Sendfile)[0];
    assert_eq!(
        (sent.args[2..].to_vec(), sent.outcome),
        (vec![Value::Int(7), Value::Int(4)], Some(Outcome::Returned(4)))
    );
    let again = of(&run, Syscall::Recvfrom).last().unwrap().outcome;
    assert_eq!(again, Some(Outcome::Failed(Errno(11))));
    let copied: Vec<_> =
        run.calls(0).into_iter().filter(|call| matches!(call.syscall, Syscall::Dup2 | Syscall::Dup3)).collect();
    assert_eq!((copied[0].made, copied[0].args[1].clone()), (copied[0].socket, Value::Fd(20)));
    let removed: Vec<_> = of(&run, Syscall::Unlink).iter().map(|call| call.args[0].clone()).collect();
    assert!(removed.contains(&Value::Text("path".into())), "{removed:?}");
}

/// The forms with a signal mask and fine times, which Python never calls: C does.
#[test]
fn readiness_with_nanoseconds() {
    let program = r"
#define _GNU_SOURCE
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    int pair[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    struct timespec none = {0, 0}, some = {0, 1500000};
    struct pollfd fd = {pair[0], POLLIN | POLLOUT, 0};
    ppoll(&fd, 1, &none, NULL);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair[0], &set);
    pselect(pair[0] + 1, &set, NULL, NULL, &some, NULL);
    int epoll = epoll_create1(0);
    struct epoll_event event = {EPOLLOUT | EPOLLET, {.fd = pair[1]}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, pair[1], &event);
    return syscall(SYS_epoll_pwait2, epoll, &event, 1, &some, NULL, 0) != 1;
}
";
    let run = lan().program("a", 4, "a.c", program).finish();
    assert_eq!(run.status(0), ExitStatus::Exited(0), "{}", run.terminal(0));
    let polled = |fd, data, events: &str, revents: &str| {
        Value::Polled(vec![Polled { fd, data, events: events.into(), revents: revents.into() }])
    };
    let time = |nanos| Value::Timeout(Some(std::time::Duration::from_nanos(nanos)));
    let ppoll = run.call(0, Syscall::Ppoll);
    assert_eq!(ppoll.args, [polled(3, 0, "POLLIN|POLLOUT", "POLLOUT"), Value::Int(1), time(0), Value::Null]);
    let pselect = run.call(0, Syscall::Pselect6);
    assert_eq!((&pselect.args[1], &pselect.args[4]), (&Value::FdSet(vec![]), &time(1_500_000)));
    let waited = run.call(0, Syscall::EpollPwait2);
    assert_eq!((&waited.args[1], &waited.args[3]), (&polled(4, 4, "", "EPOLLOUT"), &time(1_500_000)));
}
