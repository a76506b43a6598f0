//! The line of each address, from a program's line number table (DWARF 5, section 6.2).
//!
//! The table is a learner's own: assembly in a C program writes whatever it likes into it. So it is read once, from its
//! beginning to its end, and only so much of it. The rest of the debugging information is a tree, which whoever reads it
//! has to follow as deep as its author wished; nothing here needs it.

use gimli::{DebugLine, DebugLineOffset, DebugLineStr, DebugStr, EndianSlice, LittleEndian, Section};
use object::{Object, ObjectSection};

/// So many stretches of code are remembered. A program of a learner's has some hundreds.
const MOST: usize = 1 << 16;
/// So many bytes of names are remembered.
const NAMES: usize = 1 << 18;
/// They are those of so many files.
const FILES: usize = 256;

type Slice<'a> = EndianSlice<'a, LittleEndian>;

/// The lines of a program.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// In the order of their addresses.
    stretches: Vec<Stretch>,
    /// Of source files, without their folders.
    names: Vec<String>,
}

/// Code that was made of one line.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: u64,
    to: u64,
    line: u32,
    /// Index of the file's name.
    name: usize,
}

impl Lines {
    /// Reads the table of a file; what can't be read ends it.
    pub(super) fn parse(file: &object::File<'_>) -> Self {
        let section = |name| {
            let section = file.section_by_name(name);
            EndianSlice::new(section.and_then(|section| section.data().ok()).unwrap_or_default(), LittleEndian)
        };
        let strings = (section(".debug_str").into(), section(".debug_line_str").into());
        let mut lines = Self::default();
        // An error is where it stops: what was read so far is right as far as its author is.
        let _ = lines.read(section(DebugLine::<Slice<'_>>::section_name()), &strings);
        lines.stretches.sort_by_key(|stretch| (stretch.from, stretch.to));
        lines
    }

    fn read<'a>(
        &mut self,
        table: Slice<'a>,
        strings: &(DebugStr<Slice<'a>>, DebugLineStr<Slice<'a>>),
    ) -> gimli::Result<()> {
        let (table, end) = (DebugLine::from(table), table.len());
        let mut at = 0;
        while at < end {
            let program = table.program(DebugLineOffset(at), 8, None, None)?;
            let header = program.header();
            at =
                (at + usize::from(header.encoding().format.initial_length_size())).saturating_add(header.unit_length());
            // The names of this unit's files that some line is in: index in the table, and in ours.
            let mut known: Option<(u64, usize)> = None;
            let mut before: Option<Stretch> = None;
            let mut rows = program.rows();
            while let Some((header, row)) = rows.next_row()? {
                if let Some(stretch) = before.take().filter(|stretch| stretch.from < row.address()) {
                    if self.stretches.len() >= MOST {
                        return Ok(());
                    }
                    self.stretches.push(Stretch { to: row.address(), ..stretch });
                }
                let Some(line) = row.line().filter(|_| !row.end_sequence()) else { continue };
                let Ok(line) = u32::try_from(line.get()) else { continue };
                let name = match known {
                    Some((file, name)) if file == row.file_index() => name,
                    _ => {
                        let Some(file) = header.file(row.file_index()) else { continue };
                        let Some(name) = self.name(file.path_name(), strings) else { return Ok(()) };
                        known = Some((row.file_index(), name));
                        name
                    }
                };
                before = Some(Stretch { from: row.address(), to: row.address(), line, name });
            }
        }
        Ok(())
    }

    /// Our index of a file's name; `None` when there is no more room.
    fn name<'a>(
        &mut self,
        path: gimli::AttributeValue<Slice<'a>>,
        (strings, line_strings): &(DebugStr<Slice<'a>>, DebugLineStr<Slice<'a>>),
    ) -> Option<usize> {
        let path = match path {
            gimli::AttributeValue::String(path) => path,
            gimli::AttributeValue::DebugStrRef(offset) => strings.get_str(offset).ok()?,
            gimli::AttributeValue::DebugLineStrRef(offset) => line_strings.get_str(offset).ok()?,
            _ => return None,
        };
        let path = path.slice();
        let start = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
        let name = String::from_utf8_lossy(&path[start..]);
        if let Some(index) = self.names.iter().rposition(|known| *known == name) {
            return Some(index);
        }
        let room = self.names.iter().map(String::len).sum::<usize>() + name.len() <= NAMES;
        (room && self.names.len() < FILES).then(|| {
            self.names.push(name.into_owned());
            self.names.len() - 1
        })
    }

    /// The file's name and the line at an address of the program's file.
    pub(super) fn at(&self, address: u64) -> Option<(&str, u32)> {
        let after = self.stretches.partition_point(|stretch| stretch.from <= address);
        let stretch = self.stretches[..after].last().filter(|stretch| address < stretch.to)?;
        Some((&self.names[stretch.name], stretch.line))
    }
}
