//! What is asked of every hostile run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lab::Plan;
use support::binary::sandboxes_of;
use support::lab_run::{LabRun, Setup, lan};
use trace::event::Fact;
use trace::event::host::{Cause, ExitStatus, Limit};
use trace::syscall::Syscall;

const SERVER: &str = "\
from socket import *
listener = create_server(('', 18888))
conn, _ = listener.accept()
while part := conn.recv(64):
    conn.sendall(part)
";

const CLIENT: &str = "\
from socket import *
sock = create_connection(('server', 18888))
for number in range(50):
    sock.sendall(b'%d' % number)
    assert sock.recv(64) == b'%d' % number
print('fine')
";

/// The hostile program begins after this one, so that its sandbox can be looked at before.
const STARTER: &str = "\
from socket import *
input()
socket(AF_INET, SOCK_DGRAM).bind(('', 9999))
";

/// A run with one host, `hostile`, that runs this program. On a machine with much else to do it may take its time.
pub(crate) fn hostile(source: &str) -> Setup {
    lan().python("hostile", 66, source).with(|plan| plan.limits.wall = std::time::Duration::from_mins(2))
}

/// The same with a C program, which is `hostile.c`.
pub(crate) fn hostile_c(source: &str) -> Setup {
    let wall = limits(|limits| limits.wall = std::time::Duration::from_mins(1));
    lan().program("hostile", 66, "hostile.c", source).with(wall)
}

/// The same as [`hostile`], with arguments for the program.
pub(crate) fn hostile_with(source: &str, args: &[&str]) -> Setup {
    hostile(source).with(|plan| plan.hosts[0].argv.extend(args.iter().map(ToString::to_string)))
}

/// Runs it to its end, with another run beside it that must not notice, and looks for what is left behind.
pub(crate) fn held(setup: Setup) -> LabRun {
    beside(setup, LabRun::until_end)
}

/// The same, where the test itself brings the run to its end.
pub(crate) fn beside(setup: Setup, to_its_end: impl FnOnce(&mut LabRun)) -> LabRun {
    let alone = alone();
    // What the engine makes once and keeps.
    assert_eq!(lan().python("first", 1, "").finish().cause(), &Cause::Finished);

    let before = Own::now();
    let mut run =
        setup.python("starter", 99, STARTER).with(|plan| plan.hosts[0].after = Some("starter".into())).start();
    run.until_in(1, Syscall::Read);
    let mut namespaces = namespaces_of_sandboxes();
    run.type_into(1, "\n");
    let ready = |fact: &Fact| matches!(fact, Fact::Printed { host, .. } if host.0 == 0);
    run.until("the hostile program's first word", ready);
    let neighbour = lan()
        .python("server", 4, SERVER)
        .python("client", 7, CLIENT)
        .with(|plan| plan.hosts[1].after = Some("server".to_owned()))
        .finish();
    namespaces.extend(namespaces_of_sandboxes());
    to_its_end(&mut run);

    assert_eq!(neighbour.cause(), &Cause::Finished, "{}", neighbour.dump());
    let fine = (ExitStatus::Exited(0), ExitStatus::Exited(0));
    assert_eq!((neighbour.status(0), neighbour.status(1)), fine, "{}", neighbour.dump());
    assert_eq!(neighbour.terminal(1), "fine\r\n");
    assert!(namespaces.len() >= 2 * 5, "the sandboxes' namespaces were not seen: {namespaces:?}");
    let left = processes_in(&namespaces);
    assert!(left.is_empty(), "processes are left: {left:?}");
    drop(namespaces);
    assert_eq!(Own::now(), before);
    drop(alone);
    run
}

/// One at a time: what is left behind is looked for in the whole process, and on the whole machine.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a limit was told of.
pub(crate) fn told(run: &LabRun, wanted: Limit) -> bool {
    run.facts().any(|fact| matches!(fact, Fact::LimitReached { limit, .. } if *limit == wanted))
}

/// Whether this engine can hold a host as a whole. Where it can't, a test says what holds instead.
pub(crate) fn grouped() -> bool {
    lab::holds_sums()
}

/// A plan's limits, to be changed.
pub(crate) fn limits(change: impl FnOnce(&mut lab::Limits)) -> impl FnOnce(&mut Plan) {
    |plan| change(&mut plan.limits)
}

/// What this process has.
#[derive(Debug, PartialEq, Eq)]
struct Own {
    descriptors: Vec<String>,
    engine_threads: Vec<String>,
    children: Vec<u32>,
    sandboxes: Vec<u32>,
    groups: Vec<PathBuf>,
    interfaces: Vec<String>,
}

impl Own {
    fn now() -> Self {
        let names = |folder: &str| -> Vec<String> {
            let names = fs::read_dir(folder).into_iter().flatten().flatten();
            let mut names: Vec<_> = names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            names
        };
        let target =
            |fd: String| Some(format!("{fd} → {}", fs::read_link(format!("/proc/self/fd/{fd}")).ok()?.display()));
        let thread = |tid: String| fs::read_to_string(format!("/proc/self/task/{tid}/comm")).ok();
        let is_engines = |name: &String| {
            ["tracer", "wire", "terminals", "kernel", "supervisor"].iter().any(|prefix| name.starts_with(prefix))
        };
        let me = std::process::id();
        let mut groups = Vec::new();
        find(Path::new("/sys/fs/cgroup"), &format!("socklab-{me}-"), &mut groups);
        Self {
            // Reading a folder takes a descriptor itself.
            descriptors: names("/proc/self/fd")
                .into_iter()
                .filter_map(target)
                .filter(|fd| !fd.contains("/proc/"))
                .collect(),
            engine_threads: names("/proc/self/task").into_iter().filter_map(thread).filter(is_engines).collect(),
            children: processes().into_iter().filter(|pid| parent(*pid) == Some(me)).collect(),
            sandboxes: sandboxes_of(me),
            groups,
            interfaces: names("/sys/class/net"),
        }
    }
}

fn find(folder: &Path, prefix: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                found.push(entry.path());
            }
            find(&entry.path(), prefix, found);
        }
    }
}

fn processes() -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

/// Every namespace of this engine's sandboxes that is not the engine's own; kept open, since the numbers of those that
/// are gone are given to others.
fn namespaces_of_sandboxes() -> BTreeMap<PathBuf, File> {
    let own: BTreeSet<PathBuf> = namespaces("self").map(|(name, _)| name).collect();
    let all = sandboxes_of(std::process::id()).into_iter().flat_map(|pid| namespaces(&pid.to_string()));
    all.filter(|(name, _)| !own.contains(name))
        .filter_map(|(name, path)| Some((name, File::open(path).ok()?)))
        .collect()
}

/// The namespaces of a process: what they are, and where they can be opened.
fn namespaces(pid: &str) -> impl Iterator<Item = (PathBuf, PathBuf)> + use<> {
    let links = fs::read_dir(format!("/proc/{pid}/ns")).into_iter().flatten().flatten();
    links.filter_map(|link| Some((fs::read_link(link.path()).ok()?, link.path())))
}

fn processes_in(wanted: &BTreeMap<PathBuf, File>) -> Vec<String> {
    let there = |pid: u32| {
        let shared: Vec<PathBuf> =
            namespaces(&pid.to_string()).map(|(name, _)| name).filter(|name| wanted.contains_key(name)).collect();
        let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default().replace('\0', " ");
        (!shared.is_empty()).then(|| format!("{pid} {command} is in {shared:?}"))
    };
    processes().into_iter().filter_map(there).collect()
}
