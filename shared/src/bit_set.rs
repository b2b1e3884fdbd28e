//! A set of small numbers, one bit each.

/// A set of small numbers, such as slots; iterated in ascending order. Going through it costs what is
/// in it, however large the numbers are.
#[derive(Clone, Debug, Default)]
pub struct BitSet {
    words: Vec<u64>,
    /// One bit for each word: set for those that are not 0.
    used: Vec<u64>,
}

impl BitSet {
    /// Adds a number.
    #[inline]
    pub fn insert(&mut self, number: u32) {
        let (word, bit) = split(number);
        match self.words.get_mut(word) {
            Some(word) if *word != 0 => *word |= bit,
            _ => self.insert_first(number),
        }
    }

    /// Adds the first number of a word.
    #[cold]
    fn insert_first(&mut self, number: u32) {
        let (word, bit) = split(number);
        let (used, used_bit) = split(word as u32);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
            self.used.resize(used + 1, 0);
        }
        self.words[word] |= bit;
        self.used[used] |= used_bit;
    }

    /// Removes a number, if it is there.
    #[inline]
    pub fn remove(&mut self, number: u32) {
        let (at, bit) = split(number);
        if let Some(word) = self.words.get_mut(at).filter(|word| **word & bit != 0) {
            *word &= !bit;
            if *word == 0 {
                let (used, bit) = split(at as u32);
                self.used[used] &= !bit;
            }
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
        let Self { words, used } = self;
        for (first, used) in (0..).step_by(64).zip(used) {
            bits(std::mem::take(used)).for_each(|word| words[(first + word) as usize] = 0);
        }
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        numbers(self.used.iter().copied(), |word| self.words[word])
    }

    /// The numbers of this set or the other, ascending.
    pub fn union(&self, other: &Self) -> impl Iterator<Item = u32> {
        fn at(words: &[u64], at: usize) -> u64 {
            words.get(at).copied().unwrap_or(0)
        }
        let count = self.used.len().max(other.used.len());
        let used = (0..count).map(move |word| at(&self.used, word) | at(&other.used, word));
        numbers(used, |word| at(&self.words, word) | at(&other.words, word))
    }
}

fn split(number: u32) -> (usize, u64) {
    (number as usize / 64, 1 << (number % 64))
}

/// The numbers of the bits in the words that are used.
fn numbers(
    used: impl Iterator<Item = u64>,
    word: impl Fn(usize) -> u64,
) -> impl Iterator<Item = u32> {
    let words =
        (0..).step_by(64).zip(used).flat_map(|(first, used)| bits(used).map(move |at| first + at));
    words.flat_map(move |at: u32| bits(word(at as usize)).map(move |bit| at * 64 + bit))
}

/// The numbers of the bits that are set in a word.
fn bits(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let number = (word != 0).then(|| word.trailing_zeros());
        word &= word.wrapping_sub(1);
        number
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
        for turn in 0..5_000 {
            if turn == 2_500 {
                sets[1].clear();
                trees[1].clear();
                assert_eq!(sets[1].iter().next(), None);
            }
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
        // Until nothing is left.
        for number in std::mem::take(&mut trees[0]) {
            sets[0].remove(number);
            assert!(!sets[0].contains(number));
        }
        assert_eq!(sets[0].iter().next(), None);
    }
}
