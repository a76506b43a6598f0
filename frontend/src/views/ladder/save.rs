//! The ladder as a file. For a moment it is drawn whole, and what stands there then is written with its colours.

use std::ops::Range;

use wasm_bindgen::prelude::*;
use web_sys::Element;

use crate::state::scope::Picture;

/// How many pixels a picture is high at most: some two thousand rows. Of a longer run it is the part that is in sight,
/// and what follows.
const HIGHEST: f64 = 30_000.0;

#[wasm_bindgen(module = "/src/views/ladder/save.js")]
extern "C" {
    /// Copies the picture at once, and hands the file out when it is done.
    #[wasm_bindgen(js_name = savePicture)]
    fn save_picture(head: &Element, picture: &Element, top: f64, height: f64, name: &str);
}

/// The pixels of a picture that is so high which a file shows, where those in sight begin here.
pub(super) fn part(height: f64, top: f64) -> Range<f64> {
    if height <= HIGHEST {
        return 0.0..height;
    }
    let top = top.clamp(0.0, height - HIGHEST);
    top..top + HIGHEST
}

/// Saves what the ladder's place holds.
pub(super) fn save(place: &Element, part: &Range<f64>, picture: Picture) {
    let found = |name| place.query_selector(name).ok().flatten();
    let (Some(head), Some(body)) = (found(".ladder-head"), found(".ladder-picture")) else { return };
    let (top, height) = (part.start, part.end - part.start);
    let name = match picture {
        Picture::Svg => "ladder.svg",
        Picture::Png => "ladder.png",
    };
    save_picture(&head, &body, top, height, name);
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn a_short_run_is_saved_whole_and_of_a_long_one_what_is_in_sight() {
        assert_eq!(part(900.0, 300.0), 0.0..900.0);
        assert_eq!(part(90_000.0, 300.0), 300.0..30_300.0);
        assert_eq!(part(90_000.0, 89_000.0), 60_000.0..90_000.0);
    }
}
