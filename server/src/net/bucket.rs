//! A rate limiter for one connection, with the time as an argument.

/// Lets one unit (a message, a byte) through every interval for long, and a burst at once: the
/// generic cell rate algorithm (ITU-T I.371).
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    interval_us: u64,
    burst_us: u64,
    /// When all that was let through would have been paid off.
    paid_us: u64,
}

impl Bucket {
    /// `units` in each `period_us`, and up to `burst` at once; all at least 1.
    pub(crate) fn new(units: u32, period_us: u64, burst: u32) -> Self {
        let interval_us = (period_us / u64::from(units)).max(1);
        Self { interval_us, burst_us: interval_us * u64::from(burst), paid_us: 0 }
    }

    /// Whether one unit may pass now.
    pub(crate) fn allows(&mut self, now_us: u64) -> bool {
        self.allows_all(1, now_us)
    }

    /// Whether so many units may pass together now.
    pub(crate) fn allows_all(&mut self, units: u32, now_us: u64) -> bool {
        let paid_us = self.paid_us.max(now_us) + u64::from(units) * self.interval_us;
        let allowed = paid_us <= now_us + self.burst_us;
        if allowed {
            self.paid_us = paid_us;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(bucket: &mut Bucket, messages: u32, now_us: u64) -> u32 {
        (0..messages).map(|_| u32::from(bucket.allows(now_us))).sum()
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let mut bucket = Bucket::new(10, 1_000_000, 20);
        assert_eq!(passed(&mut bucket, 100, 5_000_000), 20);
        assert_eq!(passed(&mut bucket, 100, 5_099_999), 0);
        assert_eq!(passed(&mut bucket, 100, 5_100_000), 1);
        assert_eq!(passed(&mut bucket, 100, 6_100_000), 10);
        assert_eq!(passed(&mut bucket, 100, 60_000_000), 20);
    }

    #[test]
    fn units_pass_together_or_not_at_all() {
        let mut bucket = Bucket::new(1_000, 1_000_000, 100);
        assert!(bucket.allows_all(60, 0) && !bucket.allows_all(41, 0));
        assert!(bucket.allows_all(40, 0) && !bucket.allows(0));
        assert!(!bucket.allows_all(11, 10_000) && bucket.allows_all(10, 10_000));
    }

    #[test]
    fn a_steady_sender_at_the_rate_always_passes() {
        let mut bucket = Bucket::new(3, 10_000_000, 1);
        for message in 0..1_000 {
            assert!(bucket.allows(message * 3_333_334));
        }
    }
}
