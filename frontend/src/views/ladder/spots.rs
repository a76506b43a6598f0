//! Which words stand on the wire, and where: of quiet stretches, of queues, of arrows. [`super::labels`] knows what is
//! covered; here is what there is to choose from.

use trace::ladder::{Arrow, ArrowEnd, Fold, Gauge, Visible};
use trace::wire::Notable;

use super::geometry::{Geometry, Line, ROW};
use super::labels::{Covered, Patch, Slant};
use super::picture::Picture;

/// Size of the words beside things; the classes in the stylesheet have the same.
const ASIDE: f64 = 10.5;

/// From an arrow's line to the middle of words above it, and below it.
const ABOVE: f64 = 7.0;
const BELOW: f64 = -8.0;

/// Where on an arrow the middle of its words may be; of one that was lost, on the part that is drawn.
const ON_ARROW: [f64; 5] = [0.5, 0.36, 0.64, 0.25, 0.75];
const ON_LOST: [f64; 2] = [0.3, 0.2];

/// How far below its beginning the words of a queue may stand.
const BESIDE_QUEUE: [f64; 6] = [12.0, 24.0, 38.0, 52.0, 66.0, 80.0];

/// Where on the wire the words of a quiet stretch may stand.
const ACROSS: [f64; 4] = [0.5, 0.6, 0.4, 0.7];

/// Words on an arrow: the most important first, each with its class.
pub(super) type OnArrow = Vec<(&'static str, String)>;

/// A frame's way over the wire.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    /// All of it.
    pub(super) whole: Slant,
    /// As far as it came.
    pub(super) drawn: Slant,
    pub(super) lost: bool,
}

impl Way {
    /// The place next to this one for words of this width to be all on the way, if there is one.
    #[inline(never)]
    fn inside(&self, at: f64, width: f64) -> f64 {
        let half = (width / 2.0 + 3.0) / self.whole.length().max(1.0);
        let end = if self.lost { 0.62 } else { 1.0 };
        if 2.0 * half < end { at.clamp(half, end - half) } else { at }
    }
}

/// The words of an arrow in their place.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) words: OnArrow,
    /// Where on the way.
    pub(super) at: f64,
    pub(super) below: bool,
}

/// Where words on the wire stand.
#[derive(Debug)]
pub(super) struct Spots {
    /// Of a quiet stretch: how far across the wire.
    pub(super) folds: Vec<f64>,
    /// Of a queue: how far below its beginning.
    pub(super) gauges: Vec<f64>,
    /// Of an arrow that goes elsewhere, and has words.
    pub(super) arrows: Vec<Option<Spot>>,
}

impl Picture<'_> {
    /// Finds places for all words on the wire. Lines stay where they are; words on arrows have the most to choose from.
    pub(super) fn spots(&self, seen: &Visible<'_>) -> Spots {
        let g = self.geometry;
        let ways: Vec<Option<Way>> = seen.arrows.iter().map(|arrow| self.way(arrow)).collect();
        let mut covered = Covered::by(ways.iter().flatten().map(|way| way.drawn));
        let folds = seen.folds.iter().map(|fold| {
            let width = Geometry::text(&(self.words.quiet)(fold.lasted), ASIDE);
            let mut places = ACROSS.iter().map(|at| Patch::level(g.across(*at), self.fold_y(fold) - 8.0, width));
            ACROSS[covered.take(&mut places)]
        });
        let folds = folds.collect();
        let gauges = seen.gauges.iter().map(|gauge| self.beside_queue(gauge, &mut covered)).collect();
        let named = |arrow: &Arrow| self.is_named(arrow, seen);
        let arrows = seen.arrows.iter().zip(ways);
        let arrows = arrows.map(|(arrow, way)| Some(self.spot(arrow, way.filter(|_| named(arrow))?, &mut covered)));
        Spots { folds, gauges, arrows: arrows.collect() }
    }

    pub(super) fn fold_y(&self, fold: &Fold) -> f64 {
        self.geometry.y(f64::midpoint(fold.top, fold.bottom))
    }

    /// The words of a queue.
    pub(super) fn queue<'a>(&self, gauge: &'a Gauge) -> &'a str {
        let label = &*gauge.label;
        if self.geometry.narrow { label.trim_start_matches("recv-q ").trim_start_matches("queue ") } else { label }
    }

    /// Where the words of a queue begin: beyond its host's sockets.
    pub(super) fn queue_x(&self, gauge: &Gauge, line: &Line) -> f64 {
        self.geometry.band_end(line, gauge.lanes) - line.out * 3.0
    }

    /// How far below a queue's beginning its words stand.
    fn beside_queue(&self, gauge: &Gauge, covered: &mut Covered) -> f64 {
        let g = self.geometry;
        let Some(line) = g.line(gauge.host) else { return 0.0 };
        let (top, bottom) = (g.y(gauge.top), g.end(gauge.bottom));
        let width = Geometry::text(self.queue(gauge), ASIDE);
        let middle = self.queue_x(gauge, line) - line.out * width / 2.0;
        let near = |(index, down): &(usize, &f64)| *index == 0 || top + *down < bottom + ROW;
        let places = BESIDE_QUEUE.iter().enumerate().take_while(near);
        BESIDE_QUEUE[covered.take(&mut places.map(|(_, down)| Patch::level(middle, top + down - 4.0, width)))]
    }

    /// Whether an arrow carries its frame's words: of those that go to many hosts, only the one that goes farthest.
    fn is_named(&self, arrow: &Arrow, seen: &Visible<'_>) -> bool {
        let far = |arrow: &Arrow| {
            let x = |host| Some(self.geometry.line(host)?.x);
            arrow.to.and_then(x).zip(x(arrow.from)).map_or(0.0, |(to, from)| (to - from).abs())
        };
        let others = seen.arrows.iter().filter(|other| other.frame == arrow.frame);
        others.map(|other| far(other)).fold(0.0, f64::max) <= far(arrow)
    }

    /// A frame's way to another host.
    pub(super) fn way(&self, arrow: &Arrow) -> Option<Way> {
        let g = self.geometry;
        let from = g.line(arrow.from)?;
        let to = arrow.to.and_then(|to| g.line(to));
        if to == Some(from) {
            return None;
        }
        // Where it goes is not always known: then it leaves towards the wire.
        let aim = to.map_or(from.x - from.out * 200.0, |to| to.x);
        let x1 = g.foot(from, aim, arrow.from_lanes);
        let far = to.map_or(aim, |to| g.foot(to, from.x, arrow.to_lanes));
        let y1 = g.y(arrow.top);
        let (end, came) = match arrow.end {
            ArrowEnd::Delivered(row, _) => (g.y(row), 1.0),
            ArrowEnd::Lost(row, _) => (g.y(row), 0.6),
            ArrowEnd::InFlight => (y1 + 2.0, 0.12),
        };
        let whole = Slant { from: (x1, y1), to: (far, end) };
        let drawn = Slant { from: (x1, y1), to: whole.point(came) };
        Some(Way { whole, drawn, lost: matches!(arrow.end, ArrowEnd::Lost(..)) })
    }

    /// Finds a place for an arrow's words. They stand along the whole way, lost or not, so that they have room; where
    /// there is none, numbers are left out first, then names.
    fn spot(&self, arrow: &Arrow, way: Way, covered: &mut Covered) -> Spot {
        let length = way.whole.length();
        let room = if way.lost { length * 0.62 } else { length - 12.0 };
        let mut words = self.on_arrow(arrow, room);
        let places = if way.lost { &ON_LOST[..] } else { &ON_ARROW };
        let mut choices = vec![];
        for count in (1..=words.len()).rev() {
            for below in [false, true] {
                if below && 1 < count && count == words.len() {
                    continue;
                }
                choices.extend(places.iter().map(|at| (count, below, *at)));
            }
        }
        let mut patches = choices.iter().map(|(count, below, at)| {
            let width = self.width_of(&words[..*count]);
            Patch::on(&way.whole, way.inside(*at, width), if *below { BELOW } else { ABOVE }, width)
        });
        let (count, below, at) = choices[covered.take(&mut patches)];
        words.truncate(count);
        let at = way.inside(at, self.width_of(&words));
        Spot { words, at, below }
    }

    /// How wide words on an arrow are, with a gap behind each.
    fn width_of(&self, words: &[(&'static str, String)]) -> f64 {
        words.iter().map(|(_, text)| self.takes(text)).sum()
    }

    /// How wide a word on an arrow is, with the gap.
    fn takes(&self, text: &str) -> f64 {
        let size = self.on_arrow_size();
        Geometry::text(text, size) + 0.6 * size
    }

    fn on_arrow_size(&self) -> f64 {
        self.label_size() - 0.5
    }

    /// The words on an arrow: what it is, and behind it what fits of the numbers.
    pub(super) fn on_arrow(&self, arrow: &Arrow, room: f64) -> OnArrow {
        let size = self.on_arrow_size();
        let words = self.words;
        let state = match arrow.end {
            ArrowEnd::Lost(_, cause) => Some((words.lost)(cause)),
            _ if arrow.held => Some(words.held),
            ArrowEnd::InFlight => Some(words.in_flight),
            ArrowEnd::Delivered(..) => None,
        };
        let names = self.names(arrow);
        let more: Vec<&str> = state.into_iter().chain(names.iter().map(String::as_str)).collect();
        let more = [more.join(" · "), more.first().copied().unwrap_or_default().to_owned()];
        // The sign stays where there is no room for the word.
        let again = if arrow.notable == Some(Notable::Retransmission) { "↻ " } else { "" };
        let labels = [format!("{again}{}", arrow.label), format!("{again}{}", arrow.short)];
        let label = Geometry::fitting(&labels, size, room);
        // Bold glyphs of a fixed-width font are no wider.
        let mut left = room - Geometry::text(&label, size);
        let mut parts = vec![("ladder-label", label)];
        for (texts, class) in [(&more[..], "ladder-more"), (std::slice::from_ref(&arrow.detail), "ladder-detail")] {
            let Some(text) = texts.iter().find(|text| !text.is_empty() && self.takes(text) <= left) else { continue };
            left -= self.takes(text);
            parts.push((class, text.clone()));
        }
        parts
    }
}
