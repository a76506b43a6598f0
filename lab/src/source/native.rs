//! The line of a compiled program, by what its compiler wrote down of it (DWARF).
//!
//! All of it may be a lie, and one that was made to harm its reader: a learner's C program can put its own bytes into
//! every section. So what is read of it is read from the beginning to the end, never as deep or as often as it says.
//!
//! At a call's entry a thread stands in libc. From there its stack is unwound by the tables that the libraries and the
//! program itself have for it (`.eh_frame`), up to the first function of the learner's. Nothing is guessed from what
//! happens to lie on the stack: where a table is missing, the line is not known.
//!
//! The program's file is read once, through `/proc/PID/exe` and when it has not run a single instruction: it is what
//! the compiler has made, whatever stands at its path. Libraries are read if they are the system's.

mod functions;
mod lines;

use std::fs::{self, File};
use std::io::Read;
use std::sync::Arc;

use gimli::{
    BaseAddresses, CfaRule, EhFrame, EhFrameHdr, EhFrameOffset, EndianArcSlice, LittleEndian, ParsedEhFrameHdr,
    Pointer, Register, RegisterRule, UnwindContext, UnwindSection, UnwindTableRow, X86_64,
};
use object::{Object, ObjectSection, ObjectSegment};
use trace::event::call::Place;

use crate::sys::memory;
use crate::sys::ptrace::{self, Tid};
use functions::Functions;
use lines::Lines;

type Reader = EndianArcSlice<LittleEndian>;

/// A program, or a library, larger than this is not looked into.
const LARGEST: u64 = 8 << 20;
const LARGEST_PROGRAM: u64 = 1 << 20;
/// So many functions are looked at between a call and the learner's line.
const FRAMES: usize = 24;
/// What there is to say of one function's frame, in bytes. The largest that GCC makes of a program of the course's has
/// a hundred; each look goes through it.
const LARGEST_FRAME: usize = 4096;
/// A file has so many functions at most: the C library has some thousands.
const FUNCTIONS: usize = 1 << 20;

/// A compiled program, and the libraries that it was seen in.
pub(super) struct Native {
    process: Tid,
    program: Option<Arc<Program>>,
    libraries: Vec<(String, Option<Tables>)>,
}

struct Program {
    path: String,
    tables: Tables,
    lines: Lines,
    functions: Functions,
}

/// How to unwind the frames of one file's functions.
struct Tables {
    index: ParsedEhFrameHdr<Reader>,
    frames: EhFrame<Reader>,
    bases: BaseAddresses,
    /// Where the file wants to be in memory.
    wanted: u64,
}

impl Native {
    /// A process that has just executed the program that was compiled.
    pub(super) fn read(process: Tid) -> Self {
        let program = Program::read(process);
        if program.is_none() {
            tracing::debug!(process, "a program without lines");
        }
        Self { process, program: program.map(Arc::new), libraries: Vec::new() }
    }

    /// A fork of it.
    pub(super) fn fork(&self, process: Tid) -> Self {
        Self { process, program: self.program.clone(), libraries: Vec::new() }
    }

    /// Where a thread is that stands at a call's entry, in one of these files.
    pub(super) fn place(&mut self, thread: Tid, files: &[String]) -> Option<Place> {
        let (program, process) = (Arc::clone(self.program.as_ref()?), self.process);
        let maps = fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
        let mut registers = ptrace::registers(thread).ok()?;
        for depth in 0..FRAMES {
            // A return address is that of the instruction after the call, which may be another line's.
            let at = registers[usize::from(X86_64::RA.0)].checked_sub(u64::from(depth > 0))?;
            let (path, base) = mapped(&maps, at)?;
            let tables = if path == program.path {
                let wanted = at.wrapping_sub(base).wrapping_add(program.tables.wanted);
                if let Some(place) = program.place(wanted, files) {
                    return Some(place);
                }
                &program.tables
            } else {
                self.library(path)?
            };
            let wanted = at.wrapping_sub(base).wrapping_add(tables.wanted);
            registers = tables.caller(process, wanted, registers)?;
        }
        None
    }

    fn library(&mut self, path: &str) -> Option<&Tables> {
        let known = self.libraries.iter().position(|(known, _)| known == path);
        let index = known.unwrap_or_else(|| {
            // The system's, which no program can change.
            let is_systems = path.starts_with("/usr/") && fs::metadata(path).is_ok_and(|file| file.is_file());
            let bytes = if is_systems { File::open(path).ok().and_then(|file| whole(file, LARGEST)) } else { None };
            self.libraries.push((path.to_owned(), bytes.and_then(|bytes| Tables::parse(&bytes))));
            self.libraries.len() - 1
        });
        self.libraries[index].1.as_ref()
    }
}

impl Program {
    fn read(process: Tid) -> Option<Self> {
        let exe = format!("/proc/{process}/exe");
        let path = fs::read_link(&exe).ok()?.to_str()?.to_owned();
        let bytes = whole(File::open(exe).ok()?, LARGEST_PROGRAM)?;
        Self::parse(path, &bytes)
    }

    /// The same, of the bytes that the file has.
    fn parse(path: String, bytes: &[u8]) -> Option<Self> {
        let file = object::File::parse(bytes).ok()?;
        let (lines, functions) = (Lines::parse(&file), Functions::parse(&file));
        Some(Self { path, tables: Tables::parse(bytes)?, lines, functions })
    }

    /// The line at an address of the file's, if it is in one of these files.
    fn place(&self, address: u64, files: &[String]) -> Option<Place> {
        let (name, line) = self.lines.at(address)?;
        files.iter().any(|file| file == name).then(|| {
            let function = self.functions.at(address).unwrap_or_default().to_owned();
            Place { file: name.to_owned(), line, function }
        })
    }
}

impl Tables {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let file = object::File::parse(bytes).ok()?;
        let section = |name| {
            let section = file.section_by_name(name)?;
            Some((section.address(), Reader::new(section.data().ok()?.into(), LittleEndian)))
        };
        let (index_at, index) = section(".eh_frame_hdr")?;
        let (frames_at, frames) = section(".eh_frame")?;
        let text = file.section_by_name(".text")?.address();
        let bases = BaseAddresses::default().set_eh_frame_hdr(index_at).set_eh_frame(frames_at).set_text(text);
        let index = EhFrameHdr::from(index).parse(&bases, 8).ok()?;
        let wanted = file.segments().map(|segment| segment.address()).min()?;
        Some(Self { index, frames: EhFrame::from(frames), bases, wanted })
    }

    /// The registers of whoever called the function at this address of the file's, RA for the program counter.
    fn caller(&self, process: Tid, address: u64, registers: [u64; 17]) -> Option<[u64; 17]> {
        let mut context = UnwindContext::new();
        let row = self.row(address, &mut context)?;
        let value = |register: Register| registers.get(usize::from(register.0)).copied();
        let frame = match *row.cfa() {
            CfaRule::RegisterAndOffset { register, offset } => value(register)?.wrapping_add_signed(offset),
            CfaRule::Expression(_) => return None,
        };
        let mut caller = registers;
        caller[usize::from(X86_64::RA.0)] = 0;
        for (register, rule) in row.registers() {
            let to = caller.get_mut(usize::from(register.0))?;
            match *rule {
                RegisterRule::Offset(offset) => {
                    let mut word = [0; 8];
                    let read = memory::read(process, frame.wrapping_add_signed(offset), &mut word).ok()?;
                    (read == word.len()).then_some(())?;
                    *to = u64::from_le_bytes(word);
                }
                RegisterRule::Undefined | RegisterRule::SameValue => {}
                _ => return None,
            }
        }
        caller[usize::from(X86_64::RSP.0)] = frame;
        (caller[usize::from(X86_64::RA.0)] != 0).then_some(caller)
    }

    /// How to find the caller of the function at this address, from there.
    fn row<'a>(&self, address: u64, context: &'a mut UnwindContext<usize>) -> Option<&'a UnwindTableRow<usize>> {
        let table = self.index.table()?;
        // gimli takes it at its word, and multiplies and subtracts what is in it.
        let (count, _) = table.iter(&self.bases).size_hint();
        if count > FUNCTIONS {
            return None;
        }
        let entry = table.lookup(address, &self.bases).and_then(Pointer::direct).ok()?;
        let offset = entry.checked_sub(self.index.eh_frame_ptr().direct().ok()?)?;
        let offset = EhFrameOffset(usize::try_from(offset).ok()?);
        let frame = self.frames.fde_from_offset(&self.bases, offset, EhFrame::cie_from_offset).ok()?;
        if !frame.contains(address) || frame.entry_len().saturating_add(frame.cie().entry_len()) > LARGEST_FRAME {
            return None;
        }
        frame.unwind_info_for_address(&self.frames, &self.bases, context, address).ok()
    }
}

fn whole(file: File, most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= most).then_some(bytes)
}

/// The file that is mapped at an address, and where its beginning is: proc_pid_maps(5).
fn mapped(maps: &str, at: u64) -> Option<(&str, u64)> {
    let entry = |line: &str| {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let number = |text| u64::from_str_radix(text, 16).ok();
        let offset = number(rest.split(' ').nth(1)?)?;
        Some((number(start)?, number(end)?, offset))
    };
    let line = maps.lines().find(|line| entry(line).is_some_and(|(start, end, _)| (start..end).contains(&at)))?;
    let path = &line[line.find('/')?..];
    let first =
        maps.lines().find(|line| line.ends_with(path) && entry(line).is_some_and(|(.., offset)| offset == 0))?;
    Some((path, entry(first)?.0))
}

#[cfg(test)]
mod tests;
