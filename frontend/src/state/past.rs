//! An earlier moment of a run, as the page shows it.

use trace::model::Model;
use trace::timeline::Timeline;

use super::host::Hosts;

/// The world after some of a run's events.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Past {
    /// How many events had happened.
    pub(crate) count: usize,
    /// The world then.
    pub(crate) model: Model,
    /// What the hosts were doing.
    pub(crate) hosts: Hosts,
}

impl Past {
    /// The world after so many events. Where a world is at hand that is nearer than the timeline's own, it is carried on.
    pub(crate) fn after(timeline: &Timeline, count: usize, known: Option<Self>) -> Self {
        let model = match known {
            Some(known) if known.count == count => return known,
            Some(Self { count: before, mut model, .. }) if (timeline.checkpoint(count)..count).contains(&before) => {
                timeline.events()[before..count].iter().for_each(|event| model.apply(event));
                model
            }
            _ => timeline.after(count),
        };
        let hosts = Hosts::at(timeline, &model);
        Self { count, model, hosts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::fixtures;

    #[test]
    fn carried_on_or_begun_anew_it_is_the_same_world() {
        let timeline: Timeline = fixtures::tcp_echo().into_iter().collect();
        let mut carried = None;
        for count in 0..=timeline.events().len() {
            let anew = Past::after(&timeline, count, None);
            let on = Past::after(&timeline, count, carried);
            assert_eq!(on, anew);
            carried = Some(on);
        }
        let back = Past::after(&timeline, 3, carried);
        assert_eq!(back, Past::after(&timeline, 3, None));
    }
}
