//! What a benchmark can be asked for.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Printed by `--help`.
const NOTES: &str = "\
Each scenario starts a server of its own on a port that the system chooses, loads it with bots that
verify what they see, and ends it. Server and swarm get different cores where the system allows it.
The floor is measured in turn with the server: one thread, plain sockets and epoll, as many
connections, frames and inputs of the size that the server was seen to send and receive; no
WebSocket, no game. All figures are of this run. On Linux only: it counts with epoll and /proc.

Definitions:
  client-tick   one connected client during one tick
  CPU           user and system time of the whole server process (of the floor's thread)
  moving        an entity that the client sees and that changed its place in this tick
  bytes         WebSocket payload that clients received, divided by frames x moving entities in view
  missed tick   started later than a whole period after its due time, or left out
  off the beat  how far the time between two frames of a client is from the time between their
                ticks, to either side
  players max   as many as the server carried with no missed tick, and with frames (p99) not more
                than half a period off the beat; what fails is tried a second time, and half of
                the first step where that fails
  not measured  nothing was measured, or the figure can't be judged: something failed, players were
                missing, the swarm itself could not keep up, clients got no frame in 2 % of their
                ticks or more, or inputs came in less than 90 % of them

Exit codes: 0 every row that was asked for was measured, met or short; 1 a view mismatch, a failed
join or an unexpected disconnect; 2 the benchmark could not be run, or a row or scenario could not
be measured; 130 Ctrl-C or another signal that ends it, which still reports what was measured until
then; a second one after a second or more does not. Files are replaced only by a new report.";

/// Measures the server against its targets and the floor of the machine: starts it, loads it, ends
/// it, and prints a table. Linux only. Takes a quarter of an hour; --quick three minutes.
#[derive(Clone, Debug, Parser)]
#[command(name = "drumbeat-bench", version, after_long_help = NOTES)]
pub struct BenchOptions {
    /// Scenarios to run [default: all].
    #[arg(value_enum, value_name = "NAME", hide_possible_values = true)]
    pub scenarios: Vec<Scenario>,

    /// List the scenarios and end.
    #[arg(long)]
    pub list: bool,

    /// Smaller and shorter: three minutes in all. Rows with lesser conditions are marked.
    #[arg(long)]
    pub quick: bool,

    /// The server's program [default: `drumbeat` beside this one].
    #[arg(long, value_name = "PATH")]
    pub server: Option<PathBuf>,

    /// Where to write all figures as JSON.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Where to write a report with plots, one self-contained HTML file.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// A load with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scenario {
    /// 2,000 drifting players in one world, about 50 in view, 20 Hz; in turn with the floor.
    Steady,
    /// 500 players who take a new heading every tick; the floor after them.
    Frantic,
    /// 500 players who play to win; the floor after them.
    Fight,
    /// 500, 1,000, 2,000 and 3,000 players at the same density: cost per client; the floor after
    /// each.
    Scale,
    /// 1,000 players who all see each other; in turn with the floor.
    Crowd,
    /// More and more players in one world, until a tick is missed or frames are half a tick late.
    Max,
    /// 1,000 players, a tenth of them reading 1 kB/s: what the others notice.
    Slow,
    /// 100 players, without and with visitors who ask for every part of the HTTP interface: what the
    /// players notice.
    Visitors,
    /// 2,000 players who all reconnect at once.
    Storm,
    /// 10,000 connections that only listen: memory for each.
    Idle,
    /// 100 rooms of 20 players; the floor after them.
    Rooms,
    /// 2,000 players, server and swarm sharing all cores: one shard against one for each core, one
    /// room against many.
    Shards,
    /// 24 players who fight at screens of 60 pictures a second, over links from good to bad: how
    /// the game feels.
    Feel,
}

impl Scenario {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> String {
        let value = self.to_possible_value().expect("no scenario is skipped");
        value.get_name().to_owned()
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn about(self) -> String {
        let value = self.to_possible_value().expect("no scenario is skipped");
        value.get_help().map(ToString::to_string).unwrap_or_default()
    }
}

/// The names of all scenarios and what they do, a line each.
#[must_use]
pub fn list() -> String {
    let lines = Scenario::value_variants().iter();
    lines.map(|scenario| format!("{:8} {}\n", scenario.name(), scenario.about())).collect()
}

impl BenchOptions {
    /// The scenarios to run, in their own order, each once.
    #[must_use]
    pub fn chosen(&self) -> Vec<Scenario> {
        let all = Scenario::value_variants().iter().copied();
        all.filter(|one| self.scenarios.is_empty() || self.scenarios.contains(one)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &str) -> Result<BenchOptions, String> {
        let words = std::iter::once("bench").chain(args.split_whitespace());
        BenchOptions::try_parse_from(words).map_err(|error| error.to_string())
    }

    #[test]
    fn all_scenarios_run_unless_some_are_named() {
        assert_eq!(parse("").unwrap().chosen(), Scenario::value_variants());
        let chosen = parse("rooms steady rooms --quick").unwrap().chosen();
        assert_eq!(chosen, [Scenario::Steady, Scenario::Rooms]);
    }

    #[test]
    fn a_wrong_name_is_named() {
        let error = parse("staedy").unwrap_err();
        assert!(error.contains("staedy") && error.contains("steady"), "{error}");
    }

    #[test]
    fn every_scenario_says_what_it_does() {
        for scenario in Scenario::value_variants() {
            assert!(scenario.about().len() > 20, "{}", scenario.name());
        }
    }
}
