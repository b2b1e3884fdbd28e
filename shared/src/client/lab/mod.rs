//! A worse link, emulated in both directions on top of the real one.
//!
//! Messages wait in order until the emulated link would deliver them. As on TCP none is lost and
//! none overtakes another: a delay of one message delays those behind it.

pub(crate) mod conditions;

use std::collections::VecDeque;

use self::conditions::Conditions;
use crate::limits::{LAB_BYTES_MAX, LAB_MESSAGES_MAX};
use crate::rng::Rng;

/// Both directions of a link.
#[derive(Debug)]
pub struct Lab {
    inward: Direction,
    outward: Direction,
}

/// One direction of a link.
#[derive(Debug)]
struct Direction {
    conditions: Conditions,
    rng: Rng,
    /// Messages, each with its time of delivery, microseconds.
    in_flight: VecDeque<(u64, Vec<u8>)>,
    in_flight_bytes: usize,
    /// Nothing gets through before this time.
    held_until_us: u64,
    /// When the bandwidth is free again.
    busy_until_us: u64,
}

/// More is in flight than a [`Lab`] holds: its bandwidth is far too small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the link conditions let too little through: {LAB_BYTES_MAX} bytes are waiting")]
pub struct Overflow;

impl Lab {
    /// A link with these conditions; the seed decides everything random.
    #[must_use]
    pub fn new(conditions: Conditions, seed: u64) -> Self {
        let direction = |seed| Direction {
            conditions,
            rng: Rng::new(seed),
            in_flight: VecDeque::new(),
            in_flight_bytes: 0,
            held_until_us: 0,
            busy_until_us: 0,
        };
        Self { inward: direction(seed), outward: direction(!seed) }
    }

    /// Changes the conditions for messages that are sent from now on.
    pub fn set(&mut self, conditions: Conditions) {
        self.inward.conditions = conditions;
        self.outward.conditions = conditions;
    }

    /// Takes a message from the server.
    ///
    /// # Errors
    /// When too much is in flight: close the connection.
    pub fn arrive(&mut self, bytes: Vec<u8>, now_us: u64) -> Result<(), Overflow> {
        self.inward.push(bytes, now_us)
    }

    /// The next message from the server that is due.
    pub fn deliver(&mut self, now_us: u64) -> Option<Vec<u8>> {
        self.inward.pop(now_us)
    }

    /// Takes a message from the client.
    ///
    /// # Errors
    /// When too much is in flight: close the connection.
    pub fn send(&mut self, bytes: Vec<u8>, now_us: u64) -> Result<(), Overflow> {
        self.outward.push(bytes, now_us)
    }

    /// The next message from the client that is due on the real connection.
    pub fn depart(&mut self, now_us: u64) -> Option<Vec<u8>> {
        self.outward.pop(now_us)
    }

    /// When the next message is due, in either direction, microseconds.
    #[must_use]
    pub fn next_us(&self) -> Option<u64> {
        let next = |direction: &Direction| direction.in_flight.front().map(|(at_us, _)| *at_us);
        [&self.inward, &self.outward].into_iter().filter_map(next).min()
    }
}

impl Direction {
    fn push(&mut self, bytes: Vec<u8>, now_us: u64) -> Result<(), Overflow> {
        let waiting_bytes = self.in_flight_bytes + bytes.len();
        if self.in_flight.len() >= LAB_MESSAGES_MAX || waiting_bytes > LAB_BYTES_MAX {
            return Err(Overflow);
        }
        self.in_flight_bytes = waiting_bytes;
        let Conditions { latency_us, jitter_us, stall_share, stall_us, kbps } = self.conditions;
        let sent_us = if kbps > 0.0 {
            let takes_us = bytes.len() as f64 * 8e3 / kbps;
            self.busy_until_us = self.busy_until_us.max(now_us) + takes_us as u64;
            self.busy_until_us
        } else {
            now_us
        };
        let late_us = (f64::from(self.rng.unit()) * jitter_us as f64) as u64;
        let due_us = sent_us + (latency_us - jitter_us.min(latency_us)) / 2 + late_us;
        if f64::from(self.rng.unit()) < stall_share {
            self.held_until_us = self.held_until_us.max(due_us) + stall_us;
        }
        let last_us = self.in_flight.back().map_or(0, |(last_us, _)| *last_us);
        let at_us = due_us.max(self.held_until_us).max(last_us);
        self.in_flight.push_back((at_us, bytes));
        Ok(())
    }

    fn pop(&mut self, now_us: u64) -> Option<Vec<u8>> {
        let (at_us, _) = self.in_flight.front()?;
        if *at_us > now_us {
            return None;
        }
        let (_, bytes) = self.in_flight.pop_front()?;
        self.in_flight_bytes -= bytes.len();
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The delays of messages that are sent every 10 ms, microseconds.
    fn delays_us(link: &str, bytes: usize, count: u64) -> Vec<u64> {
        let mut lab = Lab::new(link.parse().unwrap(), 7);
        let mut delays = Vec::new();
        for step in 0..count * 30 {
            let now_us = step * 1_000;
            if step % 10 == 0 && step < count * 10 {
                lab.arrive(now_us.to_le_bytes().repeat(bytes / 8), now_us).unwrap();
            }
            while let Some(message) = lab.deliver(now_us) {
                let (sent_us, _) = message.split_first_chunk().unwrap();
                delays.push(now_us - u64::from_le_bytes(*sent_us));
            }
        }
        assert_eq!(delays.len() as u64, count, "all come through");
        delays
    }

    #[test]
    fn half_of_the_latency_is_on_each_way() {
        assert!(delays_us("", 8, 100).iter().all(|delay_us| *delay_us == 0));
        assert!(delays_us("100ms", 8, 100).iter().all(|delay_us| *delay_us == 50_000));
        let mut lab = Lab::new("100ms".parse().unwrap(), 1);
        lab.send(vec![1], 0).unwrap();
        assert_eq!(lab.next_us(), Some(50_000));
        assert_eq!(lab.depart(49_999), None);
        assert_eq!(lab.depart(50_000), Some(vec![1]));
    }

    #[test]
    fn jitter_lies_evenly_around_the_latency() {
        let delays = delays_us("100ms,jitter=60ms", 8, 2_000);
        let mean_us = delays.iter().sum::<u64>() / 2_000;
        // A message that waits for the one before is later than its own delay.
        assert!((50_000..60_000).contains(&mean_us), "{mean_us} us");
        let (least, most) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
        assert!((20_000..24_000).contains(least) && (77_000..=81_000).contains(most));
    }

    #[test]
    fn a_stall_holds_all_behind_it() {
        let delays = delays_us("stall=1%x250ms", 8, 2_000);
        let stalled = delays.iter().filter(|delay_us| **delay_us == 250_000).count();
        assert!((10..40).contains(&stalled), "{stalled} stalls of about 20");
        for pair in delays.windows(2) {
            let caught_up = pair[1] + 10_000 == pair[0] || pair[1] == 0;
            assert!(caught_up || pair[1] >= 250_000, "{pair:?}");
        }
    }

    #[test]
    fn bandwidth_takes_its_time() {
        // 100 bytes every 10 ms are 80 kbps.
        assert!(delays_us("kbps=100", 96, 100).iter().all(|delay_us| *delay_us <= 8_000));
        let delays = delays_us("kbps=40", 96, 100);
        assert!(delays.windows(2).all(|pair| pair[1] >= pair[0]), "{delays:?}");
        assert!(*delays.last().unwrap() > 900_000, "{delays:?}");
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut lab = Lab::new("5000ms".parse().unwrap(), 1);
        let sent = (0..LAB_MESSAGES_MAX + 10).filter(|_| lab.send(vec![1], 0).is_ok()).count();
        assert_eq!(sent, LAB_MESSAGES_MAX);
        assert_eq!(lab.arrive(vec![0; LAB_BYTES_MAX + 1], 0), Err(Overflow));
        assert_eq!(
            lab.arrive(vec![0; LAB_BYTES_MAX], 0),
            Ok(()),
            "what was refused does not count"
        );
    }
}
