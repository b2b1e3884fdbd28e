//! Encodes quantised states as bits.
//!
//! - [`change`]: one entity's change against the game's own prediction;
//! - [`plain`]: the same as plain values, for clients without the game's rules;
//! - [`whole`]: one whole entity, and a player's private state;
//! - [`positions`]: lists of positions in a view: entities that leave it, deviate from their
//!   prediction or change lanes;
//! - [`checksum`]: a fingerprint of a view;
//! - [`fingerprint`]: a fingerprint of the predictions.
//!
//! Server and client store the entities of a view in the same order; the encoding refers to an
//! entity only by its position in that order.

pub mod change;
pub mod checksum;
pub mod fingerprint;
pub mod lanes;
pub mod plain;
pub mod positions;
pub mod whole;

#[cfg(test)]
mod tests;

use crate::game::Game;
use crate::protocol::bits::{BitError, BitReader, BitWriter};
use crate::schema::{Field, FieldSet, State, hold_to_ranges};

/// Checks that a state is one that the schema describes. `slot` is the entity's, if it is known.
///
/// # Panics
/// When its kind does not exist, when a field is out of its range, or when an integer beyond the
/// kind's fields is not 0; the text says which.
pub fn hold_to_schema<G: Game>(state: &State, slot: Option<u32>) {
    let Some(kind) = G::SCHEMA.kinds.get(usize::from(state.kind)) else {
        let kinds = G::SCHEMA.kinds.len();
        panic!("an entity of kind {}, and there are {kinds}{}", state.kind, at(slot));
    };
    hold_to_ranges(kind.name, kind.fields, &state.fields, slot);
    hold_unused::<G>(state, slot);
}

/// Checks that the integers beyond the kind's fields are 0: a client would not get them.
fn hold_unused<G: Game>(state: &State, slot: Option<u32>) {
    let fields = G::SCHEMA.fields(state.kind).len();
    let Some(over) = state.fields[fields..].iter().position(|value| *value != 0) else { return };
    let (name, index) = (G::SCHEMA.kind_name(state.kind), fields + over);
    let value = state.fields[index];
    panic!(
        "{name}: integer {index} is {value}, but its last field is {}{}",
        fields.wrapping_sub(1),
        at(slot)
    );
}

fn at(slot: Option<u32>) -> String {
    slot.map_or_else(String::new, |slot| format!(" (slot {slot})"))
}

fn put_field(field: &Field, value: i32, out: &mut BitWriter) {
    debug_assert!(field.holds(value), "{} = {value}", field.name);
    out.put(u64::from(value.wrapping_sub(field.min) as u32), field.bits());
}

fn take_field(field: &Field, bits: &mut BitReader<'_>) -> Result<i32, BitError> {
    in_range(field, i64::from(field.min) + bits.take(field.bits())? as i64)
}

fn in_range(field: &Field, value: i64) -> Result<i32, BitError> {
    if (i64::from(field.min)..=i64::from(field.max)).contains(&value) {
        Ok(value as i32)
    } else {
        Err(BitError)
    }
}

/// Writes a residual. It is not 0, so there is no code for 0. The step and the order are those of
/// [`Field::residual_code`].
fn put_residual(difference: i32, (step, order): (i32, u32), out: &mut BitWriter) {
    let steps = difference / step;
    debug_assert!(steps != 0 && steps * step == difference);
    out.put_golomb((((steps << 1) ^ (steps >> 31)) as u32).wrapping_sub(1), order);
}

/// Reads what [`put_residual`] wrote.
fn take_residual((step, order): (i32, u32), bits: &mut BitReader<'_>) -> Result<i32, BitError> {
    let zigzag = bits.take_golomb(order)?.checked_add(1).ok_or(BitError)?;
    let steps = (zigzag >> 1) as i32 ^ -((zigzag & 1) as i32);
    steps.checked_mul(step).ok_or(BitError)
}

/// Writes which fields changed: the number of a common set, or the number after the last of those
/// and then a bit per field. `common` is whether a common set may be used; returns whether one was.
fn put_set(
    sets: &[FieldSet],
    count: usize,
    set: FieldSet,
    common: bool,
    out: &mut BitWriter,
) -> bool {
    let number = sets.iter().position(|other| common && *other == set).unwrap_or(sets.len());
    if !sets.is_empty() {
        out.put_golomb(number as u32, 0);
    }
    if number == sets.len() {
        out.put(u64::from(set), count as u32);
    }
    number < sets.len()
}

/// Reads what [`put_set`] wrote: the set, and whether it is a common one.
fn take_set(
    sets: &[FieldSet],
    count: usize,
    bits: &mut BitReader<'_>,
) -> Result<(FieldSet, bool), BitError> {
    let number = if sets.is_empty() { 0 } else { bits.take_golomb(0)? as usize };
    match sets.get(number) {
        Some(set) => Ok((*set, true)),
        None if number == sets.len() => Ok((bits.take(count as u32)? as FieldSet, false)),
        None => Err(BitError),
    }
}

/// The set of those among `count` fields for which `holds` is true.
fn set_of(count: usize, holds: impl Fn(usize) -> bool) -> FieldSet {
    (0..count).fold(0, |set, index| set | FieldSet::from(holds(index)) << index)
}

/// The indices in a set, ascending.
fn members(set: FieldSet) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(set), |rest| Some(rest & rest.wrapping_sub(1)))
        .take_while(|rest| *rest != 0)
        .map(|rest| rest.trailing_zeros() as usize)
}
