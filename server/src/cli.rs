//! The command line of `socklab`, one file a subcommand.

pub mod compare;
pub mod doctor;
pub mod export;
pub mod keyboard;
pub mod lesson;
pub mod output;
pub mod recording;
pub mod replay;
pub mod run;
pub mod serve;
mod step;
pub mod wire;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// An interactive course on socket programming: real programs on real sockets, drawn while they run.
#[derive(Debug, Parser)]
#[command(name = "socklab", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to log: `info`, `debug`, `server=trace`; see tracing-subscriber's `EnvFilter`.
    #[arg(long, global = true, env = "SOCKLAB_LOG", value_name = "FILTER")]
    log: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the course to browsers.
    Serve(serve::Args),
    /// Run a lesson, or programs of your own, and print the trace.
    Run(run::Args),
    /// Print a recording, at the pace of the run or faster.
    Replay(replay::Args),
    /// Turn a recording into packets for Wireshark, calls as strace writes them, or JSON.
    Export(export::Args),
    /// Print two recordings side by side, with marks where they differ.
    Compare(compare::Args),
    /// For authors of lessons: new, check, preview, test, grade.
    Lesson(lesson::Args),
    /// Check whether this machine has what runs need.
    Doctor,
}

/// Does what the command line says.
pub fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    choose(cli).or_else(|error| match error.downcast_ref::<io::Error>() {
        // `socklab replay … | head` has seen enough.
        Some(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::FAILURE),
        _ => Err(error),
    })
}

fn choose(cli: Cli) -> anyhow::Result<ExitCode> {
    // A server's log is its voice; a run's output is its trace, and the log only speaks up when something is wrong.
    // Of others' libraries only warnings: they may speak of learners' programs.
    let usual = if matches!(&cli.command, Command::Serve(_))
        || matches!(&cli.command, Command::Lesson(args) if args.serves())
    {
        "warn,server=info,lab=info"
    } else {
        "warn"
    };
    let filter = EnvFilter::try_new(cli.log.as_deref().unwrap_or(usual))?;
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours).init();
    match cli.command {
        Command::Serve(args) => serve::execute(args),
        Command::Run(args) => run::execute(args),
        Command::Replay(args) => replay::execute(&args),
        Command::Export(args) => export::execute(&args),
        Command::Compare(args) => compare::execute(&args),
        Command::Lesson(args) => lesson::execute(&args),
        Command::Doctor => Ok(doctor::execute()),
    }
}
