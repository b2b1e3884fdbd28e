//! Every metric: its name, what it counts, and a handle that records without a lookup.
//!
//! Each server has its own registry, so that several in one process do not count into each other.
//! No metric carries the name of a room or a player: clients choose those, without bound.

use drumbeat_shared::protocol::close::CloseCode;
use metrics::{
    Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram,
    gauge, histogram, with_local_recorder,
};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

pub use super::family::Family;
use super::logging;
use super::process::Process;
use super::read_lateness::ReadLateness;
use super::reasons::Refused;
use super::requests::Requests;
use crate::engine::counts::{Keyframe, Rejection};
use crate::engine::pace::Skip;
use crate::engine::phase::Phase;

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
    /// Requests that were answered.
    pub requests: Requests,
    /// Seconds that a task among the readers waits for its turn.
    pub read_lateness: Histogram,
    /// Bytes received on game connections.
    pub bytes_in: Counter,
    /// Messages received on game connections.
    pub frames_in: Counter,
    /// Connections and upgrades refused before they had a seat in a room.
    pub refused: Family<Refused>,
    /// Clients' messages that were dropped.
    pub rejected_messages: Family<Rejection>,
}

impl EdgeMetrics {
    /// Handles into the current registry; without one they record nothing, which suits tests.
    pub(crate) fn new() -> Self {
        Self {
            connections: new_gauge("drumbeat_connections", "Open connections, HTTP and game"),
            http_connections: new_gauge("drumbeat_http_connections", "Open HTTP connections"),
            requests: Requests::new(),
            read_lateness: new_histogram(
                "drumbeat_read_lateness_seconds",
                "Time that a task waits for its turn among those that read game connections",
            ),
            bytes_in: new_counter(
                "drumbeat_bytes_in_total",
                "Bytes received on game connections, WebSocket framing included",
            ),
            frames_in: new_counter(
                "drumbeat_frames_in_total",
                "WebSocket messages received on game connections",
            ),
            refused: Family::new(
                "drumbeat_refused_connections_total",
                "Connections refused before they had a seat in a room, by reason",
            ),
            rejected_messages: Family::new(
                "drumbeat_rejected_messages_total",
                "Messages of clients that were dropped, by reason",
            ),
        }
    }
}

/// What the rooms count; cheap to clone, one for each room's loop.
#[derive(Clone, Debug)]
pub struct RoomMetrics {
    /// Connected players in all rooms.
    pub players: Gauge,
    /// Connected spectators in all rooms.
    pub spectators: Gauge,
    /// Rooms that run.
    pub rooms: Gauge,
    /// Duration of a whole tick, seconds.
    pub tick: Histogram,
    /// Seconds from a tick's due time to its start.
    pub lateness: Histogram,
    /// Duration of each part of a tick, in the order of [`Phase::ALL`], seconds.
    pub phases: [Histogram; Phase::ALL.len()],
    /// Ticks that were run.
    pub ticks: Counter,
    /// Ticks that started more than a whole period after their due time, or were left out.
    pub missed_ticks: Counter,
    /// Bytes that rooms sent on game connections, without close frames.
    pub bytes_out: Counter,
    /// State frames sent on game connections.
    pub frames_out: Counter,
    /// Ticks for which a client got no frame.
    pub skipped_frames: Family<Skip>,
    /// Keyframes, by reason.
    pub keyframes: Family<Keyframe>,
    /// Checksums that did not match at a client.
    pub view_mismatches: Counter,
    /// Reported mismatches that cannot be true.
    pub false_mismatches: Counter,
    /// Clients' messages that were dropped; the same counters as in [`EdgeMetrics`].
    pub rejected_messages: Family<Rejection>,
    /// Players whose connection ended.
    pub closes: Family<CloseCode>,
    /// Panics of a game's rules, each confined to its room.
    pub room_panics: Counter,
    /// Events that a client missed, of which it received only the number.
    pub missed_events: Counter,
    /// Events dropped because they were longer than a note may be.
    pub oversized_events: Counter,
    /// What was said.
    pub chat: ChatMetrics,
    /// Entities that did not fit somewhere.
    pub entities: EntityMetrics,
    /// Inputs that arrived after their tick had started.
    pub late_inputs: Counter,
    /// Seconds from reading an input to the start of the tick that took it.
    pub input_wait: Histogram,
    /// Age of the newest state that a player had seen when a tick took its input, seconds.
    pub seen_age: Histogram,
    /// How late the readers have been recently.
    pub read_lateness: ReadLateness,
}

/// What players said.
#[derive(Clone, Debug)]
pub struct ChatMetrics {
    /// Lines to a room.
    pub lines: Counter,
    /// Lines to one player.
    pub whispers: Counter,
    /// Lines that were reported.
    pub reports: Counter,
}

/// Entities that did not fit into a frame, a view or the world.
#[derive(Clone, Debug)]
pub struct EntityMetrics {
    /// Entities in view that a frame left for a later one.
    pub waiting: Counter,
    /// Entities that a client did not get because its view was full, counted once per frame.
    pub culled: Counter,
    /// Entities that the rules could not add because the world was full.
    pub refused: Counter,
}

impl RoomMetrics {
    /// Handles into the current registry (see [`metrics::with_local_recorder`]); without one they
    /// record nothing, which suits tests.
    #[must_use]
    pub fn new() -> Self {
        let (tick, lateness, phases) = tick_times();
        Self {
            players: new_gauge("drumbeat_players", "Connected players in all rooms"),
            spectators: new_gauge("drumbeat_spectators", "Connected spectators in all rooms"),
            rooms: new_gauge("drumbeat_rooms", "Rooms that run"),
            tick,
            lateness,
            phases,
            ticks: new_counter("drumbeat_ticks_total", "Ticks that were run"),
            missed_ticks: new_counter(
                "drumbeat_missed_ticks_total",
                "Ticks that started more than a period late, or were left out",
            ),
            bytes_out: new_counter(
                "drumbeat_bytes_out_total",
                "Bytes handed to game connections, WebSocket framing included",
            ),
            frames_out: new_counter(
                "drumbeat_frames_out_total",
                "State frames handed to game connections",
            ),
            skipped_frames: Family::new(
                "drumbeat_skipped_frames_total",
                "Ticks for which a client got no frame, by reason",
            ),
            keyframes: Family::new("drumbeat_keyframes_total", "Keyframes sent, by reason"),
            view_mismatches: new_counter(
                "drumbeat_view_mismatches_total",
                "Checksums of clients' views that did not match the server's",
            ),
            false_mismatches: new_counter(
                "drumbeat_false_mismatches_total",
                "Mismatches that clients reported although they cannot be true",
            ),
            rejected_messages: Family::new(
                "drumbeat_rejected_messages_total",
                "Messages of clients that were dropped, by reason",
            ),
            closes: Family::new(
                "drumbeat_closes_total",
                "Connections that ended after they had a seat in a room, by reason",
            ),
            room_panics: new_counter(
                "drumbeat_room_panics_total",
                "Panics of a game's rules, each confined to its room",
            ),
            missed_events: new_counter(
                "drumbeat_missed_events_total",
                "Events that clients missed",
            ),
            oversized_events: new_counter(
                "drumbeat_oversized_events_total",
                "Events dropped because they were longer than a message may be",
            ),
            late_inputs: new_counter(
                "drumbeat_late_inputs_total",
                "Inputs that arrived after their tick had started",
            ),
            input_wait: new_histogram(
                "drumbeat_input_wait_seconds",
                "Time from reading an input to the start of the tick that took it",
            ),
            seen_age: new_histogram(
                "drumbeat_seen_age_seconds",
                "Age of the newest state that a player had seen when a tick took its input",
            ),
            read_lateness: ReadLateness::default(),
            chat: ChatMetrics::new(),
            entities: EntityMetrics::new(),
        }
    }
}

impl ChatMetrics {
    fn new() -> Self {
        Self {
            lines: new_counter(
                "drumbeat_chat_lines_total",
                "Chat lines said to rooms, those of the game included",
            ),
            whispers: new_counter("drumbeat_whispers_total", "Chat lines said to one player"),
            reports: new_counter("drumbeat_chat_reports_total", "Chat lines that players reported"),
        }
    }
}

impl EntityMetrics {
    fn new() -> Self {
        Self {
            waiting: new_counter(
                "drumbeat_waiting_entities_total",
                "Entities that a frame left out because they waited for their turn in a crowded view",
            ),
            culled: new_counter(
                "drumbeat_culled_entities_total",
                "Entities left out because the client's view was full, counted once per frame",
            ),
            refused: new_counter(
                "drumbeat_refused_entities_total",
                "Entities that the rules could not add because the world was full",
            ),
        }
    }
}

impl Default for RoomMetrics {
    fn default() -> Self {
        Self::new()
    }
}

fn tick_times() -> (Histogram, Histogram, [Histogram; Phase::ALL.len()]) {
    let phase = "drumbeat_tick_phase_seconds";
    describe_histogram!(phase, Unit::Seconds, "Time that each part of a tick took, by phase");
    (
        new_histogram("drumbeat_tick_seconds", "Time that a whole tick took"),
        new_histogram("drumbeat_tick_lateness_seconds", "Time from a tick's due time to its start"),
        std::array::from_fn(|at| histogram!(phase, "phase" => Phase::ALL[at].label())),
    )
}

fn new_counter(name: &'static str, help: &'static str) -> Counter {
    describe_counter!(name, help);
    counter!(name)
}

fn new_gauge(name: &'static str, help: &'static str) -> Gauge {
    describe_gauge!(name, help);
    gauge!(name)
}

fn new_histogram(name: &'static str, help: &'static str) -> Histogram {
    describe_histogram!(name, Unit::Seconds, help);
    histogram!(name)
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
