//! A recording and the page that shows it, in one file that opens from a disk: no server, no network.
//!
//! Everything in it is base64, which can't end the element that it is in, whatever bytes a program of a stranger's
//! sent; and the file's own policy lets no other script run.

use std::io::{self, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::assets::Assets;

const TEMPLATE: &str = include_str!("replay.html");
const SCRIPT: &str = include_str!("replay.js");

/// A part of the page, and what it is to the script that puts them together.
struct Part {
    /// As the bundler names it, without its hash.
    file: &'static str,
    role: &'static str,
    /// The name that the page knows it by.
    name: &'static str,
    kind: &'static str,
    /// Whether the page can do without it.
    optional: bool,
}

const fn part(file: &'static str, role: &'static str, name: &'static str, kind: &'static str) -> Part {
    Part { file, role, name, kind, optional: false }
}

const JS: &str = "text/javascript";

const PARTS: [Part; 7] = [
    part("app.css", "style", "style", "text/css"),
    part("app.wasm", "meta", "asset-wasm", "application/wasm"),
    Part { optional: true, ..part("scope.wasm", "meta", "asset-scope", "application/wasm") },
    Part { optional: true, ..part("recording.js", "meta", "asset-recording", JS) },
    Part { optional: true, ..part("terminal.js", "meta", "asset-terminal", JS) },
    Part { optional: true, ..part("editor.js", "meta", "asset-editor", JS) },
    part("app.js", "app", "app", JS),
];

/// The file, with this recording in it.
pub(super) fn page(assets: &Assets, recording: &[u8]) -> io::Result<Vec<u8>> {
    let index = assets.get("index.html").ok_or_else(|| missing("index.html"))?;
    let index = String::from_utf8_lossy(&index);
    let mut parts = element("recording", "meta", "application/octet-stream", false, recording);
    for part in &PARTS {
        let found = find(&index, part.file).map(|path| packed(assets, path));
        match found {
            Some(packed) => parts += &element(part.name, part.role, part.kind, true, &packed?),
            None if part.optional => {}
            None => return Err(missing(part.file)),
        }
    }
    let script = SCRIPT.trim_end();
    let hash = format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(script)));
    // The parts last: what is in them is not looked at again.
    let (before, after) = TEMPLATE.split_once("{{parts}}").expect("the template has a place for the parts");
    let before = before.replace("{{hash}}", &hash);
    let after = after.replace("{{script}}", script);
    Ok([before, parts, after].concat().into_bytes())
}

fn element(name: &str, role: &str, kind: &str, gzip: bool, bytes: &[u8]) -> String {
    let gzip = if gzip { " data-gzip" } else { "" };
    let text = BASE64_STANDARD.encode(bytes);
    format!("<template data-part=\"{name}\" data-role=\"{role}\" data-type=\"{kind}\"{gzip}>{text}</template>\n")
}

/// Where the site has an asset: `assets/app.1a2b3c.js` for `app.js`.
fn find<'a>(index: &'a str, file: &str) -> Option<&'a str> {
    let (stem, extension) = file.rsplit_once('.')?;
    let hashed = |path: &&str| {
        let middle = path.strip_prefix("assets/").and_then(|name| name.strip_prefix(stem)?.strip_suffix(extension));
        middle.is_some_and(|middle| middle.len() > 2 && middle.starts_with('.') && middle.ends_with('.'))
    };
    index.split('"').filter_map(|text| text.strip_prefix('/')).find(hashed)
}

/// An asset in gzip: as the bundler left it, else compressed now.
fn packed(assets: &Assets, path: &str) -> io::Result<Vec<u8>> {
    if let Some(packed) = assets.get(&format!("{path}.gz")) {
        return Ok(packed.into_owned());
    }
    let bytes = assets.get(path).ok_or_else(|| missing(path))?;
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&bytes)?;
    packer.finish()
}

fn missing(file: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("the page has no {file}: build it first, `make site`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A page in a folder; `packed` files are there compressed already.
    fn site() -> (tempfile::TempDir, Assets) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("assets")).unwrap();
        let index = "<link href=\"/assets/app.0a.css\"><meta content=\"/assets/app.1b.wasm\">\
                     <script src=\"/assets/app.2c.js\"></script>";
        for (file, text) in [
            ("index.html", index),
            ("assets/app.0a.css", "css"),
            ("assets/app.1b.wasm", "wasm"),
            ("assets/app.2c.js", "js"),
        ] {
            fs::write(dir.path().join(file), text).unwrap();
        }
        let assets = Assets::Folder(dir.path().to_owned());
        (dir, assets)
    }

    #[test]
    fn hostile_bytes_stay_inside() {
        let (_dir, assets) = site();
        let hostile = b"</template></script><script>alert(1)</script>{{script}}{{hash}}\0\xff";
        let html = String::from_utf8(page(&assets, hostile).unwrap()).unwrap();
        assert!(!html.contains("alert(1)") && !html.contains("{{"), "{html}");
        let (_, recording) = html.split_once("data-part=\"recording\"").unwrap();
        let (_, text) = recording.split_once('>').unwrap();
        let (text, _) = text.split_once('<').unwrap();
        assert_eq!(BASE64_STANDARD.decode(text).unwrap(), hostile);
        assert_eq!(html.matches("<script").count(), 1);
    }

    #[test]
    fn only_its_own_script_may_run() {
        let (_dir, assets) = site();
        let html = String::from_utf8(page(&assets, b"").unwrap()).unwrap();
        let (_, script) = html.rsplit_once("<script>").unwrap();
        let (script, _) = script.split_once("</script>").unwrap();
        let hash = BASE64_STANDARD.encode(Sha256::digest(script));
        assert!(html.contains(&format!("script-src 'sha256-{hash}' blob: 'wasm-unsafe-eval'")), "{html}");
    }

    #[test]
    fn a_page_that_was_not_built_is_told() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("index.html"), "").unwrap();
        let error = page(&Assets::Folder(dir.path().to_owned()), b"").unwrap_err();
        assert_eq!(error.to_string(), "the page has no app.css: build it first, `make site`");
    }
}
