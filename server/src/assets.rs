//! The page's files: from inside the binary, or from a folder while it is being worked on.
//!
//! The bundler names everything below `assets/` by its content and puts a `.br` and a `.gz` beside each file that they
//! make smaller.

use std::borrow::Cow;
use std::path::PathBuf;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
struct Embedded;

/// Where the page's files are.
#[derive(Clone, Debug)]
pub enum Assets {
    /// In the binary.
    Embedded,
    /// In a folder, read anew for each request.
    Folder(PathBuf),
}

impl Assets {
    /// The file at `path`, which has no leading slash.
    pub fn get(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        if !path.split('/').all(is_plain) {
            return None;
        }
        match self {
            Self::Embedded => Embedded::get(path).map(|file| file.data),
            Self::Folder(folder) => std::fs::read(folder.join(path)).ok().map(Cow::Owned),
        }
    }
}

/// Not empty, not `..`, nothing that a file system or a URL could read otherwise.
fn is_plain(part: &str) -> bool {
    !part.starts_with('.')
        && !part.is_empty()
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}
