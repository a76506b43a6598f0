//! Programs in other languages than Python: C after its compile step, shell with the tools that are installed.

use support::lab_run::{LabRun, lan};
use trace::event::Fact;
use trace::event::call::{Outcome, Value};
use trace::event::host::{Cause, ExitStatus};
use trace::syscall::Syscall;

const SERVER: &str = r#"
#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(18888)};
    bind(listener, (struct sockaddr *)&addr, sizeof addr);
    listen(listener, 5);
    int conn = accept(listener, NULL, NULL);
    char buffer[100];
    ssize_t n = recv(conn, buffer, sizeof buffer, 0);
    printf("%d %s: %.*s\n", argc, argv[1], (int)n, buffer);
    send(conn, buffer, n, 0);
    close(conn);
}
"#;

const CLIENT: &str = "\
from socket import *
sock = create_connection(('192.168.1.4', 18888))
sock.sendall(b'hello')
print(sock.recv(99))
";

fn position(run: &LabRun, what: impl Fn(&Fact) -> bool) -> usize {
    run.facts().position(what).unwrap_or_else(|| panic!("it did not happen:\n{}", run.dump()))
}

#[test]
fn a_c_server_is_compiled_and_its_client_waits_for_it() {
    let run = lan()
        .program("server", 4, "server.c", SERVER)
        .python("client", 7, CLIENT)
        .with(|plan| {
            plan.hosts[0].argv.push("an argument".into());
            plan.hosts[1].after = Some("server".into());
        })
        .finish();
    assert_eq!(run.cause(), &Cause::Finished);
    assert_eq!((run.terminal(0).as_str(), run.status(0)), ("2 an argument: hello\r\n", ExitStatus::Exited(0)));
    assert_eq!((run.terminal(1).as_str(), run.status(1)), ("b'hello'\r\n", ExitStatus::Exited(0)));
    assert_eq!(run.call(1, Syscall::Connect).outcome, Some(Outcome::Returned(0)));

    // Of the host's tasks and calls, the program's alone are told.
    let started = position(&run, |fact| matches!(fact, Fact::CompilerStarted { host } if host.0 == 0));
    let ended = position(&run, |fact| matches!(fact, Fact::CompilerEnded { status: ExitStatus::Exited(0), .. }));
    let on_server = |fact: &&Fact| matches!(fact, Fact::ThreadStarted { host, .. } if host.0 == 0);
    assert_eq!(run.facts().filter(on_server).count(), 1, "{}", run.dump());
    let executed: Vec<_> =
        run.facts().skip(started).filter(|fact| matches!(fact, Fact::ProgramExecuted { .. })).collect();
    assert!(
        matches!(executed[0], Fact::ProgramExecuted { path, .. } if path == "/home/learner/server"),
        "{executed:?}"
    );
    assert!(started < ended);
    // Each call has the line of the program that led to it, though it was made inside of libc.
    let lines: Vec<_> = run.calls(0).iter().filter_map(|call| call.line).collect();
    assert_eq!(lines, [7, 9, 10, 11, 13, 15, 16]);
    let names: Vec<_> = run.calls(0).iter().map(|call| call.syscall).collect();
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    assert_eq!(names.join(" "), "socket bind listen accept recvfrom sendto close");
}

#[test]
fn what_does_not_compile_is_told_with_its_line() {
    let run = lan().program("a", 4, "a.c", "int main(void) {\n    return x;\n}\n").finish();
    assert!(run.terminal(0).contains("a.c:2:12:") && run.terminal(0).contains("error"), "{}", run.terminal(0));
    let told = |fact: &Fact| matches!(fact, Fact::CompilerEnded { host, status: ExitStatus::Exited(1) } if host.0 == 0);
    assert!(position(&run, told) < position(&run, |fact| matches!(fact, Fact::ProgramEnded { .. })));
    assert!(!run.facts().any(|fact| matches!(fact, Fact::ProgramExecuted { .. } | Fact::CallEntered { .. })));
    assert_eq!((run.cause(), run.status(0)), (&Cause::Finished, ExitStatus::Exited(1)));
}

/// The engine's patience with a server (5 s) is for servers that run: here the compiler alone has more to do.
#[test]
fn a_compiler_that_never_ends_is_ended_by_its_processor_time() {
    // An include of itself, whose depth GCC bounds but whose breadth it does not.
    let source = "#if __INCLUDE_LEVEL__ < 60\n#include \"a.c\"\n#include \"a.c\"\n#endif\n";
    let limit = |plan: &mut lab::Plan| plan.limits.cpu = std::time::Duration::from_secs(1);
    let run = lan().program("a", 4, "a.c", source).with(limit).finish();
    assert!(
        run.facts().any(|fact| matches!(fact, Fact::CompilerEnded { status, .. } if *status != ExitStatus::Exited(0)))
    );
    assert_eq!(run.cause(), &Cause::Finished);
}

#[test]
fn a_compiler_obeys_stop_and_its_terminal() {
    let source = "#if __INCLUDE_LEVEL__ < 60\n#include \"a.c\"\n#include \"a.c\"\n#endif\n";
    let mut run = lan().program("a", 4, "a.c", source).start();
    run.until("the compiler's start", |fact| matches!(fact, Fact::CompilerStarted { .. }));
    run.stop();
    run.until_end();
    assert_eq!((run.cause(), run.status(0)), (&Cause::Stopped, ExitStatus::Signaled(9)));
}

#[test]
fn a_shell_server_is_traced_with_what_it_calls() {
    let server = "echo hello | nc -l -N 18888\n";
    let client = "nc -N 192.168.1.4 18888 </dev/null\n";
    let run = lan()
        .program("server", 4, "server.sh", server)
        .program("client", 7, "client.sh", client)
        .with(|plan| plan.hosts[1].after = Some("server".into()))
        .finish();
    assert_eq!(run.terminal(1), "hello\r\n", "{}", run.dump());
    assert!(matches!(run.call(1, Syscall::Connect).args[1], Value::Address(_)));
    assert_eq!(run.call(0, Syscall::Listen).args[0], Value::Fd(3));
}

#[test]
fn a_command_that_is_not_installed_is_told() {
    let run = lan().python("a", 4, "").with(|plan| plan.hosts[0].argv = vec!["no-such-program".into()]).finish();
    assert!(run.terminal(0).contains("no-such-program"), "{}", run.terminal(0));
    assert_eq!((run.cause(), run.status(0)), (&Cause::Finished, ExitStatus::Exited(1)));
}
