//! An entity's change, as the difference from what both ends predict.
//!
//! ```text
//! G0              which fields: the number of a usual set of the schema, or the number behind the
//!                 last of them and then a bit per field, lowest first
//! per changed field
//!   decision      the new value, as wide as its range
//!   outcome       difference from the prediction: zigzag, Golomb of the field's order
//! ```
//! New decisions apply first, then the prediction runs for every tick since the base, then the
//! differences are added. So a new heading costs its own bits, and what follows from it nothing.
//! An entity that did what was predicted has no such body at all: the positions of those that
//! surprise are listed in front (see [`super::positions`]).

use crate::game::Game;
use crate::limits::FIELDS_MAX;
use crate::protocol::bits::{BitError, BitReader, BitWriter};
use crate::schema::{Field, Role, State};

use super::{in_range, members, put_field, put_set, set_of, take_field, take_set};

/// Writes how `base` became `now` within `age` ticks. Both must be states of one entity.
///
/// `false`, and nothing is written, if the prediction says it all.
pub fn encode_change<G: Game>(
    map: &G::Map,
    base: &State,
    now: &State,
    age: u32,
    out: &mut BitWriter,
) -> bool {
    let fields = G::SCHEMA.fields(now.kind);
    let mut predicted = *base;
    let mut surprised = false;
    for (index, field) in fields.iter().enumerate() {
        if field.role == Role::Decision {
            surprised |= base.fields[index] != now.fields[index];
            predicted.fields[index] = now.fields[index];
        }
    }
    predict::<G>(map, &mut predicted, age);
    surprised |= predicted != *now;
    if !surprised {
        return false;
    }
    let expected = |index: usize| match fields[index].role {
        Role::Decision => base.fields[index],
        Role::Outcome => predicted.fields[index],
    };
    let changed = set_of(fields.len(), |index| expected(index) != now.fields[index]);
    put_set(G::SCHEMA.usual_changes(now.kind), fields.len(), changed, out);
    for index in members(changed) {
        match fields[index].role {
            Role::Decision => put_field(&fields[index], now.fields[index], out),
            Role::Outcome => {
                // A range spans fewer than 2^31 values, so the difference fits.
                let difference = now.fields[index] - expected(index);
                out.put_signed(difference, fields[index].surprise_bits);
            }
        }
    }
    true
}

/// Reads what [`encode_change`] wrote and moves `state` on by `age` ticks.
///
/// # Errors
/// When the bits are not a change, or lead out of a field's range; `state` is then undefined.
pub fn decode_change<G: Game>(
    map: &G::Map,
    state: &mut State,
    age: u32,
    bits: &mut BitReader<'_>,
) -> Result<(), BitError> {
    let fields: &[Field] = G::SCHEMA.fields(state.kind);
    let mut differences = [0; FIELDS_MAX];
    let changed = take_set(G::SCHEMA.usual_changes(state.kind), fields.len(), bits)?;
    for index in members(changed) {
        match fields[index].role {
            Role::Decision => state.fields[index] = take_field(&fields[index], bits)?,
            Role::Outcome => differences[index] = bits.take_signed(fields[index].surprise_bits)?,
        }
    }
    predict::<G>(map, state, age);
    for (index, field) in fields.iter().enumerate() {
        if differences[index] != 0 {
            let value = i64::from(state.fields[index]) + i64::from(differences[index]);
            state.fields[index] = in_range(field, value)?;
        }
    }
    Ok(())
}

/// Moves `state` on by `age` ticks in which nothing surprises.
pub fn predict<G: Game>(map: &G::Map, state: &mut State, age: u32) {
    for _ in 0..age {
        G::predict(map, state);
    }
}
