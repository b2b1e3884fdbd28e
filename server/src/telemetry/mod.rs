//! What the server says about itself: the log and the metrics.

pub mod admin_metrics;
mod family;
mod handles;
pub mod logging;
pub mod metrics;
pub mod notices;
pub mod process;
pub mod read_lateness;
pub mod reasons;
pub mod requests;
mod room_metrics;
pub mod sink;
mod tls_metrics;
