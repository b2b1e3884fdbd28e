//! Quantised states as bits.
//!
//! - [`change`]: one entity's change against the game's own prediction;
//! - [`whole`]: one entity from nothing, and a player's private state;
//! - [`positions`]: lists of positions in a view: who leaves it, who surprises;
//! - [`checksum`]: a fingerprint of a view.
//!
//! Server and client hold the entities that a client sees in the same order; nothing here names an
//! entity otherwise than by its position in that order.

pub mod change;
pub mod checksum;
pub mod positions;
pub mod whole;

#[cfg(test)]
mod tests;

use crate::protocol::bits::{BitError, BitReader, BitWriter};
use crate::schema::{Field, FieldSet};

fn put_field(field: &Field, value: i32, out: &mut BitWriter) {
    debug_assert!((field.min..=field.max).contains(&value), "{} = {value}", field.name);
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

/// Writes which fields changed: the number of the set if it is a usual one, else a bit per field.
fn put_set(usual: &[FieldSet], count: usize, set: FieldSet, out: &mut BitWriter) {
    let number = usual.iter().position(|usual| *usual == set).unwrap_or(usual.len());
    if !usual.is_empty() {
        out.put_golomb(number as u32, 0);
    }
    if number == usual.len() {
        out.put(u64::from(set), count as u32);
    }
}

/// Reads what [`put_set`] wrote.
fn take_set(
    usual: &[FieldSet],
    count: usize,
    bits: &mut BitReader<'_>,
) -> Result<FieldSet, BitError> {
    let number = if usual.is_empty() { 0 } else { bits.take_golomb(0)? as usize };
    match usual.get(number) {
        Some(set) => Ok(*set),
        None if number == usual.len() => Ok(bits.take(count as u32)? as FieldSet),
        None => Err(BitError),
    }
}

/// The set of those of `count` fields for which `holds`.
fn set_of(count: usize, holds: impl Fn(usize) -> bool) -> FieldSet {
    (0..count).fold(0, |set, index| set | FieldSet::from(holds(index)) << index)
}

/// The indices in a set, ascending.
fn members(set: FieldSet) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(set), |rest| Some(rest & rest.wrapping_sub(1)))
        .take_while(|rest| *rest != 0)
        .map(|rest| rest.trailing_zeros() as usize)
}
