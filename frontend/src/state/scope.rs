//! How a run is looked at: from which moment, at what, and through which panel.

use std::time::Duration;

use trace::event::Event;
use trace::ladder::{Options, Scale};

use super::Effect;
use super::cursor::{Cursor, Slowness, Step, Way};
use super::selection::{Selection, drawn};

/// How much time a row is at first when the ladder's axis follows the clock: a wire's delay is some rows then.
const ROW: Duration = Duration::from_millis(2);

/// The least and the most.
const ROWS: std::ops::RangeInclusive<Duration> = Duration::from_micros(10)..=Duration::from_secs(1);

/// What stands beside the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Panel {
    /// What was picked out, in full.
    Inspector,
    /// Bytes on their way from one program to the other.
    Buffers,
    /// What descriptors are ready for.
    Readiness,
    /// The TCP states of both ends.
    States,
    /// What the wire does, and can be told to do.
    Wire,
}

impl Panel {
    /// All there are, in the order of their tabs.
    pub(crate) const ALL: [Self; 5] = [Self::Inspector, Self::Buffers, Self::Readiness, Self::States, Self::Wire];
}

/// As what the ladder can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Picture {
    /// Scalable vector graphics.
    Svg,
    /// Portable network graphics.
    Png,
}

/// How a run is looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scope {
    /// The moment.
    pub(crate) cursor: Cursor,
    /// How slowly a film plays.
    pub(crate) slowness: Slowness,
    /// What was picked out.
    pub(crate) selected: Option<Selection>,
    /// What stands beside the ladder; `None` leaves all the room to it.
    pub(crate) panel: Option<Panel>,
    /// What the ladder draws, and along which axis.
    pub(crate) ladder: Options,
    /// Whether the list of keys is shown.
    pub(crate) keys: bool,
    /// As what the ladder is being saved; it is drawn whole then.
    pub(crate) saving: Option<Picture>,
}

/// Something that changes how a run is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Look {
    /// From the moment after this event.
    At(u64),
    /// From the moment after the n-th event; beyond the last one, from the latest moment.
    AtIndex(usize),
    /// From the latest moment, whichever that is.
    Live,
    /// From the first moment.
    Start,
    /// From the next moment of a kind, or the one before.
    Step(Step, Way),
    /// From one moment after the other, or no longer so.
    Play,
    /// More slowly or less.
    Slow(Slowness),
    /// The browser's clock goes on while a film plays.
    Tick(Duration),
    /// At a thing, or at nothing in particular.
    Select(Option<Selection>),
    /// At what the moment is about.
    Pick,
    /// Through this panel; or through none, if it is this one already.
    Panel(Option<Panel>),
    /// At a ladder along the other axis: the clock's, or the events'.
    Axis,
    /// From closer (on), or from farther away: along the clock, which shows how long things took.
    Zoom(Way),
    /// At a ladder with frames that find addresses out, or without them.
    Resolution,
    /// At a ladder with ICMP, or without it.
    Icmp,
    /// At the list of keys, or no longer.
    Keys(bool),
    /// At all of the ladder, until it is saved so; `None` once it is.
    Save(Option<Picture>),
    /// Without what lies on top: the list of keys, what was picked out, an earlier moment.
    Escape,
}

impl Scope {
    /// Takes a change in.
    pub(crate) fn apply(&mut self, look: Look, events: &[Event]) -> Vec<Effect> {
        match look {
            Look::At(seq) => self.cursor = Cursor::At(seq),
            Look::AtIndex(index) => self.cursor = Cursor::at(events, index),
            Look::Start => self.cursor = Cursor::at(events, 0),
            Look::Step(step, way) => self.cursor = self.cursor.step(events, step, way),
            Look::Play if self.cursor.plays() => self.cursor = self.cursor.still(),
            Look::Play => self.cursor = self.cursor.play(events),
            Look::Slow(slowness) => self.slowness = slowness,
            Look::Tick(clock) => self.cursor = self.cursor.tick(events, self.slowness, clock),
            Look::Select(selected) => self.selected = selected,
            Look::Pick => {
                self.selected = Selection::of_last(match self.cursor.count(events) {
                    Some(count) => &events[..count],
                    None => drawn(events, self.ladder),
                });
            }
            Look::Panel(panel) => self.panel = panel.filter(|panel| self.panel != Some(*panel)),
            Look::Axis => self.ladder.scale = other_axis(self.ladder.scale),
            Look::Zoom(way) => self.ladder.scale = zoomed(self.ladder.scale, way),
            Look::Resolution => self.ladder.address_resolution ^= true,
            Look::Icmp => self.ladder.icmp ^= true,
            Look::Keys(shown) => self.keys = shown,
            Look::Save(picture) => self.saving = picture,
            Look::Escape if self.keys => self.keys = false,
            Look::Escape if self.selected.is_some() => self.selected = None,
            Look::Live | Look::Escape => self.cursor = Cursor::Live,
        }
        let ticks = matches!(look, Look::Play | Look::Tick(_)) && self.cursor.plays();
        if ticks { vec![Effect::Tick] } else { vec![] }
    }

    /// Another run is looked at: what belonged to the old one is no more.
    pub(crate) fn another_run(&mut self) {
        (self.cursor, self.selected) = (Cursor::Live, None);
    }
}

fn other_axis(scale: Scale) -> Scale {
    match scale {
        Scale::Events => Scale::Clock { row: ROW },
        Scale::Clock { .. } => Scale::Events,
    }
}

fn zoomed(scale: Scale, way: Way) -> Scale {
    let Scale::Clock { row } = scale else { return other_axis(scale) };
    Scale::Clock {
        row: match way {
            Way::On => (row / 2).max(*ROWS.start()),
            Way::Back => (row * 2).min(*ROWS.end()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::fixtures;

    #[test]
    fn zooming_goes_to_the_clock_and_ends_somewhere() {
        let mut scope = Scope::default();
        scope.apply(Look::Zoom(Way::Back), &[]);
        assert_eq!(scope.ladder.scale, Scale::Clock { row: ROW }, "only the clock's axis has a scale");
        for (way, end) in [(Way::On, ROWS.start()), (Way::Back, ROWS.end())] {
            for _ in 0..40 {
                scope.apply(Look::Zoom(way), &[]);
            }
            assert_eq!(scope.ladder.scale, Scale::Clock { row: *end });
        }
        scope.apply(Look::Axis, &[]);
        assert_eq!(scope.ladder.scale, Scale::Events);
    }

    #[test]
    fn a_film_asks_for_the_clock_until_it_is_over_or_stopped() {
        let events = fixtures::refused();
        let mut scope = Scope { slowness: Slowness(1), ..Scope::default() };
        assert_eq!(scope.apply(Look::Play, &events), [Effect::Tick]);
        let mut ms = 0;
        while !scope.apply(Look::Tick(Duration::from_millis(ms)), &events).is_empty() {
            ms += 100;
            assert!(ms < 100_000);
        }
        assert_eq!(scope.cursor, Cursor::Live);
        scope.apply(Look::Play, &events);
        assert!(scope.apply(Look::Play, &events).is_empty(), "stopped");
        assert_eq!(scope.cursor, Cursor::At(0));
        assert!(scope.apply(Look::Tick(Duration::from_secs(9)), &events).is_empty());
    }
}
