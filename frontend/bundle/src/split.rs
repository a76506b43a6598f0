//! The wasm in parts: the app, and what is loaded once there is something to look at. Which functions begin a part is
//! said where they are, by `#[wasm_split(…)]`; what only they use goes along.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use wasm_split_cli_support::{Options, transform};

/// The script that loads the parts; the app's wasm imports it by this name.
const LOADER: &str = "./parts.js";

/// The wasm without its parts.
const MAIN: &str = "main.wasm";

/// The wasm without its parts, as wasm-bindgen takes it, and the parts.
#[derive(Debug)]
pub(crate) struct Split {
    pub(crate) main: PathBuf,
    pub(crate) parts: Vec<PathBuf>,
}

/// Writes main wasm, parts, and the script that loads them into `folder`.
pub(crate) fn split(wasm: &Path, folder: &Path) -> Result<Split> {
    let input = fs::read(wasm).with_context(|| format!("read {}", wasm.display()))?;
    let main = folder.join(MAIN);
    let mut options = Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = "./app.js";
    let parts = transform(options).map_err(|error| anyhow!("split {}: {error:#}", wasm.display()))?.split_modules;
    let loader = folder.join(LOADER);
    let script = fs::read_to_string(&loader).with_context(|| format!("read {}", loader.display()))?;
    fs::write(&loader, by_meta(&script)?).with_context(|| format!("write {}", loader.display()))?;
    Ok(Split { main, parts })
}

/// The name of a part in the site: that of `#[wasm_split(name)]`.
pub(crate) fn asset(part: &Path) -> String {
    let stem = part.file_stem().unwrap_or_default().to_string_lossy();
    format!("{}.wasm", stem.trim_start_matches("split_"))
}

/// The script, asking the page where the parts are: their names have hashes, and in a replay they are in the page.
fn by_meta(script: &str) -> Result<String> {
    let (before, after) = ("new URL(\"./split_", ".wasm\", import.meta.url)");
    let mut pieces = script.split(before);
    let mut changed = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once(after).context("the script that loads parts is not as it was")?;
        changed.extend(["document.querySelector('meta[name=\"asset-", name, "\"]').content", rest]);
    }
    ensure!(!changed.contains("import.meta.url"), "a part has no name that the page could know");
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_called_as_where_it_begins() {
        assert_eq!(asset(Path::new("x/split_scope.wasm")), "scope.wasm");
    }

    #[test]
    fn parts_are_where_the_page_says() {
        let script = "fetch(new URL(\"./split_scope.wasm\", import.meta.url));";
        assert_eq!(by_meta(script).unwrap(), "fetch(document.querySelector('meta[name=\"asset-scope\"]').content);");
        assert!(by_meta("fetch(new URL(\"./chunk_1.wasm\", import.meta.url))").is_err());
    }
}
