//! A server and a swarm, as processes of their own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use drumbeat_arena::Arena;
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::SUBPROTOCOL;
use drumbeat_shared::protocol::codec::encode;
use drumbeat_shared::protocol::messages::{ClientMessage, Hello};
use drumbeat_shared::schema_hash::schema_hash;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio_tungstenite::tungstenite::client::{IntoClientRequest, client};
use tokio_tungstenite::tungstenite::{Message, WebSocket};

/// The room in which bots play.
pub(crate) const ROOM: &str = "main";
/// How long anything may take before the test fails: this does not measure speed.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);
/// Memory that a server may still hold of what its players took, bytes: their share is some megabytes, and
/// an allocator gives back whole pages only.
const HELD_BYTES_MAX: u64 = 24 << 20;

/// Ticks in which each bot compares its view with the server's, twice.
pub(crate) const CHECKED_TICKS: u32 = 32;

/// Asks again until there is an answer.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        sleep(Duration::from_millis(20));
    }
}

/// Bots of a swarm: `FAULT_BOTS`, or a few.
pub(crate) fn bots() -> u32 {
    let asked = std::env::var("FAULT_BOTS").ok();
    asked.map_or(50, |asked| asked.parse().expect("FAULT_BOTS is a number"))
}

/// A file that is removed with the test.
#[derive(Debug)]
pub(crate) struct TempFile(pub(crate) PathBuf);

impl TempFile {
    pub(crate) fn new(what: &str) -> Self {
        static FILES: AtomicU32 = AtomicU32::new(0);
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let name = format!("drumbeat-fault-{}-{number}-{what}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    pub(crate) fn text(&self) -> String {
        fs::read_to_string(&self.0).unwrap_or_default()
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A process that is killed with the test, and what it says on standard error.
pub(crate) struct Process {
    child: Child,
    said: TempFile,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// Starts it; `log` is its standard error, if that is not to be read by the test.
    fn start(command: &mut Command, log: Option<OwnedFd>) -> Self {
        let said = TempFile::new("said");
        let log = log.unwrap_or_else(|| File::create(&said.0).unwrap().into());
        command.stdout(Stdio::piped()).stderr(log);
        Self { child: command.spawn().unwrap(), said }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// What it has said so far.
    pub(crate) fn said(&self) -> String {
        self.said.text()
    }

    /// Waits until it says this.
    pub(crate) fn says(&self, part: &str) {
        eventually(part, || self.said().contains(part).then_some(()));
    }

    fn ended(&mut self) -> Option<i32> {
        eventually("its end", || self.child.try_wait().unwrap()).code()
    }

    /// Waits for its end; returns the signal that ended it.
    pub(crate) fn killed(&mut self) -> Option<i32> {
        eventually("its end", || self.child.try_wait().unwrap()).signal()
    }

    fn count(&self, folder: &str) -> usize {
        fs::read_dir(format!("/proc/{}/{folder}", self.child.id())).unwrap().count()
    }

    /// The threads that it has.
    pub(crate) fn threads(&self) -> Vec<Pid> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let number = |name: std::ffi::OsString| name.to_str()?.parse().ok();
        tasks.filter_map(|task| Pid::from_raw(number(task.ok()?.file_name())?)).collect()
    }

    /// A figure of `/proc/PID/status`, bytes.
    pub(crate) fn memory(&self, key: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        let kib: u64 = line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().unwrap();
        kib << 10
    }
}

/// A server that bots play on.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) address: String,
    admin: String,
    /// Files and threads that it has without players.
    rest: (usize, usize),
    /// Its resident memory without players.
    rest_bytes: u64,
}

/// The server's program, without arguments. No variable of the test's environment becomes a setting.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_arena"));
    command.env_clear();
    command
}

/// The hello of a player.
pub(crate) fn hello(room: &str) -> Hello {
    Hello::new(schema_hash::<Arena>(), "Ada", room)
}

impl Server {
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::spawn(program(), args, None)
    }

    /// Starts it by this command, with further arguments; `log` is its standard error, if that is not to be
    /// read by the test.
    pub(crate) fn spawn(mut command: Command, args: &[&str], log: Option<OwnedFd>) -> Self {
        let capacity = (2 * bots()).to_string();
        command.args(["--listen", "127.0.0.1:0", "--capacity", &capacity, "--house-bots", "0"]);
        command.args(["--room-idle-s", "1", "--resume-s", "1", "--drain-s", "0"]).args(args);
        let mut process = Process::start(&mut command, log);
        let out = BufReader::new(process.child.stdout.take().unwrap()).lines();
        let mut addresses = out.map_while(Result::ok).filter_map(|line| {
            let (_, address) = line.split_once("http://")?;
            let address = address.split_whitespace().next()?;
            Some(address.trim_end_matches("/api/rooms,").trim_end_matches("/api/rooms").to_owned())
        });
        let both = addresses.next().zip(addresses.next());
        let (address, admin) = both.unwrap_or_else(|| panic!("no start: {}", process.said()));
        let mut server = Self { process, address, admin, rest: (0, 0), rest_bytes: 0 };
        // What the first requests make stays.
        server.metric("drumbeat_ticks_total");
        assert_eq!(server.get("/healthz").0, 200);
        server.rest = eventually("it rests", || {
            let rest = server.holds();
            sleep(Duration::from_millis(50));
            (server.holds() == rest).then_some(rest)
        });
        server.rest_bytes = server.process.memory("VmRSS");
        server
    }

    /// Files and threads that it has now.
    fn holds(&self) -> (usize, usize) {
        (self.process.count("fd"), self.process.count("task"))
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        exchange(&self.address, "GET", path, "").expect("an answer")
    }

    pub(crate) fn get_admin(&self, path: &str) -> (u16, String) {
        exchange(&self.admin, "GET", path, "").expect("an answer")
    }

    pub(crate) fn post_admin(&self, path: &str, body: &str) -> (u16, String) {
        exchange(&self.admin, "POST", path, body).expect("an answer")
    }

    /// The value of one line of `/metrics`.
    pub(crate) fn metric(&self, line: &str) -> f64 {
        let (_, metrics) = self.get_admin("/metrics");
        let found = metrics.lines().find_map(|found| found.strip_prefix(line)?.trim().parse().ok());
        found.unwrap_or_else(|| panic!("no {line} in {metrics}"))
    }

    /// Waits for so many further ticks, and for frames in them.
    pub(crate) fn ticks(&self, count: u32) {
        let now = || {
            ["drumbeat_ticks_total ", "drumbeat_frames_out_total "].map(|line| self.metric(line))
        };
        let [ticks, frames] = now();
        eventually("ticks go on", || {
            let [more_ticks, more_frames] = now();
            (more_ticks >= ticks + f64::from(count) && more_frames > frames).then_some(())
        });
    }

    /// Joins a room; returns the connection, or why there is none.
    pub(crate) fn join(&self, room: &str) -> Result<WebSocket<TcpStream>, String> {
        self.join_by(&hello(room))
    }

    /// The same by this hello.
    pub(crate) fn join_by(&self, hello: &Hello) -> Result<WebSocket<TcpStream>, String> {
        let stream = TcpStream::connect(&self.address).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let mut request = format!("ws://{}/ws", self.address).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
        let (mut socket, _) = client(request, stream).map_err(|error| error.to_string())?;
        let hello = ClientMessage::<<Arena as Game>::Input>::Hello(hello.clone());
        let sent = socket.send(Message::binary(encode(&hello)));
        match sent.and_then(|()| socket.read()).map_err(|error| error.to_string())? {
            Message::Close(Some(close)) => Err(close.reason.to_string()),
            _ => Ok(socket),
        }
    }

    /// Asserts that nothing is left of those who have played, and ends it.
    pub(crate) fn ends_without_remains(mut self) {
        for line in [
            "drumbeat_connections ",
            "drumbeat_players ",
            "drumbeat_players_away ",
            "drumbeat_rooms ",
        ] {
            eventually(line, || (self.metric(line) == 0.0).then_some(()));
        }
        let rest = self.rest;
        eventually("files and threads are given back", || (self.holds() == rest).then_some(()));
        eventually("memory is given back", || {
            (self.process.memory("VmRSS") <= self.rest_bytes + HELD_BYTES_MAX).then_some(())
        });
        assert_eq!(self.metric("drumbeat_view_mismatches_total "), 0.0);
        assert_eq!(self.metric("drumbeat_room_panics_total "), 0.0);
        self.process.signal(Signal::TERM);
        assert_eq!(self.process.ended(), Some(0), "{}", self.process.said());
        assert!(!self.process.said().contains("panicked"), "{}", self.process.said());
    }
}

fn exchange(address: &str, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(LIMIT)).ok()?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// Bots that play until they are asked to leave.
pub(crate) struct Swarm {
    pub(crate) process: Process,
    report: TempFile,
}

impl Swarm {
    /// Starts it, and waits until all play.
    pub(crate) fn start(server: &Server) -> Self {
        let report = TempFile::new("report.json");
        let (url, bots) = (format!("ws://{}", server.address), bots());
        let mut command = Command::new(env!("CARGO_BIN_EXE_swarm"));
        command.args(["--url", &url, "--admin", &format!("http://{}", server.admin)]);
        command.args(["--bots", &bots.to_string(), "--seconds", "3600", "--threads", "1"]);
        command.args(["--room", ROOM, "--json", report.path()]).env_clear();
        let swarm = Self { process: Process::start(&mut command, None), report };
        swarm.process.says("measuring");
        assert_eq!(server.metric("drumbeat_players "), f64::from(bots));
        swarm
    }

    /// Lets them leave, and asserts that all was well for each until then.
    pub(crate) fn all_was_well(mut self) {
        self.process.signal(Signal::INT);
        let code = self.process.ended();
        let report: Value = serde_json::from_str(&self.report.text())
            .unwrap_or_else(|error| panic!("{error}: {}", self.process.said()));
        assert_eq!(code, Some(0), "{report:#}");
        assert_eq!(report["failures"], serde_json::json!([]), "{report:#}");
        assert_eq!(report["joined"], bots(), "{report:#}");
        assert_eq!(report["disconnects"], serde_json::json!({}), "{report:#}");
        assert_eq!(report["view_mismatches"], 0, "{report:#}");
        assert!(report["checksums_verified"].as_u64().unwrap() > 0, "{report:#}");
    }

    /// Kills it, as a crash or a power cut does.
    pub(crate) fn die(self) {
        self.process.signal(Signal::KILL);
    }
}

/// Lets this befall a server that bots play on, and asserts that all is well during and after it.
pub(crate) fn survives(server: Server, fault: impl FnOnce(&Server, &Swarm)) {
    let swarm = Swarm::start(&server);
    let began = server.begin_to_count();
    fault(&server, &swarm);
    server.ticks(CHECKED_TICKS);
    server.has_run_or_said_each_tick_since(&began);
    assert_eq!(server.get("/healthz").0, 200);
    swarm.all_was_well();
    server.ends_without_remains();
}
