//! A step that does not end is reported while it lasts.

use std::io;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

use drumbeat_tests::puppet::{HANGS, Order};
use tracing::subscriber::with_default;

use crate::guests::{Guest, config, eventually, lobby, players, ticks};

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

#[test]
fn a_step_that_does_not_end_is_reported_with_its_room_and_phase() {
    let lobby = lobby(config(4, 2));
    let guest = Guest::join(&lobby, "main", "a").unwrap();
    let other = Guest::join(&lobby, "other", "b").unwrap();
    eventually("both players", || ["main", "other"].map(|room| players(&lobby, room)) == [1, 1]);
    let log = Log::default();
    let writer = log.clone();
    let format = tracing_subscriber::fmt().without_time().with_target(false).with_ansi(false);
    guest.order(Order { hang: true, ..Order::default() });
    with_default(format.with_writer(move || writer.clone()).finish(), || {
        eventually("a line", || {
            lobby.watch();
            !log.0.lock().unwrap().is_empty()
        });
    });
    HANGS.store(false, Relaxed);
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
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
    drop(other);
}
