//! What the server says about itself: the log and the metrics.

pub mod logging;
pub mod metrics;
