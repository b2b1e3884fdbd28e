//! What the server holds at a moment, from `/metrics`: what a leak would let grow.

use serde::Serialize;

use crate::metrics_source::MetricsSource;
use crate::server_metrics::answer;

/// What the server holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Holdings {
    /// Resident memory, bytes.
    pub memory_bytes: u64,
    /// Open file descriptors.
    pub open_files: u64,
    /// Tasks that serve game connections.
    pub tasks: u64,
    /// Open connections of any kind, but for the admin listener's.
    pub connections: u64,
    /// Seats that are taken, those kept for players who are away included.
    pub players: u64,
    /// Open rooms.
    pub rooms: u64,
}

impl Holdings {
    /// Asks the server. `None` when it does not answer in time, or has no such figures.
    pub async fn fetch(source: &MetricsSource) -> Option<Self> {
        answer(source).await.as_deref().and_then(Self::parse)
    }

    /// Whether nobody is here who was not here `before`.
    #[must_use]
    pub fn is_at_rest(&self, before: Self) -> bool {
        self.connections <= before.connections && self.players <= before.players
    }

    /// Parses the Prometheus text format; `None` when it lacks the memory, which only Linux reports.
    /// Series of one name are added up, whatever their labels.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let sum = |name: &str| {
            let values = text.lines().filter_map(|line| {
                let (series, value) = line.trim().rsplit_once(' ')?;
                let (found, _) = series.split_once('{').unwrap_or((series, ""));
                (found == name).then(|| value.parse::<f64>().ok())?
            });
            values.fold(None, |sum: Option<f64>, value| Some(sum.unwrap_or(0.0) + value))
        };
        let count = |name| sum(name).unwrap_or(0.0) as u64;
        Some(Self {
            memory_bytes: sum("process_resident_memory_bytes")? as u64,
            open_files: count("process_open_fds"),
            tasks: count("drumbeat_tasks"),
            connections: count("drumbeat_connections"),
            players: count("drumbeat_players"),
            rooms: count("drumbeat_rooms"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_added_up_and_other_names_are_not() {
        let text = "# HELP drumbeat_players Players\nprocess_resident_memory_bytes 1.5e7\n\
                    process_open_fds 21\ndrumbeat_players{room=\"a\"} 3\ndrumbeat_players{room=\"b\"} 4\n\
                    drumbeat_players_away{room=\"a\"} 9\ndrumbeat_connections 7\n";
        let expected = Holdings {
            memory_bytes: 15_000_000,
            open_files: 21,
            connections: 7,
            players: 7,
            ..Holdings::default()
        };
        assert_eq!(Holdings::parse(text), Some(expected));
        assert_eq!(Holdings::parse("drumbeat_players 3\n"), None);
    }
}
