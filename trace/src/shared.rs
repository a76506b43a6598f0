//! A map of many things for a world that is copied often: copies share what has not changed since.
//!
//! A timeline keeps a model for every stretch of a run, and the page makes another one for every moment that is looked
//! at. With tens of thousands of calls and frames, copying the list of them is most of that work. Here it is kept in
//! pieces: a copy shares the pieces, and a change copies one of them.

use std::ops::{Bound, Index, RangeBounds};
use std::sync::Arc;

/// How many things are in a piece that was filled in order.
const PIECE: usize = 64;

/// A sorted list of keys with their values, in pieces. Keys that come in their order, as our ids do, fill the last one.
#[derive(Clone, Debug)]
pub struct Shared<K, V>(Vec<(K, Piece<K, V>)>);

/// Some neighbours; in the list each stands behind its first key.
type Piece<K, V> = Arc<Vec<(K, V)>>;

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<K: Ord + Copy, V: Clone> Shared<K, V> {
    /// The piece in which a key is, or would be.
    fn piece(&self, key: &K) -> usize {
        match self.0.last() {
            Some((first, _)) if first <= key => self.0.len() - 1, // the most frequent case
            _ => self.0.partition_point(|(first, _)| first <= key).saturating_sub(1),
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        let (_, piece) = self.0.get(self.piece(key))?;
        let index = piece.binary_search_by(|(other, _)| other.cmp(key)).ok()?;
        Some(&piece[index].1)
    }

    /// The value of a key, to be changed: its piece is no longer shared.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.piece(key);
        let (_, piece) = self.0.get_mut(at)?;
        let index = piece.binary_search_by(|(other, _)| other.cmp(key)).ok()?;
        Some(&mut Arc::make_mut(piece)[index].1)
    }

    /// Whether a key is there.
    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Gives a key a value; returns the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = self.piece(&key);
        let count = self.0.len();
        match self.0.get_mut(at) {
            Some((first, piece)) => match piece.binary_search_by(|(other, _)| other.cmp(&key)) {
                Ok(index) => return Some(std::mem::replace(&mut Arc::make_mut(piece)[index].1, value)),
                Err(end) if end >= PIECE.max(piece.len()) && at + 1 == count => {
                    self.0.push((key, Arc::new(vec![(key, value)])));
                }
                Err(index) => {
                    Arc::make_mut(piece).insert(index, (key, value));
                    *first = (*first).min(key);
                }
            },
            None => self.0.push((key, Arc::new(vec![(key, value)]))),
        }
        None
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(|(_, piece)| piece.len()).sum()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values in the order of the keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.0.iter().flat_map(|(_, piece)| piece.iter()).map(|(key, value)| (key, value))
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// The keys in a range, with their values.
    pub fn range<R: RangeBounds<K>>(&self, keys: R) -> impl DoubleEndedIterator<Item = (&K, &V)> + use<'_, K, V, R> {
        let from = match keys.start_bound() {
            Bound::Included(key) | Bound::Excluded(key) => self.piece(key),
            Bound::Unbounded => 0,
        };
        let to = match keys.end_bound() {
            Bound::Included(key) | Bound::Excluded(key) => (self.piece(key) + 1).min(self.0.len()),
            Bound::Unbounded => self.0.len(),
        };
        let pieces = &self.0[from.min(to)..to];
        let within = move |pair: &&(K, V)| keys.contains(&pair.0);
        pieces.iter().flat_map(|(_, piece)| piece.iter()).filter(within).map(|(key, value)| (key, value))
    }
}

impl<K: Ord + Copy, V: Clone + PartialEq> PartialEq for Shared<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Ord + Copy, V: Clone> Index<&K> for Shared<K, V> {
    type Output = V;
    fn index(&self, key: &K) -> &V {
        self.get(key).expect("the key is there")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_btree_map(
            in_order in 0_u16..300,
            more in prop::collection::vec((0_u16..400, any::<u8>()), 0..200),
            from in 0_u16..420,
            to in 0_u16..420,
        ) {
            let (mut map, mut tree) = (Shared::default(), BTreeMap::new());
            for (key, value) in (0..in_order).map(|key| (100 + key, 0)).chain(more) {
                prop_assert_eq!(map.insert(key, value), tree.insert(key, value));
                prop_assert_eq!(map.get(&key), tree.get(&key));
            }
            prop_assert_eq!((map.len(), map.is_empty()), (tree.len(), tree.is_empty()));
            prop_assert!(map.iter().eq(tree.iter()) && map.values().rev().eq(tree.values().rev()));
            prop_assert!(map.range(from..).eq(tree.range(from..)) && map.range(..to).rev().eq(tree.range(..to).rev()));
            prop_assert!(from > to || map.range(from..=to).eq(tree.range(from..=to)));
            prop_assert_eq!(map.contains_key(&from), tree.contains_key(&from));
        }

        #[test]
        fn a_copy_stays_as_it_was(
            count in 1_u16..300,
            changes in prop::collection::vec((0_u16..400, any::<bool>()), 1..20),
        ) {
            let mut map = Shared::default();
            for key in 0..count {
                map.insert(key, 0);
            }
            let (copy, before) = (map.clone(), map.iter().map(|(key, value)| (*key, *value)).collect::<Vec<_>>());
            for (key, anew) in changes {
                if anew {
                    map.insert(key, 1);
                } else if let Some(value) = map.get_mut(&key) {
                    *value = 2;
                }
            }
            prop_assert!(copy.iter().map(|(key, value)| (*key, *value)).eq(before));
        }
    }

    #[test]
    fn copies_share_all_but_what_changed() {
        let mut map = Shared::default();
        for key in 0..1_000 {
            map.insert(key, key);
        }
        let copy = map.clone();
        map.insert(1_000, 0);
        *map.get_mut(&0).unwrap() = 7;
        let shared = copy.0.iter().zip(&map.0).filter(|((_, one), (_, other))| Arc::ptr_eq(one, other)).count();
        assert_eq!((copy.0.len(), shared), (16, 14));
    }
}
