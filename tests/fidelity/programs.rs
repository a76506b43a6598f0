//! Servers and clients of Debian as hosts' programs: nginx, curl, nc, socat, iperf3.

use std::collections::BTreeMap;

use lab::plan::File;
use lab::{HostPlan, Plan};
use support::lab_run::{Call, LabRun, lan};
use trace::bytes::Clipped;
use trace::event::Fact;
use trace::event::call::{Address, Outcome, Value};
use trace::event::host::{Cause, ExitStatus};
use trace::event::socket::Family;
use trace::id::SocketId;
use trace::syscall::Syscall;
use trace::wire::Packet;

/// A host that runs any program, which finds these files in its work folder.
fn host(name: &str, last: u8, argv: &[&str], files: &[(&str, &str)]) -> HostPlan {
    let files = files.iter().map(|(name, text)| File { name: (*name).into(), bytes: (*text).into() }).collect();
    let argv = argv.iter().map(|arg| (*arg).to_owned()).collect();
    HostPlan { argv, files, ..HostPlan::python(name, [192, 168, 1, last].into(), "", "") }
}

/// A server and a client that begins once it can be served.
fn pair(server: HostPlan, client: HostPlan) -> impl FnOnce(&mut Plan) {
    let after = Some(server.name.clone());
    move |plan| plan.hosts = vec![server, HostPlan { after, ..client }]
}

/// The calls of a host's programs that passed bytes into the network, or out of it.
fn passing(run: &LabRun, on: u16, wanted: fn(Syscall) -> bool) -> Vec<Call> {
    let inet = |id: &SocketId| {
        run.facts().any(|fact| {
            matches!(fact, Fact::SocketSeen { socket, origin, .. }
                if socket == id && matches!(origin.family, Family::Inet | Family::Inet6))
        })
    };
    let mut calls = run.calls(on);
    calls.retain(|call| {
        wanted(call.syscall)
            && matches!(call.outcome, Some(Outcome::Returned(1..)))
            && call.socket.as_ref().is_some_and(inet)
    });
    calls
}

/// What they passed, as far as the trace keeps it.
fn bytes(run: &LabRun, on: u16, wanted: fn(Syscall) -> bool) -> String {
    let mut text = String::new();
    for call in passing(run, on, wanted) {
        if let Some(Value::Data(data) | Value::Message { data, .. }) = call.args.get(1) {
            text.push_str(&data.head.escaped());
        }
    }
    text
}

/// What a host's TCP segments carried.
fn carried(run: &LabRun, by: u16) -> String {
    let payload = |bytes: &Clipped| {
        let packet = Packet::parse(bytes)?;
        packet.tcp().map(|(_, segment)| segment.payload.head.escaped())
    };
    run.facts()
        .filter_map(|fact| match fact {
            Fact::FrameSent { host, bytes, .. } if host.0 == by => payload(bytes),
            _ => None,
        })
        .collect()
}

const PAGE: &str = "<h1>served from a sandbox</h1>\n";

const NGINX: &str = "\
daemon off;
worker_processes 1;
pid /tmp/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path /tmp/body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;
    sendfile on;
    server {
        listen 8080;
        root /home/learner;
    }
}
";

/// A master and a worker process, epoll with pointers, accept4, writev, sendfile; and libcurl's poll.
#[test]
fn curl_gets_a_page_from_nginx() {
    let nginx = ["/usr/sbin/nginx", "-e", "stderr", "-p", "/home/learner", "-c", "/home/learner/nginx.conf"];
    let server = host("server", 4, &nginx, &[("nginx.conf", NGINX), ("page.html", PAGE)]);
    let client = host("client", 7, &["curl", "--silent", "--show-error", "http://server:8080/page.html"], &[]);
    let mut run = lan().with(pair(server, client)).start();
    run.until("curl's end", |fact| matches!(fact, Fact::ProgramEnded { host, .. } if host.0 == 1));
    run.stop();
    run.until_end();

    assert_eq!(run.status(1), ExitStatus::Exited(0), "{}{}", run.terminal(0), run.terminal(1));
    assert_eq!(run.terminal(1), PAGE.replace('\n', "\r\n"));
    let request = "GET /page.html HTTP/1.1\\r\\nHost: server:8080\\r\\n";
    for seen in [bytes(&run, 1, Syscall::sends), bytes(&run, 0, Syscall::receives), carried(&run, 1)] {
        assert!(seen.starts_with(request), "{seen}");
    }
    for seen in [bytes(&run, 0, Syscall::sends), bytes(&run, 1, Syscall::receives), carried(&run, 0)] {
        assert!(seen.starts_with("HTTP/1.1 200 OK\\r\\nServer: nginx"), "{seen}");
    }
    let page = carried(&run, 0);
    assert!(page.ends_with("<h1>served from a sandbox</h1>\\n"), "{page}");
    assert_eq!(most(&run, 0, Syscall::sends), most(&run, 1, Syscall::receives));
    let file = run.call(0, Syscall::Sendfile);
    assert_eq!(file.outcome, Some(Outcome::Returned(PAGE.len().try_into().unwrap())));
    // nginx registers pointers with epoll; the trace tells descriptors all the same.
    let accept = run.call(0, Syscall::Accept4);
    let Value::Fd(listener) = accept.args[0] else { panic!("{accept:?}") };
    let ready: Vec<_> = run
        .calls(0)
        .into_iter()
        .filter(|call| call.syscall == Syscall::EpollWait && call.entered < accept.entered)
        .filter_map(|call| match &call.args[1] {
            Value::Polled(polled) => Some(polled.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    assert!(ready.iter().any(|polled| polled.fd == listener && polled.revents == "EPOLLIN"), "{ready:?}");
    assert!(ready.iter().all(|polled| i64::from(polled.fd) != polled.data.cast_signed()), "{ready:?}");
}

#[test]
fn nc_talks_to_nc() {
    let server = host("server", 4, &["nc", "-l", "-N", "18888"], &[]);
    let client = host("client", 7, &["nc", "-N", "192.168.1.4", "18888"], &[]);
    let mut run = lan().with(pair(server, client)).start();
    run.until_in(1, Syscall::Connect);
    run.type_into(1, "a line for nc\n");
    run.until("the line at the server", |fact| {
        matches!(fact, Fact::Printed { host, bytes } if host.0 == 0 && bytes.escaped().contains("a line for nc"))
    });
    run.type_into(1, "\x04"); // end of file: one says goodbye, and then the other
    run.until_in(1, Syscall::Shutdown);
    run.type_into(0, "\x04");
    run.until_end();
    assert_eq!((run.status(0), run.status(1)), (ExitStatus::Exited(0), ExitStatus::Exited(0)));
    for seen in [bytes(&run, 1, Syscall::sends), bytes(&run, 0, Syscall::receives), carried(&run, 1)] {
        assert_eq!(seen, "a line for nc\\n");
    }
    let poll = run.calls(1).into_iter().any(
        |call| matches!(&call.args[..], [Value::Polled(fds), ..] if fds.iter().any(|fd| fd.revents.contains("POLLIN"))),
    );
    assert!(poll, "{}", run.dump());
    assert_eq!(run.call(1, Syscall::Shutdown).args[1], Value::Named("SHUT_WR".into()));
}

/// fork for each connection, and another program by execve in the child. socat gives an answer half a second after its
/// own goodbye, unless it is told otherwise.
#[test]
fn socat_serves_each_datagram_and_connection_by_a_program() {
    let server = host("server", 4, &["socat", "TCP-LISTEN:18888,reuseaddr,fork", "EXEC:rev"], &[]);
    let client = host("client", 7, &["sh", "-c", "echo backwards | socat -t 30 - TCP:server:18888"], &[]);
    let mut run = lan().with(pair(server, client)).start();
    run.until("the client's end", |fact| matches!(fact, Fact::ProgramEnded { host, .. } if host.0 == 1));
    run.stop();
    run.until_end();
    assert_eq!(run.terminal(1), "sdrawkcab\r\n");
    assert_eq!(run.status(1), ExitStatus::Exited(0));
    assert_eq!((carried(&run, 1), carried(&run, 0)), ("backwards\\n".to_owned(), "sdrawkcab\\n".to_owned()));
    assert_eq!(bytes(&run, 0, Syscall::receives), "backwards\\n");
    // The one who listens, the child for the connection, and the program of that.
    let executed = |fact: &Fact| matches!(fact, Fact::ProgramExecuted { path, .. } if path.ends_with("/rev"));
    assert!(run.facts().any(executed), "{}", run.dump());
    let option = run.calls(0).into_iter().find(|call| call.syscall == Syscall::Setsockopt).unwrap();
    assert_eq!(
        option.args[1..4],
        [Value::Named("SOL_SOCKET".into()), Value::Named("SO_REUSEADDR".into()), Value::Int(1)]
    );
}

#[test]
fn socat_sends_datagrams() {
    let server = host("server", 4, &["socat", "-u", "UDP-RECVFROM:19999", "-"], &[]);
    let client = host("client", 7, &["sh", "-c", "echo datagram | socat -u - UDP-SENDTO:192.168.1.4:19999"], &[]);
    let run = lan().with(pair(server, client)).finish();
    assert_eq!(run.cause(), &Cause::Finished);
    assert_eq!(run.terminal(0), "datagram\r\n");
    let sent = run.call(1, Syscall::Sendto);
    assert_eq!(sent.args[4], Value::Address(Address::Inet("192.168.1.4:19999".parse().unwrap())));
    assert_eq!(bytes(&run, 1, Syscall::sends), "datagram\\n");
    let received = passing(&run, 0, Syscall::receives);
    assert!(received.iter().any(|call| call.outcome == Some(Outcome::Returned(9))), "{received:?}");
}

/// Of a host's connections, the one that carried most: how much it did.
fn most(run: &LabRun, on: u16, wanted: fn(Syscall) -> bool) -> i64 {
    let mut totals: BTreeMap<Option<SocketId>, i64> = BTreeMap::new();
    for call in passing(run, on, wanted) {
        if let Some(Outcome::Returned(count)) = call.outcome {
            *totals.entry(call.socket).or_default() += count;
        }
    }
    totals.into_values().max().unwrap_or(0)
}

#[test]
fn the_trace_counts_what_iperf3_counts() {
    // The first words on the data's connection, which iperf3 does not count.
    const COOKIE: i64 = 37;
    let server = host("server", 4, &["iperf3", "--server", "--one-off"], &[]);
    let argv = ["iperf3", "--client", "server", "--bytes", "2000000", "--len", "8000", "--json"];
    let client = host("client", 7, &argv, &[]);
    let run = lan().with(pair(server, client)).finish();
    assert_eq!((run.status(0), run.status(1)), (ExitStatus::Exited(0), ExitStatus::Exited(0)), "{}", run.terminal(1));
    let told: serde_json::Value = serde_json::from_str(&run.terminal(1)).unwrap();
    let told = |sum: &str| told["end"][sum]["bytes"].as_i64().unwrap_or_else(|| panic!("{told:#}"));
    assert!(told("sum_sent") >= 2_000_000);
    assert_eq!(most(&run, 1, Syscall::sends), told("sum_sent") + COOKIE);
    assert_eq!(most(&run, 0, Syscall::receives), told("sum_received") + COOKIE);
}
