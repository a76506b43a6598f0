//! What the commands print.

use std::process::Command;

use support::binary::{path, root};

fn socklab(args: &[&str]) -> (String, bool) {
    let output = Command::new(path()).args(args).current_dir(root()).output().expect("socklab can be started");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success())
}

#[test]
fn a_run_of_lesson_2_shows_every_packet_with_its_call() {
    let (text, fine) = socklab(&[
        "run",
        "lessons/02-tcp",
        "--type",
        "client=hello world\n",
        "--type",
        "server=fine\n",
        "--type",
        "client=\n",
        "--type",
        "server=\n",
        "--type",
        "server=\n",
    ]);
    assert!(fine, "{text}");
    let mut rest = text.as_str();
    for step in
        ["listen(", "connect(", " SYN ", " SYN ACK ", " ACK ", "\"hello world\"", "recvfrom(", " FIN ACK ", " FIN ACK "]
    {
        let at = rest.find(step).unwrap_or_else(|| panic!("{step:?} is missing or out of order in:\n{text}"));
        rest = &rest[at + step.len()..];
    }
}

#[test]
fn a_program_hears_its_terminal_whatever_the_engine_itself_ignores() {
    // As a shell starts what it puts into the background. Ctrl-\ at the terminal is SIGQUIT.
    let script = "trap '' INT QUIT HUP; exec \"$0\" run --time-limit 10s --host a=192.168.1.4:tests/product/waits.py \
                  --type 'a=\\x1c'";
    let output = Command::new("sh").args(["-c", script]).arg(path()).current_dir(root()).output();
    let text = String::from_utf8_lossy(&output.expect("sh can be started").stdout).into_owned();
    assert!(text.contains("ended by signal 3"), "{text}");
}

#[test]
fn the_doctor_finds_this_machine_fit() {
    let (text, fine) = socklab(&["doctor"]);
    assert!(fine, "{text}");
    assert!(text.contains("a whole run"), "{text}");
}

#[test]
fn nothing_that_a_program_prints_or_names_acts_on_the_terminal() {
    for program in ["escapes", "names"] {
        let host = format!("a=192.168.1.4:tests/hostile/programs/{program}.py");
        let (text, _) = socklab(&["run", "--host", &host]);
        assert!(text.contains("owned"), "{text}");
        let acts = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!text.chars().any(acts), "{text:?}");
    }
}
