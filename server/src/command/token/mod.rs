//! `token`: makes keys and tickets for trying out, and explains a ticket.

mod keys;
mod make;
mod show;

use std::ffi::OsString;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

/// The word after the program's name.
const TOKEN: &str = "token";

/// Make keys and tickets for trying out, and explain a ticket
///
/// Tickets are signed statements of who somebody is, which a web site makes and the server checks.
/// docs/tickets.md, in the source code, explains them.
#[derive(Parser)]
#[command(max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Keys(keys::Options),
    Make(make::Options),
    Show(show::Options),
}

/// Does what these arguments ask for, of which the first is the program; `None` if it is not about
/// tickets. Returns what to print, or what went wrong and what to do.
pub(super) fn run(
    program: &str,
    args: impl IntoIterator<Item = OsString>,
) -> Option<Result<String, String>> {
    let args: Vec<_> = args.into_iter().skip(1).collect();
    if args.first().is_none_or(|first| first != TOKEN) {
        return None;
    }
    let called = format!("{program} {TOKEN}");
    let command = Cli::command().bin_name(&called);
    let matches = command.try_get_matches_from(args);
    let cli = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    Some(match cli.unwrap_or_else(|error| error.exit()).command {
        Command::Keys(options) => keys::keys(&options, &called),
        Command::Make(options) => make::make(&options, unix_s()),
        Command::Show(options) => show::show(&options, unix_s()),
    })
}

/// Seconds since 1970.
fn unix_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
