//! What the log advises the author of a game whose rules reach a limit, or whose clients disagree
//! with the server.

use std::collections::BTreeMap;

use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::{
    CHECKSUM_TICKS, ENTITIES_MAX, EVENT_LOG_MAX, MAIL_MAX, NOTE_BYTES_MAX,
};

use crate::engine::counts::Counts;
use crate::engine::incident::{Incident, What};
use crate::telemetry::notices::{Line, Notices};

/// What to try when several clients hold another view than the server meant.
const ON_SEVERAL: &str = "several clients report it, so hardly a single client's fault: was the \
    clients' core built from these rules? --check-rules says whether the rules and their \
    predictions are the same each time";
/// What to try when the only client does.
const ON_THE_ONLY_ONE: &str = "it is the only client in the room, so this may be its fault or the \
    rules': was its core built from these rules? --check-rules says whether the rules and their \
    predictions are the same each time";

/// Ticks within which mismatches of several clients count as one. Each client is checked once in
/// [`CHECKSUM_TICKS`], in turns, and complains at most every second time.
const WINDOW_TICKS: u32 = 2 * CHECKSUM_TICKS;

/// The clients whose views did not match lately: by connection, the tick of the last mismatch.
#[derive(Debug, Default)]
pub(super) struct Mismatches(BTreeMap<u64, Tick>);

impl Mismatches {
    /// Notes the mismatches among the incidents of a tick, at whose end the room has this many
    /// clients. Returns what to advise about each, if there is something to say.
    pub(super) fn note(
        &mut self,
        tick: Tick,
        clients: usize,
        incidents: &[Incident],
    ) -> Option<&'static str> {
        let of_views = |incident: &&Incident| matches!(incident.what, What::Mismatch { .. });
        let fresh = incidents.iter().filter(of_views);
        self.0.extend(fresh.map(|incident| (incident.peer.connection, tick)));
        self.0.retain(|_, last| tick.since(*last) <= WINDOW_TICKS);
        match self.0.len() {
            0 => None,
            1 => (clients == 1).then_some(ON_THE_ONLY_ONE),
            _ => Some(ON_SEVERAL),
        }
    }
}

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
            "the rules sent more events in one tick than clients can get, to several (log_max) or \
             to one player (mail_max), and the first were dropped: send fewer, or make what lasts \
             a field"
        );
    }
    if let Some(Line { held_back, .. }) = due(*blind_players > 0, "blind_players") {
        tracing::warn!(
            tick,
            blind_players,
            held_back,
            "players joined without a place to look from, and see the middle of the world: return \
             an avatar that is in the world, or an eye"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::engine::checks::{Checks, Claim};
    use crate::engine::incident::Peer;
    use crate::engine::viewer::Role;

    fn mismatch(connection: u64) -> Incident {
        let peer = Peer { connection, address: Address::new([192, 0, 2, 1].into(), Some(5_000)) };
        let claim = Claim { tick: Tick(5), expected: 1, actual: 2 };
        let what = What::Mismatch { claim, visible: 3 };
        Incident { peer, name: "Ada".into(), role: Role::Player, what }
    }

    fn joined(connection: u64) -> Incident {
        Incident { what: What::Joined, ..mismatch(connection) }
    }

    #[test]
    fn clients_that_are_checked_in_turns_are_no_single_clients() {
        let mut clients = [0, 5, 10, 15].map(|number| Checks::new(Tick(100 - number)));
        let mut mismatches = Mismatches::default();
        let mut advised = Vec::new();
        for tick in (101..149).map(Tick) {
            let mut incidents = vec![joined(99)];
            for (connection, checks) in (0..).zip(&mut clients) {
                if checks.is_due(tick) {
                    checks.sent(tick, 1);
                    // Every second time: the room refuses more.
                    let complains = tick.since(Tick(101)) < CHECKSUM_TICKS
                        || tick.since(Tick(101)) >= 2 * CHECKSUM_TICKS;
                    incidents.extend(complains.then(|| mismatch(connection)));
                }
            }
            let advice = mismatches.note(tick, 4, &incidents);
            if incidents.len() > 1 {
                assert_eq!(incidents.len(), 2, "two are checked in tick {tick}");
                advised.push((tick.0, advice));
            }
        }
        let several = [106, 111, 116, 133, 138, 143, 148].map(|tick| (tick, Some(ON_SEVERAL)));
        assert_eq!(advised[0], (101, None), "one client of four");
        assert_eq!(advised[1..], several);
    }

    #[test]
    fn a_single_client_is_no_reason_to_suspect_the_rules() {
        let mut mismatches = Mismatches::default();
        let mut note = |tick, clients, of: &[u64]| {
            let incidents: Vec<_> = of.iter().map(|of| mismatch(*of)).collect();
            mismatches.note(Tick(tick), clients, &incidents)
        };
        for tick in [40, 72, 104] {
            assert_eq!(note(tick, 4, &[7]), None, "tick {tick}");
        }
        assert_eq!(note(136, 4, &[8]), Some(ON_SEVERAL), "the other's was 32 ticks ago");
        assert_eq!(note(169, 4, &[7]), None, "the other's was 33 ticks ago");
        assert_eq!(note(300, 1, &[7]), Some(ON_THE_ONLY_ONE));
        assert_eq!(note(400, 2, &[7, 8]), Some(ON_SEVERAL), "both in one tick");
        assert_eq!(note(500, 4, &[]), None);
    }
}
