//! What machines and clocks do.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::Signal;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use super::harness::{Server, Swarm, TempFile, bots, eventually, survives};

/// How long a process is stopped: longer than clients wait before they resume, shorter than they wait
/// before they give up. There is no condition to wait for: the time itself is the fault.
const STOPPED: Duration = Duration::from_secs(3);
/// The room's rate, and ticks of that time that may have been made up for.
const TICK_HZ: f64 = 30.0;
const MADE_UP: f64 = 10.0;

/// Asserts that the gap is said.
fn said_the_gap(server: &Server, missed_before: f64) {
    let missed = server.metric("drumbeat_missed_ticks_total ") - missed_before;
    assert!(missed >= STOPPED.as_secs_f64() * TICK_HZ - MADE_UP, "{missed}");
    server.process.says("missed ticks");
}

#[test]
fn a_server_that_is_stopped_says_the_gap_and_loses_nobody() {
    survives(&[], |server, _| {
        let missed = server.metric("drumbeat_missed_ticks_total ");
        server.process.signal(Signal::STOP);
        sleep(STOPPED);
        server.process.signal(Signal::CONT);
        server.ticks(1);
        said_the_gap(server, missed);
        assert_eq!(server.metric("drumbeat_players "), f64::from(bots()));
    });
}

/// Suspended, server and players stand still together, and the clock goes on.
#[test]
fn a_machine_that_is_suspended_says_the_gap_and_loses_nobody() {
    survives(&[], |server, swarm| {
        let missed = server.metric("drumbeat_missed_ticks_total ");
        let all = [&server.process, &swarm.process];
        all.iter().for_each(|process| process.signal(Signal::STOP));
        sleep(STOPPED);
        all.iter().for_each(|process| process.signal(Signal::CONT));
        server.ticks(1);
        said_the_gap(server, missed);
        assert_eq!(server.metric("drumbeat_players "), f64::from(bots()));
    });
}

/// A process that does nothing, all the time.
struct Hog(Child);

impl Drop for Hog {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn on_one_processor_beside_hogs_ticks_go_on() {
    survives(&[], |server, _| {
        let all = sched_getaffinity(None).unwrap();
        let first = (0..CpuSet::MAX_CPU).find(|cpu| all.is_set(*cpu)).unwrap();
        let mut one = CpuSet::new();
        one.set(first);
        for thread in server.process.threads() {
            // One may have ended meanwhile.
            let _ = sched_setaffinity(Some(thread), &one);
        }
        server.ticks(60);
        let hog = |_| {
            let hog = Command::new("/bin/sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
            sched_setaffinity(Some(rustix::process::Pid::from_child(&hog)), &one).unwrap();
            Hog(hog)
        };
        let _hogs: Vec<Hog> = (0..2).map(hog).collect();
        server.ticks(60);
        assert_eq!(server.metric("drumbeat_players "), f64::from(bots()));
    });
}

#[test]
fn peers_that_die_leave_nothing_behind() {
    let server = Server::start(&[], &[]);
    let swarm = Swarm::start(&server);
    swarm.die();
    eventually("their places expire", || {
        let expired = server.metric("drumbeat_expired_places_total ");
        (expired == f64::from(bots())).then_some(())
    });
    // Others find the room as if those had never been.
    Swarm::start(&server).all_was_well();
    server.ends_without_remains();
}

/// What steps a process's wall clock, where it is installed (the package `faketime`).
fn faketime() -> Option<String> {
    let machine = std::env::consts::ARCH;
    let path = format!("/usr/lib/{machine}-linux-gnu/faketime/libfaketimeMT.so.1");
    Path::new(&path).exists().then_some(path)
}

/// Steps of the wall clock by an hour, forth and back: ticks, time-outs and places go by another clock.
/// What is agreed on in wall-clock time follows the step: bans here; tickets by the same reading.
#[test]
#[expect(clippy::print_stderr, reason = "a test can't say in another way that it was left out")]
fn a_clock_that_steps_moves_what_has_a_date_and_nothing_else() {
    let Some(library) = faketime() else {
        eprintln!("left out: the package faketime is missing");
        return;
    };
    let clock = TempFile::new("clock");
    let set = |offset: &str| fs::write(&clock.0, format!("{offset}\n")).unwrap();
    set("+0");
    let file = clock.0.to_str().unwrap().to_owned();
    let variables = [
        ("LD_PRELOAD", library.as_str()),
        ("FAKETIME_TIMESTAMP_FILE", file.as_str()),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
    ];
    let server = Server::start(&[], &variables);
    let swarm = Swarm::start(&server);
    let ban = r#"{"kind": "subnet", "value": "192.0.2.0/24", "for": "30min"}"#;
    assert_eq!(server.post_admin("/api/bans", ban).0, 200);
    let bans = || server.metric("drumbeat_bans ");
    assert_eq!(bans(), 1.0);
    for (offset, held) in [("+3600", 0.0), ("-3600", 1.0), ("+0", 1.0)] {
        set(offset);
        server.ticks(60);
        assert_eq!(server.metric("drumbeat_players "), f64::from(bots()), "{offset}");
        assert_eq!(server.get("/healthz").0, 200, "{offset}");
        assert_eq!(bans(), held, "{offset}");
    }
    swarm.all_was_well();
    server.ends_without_remains();
}
