//! Systems that allow little.

use std::net::{TcpListener, TcpStream};
use std::process::Command;

use rustix::process::{Signal, getuid};

use super::harness::{Player, Server, drumbeat, drumbeat_after, eventually};

/// Asserts that a start fails with a message, and with the exit code for causes other than the
/// settings.
fn does_not_start(command: Command, parts: &[&str]) {
    let mut server = Server::spawn(command);
    let status = server.ended();
    let log = server.log();
    assert_eq!(status.code(), Some(1), "{status}: {log}");
    for part in parts.iter().chain(&["error: "]) {
        assert!(log.contains(part), "{part} in {log}");
    }
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_drumbeat"));
    command.args(["--listen", &address]).env_clear();
    does_not_start(command, &["cannot listen on", &address, "--listen"]);
}

#[test]
fn a_limit_that_allows_nothing_is_said() {
    does_not_start(drumbeat_after("ulimit -n 20", &[]), &["20 open files", "ulimit -n"]);
    let little = drumbeat_after("ulimit -v 200000", &[]);
    does_not_start(little, &["195 MiB of address space", "ulimit -v"]);
    let many = drumbeat_after("ulimit -v 1200000", &["--shards", "64"]);
    does_not_start(many, &["1171 MiB of address space", "ulimit -v", "--shards"]);
}

#[test]
fn little_memory_means_few_rooms() {
    // Enough for one room besides the threads of a server with one shard.
    let server = Server::start(drumbeat_after("ulimit -v 1250000", &["--shards", "1"]));
    server.says("fewer rooms than asked for");
    let _first = server.join("first").unwrap();
    let second = server.join("second").err().unwrap();
    assert_eq!((second.code, second.text.as_str()), (1013, "every room is full; try again later"));
    assert_eq!(server.get("/healthz").0, 200);
}

#[test]
fn out_of_files_all_are_answered_and_those_who_play_go_on() {
    let args = ["--shards", "1", "--handshake-timeout-s", "300"];
    let mut server = Server::start(drumbeat_after("ulimit -n 64", &args));
    server.says("fewer connections than asked for");
    server.says("ulimit -n");
    assert_eq!(server.get("/readyz").0, 200);

    let mut players: Vec<Player> = Vec::new();
    let refused = loop {
        match server.join("main") {
            Ok(player) => players.push(player),
            Err(refusal) => break refusal,
        }
        assert!(players.len() < 64, "nobody was refused");
    };
    assert!(players.len() > 8, "{}", players.len());
    assert_eq!(refused.code, 503);
    assert!(refused.text.contains("the server is full"), "{refused:?}");
    // The page has its own share of connections. Even when silent visitors hold that too, health
    // checks are still answered.
    let mut silent: Vec<TcpStream> = Vec::new();
    while server.get("/").0 != 503 {
        silent.push(TcpStream::connect(&server.address).unwrap());
        assert!(silent.len() < 64, "nobody was refused");
    }
    for _ in 0..100 {
        assert_eq!(server.get("/readyz"), (503, "all connections are taken\n".to_owned()));
        assert_eq!(server.get("/healthz"), (200, "ok\n".to_owned()));
        assert_eq!(server.get("/").0, 503);
    }
    let (status, metrics) = server.get_admin("/metrics");
    assert_eq!(status, 200);
    assert!(metrics.contains("connections_full"), "{metrics}");
    for player in &mut players {
        player.hear().unwrap();
    }

    silent.clear();
    players.truncate(1);
    let _late = eventually("a place", || server.join("main").ok());
    server.signal(Signal::TERM);
    assert_eq!(players[0].end().code, 1001);
    assert_eq!(server.ended().code(), Some(0));
    assert!(!server.log().contains("could not be accepted"), "{}", server.log());
}

/// The limit of threads applies to all processes of a user, but not to root. Only root can start a
/// process as a user who has no others.
#[test]
fn without_further_threads_there_is_no_further_room_and_an_end() {
    if !getuid().is_root() {
        return;
    }
    let user = 1_000_000 + std::process::id();
    let limited = |threads: u32| {
        let program = drumbeat(&["--shards", "1", "--rooms-max", "64"]);
        let mut command = Command::new("prlimit");
        command.arg(format!("--nproc={threads}")).args(["setpriv", "--clear-groups"]);
        command.arg(format!("--reuid={user}")).arg(program.get_program());
        command.args(program.get_args());
        command
    };
    does_not_start(limited(1), &["cannot wait for signals", "ulimit -u"]);
    does_not_start(limited(5), &["more threads", "ulimit -u", "--shards"]);

    let mut server = Server::start(limited(16));
    server.says("threads for fewer rooms");
    let mut players: Vec<Player> = Vec::new();
    let refused = loop {
        match server.join(&format!("room-{}", players.len())) {
            Ok(player) => players.push(player),
            Err(refusal) => break refusal,
        }
        assert!(players.len() < 64, "nobody was refused");
    };
    assert!(!players.is_empty());
    assert_eq!(refused.code, 1013);
    assert!(refused.text.contains("cannot open another room"), "{refused:?}");
    // An existing room still takes players, and everything goes on.
    players.push(server.join("room-0").unwrap());
    assert_eq!(server.get("/healthz").0, 200);
    server.signal(Signal::TERM);
    for player in &mut players {
        assert_eq!(player.end().code, 1001);
    }
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
}
