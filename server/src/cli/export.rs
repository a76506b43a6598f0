//! `socklab export`: a recording in the format of another tool.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use trace::event::Event;
use trace::export::strace::Strace;
use trace::export::{jsonl, pcapng};

use super::recording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What `socklab run --record` has written.
    file: PathBuf,
    #[command(flatten)]
    format: Format,
    /// Write to this file, and not to standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Format {
    /// Packets, for Wireshark and tshark, with comments that name the calls.
    #[arg(long)]
    pcapng: bool,
    /// Calls, as `strace -f -ttt -T` writes them.
    #[arg(long)]
    strace: bool,
    /// Every event, as JSON, one a line.
    #[arg(long)]
    jsonl: bool,
}

pub(super) fn execute(args: &Args) -> anyhow::Result<ExitCode> {
    let mut output = open(args.output.as_deref())?;
    let written = || args.output.as_ref().map_or("standard output".into(), |path| path.display().to_string());
    let mut events: Vec<Event> = Vec::new();
    // What was read before a recording's end turned out to be missing is worth exporting all the same.
    let read = recording::read(&args.file, |event| {
        events.push(event.clone());
        Ok(())
    });
    encode(&args.format, &events, &mut output).and_then(|()| output.flush()).with_context(written)?;
    read.map(|()| ExitCode::SUCCESS)
}

fn encode(format: &Format, events: &[Event], output: &mut dyn Write) -> io::Result<()> {
    if format.pcapng {
        return output.write_all(&pcapng::encode(events));
    }
    let (mut strace, mut text) = (Strace::default(), String::new());
    for event in events {
        if format.strace {
            strace.push(event, &mut text);
        } else {
            jsonl::encode(event, &mut text);
        }
        output.write_all(text.as_bytes())?;
        text.clear();
    }
    strace.settle(&mut text);
    output.write_all(text.as_bytes())
}

fn open(path: Option<&Path>) -> anyhow::Result<Box<dyn Write>> {
    Ok(match path {
        Some(path) => {
            let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(BufWriter::new(io::stdout())),
    })
}
