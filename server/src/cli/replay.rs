//! `socklab replay`: prints a recording again, at the pace of the run.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::output::Output;
use super::recording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A recording: what `socklab run --record`, or Export on the page, wrote.
    file: PathBuf,
    /// How fast: 2 is twice as fast as the run, 0 prints everything at once.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// Print the events as JSON, one per line.
    #[arg(long)]
    json: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if speed >= 0.0 && f64::is_finite(speed) => Ok(speed),
        _ => Err("use a number such as 0.5 or 2; 0 prints all at once".to_owned()),
    }
}

pub(super) fn execute(args: &Args) -> anyhow::Result<ExitCode> {
    let mut output = Output::new(args.json);
    let began = Instant::now();
    let read = recording::read(&args.file, |event| {
        let due = when(Duration::from_nanos(event.at.0), args.speed);
        let wait = due.saturating_sub(began.elapsed());
        if !wait.is_zero() {
            output.settle()?; // what the program waits for, while nothing happens
            std::thread::sleep(wait);
        }
        Ok(output.event(event)?)
    });
    // A call that was entered last is told, also where the recording stops before its end.
    output.settle()?;
    read.map(|()| ExitCode::SUCCESS)
}

/// How long after the start an event is printed.
fn when(at: Duration, speed: f64) -> Duration {
    if speed == 0.0 {
        Duration::ZERO
    } else {
        Duration::try_from_secs_f64(at.as_secs_f64() / speed).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_chosen() {
        let at = Duration::from_secs(3);
        assert_eq!(when(at, 1.0), at);
        assert_eq!(when(at, 0.5), Duration::from_secs(6));
        assert_eq!(when(at, 0.0), Duration::ZERO);
        assert_eq!(when(at, f64::MIN_POSITIVE), Duration::MAX);
        assert!(speed("-1").is_err() && speed("inf").is_err() && speed("fast").is_err());
    }
}
