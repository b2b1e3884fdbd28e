//! What a screen shows: the own avatar ahead of the server, the others behind it, and the clocks of
//! both.

pub(crate) mod arrivals;
pub(crate) mod clock;
pub(crate) mod drawing;
pub(crate) mod prediction;
pub(crate) mod spawned;
pub(crate) mod stalls;
pub(crate) mod switches;
pub(crate) mod timeline;
