//! `socklab lesson test`: lessons on the real engine, several trials at a time.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

use crate::grading::trial::{self, Trial};
use crate::lessons::Lesson;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The lessons' folders; if none is given, the whole course in lessons/.
    folder: Vec<PathBuf>,
    /// How many trials to run at a time. By default four per processor, since most of a trial is waiting.
    #[arg(long)]
    parallel: Option<usize>,
    /// Only trials whose name contains this: 'wrong/', 'claim'.
    #[arg(long)]
    only: Option<String>,
}

pub(super) fn execute(args: &Args) -> anyhow::Result<ExitCode> {
    let mut lessons = vec![];
    let mut broken = 0;
    for folder in super::folders(&args.folder)? {
        match super::read(&folder)? {
            Ok(lesson) => lessons.push(lesson),
            Err(fault) => {
                broken += 1;
                fault.faults.iter().for_each(|fault| println!("{}/{fault}", folder.display()));
            }
        }
    }
    let wanted = |trial: &Trial<'_>| args.only.as_ref().is_none_or(|only| trial.name().contains(only.as_str()));
    let all: Vec<(&Lesson, Trial<'_>)> = lessons
        .iter()
        .flat_map(|lesson| trial::trials(lesson).into_iter().filter(wanted).map(move |trial| (lesson, trial)))
        .collect();
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let print = Mutex::new(());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let parallel = args.parallel.unwrap_or(4 * cores).clamp(1, 32);
    thread::scope(|scope| {
        for _ in 0..parallel {
            scope.spawn(|| {
                while let Some((lesson, trial)) = all.get(next.fetch_add(1, Relaxed)) {
                    let begin = Instant::now();
                    let outcome = trial.run(lesson);
                    let seconds = begin.elapsed().as_secs();
                    let _one_at_a_time = print.lock();
                    let word = if outcome.faults.is_empty() { "ok  " } else { "FAIL" };
                    println!("{word} {} {} ({seconds} s)", lesson.id, outcome.what);
                    outcome.faults.iter().for_each(|fault| println!("     {fault}"));
                    failed.fetch_add(usize::from(!outcome.faults.is_empty()), Relaxed);
                }
            });
        }
    });
    let failed = failed.into_inner();
    println!("{} lessons, {} trials, {failed} failed.", lessons.len(), all.len());
    Ok(if failed + broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
