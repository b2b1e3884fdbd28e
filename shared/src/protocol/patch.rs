//! How a record's bytes change: what stays at the start, what is put in place of a few bytes, and
//! what stays and follows at the end.
//!
//! ```text
//! before:  [ keep ][ cut ][ stays      ]
//! after:   [ keep ][ put ][ stays      ][ tail ]
//! ```
//! A number that changes, and a list that grows at the end of a record (its length changes, then
//! more follows), both take a few bytes.

use serde::{Deserialize, Serialize};

/// Longest `cut` and `put` that a patch with a tail tries: a length in bincode takes up to this many
/// bytes where a record can hold it.
const LENGTH_BYTES_MAX: usize = 3;

/// What makes new bytes of old ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch {
    /// Bytes that stay at the start.
    pub keep: u16,
    /// Bytes after them that go.
    pub cut: u16,
    /// What is put in their place.
    pub put: Vec<u8>,
    /// What follows at the end.
    pub tail: Vec<u8>,
}

impl Patch {
    /// The patch that makes `after` of `before`, both of up to `u16::MAX` bytes.
    #[must_use]
    pub fn between(before: &[u8], after: &[u8]) -> Self {
        let keep = common(before.iter().zip(after));
        let (old, new) = (&before[keep..], &after[keep..]);
        let at_end = common(old.iter().rev().zip(new.iter().rev()));
        let middle = Self::new(keep, old.len() - at_end, &new[..new.len() - at_end], &[]);
        let grown = (0..=LENGTH_BYTES_MAX.min(old.len())).filter_map(|cut| {
            let stays = &old[cut..];
            let put = (cut..=LENGTH_BYTES_MAX).find(|put| {
                new.len() >= put + stays.len() && &new[*put..put + stays.len()] == stays
            })?;
            Some(Self::new(keep, cut, &new[..put], &new[put + stays.len()..]))
        });
        let all = std::iter::once(middle).chain(grown);
        all.min_by_key(Self::body_bytes).unwrap_or_else(|| Self::new(0, old.len(), new, &[]))
    }

    fn new(keep: usize, cut: usize, put: &[u8], tail: &[u8]) -> Self {
        Self { keep: keep as u16, cut: cut as u16, put: put.to_vec(), tail: tail.to_vec() }
    }

    /// The bytes that it brings.
    #[must_use]
    pub fn body_bytes(&self) -> usize {
        self.put.len() + self.tail.len()
    }

    /// The patch that does what this one does and then `next`, which leads to `after`. `None` if it
    /// takes more than one patch: `next` cuts into what this one put at the end.
    #[must_use]
    pub fn then(&self, next: &Self, after: &[u8]) -> Option<Self> {
        let [keep, cut, put] = [self.keep.into(), self.cut.into(), self.put.len()];
        let [next_keep, next_cut] = [usize::from(next.keep), usize::from(next.cut)];
        // In the bytes between the two: from where to where either of them touched anything.
        let start = keep.min(next_keep);
        let end = (keep + put).max(next_keep + next_cut);
        let stays_end = after.len() + next_cut - next.put.len() - next.tail.len() - self.tail.len();
        if end > stays_end {
            return None;
        }
        Some(Self {
            keep: start as u16,
            cut: (end + cut - put - start) as u16,
            put: after[start..end + next.put.len() - next_cut].to_vec(),
            tail: [&self.tail[..], &next.tail].concat(),
        })
    }

    /// The patched bytes; `None` if the patch is not one of such bytes.
    #[must_use]
    pub fn apply(&self, before: &[u8]) -> Option<Vec<u8>> {
        let (start, rest) = before.split_at_checked(usize::from(self.keep))?;
        let stays = rest.get(usize::from(self.cut)..)?;
        Some([start, &self.put, stays, &self.tail].concat())
    }
}

/// The length of the equal start.
fn common<'a>(pairs: impl Iterator<Item = (&'a u8, &'a u8)>) -> usize {
    pairs.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::codec::encode;
    use crate::rng::Rng;

    #[test]
    fn a_patch_makes_the_new_bytes_of_the_old() {
        let mut rng = Rng::new(3);
        for _ in 0..20_000 {
            let bytes = |rng: &mut Rng| -> Vec<u8> {
                (0..rng.below(12)).map(|_| rng.below(3) as u8).collect()
            };
            let (before, after) = (bytes(&mut rng), bytes(&mut rng));
            let patch = Patch::between(&before, &after);
            assert_eq!(patch.apply(&before), Some(after.clone()), "{before:?} {after:?} {patch:?}");
            assert!(patch.body_bytes() <= after.len());
        }
    }

    #[test]
    fn two_patches_are_one_if_they_can_be() {
        let (mut rng, mut joined) = (Rng::new(4), 0);
        for _ in 0..20_000 {
            let bytes = |rng: &mut Rng| -> Vec<u8> {
                (0..rng.below(12)).map(|_| rng.below(3) as u8).collect()
            };
            let [before, between, after] = [0; 3].map(|_| bytes(&mut rng));
            let (first, next) =
                (Patch::between(&before, &between), Patch::between(&between, &after));
            if let Some(patch) = first.then(&next, &after) {
                assert_eq!(patch.apply(&before), Some(after), "{before:?} {first:?} {next:?}");
                joined += 1;
            }
        }
        assert!(joined > 10_000, "only {joined}");
    }

    #[test]
    fn what_grows_twice_takes_what_it_grew_by() {
        let stroke = |points: usize| encode(&(7u8, vec![(5i8, -3i8); points]));
        let [one, two, three] = [100, 103, 106].map(stroke);
        let patch = Patch::between(&one, &two).then(&Patch::between(&two, &three), &three);
        let patch = patch.unwrap();
        assert_eq!(patch.apply(&one), Some(three));
        assert!(patch.body_bytes() <= 12 + LENGTH_BYTES_MAX, "{patch:?}");
    }

    #[test]
    fn what_grows_at_the_end_takes_what_it_grew_by() {
        let stroke = |points: usize| encode(&(7u8, vec![(5i8, -3i8); points]));
        for points in [1, 100, 249, 250, 251, 400] {
            let (before, after) = (stroke(points), stroke(points + 3));
            let patch = Patch::between(&before, &after);
            assert!(patch.body_bytes() <= 6 + LENGTH_BYTES_MAX, "{points} points: {patch:?}");
            assert_eq!(patch.apply(&before), Some(after));
        }
    }

    #[test]
    fn a_number_in_the_middle_takes_its_own_bytes() {
        let note = |x: i32| encode(&(7u8, x, "a text that stays as it is"));
        let patch = Patch::between(&note(4_000), &note(4_001));
        assert!(patch.body_bytes() <= 2 && patch.tail.is_empty(), "{patch:?}");
    }

    #[test]
    fn a_patch_of_other_bytes_is_refused() {
        let patch = Patch { keep: 3, cut: 2, put: vec![1], tail: vec![] };
        assert_eq!(patch.apply(&[0; 4]), None);
        assert_eq!(patch.apply(&[0; 2]), None);
        assert_eq!(patch.apply(&[0; 5]), Some(vec![0, 0, 0, 1]));
    }
}
