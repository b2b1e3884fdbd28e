//! The report as a table for a person, 70 columns wide.

use std::fmt;

use crate::figure::{NUMBER, Row, Section, Value};
use crate::figures::{Percentiles, Reasons};
use crate::report::Report;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} bots joined", self.joined, self.bots)?;
        if self.joined > 0 {
            let (witnesses, seconds, tick_hz) = (self.witnesses, self.seconds, self.tick_hz);
            writeln!(f, " ({witnesses} witnesses), measured for {seconds:.1} s at {tick_hz} Hz")?;
            self.write_sections(f)?;
            self.write_notes(f)?;
        } else {
            writeln!(f, ", nothing was measured")?;
        }
        self.write_misbehaving(f)?;
        self.write_verdict(f)
    }
}

impl Report {
    fn write_sections(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (section, title) in Section::ALL {
            let mut rows = self.rows().filter(|row| row.section == section).peekable();
            if rows.peek().is_none() {
                continue;
            }
            match section {
                Section::Times | Section::Documents => {
                    let heads = ["p50", "p90", "p99", "p99.9", "max"];
                    write_times(f, &format!("\n{title:24}"), heads.map(str::to_owned))?;
                }
                _ => writeln!(f, "\n{title}")?,
            }
            rows.try_for_each(|row| write_row(f, &row))?;
        }
        Ok(())
    }

    fn write_notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rooms: Vec<_> = self.rooms.iter().collect();
        if let [first, second, others @ ..] = &rooms[..] {
            let list = [first, second].map(|(room, bots)| format!("{bots} in {room}")).join(", ");
            let more = if others.is_empty() { "" } else { ", ..." };
            let (count, bots) = (rooms.len(), self.bots);
            writeln!(f, "\nnote: the bots play in {count} rooms: {list}{more}")?;
            writeln!(f, "for one room, start the server with --capacity {bots}")?;
        }
        if self.server.ticks.is_none() {
            writeln!(f, "\nnote: without the server's /metrics its figures are missing;")?;
            writeln!(f, "--admin names the admin listener, where they can be read")?;
        }
        if let Some(missed @ 1..) = self.server.missed_ticks {
            let what = "late by a whole tick, or left out";
            writeln!(f, "\nnote: the server missed {missed} ticks: {what}")?;
        }
        let stormed = self.storm.as_ref().is_some_and(|storm| storm.generator_saturated);
        if self.generator_saturated || stormed {
            writeln!(
                f,
                "\nnote: the swarm itself could not keep up, so the figures are partly\n\
                 its own; launch fewer bots, allow more --threads, or run it elsewhere"
            )?;
        }
        Ok(())
    }

    fn write_misbehaving(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in &self.misbehaving {
            writeln!(f, "\n{} misbehaving ({})", group.bots, group.kind)?;
            write_one(f, "connections", &group.connections.to_string())?;
            write_one(f, "as documented", &group.as_documented.to_string())?;
            if group.checksums_verified > 0 {
                write_one(f, "checksums verified", &group.checksums_verified.to_string())?;
                write_one(f, "ticks skipped by the server", &group.ticks_skipped.to_string())?;
                write_one(f, "keyframes received", &group.keyframes.to_string())?;
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

fn write_row(f: &mut fmt::Formatter<'_>, row: &Row) -> fmt::Result {
    let Row { label, unit, value, .. } = row;
    match value {
        Value::One(value) => write_one(f, label, &unit.write(*value)),
        Value::Spread(percentiles) => {
            let times = percentiles.map(|Percentiles { p50, p90, p99, p999, max }| {
                [p50, p90, p99, p999, max].map(Some)
            });
            let times = times.unwrap_or_default().map(|time| NUMBER.write(time));
            write_times(f, &format!("{label:24}"), times)
        }
    }
}

fn write_times(
    f: &mut fmt::Formatter<'_>,
    label: &str,
    [p50, p90, p99, p999, max]: [String; 5],
) -> fmt::Result {
    writeln!(f, "{label}{p50:>9}{p90:>9}{p99:>9}{p999:>9}{max:>9}")
}

fn write_one(f: &mut fmt::Formatter<'_>, label: &str, value: &str) -> fmt::Result {
    writeln!(f, "  {label:34}{value:>14}")
}

fn write_reasons(f: &mut fmt::Formatter<'_>, reasons: &Reasons) -> fmt::Result {
    reasons.iter().try_for_each(|(reason, cases)| writeln!(f, "  {cases:>6} x {reason}"))
}
