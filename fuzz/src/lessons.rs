//! What is done with a lesson from a folder: like [`super::targets`], kept apart because it takes the whole server.

use server::lessons::parse::{Folder, LESSON_FILE, parse};

/// A lesson's three texts, with a NUL byte between them: read, and either good or told what is wrong.
pub(crate) fn lesson(bytes: &[u8]) {
    let names = [LESSON_FILE, "en.md", "zh.md"].map(str::to_owned);
    let mut folder: Folder = names.into_iter().zip(bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec)).collect();
    folder.insert("server.py".to_owned(), b"print(1)\n".to_vec());
    if let Err(faults) = parse("01-fuzz", &folder, &[]) {
        assert!(!faults.is_empty(), "refused without a word");
    }
}
