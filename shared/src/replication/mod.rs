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
use crate::schema::Field;

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

/// Writes which of `count` fields changed, and hands each that did to `put`.
///
/// A bit per field up to the last that changed; behind each that did, a bit that says whether
/// another follows. At least one field must have changed.
fn put_changed(
    count: usize,
    changed: impl Fn(usize) -> bool,
    out: &mut BitWriter,
    mut put: impl FnMut(usize, &mut BitWriter),
) {
    let last = (0..count).rev().find(|&index| changed(index));
    debug_assert!(last.is_some(), "nothing changed");
    for index in 0..=last.unwrap_or(0) {
        out.put_bool(changed(index));
        if changed(index) {
            put(index, out);
            if index + 1 < count {
                out.put_bool(Some(index) != last);
            }
        }
    }
}

/// Reads what [`put_changed`] wrote.
fn take_changed(
    count: usize,
    bits: &mut BitReader<'_>,
    mut take: impl FnMut(usize, &mut BitReader<'_>) -> Result<(), BitError>,
) -> Result<(), BitError> {
    for index in 0..count {
        if bits.take_bool()? {
            take(index, bits)?;
            if index + 1 < count && !bits.take_bool()? {
                return Ok(());
            }
        }
    }
    Ok(())
}
