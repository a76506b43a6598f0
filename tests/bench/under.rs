//! Programs under the engine, which time themselves, so that nobody's start counts.

use std::sync::mpsc::channel;
use std::time::Duration;

use lab::Limits;
use support::lab_run::Setup;
use trace::event::{Event, Fact};

/// How long a run may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// A run without limits whose events are kept as a server keeps them, encoded; the time that one of its programs told.
pub(crate) fn under_engine(setup: Setup) -> Duration {
    let limits = Limits {
        events: u64::MAX,
        trace: u64::MAX,
        frames: u64::MAX,
        cpu: PATIENCE,
        run_cpu: PATIENCE,
        wall: PATIENCE,
        ..Limits::default()
    };
    let (over, ended) = channel();
    let (mut recording, mut printed) = (Vec::new(), Vec::new());
    let sink = move |event: Event| {
        trace::record::encode(&event, &mut recording);
        match event.fact {
            Fact::Printed { bytes, .. } => printed.extend(bytes.0),
            Fact::RunEnded { .. } => over.send(std::mem::take(&mut printed)).unwrap(),
            _ => {}
        }
    };
    let run = lab::start(setup.with(|plan| plan.limits = limits).plan(), Box::new(sink)).unwrap();
    let printed = ended.recv_timeout(PATIENCE).unwrap();
    run.wait();
    told(&printed)
}

/// The time that a program told: `took 1.5`.
pub(crate) fn told(output: &[u8]) -> Duration {
    let output = String::from_utf8_lossy(output);
    let seconds = output.split_whitespace().skip_while(|word| *word != "took").nth(1);
    Duration::from_secs_f64(seconds.unwrap_or_else(|| panic!("no time is told: {output}")).parse().unwrap())
}
