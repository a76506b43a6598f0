//! `socklab lesson new`: a lesson that runs, to be changed into another one.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder to make: lessons/21-name.
    folder: PathBuf,
}

/// The files of a new lesson. `NUMBER` in them is its number.
const FILES: [(&str, &str); 9] = [
    ("lesson.toml", include_str!("new/lesson.toml")),
    ("en.md", include_str!("new/en.md")),
    ("zh.md", include_str!("new/zh.md")),
    ("server.py", include_str!("new/server.py")),
    ("client.py", include_str!("new/client.py")),
    ("solution/server.py", include_str!("new/solution.py")),
    ("wrong/no-close/server.py", include_str!("new/wrong-no-close.py")),
    ("wrong/one-recv/server.py", include_str!("new/wrong-one-recv.py")),
    ("wrong/until-short/server.py", include_str!("new/wrong-until-short.py")),
];

pub(super) fn execute(args: &Args) -> anyhow::Result<ExitCode> {
    let folder = &args.folder;
    ensure!(!folder.exists(), "{} already exists", folder.display());
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let number: u16 = name
        .split('-')
        .next()
        .and_then(|number| number.parse().ok())
        .with_context(|| format!("{name:?} is not a lesson's name: write it as 21-name"))?;
    for (file, text) in FILES {
        let path = folder.join(file);
        let parent = path.parent().context("a file has a folder")?;
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        let text = text.replace("NUMBER", &number.to_string());
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    println!(
        "{0} is there. `socklab lesson test {0}` runs it; lessons/README.md says what may be in it.",
        folder.display()
    );
    Ok(ExitCode::SUCCESS)
}
