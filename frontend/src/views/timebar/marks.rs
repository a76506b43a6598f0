//! What happened along the run, in marks below the bar of time: the most notable of each stretch.

use trace::event::Fact;
use yew::prelude::*;

use crate::state::log::Log;
use crate::views::el::el;

/// There are at least so many stretches once there are that many events, and fewer than twice as many.
const STRETCHES: usize = 240;

/// What the marks are of.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct MarksProps {
    /// The run's events.
    pub(crate) log: Log,
}

/// The marks. They are drawn anew only when there are more events: where one looks changes nothing.
#[component]
pub(crate) fn Marks(props: &MarksProps) -> Html {
    let stretches = use_mut_ref(Stretches::default);
    let mut stretches = stretches.borrow_mut();
    stretches.follow(&props.log);
    let paths = ["call", "packet", "person", "bad"].iter().zip(1..).map(|(class, level)| {
        let mut d = String::new();
        for (stretch, _) in stretches.most.iter().enumerate().filter(|(_, most)| **most == level) {
            d.extend(["M", &(2 * stretch + 1).to_string(), " 0v1"]);
        }
        el("path").put("class", format!("mark-{class}")).put("d", d).into()
    });
    el("svg")
        .at("class", "scrubber-marks")
        .put("viewBox", format!("0 0 {} 1", (2 * stretches.log.len()).div_ceil(stretches.each)))
        .at("preserveAspectRatio", "none")
        .at("aria-hidden", "true")
        .all(paths)
        .into()
}

/// The run in stretches of equally many events. Each event is looked at once, however long the run grows.
#[derive(Debug)]
struct Stretches {
    log: Log,
    /// How many events are in a stretch.
    each: usize,
    /// How notable the most notable one of each stretch is.
    most: Vec<u8>,
}

impl Default for Stretches {
    fn default() -> Self {
        Self { log: Log::default(), each: 1, most: vec![] }
    }
}

impl Stretches {
    /// Takes in the events that have come since; another run begins anew.
    fn follow(&mut self, log: &Log) {
        if !log.same_run(&self.log) || log.len() < self.log.len() {
            *self = Self::default();
        }
        for (index, event) in log.events().iter().enumerate().skip(self.log.len()) {
            self.add(index, notable(&event.fact));
        }
        self.log = log.clone();
    }

    fn add(&mut self, index: usize, level: u8) {
        match self.most.get_mut(index / self.each) {
            Some(most) => *most = (*most).max(level),
            None => self.most.push(level),
        }
        if self.most.len() == 2 * STRETCHES {
            let pairs = self.most.chunks(2);
            self.most = pairs.map(|pair| pair.iter().copied().max().unwrap_or_default()).collect();
            self.each *= 2;
        }
    }
}

/// How notable an event is: 1 a call, 2 a packet, 3 a person's or program's words, 4 what went wrong.
fn notable(fact: &Fact) -> u8 {
    match fact {
        Fact::CallEntered { .. } | Fact::CallReturned { .. } => 1,
        Fact::FrameSent { .. } | Fact::FrameDelivered { .. } | Fact::FrameMade { .. } | Fact::FrameLooped { .. } => 2,
        Fact::Typed { .. } | Fact::Printed { .. } => 3,
        Fact::FrameLost { .. }
        | Fact::FrameHeld { .. }
        | Fact::LimitReached { .. }
        | Fact::Missed { .. }
        | Fact::ProgramEnded { .. } => 4,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_a_run_grows_its_stretches_are_the_same_and_few() {
        let level = |index: usize| if index == 5_000 { 4 } else { u8::from(index.is_multiple_of(7)) };
        let mut stretches = Stretches::default();
        for index in 0..10_000 {
            stretches.add(index, level(index));
            let few =
                stretches.most.len() < 2 * STRETCHES && (stretches.most.len() >= STRETCHES || stretches.each == 1);
            assert!(few, "{index}: {} of {}", stretches.most.len(), stretches.each);
        }
        let all: Vec<usize> = (0..10_000).collect();
        let most = all.chunks(stretches.each).map(|those| those.iter().map(|index| level(*index)).max().unwrap());
        assert_eq!(stretches.most, most.collect::<Vec<_>>());
    }
}
