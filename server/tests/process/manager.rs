//! What the service manager that has started the program hears from it.

use std::fs;
use std::iter;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::Signal;

use super::harness::{LIMIT, Server, drumbeat};

/// Where a service manager listens. It holds few words: one that is not taken keeps the next waiting.
struct Manager {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Manager {
    fn new(name: &str) -> Self {
        let path = format!("drumbeat-{name}-{}.sock", std::process::id());
        let path = std::env::temp_dir().join(path);
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(LIMIT)).unwrap();
        Self { socket, path }
    }

    /// The program as it starts it. It may be silent for `watchdog_us`.
    fn starts(&self, mut command: Command, watchdog_us: &str) -> Command {
        command.env("NOTIFY_SOCKET", &self.path).env("WATCHDOG_USEC", watchdog_us);
        command
    }

    fn hears(&self) -> String {
        let mut text = [0; 256];
        let length = self.socket.recv(&mut text).unwrap();
        String::from_utf8(text[..length].to_vec()).unwrap()
    }
}

#[test]
fn it_hears_of_the_start_that_all_is_well_and_of_the_end() {
    let manager = Manager::new("manager");
    let mut server = Server::start(manager.starts(drumbeat(&["--drain-s", "1"]), "400000"));
    let but_well = || iter::repeat_with(|| manager.hears()).find(|heard| heard != "WATCHDOG=1");
    assert_eq!(but_well().as_deref(), Some("READY=1"));
    assert_eq!(server.get("/readyz").0, 200);
    for _ in 0..3 {
        assert_eq!(manager.hears(), "WATCHDOG=1");
    }
    server.signal(Signal::TERM);
    assert_eq!(but_well().as_deref(), Some("STOPPING=1\nEXTEND_TIMEOUT_USEC=16000000"));
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
}

#[test]
fn it_hears_nothing_of_a_server_with_wrong_settings_and_of_one_that_owes_it_no_sign_of_life() {
    let manager = Manager::new("quiet");
    let mut wrong = Server::spawn(manager.starts(drumbeat(&["--map", "none"]), "40000"));
    assert_eq!(wrong.ended().code(), Some(2), "{}", wrong.log());
    let mut quiet = Server::start(manager.starts(drumbeat(&[]), "0"));
    quiet.signal(Signal::INT);
    assert_eq!(quiet.ended().code(), Some(0), "{}", quiet.log());
    let heard = [manager.hears(), manager.hears()];
    assert_eq!(heard, ["READY=1", "STOPPING=1\nEXTEND_TIMEOUT_USEC=15000000"]);
}

#[test]
fn a_manager_that_does_not_listen_stops_no_server() {
    let mut command = drumbeat(&[]);
    command.env("NOTIFY_SOCKET", "/nowhere/at/all");
    let mut server = Server::start(command);
    server.says("the service manager could not be told that the server serves");
    assert_eq!(server.get("/readyz").0, 200);
    server.signal(Signal::INT);
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
}
