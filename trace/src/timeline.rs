//! A run's events with models along the way, so that any moment can be looked at quickly.

use std::ops::Range;

use crate::bytes::Bytes;
use crate::event::{Event, Fact};
use crate::id::{CallId, HostId};
use crate::map::Map;
use crate::model::Model;
use crate::time::Nanos;

/// How many events lie between two checkpoints at first.
const SPACING: usize = 256;

/// How many checkpoints are kept. With more, every other one goes and the spacing doubles: memory stays bounded, and
/// a moment is never more than 1/128 of the run away from a checkpoint.
const CHECKPOINTS: usize = 256;

/// The events of a run, growing while it goes on.
#[derive(Clone, Debug)]
pub struct Timeline {
    events: Vec<Event>,
    latest: Model,
    /// `checkpoints[i]` is the model after `i * spacing` events.
    checkpoints: Vec<Model>,
    spacing: usize,
    /// Which events are what hosts printed.
    printed: Vec<usize>,
    /// The calls that each line of a host's own program led to.
    lines: Map<(HostId, u32), Vec<CallId>>,
}

impl Default for Timeline {
    fn default() -> Self {
        let checkpoints = vec![Model::default()];
        let lines = Map::default();
        Self { events: vec![], latest: Model::default(), checkpoints, spacing: SPACING, printed: vec![], lines }
    }
}

impl Timeline {
    /// Adds the next event.
    pub fn push(&mut self, event: Event) {
        self.latest.apply(&event);
        if matches!(event.fact, Fact::Printed { .. }) {
            self.printed.push(self.events.len());
        }
        if let Fact::CallEntered { call, .. } = &event.fact
            && let Some(line) = self.latest.calls.get(call).and_then(|call| self.latest.line(call))
        {
            match self.lines.get_mut(&line) {
                Some(calls) => calls.push(*call),
                None => drop(self.lines.insert(line, vec![*call])),
            }
        }
        self.events.push(event);
        if self.events.len() == self.checkpoints.len() * self.spacing {
            self.checkpoints.push(self.latest.clone());
        }
        if self.checkpoints.len() > CHECKPOINTS {
            let mut index = 0;
            self.checkpoints.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.spacing *= 2;
        }
    }

    /// All events so far.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The world after the last event.
    pub const fn latest(&self) -> &Model {
        &self.latest
    }

    /// The world after the first `count` events.
    pub fn after(&self, count: usize) -> Model {
        let count = count.min(self.events.len());
        if count == self.events.len() {
            return self.latest.clone();
        }
        let from = self.checkpoint(count);
        let mut model = self.checkpoints[from / self.spacing].clone();
        for event in &self.events[from..count] {
            model.apply(event);
        }
        model
    }

    /// From how many events on [`Timeline::after`] has to apply them.
    pub fn checkpoint(&self, count: usize) -> usize {
        (count / self.spacing).min(self.checkpoints.len() - 1) * self.spacing
    }

    /// The world at a moment: after every event up to it.
    pub fn at(&self, moment: Nanos) -> Model {
        self.after(self.count_at(moment))
    }

    /// What a host printed in some of the events.
    pub fn printed(&self, host: HostId, within: Range<usize>) -> impl Iterator<Item = &Bytes> {
        let first = self.printed.partition_point(|index| *index < within.start);
        let those = self.printed[first..].iter().take_while(move |index| within.contains(index));
        those.filter_map(move |index| match &self.events[*index].fact {
            Fact::Printed { host: printed, bytes } if *printed == host => Some(bytes),
            _ => None,
        })
    }

    /// The lines of hosts' own programs that led to calls, each with these calls in order.
    pub fn lines(&self) -> impl Iterator<Item = (HostId, u32, &[CallId])> {
        self.lines.iter().map(|((host, line), calls)| (*host, *line, calls.as_slice()))
    }

    /// How many events had happened at a moment.
    pub fn count_at(&self, moment: Nanos) -> usize {
        self.events.partition_point(|event| event.at <= moment)
    }
}

impl Extend<Event> for Timeline {
    fn extend<I: IntoIterator<Item = Event>>(&mut self, events: I) {
        for event in events {
            self.push(event);
        }
    }
}

impl FromIterator<Event> for Timeline {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        let mut timeline = Self::default();
        timeline.extend(events);
        timeline
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, arbitrary::trace};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        /// The law: with checkpoints or without, the same world.
        #[test]
        fn a_moment_is_a_fold_from_the_start(events in trace(600..1_200), at: prop::sample::Index) {
            let count = at.index(events.len() + 1);
            let timeline: Timeline = events.iter().cloned().collect();
            prop_assert_eq!(timeline.after(count), Model::after(&events[..count]));
        }

        /// What happens later changes nothing about a moment.
        #[test]
        fn a_moment_depends_on_nothing_after_it(events in trace(0..600), moment in 0_u64..1_000) {
            let moment = Nanos(moment);
            let whole: Timeline = events.iter().cloned().collect();
            let past: Timeline = events.into_iter().take_while(|event| event.at <= moment).collect();
            prop_assert_eq!(whole.at(moment), past.latest().clone());
        }
    }

    #[test]
    fn what_was_printed_is_found_without_looking_at_all() {
        let timeline: Timeline = fixtures::tcp_echo().into_iter().collect();
        let count = timeline.events().len();
        let mut found = 0;
        for (host, within) in [(0, 0..count), (1, 0..count), (0, 3..count / 2), (1, count / 2..count)] {
            let host = HostId(host);
            let all: Vec<&Bytes> = timeline.events()[within.clone()]
                .iter()
                .filter_map(|event| match &event.fact {
                    Fact::Printed { host: printed, bytes } if *printed == host => Some(bytes),
                    _ => None,
                })
                .collect();
            found += all.len();
            assert_eq!(timeline.printed(host, within).collect::<Vec<_>>(), all);
        }
        assert!(found > 1, "somebody printed something");
    }

    #[test]
    fn each_line_has_its_calls_in_order() {
        let timeline: Timeline = fixtures::tcp_echo().into_iter().collect();
        let model = timeline.latest();
        let mut all: Vec<_> = model
            .calls
            .values()
            .filter_map(|call| model.line(call).map(|(host, line)| (host, line, call.id)))
            .collect();
        all.sort();
        let lines = timeline.lines().flat_map(|(host, line, calls)| calls.iter().map(move |call| (host, line, *call)));
        assert_eq!(lines.collect::<Vec<_>>(), all);
        assert!(timeline.lines().any(|(_, _, calls)| calls.len() > 1), "a line that was run more than once");
    }

    #[test]
    fn many_events_keep_few_checkpoints_that_are_right() {
        let event = |seq| Event { seq, at: Nanos(seq), fact: Fact::Missed { count: 1, what: String::new() } };
        let timeline: Timeline = (0..100_000).map(event).collect();
        assert!(timeline.checkpoints.len() <= CHECKPOINTS);
        for (index, checkpoint) in timeline.checkpoints.iter().enumerate() {
            assert_eq!(checkpoint.missed, (index * timeline.spacing) as u64);
        }
        assert_eq!(timeline.after(77_777).missed, 77_777);
        assert_eq!(timeline.after(usize::MAX).missed, 100_000);
    }

    #[test]
    fn a_moment_includes_all_events_of_that_moment() {
        let timeline: Timeline = fixtures::refused().into_iter().collect();
        let last = timeline.events().last().unwrap().at;
        assert_eq!(timeline.at(last), *timeline.latest());
        assert!(timeline.at(last - std::time::Duration::from_nanos(1)).ended.is_none());
        assert_eq!(timeline.at(Nanos::ZERO).hosts.len(), 2);
    }
}
