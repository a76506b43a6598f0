//! Rust to wasm: chooses a compiler that has the standard library for it, and runs cargo.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};

const TARGET: &str = "wasm32-unknown-unknown";

/// How the page is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As small as it gets.
    Release,
    /// Quick to build, for the inner loop.
    Dev,
}

impl Profile {
    /// The cargo profile of that name in the root manifest, which is its folder's name too.
    fn cargo(self) -> &'static str {
        match self {
            Self::Release => "wasm",
            Self::Dev => "wasm-dev",
        }
    }
}

/// A compiler with a standard library for wasm.
struct Compiler {
    /// What `RUSTC` is set to; `None` leaves the choice to cargo.
    rustc: Option<PathBuf>,
    /// Changes whenever the compiler or its standard library does.
    identity: String,
}

/// Compiles the frontend and returns the path of its wasm.
pub(crate) fn frontend(root: &Path, profile: Profile) -> Result<PathBuf> {
    let compiler = Compiler::find()?;
    // Its own folder: the compiler may be another than the one for the rest, and the two can't share libraries.
    let target_dir = root.join("target/wasm");
    forget_other_compiler(&target_dir, &compiler.identity)?;

    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root).args(["build", "--locked", "-p", "socklab-frontend", "--target", TARGET]);
    cargo.args(["--profile", profile.cargo(), "--target-dir"]).arg(&target_dir);
    // An environment meant for native code (`-C target-cpu=…`) does not suit wasm.
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("CARGO_BUILD_TARGET");
    // Who uses what, for `split`.
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Clink-arg=--emit-relocs");
    if let Some(rustc) = &compiler.rustc {
        cargo.env("RUSTC", rustc);
    }
    let status = cargo.status().context("run cargo")?;
    ensure!(status.success(), "the frontend did not compile");
    Ok(target_dir.join(TARGET).join(profile.cargo()).join("socklab-frontend.wasm"))
}

impl Compiler {
    /// The first compiler that can compile to wasm: the one asked for in the environment, else cargo's own, else the
    /// system's (Debian's has the target even where rustup can't download it).
    fn find() -> Result<Self> {
        if let Some(asked) = env::var_os("SOCKLAB_WASM_RUSTC") {
            let rustc = PathBuf::from(asked);
            return Self::probe(Some(rustc.clone()))
                .with_context(|| format!("{} has no standard library for {TARGET}", rustc.display()));
        }
        let candidates = [None, Some(PathBuf::from("/usr/bin/rustc"))];
        match candidates.into_iter().find_map(Self::probe) {
            Some(compiler) => Ok(compiler),
            None => bail!("no compiler here has the standard library for {TARGET}: ./setup.sh run installs it"),
        }
    }

    fn probe(rustc: Option<PathBuf>) -> Option<Self> {
        let program = rustc.clone().map_or_else(|| OsString::from("rustc"), OsString::from);
        let ask = |args: &[&str]| -> Option<String> {
            let output = Command::new(&program).args(args).output().ok()?;
            output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let version = ask(&["-vV"])?;
        let libraries = Path::new(&ask(&["--print", "sysroot"])?).join("lib/rustlib").join(TARGET).join("lib");
        let std = standard_library(&libraries)?;
        let built = fs::metadata(&std).and_then(|meta| meta.modified()).ok()?;
        Some(Self { rustc, identity: format!("{version}\n{} {built:?}\n", std.display()) })
    }
}

/// The compiled standard library in a sysroot's folder of libraries.
fn standard_library(folder: &Path) -> Option<PathBuf> {
    let is_std = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    };
    fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).find(is_std)
}

/// Empties the target folder when it was filled by another compiler or with another standard library. Cargo does not
/// notice a rebuilt one by itself: the next build would fail with "can't find crate".
fn forget_other_compiler(target_dir: &Path, identity: &str) -> Result<()> {
    let stamp = target_dir.join("compiler");
    if fs::read_to_string(&stamp).is_ok_and(|old| old == identity) {
        return Ok(());
    }
    if target_dir.exists() {
        fs::remove_dir_all(target_dir).with_context(|| format!("empty {}", target_dir.display()))?;
    }
    fs::create_dir_all(target_dir).with_context(|| format!("create {}", target_dir.display()))?;
    fs::write(&stamp, identity).with_context(|| format!("write {}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sysroot_without_std_is_told_from_one_with() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(standard_library(&folder.path().join("missing")), None);
        fs::write(folder.path().join("libcore-1.rlib"), "").unwrap();
        assert_eq!(standard_library(folder.path()), None);
        let std = folder.path().join("libstd-1.rlib");
        fs::write(&std, "").unwrap();
        assert_eq!(standard_library(folder.path()), Some(std));
    }

    #[test]
    fn a_target_folder_is_kept_for_its_compiler_only() {
        let target = tempfile::tempdir().unwrap();
        forget_other_compiler(target.path(), "one").unwrap();
        fs::write(target.path().join("artefact"), "").unwrap();
        forget_other_compiler(target.path(), "one").unwrap();
        assert!(target.path().join("artefact").exists());
        forget_other_compiler(target.path(), "two").unwrap();
        assert!(!target.path().join("artefact").exists());
    }
}
