//! `socklab compare`: two recordings side by side, with marks where they differ, as diff(1) sets them.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use trace::compare::{Row, Step, compare};
use trace::ladder::{Ladder, Options};
use trace::time::Nanos;

use super::recording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What `socklab run --record` has written.
    first: PathBuf,
    /// What it has written another time.
    second: PathBuf,
    /// Print only what differs.
    #[arg(long)]
    brief: bool,
}

/// Prints the steps of both; fails like diff(1), by exit code 1, where they differ.
pub(super) fn execute(args: &Args) -> anyhow::Result<ExitCode> {
    let (first, second) = (ladder(&args.first)?, ladder(&args.second)?);
    let found = compare(&first, &second);
    let mut out = BufWriter::new(io::stdout());
    for row in found.rows.iter().filter(|row| row.differs() || !args.brief) {
        write(&mut out, [&first, &second], row)?;
    }
    if found.left_out > 0 {
        writeln!(out, "… {} more steps were not compared", found.left_out)?;
    }
    out.flush()?;
    let differ = found.left_out > 0 || found.rows.iter().any(Row::differs);
    Ok(if differ { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn ladder(file: &Path) -> anyhow::Result<Ladder> {
    let mut ladder = Ladder::new(Options::default());
    recording::read(file, |event| {
        ladder.push(event);
        Ok(())
    })?;
    Ok(ladder)
}

/// A line: `=` in both, `~` otherwise in the second one, `<` in the first only, `>` in the second only.
fn write(out: &mut impl Write, ladders: [&Ladder; 2], row: &Row<'_>) -> io::Result<()> {
    let steps = row.steps();
    let at = |step: Option<Step<'_>>| {
        step.map_or_else(String::new, |step| format!("{:.6}", step.at().since(Nanos::ZERO).as_secs_f64()))
    };
    let place = |side: usize, step: Step<'_>| {
        let name = |host| ladders[side].columns().find(|column| column.host == host).map(|column| column.name.as_str());
        let from = step.host().and_then(name).unwrap_or("run");
        match step {
            Step::Frame(arrow) => format!("{from} → {}", arrow.to.and_then(name).unwrap_or("all")),
            _ => from.to_owned(),
        }
    };
    let (sign, place) = match *row {
        Row::Same(step, _) => ('=', place(0, step)),
        Row::Changed(step, _) => ('~', place(0, step)),
        Row::First(step) => ('<', place(0, step)),
        Row::Second(step) => ('>', place(1, step)),
    };
    let what = steps[0].or(steps[1]).map_or_else(String::new, |step| step.to_string());
    writeln!(out, "{sign} {:>12} {:>12}  {place:<18} {what}", at(steps[0]), at(steps[1]))?;
    if let Row::Changed(_, second) = row {
        writeln!(out, "{:47}{second}", "")?;
    }
    Ok(())
}
