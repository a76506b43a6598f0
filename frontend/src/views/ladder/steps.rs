//! A step of the ladder in words, for whoever lists steps and does not draw them.

use trace::compare::Step;
use trace::ladder::Ladder;
use trace::lesson::Lang;
use trace::time::Nanos;

use super::facts::name;
use super::geometry::Geometry;
use super::picture::Picture;
use super::words::Words;

/// Where a step was, and what it was.
pub(crate) fn in_words(ladder: &Ladder, lang: Lang, step: &Step<'_>) -> (String, String) {
    let (words, geometry) = (Words::of(lang), Geometry::of(ladder, 0.0, &(0.0..0.0)));
    let picture = Picture { ladder, geometry: &geometry, words, cursor: None, now: Nanos::ZERO, selected: None };
    let of = |host| name(ladder, host);
    match step {
        Step::Call(call) => (of(call.host), picture.told(call)),
        Step::Frame(arrow) => {
            let to = arrow.to.map(of).unwrap_or_default();
            (format!("{} → {to}", of(arrow.from)), picture.carried(arrow))
        }
        Step::Mark(mark) => (mark.host.map_or_else(|| words.whole_run.to_owned(), of), picture.marked(mark)),
    }
}
