//! `drumbeat-bots soak`: arguments in, a line for each round, a picture and a verdict out.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgMatches, Command, value_parser};
use drumbeat_process::{AT_ONCE, Endings};
use drumbeat_shared::game::Game;

use crate::brains::Brains;
use crate::holdings::Holdings;
use crate::live::{Live, Outcome, Table};
use crate::options::Options;
use crate::program::{self, FAILED};
use crate::progress::Screen;
use crate::report_file;
use crate::soak::{Round, Seen, Soak, soak};
use crate::soak_plot::svg;

/// Every kind of misbehaviour.
const KINDS: &str = "slow,flood,garbage,churn,silent,cheat";
/// How many bots misbehave in each way.
const OF_EACH: &str = "2";
/// Length of a round's window, seconds.
const WINDOW_S: &str = "30";
/// Limit of the rounds that the page shows at the end.
const ROUNDS_SHOWN_MAX: usize = 100;

/// The command line: that of a swarm, of which each round is one.
fn soaking(command: Command) -> Command {
    let minutes = Arg::new("minutes")
        .long("minutes")
        .value_name("N")
        .default_value("30")
        .value_parser(value_parser!(u32).range(1..=10_080))
        .help("How long rounds are begun, minutes; the last one ends after that");
    let plot = Arg::new("plot")
        .long("plot")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help_heading("Report")
        .help("File for a picture (SVG) of what the server held");
    command
        .about(
            "Soaks a server: round after round of bots that come, play, misbehave, all lose their \
             connections at once and go. Every round must be good, and what the server holds at rest \
             must not grow. Nobody else may play there.",
        )
        .after_help(
            "Exit codes: 0 all well; 1 a round failed, or memory, open files, tasks or rooms grew; 2 \
             there was no soak; 130 ended by a signal.",
        )
        .mut_arg("seconds", |arg| arg.default_value(WINDOW_S).help("Length of a round's window, seconds"))
        .mut_arg("misbehave", |arg| arg.default_value(KINDS))
        .mut_arg("misbehaving", |arg| arg.default_value(OF_EACH))
        .mut_arg("storm", |arg| arg.hide(true))
        .mut_arg("help_json", |arg| arg.hide(true))
        .arg(minutes.display_order(0))
        .arg(plot)
}

/// Soaks a server with these arguments, of which the first is the program.
pub(crate) fn play<G: Game>(command: Command, brains: &Brains<G>, args: Vec<OsString>) -> ExitCode {
    let command = soaking(command).bin_name("drumbeat-bots soak");
    let parsed = command.try_get_matches_from(args).and_then(|matches| {
        Options::of_matches(&matches).map(|options| (Options { storm: true, ..options }, matches))
    });
    let (options, matches) = parsed.unwrap_or_else(|said| said.exit());
    match launch(&options, &matches, brains) {
        Ok(soak) if soak.interrupted => ExitCode::from(AT_ONCE),
        Ok(soak) if soak.is_success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(FAILED),
        Err(error) => program::fail(&error.to_string(), false),
    }
}

fn launch<G: Game>(
    options: &Options,
    matches: &ArgMatches,
    brains: &Brains<G>,
) -> Result<Soak, Box<dyn Error>> {
    let endings = Endings::listen(|| std::process::exit(i32::from(AT_ONCE)))?;
    let plot = matches.get_one::<PathBuf>("plot").map(PathBuf::as_path);
    let files: Vec<&Path> = options.json.as_deref().into_iter().chain(plot).collect();
    files.iter().try_for_each(|path| report_file::check(path))?;
    let minutes = matches.get_one::<u32>("minutes").copied().unwrap_or_default();
    let length = Duration::from_secs(60 * u64::from(minutes));
    let title = format!("A soak of {minutes} minutes at {}", options.url);
    let live = options.page.map(|address| Live::open(address, "soak", &title));
    let mut live = live.transpose()?;
    let screen = Screen::default();
    let mut number = 0;
    let show = |seen: Seen<'_>| match seen {
        Seen::Progress(progress) => {
            screen.show(progress);
            live.iter_mut().for_each(|live| live.show(progress));
        }
        Seen::Round(round) => {
            screen.clear();
            number += 1;
            print(&line(number, round));
            live.iter().for_each(|live| live.line(&account(number, round)));
        }
    };
    print(HEAD);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let soak = runtime.block_on(soak(options, brains, length, show, endings.asked()));
    screen.clear();
    if let Some(live) = live {
        live.end(soak.as_ref().map(outcome).map_err(ToString::to_string));
    }
    let soak = soak?;
    print(&verdict(&soak));
    if let Some(path) = &options.json {
        report_file::write(path, &(serde_json::to_string_pretty(&soak)? + "\n"))?;
    }
    if let Some(path) = plot {
        report_file::write(path, &svg(&soak))?;
    }
    Ok(soak)
}

const HEAD: &str =
    "round  minute  joined  resumed  checksums |  at rest:  MB   files  tasks  rooms";

fn line(number: usize, round: &Round) -> String {
    let Round { at_s, joined, resumed, checksums, rest, failures } = round;
    let mut line =
        format!("{number:5} {:7.1} {joined:7} {resumed:8} {checksums:10} |", at_s / 60.0);
    if let Some(Holdings { memory_bytes, open_files, tasks, rooms, .. }) = rest {
        let memory_mb = *memory_bytes as f64 / 1e6;
        line += &format!(" {memory_mb:13.1} {open_files:7} {tasks:6} {rooms:6}");
    }
    for failure in failures {
        line.push_str("\n      failed: ");
        line.push_str(failure);
    }
    line
}

/// A round in a sentence.
fn account(number: usize, round: &Round) -> String {
    match &round.failures[..] {
        [] => format!("round {number}: {} bots, all well", round.joined),
        failures => format!("round {number} failed: {}", failures.join("; ")),
    }
}

/// A soak as the page shows it: its last rounds.
fn outcome(soak: &Soak) -> Outcome {
    let row = |(at, round): (usize, &Round)| {
        let Round { at_s, joined, resumed, rest, .. } = round;
        let rest = |of: fn(&Holdings) -> f64| {
            rest.as_ref().map_or("-".to_owned(), |rest| format!("{:.0}", of(rest)))
        };
        let minute = format!("{:.1}", at_s / 60.0);
        let memory = rest(|rest| rest.memory_bytes as f64 / 1e6);
        let files = rest(|rest| rest.open_files as f64);
        vec![(at + 1).to_string(), minute, joined.to_string(), resumed.to_string(), memory, files]
    };
    let failed = soak.rounds.iter().flat_map(|round| &round.failures).cloned();
    let skipped = soak.rounds.len().saturating_sub(ROUNDS_SHOWN_MAX);
    Outcome {
        words: verdict(soak).trim().replace('\n', "; "),
        failures: failed.chain(soak.grown.iter().cloned()).take(ROUNDS_SHOWN_MAX).collect(),
        tables: vec![Table {
            title: "round",
            heads: vec!["minute", "joined", "resumed", "MB at rest", "files"],
            rows: soak.rounds.iter().enumerate().skip(skipped).map(row).collect(),
        }],
        // That of a long soak is for the file of --json.
        report: match skipped {
            0 => serde_json::to_value(soak).unwrap_or_default(),
            _ => serde_json::Value::Null,
        },
    }
}

fn verdict(soak: &Soak) -> String {
    let failed = soak.rounds.iter().filter(|round| !round.failures.is_empty()).count();
    let mut lines = vec![format!("\n{} rounds, {failed} of them failed", soak.rounds.len())];
    lines.extend(soak.grown.iter().cloned());
    if soak.rounds.len() < 3 {
        lines.push("too few rounds to say whether anything grows; soak for longer".to_owned());
    } else if soak.grown.is_empty() {
        lines.push("nothing grew".to_owned());
    }
    lines.join("\n")
}

fn print(text: &str) {
    // A reader that closes standard output has seen enough.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::toy::Toy;

    use super::*;

    fn parse(args: &str) -> Result<(Options, u32), clap::Error> {
        let command = Options::command_for("toy-bots", &Brains::<Toy>::default().choices());
        let matches = soaking(command).try_get_matches_from(args.split_whitespace())?;
        Ok((Options::of_matches(&matches)?, *matches.get_one("minutes").unwrap()))
    }

    #[test]
    fn a_soak_has_every_hostility_unless_it_is_asked_for_others() {
        let (options, minutes) = parse("soak").unwrap();
        assert_eq!((minutes, options.seconds, options.misbehaving), (30, 30, Some(2)));
        let kinds: Vec<_> = options.misbehave.iter().map(ToString::to_string).collect();
        assert_eq!(kinds.join(","), KINDS);
        let args = "soak --minutes 2 --bots 9 --misbehave churn --misbehaving 1 --seconds 5";
        let (options, minutes) = parse(args).unwrap();
        assert_eq!((minutes, options.bots, options.misbehave.len()), (2, 9, 1));
        let (options, _) = parse("soak --misbehaving 5").unwrap();
        assert_eq!((options.misbehave.len(), options.misbehaving), (6, Some(5)));
        assert_eq!(options.check(), Ok(()));
        let said = parse("soak --minutes 0").unwrap_err().to_string();
        assert!(said.contains("--minutes") && said.contains("1..=10080"), "{said}");
    }
}
