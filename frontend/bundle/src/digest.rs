//! Content hashes: to name an asset after what is in it, and to see whether anything changed.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

/// Letters of the hash in an asset's name: 40 bits, far more than a site's few dozen files need.
const SHORT: usize = 10;

/// A hash over several things, each kept apart from the next.
#[derive(Default)]
pub(crate) struct Digest(Sha256);

impl Digest {
    pub(crate) fn add(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.0.update(bytes.len().to_le_bytes());
        self.0.update(bytes);
    }

    pub(crate) fn add_file(&mut self, path: &Path) -> Result<()> {
        self.add(fs::read(path).with_context(|| format!("read {}", path.display()))?);
        Ok(())
    }

    /// Adds every file under `folder` by name and content, in a fixed order; what npm installed is covered by its
    /// lock file.
    pub(crate) fn add_folder(&mut self, folder: &Path) -> Result<()> {
        let walk = WalkDir::new(folder).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| entry.file_name() != "node_modules") {
            let entry = entry.with_context(|| format!("list {}", folder.display()))?;
            if entry.file_type().is_file() {
                self.add(entry.path().as_os_str().as_encoded_bytes());
                self.add_file(entry.path())?;
            }
        }
        Ok(())
    }

    pub(crate) fn hex(self) -> String {
        format!("{:x}", self.0.finalize())
    }
}

/// The few letters that name `bytes` in a URL.
pub(crate) fn short(bytes: &[u8]) -> String {
    let mut digest = Digest::default();
    digest.add(bytes);
    let mut hex = digest.hex();
    hex.truncate(SHORT);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_kept_apart() {
        let of = |parts: &[&str]| {
            let mut digest = Digest::default();
            for part in parts {
                digest.add(part);
            }
            digest.hex()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
    }

    #[test]
    fn a_folder_is_its_files_but_not_node_modules() {
        let folder = tempfile::tempdir().unwrap();
        let of = || {
            let mut digest = Digest::default();
            digest.add_folder(folder.path()).unwrap();
            digest.hex()
        };
        fs::write(folder.path().join("a.css"), "a").unwrap();
        let before = of();
        fs::create_dir(folder.path().join("node_modules")).unwrap();
        fs::write(folder.path().join("node_modules/x.js"), "x").unwrap();
        assert_eq!(of(), before);
        fs::write(folder.path().join("a.css"), "b").unwrap();
        assert_ne!(of(), before);
    }
}
