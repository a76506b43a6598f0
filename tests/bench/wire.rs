//! The wire against others: two hosts on a bridge in the kernel (veth), and on a switch in user space (vde2).
//!
//! The others only carry frames; the engine also looks at each, asks both kernels about its connection and writes it
//! all down, and its programs are traced. So their round trips stand there twice: alone, and under strace(1).

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use support::lab_run::{Setup, lan};

use crate::timing::{alternate, report};
use crate::under::{told, under_engine};

const ROUNDS: usize = 5;
const MEGABYTES: u32 = 32;
const TRIPS: u32 = 2_000;

/// Sends or receives a megabyte a call.
const BULK_SERVER: &str = "\
import time
from socket import *
conn, _ = create_server(('', 18888)).accept()
room, left = bytearray(1 << 20), BYTES
begin = time.monotonic()
while left:
    left -= conn.recv_into(room, min(left, len(room)), MSG_WAITALL)
print('took', time.monotonic() - begin, flush=True)
conn.send(b'.')
";
const BULK_CLIENT: &str = "\
piece = bytes(1 << 20)
for _ in range(BYTES >> 20):
    sock.sendall(piece)
sock.recv(1)
";

const ECHO_SERVER: &str = "\
from socket import *
conn, _ = create_server(('', 18888)).accept()
conn.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
while data := conn.recv(64):
    conn.send(data)
";
const ECHO_CLIENT: &str = "\
begin = time.monotonic()
for _ in range(TRIPS):
    sock.send(b'ping')
    sock.recv(64)
print('took', time.monotonic() - begin, flush=True)
";

/// Whoever comes too early is refused.
const CONNECT: &str = "\
import time
from socket import *
for _ in range(1000):
    try:
        sock = create_connection(('192.168.1.4', 18888))
        break
    except ConnectionRefusedError:
        time.sleep(0.01)
sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
";

/// Two hosts in namespaces of their own, all of them in one that ends with its first process. The first argument is the
/// switch, the second the folder of the programs; the rest is a tracer's command.
const OTHERS: &str = r#"
set -eu
switch=$1 folder=$2
shift 2
host() {
    exec {told}< <(exec unshare --net sh -c 'echo $$; exec sleep 600')
    read -r -u "$told" pid
    if [ "$switch" = bridge ]; then
        ip link add "port$1" type veth peer name eth0 netns "$pid"
        ip link set "port$1" master bridge up
    else
        nsenter -t "$pid" --net vde_plug2tap -s "$folder/switch" eth0 &
        for _ in {1..100}; do nsenter -t "$pid" --net ip link show eth0 >/dev/null 2>&1 && break; sleep 0.02; done
    fi
    nsenter -t "$pid" --net ip address add "192.168.1.$1/24" dev eth0
    nsenter -t "$pid" --net ip link set eth0 up
}
if [ "$switch" = bridge ]; then
    ip link add bridge type bridge
    ip link set bridge up
else
    vde_switch -s "$folder/switch" -d
    for _ in {1..100}; do [ -e "$folder/switch/ctl" ] && break; sleep 0.02; done
fi
host 4; server=$pid
host 7; client=$pid
nsenter -t "$server" --net "$@" python3 "$folder/server.py" &
serving=$!
nsenter -t "$client" --net "$@" python3 "$folder/client.py"
wait "$serving"
"#;

/// Prints the table.
pub(crate) fn bench() {
    let bytes = |source: &str| source.replace("BYTES", &(MEGABYTES << 20).to_string());
    let (server, client) = (bytes(BULK_SERVER), bytes(&format!("{CONNECT}{BULK_CLIENT}")));
    println!("\n{MEGABYTES} MiB from host to host, medians of {ROUNDS}");
    let [bridge, vde, engine] = alternate(
        ROUNDS,
        [&mut || other("bridge", &server, &client, &[]), &mut || other("vde", &server, &client, &[]), &mut || {
            under_engine(pair(&server, &client))
        }],
    );
    report("veth and bridge, in the kernel, with offloads", bridge, vde);
    report("vde2's switch, in user space", vde, vde);
    report("the engine's wire, every frame recorded", engine, vde);

    let client = format!("{CONNECT}{}", ECHO_CLIENT.replace("TRIPS", &TRIPS.to_string()));
    println!("\n{TRIPS} round trips between two hosts, medians of {ROUNDS}");
    let strace = ["strace", "-f", "--seccomp-bpf", "-e", "trace=%network", "-o", "/dev/null"];
    let [bridge, vde, traced, engine] = alternate(
        ROUNDS,
        [
            &mut || other("bridge", ECHO_SERVER, &client, &[]),
            &mut || other("vde", ECHO_SERVER, &client, &[]),
            &mut || other("vde", ECHO_SERVER, &client, &strace),
            &mut || under_engine(pair(ECHO_SERVER, &client)),
        ],
    );
    report("veth and bridge, in the kernel", bridge, traced);
    report("vde2's switch, in user space", vde, traced);
    report("the same with both programs under strace", traced, traced);
    report("the engine's wire, both programs traced", engine, traced);
}

/// On another's wire.
fn other(switch: &str, server: &str, client: &str, tracer: &[&str]) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, source: &str| fs::write(Path::new(folder.path()).join(name), source).unwrap();
    write("server.py", server);
    write("client.py", client);
    let mut command = Command::new("unshare");
    command.args(["--net", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", OTHERS, "others", switch]);
    command.arg(folder.path()).args(tracer).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{switch}: {}", String::from_utf8_lossy(&output.stderr));
    told(&output.stdout)
}

/// On ours.
fn pair(server: &str, client: &str) -> Setup {
    lan().python("server", 4, server).python("client", 7, client)
}
