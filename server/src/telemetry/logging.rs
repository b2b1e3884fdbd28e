//! The log: `tracing` to standard error, for people or as JSON lines.
//!
//! The game never waits for standard error or standard output: each has a [`Sink`].

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, IsTerminal, Write, stderr, stdout};
use std::panic::{PanicHookInfo, set_hook};
use std::str::FromStr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::{error, warn};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::sink::Sink;

/// How long the process waits at its end for what is still to be written.
const FLUSH_LIMIT: Duration = Duration::from_millis(200);

/// Puts another filter in place of the log's.
type SetFilter = Box<dyn Fn(EnvFilter) -> Result<(), String> + Send + Sync>;

/// The filter of the log, once logging has started.
struct Filtering {
    set: SetFilter,
    text: Mutex<String>,
}

static FILTERING: OnceLock<Filtering> = OnceLock::new();
static OUT: Sink = Sink::new();
static ERR: Sink = Sink::new();

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people; coloured on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts the threads that write to standard output and standard error. Call this once, before
/// everything else here.
///
/// # Errors
/// When the system refuses more threads.
pub fn open() -> io::Result<()> {
    ERR.start("stderr", stderr(), |lines_lost| {
        warn!(lines_lost, "the log lost lines: standard error was full or failed");
    })?;
    OUT.start("stdout", stdout(), |_| {})
}

/// Starts logging for the whole process, panics included; does nothing if it has already started.
///
/// `filter` is a level (`error`, `warn`, `info`, `debug`, `trace`) or a list of `target=level`.
///
/// # Errors
/// When `filter` is neither.
pub fn start(format: Format, filter: &str) -> Result<(), String> {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(parse_filter(filter)?)
        .with_writer(|| Line)
        // These would go to standard error without the sink.
        .log_internal_errors(false);
    // A second start in one process (tests) keeps the first.
    let (started, set): (_, SetFilter) = match format {
        Format::Text => {
            let builder = builder.with_target(false).with_ansi(stderr().is_terminal());
            let builder = builder.with_filter_reloading();
            let handle = builder.reload_handle();
            let set = move |filter| handle.reload(filter).map_err(|error| error.to_string());
            (builder.try_init(), Box::new(set))
        }
        Format::Json => {
            let builder = builder.json().flatten_event(true).with_filter_reloading();
            let handle = builder.reload_handle();
            let set = move |filter| handle.reload(filter).map_err(|error| error.to_string());
            (builder.try_init(), Box::new(set))
        }
    };
    if started.is_ok() {
        set_hook(Box::new(log_panic));
        let _ = FILTERING.set(Filtering { set, text: Mutex::new(filter.to_owned()) });
    }
    Ok(())
}

/// The filter of the log; `None` where another program than the server's own has started it.
#[must_use]
pub fn filter() -> Option<String> {
    let filtering = FILTERING.get()?;
    Some(filtering.text.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

/// Puts another filter in place of the log's. Returns the one before.
///
/// # Errors
/// When it is not a filter, or the log is not the server's own.
pub fn set_filter(filter: &str) -> Result<String, String> {
    let parsed = parse_filter(filter)?;
    let filtering = FILTERING.get().ok_or("the log of this program can't be changed")?;
    // Held, so that the text is always that of the filter.
    let mut text = filtering.text.lock().unwrap_or_else(PoisonError::into_inner);
    (filtering.set)(parsed)?;
    Ok(std::mem::replace(&mut text, filter.to_owned()))
}

/// Parses a filter.
///
/// # Errors
/// When it is not a level or a list of `target=level`; the text says what to write instead.
pub fn parse_filter(filter: &str) -> Result<EnvFilter, String> {
    const ADVICE: &str = "must be a level (error, warn, info, debug, trace, off) or a list of \
                          target=level, such as info,drumbeat_server::net=debug";
    // tracing takes a single word for a target. It is a misspelt level: whoever writes `inof` does
    // not want only the log of a target `inof`.
    let mut parts = filter.split(',').map(str::trim).filter(|part| !part.is_empty()).peekable();
    if parts.peek().is_none() {
        return Err(ADVICE.to_owned());
    }
    if let Some(word) =
        parts.find(|part| !part.contains('=') && LevelFilter::from_str(part).is_err())
    {
        return Err(format!("{ADVICE}; {word:?} is neither"));
    }
    EnvFilter::builder().parse(filter).map_err(|error| format!("{ADVICE}; {error}"))
}

/// Writes to standard output.
pub fn say(text: &str) {
    OUT.push(text.as_bytes());
}

/// Writes to standard error, whether logging has started or not.
pub fn complain(text: &str) {
    ERR.push(text.as_bytes());
}

/// Waits until everything is written, up to a fraction of a second. Call this before the process
/// ends.
pub fn finish() {
    OUT.flush(FLUSH_LIMIT);
    ERR.flush(FLUSH_LIMIT);
}

/// Log lines that standard error did not take, since the process started.
#[must_use]
pub fn lines_lost() -> u64 {
    ERR.lines_lost()
}

/// The text of a panic.
#[must_use]
pub fn panic_text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a text")
}

/// Does what the standard library's hook does, but to the log. Threads are told apart by their
/// names.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let thread = thread::current();
    let location = panic.location().map(ToString::to_string);
    let backtrace = Backtrace::capture();
    let captured = backtrace.status() == BacktraceStatus::Captured;
    error!(
        thread = thread.name(),
        location,
        text = panic_text(panic.payload()),
        backtrace = captured.then(|| backtrace.to_string()),
        "a thread panicked"
    );
}

/// One line of the log, which `tracing` writes in one piece.
struct Line;

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        ERR.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
