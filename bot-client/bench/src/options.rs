//! What a benchmark can be asked for.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use drumbeat_bots::options::page_address;

use crate::scenario::Scenario;
use crate::scenarios::{SCENARIOS, named};

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
  board         delay: from a bot's wish to the other's receiving it; over a link to the picture that
                shows it. Bytes: what each viewer is sent for a command / 16, four points as pairs of
                16-bit numbers
  chat          every listener verifies what it hears; all 5,000 join within 2.5 s
  not measured  nothing was measured, or the figure can't be judged: something failed, players were
                missing, the swarm itself could not keep up, clients got no frame in 2 % of their
                ticks or more, or inputs came in less than 90 % of them

Exit codes: 0 every row asked for was measured, whether met or short; 1 a view mismatch, a failed join
or an unexpected disconnect; 2 the benchmark could not run, or a row or scenario could not be
measured; 130 ended by Ctrl-C or another signal. The first signal still gets a report of what was
measured; another, a second or more later, ends it without one. Only a new report replaces a file.";

/// Measures the server against its targets and the floor of the machine: starts it, loads it, ends
/// it, and prints a table. Linux only. Takes about 20 minutes; --quick four.
#[derive(Clone, Debug, Parser)]
#[command(name = "drumbeat-bench", version, after_long_help = NOTES)]
pub(crate) struct BenchOptions {
    /// Scenarios to run [default: all].
    #[arg(value_name = "NAME", value_parser = scenario_parser(), hide_possible_values = true)]
    pub(crate) scenarios: Vec<&'static str>,

    /// List the scenarios and end.
    #[arg(long)]
    pub(crate) list: bool,

    /// Smaller and shorter: four minutes in all. Rows with lesser conditions are marked.
    #[arg(long)]
    pub(crate) quick: bool,

    /// The server's program [default: `drumbeat` beside this one].
    #[arg(long, value_name = "PATH")]
    pub(crate) server: Option<PathBuf>,

    /// Where to write all figures as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Where to write a report with plots, one self-contained HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,

    /// Where to serve a page with the live progress, such as 127.0.0.1:9000.
    #[arg(long, value_name = "ADDR", value_parser = page_address)]
    pub(crate) page: Option<SocketAddr>,
}

/// The names of all scenarios and what they do, a line each.
#[must_use]
pub(crate) fn list() -> String {
    SCENARIOS.iter().map(|Scenario { name, about, .. }| format!("{name:8} {about}\n")).collect()
}

impl BenchOptions {
    /// The scenarios to run, in their own order, each once.
    #[must_use]
    pub(crate) fn chosen(&self) -> Vec<&'static Scenario> {
        let asked = |one: &&Scenario| self.scenarios.contains(&one.name);
        SCENARIOS.iter().filter(|one| self.scenarios.is_empty() || asked(one)).collect()
    }
}

fn scenario_parser() -> impl TypedValueParser<Value = &'static str> {
    PossibleValuesParser::new(SCENARIOS.iter().map(|scenario| scenario.name))
        .map(|name| named(&name).map_or("", |scenario| scenario.name))
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
        assert_eq!(parse("").unwrap().chosen().len(), SCENARIOS.len());
        let chosen = parse("rooms steady rooms --quick").unwrap().chosen();
        assert!(chosen.iter().map(|scenario| scenario.name).eq(["steady", "rooms"]));
    }

    #[test]
    fn a_wrong_name_is_named() {
        let error = parse("staedy").unwrap_err();
        assert!(error.contains("staedy") && error.contains("steady"), "{error}");
        let error = parse("--page 9000").unwrap_err();
        assert!(error.contains("an address and a port, such as 127.0.0.1:9000"), "{error}");
    }
}
