//! What a signal begins before the end.

use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use drumbeat_shared::protocol::close::come_back_ms;
use rustix::process::Signal;

use super::harness::{Player, Server, drumbeat, eventually};

/// Signals within a second of each other are one.
const ONE_WISH: Duration = Duration::from_millis(1_100);

/// Asserts that the server drains while this player plays on.
fn drains(server: &Server, player: &mut Player) {
    eventually("it drains", || (server.get("/readyz").0 == 503).then_some(()));
    let (_, why) = server.get("/readyz");
    assert!(why.contains("shutting down"), "{why}");
    assert_eq!(server.get("/healthz").0, 200);
    for _ in 0..10 {
        player.hear().unwrap();
    }
    let refused = server.join("main").err().expect("nobody new is let in");
    assert_eq!(refused.code, 1013, "{refused:?}");
    assert!(refused.text.contains("try again"), "{refused:?}");
    assert!(server.get_admin("/api/server").1.contains(r#""ending":true"#));
}

/// Asserts that the player is told when to come back, and the server ends in order.
fn ends(mut server: Server, player: &mut Player) {
    let ending = player.end();
    assert_eq!(ending.code, 1001, "{ending:?}");
    let wait_ms = come_back_ms(&ending.text);
    assert!(wait_ms.is_some_and(|wait_ms| (9_000..=10_000).contains(&wait_ms)), "{ending:?}");
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
}

#[test]
fn a_manager_is_served_for_a_while_and_a_person_is_not() {
    let server = |signal| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_drumbeat"));
        command.args(["--listen", "127.0.0.1:0", "--come-back-s", "9"]).env_clear();
        let server = Server::start(command);
        let player = server.join("main").unwrap();
        server.signal(signal);
        (server, player)
    };
    let (managed, mut player) = server(Signal::TERM);
    drains(&managed, &mut player);
    managed.says("draining: nobody new is let in");
    managed.says("drain_s=5");
    ends(managed, &mut player);
    let (own, mut player) = server(Signal::INT);
    own.says("shutting down");
    assert!(!own.log().contains("draining"), "{}", own.log());
    ends(own, &mut player);
}

#[test]
fn another_signal_cuts_it_short_in_order() {
    let server = Server::start(drumbeat(&["--drain-s", "3600", "--come-back-s", "9"]));
    let mut player = server.join("main").unwrap();
    for signal in [Signal::INT, Signal::TERM] {
        server.signal(signal);
    }
    drains(&server, &mut player);
    // There is no condition to wait for: the time itself counts.
    sleep(ONE_WISH);
    drains(&server, &mut player);
    server.signal(Signal::INT);
    ends(server, &mut player);
}

#[test]
fn one_drain_on_demand_becomes_that_of_the_end() {
    let server = Server::start(drumbeat(&["--drain-s", "3600", "--come-back-s", "9"]));
    let mut player = server.join("main").unwrap();
    assert_eq!(server.post_admin("/api/drain", "{}").0, 200);
    assert!(server.get("/readyz").1.contains("draining"));
    assert!(server.get_admin("/api/server").1.contains(r#""ending":false"#));
    server.signal(Signal::TERM);
    eventually("it ends soon", || server.get("/readyz").1.contains("shutting").then_some(()));
    drains(&server, &mut player);
    assert_eq!(server.post_admin("/api/undrain", "{}").0, 409);
    drains(&server, &mut player);
    sleep(ONE_WISH);
    server.signal(Signal::TERM);
    ends(server, &mut player);
}
