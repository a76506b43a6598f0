//! `socklab lesson`: what authors of lessons need. `lessons/README.md` is their manual.

mod check;
mod grade;
mod new;
mod preview;
mod test;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::Subcommand;

use crate::lessons::load::{BrokenLesson, COURSE};
use crate::lessons::{Lesson, Library};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a folder for a new lesson.
    New(new::Args),
    /// Say what is wrong with lessons: file, line, and how to fix it.
    Check(check::Args),
    /// Serve a lesson as its page will look, anew after each save.
    Preview(preview::Args),
    /// Run lessons: the programs as they are, the solution, the wrong solutions, the experiments.
    Test(test::Args),
    /// Judge a recording by a lesson's checks, without running anything.
    Grade(grade::Args),
    /// Print the JSON Schema of lesson.toml.
    Schema,
}

impl Args {
    /// Whether it is a server, whose log is its voice.
    pub(super) fn serves(&self) -> bool {
        matches!(self.command, Command::Preview(_))
    }
}

pub(super) fn execute(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::New(args) => new::execute(args),
        Command::Check(args) => check::execute(args),
        Command::Preview(args) => preview::execute(args),
        Command::Test(args) => test::execute(args),
        Command::Grade(args) => grade::execute(args),
        Command::Schema => {
            print!("{}", crate::lessons::format::schema());
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The folders that were named, or all in `lessons/` of the folder that this is.
fn folders(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let here = Path::new("lessons");
    let read = here.read_dir().context("there is no folder lessons/ here; name the lessons' folders")?;
    let mut folders = vec![];
    for entry in read {
        let path = entry?.path();
        let is_lesson = path.is_dir() && path.file_name().is_some_and(|name| name != COURSE);
        folders.extend(is_lesson.then_some(path));
    }
    folders.sort();
    ensure!(!folders.is_empty(), "there are no lessons in lessons/");
    Ok(folders)
}

/// The lesson in a folder, or what is wrong with it.
fn read(folder: &Path) -> anyhow::Result<Result<Lesson, BrokenLesson>> {
    Library::of_one(folder)?.into_one().with_context(|| format!("{} is not a lesson's folder", folder.display()))
}
