//! The JavaScript tools: esbuild to bundle, binaryen to make wasm smaller. npm installs both beside the libraries
//! they bundle, as the lock file in `static/` says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::compile::Profile;
use crate::digest;

/// How esbuild is told to bundle, whatever it is.
const ESBUILD: [&str; 8] = [
    "--bundle",
    "--format=esm",
    "--target=es2022",
    "--log-level=warning",
    "--loader:.woff2=file",
    "--loader:.svg=file",
    "--asset-names=[name].[hash]",
    "--public-path=/assets",
];

/// The installed packages of `static/package.json`.
pub(crate) struct Npm {
    folder: PathBuf,
}

impl Npm {
    /// Installs what the lock file says, unless that is what is there.
    pub(crate) fn install(folder: &Path) -> Result<Self> {
        let lock = fs::read(folder.join("package-lock.json")).context("read static/package-lock.json")?;
        let wanted = digest::short(&lock);
        let stamp = folder.join("node_modules/.installed");
        if fs::read_to_string(&stamp).ok().as_deref() != Some(&wanted) {
            println!("npm: installing the packages of static/package.json");
            run(Command::new("npm").arg("ci").current_dir(folder)).context("npm ci in static/")?;
            fs::write(&stamp, wanted).context("write npm's stamp")?;
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Makes a wasm file smaller, in place.
    pub(crate) fn optimise_wasm(&self, wasm: &Path) -> Result<()> {
        run(self.tool("wasm-opt").arg("-Oz").arg(wasm).arg("-o").arg(wasm)).context("optimise the wasm")
    }

    /// Bundles the modules and the style sheet of the page into `work/out`. Editor and terminal stay apart from the
    /// app: they are large and only some pages need them.
    pub(crate) fn bundle(&self, work: &Path, profile: Profile) -> Result<()> {
        let source = |path: &str| self.folder.join(path).display().to_string();
        let bundle = |entries: &[String], extra: &[String]| {
            let mut esbuild = self.tool("esbuild");
            esbuild.args(entries).args(extra).args(ESBUILD);
            esbuild.arg(format!("--outdir={}", work.join("out").display()));
            if profile == Profile::Release {
                esbuild.arg("--minify");
            }
            run(&mut esbuild).context("bundle the JavaScript and CSS")
        };
        bundle(
            &[
                format!("app={}", work.join("boot.js").display()),
                format!("app={}", source("css/app.css")),
                format!("editor={}", source("editor/editor.js")),
                format!("recording={}", source("recording/unpack.js")),
            ],
            &[],
        )?;
        // The terminal's bundle gets a `document` of its own: terminal/document.js says why.
        bundle(
            &[format!("terminal={}", source("terminal/terminal.js"))],
            &[format!("--inject:{}", source("terminal/document.js")), "--define:window.document=document".into()],
        )
    }

    /// The licence texts of every package that ends up in the page, as their licences ask for.
    pub(crate) fn licences(&self) -> Result<String> {
        let lock =
            fs::read_to_string(self.folder.join("package-lock.json")).context("read static/package-lock.json")?;
        let mut texts = String::new();
        for path in shipped(&lock)? {
            let text = licence(&self.folder.join(&path)).with_context(|| format!("find the licence of {path}"))?;
            let name = path.trim_start_matches("node_modules/");
            texts.push_str(&[name, "\n\n", text.trim(), "\n\n"].concat());
        }
        Ok(texts)
    }

    fn tool(&self, name: &str) -> Command {
        Command::new(self.folder.join("node_modules/.bin").join(name))
    }
}

/// The folders of the packages that are bundled, not only bundled with.
fn shipped(lock: &str) -> Result<Vec<String>> {
    let lock: serde_json::Value = serde_json::from_str(lock).context("parse package-lock.json")?;
    let packages = lock["packages"].as_object().context("package-lock.json lists no packages")?;
    let is_shipped = |path: &str, about: &serde_json::Value| !path.is_empty() && about["dev"] != true;
    Ok(packages.iter().filter(|(path, about)| is_shipped(path, about)).map(|(path, _)| path.clone()).collect())
}

fn licence(package: &Path) -> Result<String> {
    ["LICENSE", "LICENSE.md", "LICENCE"]
        .iter()
        .find_map(|name| fs::read_to_string(package.join(name)).ok())
        .with_context(|| format!("no licence file in {}", package.display()))
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("start {program}"))?;
    ensure!(status.success(), "{program} failed ({status})");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_not_shipped() {
        let lock = r#"{"packages": {"": {}, "node_modules/xterm": {}, "node_modules/esbuild": {"dev": true}}}"#;
        assert_eq!(shipped(lock).unwrap(), ["node_modules/xterm"]);
    }
}
