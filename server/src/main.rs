//! The `drumbeat` command: settings in, the bundled game served, an exit code out.
//!
//! This is the only place that names the game. To serve another one, change [`Bundled`] and the
//! map.

use std::fmt::Display;
use std::io::{self, Write as _, stderr, stdout};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use drumbeat_server::config::{Config, ConfigError, Loaded, LogFormat, Settings, load};
use drumbeat_server::telemetry::logging;
use drumbeat_server::{busy, net, run};
use drumbeat_shared::game::Game;
use tracing::{info, warn};

/// Packs what thousands of players need more densely than the system's allocator: fewer cache
/// misses for each of them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The game that is served.
type Bundled = drumbeat_shared::arena::Arena;
/// The map it is played on if no other is named, within `assets/`.
const BUNDLED_MAP: &str = "maps/belt.toml";

/// File descriptors beside those of connections and rooms: listener, log, timers, files.
const SPARE_FILES: u64 = 64;
/// Exit code of settings that are wrong, as clap has it for flags.
const WRONG_SETTINGS: u8 = 2;
/// Exit code after a second signal, as shells have it for Ctrl-C.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    if let Err(error) = logging::open() {
        // Nobody is left to be told if this fails.
        let _ = writeln!(stderr(), "drumbeat: cannot start the threads of the log: {error}");
        return ExitCode::FAILURE;
    }
    let code = serve();
    logging::finish();
    code
}

/// Does what the settings say, to its end.
fn serve() -> ExitCode {
    let loaded = match load(std::env::args_os(), std::env::vars_os(), clock_seed()) {
        Ok(loaded) => loaded,
        Err(ConfigError::Flags(error)) => error.exit(),
        Err(error) => return fail(&error, WRONG_SETTINGS),
    };
    if loaded.print {
        return match stdout().write_all(loaded.to_toml().as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error, 1),
        };
    }
    match start(&loaded) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, 1),
    }
}

fn fail(error: &dyn Display, code: u8) -> ExitCode {
    logging::complain(&format!("drumbeat: {error}\n"));
    ExitCode::from(code)
}

/// A seed for those who do not care; short enough to be typed again.
fn clock_seed() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    since_1970.map_or(0, |time| time.as_micros() as u64) % 1_000_000_000
}

fn start(loaded: &Loaded) -> Result<(), String> {
    let settings = &loaded.settings;
    logging::start(settings.log_format.into(), settings.log.as_str())?;
    allow_files(files_max(settings));
    let (map_name, map_text) = map_text(loaded)?;
    let config = Config::new(settings, map_text);
    // Before anything is opened or announced.
    Bundled::map(&config.map_text, &config.setup)
        .map_err(|error| format!("map {map_name}: {error}"))?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.shards)
        .thread_name("edge")
        .on_thread_park(move || busy::rest(cores))
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the runtime: {error}"))?;
    let served = runtime.block_on(async {
        // Before anybody is told of a server that a signal should end in order.
        let signals = stop_signals().map_err(|error| format!("cannot await signals: {error}"))?;
        let wanted = settings.listen.0;
        let listener = net::listen(wanted).map_err(|error| {
            format!("cannot listen on {wanted}: {error}; choose another with --listen")
        })?;
        let address = listener
            .local_addr()
            .map_err(|error| format!("the listener has no address: {error}"))?;
        announce(settings.log_format, address, &map_name, &config);
        run::<Bundled>(config, listener, signals).await.map_err(|error| error.to_string())
    });
    runtime.shutdown_timeout(Duration::from_millis(500));
    served
}

/// The map's name for people, and its text.
fn map_text(loaded: &Loaded) -> Result<(String, String), String> {
    if let Some(path) = &loaded.settings.map {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read the map {}: {error}", path.display()))?;
        return Ok((path.display().to_string(), text));
    }
    let text = net::bundled_text(BUNDLED_MAP)
        .ok_or_else(|| format!("{BUNDLED_MAP} is missing from the program"))?;
    Ok((BUNDLED_MAP.to_owned(), text))
}

/// Files that may be open at once: to the system each connection is one, and so is what a room
/// knows its processor's time from.
fn files_max(settings: &Settings) -> u64 {
    let http_max = net::HTTP_CONNECTIONS_MAX + net::REFUSALS_MAX;
    settings.connections_max.value() + http_max as u64 + settings.rooms_max.value() + SPARE_FILES
}

/// Asks the system for so many open files.
fn allow_files(wanted: u64) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let enough = |limit: Option<u64>| limit.is_none_or(|limit| limit >= wanted);
        if enough(limit.current) {
            return;
        }
        let raised = Rlimit {
            current: if enough(limit.maximum) { Some(wanted) } else { limit.maximum },
            maximum: limit.maximum,
        };
        if setrlimit(Resource::Nofile, raised).is_err() || !enough(limit.maximum) {
            let allowed = getrlimit(Resource::Nofile).current.unwrap_or(wanted);
            warn!(
                allowed,
                wanted,
                "the system allows fewer open files than all connections and rooms may need; \
                 raise its limit (ulimit -n) or lower --connections-max"
            );
        }
    }
    #[cfg(not(unix))]
    let _ = wanted;
}

/// Says where to play: to a person on standard output, to a machine in the log.
fn announce(format: LogFormat, address: SocketAddr, map: &str, config: &Config) {
    let version = env!("CARGO_PKG_VERSION");
    let game = <Bundled as Game>::NAME;
    let setup = &config.setup;
    if format == LogFormat::Json {
        info!(%address, version, game, map, seed = setup.seed, "listening");
        return;
    }
    // A browser cannot open the address that stands for all of them.
    let (ip, everywhere) = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (IpAddr::V4(Ipv4Addr::LOCALHOST), true),
        IpAddr::V6(ip) if ip.is_unspecified() => (IpAddr::V6(Ipv6Addr::LOCALHOST), true),
        ip => (ip, false),
    };
    let here = SocketAddr::new(ip, address.port());
    let elsewhere = if everywhere { ", or by this machine's address" } else { "" };
    let text = format!(
        "\n  Drumbeat {version}: {game}\n\n\
         \x20 play   http://{here}{elsewhere}\n\
         \x20 rooms  {} players each, {} ticks/s, {} house bots, {map}, seed {}\n\
         \x20 load   cargo run --release -p drumbeat-bots -- --url ws://{here} --bots 50\n\
         \x20 stop   Ctrl-C\n\n",
        setup.capacity, setup.tick_hz, setup.house_bots, setup.seed
    );
    logging::say(&text);
}

/// Done after the first SIGINT or SIGTERM; a second one ends the process at once.
fn stop_signals() -> io::Result<impl Future<Output = ()>> {
    let mut signals = Signals::new()?;
    Ok(async move {
        signals.next().await;
        tokio::spawn(async move {
            signals.next().await;
            warn!("ended at once");
            logging::finish();
            std::process::exit(INTERRUPTED);
        });
    })
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
