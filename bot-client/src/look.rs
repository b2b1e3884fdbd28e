//! What the coordinator sees when it polls the swarm and the server.

use std::time::Duration;

use crate::figures::Tally;
use crate::server_metrics::Scrape;

/// What happened since the last look.
pub(crate) struct Look {
    pub(crate) tally: Tally,
    pub(crate) length: Duration,
    /// How long each thread was busy.
    pub(crate) busy: Vec<Duration>,
    /// The server's counters so far; `None` when it does not answer now.
    pub(crate) scrape: Option<Scrape>,
    /// The growth of the server's counters since its last answer; `None` when it does not answer
    /// now.
    pub(crate) server: Option<Scrape>,
}
