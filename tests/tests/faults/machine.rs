//! What machines and peers do.

use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::Signal;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use super::harness::{CHECKED_TICKS, ROOM, Server, Swarm, bots, eventually, survives};

/// How long a process is stopped: longer than clients wait before they resume, shorter than they wait
/// before they give up. There is no condition to wait for: the time itself is the fault.
const STOPPED: Duration = Duration::from_secs(3);
/// The room's rate, and ticks of that time that may have been made up for.
const TICK_HZ: f64 = 30.0;
const MADE_UP: f64 = 10.0;

/// Asserts that the server says the gap which this makes.
fn says_the_gap(server: &Server, make: impl FnOnce()) {
    let skipped = || server.metric("drumbeat_skipped_ticks_total ");
    let before = skipped();
    make();
    server.ticks(1);
    let skipped = skipped() - before;
    assert!(skipped >= STOPPED.as_secs_f64() * TICK_HZ - MADE_UP, "{skipped}");
    server.process.says("missed ticks");
    assert_eq!(server.metric("drumbeat_players "), f64::from(bots()));
}

#[test]
fn a_server_that_is_stopped_says_the_gap_and_loses_nobody() {
    survives(Server::start(&[]), |server, _| {
        says_the_gap(server, || {
            server.process.signal(Signal::STOP);
            sleep(STOPPED);
            server.process.signal(Signal::CONT);
        });
    });
}

/// Suspended, server and players stand still together, and the clock goes on.
#[test]
fn a_machine_that_is_suspended_says_the_gap_and_loses_nobody() {
    survives(Server::start(&[]), |server, swarm| {
        says_the_gap(server, || {
            let all = [&server.process, &swarm.process];
            all.iter().for_each(|process| process.signal(Signal::STOP));
            sleep(STOPPED);
            all.iter().for_each(|process| process.signal(Signal::CONT));
        });
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
    survives(Server::start(&[]), |server, _| {
        let all = sched_getaffinity(None).unwrap();
        let first = (0..CpuSet::MAX_CPU).find(|cpu| all.is_set(*cpu)).unwrap();
        let mut one = CpuSet::new();
        one.set(first);
        for thread in server.process.threads() {
            // One may have ended meanwhile.
            let _ = sched_setaffinity(Some(thread), &one);
        }
        server.ticks(CHECKED_TICKS);
        let hog = |_| {
            let hog = Command::new("/bin/sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
            sched_setaffinity(Some(rustix::process::Pid::from_child(&hog)), &one).unwrap();
            Hog(hog)
        };
        let _hogs: Vec<Hog> = (0..2).map(hog).collect();
        server.ticks(CHECKED_TICKS);
        assert_eq!(server.metric("drumbeat_players "), f64::from(bots()));
    });
}

#[test]
fn peers_that_die_leave_nothing_behind() {
    let server = Server::start(&[]);
    let swarm = Swarm::start(&server);
    let began = server.begin_to_count();
    // Somebody stays, and so does the room.
    let stays = server.join(ROOM).unwrap();
    swarm.die();
    eventually("their places expire", || {
        let expired = server.metric("drumbeat_expired_places_total ");
        (expired == f64::from(bots())).then_some(())
    });
    server.has_run_or_said_each_tick_since(&began);
    drop(stays);
    eventually("nobody is left", || (server.metric("drumbeat_players ") == 0.0).then_some(()));
    // Others find the room as if those had never been.
    Swarm::start(&server).all_was_well();
    server.ends_without_remains();
}
