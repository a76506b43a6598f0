//! `socklab lesson grade`: an old run by today's checks.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use trace::lesson::Lang;

use crate::cli::recording;
use crate::grading::judge::{self, Judged};
use crate::lessons::exercise::Schedule;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The lesson's folder.
    folder: PathBuf,
    /// A recording: what `socklab run --record`, or Export on the page, wrote.
    recording: PathBuf,
    /// The schedule of its wire: judge only the checks for it. Without it, judge all of them.
    #[arg(long, value_name = "WORDS")]
    schedule: Option<String>,
    /// The language of the messages.
    #[arg(long, default_value = "en")]
    lang: Lang,
}

pub(super) fn execute(args: &Args) -> anyhow::Result<ExitCode> {
    let lesson = match super::read(&args.folder)? {
        Ok(lesson) => lesson,
        Err(broken) => {
            broken.faults.iter().for_each(|fault| eprintln!("{}/{fault}", args.folder.display()));
            bail!("the lesson has faults");
        }
    };
    let schedule = args.schedule.as_deref().map(|words| Schedule::of(words.split(", "))).transpose()?;
    let mut events = vec![];
    recording::read(&args.recording, |event| {
        events.push(event.clone());
        Ok(())
    })?;
    let results = judge::checks(&lesson, &[Judged { schedule: schedule.as_ref(), events: &events }]);
    for result in &results {
        let at = result.at.map_or(String::new(), |seq| format!("  [event {seq}]"));
        println!("{} {}: {}{at}", if result.passed { "ok  " } else { "FAIL" }, result.id, result.told.get(args.lang));
    }
    Ok(if results.iter().all(|result| result.passed) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
