//! When pings are due.

/// Microseconds between two pings.
const PING_PERIOD_US: u64 = 500_000;
/// The same for the first few, whose results are needed at once.
const FIRST_PING_PERIOD_US: u64 = 100_000;
/// How many those first ones are.
const FIRST_PINGS: u32 = 5;

/// The pings of a connection.
#[derive(Debug, Default)]
pub(super) struct Pings {
    /// When the next one is due; the first at once.
    next_us: u64,
    sent: u32,
}

impl Pings {
    /// Whether a ping is due; if so, the caller sends it.
    pub(super) fn is_due(&mut self, now_us: u64) -> bool {
        let due = now_us >= self.next_us;
        if due {
            self.sent = self.sent.saturating_add(1);
            let first = self.sent < FIRST_PINGS;
            let period_us = if first { FIRST_PING_PERIOD_US } else { PING_PERIOD_US };
            self.next_us = now_us.saturating_add(period_us);
        }
        due
    }

    /// When the next one is due, microseconds.
    pub(super) fn next_us(&self) -> u64 {
        self.next_us
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_is_due_every_half_second_and_at_first_more_often() {
        let mut pings = Pings::default();
        let due: Vec<u64> = (0..200)
            .map(|step| 70_000 + step * 10_000)
            .filter(|now_us| pings.is_due(*now_us))
            .map(|now_us| now_us / 1_000)
            .collect();
        assert_eq!(due, [70, 170, 270, 370, 470, 970, 1_470, 1_970]);
    }
}
