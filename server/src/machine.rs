//! Compares what the machine allows with what the settings ask for, at the start and not in the
//! middle of a game.

use drumbeat_process::limits::{self, LittleMemory};
use drumbeat_process::memory_limit;
use tracing::{info, warn};

use crate::config::Config;

/// Limit of files that the server opens besides rooms and the sockets of players and visitors:
/// listeners, timers, event queues, the admin listener's connections and files.
const OWN_FILES: u64 = 28;
/// The fewest sockets with which a server can serve anybody.
const SOCKETS_MIN: u64 = 8;
/// Limit of threads besides the readers, the fan-out's helpers and the rooms: for signals, HTTP, the
/// admin listener and the log.
const OWN_THREADS: usize = 6;
/// Those of them that run when [`fit`] is called: for signals and the log.
const STARTED_THREADS: usize = 3;

/// Checks that there is memory for a server with the fewest threads. Call this first: a process
/// that is refused memory aborts.
///
/// # Errors
/// When there is not enough.
pub(crate) fn check_memory() -> Result<(), LittleMemory> {
    limits::memory_for_threads(threads(1) + 1).map(|_| ())
}

/// Lowers the settings to what the system allows. Call this before the server's threads start, with
/// the log open: it reports what was lowered, and the memory that there is. How many rooms and connections
/// fit into that depends on the game.
///
/// # Errors
/// When the system allows too little to serve anybody: what is short, and what to do.
pub(crate) fn fit<S>(config: &mut Config<S>) -> Result<(), String> {
    let memory = limits::memory_for_threads(threads(config.shards) + 1)
        .map_err(|little| format!("{little}, or choose fewer --shards"))?;
    fit_memory(config, memory.unwrap_or(usize::MAX));
    if let Some(bytes) = memory_limit() {
        info!(
            memory_mib = bytes >> 20,
            rooms_max = config.rooms_max,
            connections_max = config.connections_max,
            "the memory of this container or service is limited, and the system kills a server that needs \
             more; set --rooms-max and --connections-max by it"
        );
    }
    fit_threads(config, limits::threads_allowed)?;
    let open = limits::open_files() + OWN_FILES;
    fit_files(config, limits::allow_files(open + files(config)), open)
}

/// Files for sockets and rooms.
fn files<S>(config: &Config<S>) -> u64 {
    let http = config.http_connections_max + config.spare_connections;
    (config.connections_max + http + config.watchers_max + config.rooms_max) as u64
}

/// Threads other than those of rooms.
fn threads(shards: usize) -> usize {
    OWN_THREADS + 2 * shards - 1
}

/// Fits the rooms into the memory, which is enough for `allowed` threads. A room without a thread
/// would end the server.
fn fit_memory<S>(config: &mut Config<S>, allowed: usize) {
    // Up to as many rooms may be ending as are open.
    let rooms = ((allowed - threads(config.shards)) / 2).max(1);
    if rooms < config.rooms_max {
        warn!(
            rooms_max = rooms,
            asked = config.rooms_max,
            "fewer rooms than asked for: the system's limit of address space (ulimit -v) is low; \
             raise it, or lower --rooms-max"
        );
        config.rooms_max = rooms;
    }
}

/// `allowed` returns how many of that number of threads the system allows. A room that gets no
/// thread is refused when somebody asks for it, so `rooms_max` stays.
fn fit_threads<S>(config: &Config<S>, allowed: impl Fn(usize) -> usize) -> Result<(), String> {
    let needed = threads(config.shards) - STARTED_THREADS + 1;
    let wanted = needed - 1 + config.rooms_max;
    let allowed = allowed(wanted);
    if allowed < needed {
        return Err(format!(
            "the system allows {allowed} more threads, and {needed} are needed for one room with \
             --shards {}; raise its limit (ulimit -u, or the container's of processes), or choose \
             fewer shards",
            config.shards
        ));
    }
    if allowed < wanted {
        warn!(
            rooms = allowed + 1 - needed,
            rooms_max = config.rooms_max,
            "the system allows threads for fewer rooms than asked for; raise its limit (ulimit -u, \
             or the container's of processes), or lower --rooms-max"
        );
    }
    Ok(())
}

/// Shares out the files that the system allows, of which `open` are not for sockets or rooms.
fn fit_files<S>(config: &mut Config<S>, allowed: u64, open: u64) -> Result<(), String> {
    let left = allowed.saturating_sub(open);
    if left < SOCKETS_MIN {
        return Err(format!(
            "the system allows {allowed} open files, and {} are needed to serve anybody; raise its \
             limit (ulimit -n)",
            open + SOCKETS_MIN
        ));
    }
    if left >= files(config) {
        return Ok(());
    }
    let asked = config.connections_max as u64;
    let rooms = (config.rooms_max as u64).min(left / 8);
    let http = (config.http_connections_max as u64).min(left / 4);
    let spare = (config.spare_connections as u64).min(left / 8);
    let watchers = (config.watchers_max as u64).min(left / 8);
    // Without its file, a room only knows less about why it is late.
    let left = left - rooms - spare - watchers;
    let connections = asked.min(left - http);
    let http = (config.http_connections_max as u64).min(left - connections);
    config.http_connections_max = http as usize;
    config.spare_connections = spare as usize;
    config.watchers_max = watchers as usize;
    config.connections_max = connections as usize;
    if connections < asked {
        warn!(
            connections_max = connections,
            asked,
            open_files_allowed = allowed,
            "fewer connections than asked for: the system's limit of open files (ulimit -n) is \
             low; raise it, or lower --connections-max"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn config() -> Config {
        Config { shards: 2, rooms_max: 16, ..Config::new(&Settings::default(), (), "") }
    }

    #[test]
    fn files_go_to_connections_and_a_part_to_those_beyond() {
        let check = |allowed, expected: Option<[usize; 3]>| {
            let mut config = config();
            let fits = fit_files(&mut config, allowed, 24);
            let found = [config.connections_max, config.http_connections_max];
            let found = fits.map(|()| [found[0], found[1], config.spare_connections]);
            match expected {
                Some(expected) => assert_eq!(found, Ok(expected), "{allowed}"),
                None => assert!(found.unwrap_err().contains("ulimit -n"), "{allowed}"),
            }
        };
        check(0, None);
        check(31, None);
        check(32, Some([3, 2, 1]));
        check(64, Some([15, 10, 5]));
        check(1_024, Some([545, 250, 64]));
        check(24 + 10_000 + 1_024 + 64 + 1_000 + 15, Some([9_999, 1_024, 64]));
        check(24 + 10_000 + 1_024 + 64 + 1_000 + 16, Some([10_000, 1_024, 64]));
        check(u64::MAX, Some([10_000, 1_024, 64]));
        let mut few = Config { connections_max: 100, ..config() };
        fit_files(&mut few, 1_024, 24).unwrap();
        assert_eq!((few.connections_max, few.http_connections_max), (100, 695));
    }

    #[test]
    fn memory_bounds_the_rooms() {
        for (threads, rooms) in [(10, 1), (12, 1), (15, 3), (usize::MAX, 16)] {
            let mut config = config();
            fit_memory(&mut config, threads);
            assert_eq!(config.rooms_max, rooms, "{threads}");
        }
    }

    #[test]
    fn threads_must_do_for_one_room() {
        let fit = |allowed: usize| fit_threads(&config(), |wanted| allowed.min(wanted));
        assert!(fit(6).unwrap_err().contains("7 are needed"), "{:?}", fit(6));
        assert_eq!(fit(7), Ok(()));
        assert_eq!(fit(100), Ok(()));
    }
}
