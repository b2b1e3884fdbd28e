//! What the system refuses while the server runs.

use std::fs;
use std::net::TcpStream;
use std::time::Instant;

use rustix::process::{Resource, Rlimit, getrlimit, prlimit};

use super::harness::{CHECKED_TICKS, Server, TempFile, bots, eventually, survives};

/// Address space that is left to a server: enough to go on, too little for a thread.
const LITTLE_BYTES: u64 = 64 << 20;

/// Least time between two failures to accept a connection, milliseconds.
const ACCEPT_PAUSE_MS: u128 = 100;

/// Limits the running server, until this is dropped.
struct Limited<'a> {
    server: &'a Server,
    resource: Resource,
    before: Rlimit,
}

impl<'a> Limited<'a> {
    fn to(server: &'a Server, resource: Resource, current: u64) -> Self {
        let pid = Some(server.process.pid());
        // That of this process, from which the server has it; only root could raise it again.
        let maximum = getrlimit(resource).maximum;
        let before = prlimit(pid, resource, Rlimit { current: Some(current), maximum }).unwrap();
        Self { server, resource, before }
    }
}

impl Drop for Limited<'_> {
    fn drop(&mut self) {
        let pid = Some(self.server.process.pid());
        let _ = prlimit(pid, self.resource, self.before);
    }
}

#[test]
fn out_of_files_it_says_so_and_takes_visitors_again_later() {
    survives(Server::start(&[]), |server, _| {
        let open = fs::read_dir(format!("/proc/{}/fd", server.process.pid())).unwrap().count();
        let began = Instant::now();
        let limited = Limited::to(server, Resource::Nofile, open as u64);
        let waiting: Vec<TcpStream> =
            (0..8).map(|_| TcpStream::connect(&server.address).unwrap()).collect();
        let lines = || -> Vec<u128> {
            let said = server.process.said();
            let lines =
                said.lines().filter(|line| line.contains("connections could not be accepted"));
            let failures = lines.filter_map(|line| line.rsplit_once("failures=")?.1.parse().ok());
            failures.collect()
        };
        let said = eventually("it says so again", || (lines().len() > 1).then(lines));
        // A loop that does not pause after a failure has thousands.
        let tries = began.elapsed().as_millis() / ACCEPT_PAUSE_MS + 1;
        assert!(said.iter().sum::<u128>() <= tries, "{said:?} of {tries}");
        // Those who wait in the kernel are accepted, and so is everybody else.
        drop(limited);
        assert_eq!(server.get("/healthz").0, 200);
        drop(waiting);
        assert_eq!(server.metric("drumbeat_players "), f64::from(bots()));
    });
}

#[test]
fn out_of_address_space_no_further_room_opens_and_those_that_are_open_go_on() {
    survives(Server::start(&["--rooms-max", "64"]), |server, _| {
        let used = server.process.memory("VmSize");
        let limited = Limited::to(server, Resource::As, used + LITTLE_BYTES);
        // Stacks of threads that have ended may be used again.
        let mut rooms = Vec::new();
        let refused = loop {
            match server.join(&format!("room-{}", rooms.len())) {
                Ok(room) => rooms.push(room),
                Err(refused) => break refused,
            }
            assert!(rooms.len() < 60, "no room is refused");
        };
        assert!(refused.contains("cannot open another room; join an open one"), "{refused}");
        server.process.says("the system refused a thread");
        server.ticks(CHECKED_TICKS);
        assert_eq!(server.metric("drumbeat_players "), f64::from(bots()));
        drop(limited);
    });
}

#[test]
fn on_a_full_disk_acts_hold_and_say_that_they_are_not_kept() {
    let (bans, audit) = (TempFile::new("bans.json"), TempFile::new("audit.jsonl"));
    let paths = [&bans, &audit].map(|file| file.0.to_str().unwrap().to_owned());
    let args = ["--bans", &paths[0], "--audit-log", &paths[1]];
    survives(Server::start(&args), |server, _| {
        let ban = |value| format!(r#"{{"kind": "subnet", "value": "{value}", "for": "1h"}}"#);
        let limited = Limited::to(server, Resource::Fsize, 0);
        let (code, said) = server.post_admin("/api/bans", &ban("192.0.2.0/24"));
        assert!(code >= 500 && said.contains("until the server ends"), "{code} {said}");
        assert_eq!(server.metric("drumbeat_bans "), 1.0, "it holds");
        assert_eq!(server.metric("drumbeat_audit_lines_lost_total "), 1.0);
        let lost = || server.metric("drumbeat_log_lines_lost_total ");
        eventually("lines of the log are lost", || (lost() > 0.0).then_some(()));
        server.ticks(CHECKED_TICKS);
        drop(limited);
        assert_eq!(server.post_admin("/api/bans", &ban("198.51.100.0/24")).0, 200);
        let stored = bans.text();
        assert!(stored.contains("192.0.2.0/24") && stored.contains("198.51.100.0/24"), "{stored}");
        server.process.says("lines_lost=");
    });
}
