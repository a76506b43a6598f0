//! Lanes beside a lifeline: each taker gets the nearest one that is free.

/// Who has which lane.
#[derive(Clone, Debug)]
pub(super) struct Lanes<T>(Vec<Option<T>>);

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<T: PartialEq> Lanes<T> {
    /// The lane of a taker, found or given.
    pub(super) fn of(&mut self, taker: T) -> usize {
        if let Some(lane) = self.0.iter().position(|owner| owner.as_ref() == Some(&taker)) {
            return lane;
        }
        if let Some(lane) = self.0.iter().position(Option::is_none) {
            self.0[lane] = Some(taker);
            return lane;
        }
        self.0.push(Some(taker));
        self.0.len() - 1
    }

    /// Gives a lane back.
    pub(super) fn leave(&mut self, taker: &T) {
        for owner in &mut self.0 {
            if owner.as_ref() == Some(taker) {
                *owner = None;
            }
        }
    }

    /// How many lanes there are up to the outermost that is taken.
    pub(super) fn taken(&self) -> usize {
        self.0.iter().rposition(Option::is_some).map_or(0, |lane| lane + 1)
    }

    /// How many lanes there ever were.
    pub(super) const fn most(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_free_lane() {
        let mut lanes = Lanes::default();
        assert_eq!((lanes.of('a'), lanes.of('b'), lanes.of('a')), (0, 1, 0));
        lanes.leave(&'a');
        assert_eq!(lanes.taken(), 2);
        assert_eq!(lanes.of('c'), 0);
        lanes.leave(&'b');
        assert_eq!((lanes.taken(), lanes.most()), (1, 2));
    }
}
