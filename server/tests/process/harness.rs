//! A server process, and players on plain sockets.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
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
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::client::client;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, HandshakeError, Message, WebSocket};

/// How long anything may take before the test fails: this does not measure speed.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// Asks again until there is an answer.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        sleep(Duration::from_millis(5));
    }
}

/// The program on a port that the system chooses, without settings from the test's environment. It
/// drains only if these arguments say so.
pub(crate) fn drumbeat(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drumbeat"));
    command.args(["--listen", "127.0.0.1:0"]).args(args).env_clear();
    if !args.contains(&"--drain-s") {
        command.args(["--drain-s", "0"]);
    }
    command
}

/// The same, started by a shell that has run `first`.
pub(crate) fn drumbeat_after(first: &str, args: &[&str]) -> Command {
    let program = drumbeat(args);
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &format!("{first}; exec \"$0\" \"$@\"")]).arg(program.get_program());
    shell.args(program.get_args()).env_clear();
    shell
}

/// A running server, killed if the test fails before the server has ended.
pub(crate) struct Server {
    child: Child,
    log: PathBuf,
    pub(crate) address: String,
    /// Its admin listener.
    admin: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.log);
    }
}

impl Server {
    /// Starts it, and waits until it says where it listens.
    pub(crate) fn start(command: Command) -> Self {
        let mut server = Self::spawn(command);
        let said = BufReader::new(server.child.stdout.take().unwrap()).lines();
        let mut addresses = said.map_while(Result::ok).filter_map(|line| {
            let (_, address) = line.split_once("http://").or(line.split_once("https://"))?;
            address.split_whitespace().next().map(str::to_owned)
        });
        let both = addresses.next().zip(addresses.next());
        (server.address, server.admin) =
            both.unwrap_or_else(|| panic!("it did not start: {}", server.log()));
        server
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        static LOGS: AtomicU32 = AtomicU32::new(0);
        let number = LOGS.fetch_add(1, Ordering::Relaxed);
        let log = format!("drumbeat-process-{}-{number}.log", std::process::id());
        let log = std::env::temp_dir().join(log);
        command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
        Self { child: command.spawn().unwrap(), log, address: String::new(), admin: String::new() }
    }

    /// Its log so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until the log contains `part`: a thread of the server writes it with some delay.
    pub(crate) fn says(&self, part: &str) {
        eventually(part, || self.log().contains(part).then_some(()));
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until it has ended.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        eventually("the end of the server", || self.child.try_wait().unwrap())
    }

    /// The status code and the body of the answer to a GET.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        get(&self.address, path)
    }

    /// The same from the admin listener.
    pub(crate) fn get_admin(&self, path: &str) -> (u16, String) {
        get(&self.admin, path)
    }

    /// The status code and the body of the admin listener's answer to a POST of JSON.
    pub(crate) fn post_admin(&self, path: &str, body: &str) -> (u16, String) {
        let (address, length) = (&self.admin, body.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        exchange(address, &request)
    }

    /// Joins this room as a player, and waits for the welcome.
    pub(crate) fn join(&self, room: &str) -> Result<Player, Refusal> {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let mut request = format!("ws://{}/ws", self.address).into_client_request().unwrap();
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let mut player = match client(request, stream) {
            Ok((socket, _)) => Player(socket),
            Err(HandshakeError::Failure(Error::Http(answer))) => {
                let body = answer.body().clone().unwrap_or_default();
                let text = String::from_utf8(body).unwrap();
                return Err(Refusal { code: answer.status().as_u16(), text });
            }
            Err(error) => panic!("{error}"),
        };
        let hello: ClientMessage<<Arena as Game>::Input> =
            ClientMessage::Hello(Hello::new(schema_hash::<Arena>(), "Ada", room));
        player.0.send(Message::binary(encode(&hello))).unwrap();
        player.hear().map(|()| player)
    }
}

fn get(address: &str, path: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    exchange(address, &request)
}

fn exchange(address: &str, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Why a player is not let in, or is closed: from an HTTP answer or a close frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) text: String,
}

/// A player in a room.
pub(crate) struct Player(WebSocket<TcpStream>);

impl Player {
    /// Waits for a message of the game.
    pub(crate) fn hear(&mut self) -> Result<(), Refusal> {
        loop {
            match self.0.read().unwrap() {
                Message::Binary(_) => return Ok(()),
                Message::Close(Some(close)) => {
                    // Answers the close frame, as a browser does.
                    while self.0.read().is_ok() {}
                    return Err(Refusal {
                        code: close.code.into(),
                        text: close.reason.to_string(),
                    });
                }
                _ => {}
            }
        }
    }

    /// Plays until the server closes the connection.
    pub(crate) fn end(&mut self) -> Refusal {
        loop {
            if let Err(refusal) = self.hear() {
                return refusal;
            }
        }
    }
}
