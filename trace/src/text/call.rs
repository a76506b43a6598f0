//! Calls as strace(1) writes them.

use std::fmt::{self, Write};

use crate::bytes::Clipped;
use crate::event::call::{Argument, Place, Polled, Value};
use crate::id::ThreadId;
use crate::syscall::Syscall;
use crate::time::{Nanos, Readable};

/// Of a buffer, this many bytes are shown; strace(1) shows 32.
const SHOWN: usize = 48;

/// A call between its entry and its return.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(super) entered: Nanos,
    pub(super) thread: ThreadId,
    syscall: Syscall,
    args: Vec<Value>,
    place: Option<Place>,
    /// Whether its entry has a line of its own.
    pub(super) is_written: bool,
}

impl Call {
    pub(crate) fn new(
        entered: Nanos,
        thread: ThreadId,
        syscall: Syscall,
        args: Vec<Value>,
        place: Option<Place>,
    ) -> Self {
        Self { entered, thread, syscall, args, place, is_written: false }
    }

    /// Puts in what the kernel filled in.
    pub(crate) fn fill(&mut self, filled: &[Argument]) {
        for Argument { index, value } in filled {
            if let Some(arg) = self.args.get_mut(usize::from(*index)) {
                arg.clone_from(value);
            }
        }
    }

    /// `recvfrom(4, "hello", 5, 0, NULL, NULL)`
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{}(", self.syscall.name());
        for (index, arg) in self.args.iter().enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            write!(text, "{separator}{}", Shown(arg)).expect("a String takes all");
        }
        text.push(')');
        text
    }

    /// `  [server.py:9]`, or nothing where the line is not known.
    pub(crate) fn place(&self) -> String {
        self.place.as_ref().map_or(String::new(), |place| format!("  [{}:{}]", place.file, place.line))
    }
}

/// An argument as strace(1) writes it.
pub(super) struct Shown<'a>(pub(super) &'a Value);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Int(number) => number.fmt(f),
            Value::Fd(fd) => fd.fmt(f),
            Value::Named(names) => f.write_str(names),
            Value::Address(address) => address.fmt(f),
            Value::Data(data) => f.write_str(&quoted(data)),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::FdSet(fds) => list(f, fds.iter()),
            Value::Polled(polled) => list(f, polled.iter().map(Entry)),
            Value::Timeout(None) => f.write_str("for ever"),
            Value::Timeout(Some(time)) => Readable(*time).fmt(f),
            Value::Message { address, data, control, flags } => {
                f.write_char('{')?;
                if let Some(address) = address {
                    write!(f, "{address}, ")?;
                }
                f.write_str(&quoted(data))?;
                control.iter().try_for_each(|control| write!(f, ", {control}"))?;
                if !flags.is_empty() {
                    write!(f, ", {flags}")?;
                }
                f.write_char('}')
            }
            Value::Messages(messages) => list(f, messages.iter().map(Shown)),
            Value::Null => f.write_str("NULL"),
            Value::Pointer(address) => write!(f, "{address:#x}"),
            Value::Pending => f.write_char('…'),
            Value::Unreadable(errno) => write!(f, "(unreadable: {errno})"),
            Value::Changed => f.write_str("(changed meanwhile)"),
        }
    }
}

struct Entry<'a>(&'a Polled);

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Polled { fd, data, events, revents } = self.0;
        match *fd {
            Polled::UNKNOWN if *data > 0 => write!(f, "{data:#x}: {events}")?,
            fd => write!(f, "{fd}: {events}")?,
        }
        if revents.is_empty() { Ok(()) } else { write!(f, " → {revents}") }
    }
}

fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: impl Iterator<Item = T>) -> fmt::Result {
    f.write_char('[')?;
    for (index, item) in items.enumerate() {
        let separator = if index > 0 { ", " } else { "" };
        write!(f, "{separator}{item}")?;
    }
    f.write_char(']')
}

/// A buffer in quotation marks; `…` after them says that there is more.
pub(super) fn quoted(data: &Clipped) -> String {
    let head = &data.head.0;
    let mut shown = head.len().min(SHOWN);
    // Not in the middle of a character, if it is text.
    while shown > 0 && shown < head.len() && head[shown] & 0xc0 == 0x80 {
        shown -= 1;
    }
    let more = if (shown as u64) < data.len { "…" } else { "" };
    let text = super::printable(&head[..shown].into()).replace('"', "\\\"");
    format!("\"{text}\"{more}")
}
