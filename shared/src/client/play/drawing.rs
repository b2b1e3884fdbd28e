//! Fields as they are drawn: blended between two states, with corrections eased.

use crate::game::{Context, Game};
use crate::limits::FIELDS_MAX;
use crate::schema::{Blend, Field, State};

/// Time over which the drawing eases a correction, microseconds.
pub(crate) const SMOOTHING_US: u64 = 100_000;
/// Longest time over which the drawing eases a correction to keep its speed low, microseconds.
pub(crate) const SMOOTHING_US_MAX: f32 = 500_000.0;
/// Largest correction that is eased, in the unit of the field; a larger one is shown at once,
/// unless fast movement raises this limit.
pub(crate) const SNAP_DISTANCE: f32 = 2_048.0;

/// The fields of an entity between two ticks.
pub(crate) type Drawn = [f32; FIELDS_MAX];

/// A state's fields without blending.
pub(crate) fn fields_as_drawn(state: &State) -> Drawn {
    state.fields.map(|field| field as f32)
}

/// The fields at `share` (0 to 1) of the distance from `before` to `after`.
pub(crate) fn blend(fields: &[Field], before: &State, after: &State, share: f32) -> Drawn {
    let mut drawn = fields_as_drawn(after);
    for (index, field) in fields.iter().enumerate() {
        let (from, to) = (before.fields[index], after.fields[index]);
        let change = match field.blend {
            Blend::Step => continue,
            Blend::Linear => to - from,
            Blend::Turn => {
                let circle = field.max - field.min + 1;
                (to - from + circle / 2).rem_euclid(circle) - circle / 2
            }
        };
        drawn[index] = from as f32 + change as f32 * share;
    }
    drawn
}

/// The fields `ticks` after this state of the context's tick, by the game's own prediction, and how far the entity moves
/// in one tick.
pub(crate) fn ahead<G: Game>(
    mut context: Context<'_, G::Map>,
    state: &State,
    ticks: f32,
) -> (Drawn, f32) {
    let (mut before, mut after) = (*state, *state);
    for _ in 0..ticks.ceil() as u32 {
        before = after;
        context = context.next();
        G::predict(context, &mut after);
    }
    let share = ticks - (ticks.ceil() - 1.0).max(0.0);
    let drawn = blend(G::SCHEMA.fields(state.kind), &before, &after, share);
    (drawn, distance_between::<G>(&before, &after))
}

/// Distance of an entity between two pictures, grid units.
pub(crate) fn distance<G: Game>(kind: u8, a: &Drawn, b: &Drawn) -> f32 {
    let fields = G::SCHEMA.fields(kind).iter().enumerate();
    let places = fields.filter(|(_, field)| field.blend == Blend::Linear);
    places.map(|(index, _)| (a[index] - b[index]).powi(2)).sum::<f32>().sqrt()
}

/// Distance of an entity between two states, grid units.
pub(crate) fn distance_between<G: Game>(before: &State, after: &State) -> f32 {
    distance::<G>(after.kind, &fields_as_drawn(before), &fields_as_drawn(after))
}

/// A frame's correction of the prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Correction {
    /// The largest difference of a drawn coordinate, in its field's unit; at least 1.
    pub(crate) size: u32,
    /// Whether it was shown at once.
    pub(crate) snapped: bool,
}

/// Difference between what was shown and the truth, in the units of the fields.
pub(crate) fn off(fields: &[Field], shown: &Drawn, truth: &Drawn) -> Drawn {
    let mut off = Drawn::default();
    for (index, field) in fields.iter().enumerate() {
        off[index] = match field.blend {
            Blend::Step => 0.0,
            Blend::Linear => shown[index] - truth[index],
            Blend::Turn => {
                let circle = (field.max - field.min + 1) as f32;
                let off = shown[index] - truth[index] + circle / 2.0;
                off - (off / circle).floor() * circle - circle / 2.0
            }
        };
    }
    off
}

/// The error that the drawing of one entity still has to ease.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Easing {
    error: Drawn,
    since_us: u64,
    over_us: u64,
}

impl Easing {
    /// What was shown differs from the truth by `off`: eases this together with the error that is
    /// left. If the sum exceeds `snap_distance` in any field, the truth is shown at once; returns
    /// whether it is.
    pub(crate) fn revise(&mut self, off: &Drawn, snap_distance: f32, now_us: u64) -> bool {
        let left = self.left(now_us);
        (self.since_us, self.over_us) = (now_us, SMOOTHING_US);
        for (error, off) in self.error.iter_mut().zip(off) {
            *error = *error * left + off;
        }
        let far = self.error.iter().any(|error| error.abs() > snap_distance);
        if far {
            self.error = Drawn::default();
        }
        far
    }

    /// Takes more time if the drawing would otherwise move faster than `speed` (units of the fields
    /// per microsecond).
    pub(crate) fn stretch(&mut self, speed: f32) {
        let length = self.error.iter().map(|error| error * error).sum::<f32>().sqrt();
        let needed_us = (length / speed).min(SMOOTHING_US_MAX);
        self.over_us = self.over_us.max(needed_us as u64);
    }

    /// Adds the error that is left.
    pub(crate) fn apply(&self, fields: &mut Drawn, now_us: u64) {
        let left = self.left(now_us);
        for (field, error) in fields.iter_mut().zip(&self.error) {
            *field += error * left;
        }
    }

    /// Whether no error is left.
    pub(crate) fn is_over(&self, now_us: u64) -> bool {
        self.left(now_us) == 0.0
    }

    fn left(&self, now_us: u64) -> f32 {
        let passed = now_us.saturating_sub(self.since_us) as f32 / self.over_us.max(1) as f32;
        (1.0 - passed).max(0.0)
    }
}
