//! The report of a run: the tables of its figures, and whether all was well. The names of the JSON
//! keys are stable.

use crate::faults::Misbehaved;
use crate::figure::{
    BYTES, COUNT, LENGTH, MS, NUMBER, PER_S, ROUGH_SHARE, Row, SHARE, TICKS, TIMES, report, rows,
};
use crate::figures::{Percentiles, Reasons, Tally, Waited};
use crate::found::{DocumentsFound, FeltFigures, Found, StormFound, is_saturated, rounded};
use crate::server_metrics::Scrape;

report! {
    /// The figures of a run. Times are in milliseconds, rates are per bot that joined. `None` is
    /// null in the JSON and means that nothing was measured.
    pub struct Report from found: &Found<'_> {
        bots: u32 = found.options.bots;
            "Bots as asked for."
        seconds: f64 = rounded(found.seconds());
            "Length of the window as measured."
        joined: u64 = found.whole.joined;
            "Bots that received a first frame (whole run)."
        witnesses: u64 = found.whole.witnesses;
            "Joined bots that hold and verify the whole view; light bots read only the head of each \
             frame (whole run)."
        failed_joins: u64 = found.whole.failed_joins.total();
            "Bots that received no first frame (whole run)."
        disconnects: Reasons = found.whole.disconnects.clone(), Health, "disconnects", COUNT;
            "Connections that the bots did not end themselves, by reason (whole run)."
        view_mismatches: u64 = found.whole.stats.mismatches, Health, "checksums that did not match", COUNT;
            "Checksums that did not match the view of a witness (whole run)."
        checksums_verified: u64 = found.whole.stats.checksums, Health, "checksums verified", COUNT;
            "Checksums that the witnesses compared (whole run)."
        frames_per_bot_s: f64 = found.rate(found.stats().frames), Rates, "frames received", NUMBER;
            "Frames that a bot received, each second."
        payload_bytes_per_bot_s: f64 = found.rate(found.stats().bytes_in), Rates, "payload bytes received", COUNT;
            "WebSocket payload that a bot received, all messages counted, each second."
        inputs_per_bot_s: f64 = found.rate(found.measured.tally.inputs), Rates, "inputs sent", NUMBER;
            "Inputs that a bot sent, each second."
        #[serde(skip)]
        ticks_skipped_per_bot_s: f64 = found.rate(found.stats().ticks_skipped), Rates, "ticks skipped by the server", NUMBER;
            ""
        bytes_per_visible_moving_entity_tick: Option<f64> = found.entity_bytes(), Frame, "bytes per moving entity in view", NUMBER;
            "Payload bytes that the witnesses received, divided by the entities in view that moved, \
             summed over all frames."
        visible_entities_mean: Option<f64> = found.mean(found.witnessed().visible_sum), Frame, "entities in view", NUMBER;
            "Entities in view, mean over the frames of the witnesses."
        waiting_entities_mean: Option<f64> = found.mean(found.witnessed().waiting_sum), Frame, "of them waiting for their turn", NUMBER;
            "Those of them that a frame left out because they waited for their turn in a crowd."
        oldest_entity_ticks: u32 = found.witnessed().oldest_ticks, Frame, "ticks that one waits, at most", COUNT;
            "The largest age, in ticks, of what a witness knew about an entity in view."
        input_to_state_ms: Option<Percentiles> = found.waited().input_to_state.percentiles(), Times, "input to state", NUMBER;
            "From making an input to receiving the first frame that acknowledges it."
        frame_spacing_ms: Option<Percentiles> = found.waited().frame_spacing.percentiles(), Times, "frame spacing", NUMBER;
            "Time between two frames that a bot received. Here and in input_to_state_ms, on Linux, \
             a frame arrives when the kernel receives it, however busy the swarm is (with --link: \
             when the link lets it through); a wait of 250 ms or more that is not over when a bot \
             ends counts with its length so far."
        frame_off_beat_ms: Option<Percentiles> = found.waited().frame_off_beat.percentiles(), Times, "frame off the beat", NUMBER;
            "How far the spacing of two frames is from the time between their ticks: |spacing - \
             ticks * period|; 0 for a server that sends on the beat."
        rtt_ms: Option<Percentiles> = found.measured.tally.rtt.percentiles(), Times, "round trip", NUMBER;
            "Round-trip time of the witnesses' pings, without the time for which the server says it \
             held the answer."
        #[serde(skip)]
        lateness_ms: Option<Percentiles> = found.lateness_ms(), Times, "swarm: task starts late", NUMBER;
            ""
        corrections_per_bot_s: Option<f64> = found.corrections_per_witness_s(), Rates, "predictions corrected", NUMBER;
            "Own predictions that a frame proved wrong, of the witnesses, each second."
        #[serde(skip_serializing_if = "Option::is_none")]
        feel: Option<FeelReport> = found.felt().map(|felt| FeelReport::new(&felt));
            "With --link, of the witnesses, at 60 pictures a second:"
        #[serde(skip_serializing_if = "Option::is_none")]
        documents: Option<DocumentFigures> = found.documents().map(|found| DocumentFigures::new(&found));
            "Where bots send commands or chat lines, or the game has a document:"
        generator_busy: f64 = rounded(found.busy()), Health, "swarm busy", ROUGH_SHARE;
            "Share of the time, 0 to 1, in which the busiest thread of bots had work; its waits for a \
             core do not count."
        generator_saturated: bool = is_saturated(found.busy(), found.lateness_ms(), found.whole.tick_hz);
            "generator_busy is above 0.9, or frames waited in the sockets for a whole tick (99th \
             percentile of how late a due task runs in those threads, waits for a core included): \
             the figures are then those of the swarm and not of the server."
        server: ServerFigures = ServerFigures::new(found.measured.server.as_ref());
            "From the server's /metrics; percentiles are interpolated within buckets, max is the \
             upper bound of its bucket:"
        #[serde(skip_serializing_if = "Option::is_none")]
        restarts: Option<RestartFigures> = found.restarts().map(RestartFigures::new);
            "Where the server ended and said when to come back, or a bot's ticket ended (whole run):"
        #[serde(skip_serializing_if = "Option::is_none")]
        storm: Option<StormFigures> = found.storm().map(|storm| StormFigures::new(&storm));
            "With --storm, after the window; with --room all come back to one room:"
        #[serde(skip_serializing_if = "Vec::is_empty")]
        misbehaving: Vec<Misbehaved> = found.misbehaving.clone();
            "For each kind: bots, connections, how many ended as documented or were still open, and \
             how they ended."
        failures: Vec<String> = found.failures();
            "Why the exit code is 1, in words."
    } beside {
        /// Tick rate of the server in Hz.
        tick_hz: u16 = found.whole.tick_hz,
        /// The rooms that the witnesses play in.
        rooms: Reasons = found.whole.rooms.clone(),
        /// The times from which the percentiles follow.
        waited: Waited = found.waited(),
        /// The server's metrics of the window.
        scrape: Option<Scrape> = found.measured.server.clone(),
        /// The server's metrics from the start of the run to the window.
        joining: Option<Scrape> = found.measured.joining.clone(),
    }
}

report! {
    /// What followed announced ends of the server, and the ends of tickets.
    pub struct RestartFigures from whole: &Tally {
        returned: u64 = whole.returned, Health, "came back after an end", COUNT;
            "Times that a bot came back: after the wait that the server had asked for, or with another \
             ticket when its own had ended."
        failed_attempts: Reasons = whole.failed_returns.clone(), Health, "attempts before that", COUNT;
            "Attempts to come back that did not succeed, by reason; each is repeated after 0.5 s, for \
             up to 20 s."
    }
}

report! {
    /// The server's own metrics; all `None` when its `/metrics` can't be read.
    pub struct ServerFigures from scrape: Option<&Scrape> {
        tick_ms: Option<Percentiles> = scrape.and_then(|it| it.tick.percentiles()).map(|it| it.map(rounded)), Times, "server: tick", NUMBER;
            "Time that a tick took."
        tick_lateness_ms: Option<Percentiles> = scrape.and_then(|it| it.lateness.percentiles()).map(|it| it.map(rounded)), Times, "server: tick starts late", NUMBER;
            "How late a tick started."
        ticks: Option<u64> = scrape.map(|it| it.ticks), Health, "server ticks", COUNT;
            "Ticks that were run."
        missed_ticks: Option<u64> = scrape.map(|it| it.missed_ticks), Health, "server ticks missed", COUNT;
            "Ticks that started more than a whole tick late, or were left out."
    }
}

report! {
    /// How the game felt at the bots' screens. Lengths are in world units, shares from 0 to 1.
    pub struct FeelReport from felt: &FeltFigures {
        corrections_per_s: f64 = rounded(felt.figures.corrections_per_s), Screen, "own avatar corrected", PER_S;
            "How often a frame corrected the predicted place of a bot's own avatar while it touched \
             no other entity."
        correction_p50: f64 = felt.units(felt.figures.correction_p50), Screen, "by how much, p50", LENGTH;
            "The distance of such a correction, in world units, median."
        correction_p99: f64 = felt.units(felt.figures.correction_p99), Screen, "by how much, p99", LENGTH;
            "The same, 99th percentile."
        touching_per_s: f64 = rounded(felt.figures.touching_per_s), Screen, "corrected while touching", PER_S;
            "Corrections while it touched another entity, each second."
        snaps: u64 = felt.figures.snaps, Screen, "corrected in one go", COUNT;
            "Corrections too large to be eased."
        starved_share: f64 = felt.fine(felt.figures.starved_share), Screen, "pictures without frames", SHARE;
            "Pictures for which no frame was new enough to draw the others from."
        recovery_ticks_p99: f64 = rounded(felt.figures.recovery_ticks_p99), Screen, "recovery from that, p99", TICKS;
            "Ticks from the first frame after such a time until a picture is drawn from frames again."
        jank_share: f64 = felt.fine(felt.figures.jank_share), Screen, "pictures with jank", SHARE;
            "Pictures in which a moving entity stood still."
        jumps: u64 = felt.figures.jumps, Screen, "jumps", COUNT;
            "Moves of an entity from one picture to the next of more than twice its top speed."
        jump_max: f64 = rounded(f64::from(felt.figures.jump_max)), Screen, "largest move / top speed", TIMES;
            "The largest such move, as a multiple of what the top speed allows."
        behind_ms_p50: f64 = rounded(felt.figures.behind_ms_p50), Screen, "others drawn behind, p50", MS;
            "How far the others were drawn behind the frames that arrive with the lowest latency."
        behind_ms_p99: f64 = rounded(felt.figures.behind_ms_p99), Screen, "others drawn behind, p99", MS;
            "The same, 99th percentile."
        input_to_display_ms_p50: f64 = rounded(felt.figures.input_to_display_ms_p50), Screen, "input to display, p50", MS;
            "From a change of the controls to the picture that shows its effect, including the time \
             of one picture for the screen."
        late_input_share: f64 = felt.fine(felt.figures.late_input_share), Screen, "inputs too late", SHARE;
            "Inputs that arrived after their tick had started, or were dropped as far too early."
        shots_matched: u64 = felt.figures.matched, Screen, "own shots confirmed", COUNT;
            "Predicted own shots that the server confirmed."
        shots_withdrawn: u64 = felt.figures.withdrawn, Screen, "own shots withdrawn", COUNT;
            "Predicted own shots that it did not confirm."
    }
}

report! {
    /// Commands, documents and chat.
    pub struct DocumentFigures from found: &DocumentsFound<'_> {
        record_delay_ms: Option<Percentiles> = found.wished().record_delay.percentiles(), Documents, "command to record, ms", NUMBER;
            "From making a command to a witness's receiving the record that holds what was sent, both \
             ends of the way included (with --link: to the picture that shows it). For brains that \
             write the time into what they send; of every fourth record."
        chat_delay_ms: Option<Percentiles> = found.wished().line_delay.percentiles(), Documents, "chat line to others, ms", NUMBER;
            "The same for lines of chat, to the other witnesses."
        commands_per_s: f64 = found.per_s(found.wished().commands), Documents, "commands of all bots", PER_S;
            "Commands that all bots together sent, each second."
        chat_lines_per_s: f64 = found.per_s(found.wished().lines), Documents, "chat lines of all bots", PER_S;
            "Lines of chat that all bots together sent, each second."
        refused: Reasons = found.refused(), Documents, "of them refused", COUNT;
            "Commands and lines that were refused, by reason (whole run)."
        record_changes_per_witness_s: f64 = found.changes_per_witness_s(), Documents, "record changes to each witness", PER_S;
            "Records that came or changed for a witness, each second."
        command_bytes_mean: Option<f64> = found.command_bytes(), Documents, "bytes of a command", BYTES;
            "Bytes of a command, as its sender encoded it, mean."
        document_bytes_per_command: Option<f64> = found.bytes_per_command(), Documents, "bytes each witness is sent for it", BYTES;
            "Bytes of all notes about the game's document that a witness received, divided by the \
             commands of all bots."
        mismatches: u64 = found.whole().document_mismatches, Documents, "documents that did not match", COUNT;
            "Checksums that did not match a witness's copy of a document (whole run)."
        checksums_verified: u64 = found.whole().document_checksums, Documents, "documents verified", COUNT;
            "Checksums of whole documents, the chat's too, that the witnesses compared (whole run)."
    }
}

report! {
    /// The simultaneous reconnection of all bots; times in seconds.
    pub struct StormFigures from storm: &StormFound<'_> {
        reconnected: u64 = storm.whole.reconnected, Storm, "reconnected", COUNT;
            "Bots that reconnected."
        resumed: u64 = storm.whole.resumed, Storm, "with their own player", COUNT;
            "Bots that the server gave their player back, as it was."
        failed: u64 = storm.lost(), Storm, "failed to", COUNT;
            "Bots that did not reconnect."
        asked_to_wait: u64 = storm.whole.asked_to_wait, Storm, "asked to wait", COUNT;
            "Attempts that the server closed with 1013 because the old seats were not free yet; each \
             is repeated after 0.1 s, for up to 10 s."
        full_view_s: Option<Percentiles> = storm.full_view_s(), Storm, "seconds to the full view", NUMBER;
            "Seconds from dropping the connection to applying the first frame of the new one, which \
             shows the whole view."
        resume_to_view_ms: Option<Percentiles> = storm.whole.resume_to_view.percentiles(), Storm, "ms to view, own player", NUMBER;
            "Of those who have their own player: milliseconds from sending the hello of the new connection \
             to receiving the first frame, which shows the whole view; a checksum verifies it within 16 \
             ticks. Before the hello comes the connection's own set-up."
        resume_to_view_ticks: Option<Percentiles> = storm.resume_to_view_ticks(), Storm, "beyond RTT, in ticks", NUMBER;
            "The same without the median of rtt_ms, in ticks. A room lets those who come in with its next \
             tick, but 128 at most in each, so that in a storm of more many wait for several."
        join_to_view_ms: Option<Percentiles> = storm.whole.join_to_view.percentiles(), Storm, "ms to view, at the start", NUMBER;
            "The same as resume_to_view_ms of the bots' first joins (whole run). They come by --ramp-per-s: \
             with 100000 all at once, as after the storm, which shows what resuming adds to joining."
        duplicates: Option<u64> = storm.storm.more_players, Storm, "players too many", COUNT;
            "Players that the server has when all are back, beyond those that it had before the storm; \
             places that are kept count. Those of others who come and go meanwhile are in it."
        missed_ticks: Option<u64> = storm.storm.missed_ticks, Storm, "server ticks missed", COUNT;
            "Ticks that the server missed until all were back."
        generator_saturated: bool = storm.storm.saturated;
            "As above, from the start of the storm until all were back."
    }
}

impl Report {
    /// Whether nothing failed.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.failures.is_empty()
    }

    /// The rows that a person reads.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        let feel = self.feel.iter().flat_map(|feel| rows(FeelReport::FIGURES, feel));
        let documents =
            self.documents.iter().flat_map(|documents| rows(DocumentFigures::FIGURES, documents));
        let storm = self.storm.iter().flat_map(|storm| rows(StormFigures::FIGURES, storm));
        let server = rows(ServerFigures::FIGURES, &self.server);
        let restarts =
            self.restarts.iter().flat_map(|restarts| rows(RestartFigures::FIGURES, restarts));
        let all = rows(Self::FIGURES, self).chain(server).chain(restarts);
        all.chain(feel).chain(documents).chain(storm)
    }
}

#[cfg(test)]
mod tests;
