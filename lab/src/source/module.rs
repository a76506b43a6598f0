//! The variables of a module's own code, which py-spy does not show: read from CPython's structures.
//!
//! Only of CPython 3.11, whose structures these offsets are of (`Include/cpython/` and `Include/internal/`, for 64 bits);
//! of any other version none are shown. A program can make its memory look like anything, so every number is bounded.

use trace::bytes::Bytes;
use trace::event::call::Local;

use crate::sys::memory;
use crate::sys::ptrace::Tid;

/// So much of a text is shown, and of a collection.
const TEXT: usize = 64;
const ITEMS: usize = 8;
/// So deep collections are shown.
const DEPTH: u8 = 2;
/// So many threads, frames, names and entries are looked at.
const THREADS: usize = 64;
const ENTRIES: usize = 4096;
const CODE: usize = 16 << 10;

/// Objects that a module has, but that nobody calls its variables.
const HIDDEN: [&str; 5] = ["module", "function", "type", "builtin_function_or_method", "EnumType"];

/// An interpreter's memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory(pub(super) Tid);

/// An address in it.
type Addr = u64;

impl Memory {
    /// What the module's code has assigned to names, in the order in which it did first. `depth`: how many frames are
    /// inside of the module's on this thread.
    pub(super) fn variables(self, interpreter: Addr, tid: u32, depth: usize) -> Option<Vec<Local>> {
        let frame = self.frame(interpreter, tid, depth)?;
        let (globals, code) = (self.word_at(frame, 8)?, self.word_at(frame, 32)?);
        let assigned = self.assigned(code)?;
        let mut variables = Vec::new();
        for (key, value) in self.entries(globals)? {
            if !assigned.contains(&key) {
                continue;
            }
            let (Some(name), Some(kind)) = (self.text(key), self.kind(value)) else { continue };
            if !HIDDEN.contains(&kind.as_str()) {
                variables.push(Local { name, value: self.shown(value, DEPTH) });
            }
        }
        Some(variables)
    }

    /// `PyInterpreterState.threads.head`, and from there the thread's `_PyInterpreterFrame`s inside out.
    fn frame(self, interpreter: Addr, tid: u32, depth: usize) -> Option<Addr> {
        let mut thread = self.word_at(interpreter, 16)?;
        for _ in 0..THREADS {
            // `native_thread_id`; of a process with one thread it may be another's, from before a fork.
            if self.word_at(thread, 160)? == u64::from(tid) {
                break;
            }
            thread = self.word_at(thread, 8).filter(|next| *next != 0)?;
        }
        let mut frame = self.word_at(self.word_at(thread, 56)?, 8)?;
        for _ in 0..depth.min(ENTRIES) {
            frame = self.word_at(frame, 48)?;
        }
        Some(frame)
    }

    /// The names that a code object assigns to by STORE_NAME, as addresses of interned strings.
    fn assigned(self, code: Addr) -> Option<Vec<Addr>> {
        const STORE_NAME: u8 = 90;
        let names = self.word_at(code, 32)?;
        let length = usize::try_from(self.word_at(code, 16)?).ok()?.min(CODE);
        let units = self.bytes_at(code, 184, length * 2)?;
        let mut indices: Vec<u8> =
            units.as_chunks::<2>().0.iter().filter(|unit| unit[0] == STORE_NAME).map(|unit| unit[1]).collect();
        indices.sort_unstable();
        indices.dedup();
        Some(indices.into_iter().filter_map(|index| self.word_at(names, 24 + u64::from(index) * 8)).collect())
    }

    /// The keys and values of a dict, in the order of insertion.
    fn entries(self, dict: Addr) -> Option<Vec<(Addr, Addr)>> {
        let keys = self.word_at(dict, 32)?;
        let head = self.bytes_at(keys, 8, 3)?;
        let count = usize::try_from(self.word_at(keys, 24)?).ok()?.min(ENTRIES);
        // Of strings only, entries are two words long; else the hash is before them.
        let (size, skip) = if head[2] == 0 { (24, 8) } else { (16, 0) };
        let first = keys.checked_add(32)?.checked_add(1_u64.checked_shl(head[1].into())?)?;
        let bytes = self.bytes(first, count * size)?;
        let word = |at: &[u8]| at.first_chunk().map(|word| u64::from_ne_bytes(*word));
        let entry = |entry: &[u8]| Some((word(&entry[skip..])?, word(&entry[skip + 8..])?));
        Some(bytes.chunks_exact(size).filter_map(entry).filter(|(key, value)| *key != 0 && *value != 0).collect())
    }

    /// An object as Python would write it; by its type alone where that takes more than looking.
    fn shown(self, object: Addr, depth: u8) -> String {
        let kind = self.kind(object).unwrap_or_default();
        let shown = match kind.as_str() {
            "NoneType" => Some("None".to_owned()),
            "bool" => self.int(object).map(|number| if number == 0 { "False" } else { "True" }.to_owned()),
            "int" => self.int(object).map(|number| number.to_string()),
            "float" => self.word_at(object, 16).map(|bits| format!("{:?}", f64::from_bits(bits))),
            "str" => self.text(object).map(|text| quoted(&text)),
            "bytes" => self.literal(object.wrapping_add(32), object),
            "bytearray" => self
                .word_at(object, 40)
                .and_then(|start| self.literal(start, object))
                .map(|text| format!("bytearray({text})")),
            "tuple" if depth > 0 => {
                self.items(object.wrapping_add(24), object, depth).map(|items| format!("({items})"))
            }
            "list" if depth > 0 => {
                let items = self.word_at(object, 24).and_then(|first| self.items(first, object, depth));
                items.map(|items| format!("[{items}]"))
            }
            "dict" if depth > 0 => self.pairs(object, depth),
            _ => None,
        };
        shown.unwrap_or_else(|| format!("<{kind}>"))
    }

    /// `ob_size` of what has a variable size.
    fn size(self, object: Addr) -> Option<usize> {
        usize::try_from(self.word_at(object, 16)?).ok()
    }

    /// The bytes at `start`, as many as the object has.
    fn literal(self, start: Addr, object: Addr) -> Option<String> {
        let size = self.size(object)?;
        let shown = self.bytes(start, size.min(TEXT))?;
        let more = if size > TEXT { "…" } else { "" };
        Some(format!("b'{}{more}'", Bytes(shown).escaped()))
    }

    fn items(self, first: Addr, object: Addr, depth: u8) -> Option<String> {
        let size = self.size(object)?;
        let words = self.bytes(first, size.min(ITEMS) * 8)?;
        let mut items: Vec<String> =
            words.as_chunks().0.iter().map(|word| self.shown(u64::from_ne_bytes(*word), depth - 1)).collect();
        if size > ITEMS {
            items.push("…".to_owned());
        }
        Some(items.join(", "))
    }

    fn pairs(self, dict: Addr, depth: u8) -> Option<String> {
        let entries = self.entries(dict)?;
        let pair =
            |(key, value): &(Addr, Addr)| format!("{}: {}", self.shown(*key, depth - 1), self.shown(*value, depth - 1));
        let mut pairs: Vec<String> = entries.iter().take(ITEMS).map(pair).collect();
        if entries.len() > ITEMS {
            pairs.push("…".to_owned());
        }
        Some(format!("{{{}}}", pairs.join(", ")))
    }

    /// A `PyLongObject`: digits of 30 bits, and the sign in their number.
    fn int(self, object: Addr) -> Option<i128> {
        const MOST: u64 = 4;
        let size = self.word_at(object, 16)?.cast_signed();
        if size.unsigned_abs() > MOST {
            return None;
        }
        let digits = self.bytes_at(object, 24, usize::try_from(size.unsigned_abs()).ok()? * 4)?;
        let digit = |sum: i128, digit: &[u8; 4]| sum << 30 | i128::from(u32::from_ne_bytes(*digit));
        let number = digits.as_chunks::<4>().0.iter().rev().fold(0, digit);
        Some(if size < 0 { -number } else { number })
    }

    /// A `PyUnicodeObject` of the compact kind, which all literals are.
    fn text(self, object: Addr) -> Option<String> {
        let length = usize::try_from(self.word_at(object, 16)?).ok()?;
        let state = self.bytes_at(object, 32, 1)?[0];
        let (width, compact, ascii) = (usize::from(state >> 2 & 7), state & 1 << 5 != 0, state & 1 << 6 != 0);
        if !compact || !matches!(width, 1 | 2 | 4) {
            return None;
        }
        let bytes = self.bytes_at(object, if ascii { 48 } else { 72 }, length.min(TEXT) * width)?;
        let point = |unit: &[u8]| unit.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        let mut text: String = bytes
            .chunks_exact(width)
            .map(|unit| char::from_u32(point(unit)).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        if length > TEXT {
            text.push('…');
        }
        Some(text)
    }

    /// The name of an object's type.
    fn kind(self, object: Addr) -> Option<String> {
        let name = self.word_at(self.word_at(object, 8)?, 24)?;
        let mut bytes = vec![0; TEXT];
        let read = memory::read(self.0, name, &mut bytes).ok()?;
        let end = bytes[..read].iter().position(|byte| *byte == 0)?;
        let name = std::str::from_utf8(&bytes[..end]).ok()?;
        Some(name.rsplit('.').next().unwrap_or(name).to_owned())
    }

    fn word_at(self, addr: Addr, offset: u64) -> Option<u64> {
        self.word(addr.wrapping_add(offset))
    }

    fn bytes_at(self, addr: Addr, offset: u64, len: usize) -> Option<Vec<u8>> {
        self.bytes(addr.wrapping_add(offset), len)
    }

    fn word(self, addr: Addr) -> Option<u64> {
        self.bytes(addr, 8)?.first_chunk().map(|word| u64::from_ne_bytes(*word))
    }

    fn bytes(self, addr: Addr, len: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; len];
        if len > 0 {
            let read = memory::read(self.0, addr, &mut bytes).ok()?;
            (read == len).then_some(())?;
        }
        Some(bytes)
    }
}

/// A text in Python's quotes.
fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_quoted_as_python_does() {
        assert_eq!(quoted("a\n'b'"), "\"a\\n'b'\"");
        assert_eq!(quoted("it's \"so\"\\"), "'it\\'s \"so\"\\\\'");
    }

    #[test]
    fn where_no_interpreter_is_nothing_is_found() {
        let me = Memory(Tid::try_from(std::process::id()).unwrap());
        for addr in [0, 8, 1 << 47, u64::MAX - 4096] {
            assert_eq!(me.variables(addr, 1, 3), None);
        }
        let zeros = [0_u64; 64];
        assert_eq!(me.variables(zeros.as_ptr() as u64, 0, 0), None);
    }
}
