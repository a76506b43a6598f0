//! A list of things with a vertical extent, of which those in a window are found without looking at all.

use std::ops::Range;

/// Something with a vertical extent.
pub trait Span {
    /// Its top and bottom; the bottom is infinite while it grows.
    fn span(&self) -> (f64, f64);
}

/// How many things share one extent in the index.
const BLOCK: usize = 64;

/// Things in the order in which they were added, with the extent of every block of them.
#[derive(Clone, Debug)]
pub(super) struct Windowed<T> {
    items: Vec<T>,
    blocks: Vec<(f64, f64)>,
}

impl<T> Default for Windowed<T> {
    fn default() -> Self {
        Self { items: vec![], blocks: vec![] }
    }
}

impl<T: Span> Windowed<T> {
    /// Adds a thing and tells its index.
    pub(super) fn push(&mut self, item: T) -> usize {
        let (top, bottom) = item.span();
        self.items.push(item);
        let index = self.items.len() - 1;
        match self.blocks.get_mut(index / BLOCK) {
            Some(block) => *block = (block.0.min(top), block.1.max(bottom)),
            None => self.blocks.push((top, bottom)),
        }
        index
    }

    /// Changes a thing.
    pub(super) fn update(&mut self, index: usize, change: impl FnOnce(&mut T)) {
        let Some(item) = self.items.get_mut(index) else { return };
        change(item);
        let block = index / BLOCK;
        let members = &self.items[block * BLOCK..self.items.len().min((block + 1) * BLOCK)];
        let grow = |extent: (f64, f64), item: &T| {
            let (top, bottom) = item.span();
            (extent.0.min(top), extent.1.max(bottom))
        };
        self.blocks[block] = members.iter().fold((f64::INFINITY, f64::NEG_INFINITY), grow);
    }

    pub(super) fn get(&self, index: usize) -> Option<&T> {
        self.items.get(index)
    }

    pub(super) fn last(&self) -> Option<&T> {
        self.items.last()
    }

    /// The things that reach into a window.
    pub(super) fn visible(&self, window: &Range<f64>) -> Vec<&T> {
        let touches = |(top, bottom): (f64, f64)| top <= window.end && bottom >= window.start;
        let blocks = self.blocks.iter().zip(self.items.chunks(BLOCK));
        let near = blocks.filter(|(extent, _)| touches(**extent)).flat_map(|(_, members)| members);
        near.filter(|item| touches(item.span())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Bar(f64, f64);

    impl Span for Bar {
        fn span(&self) -> (f64, f64) {
            (self.0, self.1)
        }
    }

    proptest! {
        #[test]
        fn the_index_finds_what_looking_at_all_finds(
            bars in prop::collection::vec((0.0..100.0, 0.0..30.0), 1..400),
            closed in prop::collection::vec((any::<prop::sample::Index>(), 0.0..10.0), 0..100),
            top in 0.0..110.0,
            height in 0.0..20.0,
        ) {
            let mut windowed = Windowed::default();
            for (top, height) in &bars {
                windowed.push(Bar(*top, if *height < 2.0 { f64::INFINITY } else { top + height }));
            }
            for (index, height) in closed {
                windowed.update(index.index(bars.len()), |bar| bar.1 = bar.0 + height);
            }
            let window = top..top + height;
            let all = windowed.items.iter().filter(|bar| bar.0 <= window.end && bar.1 >= window.start);
            prop_assert_eq!(windowed.visible(&window), all.collect::<Vec<_>>());
        }
    }
}
