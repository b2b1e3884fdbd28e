//! Which positions of a view leave it.
//!
//! ```text
//! G0          how many leave
//! each: G2    positions skipped since the one before
//! ```

use crate::protocol::bits::{BitError, BitReader, BitWriter};

/// Order of the code of gaps.
const GAP_ORDER: u32 = 2;

/// Writes the leaving positions, in ascending order.
pub fn encode_leaves(positions: &[u32], out: &mut BitWriter) {
    out.put_golomb(positions.len() as u32, 0);
    let mut next = 0;
    for &position in positions {
        out.put_golomb(position - next, GAP_ORDER);
        next = position + 1;
    }
}

/// Reads the leaving positions of a view of `visible` entities into `positions`.
///
/// # Errors
/// When the bits end, or name a position that does not exist.
pub fn decode_leaves(
    visible: usize,
    positions: &mut Vec<u32>,
    bits: &mut BitReader<'_>,
) -> Result<(), BitError> {
    positions.clear();
    let count = bits.take_golomb(0)?;
    let mut next = 0;
    for _ in 0..count {
        let position = bits.take_golomb(GAP_ORDER)?.checked_add(next).ok_or(BitError)?;
        if position as usize >= visible {
            return Err(BitError);
        }
        positions.push(position);
        next = position + 1;
    }
    Ok(())
}

/// Removes the items at `positions` (ascending) and keeps the order of the others.
pub fn remove_positions<T>(items: &mut Vec<T>, positions: &[u32]) {
    let mut leaving = positions.iter().peekable();
    let mut index = 0;
    items.retain(|_| {
        let leaves = leaving.next_if(|&&position| position == index).is_some();
        index += 1;
        !leaves
    });
}
