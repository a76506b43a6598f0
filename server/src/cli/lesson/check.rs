//! `socklab lesson check`: faults and omissions, each with file, line and mend.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::lessons::lint;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The lessons' folders; if none is given, the whole course in lessons/.
    folder: Vec<PathBuf>,
}

pub(super) fn execute(args: &Args) -> anyhow::Result<ExitCode> {
    let folders = super::folders(&args.folder)?;
    let mut count = 0;
    let mut lessons = vec![];
    for folder in &folders {
        match super::read(folder)? {
            Ok(lesson) => lessons.push((folder, lesson)),
            Err(broken) => {
                for fault in broken.faults {
                    println!("{}/{fault}", folder.display());
                    count += 1;
                }
            }
        }
    }
    let course = folders.first().map(|folder| lint::Course::beside(folder)).transpose()?.unwrap_or_default();
    let siblings: Vec<String> = folders.iter().flat_map(|folder| lint::siblings(folder)).collect();
    for (folder, lesson) in &lessons {
        for fault in lint::lesson(lesson, &course, &siblings) {
            println!("{}/{fault}", folder.display());
            count += 1;
        }
        for fault in lint::unfailed(lesson) {
            println!("note: {}/{fault}", folder.display());
        }
    }
    if args.folder.is_empty() {
        for fault in course.untested(lessons.iter().map(|(_, lesson)| lesson)) {
            println!("lessons/course/{fault}");
            count += 1;
        }
    }
    match count {
        0 => println!("{} lessons, nothing to fix.", lessons.len()),
        n => println!("{n} to fix."),
    }
    Ok(if count == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
