//! The server's process is stopped and continued, like a suspended machine: the time in which it
//! did not read counts against nobody.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use drumbeat_arena::{Arena, Input};
use drumbeat_shared::client::Client;
use drumbeat_shared::ids::Tick;
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::messages::ClientMessage;
use rustix::process::{Pid, Signal, kill_process};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

/// What PROTOCOL.md lets a client send in the long run at 10 ticks a second, messages a second.
const MESSAGES_PER_S: u32 = 4 * 10 + 40;
/// Longer than the time whose messages may arrive at once.
const STOPPED: Duration = Duration::from_secs(3);

/// A server that is killed at the end of the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// Starts a server; returns it with its address.
    fn start() -> (Self, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_drumbeat"));
        command.args(["--listen", "127.0.0.1:0", "--tick-hz", "10"]).env_clear();
        let mut server = Self(command.stdout(Stdio::piped()).spawn().unwrap());
        let mut said = BufReader::new(server.0.stdout.take().unwrap()).lines();
        let address = said.find_map(|line| Some(line.unwrap().split_once("http://")?.1.to_owned()));
        (server, address.unwrap().trim_end_matches('/').to_owned())
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }
}

/// One player.
struct Player {
    core: Client<Arena>,
    socket: WebSocket<TcpStream>,
    epoch: Instant,
}

impl Player {
    fn join(address: &str) -> Self {
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "drumbeat.v1".parse().unwrap());
        let stream = TcpStream::connect(address).unwrap();
        let (mut socket, _) = client(request, stream).unwrap();
        let mut core = Client::new("Ada", "");
        socket.send(Message::Binary(core.hello().into())).unwrap();
        let mut player = Self { core, socket, epoch: Instant::now() };
        while player.core.tick().is_none() {
            player.read().unwrap();
        }
        player
    }

    /// Takes the next message; returns the close code if it is the last.
    fn read(&mut self) -> Result<(), u16> {
        match self.socket.read().unwrap() {
            Message::Binary(bytes) => {
                self.core.receive(&bytes, self.epoch.elapsed().as_micros() as u64).unwrap();
                Ok(())
            }
            Message::Close(frame) => Err(frame.unwrap().code.into()),
            other => panic!("{other:?}"),
        }
    }

    fn ping(&mut self, count: u32) {
        let seen = self.core.tick().unwrap_or(Tick(0));
        for sent_us in 0..u64::from(count) {
            let ping = codec::encode(&ClientMessage::<Input>::Ping { sent_us, seen });
            self.socket.write(Message::Binary(ping.into())).unwrap();
        }
        self.socket.flush().unwrap();
    }

    /// Plays on until two pongs have arrived, one after the other.
    fn play_on(&mut self) -> Result<(), u16> {
        for _ in 0..2 {
            let pongs = self.core.stats().pongs;
            self.ping(1);
            while self.core.stats().pongs == pongs {
                self.read()?;
            }
        }
        Ok(())
    }
}

#[test]
fn what_came_while_the_server_was_stopped_is_no_flood() {
    let (server, address) = Server::start();
    let mut player = Player::join(&address);
    player.play_on().unwrap();

    server.signal(Signal::STOP);
    // There is no condition to wait for: the time itself must not count.
    std::thread::sleep(STOPPED);
    player.ping(STOPPED.as_secs() as u32 * MESSAGES_PER_S);
    server.signal(Signal::CONT);
    assert_eq!(player.play_on(), Ok(()), "closed for what it sent while the server was stopped");

    // A client that sends too much is still closed.
    player.ping(10 * MESSAGES_PER_S);
    let code = std::iter::from_fn(|| Some(player.read())).find_map(Result::err);
    assert_eq!(code, Some(1008));
}
