//! The summary as a table for a person.

use std::fmt;

use crate::link_table::link_tables;
use crate::row::Row;
use crate::summary::{Line, Summary};

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_conditions(f)?;
        self.write_rows(f)?;
        self.write_lines(f)?;
        self.write_links(f)?;
        let list = |f: &mut fmt::Formatter<'_>, title: &str, texts: &[String]| {
            if texts.is_empty() {
                return Ok(());
            }
            writeln!(f, "\n{title}")?;
            texts.iter().try_for_each(|text| writeln!(f, "  {text}"))
        };
        list(f, "notes", &self.notes)?;
        list(f, "failed", &self.failures)
    }
}

impl Summary {
    fn write_conditions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let conditions = &self.conditions;
        writeln!(f, "{}", conditions.command)?;
        conditions.lines().iter().try_for_each(|line| writeln!(f, "  {line}"))
    }

    fn write_rows(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:48}{:>12}{:>9}{:>9}  verdict", "target", "figure", "must", "aim")?;
        for row in &self.rows {
            writeln!(
                f,
                "{:48}{:>12}{:>9}{:>9}  {}{}",
                row.target.what,
                row.figure_text(),
                row.target.show_bound(row.target.must),
                row.target.show_bound(row.target.aim),
                row.verdict.words(),
                row.remark()
            )?;
        }
        self.footnotes().try_for_each(|text| writeln!(f, "{text}"))
    }

    /// The explanations of those marks that occur in the rows.
    pub(crate) fn footnotes(&self) -> impl Iterator<Item = &'static str> {
        let reduced = self.rows.iter().any(|row| row.figure.reduced);
        let disturbed = self.rows.iter().any(|row| row.disturbed);
        let doubtful = self.lines.iter().any(|line| line.doubtful);
        let notes = [
            (
                reduced,
                "* measured with fewer players, for a shorter time or in fewer pairs than the \
                 target asks",
            ),
            (disturbed, "~ measured while the machine was disturbed, see the notes"),
            (doubtful, "? a load of which no run counts, see the notes"),
        ];
        notes.into_iter().filter_map(|(applies, text)| applies.then_some(text))
    }

    fn write_lines(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{:20}", "scenario")?;
        COLUMNS.iter().try_for_each(|it| write!(f, "{:>width$}", it.head, width = it.width))?;
        writeln!(f)?;
        self.lines.iter().try_for_each(|line| write_line(f, line))?;
        writeln!(
            f,
            "CPU of the server and floor per client-tick, x their ratio; view entities seen, kB/s \
             to each\nplayer, tick, late (its start) and off beat (of received frames) p99 in ms, \
             verified checksums\nof views that matched, swarm the share of time that its busiest \
             thread had work"
        )
    }
}

impl Summary {
    fn write_links(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in link_tables(self) {
            write!(f, "\n{:34}", table.title)?;
            table.links.iter().try_for_each(|link| write!(f, "{link:>13}"))?;
            writeln!(f)?;
            for row in &table.rows {
                write!(f, "{:34}", row.label)?;
                row.cells.iter().try_for_each(|cell| write!(f, "{cell:>13}"))?;
                writeln!(f)?;
            }
            let key = table.key;
            writeln!(
                f,
                "`drumbeat-bots --help-json` defines them, under `{key}`; two numbers: p50 / p99."
            )?;
        }
        Ok(())
    }
}

fn write_line(f: &mut fmt::Formatter<'_>, line: &Line) -> fmt::Result {
    write!(f, "{:20}", line.name())?;
    for Column { width, cell, .. } in &COLUMNS {
        write!(f, "{:>width$}", cell(line))?;
    }
    writeln!(f)
}

/// A column for loads, here and on the page.
pub(crate) struct Column {
    /// The heading in the table, and the column's width there.
    head: &'static str,
    width: usize,
    /// The heading on the page.
    pub(crate) title: &'static str,
    pub(crate) cell: fn(&Line) -> String,
}

/// The columns beside the load's name.
#[rustfmt::skip]
pub(crate) const COLUMNS: [Column; 12] = [
    Column { head: "players", width: 8, title: "players", cell: Line::players },
    Column { head: "view", width: 6, title: "in view", cell: |line| number(line.visible, 0) },
    Column { head: "CPU, us", width: 9, title: "CPU, \u{b5}s", cell: |line| number(line.cpu_us_per_client_tick, 2) },
    Column { head: "floor", width: 7, title: "floor, \u{b5}s", cell: |line| number(line.floor_us_per_client_tick, 2) },
    Column { head: "x", width: 6, title: "ratio", cell: |line| number(line.ratio, 2) },
    Column { head: "kB/s", width: 7, title: "kB/s each", cell: |line| number(line.kb_per_s, 2) },
    Column { head: "tick", width: 8, title: "tick p99, ms", cell: |line| number(line.tick_ms_p99, 1) },
    Column { head: "late", width: 8, title: "late p99, ms", cell: |line| number(line.late_ms_p99, 2) },
    Column { head: "off beat", width: 9, title: "off beat p99, ms", cell: |line| number(line.off_beat_ms_p99, 2) },
    Column { head: "missed", width: 7, title: "missed", cell: |line| number(line.missed_ticks.map(|missed| missed as f64), 0) },
    Column { head: "verified", width: 9, title: "verified", cell: |line| line.checksums.to_string() },
    Column { head: "swarm", width: 7, title: "swarm busy", cell: |line| format!("{:.0} %", line.swarm_busy * 100.0) },
];

impl Row {
    /// The figure, or a dash.
    pub(crate) fn figure_text(&self) -> String {
        self.figure.value.map_or("-".to_owned(), |value| self.target.show(value))
    }

    /// The remark beside the verdict: whether the load was reduced or the machine disturbed, why
    /// the figure is in doubt, the spread of several values.
    pub(crate) fn remark(&self) -> String {
        let marks = [(self.figure.reduced, " *"), (self.disturbed, " ~")];
        let mark: String = marks.into_iter().filter(|mark| mark.0).map(|mark| mark.1).collect();
        let decimals = self.target.decimals;
        match (&self.figure.doubt, self.figure.spread) {
            (Some(doubt), _) => format!("{mark}: {doubt}"),
            (None, Some([low, high])) => format!("{mark} ({low:.decimals$} to {high:.decimals$})"),
            (None, None) => mark,
        }
    }
}

impl Line {
    /// The scenario, what distinguishes this load from its others, and a mark if no run counts.
    pub(crate) fn name(&self) -> String {
        let name = self.scenario.name;
        let mark = if self.doubtful { " ?" } else { "" };
        match self.load.shards {
            Some(shards) => format!("{name} {shards}, rooms {}{mark}", self.load.rooms),
            None => format!("{name}{mark}"),
        }
    }

    /// The number of players, and the number of additional slow ones.
    pub(crate) fn players(&self) -> String {
        match self.load.slow {
            0 => self.load.bots.to_string(),
            slow => format!("{}+{slow}", self.load.bots),
        }
    }
}

/// Formats a number with `decimals` decimals; a dash for `None`.
pub(crate) fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.decimals$}"))
}
