//! Alternating series and their medians.

use std::time::Duration;

/// Takes `rounds` samples of each contender in turn, so that a noisy moment hits all of them; returns their medians.
pub(crate) fn alternate<const N: usize>(
    rounds: usize,
    mut contenders: [&mut dyn FnMut() -> Duration; N],
) -> [Duration; N] {
    let mut samples: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::with_capacity(rounds));
    for _ in 0..rounds {
        for (contender, samples) in contenders.iter_mut().zip(&mut samples) {
            samples.push(contender());
        }
    }
    samples.map(|mut samples| {
        samples.sort();
        samples[samples.len() / 2]
    })
}

/// Prints a line of the table: what, its time, and its ratio to the baseline.
pub(crate) fn report(what: &str, time: Duration, baseline: Duration) {
    println!("{what:<58} {:>10.3?}  {:>6.2}x", time, time.as_secs_f64() / baseline.as_secs_f64());
}
