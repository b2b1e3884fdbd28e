//! Counts of whole numbers, exact to about three per cent.
//!
//! The swarm uses hdrhistogram. The core that browsers load uses this instead: a hundred lines that
//! need no other crate.

use std::fmt;

/// Steps per doubling; numbers below twice that many are exact.
const STEPS: u32 = 32;

/// How often numbers of each size occurred.
#[derive(Clone, Default)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max: u32,
}

impl Histogram {
    /// Counts a number.
    pub fn record(&mut self, number: u32) {
        let bucket = bucket(number);
        if self.counts.len() <= bucket {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += 1;
        self.total += 1;
        self.max = self.max.max(number);
    }

    /// Adds all of `other`'s counts.
    pub fn absorb(&mut self, other: &Self) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (sum, count) in self.counts.iter_mut().zip(&other.counts) {
            *sum += count;
        }
        self.total += other.total;
        self.max = self.max.max(other.max);
    }

    /// How many numbers were counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The largest number; 0 if there is none.
    #[must_use]
    pub fn max(&self) -> u32 {
        self.max
    }

    /// The number that this share (0 to 1) of all numbers does not exceed; 0 if there is none.
    #[must_use]
    pub fn quantile(&self, share: f64) -> u32 {
        let rank = (share * self.total as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        let reached = self.counts.iter().position(|count| {
            below += count;
            below >= rank
        });
        reached.map_or(0, |bucket| highest(bucket).min(self.max))
    }
}

impl fmt::Debug for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { total, max, .. } = self;
        let (p50, p99) = (self.quantile(0.5), self.quantile(0.99));
        write!(f, "Histogram({total} numbers, p50 {p50}, p99 {p99}, max {max})")
    }
}

fn bucket(number: u32) -> usize {
    let shift = (number / STEPS).checked_ilog2().unwrap_or(0);
    (shift * STEPS + (number >> shift)) as usize
}

/// The highest number of a bucket.
fn highest(bucket: usize) -> u32 {
    let bucket = bucket as u32;
    let shift = (bucket / STEPS).saturating_sub(1);
    let lowest = u64::from(bucket - shift * STEPS) << shift;
    u32::try_from(lowest + (1 << shift) - 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_a_bucket_of_about_its_size() {
        let near = |number: u32| [number.saturating_sub(1), number, number.saturating_add(1)];
        let numbers = (0..32).flat_map(|bit| near(1 << bit)).chain(0..5_000).chain([u32::MAX]);
        for number in numbers {
            let highest = highest(bucket(number));
            assert!(highest >= number, "{number}: {highest}");
            assert!(highest - number <= number / STEPS, "{number}: {highest}");
            assert_eq!(bucket(highest), bucket(number));
        }
    }

    #[test]
    fn quantiles_are_those_of_the_numbers() {
        let mut low = Histogram::default();
        assert_eq!((low.quantile(0.5), low.max(), low.total()), (0, 0, 0));
        (1..=50).for_each(|number| low.record(number));
        let mut all = Histogram::default();
        (51..=100).for_each(|number| all.record(number));
        all.absorb(&low);
        assert_eq!((all.total(), all.max()), (100, 100));
        assert_eq!(all.quantile(0.0), 1);
        assert_eq!(all.quantile(0.5), 50);
        assert!((99..=100).contains(&all.quantile(0.99)));
        assert_eq!(all.quantile(1.0), 100);
    }
}
