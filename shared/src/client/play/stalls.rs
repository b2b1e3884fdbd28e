//! How long stalls held up inputs lately, so that the lead covers frequent ones.
//!
//! Rare stalls are not worth a lead that covers them: every input would take effect later for the
//! sake of a few. Stalls that are a property of the path are worth it: otherwise each of them makes
//! all inputs of its time late, and the own ship is corrected.

use std::collections::VecDeque;

/// How far back stalls are looked for, microseconds.
const LOOK_BACK_US: u64 = 10_000_000;
/// Number of stalls within that time that makes them a property of the path. The lead then covers
/// the third longest and leaves out the longer ones.
const OFTEN: usize = 3;
/// Reports of stalls less than this apart are of one stall, microseconds: pongs come twice a
/// second.
const SAME_US: u64 = 750_000;
/// Maximum number of stalls that are remembered.
const STALLS_MAX: usize = 32;

/// The stalls that inputs have met.
#[derive(Debug, Default)]
pub(crate) struct Stalls {
    /// When each was last seen, and the latency of the input that it held up longest, microseconds.
    seen: VecDeque<(u64, f64)>,
    covers: bool,
}

impl Stalls {
    /// A stall held up an input, whose latency so far is this.
    pub(crate) fn push(&mut self, latency_us: f64, now_us: u64) {
        if let Some((seen_us, longest_us)) = self.seen.back_mut()
            && now_us.saturating_sub(*seen_us) < SAME_US
        {
            (*seen_us, *longest_us) = (now_us, longest_us.max(latency_us));
            return;
        }
        if self.seen.len() == STALLS_MAX {
            self.seen.pop_front();
        }
        self.seen.push_back((now_us, latency_us));
    }

    /// The latency that the lead should cover; `None` if stalls are rare. Once it covers stalls,
    /// one fewer is enough to go on, so that the lead does not swing.
    pub(crate) fn covered_us(&mut self, now_us: u64) -> Option<f64> {
        let recent =
            self.seen.iter().filter(|(at_us, _)| now_us.saturating_sub(*at_us) < LOOK_BACK_US);
        let mut recent: Vec<f64> = recent.map(|(_, latency_us)| *latency_us).collect();
        recent.sort_unstable_by(|a, b| b.total_cmp(a));
        let often = if self.covers { OFTEN - 1 } else { OFTEN };
        let covered_us = recent.get(often - 1).copied();
        self.covers = covered_us.is_some();
        covered_us
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stalls_are_covered_while_they_come_often() {
        let mut stalls = Stalls::default();
        for (index, latency_us) in [300e3, 250e3, 200e3].into_iter().enumerate() {
            assert_eq!(stalls.covered_us(2_000_000), None);
            // Two frames report each.
            stalls.push(latency_us - 50e3, 1_000_000 * index as u64);
            stalls.push(latency_us, 1_000_000 * index as u64 + 40_000);
        }
        assert_eq!(stalls.covered_us(2_040_000), Some(200e3));
        // Then two are left, and then one.
        assert_eq!(stalls.covered_us(10_040_000), Some(200e3));
        assert_eq!(stalls.covered_us(11_040_000), None);
        assert_eq!(stalls.covered_us(11_040_000), None);
    }

    #[test]
    fn only_so_many_are_remembered() {
        let mut stalls = Stalls::default();
        (0..100).for_each(|index| stalls.push(index as f64, index * SAME_US));
        assert_eq!(stalls.seen.len(), STALLS_MAX);
    }
}
