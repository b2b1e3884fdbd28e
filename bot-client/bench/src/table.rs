//! The summary as a table for a person.

use std::fmt;

use crate::feel::{FeelLine, HEADS, LEGEND};
use crate::row::Row;
use crate::summary::{Line, Summary};

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_conditions(f)?;
        self.write_rows(f)?;
        self.write_lines(f)?;
        self.write_feel(f)?;
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

    /// What the marks of the rows mean, as far as there are any.
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
        writeln!(
            f,
            "\n{:20}{:>8}{:>6}{:>9}{:>7}{:>6}{:>7}{:>8}{:>8}{:>9}{:>7}{:>9}{:>7}",
            "scenario",
            "players",
            "view",
            "CPU, us",
            "floor",
            "x",
            "kB/s",
            "tick",
            "late",
            "off beat",
            "missed",
            "verified",
            "swarm"
        )?;
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
    fn write_feel(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.feel_lines().peekable();
        if lines.peek().is_none() {
            return Ok(());
        }
        let heads = HEADS.map(str::to_owned);
        let all =
            std::iter::once(FeelLine { link: "how it feels over", cells: heads }).chain(lines);
        writeln!(f)?;
        for FeelLine { link, cells } in all {
            write!(f, "{link:18}")?;
            for (cell, head) in cells.iter().zip(HEADS) {
                write!(f, "{cell:>width$}", width = (head.len() + 1).max(8))?;
            }
            writeln!(f)?;
        }
        writeln!(f, "{LEGEND}")
    }
}

fn write_line(f: &mut fmt::Formatter<'_>, line: &Line) -> fmt::Result {
    write!(f, "{:20}", line.name())?;
    let widths = [8, 6, 9, 7, 6, 7, 8, 8, 9, 7, 9, 7];
    for (cell, width) in line.cells().iter().zip(widths) {
        write!(f, "{cell:>width$}")?;
    }
    writeln!(f)
}

impl Line {
    /// What is shown of it beside its name, here and on the page.
    pub(crate) fn cells(&self) -> [String; 12] {
        [
            self.players(),
            number(self.visible, 0),
            number(self.cpu_us_per_client_tick, 2),
            number(self.floor_us_per_client_tick, 2),
            number(self.ratio, 2),
            number(self.kb_per_s, 2),
            number(self.tick_ms_p99, 1),
            number(self.late_ms_p99, 2),
            number(self.off_beat_ms_p99, 2),
            self.missed_ticks.map_or("-".to_owned(), |missed| missed.to_string()),
            self.checksums.to_string(),
            format!("{:.0} %", self.swarm_busy * 100.0),
        ]
    }
}

impl Row {
    /// The figure, or a dash.
    pub(crate) fn figure_text(&self) -> String {
        self.figure.value.map_or("-".to_owned(), |value| self.target.show(value))
    }

    /// What there is to know beside the verdict: whether the load was less than the target's or the
    /// machine disturbed, why the figure is in doubt, how far several lie apart.
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
    /// The scenario, what else sets this load apart from others of it, and whether no run counts.
    pub(crate) fn name(&self) -> String {
        let name = self.scenario.name();
        let mark = if self.doubtful { " ?" } else { "" };
        match self.load.shards {
            Some(shards) => format!("{name} {shards}, rooms {}{mark}", self.load.rooms),
            None => name + mark,
        }
    }

    /// How many, and how many slow ones beside them.
    pub(crate) fn players(&self) -> String {
        match self.load.slow {
            0 => self.load.bots.to_string(),
            slow => format!("{}+{slow}", self.load.bots),
        }
    }
}

/// With so many decimals, or a dash.
pub(crate) fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.decimals$}"))
}
