//! Programs that would have the trace say what did not happen, or make its reader do their work.

use std::time::Duration;

use crate::held::{held, hostile, hostile_c, limits};
use support::lab_run::{Call, Setup};
use trace::bytes::Bytes;
use trace::event::Fact;
use trace::event::call::{Address, Value};
use trace::event::host::{Cause, ExitStatus};
use trace::id::HostId;
use trace::syscall::Syscall;
use trace::wire::Packet;

/// A program whose threads race: on a machine with much else to do it takes its time, which is no matter here.
fn racing(source: &str) -> Setup {
    let long = Duration::from_mins(2);
    hostile(source).with(limits(|limits| (limits.wall, limits.cpu, limits.run_cpu) = (long, long, long)))
}

#[test]
fn escape_sequences_stay_bytes() {
    let run = held(hostile(include_str!("programs/escapes.py")));
    let mut printed: Vec<u8> = Vec::new();
    for fact in run.facts() {
        if let Fact::Printed { host: HostId(0), bytes: Bytes(bytes) } = fact {
            printed.extend(bytes);
        }
    }
    let expected: &[u8] = b"ready\r\n\x1b]0;owned\x07\x1b[2J\x1b[?1049h\x9b31m\xff\xfe\x00 \xe2\x80\xaegnp.exe \
        <script>alert(1)</script>\r\n";
    assert_eq!(printed, expected);
    // The transcript, which goes to a person's terminal, has none that would act there.
    let (mut transcript, mut text) = (trace::text::Transcript::default(), String::new());
    run.events().iter().for_each(|event| transcript.push(event, &mut text));
    assert!(text.contains("owned"));
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
}

#[test]
fn a_call_by_the_32_bit_table_ends_the_program() {
    let run = held(hostile(include_str!("programs/int80.py")));
    assert_eq!(run.status(0), ExitStatus::Signaled(31), "SIGSYS; {}", run.terminal(0));
}

#[test]
fn calls_by_the_x32_table_do_not_exist() {
    let run = held(hostile(include_str!("programs/x32.py")));
    assert_eq!(run.terminal(0), "ready\r\n41 ENOSYS\r\n425 ENOSYS\r\n");
}

#[test]
fn hiding_from_the_tracer() {
    let run = held(hostile(include_str!("programs/undumpable.py")));
    assert!(run.terminal(0).contains("dumpable 0 0\r\nb'seen all the same'"), "{}", run.terminal(0));
    let sent = run.call(0, Syscall::Sendto);
    assert!(matches!(&sent.args[1], Value::Data(data) if data.head.0 == b"seen all the same"), "{sent:?}");
    assert!(sent.socket.is_some());
}

#[test]
fn a_path_that_the_engine_would_open() {
    let run = held(hostile(include_str!("programs/trap_exe.py")));
    assert_eq!(run.cause(), &Cause::Finished, "{}", run.dump());
    assert!(run.terminal(0).ends_with("still here\r\n"), "{}", run.terminal(0));
}

#[test]
fn an_address_that_changes_while_the_call_is_entered() {
    let run = held(racing(include_str!("programs/two_faced.py")));
    let text = run.terminal(0);
    let (_, truth) = text.split_once("truth ").unwrap_or_else(|| panic!("{text}"));
    let truth: Vec<u16> = truth.split_whitespace().map(|port| port.parse().unwrap()).collect();
    assert!(truth.contains(&1111) && truth.contains(&2222), "nothing was flipped: {truth:?}");
    let connects = run.calls(0).into_iter().filter(|call| call.syscall == Syscall::Connect);
    let told: Vec<u16> = connects
        .map(|call| match &call.args[1] {
            Value::Address(Address::Inet(address)) => address.port(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, truth);
}

/// The call's argument is what the tracer read, or is said to have changed; what was sent is in the frame.
#[test]
fn data_that_changes_while_it_is_sent() {
    let run = held(racing(include_str!("programs/two_words.py")));
    let text = run.terminal(0);
    let (_, truth) = text.split_once("truth ").unwrap_or_else(|| panic!("{text}"));
    let truth: Vec<&str> = truth.split_whitespace().collect();
    let some = |letter: char| truth.iter().any(|word| word.contains(letter));
    assert!(truth.len() == 300 && some('a') && some('b'), "nothing was changed: {truth:?}");
    let frames: Vec<String> = run
        .facts()
        .filter_map(|fact| match fact {
            Fact::FrameLooped { bytes, .. } => Packet::parse(bytes)?.udp().map(|(_, udp)| udp.payload.head.escaped()),
            _ => None,
        })
        .collect();
    assert_eq!(frames, truth);
    let is_send = |call: &Call| call.syscall == Syscall::Sendto;
    let changed = run.calls(0).into_iter().filter(is_send).filter(|call| call.args[1] == Value::Changed).count();
    assert!(changed > 0, "{}", run.dump());
}

#[test]
fn names_of_files_sockets_and_programs_stay_text() {
    let run = held(hostile(include_str!("programs/names.py")));
    let (mut transcript, mut text) = (trace::text::Transcript::default(), String::new());
    run.events().iter().for_each(|event| transcript.push(event, &mut text));
    assert!(text.contains("owned") && text.contains("like a line of its own"), "{text}");
    assert!(!text.contains("\nlike a line"), "{text}");
    let acts = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!text.chars().any(acts), "{text:?}");
}

/// What a descriptor is, the trace asks the kernel once, and again whenever it may have become another one.
#[test]
fn descriptors_that_become_others() {
    let run = held(racing(include_str!("programs/two_descriptors.py")));
    assert!(run.terminal(0).contains("done True"), "{}", run.terminal(0));
    let calls = run.calls(0);
    let with = |words: &[u8]| {
        calls
            .iter()
            .find(|call| call.args.iter().any(|value| matches!(value, Value::Data(data) if data.head.0 == words)))
    };
    let socket = |words: &[u8]| with(words).unwrap_or_else(|| panic!("{words:?}: {}", run.dump())).socket.unwrap();
    let (first, third, fifth) = (socket(b"by the first"), socket(b"by the third"), socket(b"by the fifth"));
    assert!(first != third && third != fifth && first != fifth);
    // Files are none of the trace's business, whatever number they have.
    assert!(with(b"into the file").is_none() && with(b"the last word").is_none(), "{}", run.dump());
}

/// A learner's C program may write its own debugging information, by assembly.
#[test]
fn debugging_information_that_has_no_end() {
    let run = held(hostile_c(include_str!("programs/deep.c")));
    assert_eq!((run.terminal(0).as_str(), run.status(0)), ("ready\r\ndone\r\n", ExitStatus::Exited(0)));
    // The lines are told by another part of it, which nobody has touched.
    assert_eq!(run.call(0, Syscall::Socket).line, Some(26));
}
