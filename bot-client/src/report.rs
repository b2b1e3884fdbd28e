//! The report of a run: the tables of its figures, and whether all was well. The names of the JSON
//! keys are stable.

use crate::faults::Misbehaved;
use crate::figure::{
    COUNT, LENGTH, MS, NUMBER, PER_S, ROUGH_SHARE, Row, SHARE, TICKS, TIMES, report, rows,
};
use crate::figures::{Percentiles, Reasons, Waited};
use crate::found::{FeltFigures, Found, StormFound, is_saturated, rounded};
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
            "Those of the joined that keep the whole view and verify it; the others read of a frame \
             its head alone, see --witnesses (whole run)."
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
            "Payload received / sum over frames of visible entities that moved; of the witnesses."
        visible_entities_mean: Option<f64> = found.mean(found.witnessed().visible_sum), Frame, "entities in view", NUMBER;
            "Entities in view, mean over the frames of the witnesses."
        waiting_entities_mean: Option<f64> = found.mean(found.witnessed().waiting_sum), Frame, "of them waiting for their turn", NUMBER;
            "Of them those that the frame left out, since they waited for their turn in a crowd."
        oldest_entity_ticks: u32 = found.witnessed().oldest_ticks, Frame, "ticks that one waits, at most", COUNT;
            "The most ticks that what a witness knew of an entity in view was behind its frame."
        input_to_state_ms: Option<Percentiles> = found.waited().input_to_state.percentiles(), Times, "input to state", NUMBER;
            "From making an input to receiving the first frame that acknowledges it."
        frame_spacing_ms: Option<Percentiles> = found.waited().frame_spacing.percentiles(), Times, "frame spacing", NUMBER;
            "Between two frames that a bot received; here and in input_to_state_ms a frame comes, on \
             Linux, when the kernel has received it, however busy the swarm is (with --link: when \
             the link lets it through), and a wait of 250 ms or more that a bot's end finds open \
             counts with its length so far."
        frame_off_beat_ms: Option<Percentiles> = found.waited().frame_off_beat.percentiles(), Times, "frame off the beat", NUMBER;
            "How far the spacing of two frames is from the time between their ticks: |spacing - \
             ticks * period|; 0 for a server that sends on the beat."
        rtt_ms: Option<Percentiles> = found.measured.tally.rtt.percentiles(), Times, "round trip", NUMBER;
            "Of the pings of the witnesses, less what the server says it held the answer."
        #[serde(skip)]
        lateness_ms: Option<Percentiles> = found.lateness_ms(), Times, "swarm: task starts late", NUMBER;
            ""
        corrections_per_bot_s: Option<f64> = found.corrections_per_witness_s(), Rates, "predictions corrected", NUMBER;
            "Own predictions that a frame proved wrong, of the witnesses, each second."
        #[serde(skip_serializing_if = "Option::is_none")]
        feel: Option<FeelReport> = found.felt().map(|felt| FeelReport::new(&felt));
            "With --link, of the witnesses, at 60 pictures a second:"
        generator_busy: f64 = rounded(found.busy()), Health, "swarm busy", ROUGH_SHARE;
            "Share of the time in which the busiest thread of bots had work, 0 to 1; its waits for a \
             core on waking up are not in it."
        generator_saturated: bool = is_saturated(found.busy(), found.lateness_ms(), found.whole.tick_hz);
            "generator_busy is above 0.9, or frames waited in the sockets for a whole tick (99th \
             percentile of how late a due task runs in those threads, waits for a core included): \
             the figures are then those of the swarm and not of the server."
        server: ServerFigures = ServerFigures::new(found.measured.server.as_ref());
            "From the server's /metrics; percentiles are interpolated within buckets, max is the \
             upper bound of its bucket:"
        #[serde(skip_serializing_if = "Option::is_none")]
        storm: Option<StormFigures> = found.storm().map(|storm| StormFigures::new(&storm));
            "With --storm, after the window; with --room all come back to one room:"
        #[serde(skip_serializing_if = "Vec::is_empty")]
        misbehaving: Vec<Misbehaved> = found.misbehaving.clone();
            "Per kind: bots, connections, how many ended as documented or were still open, how they \
             ended."
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
            "Ticks done."
        missed_ticks: Option<u64> = scrape.map(|it| it.missed_ticks), Health, "server ticks missed", COUNT;
            "Ticks late by a whole tick, or left out."
    }
}

report! {
    /// How the game felt at the bots' screens. Lengths are in world units, shares from 0 to 1.
    pub struct FeelReport from felt: &FeltFigures {
        corrections_per_s: f64 = rounded(felt.figures.corrections_per_s), Screen, "own ship corrected", PER_S;
            "How often a frame moved a bot's own ship from where it was predicted, while it touched \
             no other."
        correction_p50: f64 = felt.units(felt.figures.correction_p50), Screen, "by how much, p50", LENGTH;
            "How far, in units of the world."
        correction_p99: f64 = felt.units(felt.figures.correction_p99), Screen, "by how much, p99", LENGTH;
            "The same, 99th percentile."
        touching_per_s: f64 = rounded(felt.figures.touching_per_s), Screen, "corrected while touching", PER_S;
            "Corrections while it touched another."
        snaps: u64 = felt.figures.snaps, Screen, "corrected in one go", COUNT;
            "Corrections too large to be eased."
        starved_share: f64 = felt.fine(felt.figures.starved_share), Screen, "pictures without frames", SHARE;
            "Pictures without a frame new enough to draw the others from."
        recovery_ticks_p99: f64 = rounded(felt.figures.recovery_ticks_p99), Screen, "recovery from that, p99", TICKS;
            "From the first frame after that until a picture drawn from frames again."
        jank_share: f64 = felt.fine(felt.figures.jank_share), Screen, "pictures with jank", SHARE;
            "Pictures in which a ship that moves stood still."
        jumps: u64 = felt.figures.jumps, Screen, "jumps", COUNT;
            "Moves of a ship from one picture to the next of more than twice its top speed."
        jump_max: f64 = rounded(f64::from(felt.figures.jump_max)), Screen, "largest move / top speed", TIMES;
            "The longest of them, in shares of that of its top speed."
        behind_ms_p50: f64 = rounded(felt.figures.behind_ms_p50), Screen, "others drawn behind, p50", MS;
            "How far the others were drawn behind the frames that arrive on the fastest way."
        behind_ms_p99: f64 = rounded(felt.figures.behind_ms_p99), Screen, "others drawn behind, p99", MS;
            "The same, 99th percentile."
        input_to_display_ms_p50: f64 = rounded(felt.figures.input_to_display_ms_p50), Screen, "control to picture, p50", MS;
            "From a change of the controls to a picture that shows what it does, one picture's time \
             for the screen included."
        late_input_share: f64 = felt.fine(felt.figures.late_input_share), Screen, "inputs too late", SHARE;
            "Inputs that came after the tick that they were meant for had begun, or were dropped as \
             far too early."
        shots_matched: u64 = felt.figures.matched, Screen, "own shots confirmed", COUNT;
            "Own shots shown before the server's word that it confirmed."
        shots_withdrawn: u64 = felt.figures.withdrawn, Screen, "own shots withdrawn", COUNT;
            "Those that it did not confirm."
    }
}

report! {
    /// The simultaneous reconnection of all bots; times in seconds.
    pub struct StormFigures from storm: &StormFound<'_> {
        reconnected: u64 = storm.whole.reconnected, Storm, "reconnected", COUNT;
            "Bots that came back."
        failed: u64 = storm.lost(), Storm, "failed to", COUNT;
            "Bots that did not."
        asked_to_wait: u64 = storm.whole.asked_to_wait, Storm, "told to try again later", COUNT;
            "Tries that the server closed with 1013 since it held the seats of before, each made \
             again 0.1 s later, for 10 s."
        full_view_s: Option<Percentiles> = storm.full_view_s(), Storm, "seconds to the full view", NUMBER;
            "From dropping the connection to the first frame of the new one, which shows the whole \
             view, applied."
        missed_ticks: Option<u64> = storm.storm.missed_ticks, Storm, "server ticks missed", COUNT;
            "Of the server until all were back."
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
        let storm = self.storm.iter().flat_map(|storm| rows(StormFigures::FIGURES, storm));
        let server = rows(ServerFigures::FIGURES, &self.server);
        rows(Self::FIGURES, self).chain(server).chain(feel).chain(storm)
    }
}

#[cfg(test)]
mod tests;
