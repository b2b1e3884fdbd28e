//! An entity from nothing, and a player's private state.

use crate::protocol::bits::{BitError, BitReader, BitWriter};
use crate::schema::{Field, Private, Schema, State};

use super::{in_range, put_changed, put_field, take_changed, take_field};

/// Writes the kind, then every field as wide as its range.
pub fn encode_whole(schema: &Schema, state: &State, out: &mut BitWriter) {
    out.put(u64::from(state.kind), schema.kind_bits());
    for (field, value) in schema.fields(state.kind).iter().zip(state.fields) {
        put_field(field, value, out);
    }
}

/// Reads a whole entity.
///
/// # Errors
/// When the bits end, or hold a kind or a value that does not exist.
pub fn decode_whole(schema: &Schema, bits: &mut BitReader<'_>) -> Result<State, BitError> {
    let kind = bits.take(schema.kind_bits())?;
    if kind >= schema.kinds.len() as u64 {
        return Err(BitError);
    }
    let mut state = State { kind: kind as u8, ..State::default() };
    for (field, value) in schema.fields(state.kind).iter().zip(&mut state.fields) {
        *value = take_field(field, bits)?;
    }
    Ok(state)
}

/// Writes what changed between two private states; they must differ.
///
/// Which fields changed is written as for an entity, each as its difference.
pub fn encode_private(fields: &[Field], base: &Private, now: &Private, out: &mut BitWriter) {
    put_changed(
        fields.len(),
        |index| base[index] != now[index],
        out,
        |index, out| {
            let difference = now[index].wrapping_sub(base[index]);
            out.put_signed(difference, fields[index].surprise_bits);
        },
    );
}

/// Reads what changed and applies it.
///
/// # Errors
/// When the bits end or lead out of a field's range.
pub fn decode_private(
    fields: &[Field],
    private: &mut Private,
    bits: &mut BitReader<'_>,
) -> Result<(), BitError> {
    take_changed(fields.len(), bits, |index, bits| {
        let difference = bits.take_signed(fields[index].surprise_bits)?;
        private[index] =
            in_range(&fields[index], i64::from(private[index]) + i64::from(difference))?;
        Ok(())
    })
}

/// The private state that both ends start from at a keyframe: each field at 0, or the end of its
/// range that is nearest to 0.
#[must_use]
pub fn initial_private(fields: &[Field]) -> Private {
    let mut private = Private::default();
    for (field, value) in fields.iter().zip(&mut private) {
        *value = 0.clamp(field.min, field.max);
    }
    private
}
