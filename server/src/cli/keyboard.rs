//! What is typed into a run's terminals from the command line: the script of `--type`, then lines of standard input.
//!
//! A program gets its next input when it waits for one, in read(2) of descriptor 0: typed earlier, the terminal would
//! echo it before the prompt, and a trace would not show who waited for whom.

use std::collections::{BTreeSet, VecDeque};
use std::io::{self, BufRead};
use std::str::FromStr;
use std::sync::mpsc::Sender;
use std::thread;

use anyhow::{Context, ensure};
use trace::bytes::Bytes;
use trace::event::Fact;
use trace::event::call::Value;
use trace::id::{CallId, HostId, ThreadId};
use trace::syscall::Syscall;

use super::run::Heard;

/// What Ctrl-D sends: for a terminal, the end of the input.
const END_OF_INPUT: u8 = 4;

/// `client="hello\n"` of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scripted {
    host: String,
    bytes: Vec<u8>,
}

impl FromStr for Scripted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, text) = text.split_once('=').ok_or("write it as HOST=TEXT")?;
        Ok(Self { host: host.to_owned(), bytes: unescape(text)?.into_bytes() })
    }
}

fn unescape(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match rest.next() {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('\\') => '\\',
            Some('x') => {
                let code: String = rest.by_ref().take(2).collect();
                let code = u8::from_str_radix(&code, 16).ok().filter(|byte| code.len() == 2 && byte.is_ascii());
                char::from(code.ok_or("\\x needs two hexadecimal digits below 80")?)
            }
            other => return Err(format!("\\{} is unknown; use \\n \\r \\t \\x03 \\\\", other.unwrap_or(' '))),
        });
    }
    Ok(out)
}

/// All terminals of a run, seen from the command line.
#[derive(Debug)]
pub(super) struct Keyboard {
    hosts: Vec<Terminal>,
    /// Standard input will bring nothing more.
    at_end: bool,
}

#[derive(Debug, Default)]
struct Terminal {
    name: String,
    threads: BTreeSet<ThreadId>,
    waiting: Option<CallId>,
    queue: VecDeque<Vec<u8>>,
}

impl Keyboard {
    pub(super) fn new(names: Vec<String>, script: Vec<Scripted>) -> anyhow::Result<Self> {
        let hosts = names.into_iter().map(|name| Terminal { name, ..Terminal::default() }).collect();
        let mut keyboard = Self { hosts, at_end: false };
        for Scripted { host, bytes } in script {
            let known = keyboard.queue(&host, bytes);
            ensure!(known, "--type: there is no host {host:?}; there are {}", keyboard.names());
        }
        Ok(keyboard)
    }

    /// Learns who waits for input.
    pub(super) fn event(&mut self, fact: &Fact) {
        match fact {
            Fact::ThreadStarted { thread, host, .. } => {
                if let Some(terminal) = self.hosts.get_mut(usize::from(host.0)) {
                    terminal.threads.insert(*thread);
                }
            }
            Fact::CallEntered { call, thread, syscall: Syscall::Read | Syscall::Readv, args, .. }
                if args.first() == Some(&Value::Fd(0)) =>
            {
                if let Some(terminal) = self.hosts.iter_mut().find(|terminal| terminal.threads.contains(thread)) {
                    terminal.waiting = Some(*call);
                }
            }
            Fact::CallReturned { call, .. } | Fact::CallAbandoned { call } => {
                for terminal in &mut self.hosts {
                    terminal.waiting.take_if(|waiting| waiting == call);
                }
            }
            _ => {}
        }
    }

    /// Takes a line of standard input: `client: hello`, or just `hello` where there is one host only.
    pub(super) fn line(&mut self, line: Option<String>) {
        let Some(line) = line else {
            self.at_end = true;
            return;
        };
        let (host, text) = match (line.split_once(':'), self.hosts.as_slice()) {
            (Some((host, text)), _) if self.hosts.iter().any(|terminal| terminal.name == host.trim()) => {
                (host.trim().to_owned(), text.strip_prefix(' ').unwrap_or(text))
            }
            (_, [only]) => (only.name.clone(), line.as_str()),
            _ => {
                eprintln!("socklab: say for whom: `HOST: TEXT`, where HOST is one of {}", self.names());
                return;
            }
        };
        self.queue(&host, format!("{text}\n").into_bytes());
    }

    /// What is to be typed now. Each waiting program gets one piece, and the next when it waits again.
    pub(super) fn due(&mut self) -> Vec<(HostId, Bytes)> {
        let mut due = Vec::new();
        for (index, terminal) in self.hosts.iter_mut().enumerate() {
            let next = if terminal.waiting.is_none() {
                None
            } else if self.at_end && terminal.queue.is_empty() {
                Some(vec![END_OF_INPUT]) // nothing else will ever come
            } else {
                terminal.queue.pop_front()
            };
            if let (Some(bytes), Ok(index)) = (next, u16::try_from(index)) {
                terminal.waiting = None;
                due.push((HostId(index), Bytes(bytes)));
            }
        }
        due
    }

    fn queue(&mut self, host: &str, bytes: Vec<u8>) -> bool {
        let terminal = self.hosts.iter_mut().find(|terminal| terminal.name == host);
        terminal.map(|terminal| terminal.queue.push_back(bytes)).is_some()
    }

    fn names(&self) -> String {
        self.hosts.iter().map(|terminal| terminal.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// Reads standard input in a thread of its own, which ends with the process: nothing can wake it from its read.
pub(super) fn listen(heard: Sender<Heard>) -> anyhow::Result<()> {
    let read = move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            if heard.send(Heard::Line(Some(line))).is_err() {
                return;
            }
        }
        let _ = heard.send(Heard::Line(None));
    };
    thread::Builder::new().name("stdin".to_owned()).spawn(read).context("no thread for standard input")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::event::call::Outcome;
    use trace::id::ProcessId;

    fn keyboard(script: &[&str]) -> Keyboard {
        let script = script.iter().map(|text| text.parse().unwrap()).collect();
        let mut keyboard = Keyboard::new(vec!["server".into(), "client".into()], script).unwrap();
        for host in 0..2 {
            let (thread, process) = (ThreadId(host.into()), ProcessId(host.into()));
            keyboard.event(&Fact::ThreadStarted { thread, process, host: HostId(host), tid: 2, parent: None });
        }
        keyboard
    }

    fn waits(host: u32, call: u64) -> Fact {
        let args = vec![Value::Fd(0), Value::Pending, Value::Int(1024)];
        let (call, thread) = (CallId(call), ThreadId(host));
        Fact::CallEntered { call, thread, syscall: Syscall::Read, args, socket: None, place: None }
    }

    fn returns(call: u64) -> Fact {
        Fact::CallReturned { call: CallId(call), outcome: Outcome::Returned(1), filled: Vec::new(), made: None }
    }

    fn due(keyboard: &mut Keyboard) -> Vec<(u16, String)> {
        keyboard.due().into_iter().map(|(host, bytes)| (host.0, bytes.escaped())).collect()
    }

    #[test]
    fn a_script_is_typed_piece_by_piece_when_the_program_waits() {
        let mut keyboard = keyboard(&[r"client=hello\n", r"client=\n"]);
        assert_eq!(due(&mut keyboard), []);
        keyboard.event(&waits(0, 1));
        assert_eq!(due(&mut keyboard), []);
        keyboard.event(&waits(1, 2));
        assert_eq!(due(&mut keyboard), [(1, r"hello\n".to_owned())]);
        assert_eq!(due(&mut keyboard), []);
        keyboard.event(&returns(2));
        keyboard.event(&waits(1, 3));
        assert_eq!(due(&mut keyboard), [(1, r"\n".to_owned())]);
    }

    #[test]
    fn lines_name_their_host() {
        let mut keyboard = keyboard(&[]);
        keyboard.event(&waits(0, 1));
        keyboard.event(&waits(1, 2));
        keyboard.line(Some("client: a: b".into()));
        keyboard.line(Some("nobody: x".into()));
        assert_eq!(due(&mut keyboard), [(1, r"a: b\n".to_owned())]);
    }

    #[test]
    fn the_end_of_the_input_is_an_end_for_programs_too() {
        let mut keyboard = keyboard(&[r"client=hi\n"]);
        keyboard.line(None);
        keyboard.event(&waits(1, 1));
        assert_eq!(due(&mut keyboard), [(1, r"hi\n".to_owned())]);
        keyboard.event(&waits(1, 2));
        assert_eq!(due(&mut keyboard), [(1, r"\x04".to_owned())]);
    }

    #[test]
    fn faults_of_a_script() {
        assert_eq!("hello".parse::<Scripted>().unwrap_err(), "write it as HOST=TEXT");
        assert_eq!(r"a=\q".parse::<Scripted>().unwrap_err(), r"\q is unknown; use \n \r \t \x03 \\");
        assert_eq!(r"a=\x0".parse::<Scripted>().unwrap_err(), r"\x needs two hexadecimal digits below 80");
        assert_eq!(r"a=\x03=".parse::<Scripted>().unwrap().bytes, b"\x03=");
        let error = Keyboard::new(vec!["server".into()], vec!["clint=x".parse().unwrap()]).unwrap_err();
        assert_eq!(error.to_string(), "--type: there is no host \"clint\"; there are server");
    }
}
