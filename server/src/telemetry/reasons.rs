//! The labels of the metrics that count by reason: one that is not listed here counts as `other`.

/// Why a connection is turned away: at the door, at the upgrade, or at its hello.
pub(super) const REFUSALS: &[&str] = &[
    "connections_full",
    "address_full",
    "draining",
    "origin",
    "not_websocket",
    "subprotocol",
    "no_hello",
    "malformed",
    "not_binary",
    "too_big",
    "out_of_place",
    "out_of_date",
    "bad_room_name",
    "flooding",
    "full",
    "no_spectators",
    "room_failed",
    "shutting_down",
    "gone",
];
/// Why a player's connection ends: [`crate::engine::close::CloseReason::label`], or it left.
pub(super) const CLOSES: &[&str] = &[
    "left",
    "full",
    "no_spectators",
    "shutting_down",
    "room_closed",
    "not_binary",
    "malformed",
    "out_of_place",
    "flooding",
    "too_big",
    "room_failed",
    "idle",
    "too_slow",
];
/// Why a message of a player is dropped: by its connection, or by its room.
pub(super) const REJECTIONS: &[&str] = &[
    "inbox_full",
    "invalid",
    "chat_rate",
    "chat_empty",
    "chat_spectator",
    "stale",
    "early",
    "passed_over",
    "resync_rate",
];
