//! The own avatar, ahead of the server by the inputs that it has not acknowledged.
//!
//! Every input is applied at once by the game's own rules. When a frame says what the server made
//! of the inputs so far, those behind it are played again on top. What differs from what was
//! shown is a correction; drawing takes it back over [`SMOOTHING_US`].

use std::collections::VecDeque;

use super::timeline::{blend, fields_as_drawn};
use crate::game::Game;
use crate::limits::{FIELDS_MAX, PENDING_INPUTS_MAX};
use crate::schema::{Blend, State};

/// Time over which the drawing takes a correction back, microseconds.
const SMOOTHING_US: f32 = 100_000.0;
/// A correction larger than this (in the unit of the field) is shown at once.
const SNAP_DISTANCE: f32 = 2_048.0;

/// The own avatar and the inputs on their way.
#[derive(Debug)]
pub(super) struct Prediction<G: Game> {
    period_us: u64,
    pending: VecDeque<(u32, G::Input)>,
    ahead: Option<Ahead>,
}

/// The avatar at the last two steps of the own clock, and what the drawing still has to give back.
#[derive(Clone, Copy, Debug)]
struct Ahead {
    before: State,
    now: State,
    stepped_us: u64,
    error: [f32; FIELDS_MAX],
    error_us: u64,
}

impl<G: Game> Prediction<G> {
    pub(super) fn new(period_us: u64) -> Self {
        Self { period_us, pending: VecDeque::new(), ahead: None }
    }

    /// How many inputs are not acknowledged.
    pub(super) fn pending(&self) -> usize {
        self.pending.len()
    }

    /// The avatar with all inputs applied.
    pub(super) fn now(&self) -> Option<&State> {
        self.ahead.as_ref().map(|ahead| &ahead.now)
    }

    /// Applies a new input.
    pub(super) fn input(&mut self, map: &G::Map, seq: u32, input: G::Input, now_us: u64) {
        if self.pending.len() == PENDING_INPUTS_MAX {
            self.pending.pop_front();
        }
        self.pending.push_back((seq, input));
        if let Some(ahead) = &mut self.ahead {
            ahead.before = ahead.now;
            step::<G>(map, &mut ahead.now, &input);
            ahead.stepped_us = now_us;
        }
    }

    /// Starts again from what the server says. Returns the size of the correction, if the
    /// prediction was wrong: the largest difference of a drawn coordinate, at least 1.
    pub(super) fn reconcile(
        &mut self,
        map: &G::Map,
        own: Option<&State>,
        ack: u32,
        now_us: u64,
    ) -> Option<u32> {
        while self.pending.front().is_some_and(|(seq, _)| *seq <= ack) {
            self.pending.pop_front();
        }
        let Some(own) = own else {
            self.ahead = None;
            return None;
        };
        let (mut before, mut now) = (*own, *own);
        for (_, input) in &self.pending {
            before = now;
            step::<G>(map, &mut now, input);
        }
        let fresh =
            Ahead { before, now, stepped_us: now_us, error: [0.0; FIELDS_MAX], error_us: 0 };
        let old = self.ahead.replace(fresh)?;
        let ahead = self.ahead.insert(Ahead { stepped_us: old.stepped_us, ..fresh });
        if self.pending.is_empty() {
            ahead.keep_motion::<G>(&old);
        }
        ahead.error = old.error_at(now_us);
        ahead.error_us = now_us;
        if old.now == now {
            return None;
        }
        let shown = old.blended::<G>(self.period_us, now_us);
        let truth = ahead.blended::<G>(self.period_us, now_us);
        let mut size = 1;
        for (index, field) in G::SCHEMA.fields(now.kind).iter().enumerate() {
            if field.blend == Blend::Linear {
                size = size.max(old.now.fields[index].abs_diff(now.fields[index]));
                ahead.error[index] += shown[index] - truth[index];
                if ahead.error[index].abs() > SNAP_DISTANCE {
                    ahead.error[index] = 0.0;
                }
            }
        }
        Some(size)
    }

    /// Kind and fields of the avatar as it is to be drawn.
    pub(super) fn draw(&self, now_us: u64) -> Option<(u8, [f32; FIELDS_MAX])> {
        let ahead = self.ahead.as_ref()?;
        let mut fields = ahead.blended::<G>(self.period_us, now_us);
        for (field, error) in fields.iter_mut().zip(ahead.error_at(now_us)) {
            *field += error;
        }
        Some((ahead.now.kind, fields))
    }
}

impl Ahead {
    /// What is left of the last corrections.
    fn error_at(&self, now_us: u64) -> [f32; FIELDS_MAX] {
        let passed = now_us.saturating_sub(self.error_us) as f32 / SMOOTHING_US;
        self.error.map(|error| error * (1.0 - passed).max(0.0))
    }

    /// Nothing was played again that could be blended from: keeps the last step's motion on the
    /// screen, wherever it leads to now.
    fn keep_motion<G: Game>(&mut self, old: &Self) {
        self.before = old.before;
        for (index, field) in G::SCHEMA.fields(self.now.kind).iter().enumerate() {
            if field.blend == Blend::Linear {
                let motion = old.before.fields[index] - old.now.fields[index];
                self.before.fields[index] = self.now.fields[index].saturating_add(motion);
            }
        }
    }

    /// Between the last two steps, by the time that has passed since the last.
    fn blended<G: Game>(&self, period_us: u64, now_us: u64) -> [f32; FIELDS_MAX] {
        let passed = now_us.saturating_sub(self.stepped_us) as f32 / period_us.max(1) as f32;
        if passed >= 1.0 {
            return fields_as_drawn(&self.now);
        }
        blend(G::SCHEMA.fields(self.now.kind), &self.before, &self.now, passed)
    }
}

fn step<G: Game>(map: &G::Map, state: &mut State, input: &G::Input) {
    G::control(state, input);
    G::predict(map, state);
}

#[cfg(test)]
mod tests;
