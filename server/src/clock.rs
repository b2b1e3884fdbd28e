//! The clocks: the one of the process, and the time of day, which tickets need.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Microseconds since the first call in the process; never goes back.
#[must_use]
pub fn now_us() -> u64 {
    START.elapsed().as_micros() as u64
}

/// Seconds since 1970, as the system's clock says; it may be set.
#[must_use]
pub fn unix_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
