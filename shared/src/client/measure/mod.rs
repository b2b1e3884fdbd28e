//! What there is to count and to time, for those who look into the netcode.

pub(crate) mod feel;
pub(crate) mod histogram;
pub(crate) mod measured;
pub(crate) mod pictures;
pub(crate) mod stats;
