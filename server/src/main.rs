//! The `drumbeat` command: settings in, the bundled game served, an exit code out.
//!
//! This is the only place that names the game. To serve another one, change [`Bundled`] and the
//! map.

use std::fmt::Display;
use std::io::{Write as _, stderr, stdout};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use drumbeat_process::{AT_ONCE, Endings};
use drumbeat_server::config::{Config, ConfigError, Loaded, LogFormat, load};
use drumbeat_server::telemetry::logging;
use drumbeat_server::{RunError, Server, busy, machine, net};
use drumbeat_shared::game::{Game, Setup};
use tracing::info;

/// Packs the data of thousands of players more densely than the system's allocator, with fewer
/// cache misses per player.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The game to serve.
type Bundled = drumbeat_shared::arena::Arena;
/// The map to use if no other is named, within `assets/`.
const BUNDLED_MAP: &str = "maps/belt.toml";
/// Its name in messages; no such file exists for whoever reads them.
const BUNDLED_MAP_NAME: &str = "belt (built in)";

/// Exit code for wrong settings, as clap uses it for flags.
const WRONG_SETTINGS: u8 = 2;
/// Exit code for a server that could not start.
const NOT_STARTED: u8 = 1;

fn main() -> ExitCode {
    let endings = match begin() {
        Ok(endings) => endings,
        Err(error) => {
            // If this fails, nobody is left to tell.
            let _ = writeln!(stderr(), "error: {error}");
            return ExitCode::from(NOT_STARTED);
        }
    };
    let code = serve(&endings);
    logging::finish();
    code
}

/// Prepares what everything else needs. That is memory, because a process that is refused it
/// aborts; signals, so that one that arrives now also ends the server in order; and the log.
fn begin() -> Result<Endings, String> {
    let advice = "raise the limits of processes (ulimit -u) and of open files (ulimit -n)";
    machine::check_memory().map_err(|little| little.to_string())?;
    let at_once = || {
        logging::finish();
        std::process::exit(i32::from(AT_ONCE));
    };
    let endings = Endings::listen(at_once)
        .map_err(|error| format!("cannot wait for signals: {error}; {advice}"))?;
    logging::open()
        .map_err(|error| format!("cannot start the threads of the log: {error}; {advice}"))?;
    Ok(endings)
}

/// Runs what the settings ask for, to its end.
fn serve(endings: &Endings) -> ExitCode {
    let loaded = match load(std::env::args_os(), std::env::vars_os(), clock_seed()) {
        Ok(loaded) => loaded,
        Err(ConfigError::Flags(error)) => error.exit(),
        Err(error) => return fail(&error, WRONG_SETTINGS),
    };
    if loaded.print {
        return match stdout().write_all(loaded.to_toml().as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error, NOT_STARTED),
        };
    }
    match start(&loaded, endings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, text }) => fail(&text, code),
    }
}

/// Why there is no server, as text for people, and the exit code.
struct Failure {
    code: u8,
    text: String,
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self { code: NOT_STARTED, text }
    }
}

fn fail(error: &dyn Display, code: u8) -> ExitCode {
    logging::complain(&format!("error: {error}\n"));
    ExitCode::from(code)
}

/// A seed for those who do not care which; short enough to type again.
fn clock_seed() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    since_1970.map_or(0, |time| time.as_micros() as u64) % 1_000_000_000
}

fn start(loaded: &Loaded, endings: &Endings) -> Result<(), Failure> {
    let settings = &loaded.settings;
    logging::start(settings.log_format.into(), settings.log.as_str())?;
    let wrong = |text| Failure { code: WRONG_SETTINGS, text };
    let (map_name, map_text) = map_text(loaded).map_err(wrong)?;
    let mut config = Config::new(settings, &map_text);
    machine::fit(&mut config)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.shards)
        .thread_name("edge")
        .on_thread_park(move || busy::rest(cores))
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the runtime: {error}"))?;
    let served = runtime.block_on(async {
        // Before anything is opened or announced.
        let setup = config.room.game.clone();
        let server = Server::<Bundled>::new(config).map_err(|error| match error {
            RunError::Map(error) => wrong(format!("map {map_name}: {error}")),
            error => error.to_string().into(),
        })?;
        let wanted = settings.listen.0;
        let listener = net::listen(wanted).map_err(|error| {
            format!("cannot listen on {wanted}: {error}; choose another with --listen")
        })?;
        let address = listener
            .local_addr()
            .map_err(|error| format!("the listener has no address: {error}"))?;
        announce(settings.log_format, address, &map_name, &setup);
        let served = server.run(listener, endings.asked()).await;
        served.map_err(|error| Failure::from(error.to_string()))
    });
    runtime.shutdown_timeout(Duration::from_millis(500));
    served
}

/// The map's name in messages, and its text.
fn map_text(loaded: &Loaded) -> Result<(String, String), String> {
    if let Some(path) = &loaded.settings.map {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read the map {}: {error}", path.display()))?;
        return Ok((path.display().to_string(), text));
    }
    let text = net::bundled_text(BUNDLED_MAP)
        .ok_or_else(|| format!("{BUNDLED_MAP} is missing from the program"))?;
    Ok((BUNDLED_MAP_NAME.to_owned(), text))
}

/// Reports where to play: to a person on standard output, to a machine in the log.
fn announce(format: LogFormat, address: SocketAddr, map: &str, setup: &Setup) {
    let version = env!("CARGO_PKG_VERSION");
    let game = <Bundled as Game>::NAME;
    if format == LogFormat::Json {
        info!(%address, version, game, map, seed = setup.seed, "listening");
        return;
    }
    // A browser cannot open the address that stands for all addresses.
    let (ip, everywhere) = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (IpAddr::V4(Ipv4Addr::LOCALHOST), true),
        IpAddr::V6(ip) if ip.is_unspecified() => (IpAddr::V6(Ipv6Addr::LOCALHOST), true),
        ip => (ip, false),
    };
    let here = SocketAddr::new(ip, address.port());
    let elsewhere = if everywhere { ", or this machine's own address" } else { "" };
    // Without cargo, the swarm's program is beside this one; with cargo, it is built first.
    let bots = match std::env::var_os("CARGO") {
        Some(_) => "cargo run --release -p drumbeat-bots --",
        None => "drumbeat-bots",
    };
    let text = format!(
        "\n  Drumbeat {version}: {game}\n\n\
         \x20 play   http://{here}{elsewhere}\n\
         \x20 rooms  {} players each, {} ticks/s, {} house bots, map {map}, seed {}\n\
         \x20 load   {bots} --url ws://{here} --bots 50\n\
         \x20 stop   Ctrl-C\n\n",
        setup.capacity, setup.tick_hz, setup.house_bots, setup.seed
    );
    logging::say(&text);
}
