//! The one clock.

use std::sync::LazyLock;
use std::time::Instant;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Microseconds since the first call in the process; never goes back.
#[must_use]
pub fn now_us() -> u64 {
    START.elapsed().as_micros() as u64
}
