//! `socklab export`: a recording in the format of another tool.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use super::recording;
use crate::assets::Assets;
use crate::export::{Exporter, Format};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A recording: what `socklab run --record`, or Export on the page, wrote.
    file: PathBuf,
    #[command(flatten)]
    format: Chosen,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line, of which one is given")]
struct Chosen {
    /// Packets, for Wireshark and tshark, with comments that name the calls.
    #[arg(long)]
    pcapng: bool,
    /// Calls, as `strace -f -ttt -T` writes them.
    #[arg(long)]
    strace: bool,
    /// Every event, as JSON, one per line.
    #[arg(long)]
    jsonl: bool,
    /// The recording with the page that shows it, in a single file that any browser opens without a server.
    #[arg(long)]
    html: bool,
}

impl Chosen {
    fn format(&self) -> Format {
        if self.pcapng {
            Format::Pcapng
        } else if self.strace {
            Format::Strace
        } else if self.html {
            Format::Html
        } else {
            Format::Jsonl
        }
    }
}

pub(super) fn execute(args: &Args) -> anyhow::Result<ExitCode> {
    let mut output = open(args.output.as_deref())?;
    let written = || args.output.as_ref().map_or("standard output".into(), |path| path.display().to_string());
    let mut exporter = Exporter::new(args.format.format(), &Assets::Embedded)?;
    let read = recording::read(&args.file, |event| {
        exporter.push(event.clone())?;
        output.write_all(&exporter.take()).with_context(written)
    });
    // What was read before a recording's end turned out to be missing is worth exporting all the same.
    exporter.finish().and_then(|last| output.write_all(&last)).and_then(|()| output.flush()).with_context(written)?;
    read.map(|()| ExitCode::SUCCESS)
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
