//! From the settings to a server that listens, and on to its end.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use drumbeat_process::{Asker, Endings};
use drumbeat_shared::game::Game;
use tokio::time::sleep;
use tracing::info;

use super::announce::Announcement;
use super::failure::Failure;
use super::manager::Manager;
use crate::config::{Bounded, Config, Loaded, Settings};
use crate::page::Page;
use crate::program::Program;
use crate::server::{RunError, Server};
use crate::telemetry::logging;
use crate::{busy, machine, net};

/// How long a server drains that a service manager ends, unless a setting says otherwise. A balancer
/// that asks `/readyz` every second or two has noticed by then.
const DRAIN: Duration = Duration::from_secs(5);

/// Serves until a signal ends it.
pub(super) fn start<G: Game>(
    program: &Program,
    loaded: &Loaded<G::Settings>,
    endings: &Endings,
) -> Result<(), Failure> {
    let settings = &loaded.settings;
    logging::start(settings.log_format.into(), settings.log.as_str())?;
    let map = Map::of(program, settings).map_err(Failure::wrong)?;
    let mut config = Config::new(settings, loaded.game.clone(), &map.text);
    config.page = page(program, settings).map_err(Failure::wrong)?;
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
        let (setup, has_page) = (config.room.game.clone(), !config.page.is_none());
        let is_tls = config.tls.is_some();
        let mut server = Server::<G>::new(config).map_err(|error| map.blame(error))?;
        if is_tls {
            server = server.reload_on(endings.take_hangups());
        }
        let (listener, address) = listen(settings.listen.0, "choose another with --listen")?;
        let (server, admin) = match settings.admin().address() {
            Some(wanted) => {
                let advice = "that is for the admin; choose another with --admin, or none with \
                              --admin off";
                let (listener, address) = listen(wanted, advice)?;
                (server.with_admin(listener).map_err(|error| refused(&error))?, Some(address))
            }
            None => (server, None),
        };
        let map = map.name.as_deref();
        let setup = &setup;
        let announcement = Announcement { program, address, admin, is_tls, has_page, map, setup };
        announcement.make::<G>(settings.log_format);
        let (manager, is_well) = (Manager::of_environment(), server.health());
        let watched = manager.clone();
        tokio::spawn(async move { watched.watch(is_well).await });
        let ending = ending(endings, settings, &manager, server.drain());
        let served = server.run(listener, ending).await;
        served.map_err(|error| Failure::from(error.to_string()))
    });
    runtime.shutdown_timeout(Duration::from_millis(500));
    served
}

/// Returns when the server is to end; the manager is told of its start and its end. `drain` begins to drain it.
async fn ending(endings: &Endings, settings: &Settings, manager: &Manager, drain: impl Fn()) {
    tokio::join!(manager.ready(), endings.asked());
    let length = match (settings.drain_s.map(Bounded::value), endings.asker()) {
        (Some(seconds), _) => Duration::from_secs(seconds),
        (None, Some(Asker::Manager)) => DRAIN,
        (None, _) => Duration::ZERO,
    };
    if length.is_zero() {
        return manager.stopping(length).await;
    }
    drain();
    let drain_s = length.as_secs();
    info!(
        drain_s,
        "draining: nobody new is let in, and those inside play on; another signal ends that"
    );
    tokio::select! {
        _ = async { tokio::join!(manager.stopping(length), sleep(length)) } => {}
        () = endings.hurried() => {}
    }
}

/// Opens a listener. Returns it with its address; `advice` says what to do if that is taken.
fn listen(wanted: SocketAddr, advice: &str) -> Result<(TcpListener, SocketAddr), String> {
    let listener = net::listen(wanted)
        .map_err(|error| format!("cannot listen on {wanted}: {error}; {advice}"))?;
    let address = listener.local_addr();
    let address = address.map_err(|error| format!("the listener has no address: {error}"))?;
    Ok((listener, address))
}

/// What a server that does not run says, and whether a setting is to blame.
fn refused(error: &RunError) -> Failure {
    match error {
        RunError::Admin(_) | RunError::Bans(_) | RunError::Tickets(_) => {
            Failure::wrong(error.to_string())
        }
        _ => error.to_string().into(),
    }
}

/// The map that is played on.
struct Map {
    /// In messages; `None` if the game has no map of its own and none was named.
    name: Option<String>,
    text: String,
}

impl Map {
    fn of(program: &Program, settings: &Settings) -> Result<Self, String> {
        if let Some(path) = &settings.map {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("cannot read the map {}: {error}", path.display()))?;
            return Ok(Self { name: Some(path.display().to_string()), text });
        }
        let (name, text) = program.map.unzip();
        // The name tells that whoever reads it has no such file.
        let name = name.map(|name| format!("{name} (built in)"));
        Ok(Self { name, text: text.unwrap_or_default().to_owned() })
    }

    /// Names the map if it is what is wrong.
    fn blame(&self, error: RunError) -> Failure {
        match (error, &self.name) {
            (RunError::Map(error), Some(name)) => Failure::wrong(format!("map {name}: {error}")),
            (RunError::Tls(text), _) => Failure::wrong(text),
            (RunError::Map(error), None) => {
                Failure::wrong(format!("no map: {error}; name one with --map"))
            }
            (error, _) => refused(&error),
        }
    }
}

/// The page that is served: the program's own, unless a folder is named.
fn page(program: &Program, settings: &Settings) -> Result<Page, String> {
    let Some(folder) = &settings.page else {
        return Ok(program.page.clone());
    };
    std::fs::read_dir(folder)
        .map_err(|error| format!("cannot read the page's folder {}: {error}", folder.display()))?;
    Ok(Page::folder(folder))
}
