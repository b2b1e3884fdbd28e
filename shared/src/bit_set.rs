//! A set of small numbers, one bit each.

/// A set of small numbers, such as slots; iterated in ascending order.
#[derive(Clone, Debug, Default)]
pub struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    /// Adds a number.
    #[inline]
    pub fn insert(&mut self, number: u32) {
        let (word, bit) = split(number);
        if let Some(word) = self.words.get_mut(word) {
            *word |= bit;
        } else {
            self.grow(number);
        }
    }

    #[cold]
    fn grow(&mut self, number: u32) {
        let (word, bit) = split(number);
        self.words.resize(word + 1, 0);
        self.words[word] |= bit;
    }

    /// Removes a number, if it is there.
    #[inline]
    pub fn remove(&mut self, number: u32) {
        let (word, bit) = split(number);
        if let Some(word) = self.words.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Adds a number, or removes it.
    #[inline]
    pub fn set(&mut self, number: u32, is_in: bool) {
        if is_in { self.insert(number) } else { self.remove(number) }
    }

    /// Whether a number is in the set.
    #[inline]
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        let (word, bit) = split(number);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Removes all numbers; the memory stays allocated.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        numbers(self.words.iter().copied())
    }

    /// The numbers of this set or the other, ascending.
    pub fn union(&self, other: &Self) -> impl Iterator<Item = u32> {
        let count = self.words.len().max(other.words.len());
        let word = |set: &Self, at: usize| set.words.get(at).copied().unwrap_or(0);
        numbers((0..count).map(move |at| word(self, at) | word(other, at)))
    }
}

fn split(number: u32) -> (usize, u64) {
    (number as usize / 64, 1 << (number % 64))
}

fn numbers(words: impl Iterator<Item = u64>) -> impl Iterator<Item = u32> {
    (0..).step_by(64).zip(words).flat_map(|(first, word)| {
        let mut left = word;
        std::iter::from_fn(move || {
            let number = (left != 0).then(|| first + left.trailing_zeros());
            left &= left.wrapping_sub(1);
            number
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rng::Rng;

    #[test]
    fn a_set_holds_what_a_tree_does() {
        let mut rng = Rng::new(1);
        let mut sets = [BitSet::default(), BitSet::default()];
        let mut trees = [BTreeSet::new(), BTreeSet::new()];
        for _ in 0..5_000 {
            let (which, most) = (rng.below(2) as usize, if rng.one_in(2) { 400 } else { 100_000 });
            let number = rng.below(most);
            let is_in = rng.one_in(2);
            sets[which].set(number, is_in);
            if is_in {
                trees[which].insert(number)
            } else {
                trees[which].remove(&number)
            };
            assert!(sets[which].contains(number) == is_in);
        }
        for (set, tree) in sets.iter().zip(&trees) {
            assert!(set.iter().eq(tree.iter().copied()));
        }
        assert!(sets[0].union(&sets[1]).eq(trees[0].union(&trees[1]).copied()));
        sets[0].clear();
        assert_eq!(sets[0].iter().next(), None);
    }
}
