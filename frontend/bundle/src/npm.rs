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
            ],
            &[],
        )?;
        // The terminal's bundle gets a `document` of its own: terminal/document.js says why.
        bundle(
            &[format!("terminal={}", source("terminal/terminal.js"))],
            &[format!("--inject:{}", source("terminal/document.js")), "--define:window.document=document".into()],
        )
    }

    fn tool(&self, name: &str) -> Command {
        Command::new(self.folder.join("node_modules/.bin").join(name))
    }
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("start {program}"))?;
    ensure!(status.success(), "{program} failed ({status})");
    Ok(())
}
