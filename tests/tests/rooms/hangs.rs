//! A step that does not end, and a world that does not begin, are reported while it lasts.

use std::io;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

use drumbeat_kit::seeds::setup;
use drumbeat_kit::sim::Sim;
use drumbeat_server::rooms::Lobby;
use drumbeat_tests::puppet::{HANGS, HANGS_IN_NEW, Order, Puppet, loose};
use tracing::subscriber::with_default;

use super::guests::{Guest, config, eventually, lobby, lobby_of, players, ticks};

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged of the rooms that hang, once something is.
fn said_of(lobby: &Lobby<Puppet>) -> String {
    let log = Log::default();
    let writer = log.clone();
    let format = tracing_subscriber::fmt().without_time().with_target(false).with_ansi(false);
    with_default(format.with_writer(move || writer.clone()).finish(), || {
        eventually("a line", || {
            lobby.watch();
            !log.0.lock().unwrap().is_empty()
        });
    });
    String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
}

#[test]
fn a_step_that_does_not_end_is_reported_with_its_room_and_phase() {
    let lobby = lobby(config(4, 2));
    let guest = Guest::join(&lobby, "main", "a").unwrap();
    let other = Guest::join(&lobby, "other", "b").unwrap();
    eventually("both players", || ["main", "other"].map(|room| players(&lobby, room)) == [1, 1]);
    guest.order(Order { hang: true, ..Order::default() });
    let said = said_of(&lobby);
    // By this a service manager or Kubernetes restarts a server.
    eventually("it is not well", || lobby.health().is_err());
    let still = lobby.health().unwrap_err();
    HANGS.store(false, Relaxed);
    assert_eq!(still.room, "main");
    for part in [
        "WARN a tick does not end: an endless loop, or too much to do room=\"main\" tick=",
        " running_ms=",
        " phase=\"step\" game_phase=\"orders\" text=\"the game's rules\"",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("other"), "{said}");
    let seen = ticks(&lobby, "main");
    eventually("further ticks", || ticks(&lobby, "main") > seen + 3);
    assert_eq!(lobby.health(), Ok(()));
    drop(other);
}

#[test]
fn a_room_that_does_not_open_is_reported() {
    let lobby = lobby_of(|setup| setup.map_text = "-2".into());
    let guest = Guest::join(&lobby, "main", "a").unwrap();
    let said = said_of(&lobby);
    HANGS_IN_NEW.store(false, Relaxed);
    for part in [
        "WARN the opening of a room does not end: an endless loop, or too much to do room=\"main\"",
        " phase=\"open\" text=\"making the world\"",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    eventually("the player", || players(&lobby, "main") == 1);
    drop(guest);
}

#[test]
fn the_check_of_the_rules_is_a_phase_of_its_own() {
    let mut sim = Sim::<Puppet>::new("0", setup(1).with(loose(0)));
    let reached = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&reached);
    sim.engine.watch_phases(Box::new(move |phase| noted.lock().unwrap().push(phase)));
    sim.tick(|_| Order::default());
    assert_eq!(*reached.lock().unwrap(), ["orders", "check rules"]);
}
