//! Where on the vertical axis each event stands.

use std::time::Duration;

use super::item::{Fold, Tick};
use super::window::Windowed;
use crate::time::Nanos;

/// How many rows there are between two times on the axis, at least.
const TICKS: f64 = 4.0;

/// How many rows a quiet stretch takes at most when the axis follows the clock.
const LONGEST: f64 = 10.0;

/// Where the axis follows the events, a stretch in which nothing was seen for so long is a marked break: even steps
/// would hide it. The shortest retransmission timeout of Linux, so that a wait for one shows.
const QUIET: Duration = Duration::from_millis(200);

/// An event that comes this soon after another may follow from it. A look at the kernel's sockets takes less.
const SOON: Duration = Duration::from_millis(2);

/// What the vertical axis follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// The events: even steps.
    #[default]
    Events,
    /// The clock: this much time a row. Quiet stretches are folded; what would overlap is moved down.
    Clock {
        /// How much time a row is.
        row: Duration,
    },
}

/// The place of an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Where.
    pub y: f64,
    /// The first event that stands here.
    pub first: u64,
    /// The last event that stands here.
    pub seq: u64,
    /// When it was observed.
    pub at: Nanos,
}

/// How an event is placed relative to the one before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    /// On a row of its own, and not above this place, where there is room for its words.
    Own(f64),
    /// On the row of the event before it, which it follows from, if it came soon after it.
    Shared,
}

/// The vertical axis: grows downwards, and what is placed once stays where it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Axis {
    scale: Scale,
    rows: Vec<Row>,
    pub(super) ticks: Windowed<Tick>,
    pub(super) folds: Windowed<Fold>,
}

impl Axis {
    pub(super) fn new(scale: Scale) -> Self {
        Self { scale, ..Self::default() }
    }

    /// Places an event and tells where.
    pub(super) fn place(&mut self, seq: u64, at: Nanos, step: Step) -> f64 {
        let Some(last) = self.rows.last().copied() else {
            return self.row(Row { y: 0.0, first: seq, seq, at });
        };
        let step = if step == Step::Shared && at.since(last.at) > SOON { Step::Own(0.0) } else { step };
        let y = match (step, self.scale) {
            (Step::Shared, _) => last.y,
            (Step::Own(room), Scale::Events) => {
                let y = (last.y + 1.0).max(room);
                let lasted = at.since(last.at);
                if lasted < QUIET {
                    y
                } else {
                    self.folds.push(Fold { top: y - 1.0, bottom: y + 1.0, lasted });
                    y + 1.0
                }
            }
            (Step::Own(room), Scale::Clock { row }) => {
                let quiet = at.since(last.at);
                let rows = quiet.as_secs_f64() / row.as_secs_f64().max(f64::MIN_POSITIVE);
                if rows > LONGEST {
                    self.folds.push(Fold { top: last.y, bottom: last.y + LONGEST, lasted: quiet });
                }
                (last.y + rows.min(LONGEST)).max(room)
            }
        };
        self.row(Row { y, first: seq, seq, at })
    }

    fn row(&mut self, row: Row) -> f64 {
        match self.rows.last_mut() {
            // Shared, or within the same instant of the clock: the row is the last event's.
            Some(last) if last.y >= row.y => (last.seq, last.at) = (row.seq, row.at),
            _ => {
                self.rows.push(row);
                if self.ticks.last().is_none_or(|tick| row.y >= tick.y + TICKS) {
                    self.ticks.push(Tick { y: row.y, at: row.at });
                }
            }
        }
        row.y
    }

    /// Where the last event stands.
    pub(super) fn bottom(&self) -> f64 {
        self.rows.last().map_or(0.0, |row| row.y)
    }

    /// The row of the last event that is not after this one.
    pub(super) fn row_of(&self, seq: u64) -> Option<Row> {
        let after = self.rows.partition_point(|row| row.first <= seq);
        self.rows.get(after.saturating_sub(1)).copied()
    }

    /// The last row that is not below this place.
    pub(super) fn row_at(&self, y: f64) -> Option<Row> {
        let after = self.rows.partition_point(|row| row.y <= y);
        self.rows.get(after.saturating_sub(1)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Step = Step::Own(0.0);

    #[test]
    fn even_steps_unless_words_need_room() {
        let mut axis = Axis::new(Scale::Events);
        let ms = Nanos::from_millis;
        let placed = [
            axis.place(0, ms(0), OWN),
            axis.place(1, ms(5_000), OWN),
            axis.place(2, ms(5_000), Step::Shared),
            axis.place(3, ms(5_001), Step::Own(3.0)),
        ];
        assert!(placed.iter().zip([0.0, 2.0, 2.0, 3.0]).all(|(y, want)| (y - want).abs() < 1e-9), "{placed:?}");
        let folds = axis.folds.visible(&(0.0..100.0));
        assert_eq!(folds, [&Fold { top: 0.0, bottom: 2.0, lasted: Duration::from_secs(5) }], "but a long one is told");
        assert_eq!(axis.row_of(2).unwrap().seq, 2);
        assert_eq!(axis.row_at(2.9).unwrap().seq, 2);
        assert_eq!(axis.row_at(-1.0).unwrap().seq, 0);
    }

    #[test]
    fn the_clock_is_followed_and_quiet_folded() {
        let mut axis = Axis::new(Scale::Clock { row: Duration::from_millis(10) });
        let ms = Nanos::from_millis;
        let placed = [
            axis.place(0, ms(0), OWN),
            axis.place(1, ms(25), OWN),
            axis.place(2, ms(25), Step::Own(4.5)),
            axis.place(3, ms(9_025), OWN),
        ];
        assert!(placed.iter().zip([0.0, 2.5, 4.5, 14.5]).all(|(y, want)| (y - want).abs() < 1e-9), "{placed:?}");
        let folds = axis.folds.visible(&(0.0..100.0));
        assert_eq!(folds, [&Fold { top: 4.5, bottom: 14.5, lasted: Duration::from_secs(9) }]);
    }
}
