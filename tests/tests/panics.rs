//! Panics of the rules while nobody reads the log on standard error.
//!
//! They run in a process of their own, since standard error and the panic hook are process-wide.

#![cfg(unix)]

use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use drumbeat_kit::pipe::{Pipe, peer};
use drumbeat_server::engine::inbox::{Sender, inbox};
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::viewer::Role;
use drumbeat_server::rooms::{Join, Lobby, PerAddress, RoomsConfig};
use drumbeat_server::telemetry::logging::{self, Format};
use drumbeat_server::telemetry::metrics::RoomMetrics;
use drumbeat_shared::game::Setup;
use drumbeat_tests::puppet::{Order, PANICS_IN_JOIN, Puppet, loose};

/// Time after which a wait fails the test: a safety limit, not a measure of speed.
const LIMIT: Duration = Duration::from_secs(30);

/// Set in the process that runs the rooms.
const WITH_ROOMS: &str = "DRUMBEAT_TEST_WITH_ROOMS";

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_panic_whose_message_nobody_takes_ends_its_room_alone() {
    if std::env::var_os(WITH_ROOMS).is_some() {
        return panic_in_one_room_of_two();
    }
    let (stalled, _reader) = UnixStream::pair().unwrap();
    stalled.set_nonblocking(true).unwrap();
    while (&stalled).write(&[b'\n'; 256]).is_ok() {}
    stalled.set_nonblocking(false).unwrap();
    let (closed, reader) = UnixStream::pair().unwrap();
    drop(reader);
    for log in [stalled, closed] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["a_panic_whose_message_nobody_takes_ends_its_room_alone", "--exact"])
            .arg("--nocapture")
            .env(WITH_ROOMS, "1")
            .stdout(Stdio::null())
            .stderr(OwnedFd::from(log))
            .spawn()
            .unwrap();
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if started.elapsed() > 2 * LIMIT {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(status.is_some_and(|status| status.success()), "{status:?}");
    }
}

fn panic_in_one_room_of_two() {
    logging::open().unwrap();
    logging::start(Format::Text, "info").unwrap();
    let config = RoomsConfig {
        room: RoomSetup {
            idle: Duration::from_secs(3_600),
            ..RoomSetup::new("0", Setup { seed: 0, capacity: 4, tick_hz: 128, settings: loose(0) })
        },
        rooms_max: 2,
        per_address: PerAddress::default(),
        shards: Shards::default(),
    };
    let lobby = Lobby::<Puppet>::new(config, RoomMetrics::new());
    let (_good, _sender) = join(&lobby, "good", "Ada");
    let tick = |room: &str| lobby.rooms().iter().find(|info| info.name == room).map(|at| at.tick);
    eventually("the first tick", || tick("good").is_some_and(|tick| tick > 0));
    let (bad, _sender) = join(&lobby, "bad", PANICS_IN_JOIN);
    eventually("the end of the bad room", || bad.is_closed());
    assert_eq!(bad.close_code(), Some(1011));
    let then = tick("good").unwrap();
    eventually("further ticks", || tick("good").is_some_and(|tick| tick > then + 30));
    logging::finish();
}

fn join(lobby: &Arc<Lobby<Puppet>>, room: &str, name: &str) -> (Pipe, Sender<Order>) {
    let seat = lobby.seat(room, Role::Player).unwrap();
    let (sender, receiver) = inbox();
    let pipe = Pipe::new(1 << 20);
    seat.take(Join::new(peer(1), name, Role::Player, pipe.link(), receiver)).unwrap();
    (pipe, sender)
}
