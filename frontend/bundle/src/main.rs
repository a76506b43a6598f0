//! Builds the page: compiles the frontend to wasm, bundles the JavaScript and CSS of `static/`, and writes
//! `target/site/`, which the server embeds.
//!
//! ```text
//! frontend/src ── compile ── split ── bindgen ── wasm-opt ─┐
//! frontend/boot.js ────────────────────────────── esbuild ─┤
//! static/{editor,terminal,css} ────────────────── esbuild ─┼─ site (hashed names) ── compress ── target/site
//! static/icons ────────────────────────────────────────────┤
//! frontend/index.html ─────────────────────────────────────┘
//! ```
//!
//! `bundle` builds for release; `bundle --dev` leaves out what only makes the result smaller. `--out DIR` writes
//! elsewhere. Nothing is written when nothing changed.

#![forbid(unsafe_code)]

mod bindgen;
mod budget;
mod compile;
mod compress;
mod digest;
mod npm;
mod site;
mod split;

use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::compile::Profile;
use crate::npm::Npm;
use crate::site::Site;

/// Names what a site was made from. The server sends no file whose name begins with a dot.
const STAMP: &str = ".inputs";

/// What was asked for on the command line.
struct Options {
    profile: Profile,
    out: PathBuf,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>, root: &Path) -> Result<Self> {
        let (mut profile, mut out) = (Profile::Release, None);
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--dev" => profile = Profile::Dev,
                "--out" => out = Some(args.next().context("--out needs a folder")?.into()),
                other => bail!("unknown option {other}; usage: bundle [--dev] [--out DIR]"),
            }
        }
        let default = match profile {
            Profile::Release => "target/site",
            Profile::Dev => "target/site-dev",
        };
        Ok(Self { profile, out: out.unwrap_or_else(|| root.join(default)) })
    }
}

fn main() -> Result<()> {
    let started = Instant::now();
    let root = repository_root()?;
    let options = Options::parse(env::args().skip(1), &root)?;

    let wasm = compile::frontend(&root, options.profile)?;
    let npm = Npm::install(&root.join("static"))?;

    let key = inputs(&root, &wasm, options.profile)?;
    // In the folder itself: whoever deletes or replaces the site, deletes the claim that it is up to date.
    if fs::read_to_string(options.out.join(STAMP)).is_ok_and(|old| old == key) {
        println!("site: up to date");
        return Ok(());
    }

    let work = root.join("target/wasm/bundle");
    recreate(&work)?;
    let split = split::split(&wasm, &work)?;
    bindgen::generate(&split.main, &work, options.profile)?;
    if options.profile == Profile::Release {
        npm.optimise_wasm(&work.join("app_bg.wasm"))?;
        for part in &split.parts {
            npm.optimise_wasm(part)?;
        }
    }
    fs::copy(root.join("frontend/boot.js"), work.join("boot.js")).context("copy frontend/boot.js")?;
    npm.bundle(&work, options.profile)?;

    let mut site = Site::default();
    site.add("app.wasm", fs::read(work.join("app_bg.wasm"))?);
    for part in &split.parts {
        site.add(split::asset(part), fs::read(part).with_context(|| format!("read {}", part.display()))?);
    }
    site.add("licences.txt", npm.licences()?.into_bytes());
    site.add_folder(&work.join("out"))?;
    site.add_folder(&root.join("static/icons"))?;
    let template = fs::read_to_string(root.join("frontend/index.html")).context("read frontend/index.html")?;
    let files = site.finish(&template)?;

    let new = options.out.with_extension("new");
    recreate(&new)?;
    for file in &files {
        file.write_to(&new)?;
    }
    if options.profile == Profile::Release {
        let sizes = compress::write_neighbours(&new, &files)?;
        print!("{}", budget::table(&sizes));
        budget::check(&sizes)?;
    }
    fs::write(new.join(STAMP), key).context("write the site's stamp")?;
    if options.out.exists() {
        fs::remove_dir_all(&options.out).with_context(|| format!("remove {}", options.out.display()))?;
    }
    fs::rename(&new, &options.out).with_context(|| format!("rename to {}", options.out.display()))?;
    println!("site: {} written in {:.1} s", options.out.display(), started.elapsed().as_secs_f32());
    Ok(())
}

/// The folder of the workspace, wherever this was started from.
fn repository_root() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().with_context(|| format!("find the repository at {}", root.display()))
}

/// A digest of everything the site is made from. Cargo has already decided whether the wasm is new.
fn inputs(root: &Path, wasm: &Path, profile: Profile) -> Result<String> {
    let mut digest = digest::Digest::default();
    digest.add(format!("{profile:?}"));
    digest.add_file(&env::current_exe()?)?;
    digest.add_file(wasm)?;
    digest.add_file(&root.join("frontend/index.html"))?;
    digest.add_file(&root.join("frontend/boot.js"))?;
    digest.add_folder(&root.join("static"))?;
    Ok(digest.hex())
}

fn recreate(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Options> {
        Options::parse(args.iter().map(ToString::to_string), Path::new("/repo"))
    }

    #[test]
    fn release_and_dev_sites_do_not_overwrite_each_other() {
        assert_eq!(parse(&[]).unwrap().out, Path::new("/repo/target/site"));
        assert_eq!(parse(&["--dev"]).unwrap().out, Path::new("/repo/target/site-dev"));
        assert_eq!(parse(&["--dev", "--out", "x"]).unwrap().out, Path::new("x"));
    }

    #[test]
    fn an_unknown_option_is_refused() {
        assert!(parse(&["--fast"]).is_err());
        assert!(parse(&["--out"]).is_err());
    }
}
