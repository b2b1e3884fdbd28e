//! A rate limiter, for one connection or for what everybody asks for, with the times as arguments.
//!
//! What is read now arrived at some time since the socket was last seen empty. A unit is refused
//! only if it exceeds the limit at every time at which it may have arrived. While the server does
//! not read (it is busy, or its process or machine was stopped) a client earns what it may send,
//! and one that keeps to the limit is never refused.

/// Lets one unit (a message, a byte) through per interval in the long run, and a burst at once: the
/// generic cell rate algorithm (ITU-T I.371).
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    interval_us: u64,
    burst_us: u64,
    /// When everything that was let through will be paid off.
    paid_us: u64,
}

impl Bucket {
    /// Allows `units` in each `period_us`, and up to `burst` at once; all at least 1.
    pub(crate) fn new(units: u32, period_us: u64, burst: u32) -> Self {
        let interval_us = (period_us / u64::from(units)).max(1);
        Self { interval_us, burst_us: interval_us * u64::from(burst), paid_us: 0 }
    }

    /// Whether one unit may pass that is read at `now_us` and arrived after `since_us`.
    pub(crate) fn allows(&mut self, since_us: u64, now_us: u64) -> bool {
        self.allows_all(1, since_us, now_us)
    }

    /// The same for several units together.
    pub(crate) fn allows_all(&mut self, units: u32, since_us: u64, now_us: u64) -> bool {
        let since_us = since_us.min(now_us);
        let paid_us = self.paid_us.max(since_us) + u64::from(units) * self.interval_us;
        let allowed = paid_us <= now_us + self.burst_us;
        if allowed {
            self.paid_us = paid_us;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::rng::Rng;

    use super::*;

    fn passed(bucket: &mut Bucket, messages: u32, now_us: u64) -> u32 {
        (0..messages).map(|_| u32::from(bucket.allows(now_us, now_us))).sum()
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
        let mut allows = |units, now_us| bucket.allows_all(units, now_us, now_us);
        assert!(allows(60, 0) && !allows(41, 0));
        assert!(allows(40, 0) && !allows(1, 0));
        assert!(!allows(11, 10_000) && allows(10, 10_000));
    }

    #[test]
    fn a_steady_sender_at_the_rate_always_passes() {
        let mut bucket = Bucket::new(3, 10_000_000, 1);
        for message in 0..1_000 {
            assert!(bucket.allows(message * 3_333_334, message * 3_333_334));
        }
    }

    #[test]
    fn what_came_while_nobody_read_counts_from_when_it_may_have_come() {
        let mut bucket = Bucket::new(10, 1_000_000, 20);
        assert_eq!(passed(&mut bucket, 100, 5_000_000), 20);
        // The server stands still for 14 s, in which a client may send 140, and the earlier burst
        // is paid off.
        let mut read = |count: u32, now_us| {
            (0..count).map(|_| u32::from(bucket.allows(5_000_000, now_us))).sum::<u32>()
        };
        assert_eq!(read(139, 19_000_000), 139);
        assert_eq!(read(100, 19_000_000), 1, "no more than it may");
        // Once the socket has been empty, the limit is as before.
        assert_eq!(passed(&mut bucket, 100, 19_000_000), 0);
        assert_eq!(passed(&mut bucket, 100, 60_000_000), 20);
    }

    #[test]
    fn whoever_keeps_to_the_rate_passes_however_late_it_is_read() {
        for seed in 0..20 {
            let (mut bucket, mut rng) = (Bucket::new(10, 1_000_000, 20), Rng::new(seed));
            let (mut now_us, mut empty_us, mut sent) = (0, 0, 0);
            for _ in 0..200 {
                now_us += u64::from(rng.below(4_000_000));
                // Ten a second, which the network delays by up to 1.9 s and delivers together.
                let due = (now_us + u64::from(rng.below(1_900_000))) / 100_000;
                while sent < due {
                    assert!(bucket.allows(empty_us, now_us), "seed {seed}, message {sent}");
                    sent += 1;
                }
                empty_us = now_us;
            }
        }
    }
}
