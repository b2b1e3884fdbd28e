//! The bodies of the fuzz targets as property tests: with any bytes, and with honest input of which a few
//! bytes are spoilt, which gets further.

mod corpus;
mod decoders;
mod live;
mod texts;
mod tickets;

use proptest::prelude::*;
use proptest::sample::Index;

fn any_bytes(bytes_max: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..bytes_max)
}

/// One of these with up to three bytes replaced, perhaps cut short.
fn spoilt(honest: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let spots = prop::collection::vec((any::<Index>(), any::<u8>()), 0..4);
    (prop::sample::select(honest), spots, any::<Option<Index>>()).prop_map(
        |(mut bytes, spots, cut)| {
            for (spot, byte) in spots {
                let at = spot.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        },
    )
}
