//! The swarm's command line: arguments in, progress and report out, an exit code that tells.

use std::error::Error;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use drumbeat_bots::aside::say;
#[cfg(target_os = "linux")]
use drumbeat_bots::bench;
use drumbeat_bots::brains::Pilot;
use drumbeat_bots::options::Options;
use drumbeat_bots::progress::Screen;
use drumbeat_bots::report::Report;
use drumbeat_bots::report_file;
use drumbeat_bots::swarm::{RunError, run};
use drumbeat_process::limits::memory_for_threads;
use drumbeat_process::{AT_ONCE, Endings};

/// The server's allocator, for the same reason: thousands of players.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A view mismatch, an unexpected disconnect, a failed join, an undocumented answer.
const FAILED: u8 = 1;
/// The run could not be done. The same as for wrong arguments.
const NOT_RUN: u8 = 2;

/// Threads of the smallest swarm, those of the signals and of what is shown included.
const THREADS_MIN: usize = 3;

/// Launches a swarm of bots against a Drumbeat server and reports what they measured; `bench` starts
/// a server itself and measures it against its targets.
#[derive(Parser)]
#[command(name = "drumbeat-bots", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    swarm: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    #[cfg(target_os = "linux")]
    Bench(bench::options::BenchOptions),
}

fn main() -> ExitCode {
    // Before anything else: a process that is refused memory is aborted.
    if let Err(little) = memory_for_threads(THREADS_MIN) {
        // Nothing is left to be done when standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "error: {little}");
        return ExitCode::from(NOT_RUN);
    }
    // A bot that panics must not wait for standard error.
    std::panic::set_hook(Box::new(|panic| say(&panic.to_string())));
    let cli = Cli::parse();
    let result = match cli.command {
        #[cfg(target_os = "linux")]
        Some(Command::Bench(options)) => measure(&options),
        None => launch(&cli.swarm).map(|report| match report.is_success() {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(FAILED),
        }),
    };
    result.unwrap_or_else(|error| {
        say(&format!("error: {error}"));
        ExitCode::from(if is_interrupt(error.as_ref()) { AT_ONCE } else { NOT_RUN })
    })
}

fn is_interrupt(error: &(dyn Error + 'static)) -> bool {
    #[cfg(target_os = "linux")]
    if matches!(error.downcast_ref(), Some(bench::BenchError::Interrupted)) {
        return true;
    }
    matches!(error.downcast_ref(), Some(RunError::Interrupted))
}

#[cfg(target_os = "linux")]
fn measure(options: &bench::options::BenchOptions) -> Result<ExitCode, Box<dyn Error>> {
    if options.list {
        write!(std::io::stdout().lock(), "{}", bench::options::list())?;
        return Ok(ExitCode::SUCCESS);
    }
    let (end_now, mut ended) = tokio::sync::oneshot::channel();
    let endings = Endings::listen(move || {
        // It has ended already if this fails.
        let _ = end_now.send(());
    })?;
    for path in [&options.json, &options.html].into_iter().flatten() {
        report_file::check(path)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let summary = runtime.block_on(async {
        tokio::select! {
            summary = bench::run(options, endings.watch()) => summary,
            // The server that runs at the moment is ended with what is dropped here.
            Ok(()) = &mut ended => Err(bench::BenchError::Interrupted),
        }
    });
    // A floor that is still measured ends with the process.
    runtime.shutdown_background();
    let summary = summary?;
    bench::write(options, &summary)?;
    if summary.is_interrupted() {
        return Ok(ExitCode::from(AT_ONCE));
    }
    Ok(match (summary.is_success(), summary.is_complete()) {
        (true, true) => ExitCode::SUCCESS,
        (true, false) => ExitCode::from(NOT_RUN),
        (false, _) => ExitCode::from(FAILED),
    })
}

fn launch(options: &Options) -> Result<Report, Box<dyn Error>> {
    let endings = Endings::listen(|| std::process::exit(i32::from(AT_ONCE)))?;
    if let Some(path) = &options.json {
        report_file::check(path)?;
    }
    let screen = Screen::default();
    let kind = options.brain;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let brain = move |seed| Pilot::new(kind, seed);
    let show = |progress: &_| screen.show(progress);
    let result = runtime.block_on(run(options, brain, show, endings.asked()));
    screen.clear();
    let report = result?;
    // Neither costs the other.
    let table = write!(std::io::stdout().lock(), "{report}");
    if let Some(path) = &options.json {
        report_file::write(path, &(serde_json::to_string_pretty(&report)? + "\n"))?;
    }
    match table {
        // Whoever reads it has seen enough, as `head` has.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(report),
    }
}
