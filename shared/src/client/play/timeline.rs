//! The others, drawn a little behind the newest frame and blended between two ticks.
//!
//! Frames are stored tick by tick; the game's own prediction fills in skipped ticks. Past the
//! newest frame entities move on by prediction for up to [`EXTRAPOLATION_US`], then they hold. When
//! later frames differ from what was shown, the drawing eases the difference instead of jumping.

use std::collections::VecDeque;

use super::drawing::{
    Drawn, Easing, SNAP_DISTANCE, ahead, blend, distance_between, fields_as_drawn, off,
};
use crate::client::receive::replica::Seen;
use crate::game::{Context, Frames, Game};
use crate::ids::Tick;
use crate::limits::HISTORY_TICKS;
use crate::replication::change::predict;
use crate::schema::{Blend, State};

/// Maximum number of frames that are stored to blend between.
const FRAMES_MAX: usize = 64;
/// How long entities move on without a frame, microseconds.
pub(crate) const EXTRAPOLATION_US: f64 = 100_000.0;

/// Largest share of its speed by which an entity is drawn faster while an error is eased.
const CATCHING_UP: f32 = 0.8;
/// Largest error that is eased instead of jumped, in ticks of the entity's movement.
const STALL_TICKS: f32 = 16.0;

#[derive(Debug)]
struct Frame {
    tick: Tick,
    /// In the order of their keys.
    visible: Vec<Seen>,
}

/// The last frames, and what was drawn of them.
#[derive(Debug)]
pub(crate) struct Timeline {
    period_us: f64,
    /// In the order of their ticks. Empty until something is drawn.
    frames: VecDeque<Frame>,
    drawing: bool,
    /// Whether frames that arrived since the last picture may differ from it.
    revised: bool,
    /// The last picture without easing, in the order of the keys.
    picture: Vec<Part>,
    before: Vec<Part>,
    view_time_us: f64,
}

/// One entity of a picture.
#[derive(Clone, Debug)]
struct Part {
    key: u32,
    kind: u8,
    fields: Drawn,
    /// How far it moves in a tick, grid units.
    speed: f32,
    easing: Easing,
}

impl Timeline {
    pub(crate) fn new(period_us: u64) -> Self {
        Self {
            period_us: period_us as f64,
            frames: VecDeque::new(),
            drawing: false,
            revised: false,
            picture: Vec::new(),
            before: Vec::new(),
            view_time_us: 0.0,
        }
    }

    /// Server time of the newest frame, microseconds since tick 0.
    pub(crate) fn newest_us(&self) -> Option<f64> {
        self.frames.back().map(|frame| self.time_us(frame))
    }

    /// Whether nothing has been drawn yet, so that no frame is stored. From now on they are.
    pub(crate) fn starts(&mut self) -> bool {
        !std::mem::replace(&mut self.drawing, true)
    }

    /// Stores a frame of the context's tick. Returns whether it is too far from the one before to blend between them.
    pub(crate) fn push<G: Game>(
        &mut self,
        context: Context<'_, G::Map>,
        visible: impl Iterator<Item = Seen>,
    ) -> bool {
        if !self.drawing {
            return false;
        }
        let mut visible: Vec<Seen> = visible.collect();
        // In a crowd they are in the order of their lanes.
        visible.sort_unstable_by_key(|seen| seen.key);
        self.revised |= self.newest_us().is_some_and(|newest_us| self.view_time_us > newest_us);
        let far = self.newest_us().is_some() && !self.fill_up_to::<G>(context, &visible);
        self.keep(Frame { tick: context.tick, visible });
        far
    }

    /// Whether, by prediction from the frame before the newest, an entity touched another, which
    /// may be gone by now.
    pub(crate) fn was_touching<G: Game>(&self, context: Context<'_, G::Map>, key: u32) -> bool {
        let before = self.frames.len().checked_sub(2).map(|at| &self.frames[at]);
        let Some(before) = before else { return false };
        let context = context.at(before.tick.next());
        let mut then = before.visible.clone();
        then.iter_mut().for_each(|seen| G::predict(context, &mut seen.state));
        let own = then.iter().find(|seen| seen.key == key);
        own.is_some_and(|own| {
            then.iter().any(|seen| seen.key != key && G::touch(&own.state, &seen.state))
        })
    }

    fn keep(&mut self, frame: Frame) {
        while self.frames.len() >= FRAMES_MAX
            || self.frames.get(1).is_some_and(|second| self.time_us(second) < self.view_time_us)
        {
            self.frames.pop_front();
        }
        self.frames.push_back(frame);
    }

    /// Fills in the ticks between the newest frame and this one: each entity moves by prediction
    /// and by an even share of its residual. Returns whether that is possible.
    fn fill_up_to<G: Game>(&mut self, context: Context<'_, G::Map>, visible: &[Seen]) -> bool {
        let Some(newest) = self.frames.back() else {
            return true;
        };
        let age = context.tick.since(newest.tick);
        if age as usize > HISTORY_TICKS {
            // That is too long: the picture starts over.
            (self.revised, self.picture) = (false, Vec::new());
            self.frames.clear();
            return false;
        }
        let mut moving = newest.visible.clone();
        let mut ends = moving.clone();
        let from = context.at(newest.tick);
        ends.iter_mut().for_each(|seen| predict::<G>(from, &mut seen.state, age));
        for step in 1..age {
            let context = from.at(Tick(from.tick.0 + step));
            moving.iter_mut().for_each(|seen| G::predict(context, &mut seen.state));
            let mut filled = moving.clone();
            let share = match G::FRAMES {
                Frames::EveryTick => step as f32 / age as f32,
                // The frame came in the tick in which it happened.
                Frames::OnChange => 0.0,
            };
            for (seen, end) in filled.iter_mut().zip(&ends) {
                if let Ok(at) = visible.binary_search_by_key(&seen.key, |seen| seen.key) {
                    approach::<G>(&mut seen.state, &end.state, &visible[at].state, share);
                }
            }
            self.keep(Frame { tick: context.tick, visible: filled });
        }
        true
    }

    /// Passes every entity in view to `put`: key, kind, fields at `view_time_us` (server time), and
    /// how far it moves in a tick.
    pub(crate) fn draw<G: Game>(
        &mut self,
        context: Context<'_, G::Map>,
        view_time_us: f64,
        now_us: u64,
        mut put: impl FnMut(u32, u8, &Drawn, f32),
    ) {
        self.drawing = true;
        if std::mem::take(&mut self.revised) {
            self.revise::<G>(context, now_us);
        }
        std::mem::swap(&mut self.picture, &mut self.before);
        self.picture.clear();
        self.sample::<G>(context, view_time_us);
        self.view_time_us = view_time_us;
        let mut before = self.before.iter().peekable();
        for part in &mut self.picture {
            while before.next_if(|old| old.key < part.key).is_some() {}
            if let Some(old) = before.next_if(|old| old.key == part.key)
                && !old.easing.is_over(now_us)
            {
                part.easing = old.easing;
            }
            let mut fields = part.fields;
            part.easing.apply(&mut fields, now_us);
            put(part.key, part.kind, &fields, part.speed);
        }
    }

    /// Eases the difference between what was shown last and the frames, at less than twice the
    /// entity's speed.
    fn revise<G: Game>(&mut self, context: Context<'_, G::Map>, now_us: u64) {
        std::mem::swap(&mut self.picture, &mut self.before);
        self.picture.clear();
        self.sample::<G>(context, self.view_time_us);
        let mut before = self.before.iter().peekable();
        for part in &mut self.picture {
            while before.next_if(|old| old.key < part.key).is_some() {}
            if let Some(old) = before.next_if(|old| old.key == part.key) {
                part.easing = old.easing;
                let fields = G::SCHEMA.fields(part.kind);
                // Movement during a stall is no jump to another place.
                let snap_distance = SNAP_DISTANCE.max(part.speed * STALL_TICKS);
                let off = off(fields, &old.fields, &part.fields);
                part.easing.revise(&off, snap_distance, now_us);
                part.easing.stretch(part.speed * CATCHING_UP / self.period_us as f32);
            }
        }
    }

    /// Computes the picture at `view_time_us`, without easing.
    fn sample<G: Game>(&mut self, context: Context<'_, G::Map>, view_time_us: f64) {
        let Self { frames, picture, period_us, .. } = self;
        let time_us = |frame: &Frame| f64::from(frame.tick.0) * *period_us;
        let after = frames.partition_point(|frame| time_us(frame) < view_time_us);
        let mut put = |seen: &Seen, (fields, speed): (Drawn, f32)| {
            let (key, kind) = (seen.key, seen.state.kind);
            picture.push(Part { key, kind, fields, speed, easing: Easing::default() });
        };
        match (after.checked_sub(1).map(|before| &frames[before]), frames.get(after)) {
            (Some(before), Some(newer)) => {
                let span_us = time_us(newer) - time_us(before);
                let share = ((view_time_us - time_us(before)) / span_us) as f32;
                draw_between::<G>(context, before, newer, share, &mut put);
            }
            (None, Some(frame)) => {
                // Before the first frame: entities stand still, and count as standing although they
                // have speed.
                let still = |seen: &Seen| {
                    let (_, speed) = ahead::<G>(context.at(frame.tick), &seen.state, 1.0);
                    (fields_as_drawn(&seen.state), speed)
                };
                frame.visible.iter().for_each(|seen| put(seen, still(seen)));
            }
            (Some(newest), None) => {
                let ahead_us = (view_time_us - time_us(newest)).min(EXTRAPOLATION_US);
                let ticks = (ahead_us / *period_us) as f32;
                newest.visible.iter().for_each(|seen| {
                    put(seen, ahead::<G>(context.at(newest.tick), &seen.state, ticks));
                });
            }
            (None, None) => {}
        }
    }

    fn time_us(&self, frame: &Frame) -> f64 {
        f64::from(frame.tick.0) * self.period_us
    }
}

/// Draws between two frames, which hold their entities in the order of the keys. An entity that
/// enters is drawn from its first frame on; one that leaves moves on until the frame without it.
fn draw_between<G: Game>(
    context: Context<'_, G::Map>,
    before: &Frame,
    newer: &Frame,
    share: f32,
    put: &mut impl FnMut(&Seen, (Drawn, f32)),
) {
    let mut later = newer.visible.iter().peekable();
    for old in &before.visible {
        while later.next_if(|seen| seen.key < old.key).is_some() {}
        match later.next_if(|seen| seen.key == old.key) {
            Some(seen) => {
                let fields = G::SCHEMA.fields(seen.state.kind);
                let drawn = blend(fields, &old.state, &seen.state, share);
                put(seen, (drawn, distance_between::<G>(&old.state, &seen.state)));
            }
            None => put(old, ahead::<G>(context, &old.state, share)),
        }
    }
}

/// Moves the places of a state by this share of the difference between prediction and outcome.
fn approach<G: Game>(state: &mut State, predicted: &State, came_out: &State, share: f32) {
    for (index, field) in G::SCHEMA.fields(state.kind).iter().enumerate() {
        if field.blend == Blend::Linear {
            let off = (came_out.fields[index] - predicted.fields[index]) as f32 * share;
            state.fields[index] += off.round() as i32;
        }
    }
}

#[cfg(test)]
mod tests;
