//! The same program under the engine and under strace(1): each call that strace saw is in the trace, with the same
//! arguments and result, in the same order in its thread; and the trace has none that strace did not see.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use lab::HostPlan;
use lab::plan::File;
use support::lab_run::{LabRun, lan};
use trace::export::strace::Strace;

use crate::calls::{Call, parse};

/// Calls that only sockets and readiness have: each is told.
const ALWAYS: &str = "socket,socketpair,bind,listen,accept,accept4,connect,getsockname,getpeername,sendto,recvfrom,\
    sendmsg,recvmsg,sendmmsg,recvmmsg,shutdown,setsockopt,getsockopt,select,pselect6,poll,ppoll,epoll_create,\
    epoll_create1,epoll_ctl,epoll_wait,epoll_pwait,epoll_pwait2,unlink,unlinkat,restart_syscall,close_range";
/// Calls on any descriptor: they are told where it is a socket.
const ON_SOCKETS: &str = "read,write,readv,writev,preadv2,pwritev2,sendfile,close,dup,dup2,dup3,fcntl,ioctl";

/// Without the descriptors that whoever started the tests has left open: the engine's hosts do not get them either.
const ALONE: &str = "\
for fd in $(ls /proc/self/fd); do [ $fd -le 2 ] || eval \"exec $fd>&-\"; done
exec \"$@\"
";

const HOME: &str = "/home/learner";

/// What strace says, in a sandbox like the engine's: the same user, no privileges, a loopback interface of its own.
fn strace(files: &[File], argv: &[String]) -> BTreeMap<u32, Vec<Call>> {
    let work = tempfile::tempdir().unwrap();
    for File { name, bytes } in files {
        fs::write(work.path().join(name), bytes).unwrap();
    }
    let mut bwrap = Command::new("bash");
    bwrap
        .args(["-c", ALONE, "bash", "bwrap"])
        .args("--unshare-all --uid 1000 --gid 1000 --cap-drop ALL --die-with-parent --ro-bind /usr /usr".split(' '));
    for folder in ["bin", "lib", "lib64", "sbin"] {
        bwrap.args(["--symlink", &format!("usr/{folder}"), &format!("/{folder}")]);
    }
    bwrap
        .args("--ro-bind-try /etc/ld.so.cache /etc/ld.so.cache --proc /proc --dev /dev --tmpfs /tmp --bind".split(' '));
    bwrap.arg(work.path()).args([
        HOME,
        "--chdir",
        HOME,
        "--clearenv",
        "--setenv",
        "PATH",
        "/usr/bin:/bin",
        "--setenv",
        "HOME",
        HOME,
    ]);
    bwrap.args([
        "--setenv",
        "PYTHONDONTWRITEBYTECODE",
        "1",
        "--",
        "strace",
        "-f",
        "-y",
        "-s",
        "256",
        "-o",
        "strace.txt",
    ]);
    let output = bwrap.arg(format!("-etrace={ALWAYS},{ON_SOCKETS}")).args(argv).output().expect("bwrap is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read(work.path().join("strace.txt")).unwrap();
    let mut calls = parse(&String::from_utf8_lossy(&text), |line| {
        let (thread, rest) = line.split_once(' ')?;
        Some((thread.parse().ok()?, rest.trim_start()))
    });
    for calls in calls.values_mut() {
        calls.retain(|call| call.on_socket || call.is_signal() || ALWAYS.split(',').any(|name| name == call.name));
    }
    calls
}

/// What the engine says, by way of the export that `socklab export --strace` writes.
fn traced(run: &LabRun) -> BTreeMap<u32, Vec<Call>> {
    let (mut strace, mut text) = (Strace::default(), String::new());
    for event in run.events() {
        strace.push(event, &mut text);
    }
    parse(&text, |line| {
        let (thread, rest) = line.strip_prefix("[pid ")?.split_once("] ")?;
        let thread = thread.trim_start().split_once('<')?.0.parse().ok()?;
        let line = rest.split_once(' ')?.1;
        Some((thread, without_duration(line)))
    })
}

/// `close(3) = 0 <0.000012>`: how long a call took is nothing to compare.
fn without_duration(line: &str) -> &str {
    let is_time = |text: &str| text.strip_suffix('>').is_some_and(|time| time.parse::<f64>().is_ok());
    line.rsplit_once(" <").filter(|(_, time)| is_time(time)).map_or(line, |(line, _)| line)
}

/// Runs a program in both worlds and compares, thread by thread in the order of their making.
fn compare(files: Vec<File>, argv: &[&str], least: usize) {
    let argv: Vec<String> = argv.iter().map(|arg| (*arg).to_owned()).collect();
    let theirs = strace(&files, &argv);
    let run = lan()
        .with(|plan| {
            let host = HostPlan::python("host", [192, 168, 1, 4].into(), "", "");
            // With it there is IPv6 on lo, as in strace's sandbox.
            let addr6 = Some([0xfd00, 0, 0, 0, 0, 0, 0, 4].into());
            plan.hosts = vec![HostPlan { files, argv, addr6, ..host }];
        })
        .finish();
    let mut ours = traced(&run);
    let only_with_calls = |calls: BTreeMap<u32, Vec<Call>>| -> Vec<Vec<String>> {
        let lines = |calls: Vec<Call>| calls.iter().map(|call| format!("{call:?}")).collect();
        calls.into_values().filter(|calls| !calls.is_empty()).map(lines).collect()
    };
    // The program's terminal, which strace's sandbox does not have.
    for calls in ours.values_mut() {
        calls.retain(|call| call.name != "read" || call.args[0] != "0");
    }
    let (theirs, ours) = (only_with_calls(theirs), only_with_calls(ours));
    let compared: usize = theirs.iter().map(Vec::len).sum();
    assert!(compared >= least, "strace saw only {compared} calls: {theirs:#?}\n{}", run.terminal(0));
    assert_eq!(theirs.len(), ours.len(), "threads with calls\nstrace: {theirs:#?}\ntrace: {ours:#?}");
    for (thread, (theirs, ours)) in theirs.iter().zip(&ours).enumerate() {
        let difference = theirs.iter().zip(ours).position(|(theirs, ours)| theirs != ours);
        if let Some(at) = difference {
            panic!("thread {thread}, call {at}:\nstrace: {}\ntrace:  {}", theirs[at], ours[at]);
        }
        let (more, name) = if theirs.len() > ours.len() {
            (&theirs[ours.len()..], "strace")
        } else {
            (&ours[theirs.len()..], "the trace")
        };
        assert!(more.is_empty(), "thread {thread}: only {name} has {more:#?}\n{}", run.terminal(0));
    }
}

fn python(name: &str, source: &str, least: usize) {
    compare(vec![File { name: name.into(), bytes: source.into() }], &["python3", name], least);
}

#[test]
fn a_tcp_conversation() {
    python("tcp.py", include_str!("programs/tcp.py"), 60);
}

#[test]
fn datagrams() {
    python("udp.py", include_str!("programs/udp.py"), 35);
}

#[test]
fn unix_sockets() {
    python("unix.py", include_str!("programs/unix.py"), 35);
}

#[test]
fn readiness_threads_and_interruptions() {
    python("ready.py", include_str!("programs/ready.py"), 35);
}

#[test]
fn groups_of_both_families() {
    python("groups.py", include_str!("programs/groups.py"), 27);
}

/// Calls and signals are compared in one order: who was interrupted, and what came first.
#[test]
fn signals_among_the_calls() {
    python("signals.py", include_str!("programs/signals.py"), 25);
}

/// Calls that Python never makes, from a program in C.
#[test]
fn everything_else() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("raw");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fidelity/programs/raw.c");
    let status = Command::new("cc").arg("-O1").arg("-w").arg("-o").arg(&program).arg(source).status().unwrap();
    assert!(status.success());
    let file = File { name: "raw".into(), bytes: fs::read(program).unwrap() };
    // By way of the loader: the work folder's files have no permission to be executed.
    compare(vec![file], &["/lib64/ld-linux-x86-64.so.2", "./raw"], 50);
}
