//! Where words on the wire stand: where nothing else does, as far as there is room.

/// How far two things may lie over each other without harm to the words, in pixels.
const HARMLESS: f64 = 2.0;

/// How much worse one pixel more of that is than the next one of the places to choose from: for words over words, and
/// for words over a line, which can still be read.
const HARM: f64 = 8.0;
const CROSSED: f64 = 1.0;

/// Height of a line of words.
pub(super) const HEIGHT: f64 = 12.0;

/// A part of the picture that is covered: a box, perhaps slanting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Patch {
    middle: (f64, f64),
    /// A unit vector along the box.
    along: (f64, f64),
    /// Half its length and half its height.
    half: (f64, f64),
}

/// A line from one point to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slant {
    pub(super) from: (f64, f64),
    pub(super) to: (f64, f64),
}

impl Slant {
    pub(super) fn length(&self) -> f64 {
        (self.to.0 - self.from.0).hypot(self.to.1 - self.from.1)
    }

    /// A point of it: 0 where it begins, 1 where it ends.
    pub(super) fn point(&self, at: f64) -> (f64, f64) {
        (self.from.0 + (self.to.0 - self.from.0) * at, self.from.1 + (self.to.1 - self.from.1) * at)
    }

    /// How much words along it are turned, clockwise.
    pub(super) fn degrees(&self) -> f64 {
        let (cos, sin) = self.rightwards();
        sin.atan2(cos).to_degrees()
    }

    /// A unit vector along it that goes to the right, so that words along it are upright.
    fn rightwards(&self) -> (f64, f64) {
        let length = self.length().max(f64::MIN_POSITIVE).copysign(self.to.0 - self.from.0);
        ((self.to.0 - self.from.0) / length, (self.to.1 - self.from.1) / length)
    }
}

impl Patch {
    /// A line as it is drawn.
    fn line(line: &Slant) -> Self {
        Self { middle: line.point(0.5), along: line.rightwards(), half: (line.length() / 2.0, 0.7) }
    }

    /// Words along a line: their middle at this point of it, and so far above.
    pub(super) fn on(line: &Slant, at: f64, above: f64, width: f64) -> Self {
        let ((x, y), along) = (line.point(at), line.rightwards());
        let middle = (x + along.1 * above, y - along.0 * above);
        Self { middle, along, half: (width / 2.0, HEIGHT / 2.0) }
    }

    /// Level words around this point.
    pub(super) const fn level(x: f64, y: f64, width: f64) -> Self {
        Self { middle: (x, y), along: (1.0, 0.0), half: (width / 2.0, HEIGHT / 2.0) }
    }

    /// How far it reaches from its middle along an axis.
    fn reach(&self, (x, y): (f64, f64)) -> f64 {
        let (cos, sin) = self.along;
        self.half.0 * (cos * x + sin * y).abs() + self.half.1 * (cos * y - sin * x).abs()
    }

    /// How far two lie over each other: by how much one would have to be moved, at least. Zero where they do not.
    fn over(&self, other: &Self) -> f64 {
        let (dx, dy) = (other.middle.0 - self.middle.0, other.middle.1 - self.middle.1);
        let mut least = f64::INFINITY;
        // Most things are told apart by their height alone.
        for axis in [(0.0, 1.0), self.along, across(self.along), other.along, across(other.along)] {
            let apart = (dx * axis.0 + dy * axis.1).abs();
            least = least.min(self.reach(axis) + other.reach(axis) - apart);
            if least <= 0.0 {
                return 0.0;
            }
        }
        least
    }
}

const fn across((x, y): (f64, f64)) -> (f64, f64) {
    (-y, x)
}

/// What is covered so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Covered {
    lines: Vec<Patch>,
    words: Vec<Patch>,
}

impl Covered {
    /// By these lines, and by no words.
    pub(super) fn by(lines: impl Iterator<Item = Slant>) -> Self {
        Self { lines: lines.map(|line| Patch::line(&line)).collect(), words: vec![] }
    }

    /// Covers the first of some places that is free, or else the one where it does the least harm; the earlier ones are
    /// better. Returns which one.
    pub(super) fn take(&mut self, places: &mut dyn Iterator<Item = Patch>) -> usize {
        let mut best: Option<(f64, usize, Patch)> = None;
        let mut rank = 0.0;
        for (index, place) in places.enumerate() {
            if best.is_some_and(|(harm, ..)| harm <= rank) {
                break;
            }
            // Deeper is no worse: half of their height is in the middle of the words.
            let over = |all: &[Patch]| {
                all.iter().map(|one| (place.over(one).min(HEIGHT / 2.0) - HARMLESS).max(0.0)).sum::<f64>()
            };
            let harm = rank + HARM * over(&self.words) + CROSSED * over(&self.lines);
            if best.is_none_or(|(least, ..)| harm < least) {
                best = Some((harm, index, place));
            }
            rank += 1.0;
        }
        best.map_or(0, |(_, index, place)| {
            self.words.push(place);
            index
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAT: Slant = Slant { from: (0.0, 100.0), to: (400.0, 100.0) };

    #[test]
    fn boxes_lie_over_each_other_by_the_shortest_way_out() {
        let words = Patch::level(100.0, 50.0, 80.0);
        for (x, y, over) in [(100.0, 50.0, 12.0), (100.0, 57.0, 5.0), (175.0, 50.0, 5.0), (180.0, 50.0, 0.0)] {
            assert!((words.over(&Patch::level(x, y, 80.0)) - over).abs() < 1e-9, "{x} {y}");
        }
        // A steep line that passes by the words' corner does not touch them, though it is as high.
        let past = Patch::line(&Slant { from: (150.0, 0.0), to: (142.0, 100.0) });
        assert!(words.over(&past).abs() < 1e-9);
        let through = Patch::line(&Slant { from: (120.0, 0.0), to: (90.0, 100.0) });
        assert!(words.over(&through) > 5.0);
    }

    #[test]
    fn words_stand_above_their_line_whichever_way_it_goes() {
        let back = Slant { from: FLAT.to, to: FLAT.from };
        for line in [FLAT, back] {
            let words = Patch::on(&line, 0.5, 7.0, 100.0);
            assert_eq!(words.middle, (200.0, 93.0));
            assert!(words.over(&Patch::line(&line)) < HARMLESS);
        }
    }

    #[test]
    fn the_first_free_place_is_taken_else_the_least_bad_one() {
        let mut covered = Covered::default();
        let places = |at: [f64; 3]| at.map(|at| Patch::on(&FLAT, at, 7.0, 100.0)).into_iter();
        assert_eq!(covered.take(&mut places([0.5, 0.2, 0.8])), 0);
        assert_eq!(covered.take(&mut places([0.5, 0.2, 0.8])), 1);
        assert_eq!(covered.take(&mut places([0.5, 0.2, 0.8])), 2);
        assert_eq!(covered.take(&mut places([0.5, 0.52, 0.54])), 0, "none is better than the first");
        assert_eq!(covered.take(&mut std::iter::empty()), 0);
    }

    #[test]
    fn words_rather_cross_a_line_than_other_words() {
        let steep = Slant { from: (200.0, 0.0), to: (210.0, 200.0) };
        let mut covered = Covered::by([steep].into_iter());
        let places = |at: [f64; 2]| at.map(|at| Patch::on(&FLAT, at, 7.0, 100.0)).into_iter();
        assert_eq!(covered.take(&mut places([0.2, 0.5])), 0);
        assert_eq!(covered.take(&mut places([0.2, 0.5])), 1, "over the line");
        assert_eq!(Covered::by([steep].into_iter()).take(&mut places([0.5, 0.2])), 1, "beside it, where there is room");
    }
}
