//! Every metric: its name, what it counts, and a handle that records without a lookup.
//!
//! Each server has its own registry, so that several in one process do not count into each other.
//! No metric carries the name of a room or a player: clients choose those, without bound.

use metrics::{Counter, Gauge, Histogram, with_local_recorder};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

pub use super::admin_metrics::AdminMetrics;
pub use super::family::Family;
use super::handles::{new_counter, new_gauge, new_histogram};
use super::logging;
use super::process::Process;
use super::reasons::Refused;
use super::requests::Requests;
pub use super::room_metrics::{ChatMetrics, EntityMetrics, PlaceMetrics, RoomMetrics};
pub use super::tls_metrics::TlsMetrics;
use crate::engine::counts::Rejection;
use crate::tickets;

/// The smallest bound of a time histogram, seconds.
const BUCKET_S_MIN: f64 = 20e-6;
/// The largest bound of a time histogram, seconds.
const BUCKET_S_MAX: f64 = 1.0;
/// Ratio of a bound to the previous one: small enough to read a percentile off a difference.
const BUCKET_FACTOR: f64 = 1.2;

/// The registry of one server and all handles into it.
#[derive(Clone, Debug)]
pub struct Metrics {
    handle: PrometheusHandle,
    log_lines_lost: Counter,
    /// What connections count.
    pub edge: EdgeMetrics,
    /// What the rooms count.
    pub rooms: RoomMetrics,
    /// What the admin listener counts.
    pub admin: AdminMetrics,
    process: Process,
}

impl Metrics {
    /// Creates a registry with all counters at 0.
    ///
    /// # Errors
    /// When the exporter refuses the buckets, which are constants.
    pub fn new() -> Result<Self, BuildError> {
        let recorder = PrometheusBuilder::new().set_buckets(&buckets())?.build_recorder();
        with_local_recorder(&recorder, || {
            Ok(Self {
                handle: recorder.handle(),
                edge: EdgeMetrics::new(),
                rooms: RoomMetrics::new(),
                admin: AdminMetrics::new(),
                process: Process::new(),
                log_lines_lost: new_counter(
                    "drumbeat_log_lines_lost_total",
                    "Log lines that were lost because standard error did not take them",
                ),
            })
        })
    }

    /// All metrics in Prometheus' text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.process.update();
        self.log_lines_lost.absolute(logging::lines_lost());
        self.handle.render()
    }

    /// Folds recorded times into the histograms. Call this every few seconds: until then each
    /// recorded value is held.
    pub fn run_upkeep(&self) {
        self.handle.run_upkeep();
    }
}

/// What connections count, before and after a room takes them.
#[derive(Clone, Debug)]
pub struct EdgeMetrics {
    /// Open connections, HTTP and game.
    pub connections: Gauge,
    /// Those of them that serve HTTP.
    pub http_connections: Gauge,
    /// Those that play or look on in JSON text.
    pub text_connections: Gauge,
    /// Those of HTTP that wait for news of a feed.
    pub watchers: Gauge,
    /// Items that watchers were too late for.
    pub missed_news: Counter,
    /// Requests that were answered.
    pub requests: Requests,
    /// Tasks that serve game connections.
    pub tasks: Gauge,
    /// Seconds that a task among the readers waits for its turn.
    pub read_lateness: Histogram,
    /// Bytes received on game connections.
    pub bytes_in: Counter,
    /// Messages received on game connections.
    pub frames_in: Counter,
    /// Connections and upgrades refused before they had a seat in a room.
    pub refused: Family<Refused>,
    /// Tickets, and their lack, that let nobody in.
    pub refused_tickets: Family<tickets::Refused>,
    /// Clients' messages that were dropped.
    pub rejected_messages: Family<Rejection>,
    /// What TLS counts.
    pub tls: TlsMetrics,
}

impl EdgeMetrics {
    /// Handles into the current registry; without one they record nothing, which suits tests.
    pub(crate) fn new() -> Self {
        Self {
            connections: new_gauge("drumbeat_connections", "Open connections, HTTP and game"),
            http_connections: new_gauge("drumbeat_http_connections", "Open HTTP connections"),
            text_connections: new_gauge(
                "drumbeat_text_connections",
                "Game connections that speak JSON text",
            ),
            watchers: new_gauge(
                "drumbeat_watchers",
                "HTTP connections that wait for news of a feed",
            ),
            missed_news: new_counter(
                "drumbeat_missed_news_total",
                "Items of feeds that watchers missed because they were late",
            ),
            requests: Requests::new(),
            tasks: new_gauge("drumbeat_tasks", "Tasks that serve game connections"),
            read_lateness: new_histogram(
                "drumbeat_read_lateness_seconds",
                "Time that a task waits for its turn among those that read game connections",
            ),
            bytes_in: new_counter(
                "drumbeat_bytes_in_total",
                "Bytes received on game connections, framing of WebSocket and TLS included",
            ),
            frames_in: new_counter(
                "drumbeat_frames_in_total",
                "WebSocket messages received on game connections",
            ),
            refused: Family::new(
                "drumbeat_refused_connections_total",
                "Connections refused before they had a seat in a room, by reason",
            ),
            refused_tickets: Family::refused_tickets(),
            rejected_messages: Family::new(
                "drumbeat_rejected_messages_total",
                "Messages of clients that were dropped, by reason",
            ),
            tls: TlsMetrics::new(),
        }
    }
}

fn buckets() -> Vec<f64> {
    let bounds = std::iter::successors(Some(BUCKET_S_MIN), |bound| Some(bound * BUCKET_FACTOR));
    bounds
        .take_while(|bound| *bound < BUCKET_S_MAX)
        .map(|bound| (bound * 1e6).round() / 1e6)
        .chain(std::iter::once(BUCKET_S_MAX))
        .collect()
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::protocol::close::CloseCode;

    use super::*;
    use crate::telemetry::reasons::RefusalReason;

    #[test]
    fn each_server_counts_for_itself() {
        let (one, other) = (Metrics::new().unwrap(), Metrics::new().unwrap());
        one.rooms.ticks.increment(3);
        one.rooms.closes.count(CloseCode::TooSlow);
        one.edge.refused.count(Refused::Closed(CloseCode::Full));
        one.edge.refused.count(Refused::Http(RefusalReason::Gone));
        one.rooms.phases[1].record(0.001);
        one.run_upkeep();
        let text = one.render();
        for line in [
            "drumbeat_ticks_total 3",
            "drumbeat_closes_total{reason=\"too_slow\"} 1",
            "drumbeat_refused_connections_total{reason=\"full\"} 1",
            "drumbeat_refused_connections_total{reason=\"gone\"} 1",
            "drumbeat_refused_connections_total{reason=\"tls\"} 0",
            "drumbeat_closes_total{reason=\"left\"} 0",
            "drumbeat_tick_phase_seconds_count{phase=\"step\"} 1",
            "# TYPE drumbeat_tick_seconds histogram",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        assert!(other.render().contains("drumbeat_ticks_total 0"));
    }

    #[test]
    fn buckets_grow_by_no_more_than_their_factor() {
        let bounds = buckets();
        assert_eq!(bounds.first(), Some(&BUCKET_S_MIN));
        assert_eq!(bounds.last(), Some(&BUCKET_S_MAX));
        for pair in bounds.windows(2) {
            assert!(pair[0] < pair[1] && pair[1] <= pair[0] * 1.25, "{pair:?}");
        }
    }
}
