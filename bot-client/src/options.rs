//! What a run can be asked for.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches, Parser};
use drumbeat_shared::client::Conditions;
use drumbeat_shared::limits::PLAYERS_MAX;
use drumbeat_shared::protocol::names::is_room_name;

use crate::faults::Misbehaviour;
use crate::ticket_file::TicketFile;
use crate::trust::Trust;
use crate::url::{AdminUrl, ServerUrl};

/// The name of the program where nothing else is known, and in the text of the help.
pub const PROGRAM: &str = "drumbeat-bots";

/// Printed by `--help` after the options.
const NOTES: &str = "\
Kinds of --misbehave, and the answer that each expects:
  slow     plays, but reads 1 kB/s: stays with a true view, or close 4004
  flood    sends inputs as fast as it can: close 1008
  garbage  sends random bytes, before or after joining: close 1007 or 1008
  churn    joins and leaves every 0.2 to 2 s: every join works
  silent   opens the WebSocket and never says hello: close 4002
  cheat    lies in its inputs and comes back twice at once: gains nothing

Examples:
  drumbeat-bots --bots 50 --page 127.0.0.1:9000
  drumbeat-bots --bots 8 --link 100ms,jitter=30ms,stall=1%x250ms,kbps=500
  drumbeat-bots --misbehave slow,flood --misbehaving 10 --json report.json

Ctrl-C ends the window early, with a report; another, a second later or more, ends all at once.
Exit codes: 0 all well; 1 something failed, which the report names; 2 there was no run; 130 ended by
a signal. `drumbeat-bots soak` goes on for hours (soak --help). README.md says more.";

/// Launches a swarm of bots against a Drumbeat server and reports what they measured.
#[derive(Clone, Debug, Parser)]
#[command(name = PROGRAM, version, after_help = NOTES, disable_help_flag = true)]
pub struct Options {
    /// The server.
    #[arg(long, default_value = "ws://127.0.0.1:7777", help_heading = LOAD)]
    pub url: ServerUrl,

    /// The server's admin listener, for its metrics [default: on this machine, the port of --url plus
    /// 1000].
    #[arg(long, value_name = "URL", help_heading = REPORT)]
    pub admin: Option<AdminUrl>,

    /// File with the token that the admin listener asks for.
    #[arg(long, value_name = "FILE", help_heading = REPORT)]
    pub admin_token_file: Option<PathBuf>,

    /// Certificates to believe for a wss:// URL, as PEM [default: the system's].
    #[arg(long, value_name = "FILE", conflicts_with = "insecure", help_heading = LOAD)]
    pub ca: Option<PathBuf>,

    /// Believe whatever certificate the server shows.
    #[arg(long, help_heading = LOAD)]
    pub insecure: bool,

    /// The game that the bots play; `None` for a program of only one.
    #[arg(skip)]
    pub game: Option<String>,

    /// The room to play in [default: the server chooses].
    #[arg(long, value_name = "NAME", value_parser = room_name, help_heading = LOAD)]
    pub room: Option<String>,

    /// File with the ticket that every bot brings; it must be good for more than one use. The server's
    /// `token make` makes some.
    #[arg(long, value_name = "FILE", value_parser = TicketFile::open, help_heading = LOAD)]
    pub ticket: Option<TicketFile>,

    /// Bots to launch.
    #[arg(long, value_name = "N", default_value_t = 100, help_heading = LOAD,
          value_parser = whole_number(1, PLAYERS_MAX.into()))]
    pub bots: u32,

    /// Bots that start to join each second.
    #[arg(long, value_name = "N", default_value_t = 200, help_heading = LOAD,
          value_parser = whole_number(1, 100_000))]
    pub ramp_per_s: u32,

    /// Length of the measured window, seconds.
    #[arg(long, value_name = "N", default_value_t = 30, help_heading = LOAD,
          value_parser = whole_number(1, 86_400))]
    pub seconds: u32,

    /// After the window every bot drops its connection and reconnects at once.
    #[arg(long, help_heading = LOAD)]
    pub storm: bool,

    /// What the bots do; [`Options::command_for`] lists what the game offers. `None` for the first
    /// of that list.
    #[arg(long, value_name = "BRAIN", help_heading = BOTS)]
    pub brain: Option<String>,

    /// Bots that keep the whole view and verify it [default: every bot]. The others read only the
    /// head of each frame.
    #[arg(long, value_name = "N", help_heading = BOTS)]
    pub witnesses: Option<u32>,

    /// Ask for plain changes, as clients without the game's rules do.
    #[arg(long, help_heading = BOTS)]
    pub plain: bool,

    /// Simulates a worse link for the witnesses, who then play at screens: latency and jitter of the
    /// round trip, stalls, kbit/s.
    #[arg(long, value_name = "LINK", help_heading = BOTS)]
    pub link: Option<Conditions>,

    /// Adds bots that break the rules and expect the documented answer.
    #[arg(long, value_enum, value_name = "KINDS", value_delimiter = ',',
          hide_possible_values = true, help_heading = BOTS)]
    pub misbehave: Vec<Misbehaviour>,

    /// Bots of each kind of misbehaviour, beside the good ones.
    #[arg(long, value_name = "N", help_heading = BOTS,
          value_parser = whole_number(1, 1_000))]
    pub misbehaving: Option<u32>,

    /// Seed of everything random that the bots do.
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = BOTS)]
    pub seed: u64,

    /// Threads that the bots share [default: half of the cores].
    #[arg(long, value_name = "N", help_heading = BOTS, value_parser = whole_number(1, 64))]
    pub threads: Option<u32>,

    /// File for the report as JSON; only a new report replaces it.
    #[arg(long, value_name = "FILE", help_heading = REPORT)]
    pub json: Option<PathBuf>,

    /// Where to serve a page with the live progress.
    #[arg(long, value_name = "ADDR", value_parser = page_address, help_heading = REPORT)]
    pub page: Option<SocketAddr>,

    /// Print the definition of every figure in the JSON, then exit.
    #[arg(long, exclusive = true, help_heading = REPORT)]
    pub help_json: bool,

    /// Print help.
    #[arg(short, long, action = ArgAction::HelpShort)]
    pub help: Option<bool>,
}

/// Groups of options in the help.
const LOAD: &str = "Load";
const BOTS: &str = "Bots";
const REPORT: &str = "Report";

/// A brain that a game offers.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The value of `--brain`.
    pub name: &'static str,
    /// What its bots do.
    pub text: &'static str,
}

impl Options {
    /// The command line of a program for a game that offers these brains, one or more; the first is
    /// the default.
    #[must_use]
    pub fn command_for(program: &str, brains: &[Choice]) -> Command {
        let names: Vec<_> = brains.iter().map(|brain| brain.name).collect();
        let texts: Vec<_> =
            brains.iter().map(|Choice { name, text }| format!("{name} ({text})")).collect();
        let known = move |text: &str| match names.contains(&text) {
            true => Ok(text.to_owned()),
            false => Err(format!("must be one of {}", names.join(", "))),
        };
        let default = brains.first().map(|brain| brain.name);
        Self::command().after_help(NOTES.replace(PROGRAM, program)).mut_arg("brain", |arg| {
            let help = format!("What the bots do: {}", texts.join(", "));
            arg.help(help).value_parser(known).default_values(default)
        })
    }

    /// The same command for a program that plays one of these games; the first is the default.
    #[must_use]
    pub fn with_games(command: Command, games: &[&'static str]) -> Command {
        let Some(first) = games.first() else { return command };
        let game = Arg::new("game").long("game").value_name("NAME").help_heading(LOAD);
        let help = "The game to play";
        let names = PossibleValuesParser::new(games.iter().copied());
        command.arg(game.help(help).value_parser(names).default_value(*first).display_order(1))
    }

    /// Reads the arguments of such a command; the first is the program.
    ///
    /// # Errors
    /// When they are wrong, or ask for help or version; the error says so to a person.
    pub fn parse_by<I: Into<OsString> + Clone>(
        command: Command,
        args: impl IntoIterator<Item = I>,
    ) -> Result<Self, clap::Error> {
        Self::of_matches(&command.try_get_matches_from(args)?)
    }

    /// The arguments that were found.
    pub(crate) fn of_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let game = matches.try_get_one("game").ok().flatten().cloned();
        Ok(Self { game, ..Self::from_arg_matches(matches)? })
    }

    /// The threads that the good bots share.
    #[must_use]
    pub fn thread_count(&self) -> u32 {
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as u32;
        self.threads.unwrap_or(cores / 2).clamp(1, self.bots)
    }

    /// The bots that keep a view.
    #[must_use]
    pub fn witness_count(&self) -> u32 {
        self.witnesses.unwrap_or(self.bots)
    }

    /// Checks what one argument asks of another.
    ///
    /// # Errors
    /// What is wrong, and what to do.
    pub fn check(&self) -> Result<(), String> {
        let (witnesses, bots) = (self.witness_count(), self.bots);
        if witnesses > bots {
            return Err(format!("--witnesses {witnesses} is more than --bots {bots}"));
        }
        if self.link.is_some() && witnesses == 0 {
            return Err("--link needs witnesses, and there are none; raise --witnesses".to_owned());
        }
        match (self.misbehave.is_empty(), self.misbehaving) {
            (false, None) => {
                return Err("--misbehave needs --misbehaving, how many of each kind".to_owned());
            }
            (true, Some(_)) => {
                return Err("--misbehaving needs --misbehave, in which ways".to_owned());
            }
            _ => {}
        }
        if (self.ca.is_some() || self.insecure) && !self.url.is_tls() {
            return Err(format!(
                "--ca and --insecure are for TLS, and --url {} has none",
                self.url
            ));
        }
        Ok(())
    }

    /// Whose certificates the bots believe.
    #[must_use]
    pub fn trust(&self) -> Trust<'_> {
        match &self.ca {
            _ if self.insecure => Trust::Anybody,
            Some(path) => Trust::File(path),
            None => Trust::System,
        }
    }

    /// Bots of all kinds.
    #[must_use]
    pub fn connections(&self) -> u32 {
        self.bots + self.misbehaving.unwrap_or(0) * self.misbehave.len() as u32
    }
}

/// Reads a number of a range.
fn whole_number(
    from: u32,
    to: u32,
) -> impl Fn(&str) -> Result<u32, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().ok().filter(|number| (from..=to).contains(number));
        number.ok_or_else(|| format!("must be a whole number from {from} to {to}"))
    }
}

/// Parses where to serve a page.
///
/// # Errors
/// When it is no address with a port.
pub fn page_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "must be an address and a port, such as 127.0.0.1:9000".to_owned())
}

fn room_name(text: &str) -> Result<String, String> {
    if is_room_name(text) {
        Ok(text.to_owned())
    } else {
        Err("a room's name is up to 32 letters, digits, - and _".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRAINS: [Choice; 2] = [
        Choice { name: "chase", text: "run after the nearest" },
        Choice { name: "listen", text: "send no input" },
    ];

    fn parse(args: &str) -> Result<Options, String> {
        let command = Options::command_for("toy-bots", &BRAINS);
        Options::parse_by(command, args.split_whitespace()).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_need_no_arguments() {
        let options = parse("drumbeat-bots").unwrap();
        assert_eq!(options.url.to_string(), "ws://127.0.0.1:7777/ws");
        assert_eq!((options.bots, options.connections()), (100, 100));
        assert_eq!(options.brain.as_deref(), Some("chase"));
    }

    #[test]
    fn the_help_fits_a_screen_or_two() {
        let help = parse("toy-bots --help").unwrap_err();
        assert!(help.lines().count() <= 60, "{help}");
        for part in ["Load:", "Bots:", "Report:", "Examples:", "--help-json", "toy-bots --bots 50"]
        {
            assert!(help.contains(part), "{part}: {help}");
        }
        assert!(!help.contains(PROGRAM), "{help}");
        let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
        let brains = "do: chase (run after the nearest), listen (send no input) [default: chase]";
        assert!(words.contains(brains), "{help}");
    }

    #[test]
    fn wrong_arguments_are_named() {
        let check = |args: &str, part: &str| {
            let error = parse(&format!("drumbeat-bots {args}")).expect_err(args);
            assert!(error.contains(part), "{args}: {error}");
        };
        check("--bots 0", "--bots <N>': must be a whole number from 1 to 20000");
        check("--bots many", "--bots");
        check("--seconds 0", "--seconds");
        check("--brain clever", "must be one of chase, listen");
        check("--witnesses few", "--witnesses");
        check("--link 100", "`100` is not a valid latency; a link is like 100ms");
        check("--room not/one", "letters, digits");
        check("--page localhost", "an address and a port, such as 127.0.0.1:9000");
        check("--url http://localhost", "ws://");
        check("--ticket /nowhere/ticket", "the ticket can't be read: No such file");
        check("--misbehave rude --misbehaving 3", "slow, flood, garbage, churn, silent, cheat");
        check("--nonsense", "--nonsense");
    }

    #[test]
    fn arguments_that_do_not_go_together_are_explained() {
        let check = |args: &str| parse(&format!("drumbeat-bots {args}")).unwrap().check();
        let rejected = |args: &str, part: &str| {
            let error = check(args).expect_err(args);
            assert!(error.contains(part), "{args}: {error}");
        };
        rejected("--bots 10 --witnesses 11", "more than --bots 10");
        rejected("--misbehave slow", "needs --misbehaving");
        rejected("--misbehaving 3", "needs --misbehave");
        rejected("--insecure", "--url ws://127.0.0.1:7777/ws has none");
        rejected("--bots 10 --witnesses 0 --link 0ms", "raise --witnesses");
        assert_eq!(check("--bots 10"), Ok(()));
        assert_eq!(check("--bots 10 --witnesses 10"), Ok(()));
        assert_eq!(check("--bots 10 --witnesses 0"), Ok(()));
    }

    #[test]
    fn each_kind_of_misbehaviour_gets_its_bots() {
        let options = parse("drumbeat-bots --bots 300 --misbehave slow,flood --misbehaving 10");
        assert_eq!(options.unwrap().connections(), 320);
    }

    #[test]
    fn threads_never_outnumber_bots() {
        let options = parse("drumbeat-bots --bots 2 --threads 8").unwrap();
        assert_eq!(options.thread_count(), 2);
    }
}
