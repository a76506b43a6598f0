//! `socklab show`: prints a recording.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use trace::record::Reader;

use super::output::Output;
use super::recording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What `socklab run --record` has written.
    file: PathBuf,
    /// Print the events as JSON, one a line.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(args: &Args) -> anyhow::Result<ExitCode> {
    let (bytes, error) = recording::unpack(&args.file)?;
    let path = args.file.display();
    let reader = match (Reader::new(&bytes), &error) {
        (Ok(reader), _) => reader,
        (Err(fault), None) => bail!("{path}: {fault}"),
        (Err(_), Some(error)) => bail!("{path}: this is not a recording of Socklab ({error})"),
    };
    let mut output = Output::new(args.json);
    for event in reader {
        match event {
            Ok(event) => output.event(&event)?,
            Err(fault) => {
                output.settle()?;
                bail!("{path}: {fault}");
            }
        }
    }
    output.settle()?;
    if let Some(error) = error {
        bail!("{path}: the recording stops here; whoever wrote it was ended ({error})");
    }
    Ok(ExitCode::SUCCESS)
}
