//! A person's own connections into a run, from a host that runs nothing.

use lab::HostPlan;
use support::lab_run::{LabRun, lan};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use trace::event::Fact;
use trace::event::host::Cause;
use trace::syscall::Syscall;

const SERVER: &str = "
import socket
server = socket.create_server(('192.168.1.4', 18888))
conn, peer = server.accept()
print('from', *peer)
conn.sendall(conn.recv(100).upper())
conn.close()
";

fn with_visitor() -> LabRun {
    let visitor = |plan: &mut lab::Plan| plan.hosts.push(HostPlan::visitor("you", [192, 168, 1, 9].into()));
    lan().python("server", 4, SERVER).with(visitor).start()
}

#[test]
fn what_a_visitor_says_crosses_the_wire() {
    let mut run = with_visitor();
    run.until_in(0, Syscall::Accept4);
    let answer = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let socket = std::net::TcpStream::from(run.dial(1));
        let mut stream =
            TcpSocket::from_std_stream(socket).connect("192.168.1.4:18888".parse().unwrap()).await.unwrap();
        assert_eq!(stream.local_addr().unwrap().ip().to_string(), "192.168.1.9");
        stream.write_all(b"hello").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    });
    assert_eq!(answer, "HELLO");
    run.until_end();
    assert!(run.terminal(0).contains("from 192.168.1.9"));
    assert!(run.facts().any(|fact| matches!(fact, Fact::FrameSent { host, .. } if host.0 == 1)), "frames of its own");
}

/// A visitor's program never ends; the run does.
#[test]
fn a_run_does_not_wait_for_its_visitor() {
    let visitor = |plan: &mut lab::Plan| plan.hosts.push(HostPlan::visitor("you", [192, 168, 1, 9].into()));
    let run = lan().python("server", 4, "print(1)").with(visitor).finish();
    assert_eq!(run.cause(), &Cause::Finished);
}
