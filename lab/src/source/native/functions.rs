//! The function at an address, from a program's symbol table (ELF, gabi 4.1 chapter 4).

use object::{Object, ObjectSymbol, SymbolKind};

/// So many functions are remembered; a program of a learner's has some dozens.
const MOST: usize = 4096;
/// A longer name is none.
const LONGEST: usize = 256;

/// The functions of a program.
#[derive(Debug, Default)]
pub(super) struct Functions {
    /// Where each begins and ends, and its name, in the order of their addresses.
    all: Vec<(u64, u64, String)>,
}

impl Functions {
    /// Reads the table of a file.
    pub(super) fn parse(file: &object::File<'_>) -> Self {
        let of = |symbol: object::Symbol<'_, '_>| {
            let name = symbol.name_bytes().ok().filter(|name| name.len() <= LONGEST)?;
            let end = symbol.address().checked_add(symbol.size())?;
            Some((symbol.address(), end, String::from_utf8_lossy(name).into_owned()))
        };
        let functions = file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0);
        let mut all: Vec<_> = functions.take(MOST).filter_map(of).collect();
        all.sort();
        Self { all }
    }

    /// The function at an address of the program's file.
    pub(super) fn at(&self, address: u64) -> Option<&str> {
        let after = self.all.partition_point(|(from, ..)| *from <= address);
        let (_, end, name) = self.all[..after].last()?;
        (address < *end).then_some(name)
    }
}
