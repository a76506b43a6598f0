//! The exported packets, read by tshark(1).

use std::fmt::Write;
use std::process::Command;

use support::lab_run::{LabRun, lan};
use trace::event::Fact;
use trace::export::pcapng;

const SERVER: &str = "\
from socket import *
listener = create_server(('', 18888))
conn, peer = listener.accept()
while part := conn.recv(4096):
    conn.sendall(part.upper())
conn.close()
datagrams = socket(AF_INET, SOCK_DGRAM)
datagrams.bind(('', 19999))
print('ready')
data, sender = datagrams.recvfrom(5000)
datagrams.sendto(data[::-1], sender)
datagrams.recvfrom(100)
";

/// TCP with many segments, UDP in fragments, a broadcast.
const CLIENT: &str = "\
from socket import *
sock = create_connection(('server', 18888))
sock.sendall(b'hello')
sock.recv(100)
sock.sendall(b'x' * 20000)
sock.shutdown(SHUT_WR)
while sock.recv(65536):
    pass
sock.close()
input()
sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
sock.sendto(b'fragments ' * 400, ('server', 19999))
sock.recv(5000)
sock.sendto(b'everybody', ('192.168.1.255', 19999))
";

fn conversation() -> LabRun {
    let mut run = lan()
        .python("server", 4, SERVER)
        .python("client", 7, CLIENT)
        .with(|plan| plan.hosts[1].after = Some("server".into()))
        .start();
    run.until("the server's word", |fact| matches!(fact, Fact::Printed { host, .. } if host.0 == 0));
    run.type_into(1, "\n");
    run.until_end();
    run
}

/// What tshark says of a run's frames: one row a frame, with these fields.
fn tshark(run: &LabRun, options: &[&str]) -> String {
    let file = tempfile::Builder::new().suffix(".pcapng").tempfile().unwrap();
    std::fs::write(file.path(), pcapng::encode(run.events())).unwrap();
    let mut command = Command::new("tshark");
    for checked in ["ip", "tcp", "udp"] {
        command.args(["-o", &format!("{checked}.check_checksum:TRUE")]);
    }
    let output = command.arg("-r").arg(file.path()).args(options).output().expect("tshark is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// These fields of each frame, as tshark says them.
pub(crate) fn fields(run: &LabRun, names: &[&str]) -> Vec<Vec<String>> {
    let mut options = vec!["-T", "fields", "-E", "aggregator=;"];
    options.extend(names.iter().flat_map(|name| ["-e", name]));
    tshark(run, &options).lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn every_frame_is_there_once_with_its_bytes_its_time_and_its_sender() {
    let run = conversation();
    let (began, names) = run
        .facts()
        .find_map(|fact| match fact {
            Fact::RunStarted { unix_ns, hosts, .. } => {
                Some((*unix_ns, hosts.iter().map(|host| host.name.clone()).collect::<Vec<_>>()))
            }
            _ => None,
        })
        .unwrap();
    let sent: Vec<_> = run
        .events()
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::FrameSent { host, bytes, .. } => {
                let ns = began + event.at.0;
                let time = format!("{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000);
                Some((names[usize::from(host.0)].clone(), time, hex(&bytes.head.0)))
            }
            _ => None,
        })
        .collect();
    assert!(sent.len() > 40, "{}", sent.len());

    let rows = fields(&run, &["frame.interface_name", "frame.time_epoch"]);
    let json: serde_json::Value = serde_json::from_str(&tshark(&run, &["-T", "jsonraw"])).unwrap();
    let bytes =
        json.as_array().unwrap().iter().map(|frame| frame["_source"]["layers"]["frame_raw"][0].as_str().unwrap());
    let read: Vec<_> =
        rows.iter().zip(bytes).map(|(row, bytes)| (row[0].clone(), row[1].clone(), bytes.to_owned())).collect();
    assert_eq!(read, sent);
}

#[test]
fn no_frame_is_malformed_and_every_checksum_is_good() {
    let run = conversation();
    let names =
        ["frame.protocols", "_ws.malformed", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status"];
    let rows = fields(&run, &names);
    let with = |protocol: &str| rows.iter().filter(|row| row[0].split(':').any(|name| name == protocol)).count();
    assert!(with("arp") > 0 && with("tcp") > 20 && with("udp") >= 2, "{rows:?}");
    for row in &rows {
        assert_eq!(row[1], "", "malformed: {row:?}");
        for status in row[2..].iter().filter(|status| !status.is_empty()) {
            // 1 is good, 0 bad, 2 unverified: Wireshark's own numbers.
            assert_eq!(status, "1", "{row:?}");
        }
    }
    let checked = |column: usize| rows.iter().filter(|row| row[column] == "1").count();
    assert_eq!((checked(3), checked(4)), (with("tcp"), with("udp")));
}

#[test]
fn comments_name_the_calls() {
    let run = conversation();
    let rows = fields(&run, &["tcp.flags.str", "tcp.len", "udp.length", "frame.interface_name", "frame.comment"]);
    let comment = |wanted: &dyn Fn(&[String]) -> bool| {
        let row = rows.iter().find(|row| wanted(row)).unwrap_or_else(|| panic!("{rows:#?}"));
        row[4].clone()
    };
    let syn = comment(&|row| row[0].contains('S') && row[3] == "client");
    assert!(syn.starts_with("client: connect(3, 192.168.1.4:18888, 16) = 0  [client.py:2]"), "{syn}");
    let hello = comment(&|row| row[1] == "5" && row[3] == "client");
    assert!(hello.starts_with("client: sendto(3, \"hello\", 5, 0, NULL, 0) = 5  [client.py:3]"), "{hello}");
    assert!(hello.contains("delivered to server after "), "{hello}");
    let answer = comment(&|row| row[1] == "5" && row[3] == "server");
    assert!(answer.starts_with("server: sendto(4, \"HELLO\", 5, 0, NULL, 0) = 5  [server.py:5]"), "{answer}");
    let fin = comment(&|row| row[0].contains('F') && row[3] == "client");
    assert!(fin.contains("client: shutdown(3, SHUT_WR) = 0  [client.py:6]"), "{fin}");
    let everybody = comment(&|row| row[2] == "17");
    assert!(
        everybody.starts_with("client: sendto(3, \"everybody\", 9, 0, 192.168.1.255:19999, 16) = 9"),
        "{everybody}"
    );
}
