//! The log of the `drumbeat` command: whatever happens to its reader, the game goes on.

#![cfg(unix)]

mod guest;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use guest::{Guest, get};
use rustix::process::{Pid, Signal, kill_process};

/// How long anything may take before the test fails: this does not measure speed.
const LIMIT: Duration = Duration::from_secs(30);

/// A server that is killed if the test fails before the server has ended.
struct Server {
    child: Child,
    address: String,
    /// Its admin listener.
    admin: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drumbeat"));
    // No variable of the test's environment becomes a setting of the server.
    command.args(["--house-bots", "0"]).args(args).env_clear();
    command.env("DRUMBEAT_LISTEN", "127.0.0.1:0");
    command
}

impl Server {
    /// Starts a server that logs to `log`.
    fn start(args: &[&str], log: impl Into<Stdio>) -> Self {
        let mut child =
            command(args).stderr(log).stdout(Stdio::piped()).spawn().expect("it starts");
        let said = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut addresses = said.lines().filter_map(|line| {
            let line = line.ok()?;
            Some(line.split_once("http://")?.1.split_whitespace().next()?.to_owned())
        });
        let mut server = Self { child, address: String::new(), admin: String::new() };
        let both = addresses.next().zip(addresses.next());
        (server.address, server.admin) = both.expect("it says where it listens");
        server
    }

    fn metric(&self, name: &str) -> f64 {
        let answer = get(&self.admin, "/metrics");
        let value = answer.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        value.unwrap_or_else(|| panic!("no {name} in {answer}"))
    }

    fn eventually(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let started = Instant::now();
        while !holds(self) {
            assert!(started.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// Ends the server with SIGINT; returns its exit code.
    fn stop(mut self) -> Option<i32> {
        self.signal(Signal::INT);
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is a child") {
                return status.code();
            }
            assert!(started.elapsed() < LIMIT, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A stream that has no space for another byte, and its reading end.
fn full(blocking: bool) -> (UnixStream, UnixStream) {
    let (mut full, reader) = UnixStream::pair().expect("a pair of sockets");
    full.set_nonblocking(true).expect("a socket's setting");
    // Single bytes fit where a whole line does not.
    for bytes in [&[b'\n'; 4_096][..], b"\n"] {
        while full.write(bytes).is_ok() {}
    }
    full.set_nonblocking(!blocking).expect("a socket's setting");
    (full, reader)
}

fn as_stdio(stream: UnixStream) -> Stdio {
    OwnedFd::from(stream).into()
}

/// Asserts that rooms open, that a room with a line to write goes on, and that the end is in order.
fn plays(server: Server) {
    let mut first = Guest::join(&server.address, "first");
    for number in 0..12 {
        Guest::join(&server.address, &format!("room-{number}"));
    }
    // Gives the room a line to write: it has missed ticks.
    server.signal(Signal::STOP);
    std::thread::sleep(Duration::from_millis(200));
    server.signal(Signal::CONT);
    server.eventually("missed ticks", |server| {
        first.frames(1);
        server.metric("drumbeat_missed_ticks_total") > 0.0
    });
    first.frames(30);
    Guest::join(&server.address, "last");
    assert!(get(&server.address, "/healthz").starts_with("HTTP/1.1 200"), "it is healthy");
    assert_eq!(server.stop(), Some(0));
}

const ROOMS: [&str; 2] = ["--rooms-max", "64"];

#[test]
fn a_log_whose_reader_is_gone_touches_nobody() {
    let (log, reader) = UnixStream::pair().unwrap();
    drop(reader);
    let server = Server::start(&ROOMS, as_stdio(log));
    Guest::join(&server.address, "one");
    server.eventually("a lost line", |server| server.metric("drumbeat_log_lines_lost_total") > 0.0);
    plays(server);
}

#[test]
fn a_log_that_stalls_touches_nobody() {
    for blocking in [true, false] {
        let (log, mut reader) = full(blocking);
        let server = Server::start(&ROOMS, as_stdio(log));
        plays(server);
        // The writer's thread has ended with its process, and nobody has read a line.
        let mut said = String::new();
        reader.read_to_string(&mut said).unwrap();
        assert_eq!(said.trim(), "");
    }
}

#[test]
fn a_log_on_a_full_disk_touches_nobody() {
    match File::options().write(true).open("/dev/full") {
        Ok(full) => plays(Server::start(&ROOMS, full)),
        Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "only Linux has it"),
    }
}

#[test]
fn a_log_that_is_read_again_has_every_line_that_waited() {
    let (log, reader) = full(true);
    let server = Server::start(&ROOMS, as_stdio(log));
    let rooms: Vec<String> = (0..12).map(|number| format!("room-{number}")).collect();
    let _guests: Vec<Guest> = rooms.iter().map(|room| Guest::join(&server.address, room)).collect();
    assert_eq!(server.metric("drumbeat_log_lines_lost_total"), 0.0);
    let lines = read(reader);
    let next = |_| lines.recv_timeout(LIMIT).expect("two lines for each room");
    let said: Vec<String> = (0..2 * rooms.len()).map(next).collect();
    for room in rooms.iter().map(|room| format!("\"{room}\"")) {
        for what in ["room opened", "joined"] {
            let is_it = |line: &&String| line.contains(what) && line.contains(&room);
            assert_eq!(said.iter().filter(is_it).count(), 1, "{what} of {room} in {said:?}");
        }
    }
    assert_eq!(server.stop(), Some(0));
    let last = lines.iter().last();
    assert!(last.as_ref().is_some_and(|line| line.contains("stopped")), "{last:?}");
}

/// The non-empty lines of a stream, read by a separate thread.
fn read(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = sync_channel(10_000);
    std::thread::spawn(move || {
        let lines = BufReader::new(stream).lines().map_while(Result::ok);
        lines.filter(|line| !line.is_empty()).try_for_each(|line| sender.send(line))
    });
    lines
}

#[test]
fn a_log_that_lost_lines_says_how_many() {
    let folder = std::env::temp_dir().join(format!("drumbeat-log-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let pipe = folder.join("log");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Open for reading and writing, so that opening waits for nobody.
    let open = || File::options().read(true).write(true).open(&pipe).unwrap();
    let reader = open();
    let log = File::options().write(true).open(&pipe).unwrap();
    let server = Server::start(&ROOMS, log);
    drop(reader);
    let _lost = Guest::join(&server.address, "lost");
    // One line of the room and one of the guest.
    let lost = |server: &Server| server.metric("drumbeat_log_lines_lost_total");
    server.eventually("two lost lines", |server| lost(server) == 2.0);
    let lines = read(open());
    let _guest = Guest::join(&server.address, "told");
    let lost = loop {
        let line = lines.recv_timeout(LIMIT).expect("a line that tells of it");
        assert!(!line.contains("\"lost\""), "{line}");
        if let Some((_, lost)) = line.split_once("lines_lost=") {
            break lost.to_owned();
        }
    };
    assert_eq!(lost, "2");
    assert_eq!(server.stop(), Some(0));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_banner_that_nobody_takes_keeps_nobody_out() {
    let (closed, reader) = UnixStream::pair().unwrap();
    drop(reader);
    let (stalled, _reader) = full(true);
    for out in [closed, stalled] {
        // Chosen by the system and released again: the banner cannot be read here.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let mut command = command(&["--listen", &address, "--admin", "off"]);
        let child = command.stdout(as_stdio(out)).spawn().unwrap();
        let server = Server { child, address, admin: String::new() };
        server.eventually("it listens", |server| {
            std::net::TcpStream::connect(&server.address).is_ok()
        });
        Guest::join(&server.address, "one").frames(3);
        assert_eq!(server.stop(), Some(0));
    }
}

#[test]
fn errors_of_the_start_reach_standard_error_or_end_the_process_all_the_same() {
    let args = ["--map", "/nowhere.toml"];
    let output = command(&args).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("error: cannot read the map /nowhere.toml"), "{said}");
    let (stalled, _reader) = full(true);
    let child = command(&args).stderr(as_stdio(stalled)).spawn().unwrap();
    let mut server = Server { child, address: String::new(), admin: String::new() };
    let started = Instant::now();
    while server.child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < LIMIT, "it does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(server.child.wait().unwrap().code(), Some(2));
}

#[test]
fn json_lines_name_room_and_connection_and_no_key_twice() {
    let args = ["--log-format", "json", "--log", "debug", "--resume-s", "0"];
    let mut child = command(&args).stderr(Stdio::piped()).spawn().unwrap();
    let lines = read(child.stderr.take().unwrap());
    let mut server = Server { child, address: String::new(), admin: String::new() };
    let mut said = Vec::new();
    let mut until = |message: &str| {
        loop {
            let line = lines.recv_timeout(LIMIT).expect(message);
            let line = keys::parse(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            said.push(line.clone());
            if line["message"] == message {
                return line;
            }
        }
    };
    server.address = until("listening")["address"].as_str().unwrap().to_owned();
    let guest = Guest::join(&server.address, "lobby7");
    assert_eq!(until("room opened")["span"]["room"], "lobby7");
    let joined = until("joined");
    assert_eq!((&joined["span"]["room"], &joined["role"]), (&"lobby7".into(), &"player".into()));
    drop(guest);
    until("the reader has ended");
    let left = until("left");
    assert_eq!((&left["span"]["room"], &left["reason"]), (&"lobby7".into(), &"left".into()));
    assert_eq!(left["connection"], joined["connection"]);
    server.signal(Signal::STOP);
    std::thread::sleep(Duration::from_millis(200));
    server.signal(Signal::CONT);
    let missed = until("missed ticks");
    assert_eq!(missed["span"]["room"], "lobby7");
    assert!(missed["text"].as_str().unwrap().contains(' '), "{missed}");
    assert!(!missed["reason"].as_str().unwrap().contains(' '), "{missed}");
    assert_eq!(server.stop(), Some(0));
    let closed = until("room closed");
    assert_eq!(
        (&closed["span"]["room"], &closed["reason"]),
        (&"lobby7".into(), &"shutting_down".into())
    );
    until("stopped");
    let of_connections = said.iter().filter(|line| line["span"]["name"] == "connection");
    let keys: BTreeSet<&str> = of_connections
        .filter_map(|line| line["span"].as_object())
        .flat_map(|span| span.keys().map(String::as_str))
        .collect();
    assert_eq!(keys, BTreeSet::from(["address", "connection", "name", "room"]));
}

/// Parses JSON and rejects repeated keys.
mod keys {
    use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
    use serde_json::{Map, Value};

    pub(crate) fn parse(text: &str) -> serde_json::Result<Value> {
        let mut json = serde_json::Deserializer::from_str(text);
        let value = Unique.deserialize(&mut json)?;
        json.end()?;
        Ok(value)
    }

    struct Unique;

    impl<'de> DeserializeSeed<'de> for Unique {
        type Value = Value;

        fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
            json.deserialize_any(self)
        }
    }

    impl<'de> Visitor<'de> for Unique {
        type Value = Value;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("JSON")
        }

        fn visit_unit<E: Error>(self) -> Result<Value, E> {
            Ok(Value::Null)
        }

        fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
            Ok(value.into())
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
            Ok(value.into())
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
            Ok(value.into())
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
            Ok(value.into())
        }

        fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
            Ok(value.into())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Value, A::Error> {
            let mut found = Vec::new();
            while let Some(value) = values.next_element_seed(Unique)? {
                found.push(value);
            }
            Ok(found.into())
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
            let mut found = Map::new();
            while let Some(key) = entries.next_key::<String>()? {
                if found.contains_key(&key) {
                    return Err(Error::custom(format!("the key {key} twice")));
                }
                let value = entries.next_value_seed(Unique)?;
                found.insert(key, value);
            }
            Ok(found.into())
        }
    }
}
