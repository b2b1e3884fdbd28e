//! Counters and timings for people who examine the netcode.

pub(crate) mod feel;
pub(crate) mod histogram;
pub(crate) mod measured;
pub(crate) mod pictures;
pub(crate) mod stats;
