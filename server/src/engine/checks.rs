//! The checksums recently sent to a client, and the mismatches that it claims.
//!
//! A view that does not match is the most serious thing a client can report about the server, so
//! the server does not believe the claim but compares it with what it sent. Nobody can prove what a
//! client holds, but a client that has not even seen the checksum cannot raise the alarm.

use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::CHECKSUM_TICKS;

/// Checksums remembered per client: those of 4 s at 30 Hz. A claim in flight for longer can no
/// longer be checked and counts as false.
const REMEMBERED: usize = 8;
/// Seconds between two log lines about one client's false claims.
const FALSE_CLAIM_LINE_S: u32 = 60;

/// A client's claim that its view did not match the checksum of one tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The tick whose checksum failed.
    pub tick: Tick,
    /// The checksum that the client says it received.
    pub expected: u32,
    /// The checksum of what the client held.
    pub actual: u32,
}

/// A client's claim that its copy of a document did not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentClaim {
    /// The number of the document.
    pub document: u8,
    /// The checksum that the client says it received.
    pub expected: u32,
    /// The checksum of what the client held.
    pub actual: u32,
}

/// The checksums of one client.
#[derive(Debug)]
pub struct Checks {
    /// The tick in which its view was last checked.
    last: Tick,
    sent: [Option<(Tick, u32)>; REMEMBERED],
    /// Index in `sent` of the next checksum.
    next: usize,
    /// No false claim is logged before this tick.
    quiet_until: Tick,
}

impl Checks {
    /// Creates the checks of a client whose view counts as checked in tick `last`.
    #[must_use]
    pub fn new(last: Tick) -> Self {
        Self { last, sent: [None; REMEMBERED], next: 0, quiet_until: Tick(0) }
    }

    /// Whether the frame of `tick` must carry a checksum.
    #[must_use]
    pub fn is_due(&self, tick: Tick) -> bool {
        tick.since(self.last) >= CHECKSUM_TICKS
    }

    /// Notes that the frame of `tick` carries this checksum.
    pub fn sent(&mut self, tick: Tick, checksum: u32) {
        self.last = tick;
        self.sent[self.next] = Some((tick, checksum));
        self.next = (self.next + 1) % REMEMBERED;
    }

    /// Checks whether a claim can be true.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn judge(&self, claim: &Claim) -> Result<(), &'static str> {
        let sent = self.sent.iter().flatten().find(|(tick, _)| *tick == claim.tick);
        match sent {
            None => Err("no checksum of that tick was sent lately"),
            Some((_, sent)) if *sent != claim.expected => Err("another checksum was sent"),
            Some(_) if claim.actual == claim.expected => Err("by its own word the view matches"),
            Some(_) => Ok(()),
        }
    }

    /// Whether to log a false claim now: one every `FALSE_CLAIM_LINE_S`.
    pub fn should_log(&mut self, tick: Tick, tick_hz: u16) -> bool {
        let is_due = tick >= self.quiet_until;
        if is_due {
            self.quiet_until = Tick(tick.0.saturating_add(FALSE_CLAIM_LINE_S * u32::from(tick_hz)));
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_due_every_so_many_ticks() {
        let mut checks = Checks::new(Tick(3));
        let due: Vec<u32> = (4..60)
            .filter(|tick| {
                let due = checks.is_due(Tick(*tick));
                if due {
                    checks.sent(Tick(*tick), 0);
                }
                due
            })
            .collect();
        assert_eq!(due, [19, 35, 51]);
    }

    #[test]
    fn a_claim_is_compared_with_what_was_sent() {
        let mut checks = Checks::new(Tick(0));
        let judge = |checks: &Checks, tick, expected, actual| {
            checks.judge(&Claim { tick: Tick(tick), expected, actual }).err().unwrap_or("true")
        };
        // Nothing was sent, not even zeros.
        assert_eq!(judge(&checks, 0, 0, 1), "no checksum of that tick was sent lately");
        for number in 1..=REMEMBERED as u32 + 1 {
            checks.sent(Tick(16 * number), 100 + number);
        }
        assert_eq!(judge(&checks, 16, 101, 1), "no checksum of that tick was sent lately");
        assert_eq!(judge(&checks, 33, 102, 1), "no checksum of that tick was sent lately");
        assert_eq!(judge(&checks, 32, 103, 1), "another checksum was sent");
        assert_eq!(judge(&checks, 32, 102, 102), "by its own word the view matches");
        assert_eq!(judge(&checks, 32, 102, 1), "true");
        assert_eq!(judge(&checks, 144, 109, 0), "true");
    }

    #[test]
    fn false_claims_are_told_of_once_a_minute() {
        let mut checks = Checks::new(Tick(0));
        let logged = (1..=2_500).filter(|tick| checks.should_log(Tick(*tick), 20));
        assert_eq!(logged.collect::<Vec<_>>(), [1, 1_201, 2_401]);
    }
}
