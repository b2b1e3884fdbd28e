//! What the rooms count.

use drumbeat_shared::protocol::close::CloseCode;
use metrics::{Counter, Gauge, Histogram, Unit, describe_histogram, histogram};

use super::family::Family;
use super::handles::{new_counter, new_gauge, new_histogram};
use super::read_lateness::ReadLateness;
use crate::engine::counts::{Keyframe, Rejection};
use crate::engine::pace::Skip;
use crate::engine::phase::Phase;
use crate::tickets;

/// What the rooms count; cheap to clone, one for each room's loop.
#[derive(Clone, Debug)]
pub struct RoomMetrics {
    /// Players in all rooms, with those whose place is kept.
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
    /// Those of them that were left out: with the ticks that were run, all that were due.
    pub skipped_ticks: Counter,
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
    /// Clients' messages that were dropped; the same counters as those of the connections.
    pub rejected_messages: Family<Rejection>,
    /// Players whose connection ended.
    pub closes: Family<CloseCode>,
    /// Panics of a game's rules, each confined to its room.
    pub room_panics: Counter,
    /// Events that a client missed, of which it received only the number.
    pub missed_events: Counter,
    /// Events dropped because they were longer than a note may be.
    pub oversized_events: Counter,
    /// Items of feeds that were lost.
    pub lost_news: Counter,
    /// What was said.
    pub chat: ChatMetrics,
    /// The places of players who lost their connection.
    pub places: PlaceMetrics,
    /// Entities that did not fit somewhere.
    pub entities: EntityMetrics,
    /// Inputs that arrived after their tick had started.
    pub late_inputs: Counter,
    /// Inputs that claimed an older picture than their client can have had.
    pub cut_rewinds: Counter,
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

/// The places of players who lost their connection.
#[derive(Clone, Debug)]
pub struct PlaceMetrics {
    /// Players whose place is kept.
    pub away: Gauge,
    /// Players who were resumed.
    pub resumed: Counter,
    /// Players who did not come back in time.
    pub expired: Counter,
    /// Tickets, and their lack, of those who came back to no place; the same counters as those of the
    /// connections.
    pub refused_tickets: Family<tickets::Refused>,
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
        let [ticks, missed_ticks, skipped_ticks] = tick_counts();
        let (tick, lateness, phases) = tick_times();
        let (late_inputs, input_wait, seen_age) = input_times();
        let [missed_events, oversized_events, lost_news] = losses();
        Self {
            players: new_gauge(
                "drumbeat_players",
                "Players in all rooms, with those whose place is kept",
            ),
            spectators: new_gauge("drumbeat_spectators", "Connected spectators in all rooms"),
            rooms: new_gauge("drumbeat_rooms", "Rooms that run"),
            tick,
            lateness,
            phases,
            ticks,
            missed_ticks,
            skipped_ticks,
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
            missed_events,
            oversized_events,
            lost_news,
            late_inputs,
            cut_rewinds: new_counter(
                "drumbeat_cut_rewinds_total",
                "Inputs that claimed an older picture than their client can have had",
            ),
            input_wait,
            seen_age,
            read_lateness: ReadLateness::default(),
            chat: ChatMetrics::new(),
            places: PlaceMetrics::new(),
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

impl PlaceMetrics {
    fn new() -> Self {
        Self {
            away: new_gauge(
                "drumbeat_players_away",
                "Players who have lost their connection and whose place is kept, in all rooms",
            ),
            resumed: new_counter("drumbeat_resumes_total", "Players who were resumed"),
            expired: new_counter(
                "drumbeat_expired_places_total",
                "Players who lost their connection and did not come back in time",
            ),
            refused_tickets: Family::refused_tickets(),
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

/// What happened and some, or all, do not learn.
fn losses() -> [Counter; 3] {
    [
        new_counter("drumbeat_missed_events_total", "Events that clients missed"),
        new_counter(
            "drumbeat_oversized_events_total",
            "Events dropped because they were longer than a message may be",
        ),
        new_counter(
            "drumbeat_lost_news_total",
            "Items of feeds that were too long, too many in a tick, or no JSON objects",
        ),
    ]
}

/// Ticks that were run, missed, left out.
fn tick_counts() -> [Counter; 3] {
    [
        new_counter("drumbeat_ticks_total", "Ticks that were run"),
        new_counter(
            "drumbeat_missed_ticks_total",
            "Ticks that started more than a period late, or were left out",
        ),
        new_counter(
            "drumbeat_skipped_ticks_total",
            "Ticks that were left out; with those that were run, all that were due",
        ),
    ]
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

fn input_times() -> (Counter, Histogram, Histogram) {
    (
        new_counter(
            "drumbeat_late_inputs_total",
            "Inputs that arrived after their tick had started",
        ),
        new_histogram(
            "drumbeat_input_wait_seconds",
            "Time from reading an input to the start of the tick that took it",
        ),
        new_histogram(
            "drumbeat_seen_age_seconds",
            "Age of the newest state that a player had seen when a tick took its input",
        ),
    )
}
