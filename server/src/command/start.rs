//! From the settings to a server that listens, and on to its end.

use std::time::Duration;

use drumbeat_process::Endings;
use drumbeat_shared::game::Game;

use super::announce::Announcement;
use super::failure::Failure;
use crate::config::{Config, Loaded, Settings};
use crate::page::Page;
use crate::program::Program;
use crate::server::{RunError, Server};
use crate::telemetry::logging;
use crate::{busy, machine, net};

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
        let server = Server::<G>::new(config).map_err(|error| map.blame(error))?;
        let wanted = settings.listen.0;
        let listener = net::listen(wanted).map_err(|error| {
            format!("cannot listen on {wanted}: {error}; choose another with --listen")
        })?;
        let address = listener
            .local_addr()
            .map_err(|error| format!("the listener has no address: {error}"))?;
        let map = map.name.as_deref();
        let announcement = Announcement { program, address, has_page, map, setup: &setup };
        announcement.make::<G>(settings.log_format);
        let served = server.run(listener, endings.asked()).await;
        served.map_err(|error| Failure::from(error.to_string()))
    });
    runtime.shutdown_timeout(Duration::from_millis(500));
    served
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
            (RunError::Map(error), None) => {
                Failure::wrong(format!("no map: {error}; name one with --map"))
            }
            (RunError::Tickets(error), _) => Failure::wrong(error),
            (error, _) => error.to_string().into(),
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
