//! The binary `socklab`: reads the command line and hands over to [`server::cli`].
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;
use server::cli::{self, Cli};

fn main() -> ExitCode {
    cli::execute(Cli::parse()).unwrap_or_else(|error| {
        eprintln!("socklab: {error:#}");
        ExitCode::FAILURE
    })
}
