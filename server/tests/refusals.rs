//! What the log says about refused requests.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// A server that is killed if the test fails before the server has ended.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks to play with these headers and is refused; returns its own address.
fn refused(address: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "GET /ws HTTP/1.1\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    stream.local_addr().unwrap().to_string()
}

#[test]
fn the_log_names_address_and_cause_of_a_refusal_once_a_minute_for_each_cause() {
    let mut server = Command::new(env!("CARGO_BIN_EXE_drumbeat"));
    server.args(["--listen", "127.0.0.1:0"]).env_clear();
    let server = server.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut server = Server(server.unwrap());
    let mut said = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let address =
        said.find_map(|line| Some(line.unwrap().split_once("http://")?.1.to_owned())).unwrap();

    let origin = "Host: game.example\r\nOrigin: http://game.example:8080\r\n";
    let visitors =
        [origin, "Host: a\r\nHost: b\r\n", "Host: a\r\n"].map(|headers| refused(&address, headers));
    for _ in 0..5 {
        refused(&address, origin);
    }
    kill_process(Pid::from_child(&server.0), Signal::TERM).unwrap();
    let mut log = String::new();
    server.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert_eq!(server.0.wait().unwrap().code(), Some(0));

    let [foreign, doubled, other] = visitors;
    for (visitor, parts) in [
        (
            foreign,
            &["origin http://game.example:8080", "host game.example:", "reason=\"origin\""][..],
        ),
        (doubled, &["Host header", "reason=\"bad_host\""]),
        (other, &["drumbeat.v1", "reason=\"subprotocol\""]),
    ] {
        let lines: Vec<_> = log.lines().filter(|line| line.contains(parts[1])).collect();
        assert_eq!(lines.len(), 1, "{parts:?} in {log}");
        for part in parts.iter().chain(&["INFO", visitor.as_str()]) {
            assert!(lines[0].contains(part), "{part} in {}", lines[0]);
        }
    }
}
