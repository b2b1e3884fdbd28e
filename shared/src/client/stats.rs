//! What a client counts.

/// Counters since the client was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stats {
    /// State frames received.
    pub frames: u64,
    /// Keyframes among them.
    pub keyframes: u64,
    /// WebSocket payload bytes received, all messages.
    pub bytes_in: u64,
    /// WebSocket payload bytes made for sending.
    pub bytes_out: u64,
    /// Payload bytes of the delta frames alone.
    pub delta_bytes_in: u64,
    /// Sum over delta frames of the entities visible after them.
    pub visible_sum: u64,
    /// Sum over delta frames of the visible entities that moved in them.
    pub moving_sum: u64,
    /// Sum over delta frames of the visible entities that they did not tell of, since those waited
    /// for their turn in a crowd.
    pub waiting_sum: u64,
    /// The most ticks that what was known of an entity in view was behind its frame.
    pub oldest_ticks: u32,
    /// Ticks for which no frame came: the server skipped them for this client.
    pub ticks_skipped: u64,
    /// Checksums compared.
    pub checksums: u64,
    /// Checksums that did not match.
    pub mismatches: u64,
    /// Own prediction found wrong by a frame.
    pub corrections: u64,
    /// Size of the last correction, grid units.
    pub correction_last: u32,
    /// Inputs not acknowledged yet.
    pub pending_inputs: u32,
    /// Pongs received: each is a round trip timed.
    pub pongs: u64,
    /// Last round trip time, microseconds; 0 before the first pong.
    pub rtt_us: u32,
    /// Mean deviation of the frames' arrival from an even beat, microseconds (RFC 3550, A.8).
    pub jitter_us: u32,
    /// How far the drawing is behind the newest frame, microseconds.
    pub buffer_us: u32,
}
