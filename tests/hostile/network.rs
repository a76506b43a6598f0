//! Ways out of the virtual LAN, and mischief on it.

use std::net::{TcpListener, UdpSocket};

use crate::held::{held, hostile, hostile_with, limits};
use trace::event::Fact;
use trace::event::host::{Cause, ExitStatus, Limit};

#[test]
fn the_server_and_the_internet() {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // The address that this machine would use for the outside; connecting a datagram socket sends nothing.
    let outside = UdpSocket::bind("0.0.0.0:0").and_then(|sock| {
        sock.connect("192.0.2.1:9")?;
        sock.local_addr()
    });
    let own = outside.map_or("127.0.0.2".to_owned(), |addr| addr.ip().to_string());
    let run = held(hostile_with(include_str!("programs/reach.py"), &[&port.to_string(), &own]));
    let text = run.terminal(0);
    assert_eq!(run.status(0), ExitStatus::Exited(0), "{text}");
    assert!(text.contains("127.0.0.1 ECONNREFUSED"), "{text}");
    assert!(!text.contains("connected") && !text.contains("made"), "{text}");
    assert_eq!(text.matches("EAFNOSUPPORT").count(), 3, "{text}");
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "somebody came");
}

#[test]
fn frames_and_addresses_of_its_own_making() {
    let run = held(hostile(include_str!("programs/raw.py")));
    let text = run.terminal(0);
    assert_eq!(run.status(0), ExitStatus::Exited(0), "{text}");
    assert!(!text.contains("done"), "{text}");
    for what in ["packet", "packet datagram", "raw icmp", "raw ip", "hardware address", "netlink", "switch off"] {
        assert!(text.contains(&format!("{what} EPERM")), "{what}: {text}");
    }
    assert!(text.contains("tun ENOENT"), "{text}");
}

#[test]
fn speaking_in_another_hosts_name() {
    let run = held(hostile(include_str!("programs/spoof.py")));
    assert!(!run.terminal(0).contains("sent"), "{}", run.terminal(0));
    let spoofed = run.facts().any(|fact| match fact {
        Fact::FrameSent { bytes, .. } => bytes.head.0.get(26..30) == Some(&[192, 168, 1, 5]),
        _ => false,
    });
    assert!(!spoofed, "{}", run.dump());
}

#[test]
fn a_flood_of_frames() {
    let run = held(hostile(include_str!("programs/frame_flood.py")).with(limits(|limits| limits.frames = 3000)));
    assert_eq!(run.cause(), &Cause::Limit(Limit::Frames(3000)));
    let sent = run.facts().filter(|fact| matches!(fact, Fact::FrameSent { .. })).count();
    assert_eq!(sent, 3000);
}
