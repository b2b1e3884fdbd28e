//! What the coordinator sees when it looks at the swarm and asks the server.

use std::time::Duration;

use crate::figures::Tally;
use crate::server_metrics::Scrape;

/// What was seen since the last look.
pub(crate) struct Look {
    pub(crate) tally: Tally,
    pub(crate) length: Duration,
    /// How long each thread had work.
    pub(crate) busy: Vec<Duration>,
    /// What the server has counted so far; `None` when it does not answer now.
    pub(crate) scrape: Option<Scrape>,
    /// What it has counted since it last answered; `None` when it does not answer now.
    pub(crate) server: Option<Scrape>,
}
