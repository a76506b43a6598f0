//! The site as files: assets named after their content, and the page that refers to them.
//!
//! A name with a hash never changes its content, so a browser may keep it for ever; only `index.html` is asked for
//! anew, and it names the right ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::digest;

/// One file of the site.
#[derive(Debug)]
pub(crate) struct File {
    /// Where it is in the site: `assets/app.1a2b3c4d5e.js`.
    pub(crate) path: String,
    /// What it was called before: `app.js`.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl File {
    /// Writes the file below `site`.
    pub(crate) fn write_to(&self, site: &Path) -> Result<()> {
        let path = site.join(&self.path);
        let folder = path.parent().unwrap_or(site);
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
        fs::write(&path, &self.bytes).with_context(|| format!("write {}", path.display()))
    }
}

/// The assets collected so far, by name.
#[derive(Default)]
pub(crate) struct Site {
    assets: BTreeMap<String, Vec<u8>>,
}

impl Site {
    /// Adds an asset.
    pub(crate) fn add(&mut self, name: impl Into<String>, bytes: Vec<u8>) {
        self.assets.insert(name.into(), bytes);
    }

    /// Adds every file of a folder under its own name.
    pub(crate) fn add_folder(&mut self, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))? {
            let path = entry?.path();
            if path.is_file() {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.add(name, fs::read(&path).with_context(|| format!("read {}", path.display()))?);
            }
        }
        Ok(())
    }

    /// Names every asset after its content and fills the names into the page.
    pub(crate) fn finish(self, template: &str) -> Result<Vec<File>> {
        let mut files: Vec<File> = self
            .assets
            .into_iter()
            .map(|(name, bytes)| File { path: format!("assets/{}", hashed(&name, &bytes)), name, bytes })
            .collect();
        let page =
            fill(template, |name| files.iter().find(|file| file.name == name).map(|file| format!("/{}", file.path)))?;
        files.push(File { path: "index.html".into(), name: "index.html".into(), bytes: page.into_bytes() });
        Ok(files)
    }
}

/// `app.js` becomes `app.<hash>.js`. What has three parts was hashed by esbuild (fonts and pictures that the CSS
/// names) and keeps its name.
fn hashed(name: &str, bytes: &[u8]) -> String {
    match name.rsplit_once('.') {
        Some((stem, _)) if stem.contains('.') => name.to_owned(),
        Some((stem, extension)) => format!("{stem}.{}.{extension}", digest::short(bytes)),
        None => format!("{name}.{}", digest::short(bytes)),
    }
}

/// Replaces each `{{name}}` in a template; a name nobody knows is an error.
fn fill(template: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<String> {
    let mut page = String::with_capacity(template.len());
    let mut rest = without_comments(template);
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").context("`{{` without `}}` in index.html")?;
        let Some(url) = lookup(name.trim()) else { bail!("index.html names {name}, which is no asset") };
        page.push_str(before);
        page.push_str(&url);
        rest = after.to_owned();
    }
    page.push_str(&rest);
    Ok(page)
}

/// The template without its comments: they are for those who edit it.
fn without_comments(html: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, rest)| rest.trim_start());
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_named_after_their_content() {
        let name = hashed("app.js", b"x");
        assert_ne!(name, hashed("app.js", b"y"));
        assert!(name.starts_with("app.") && Path::new(&name).extension().is_some_and(|ext| ext == "js"), "{name}");
        assert_eq!(hashed("inter.3KXP2A.woff2", b"x"), "inter.3KXP2A.woff2");
    }

    #[test]
    fn the_page_names_the_hashed_assets() {
        let mut site = Site::default();
        site.add("app.css", b"body{}".to_vec());
        let files = site.finish("<!-- {{nobody}} -->\n<link href=\"{{app.css}}\">").unwrap();
        let page = String::from_utf8(files[1].bytes.clone()).unwrap();
        assert_eq!(page, format!("<link href=\"/{}\">", files[0].path));
    }

    #[test]
    fn a_name_nobody_knows_is_an_error() {
        let error = Site::default().finish("{{app.js}}").unwrap_err();
        assert_eq!(error.to_string(), "index.html names app.js, which is no asset");
        assert!(Site::default().finish("{{app.js").is_err());
    }
}
