//! What TCP makes of the network: its window, its threshold, what it counts and when.

use support::lab_run::{LabRun, lan};
use trace::event::Fact;
use trace::event::socket::{Snapshot, TcpNumbers};
use trace::syscall::Syscall;

/// Reno is what every kernel has, and what the textbooks describe (RFC 5681).
const CLIENT: &str = "\
from socket import *
sock = socket()
sock.setsockopt(IPPROTO_TCP, TCP_CONGESTION, b'reno')
sock.connect(('192.168.1.4', 18888))
sock.sendall(bytes(300_000))
sock.shutdown(SHUT_WR)
sock.recv(9)
";

const SERVER: &str = "\
from socket import *
listener = create_server(('', 18888))
conn, _ = listener.accept()
total = 0
while part := conn.recv(65536): total += len(part)
print(total)
conn.close()
";

fn transfer(link: &str) -> (LabRun, Vec<TcpNumbers>) {
    let run = lan()
        .python("server", 4, SERVER)
        .python("client", 7, CLIENT)
        .with(|plan| {
            plan.hosts[1].after = Some("server".into());
            plan.wire.seed = Some(1);
            let link = link.parse().unwrap();
            plan.wire.directions = vec![trace::event::wire::Direction { from: Some("client".into()), to: None, link }];
        })
        .finish();
    assert_eq!(run.terminal(0), "300000\r\n");
    let sender = run.call(1, Syscall::Connect).socket.unwrap();
    let numbers = run.facts().filter_map(|fact| match fact {
        Fact::SocketChanged { socket, snapshot } if *socket == sender => snapshot.tcp,
        _ => None,
    });
    let numbers = numbers.collect();
    (run, numbers)
}

#[test]
fn slow_start_opens_the_congestion_window_and_sets_no_threshold() {
    let (_, numbers) = transfer("delay=5ms");
    assert_eq!(numbers.first().map(|first| first.cwnd), Some(10), "RFC 6928");
    // On a machine that stands still for a moment the kernel takes that for a loss, and is right to.
    let before: Vec<_> = numbers.iter().take_while(|now| now.total_retrans == 0).collect();
    assert!(before.iter().any(|now| now.cwnd >= 20), "{numbers:?}");
    assert!(before.iter().all(|now| now.ssthresh.is_none()), "{numbers:?}");
}

#[test]
fn a_loss_halves_the_window_and_sets_the_threshold() {
    let (run, numbers) = transfer("delay=5ms loss=3%");
    assert!(run.facts().any(|fact| matches!(fact, Fact::FrameLost { .. })));
    let after = numbers.iter().find(|now| now.ssthresh.is_some()).expect("a loss was noticed");
    // RFC 5681 section 3.1: at least two segments, and no more than there were under way.
    let before = numbers.iter().take_while(|now| now.ssthresh.is_none()).map(|now| now.cwnd).max().unwrap();
    let threshold = after.ssthresh.unwrap();
    assert!((2..=before.max(4) / 2 + 1).contains(&threshold), "{threshold} after {before}");
    assert!(numbers.last().unwrap().total_retrans > 0);
}

/// Only changes are events: no two snapshots of a socket that follow each other say the same.
#[test]
fn no_snapshot_says_what_the_one_before_said() {
    let (run, _) = transfer("delay=1ms loss=1%");
    let mut last: std::collections::BTreeMap<_, Snapshot> = std::collections::BTreeMap::new();
    let mut compared = 0;
    for fact in run.facts() {
        if let Fact::SocketSeen { socket, snapshot, .. } | Fact::SocketChanged { socket, snapshot } = fact
            && let Some(before) = last.insert(*socket, snapshot.clone())
        {
            assert!(snapshot.tells_more_than(&before), "{socket}: {before:?}\nand again {snapshot:?}");
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}
