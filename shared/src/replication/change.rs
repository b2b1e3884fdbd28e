//! An entity's change, as the difference from what both ends predict.
//!
//! ```text
//! G0              which fields: the number of a common set of the schema, or the number after the
//!                 last of them and then a bit per field, lowest first
//! per changed field
//!   decision      the new value, in as many bits as its range needs
//!   outcome       the residual, in a common set in steps of the field: zigzag - 1, Golomb of the
//!                 field's order
//! ```
//! New decisions apply first, then the prediction runs for every tick since the base, then the
//! differences are added. So a new heading costs its own bits, and the movement that follows from
//! it costs none. An entity that does what was predicted has no such body: a list in front of the
//! bodies names the positions of those that deviate (see [`super::positions`]).

use crate::game::{Context, Game};
use crate::limits::{FIELDS_MAX, KINDS_MAX};
use crate::protocol::bits::{BitError, BitReader, BitWriter};
use crate::schema::{Field, FieldSet, Role, Schema, State, out_of_range};

use super::{
    hold_unused, in_range, members, put_field, put_residual, put_set, set_of, take_field,
    take_residual, take_set,
};

/// Writes how `base`, a state of the context's tick, became `now` within `age` ticks. Both must be
/// states of one entity.
///
/// Returns `false` and writes nothing if `now` is what the prediction gives.
///
/// # Panics
/// When a field of `now` is out of its range, when `now` is of another kind than `base`, or has
/// integers beyond the fields of its kind.
pub fn encode_change<G: Game>(
    context: Context<'_, G::Map>,
    base: &State,
    now: &State,
    age: u32,
    out: &mut BitWriter,
) -> bool {
    if now.kind != base.kind {
        changed_kind::<G>(base.kind, now.kind);
    }
    let fields = G::SCHEMA.fields(now.kind);
    let mut predicted = *base;
    let mut deviates = false;
    for index in members(const { decisions(&G::SCHEMA) }[usize::from(now.kind)]) {
        deviates |= base.fields[index] != now.fields[index];
        predicted.fields[index] = now.fields[index];
    }
    predict::<G>(context, &mut predicted, age);
    deviates |= predicted != *now;
    if !deviates {
        return false;
    }
    hold_unused::<G>(now, None);
    let outcome = |index: usize| fields[index].role == Role::Outcome;
    // `max - min` of a range is below 2^31, so the difference of two values in range fits.
    let difference = |index: usize| {
        let from = if outcome(index) { &predicted } else { base };
        now.fields[index].wrapping_sub(from.fields[index])
    };
    let changed = set_of(fields.len(), |index| difference(index) != 0);
    let in_steps = members(changed).filter(|index| outcome(*index)).all(|index| {
        let (step, _) = fields[index].residual_code(age, true);
        difference(index) % step == 0
    });
    let sets = G::SCHEMA.common_sets(now.kind, age);
    let common = put_set(sets, fields.len(), changed, in_steps, out);
    for index in members(changed) {
        let field = &fields[index];
        // Predicted values are in range, since a prediction leaves what it gets in range.
        if !field.holds(now.fields[index]) {
            let kind = G::SCHEMA.kinds[usize::from(now.kind)].name;
            out_of_range(kind, field, now.fields[index], None);
        }
        if outcome(index) {
            put_residual(difference(index), field.residual_code(age, common), out);
        } else {
            put_field(field, now.fields[index], out);
        }
    }
    true
}

/// Reads what [`encode_change`] wrote and moves `state`, of the context's tick, on by `age` ticks.
///
/// # Errors
/// When the bits are not a change, or lead out of a field's range; the content of `state` is then
/// undefined.
#[inline]
pub fn decode_change<G: Game>(
    context: Context<'_, G::Map>,
    state: &mut State,
    age: u32,
    bits: &mut BitReader<'_>,
) -> Result<(), BitError> {
    let fields: &[Field] = G::SCHEMA.fields(state.kind);
    let mut differences = [0; FIELDS_MAX];
    let sets = G::SCHEMA.common_sets(state.kind, age);
    let (changed, common) = take_set(sets, fields.len(), bits)?;
    for index in members(changed) {
        let field = &fields[index];
        match field.role {
            Role::Decision => state.fields[index] = take_field(field, bits)?,
            Role::Outcome => {
                differences[index] = take_residual(field.residual_code(age, common), bits)?;
            }
        }
    }
    predict::<G>(context, state, age);
    for index in members(changed).filter(|index| fields[*index].role == Role::Outcome) {
        let value = i64::from(state.fields[index]) + i64::from(differences[index]);
        state.fields[index] = in_range(&fields[index], value)?;
    }
    Ok(())
}

/// Moves `state`, of the context's tick, on by `age` ticks in which nothing deviates.
#[inline]
pub fn predict<G: Game>(mut context: Context<'_, G::Map>, state: &mut State, age: u32) {
    for _ in 0..age {
        context = context.next();
        G::predict(context, state);
    }
}

/// Which fields of each kind are decisions.
const fn decisions(schema: &Schema) -> [FieldSet; KINDS_MAX] {
    let mut sets = [0; KINDS_MAX];
    let mut kind = 0;
    while kind < schema.kinds.len() {
        let fields = schema.kinds[kind].fields;
        let mut index = 0;
        while index < fields.len() {
            if matches!(fields[index].role, Role::Decision) {
                sets[kind] |= 1 << index;
            }
            index += 1;
        }
        kind += 1;
    }
    sets
}

/// Panics: the room ends with what its rules did.
#[cold]
fn changed_kind<G: Game>(from: u8, to: u8) -> ! {
    let [from, to] = [from, to].map(|kind| (G::SCHEMA.kind_name(kind), kind));
    panic!(
        "{} (kind {}) became {} (kind {}): an entity stays of its kind",
        from.0, from.1, to.0, to.1
    );
}
