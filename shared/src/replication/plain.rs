//! An entity's change as the values of the fields that changed, for clients without the rules.
//!
//! ```text
//! 1 bit per field   it changed, lowest first
//! per changed field the new value, in as many bits as its range needs
//! ```
//! An entity of which nothing changed has no such body, as in [`super::change`].

use crate::game::Game;
use crate::protocol::bits::{BitError, BitReader, BitWriter};
use crate::schema::{State, hold_to_ranges};

use super::{members, put_field, put_set, set_of, take_field, take_set};

/// Writes what is different in `now` from `base`. Both must be states of one entity.
///
/// Returns `false` and writes nothing if nothing is.
///
/// # Panics
/// When a field of `now` is out of its range.
pub fn encode_plain<G: Game>(base: &State, now: &State, out: &mut BitWriter) -> bool {
    if base == now {
        return false;
    }
    let fields = G::SCHEMA.fields(now.kind);
    hold_to_ranges(G::SCHEMA.kind_name(now.kind), fields, &now.fields, None);
    let changed = set_of(fields.len(), |index| base.fields[index] != now.fields[index]);
    put_set(&[], fields.len(), changed, false, out);
    for index in members(changed) {
        put_field(&fields[index], now.fields[index], out);
    }
    true
}

/// Reads what [`encode_plain`] wrote, and applies it to `state`.
///
/// # Errors
/// When the bits end, or lead out of a field's range; the content of `state` is then undefined.
pub fn decode_plain<G: Game>(state: &mut State, bits: &mut BitReader<'_>) -> Result<(), BitError> {
    let fields = G::SCHEMA.fields(state.kind);
    let (changed, _) = take_set(&[], fields.len(), bits)?;
    for index in members(changed) {
        state.fields[index] = take_field(&fields[index], bits)?;
    }
    Ok(())
}
