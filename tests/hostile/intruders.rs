//! Reading and writing what is not one's own.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use crate::held::{held, hostile, hostile_with};
use trace::event::host::ExitStatus;

#[test]
fn reading_files_environments_and_descriptors() {
    let sources = env!("CARGO_MANIFEST_DIR");
    assert!(std::env::vars_os().next().is_some(), "the engine has an environment to look for");
    let run = held(hostile_with(include_str!("programs/peek.py"), &[sources]));
    let text = run.terminal(0);
    assert_eq!(run.status(0), ExitStatus::Exited(0), "{text}");
    let line = |start: &str| {
        let found = text.lines().find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("no {start:?} in {text}")).trim_end().to_owned()
    };
    let root = "['bin', 'dev', 'etc', 'home', 'lib', 'lib64', 'proc', 'sbin', 'tmp', 'usr']";
    assert_eq!(line("/ "), format!("/ {root}"));
    assert_eq!(line("/proc/1/root "), format!("/proc/1/root {root}"));
    assert_eq!(line("/home "), "/home ['learner']");
    assert_eq!(line("/tmp "), "/tmp []");
    for absent in ["/root", "/var", "/sys", "/run", "/boot", "/etc/shadow", sources] {
        assert_eq!(line(&format!("{absent} ")), format!("{absent} No such file or directory"));
    }
    assert!(line("/etc/passwd ").contains("learner:x:1000") && !line("/etc/passwd ").contains("root:"));
    // Nothing of the engine's environment, in its first process or in its own.
    assert!(line("/proc/self/environ ").starts_with("/proc/self/environ b'HOME=/home/learner"), "{text}");
    assert_eq!(line("/proc/1/environ "), "/proc/1/environ b''");
    assert_eq!(line("fds"), "fds [0, 1, 2]");
    assert!(!text.contains("wrote "), "{text}");
}

#[test]
fn writing_elsewhere_and_planting_things() {
    let run = held(hostile(include_str!("programs/write.py")));
    let text = run.terminal(0);
    assert_eq!(run.status(0), ExitStatus::Exited(0), "{text}");
    assert!(!text.contains("done "), "{text}");
    // All that it could write to is file systems in memory, which end with the sandbox: nothing of a run is on a
    // disk, so that nothing that is planted can be come by.
    assert!(text.contains("writable ['/home/learner', '/tmp', '/dev/pts', '/dev/shm']"), "{text}");
    for (kind, point) in text.lines().filter_map(|line| line.trim_end().strip_prefix("mounted ")?.split_once(' ')) {
        let harmless = match kind {
            "tmpfs" => ["/home/learner", "/tmp", "/dev/shm"].contains(&point),
            // Single devices, such as /dev/null.
            "devtmpfs" => point.starts_with("/dev/"),
            "devpts" | "proc" => true,
            _ => false,
        };
        assert!(harmless, "{kind} at {point} can be written to");
    }
    assert!(text.ends_with("planted\r\n"), "{text}");
}

#[test]
fn the_servers_unix_sockets() {
    let path = std::env::temp_dir().join(format!("socklab-test-{}.sock", std::process::id()));
    let name = format!("socklab-test-{}", std::process::id());
    let by_path = UnixListener::bind(&path).unwrap();
    let by_name = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let run = held(hostile_with(include_str!("programs/unix_sockets.py"), &[path.to_str().unwrap(), &name]));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(run.terminal(0), "ready\r\nENOENT\r\nECONNREFUSED\r\n");
    for listener in [by_path, by_name] {
        listener.set_nonblocking(true).unwrap();
        assert!(listener.accept().is_err(), "somebody came");
    }
}
