//! What signals do.

use std::os::unix::process::ExitStatusExt;

use rustix::process::Signal;

use super::harness::{Server, drumbeat, drumbeat_after};

/// The signals that end the server. Under `nohup`, HUP does not.
pub(crate) fn ending() -> Vec<Signal> {
    // Only Linux reports this.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
    let all = [Signal::INT, Signal::TERM, Signal::QUIT, Signal::HUP];
    all.into_iter().filter(|signal| *signal != Signal::HUP || ignored & 1 == 0).collect()
}

/// Asserts that, after these signals, a player gets the reason and the server ends in order.
fn ends_in_order(signals: &[Signal]) {
    let mut server = Server::start(drumbeat(&[]));
    let mut player = server.join("main").unwrap();
    for signal in signals {
        server.signal(*signal);
    }
    let ending = player.end();
    assert_eq!(ending.code, 1001, "{signals:?}: {ending:?}");
    assert!(ending.text.contains("shutting down"), "{signals:?}: {ending:?}");
    assert_eq!(server.ended().code(), Some(0), "{signals:?}: {}", server.log());
}

#[test]
fn every_signal_that_asks_for_the_end_ends_in_order() {
    for signal in ending() {
        ends_in_order(&[signal]);
    }
}

#[test]
fn one_wish_that_comes_twice_is_one() {
    for signals in [[Signal::INT, Signal::INT], [Signal::INT, Signal::TERM]] {
        ends_in_order(&signals);
    }
    ends_in_order(&ending());
}

#[test]
fn a_signal_while_it_starts_ends_it() {
    for signal in ending() {
        let mut server = Server::spawn(drumbeat(&[]));
        server.signal(signal);
        let status = server.ended();
        // Until the program has started to run, the system ends it.
        let by_system = status.signal() == Some(signal.as_raw());
        assert!(status.code() == Some(0) || by_system, "{signal:?}: {status} {}", server.log());
    }
}

#[test]
fn a_pipe_that_nobody_reads_is_no_reason_to_end() {
    let mut server = Server::start(drumbeat(&[]));
    server.signal(Signal::PIPE);
    assert_eq!(server.get("/healthz").0, 200);
    server.signal(Signal::TERM);
    assert_eq!(server.ended().code(), Some(0));
}

/// Only Linux reports whether a signal is ignored.
#[cfg(target_os = "linux")]
#[test]
fn under_nohup_it_outlives_its_terminal() {
    let mut server = Server::start(drumbeat_after("trap '' HUP", &[]));
    server.signal(Signal::HUP);
    assert_eq!(server.get("/healthz").0, 200);
    server.signal(Signal::TERM);
    assert_eq!(server.ended().code(), Some(0));
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

/// A shell without job control starts background processes with these signals ignored.
#[test]
fn signals_that_a_shell_ignores_end_it_nevertheless() {
    for (signal, name) in [(Signal::INT, "INT"), (Signal::QUIT, "QUIT")] {
        let mut server = Server::start(drumbeat_after(&format!("trap '' {name}"), &[]));
        server.signal(signal);
        assert_eq!(server.ended().code(), Some(0), "{name}");
    }
}
