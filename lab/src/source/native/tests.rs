use std::process::Command;

use proptest::prelude::*;

use super::*;

#[test]
fn an_address_has_its_file_and_that_files_beginning() {
    let maps = "\
5600-5601 r--p 00000000 00:3a 5                          /home/learner/server
5601-5602 r-xp 00001000 00:3a 5                          /home/learner/server
7f00-7f10 r--p 00000000 fe:00 9                          /usr/lib/libc.so.6
7f10-7f20 r-xp 00010000 fe:00 9                          /usr/lib/libc.so.6
7ffe-7fff rw-p 00000000 00:00 0                          [stack]
";
    assert_eq!(mapped(maps, 0x5601), Some(("/home/learner/server", 0x5600)));
    assert_eq!(mapped(maps, 0x7f1f), Some(("/usr/lib/libc.so.6", 0x7f00)));
    assert_eq!((mapped(maps, 0x7ffe), mapped(maps, 0x1)), (None, None));
}

#[test]
fn other_bytes_have_no_tables() {
    assert!(Tables::parse(b"\x7fELF and nothing else").is_none());
    assert!(Tables::parse(&[]).is_none());
}

/// What `cc -g` makes of a program, and where its functions are.
fn compiled() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("there is room");
    let (source, made) = (folder.path().join("two.c"), folder.path().join("two"));
    fs::write(&source, "int one(int n) {\n    return n + 1;\n}\n\nint main(void) {\n    return one(2);\n}\n").unwrap();
    let done = Command::new("cc").arg("-g").arg("-o").arg(&made).arg(&source).status();
    assert!(done.expect("cc is installed").success());
    fs::read(made).unwrap()
}

/// Where a function begins.
fn begin(bytes: &[u8], wanted: &str) -> u64 {
    use object::ObjectSymbol;
    let file = object::File::parse(bytes).unwrap();
    let symbol = file.symbols().find(|symbol| symbol.name() == Ok(wanted));
    symbol.expect("it is in the table").address()
}

#[test]
fn addresses_have_their_lines_and_functions() {
    let bytes = compiled();
    let program = Program::parse("two".into(), &bytes).expect("it has tables");
    let files = ["two.c".to_owned()];
    let at = |address| program.place(address, &files).map(|place| (place.line, place.function));
    assert_eq!(at(begin(&bytes, "one")), Some((1, "one".to_owned())));
    assert_eq!(at(begin(&bytes, "main")), Some((5, "main".to_owned())));
    assert_eq!((at(0), at(u64::MAX), at(begin(&bytes, "_start"))), (None, None, None));
    assert_eq!(program.place(begin(&bytes, "main"), &["other.c".to_owned()]), None);
    let mut context = UnwindContext::new();
    assert!(program.tables.row(begin(&bytes, "main"), &mut context).is_some());
}

/// Reads it as if somebody had executed it, and looks at each of its addresses.
fn look(bytes: &[u8]) -> usize {
    let Some(program) = Program::parse("two".into(), bytes) else { return 0 };
    let files = ["two.c".to_owned()];
    let mut context = UnwindContext::new();
    let known = |address: &u64| {
        let unwound = program.tables.row(*address, &mut context).is_some();
        program.place(*address, &files).is_some() || unwound
    };
    (0x1000..0x1200).filter(known).count()
}

#[test]
fn a_file_that_is_cut_short_is_read_as_far_as_it_goes() {
    let bytes = compiled();
    let whole = look(&bytes);
    assert!(whole > 20, "{whole}");
    // Its tables of sections and symbols are at its end.
    assert_eq!((0..bytes.len() - 64).step_by(61).map(|end| look(&bytes[..end])).max(), Some(0));
}

proptest! {
    #[test]
    fn a_garbled_file_never_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..64)) {
        thread_local!(static ORIGINAL: Vec<u8> = compiled());
        let mut bytes = ORIGINAL.with(Clone::clone);
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        prop_assert!(look(&bytes) <= 0x200);
    }

    #[test]
    fn garbled_debugging_information_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..64),
    ) {
        thread_local!(static ORIGINAL: Vec<u8> = compiled());
        let mut bytes = ORIGINAL.with(Clone::clone);
        let file = object::File::parse(&*bytes).unwrap();
        let names = [".debug_line", ".debug_line_str", ".eh_frame", ".eh_frame_hdr", ".symtab", ".strtab"];
        let places = names.map(|name| file.section_by_name(name).and_then(|section| section.file_range()).unwrap());
        let places: Vec<u64> = places.iter().flat_map(|(from, len)| *from..from + len).collect();
        for (index, byte) in changes {
            bytes[usize::try_from(places[index.index(places.len())]).unwrap()] = byte;
        }
        prop_assert!(look(&bytes) <= 0x200);
    }
}
