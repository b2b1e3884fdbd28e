//! The others, drawn a little behind the newest frame and blended between two ticks.
//!
//! The drawing clock runs at the server's rate. How far it stays behind follows from the jitter of
//! the arrivals; it is steered by running up to [`DILATION`] faster or slower, and jumps only when
//! it is lost. Past the newest frame entities move on by the game's own prediction for up to
//! [`EXTRAPOLATION_US`], then they hold.

use std::collections::VecDeque;

use super::replica::Seen;
use crate::game::Game;
use crate::ids::Tick;
use crate::limits::FIELDS_MAX;
use crate::schema::{Blend, Field, State};

/// Frames kept to blend between.
const FRAMES_MAX: usize = 16;
/// By what share the drawing clock may run faster or slower.
const DILATION: f64 = 0.1;
/// How long entities move on without a frame, microseconds.
const EXTRAPOLATION_US: f64 = 100_000.0;
/// The drawing clock jumps when it is off by more than this, microseconds.
const JUMP_US: f64 = 500_000.0;

#[derive(Debug)]
struct Frame {
    tick: Tick,
    visible: Vec<Seen>,
}

/// The last frames, and the clock that draws between them.
#[derive(Debug)]
pub(super) struct Timeline {
    period_us: f64,
    /// In order of their ticks. Only kept once something was drawn.
    frames: VecDeque<Frame>,
    drawing: bool,
    /// Local time at which tick 0 would have arrived: a slow mean over the arrivals.
    epoch_us: Option<f64>,
    /// Server time shown, microseconds since tick 0, and the local time at which it was.
    shown: Option<(f64, u64)>,
}

impl Timeline {
    pub(super) fn new(period_us: u64) -> Self {
        Self {
            period_us: period_us as f64,
            frames: VecDeque::new(),
            drawing: false,
            epoch_us: None,
            shown: None,
        }
    }

    /// Remembers a frame.
    pub(super) fn push(&mut self, tick: Tick, visible: impl Iterator<Item = Seen>, now_us: u64) {
        let arrived_us = now_us as f64 - f64::from(tick.0) * self.period_us;
        let epoch_us = self.epoch_us.get_or_insert(arrived_us);
        if (arrived_us - *epoch_us).abs() > JUMP_US {
            *epoch_us = arrived_us;
        } else {
            *epoch_us += (arrived_us - *epoch_us) / 32.0;
        }
        if !self.drawing {
            return;
        }
        let mut kept = match self.frames.len() {
            FRAMES_MAX => self.frames.pop_front().map(|frame| frame.visible).unwrap_or_default(),
            _ => Vec::new(),
        };
        kept.clear();
        kept.extend(visible);
        // In a crowd they come by lanes.
        kept.sort_unstable_by_key(|seen| seen.key);
        self.frames.push_back(Frame { tick, visible: kept });
    }

    /// Hands every entity in view to `put`, with its fields as of the drawing clock.
    /// Returns how far that is behind the newest frame, microseconds.
    pub(super) fn draw<G: Game>(
        &mut self,
        map: &G::Map,
        jitter_us: u32,
        now_us: u64,
        mut put: impl FnMut(&Seen, &[f32; FIELDS_MAX]),
    ) -> u32 {
        self.drawing = true;
        let Some(newest_us) = self.frames.back().map(|frame| self.time_us(frame)) else {
            return 0;
        };
        let shown_us = self.advance(jitter_us, now_us, newest_us + EXTRAPOLATION_US);
        let after = self.frames.partition_point(|frame| self.time_us(frame) < shown_us);
        match (after.checked_sub(1).map(|before| &self.frames[before]), self.frames.get(after)) {
            (Some(before), Some(newer)) => {
                let span_us = self.time_us(newer) - self.time_us(before);
                let share = ((shown_us - self.time_us(before)) / span_us) as f32;
                draw_between::<G>(before, newer, share, &mut put);
            }
            (None, Some(frame)) => {
                for seen in &frame.visible {
                    put(seen, &fields_as_drawn(&seen.state));
                }
            }
            (Some(newest), None) => {
                let ahead_us = (shown_us - newest_us).min(EXTRAPOLATION_US);
                draw_ahead::<G>(map, newest, (ahead_us / self.period_us) as f32, &mut put);
            }
            (None, None) => {}
        }
        (newest_us - shown_us).max(0.0) as u32
    }

    fn time_us(&self, frame: &Frame) -> f64 {
        f64::from(frame.tick.0) * self.period_us
    }

    /// Moves the drawing clock on to `now_us`, but not past `end_us`: it stops where the picture
    /// does, so that it is in place when frames come again.
    fn advance(&mut self, jitter_us: u32, now_us: u64, end_us: f64) -> f64 {
        let delay_us = self.period_us + (3.0 * f64::from(jitter_us)).min(4.0 * self.period_us);
        let wanted_us = now_us as f64 - self.epoch_us.unwrap_or(0.0) - delay_us;
        let shown_us = match self.shown {
            None => wanted_us,
            Some((shown_us, at_us)) => {
                let passed_us = now_us.saturating_sub(at_us) as f64;
                let off_us = wanted_us - (shown_us + passed_us);
                if off_us.abs() > JUMP_US {
                    wanted_us
                } else {
                    shown_us + passed_us + off_us.clamp(-DILATION * passed_us, DILATION * passed_us)
                }
            }
        };
        let shown_us = shown_us.min(end_us);
        self.shown = Some((shown_us, now_us));
        shown_us
    }
}

/// Both frames hold their entities in the order of growing keys.
fn draw_between<G: Game>(
    before: &Frame,
    newer: &Frame,
    share: f32,
    put: &mut impl FnMut(&Seen, &[f32; FIELDS_MAX]),
) {
    let mut earlier = before.visible.iter().peekable();
    for seen in &newer.visible {
        while earlier.next_if(|old| old.key < seen.key).is_some() {}
        match earlier.next_if(|old| old.key == seen.key) {
            Some(old) => {
                let fields = G::SCHEMA.fields(seen.state.kind);
                put(seen, &blend(fields, &old.state, &seen.state, share));
            }
            None => put(seen, &fields_as_drawn(&seen.state)),
        }
    }
}

fn draw_ahead<G: Game>(
    map: &G::Map,
    frame: &Frame,
    ticks: f32,
    put: &mut impl FnMut(&Seen, &[f32; FIELDS_MAX]),
) {
    for seen in &frame.visible {
        let (mut before, mut after) = (seen.state, seen.state);
        for _ in 0..ticks.ceil() as u32 {
            before = after;
            G::predict(map, &mut after);
        }
        let share = ticks - (ticks.ceil() - 1.0).max(0.0);
        put(seen, &blend(G::SCHEMA.fields(seen.state.kind), &before, &after, share));
    }
}

/// A state's fields as they are.
pub(super) fn fields_as_drawn(state: &State) -> [f32; FIELDS_MAX] {
    state.fields.map(|field| field as f32)
}

/// A state's fields at `share` (0 to 1) of the way from `before` to `after`.
pub(super) fn blend(
    fields: &[Field],
    before: &State,
    after: &State,
    share: f32,
) -> [f32; FIELDS_MAX] {
    let mut drawn = fields_as_drawn(after);
    for (index, field) in fields.iter().enumerate() {
        let (from, to) = (before.fields[index], after.fields[index]);
        let way = match field.blend {
            Blend::Step => continue,
            Blend::Linear => to - from,
            Blend::Turn => {
                let circle = field.max - field.min + 1;
                (to - from + circle / 2).rem_euclid(circle) - circle / 2
            }
        };
        drawn[index] = from as f32 + way as f32 * share;
    }
    drawn
}

#[cfg(test)]
mod tests;
