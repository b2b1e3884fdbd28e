//! What the log advises the author of a game whose rules reach a limit, or whose clients disagree
//! with the server.

use drumbeat_shared::limits::{ENTITIES_MAX, EVENT_LOG_MAX, MAIL_MAX, NOTE_BYTES_MAX};

use crate::engine::counts::Counts;
use crate::telemetry::notices::{Line, Notices};

/// What to try when clients hold another view than the server meant.
pub(super) const ON_MISMATCHES: &str = "no single client's fault: was the clients' core built from \
    these rules? --check-rules says whether the rules and their predictions are the same each time";

/// Writes a line about each limit that the rules have reached, unless there were too many lately.
pub(super) fn log(notices: &Notices, tick: u32, counts: &Counts) {
    let Counts { refused_entities, oversized_event, excess_events, blind_players, .. } = counts;
    let due = |is: bool, cause| if is { notices.note(cause) } else { None };
    if let Some(Line { held_back, .. }) = due(*refused_entities > 0, "refused_entities") {
        let entities_max = ENTITIES_MAX;
        tracing::warn!(
            tick,
            refused_entities,
            entities_max,
            held_back,
            "the world is full, and the rules could not insert more entities: remove those that \
             nobody needs"
        );
    }
    if let Some((event, bytes)) = oversized_event
        && let Some(Line { held_back, .. }) = due(true, "oversized_event")
    {
        let bytes_max = NOTE_BYTES_MAX;
        tracing::warn!(
            tick,
            event,
            bytes,
            bytes_max,
            held_back,
            "an event was too long and reached nobody: send less in it, or in several"
        );
    }
    if let Some(Line { held_back, .. }) = due(*excess_events > 0, "excess_events") {
        let (log_max, mail_max) = (EVENT_LOG_MAX, MAIL_MAX);
        tracing::warn!(
            tick,
            excess_events,
            log_max,
            mail_max,
            held_back,
            "the rules sent more events in one tick than clients can get, and the first were \
             dropped: send fewer, or make what lasts a field"
        );
    }
    if let Some(Line { held_back, .. }) = due(*blind_players > 0, "blind_players") {
        tracing::warn!(
            tick,
            blind_players,
            held_back,
            "players joined without an avatar and an eye, and see the middle of the world: return \
             an avatar or a place to look from"
        );
    }
}
