//! Whether a client gets a frame in this tick: the slow-client policy.
//!
//! A client that keeps up has a few frames in flight. One whose acknowledgements fall
//! [`UNACKNOWLEDGED_SECONDS_MAX`] behind gets a strike and is served stop-and-wait for a while: it
//! gets a frame only when it has seen the one before, so that it stays at the present and builds no
//! backlog. Each further strike doubles that while, up to about a minute; a long time without a
//! strike forgives the earlier ones. A client that takes nothing at all is closed.

use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::UNACKNOWLEDGED_SECONDS_MAX;

use crate::labels::labels;

/// A client that takes nothing for this long is closed, microseconds.
pub const TAKES_NOTHING_US_MAX: u64 = 10_000_000;
/// Strikes in a row after which the time of stop-and-wait stops growing: 2 s * 2^5.
const STRIKES_MAX: u32 = 5;
/// Multiples of `UNACKNOWLEDGED_SECONDS_MAX` after stop-and-wait without a strike, after which
/// earlier strikes are forgiven.
const FORGIVING: u32 = 32;

labels! {
    /// Why a client gets no frame in a tick.
    pub enum Skip {
        /// The transport has not taken the frame before.
        Backpressure = "backpressure",
        /// The client has not acknowledged the frame before.
        Unacknowledged = "unacknowledged",
    }
}

/// What happens to one client in one tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It gets a frame.
    Send,
    /// It gets none.
    Skip(Skip),
    /// It has taken nothing for too long.
    Close,
}

/// What a client has acknowledged, and whether it takes what it is sent.
#[derive(Debug)]
pub struct Pace {
    seen: Option<Tick>,
    /// The tick whose acknowledgement shows that it reads what it is sent.
    first: Option<Tick>,
    /// Whether it has acknowledged that tick.
    acknowledged: bool,
    /// The client is served stop-and-wait until this tick.
    stop_and_wait_until: Tick,
    strikes: u32,
    /// When it last took anything.
    taken_us: u64,
    unacknowledged_ticks_max: u32,
}

impl Pace {
    /// The pace of a client that joins at `now_us`.
    #[must_use]
    pub fn new(tick_hz: u16, now_us: u64) -> Self {
        Self {
            seen: None,
            first: None,
            acknowledged: false,
            stop_and_wait_until: Tick(0),
            strikes: 0,
            taken_us: now_us,
            unacknowledged_ticks_max: UNACKNOWLEDGED_SECONDS_MAX * u32::from(tick_hz),
        }
    }

    /// Notes that the client acknowledges `tick`. It cannot have seen more than `handed`, the tick
    /// of the last frame sent to it.
    pub fn saw(&mut self, tick: Tick, handed: Option<Tick>, now_us: u64) {
        let Some(handed) = handed else { return };
        let tick = tick.min(handed);
        self.acknowledged |= tick >= *self.first.get_or_insert(handed);
        if self.seen.is_none_or(|seen| tick > seen) {
            self.seen = Some(tick);
            self.taken_us = now_us;
        }
    }

    /// The newest tick that the client itself has acknowledged.
    #[must_use]
    pub fn acknowledged(&self) -> Option<Tick> {
        self.seen.filter(|_| self.acknowledged)
    }

    /// The newest tick that the client has acknowledged, or that before its first frame.
    #[must_use]
    pub fn seen(&self) -> Option<Tick> {
        self.seen
    }

    /// Notes that the transport took part of a pending frame. Other bytes do not count: answers to
    /// a client's pings say nothing about frames.
    pub fn took(&mut self, now_us: u64) {
        self.taken_us = now_us;
    }

    /// Decides about `tick` for a client whose last frame was that of tick `handed`. `taken` says
    /// whether the transport has taken everything.
    pub fn verdict(
        &mut self,
        tick: Tick,
        handed: Option<Tick>,
        taken: bool,
        now_us: u64,
    ) -> Verdict {
        let skip = match handed {
            _ if !taken => Some(Skip::Backpressure),
            Some(handed) => self.unacknowledged(tick, handed),
            None => None,
        };
        match skip {
            None => Verdict::Send,
            Some(_) if now_us.saturating_sub(self.taken_us) > TAKES_NOTHING_US_MAX => {
                Verdict::Close
            }
            Some(skip) => Verdict::Skip(skip),
        }
    }

    fn unacknowledged(&mut self, tick: Tick, handed: Tick) -> Option<Skip> {
        // Until it acknowledges a frame, a client is measured from its first one.
        let seen = *self.seen.get_or_insert(Tick(handed.0.saturating_sub(1)));
        if tick >= self.stop_and_wait_until {
            if tick.since(seen) <= self.unacknowledged_ticks_max {
                return None;
            }
            self.strike(tick);
        }
        (seen < handed).then_some(Skip::Unacknowledged)
    }

    fn strike(&mut self, tick: Tick) {
        if tick.since(self.stop_and_wait_until) > FORGIVING * self.unacknowledged_ticks_max {
            self.strikes = 0;
        }
        self.stop_and_wait_until =
            Tick(tick.0.saturating_add(self.unacknowledged_ticks_max << self.strikes));
        self.strikes = (self.strikes + 1).min(STRIKES_MAX);
    }

    /// Notes that a frame was sent, after that of tick `before`, if there was one.
    pub fn sent(&mut self, before: Option<Tick>, now_us: u64) {
        if before.is_none() {
            self.taken_us = now_us;
        }
    }
}

#[cfg(test)]
mod tests;
