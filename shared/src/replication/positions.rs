//! Lists of positions in a view: entities that leave it, deviate from their prediction or change
//! lanes.
//!
//! ```text
//! Gc          number of positions; c is the order of this list
//! each: Gk    positions skipped since the one before
//! ```
//! A list of more than half of the view names the others instead. k is the base-2 logarithm of the
//! mean gap between the listed positions.

use crate::protocol::bits::{BitError, BitReader, BitWriter};

/// Golomb order of the number of entities that leave: in most frames none.
pub const LEAVES_ORDER: u32 = 0;
/// Golomb order of the number of entities that change lanes.
pub const MOVES_ORDER: u32 = 1;
/// Golomb order of the number of entities that deviate: in nearly every frame some.
pub const RESIDUALS_ORDER: u32 = 3;

/// The form of a list of `count` positions in a view of `visible` entities.
struct Form {
    /// Whether the positions outside the list are written instead.
    others: bool,
    /// How many positions are written.
    listed: usize,
    /// Golomb order of the gaps.
    gap_order: u32,
}

impl Form {
    fn new(count: usize, visible: usize) -> Self {
        let others = count > visible / 2;
        let listed = if others { visible - count } else { count };
        let mean_gap = (visible - listed) / listed.max(1);
        Self { others, listed, gap_order: mean_gap.max(1).ilog2() }
    }
}

/// Writes ascending positions in a view of `visible` entities.
pub fn encode_positions(positions: &[u32], visible: usize, count_order: u32, out: &mut BitWriter) {
    out.put_golomb(positions.len() as u32, count_order);
    let Form { others, gap_order, .. } = Form::new(positions.len(), visible);
    let mut expected = 0;
    let mut list = |position: u32| {
        out.put_golomb(position - expected, gap_order);
        expected = position + 1;
    };
    if !others {
        positions.iter().copied().for_each(list);
        return;
    }
    let mut next = 0;
    for &position in positions.iter().chain([&(visible as u32)]) {
        (next..position).for_each(&mut list);
        next = position + 1;
    }
}

/// Reads positions in a view of `visible` entities into `positions`.
///
/// # Errors
/// When the bits end, or name a position that does not exist.
pub fn decode_positions(
    positions: &mut Vec<u32>,
    visible: usize,
    count_order: u32,
    bits: &mut BitReader<'_>,
) -> Result<(), BitError> {
    positions.clear();
    let count = bits.take_golomb(count_order)? as usize;
    if count > visible {
        return Err(BitError);
    }
    let Form { others, listed, gap_order } = Form::new(count, visible);
    let mut next = 0;
    for _ in 0..listed {
        let position = bits.take_golomb(gap_order)?.checked_add(next).ok_or(BitError)?;
        if position as usize >= visible {
            return Err(BitError);
        }
        if others {
            positions.extend(next..position);
        } else {
            positions.push(position);
        }
        next = position + 1;
    }
    if others {
        positions.extend(next..visible as u32);
    }
    Ok(())
}

/// Removes the items at `positions` (ascending) and keeps the order of the others.
pub fn remove_positions<T>(items: &mut Vec<T>, positions: &[u32]) {
    if positions.is_empty() {
        return;
    }
    let mut leaving = positions.iter().peekable();
    let mut index = 0;
    items.retain(|_| {
        let leaves = leaving.next_if(|&&position| position == index).is_some();
        index += 1;
        !leaves
    });
}
