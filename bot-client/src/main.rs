//! The swarm's command line: arguments in, progress and report out, an exit code that tells.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use drumbeat_bots::aside::say;
#[cfg(target_os = "linux")]
use drumbeat_bots::bench;
use drumbeat_bots::brains::Pilot;
use drumbeat_bots::options::Options;
use drumbeat_bots::progress::Screen;
use drumbeat_bots::report::Report;
use drumbeat_bots::swarm::{RunError, run};

/// The server's allocator, for the same reason: thousands of players.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A view mismatch, an unexpected disconnect, a failed join, an undocumented answer.
const FAILED: u8 = 1;
/// The run could not be done. The same as for wrong arguments.
const NOT_RUN: u8 = 2;
/// Ctrl-C, of a swarm before the window began: 128 and the signal's number, as shells have it.
const INTERRUPTED: u8 = 130;

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
    // A bot that panics must not wait for standard error.
    std::panic::set_hook(Box::new(|panic| say(panic.to_string())));
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
        say(format!("error: {error}"));
        ExitCode::from(if is_interrupt(error.as_ref()) { INTERRUPTED } else { NOT_RUN })
    })
}

fn is_interrupt(error: &(dyn std::error::Error + 'static)) -> bool {
    #[cfg(target_os = "linux")]
    if matches!(error.downcast_ref(), Some(bench::BenchError::Interrupted)) {
        return true;
    }
    matches!(error.downcast_ref(), Some(RunError::Interrupted))
}

#[cfg(target_os = "linux")]
fn measure(options: &bench::options::BenchOptions) -> Result<ExitCode, Box<dyn std::error::Error>> {
    use tokio::signal::unix::{SignalKind, signal};

    if options.list {
        write!(std::io::stdout().lock(), "{}", bench::options::list())?;
        return Ok(ExitCode::SUCCESS);
    }
    // Opened first: a wrong path should not cost a whole run. What is in it stays until then.
    for path in [&options.json, &options.html].into_iter().flatten() {
        open(path)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measuring = async {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
            let mut signal = signal(kind)?;
            let stop = stop.clone();
            tokio::spawn(async move {
                signal.recv().await;
                stop.send_replace(true);
            });
        }
        bench::run(options, stopped).await.map_err(Box::<dyn std::error::Error>::from)
    };
    let summary = runtime.block_on(measuring);
    // A floor that is still measured ends with the process.
    runtime.shutdown_background();
    let summary = summary?;
    bench::write(options, &summary)?;
    if summary.is_interrupted() {
        return Ok(ExitCode::from(INTERRUPTED));
    }
    Ok(match (summary.is_success(), summary.is_complete()) {
        (true, true) => ExitCode::SUCCESS,
        (true, false) => ExitCode::from(NOT_RUN),
        (false, _) => ExitCode::from(FAILED),
    })
}

fn launch(options: &Options) -> Result<Report, Box<dyn std::error::Error>> {
    // Opened first: a wrong path should not cost a whole run.
    let json = options.json.as_deref().map(create).transpose()?;
    let screen = Screen::default();
    let kind = options.brain;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let brain = move |seed| Pilot::new(kind, seed);
    let result = runtime.block_on(run(options, brain, |progress| screen.show(progress), interrupt));
    screen.clear();
    let report = result?;
    if let Some(mut file) = json {
        serde_json::to_writer_pretty(&mut file, &report)?;
        writeln!(file)?;
    }
    match write!(std::io::stdout().lock(), "{report}") {
        // Whoever reads it has seen enough, as `head` has.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error)?,
        _ => {}
    }
    Ok(report)
}

#[cfg(target_os = "linux")]
fn open(path: &Path) -> Result<File, String> {
    let file = File::options().append(true).create(true).open(path);
    file.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn create(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
