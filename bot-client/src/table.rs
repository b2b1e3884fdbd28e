//! The report as a table for a person.

use std::fmt;

use crate::figures::{Percentiles, Reasons};
use crate::report::Report;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} of {} bots joined ({} witnesses), measured for {:.1} s at {} Hz",
            self.joined, self.bots, self.witnesses, self.seconds, self.tick_hz
        )?;
        if self.joined > 0 {
            self.write_times(f)?;
            self.write_rates(f)?;
            self.write_storm(f)?;
        }
        self.write_misbehaving(f)?;
        self.write_verdict(f)
    }
}

impl Report {
    fn write_times(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:26}{:>10}{:>10}{:>10}{:>10}{:>10}",
            "milliseconds", "p50", "p90", "p99", "p99.9", "max"
        )?;
        let rows = [
            ("input to state", self.input_to_state_ms),
            ("frame spacing", self.frame_spacing_ms),
            ("frame off the beat", self.frame_off_beat_ms),
            ("round trip", self.rtt_ms),
            ("server: tick", self.server.tick_ms),
            ("server: tick starts late", self.server.tick_lateness_ms),
            ("swarm: task starts late", self.lateness_ms),
        ];
        for (name, percentiles) in rows {
            time_row(f, name, percentiles)?;
        }
        Ok(())
    }

    fn write_storm(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(storm) = &self.storm else { return Ok(()) };
        writeln!(f, "\nstorm")?;
        row(f, "reconnected", &storm.reconnected.to_string())?;
        row(f, "failed to", &storm.failed.to_string())?;
        row(f, "told to try again later", &storm.told_to_wait.to_string())?;
        row(f, "server ticks missed", &count(storm.missed_ticks))?;
        time_row(f, "seconds to the full view", storm.full_view_s)
    }

    fn write_rates(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number =
            |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2}"));
        writeln!(f, "\neach bot, each second")?;
        row(f, "frames received", &format!("{:.2}", self.frames_per_bot_s))?;
        row(f, "ticks skipped by the server", &format!("{:.2}", self.ticks_skipped_per_bot_s))?;
        row(f, "inputs sent", &format!("{:.2}", self.inputs_per_bot_s))?;
        row(f, "payload bytes received", &format!("{:.0}", self.payload_bytes_per_bot_s))?;
        row(f, "predictions corrected", &number(self.corrections_per_bot_s))?;
        self.write_feel(f)?;
        writeln!(f, "\neach frame")?;
        row(f, "entities in view", &number(self.visible_entities_mean))?;
        if self.oldest_entity_ticks > 0 {
            let waiting = number(self.waiting_entities_mean);
            let text = format!("{waiting}, {} ticks at most", self.oldest_entity_ticks);
            row(f, "of them waiting for their turn", &text)?;
        }
        let bytes = number(self.bytes_per_visible_moving_entity_tick);
        row(f, "bytes per moving entity in view", &bytes)?;
        writeln!(f, "\nhealth")?;
        row(f, "server ticks", &count(self.server.ticks))?;
        row(f, "server ticks missed", &count(self.server.missed_ticks))?;
        row(f, "checksums verified", &self.checksums_verified.to_string())?;
        row(f, "checksums that did not match", &self.view_mismatches.to_string())?;
        row(f, "disconnects", &self.disconnects.total().to_string())?;
        row(f, "swarm busy", &format!("{:.0} %", self.generator_busy * 100.0))?;
        if self.server.ticks.is_none() {
            writeln!(f, "note: the server's /metrics could not be read; its figures are missing")?;
        }
        if let Some(missed @ 1..) = self.server.missed_ticks {
            writeln!(
                f,
                "\nnote: the server missed {missed} ticks: late by a whole tick, or left out"
            )?;
        }
        if self.generator_saturated
            || self.storm.as_ref().is_some_and(|storm| storm.generator_saturated)
        {
            writeln!(
                f,
                "\nnote: the swarm itself could not keep up, so the figures are partly its own; launch \
                 fewer bots, give it more --threads, or run it elsewhere"
            )?;
        }
        Ok(())
    }

    fn write_feel(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(feel) = &self.feel else { return Ok(()) };
        let percent = |share: f64| format!("{:.2} %", share * 100.0);
        writeln!(f, "\nat the screen")?;
        let sizes = format!(
            "{:.2} /s, of {:.2} units, p99 {:.2}",
            feel.corrections_per_s, feel.correction_p50, feel.correction_p99
        );
        row(f, "own ship corrected", &sizes)?;
        let touching = format!("{:.2} /s; {} in one go", feel.touching_per_s, feel.snaps);
        row(f, "the same while touching", &touching)?;
        let starved = format!(
            "{}, over after {:.1} ticks",
            percent(feel.starved_share),
            feel.recovery_ticks_p99
        );
        row(f, "pictures without frames", &starved)?;
        row(f, "pictures with jank", &percent(feel.jank_share))?;
        let jumps = format!("{}, {:.1} times the top speed", feel.jumps, feel.jump_max);
        row(f, "jumps, and the largest", &jumps)?;
        let behind = format!("{:.0} ms, p99 {:.0} ms", feel.behind_ms_p50, feel.behind_ms_p99);
        row(f, "others drawn behind", &behind)?;
        let photon = format!("{:.0} ms", feel.input_to_photon_ms_p50);
        row(f, "control to picture", &photon)?;
        row(f, "inputs too late", &percent(feel.late_input_share))?;
        let shots = format!("{}, {} withdrawn", feel.shots_matched, feel.shots_withdrawn);
        row(f, "own shots confirmed", &shots)
    }

    fn write_misbehaving(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in &self.misbehaving {
            writeln!(f, "\n{} misbehaving ({})", group.bots, group.kind)?;
            row(f, "connections", &group.connections.to_string())?;
            row(f, "as documented", &group.as_documented.to_string())?;
            if group.checksums_verified > 0 {
                row(f, "checksums verified", &group.checksums_verified.to_string())?;
                row(f, "ticks skipped by the server", &group.ticks_skipped.to_string())?;
                row(f, "keyframes received", &group.keyframes.to_string())?;
            }
            write_reasons(f, &group.answers)?;
        }
        Ok(())
    }

    fn write_verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_success() {
            return writeln!(f, "\nno failures");
        }
        writeln!(f, "\nfailed")?;
        self.failures.iter().try_for_each(|failure| writeln!(f, "  {failure}"))
    }
}

fn time_row(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    percentiles: Option<Percentiles>,
) -> fmt::Result {
    write!(f, "{name:26}")?;
    match percentiles {
        Some(Percentiles { p50, p90, p99, p999, max }) => {
            writeln!(f, "{p50:10.2}{p90:10.2}{p99:10.2}{p999:10.2}{max:10.2}")
        }
        None => writeln!(f, "{:>10}{:>10}{:>10}{:>10}{:>10}", "-", "-", "-", "-", "-"),
    }
}

fn count(value: Option<u64>) -> String {
    value.map_or("-".to_owned(), |value| value.to_string())
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, value: &str) -> fmt::Result {
    writeln!(f, "  {name:34}{value:>10}")
}

fn write_reasons(f: &mut fmt::Formatter<'_>, reasons: &Reasons) -> fmt::Result {
    reasons.iter().try_for_each(|(reason, cases)| writeln!(f, "  {cases:>6} x {reason}"))
}
