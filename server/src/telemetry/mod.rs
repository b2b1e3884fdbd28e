//! What the server says about itself: the log and the metrics.

mod family;
pub mod logging;
pub mod metrics;
pub mod notices;
mod reasons;
