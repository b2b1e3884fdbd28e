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

impl Server {
    /// Starts a server with these flags; also returns its address.
    fn start(flags: &[&str]) -> (Self, String) {
        let mut server = Command::new(env!("CARGO_BIN_EXE_drumbeat"));
        server.args(["--listen", "127.0.0.1:0"]).args(flags).env_clear();
        let server = server.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut server = Self(server.unwrap());
        let mut said = BufReader::new(server.0.stdout.take().unwrap()).lines();
        let address = said.find_map(|line| Some(line.unwrap().split_once("http://")?.1.to_owned()));
        (server, address.unwrap())
    }

    /// Stops it and returns its log.
    fn log(mut self) -> String {
        kill_process(Pid::from_child(&self.0), Signal::INT).unwrap();
        let mut log = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert_eq!(self.0.wait().unwrap().code(), Some(0));
        log
    }
}

/// Asks to play with these headers and is refused; returns its own address.
fn refused(address: &str, headers: &str) -> String {
    refused_behind(address, "", headers)
}

/// Likewise, with another text before the request.
fn refused_behind(address: &str, before: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "{before}GET /ws HTTP/1.1\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n\
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
    let (server, address) = Server::start(&[]);
    let origin = "Host: other.example\r\nOrigin: http://game.example:8080\r\n";
    let visitors =
        [origin, "Host: a\r\nHost: b\r\n", "Host: a\r\n"].map(|headers| refused(&address, headers));
    for _ in 0..5 {
        refused(&address, origin);
    }
    let log = server.log();
    let [foreign, doubled, other] = visitors;
    for (visitor, parts) in [
        (
            foreign,
            &["origin http://game.example:8080", "host other.example:", "reason=\"origin\""][..],
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

#[test]
fn behind_a_trusted_proxy_the_log_names_the_visitor() {
    let other = "Host: a\r\n";
    let check = |flags: &[&str], before: &str, headers: &str, reason: &str, named: Option<&str>| {
        let (server, address) = Server::start(flags);
        let own = refused_behind(&address, before, &format!("{other}{headers}"));
        let log = server.log();
        let line = log.lines().find(|line| line.contains("a visitor was refused"));
        let line = line.unwrap_or_else(|| panic!("{log}"));
        for part in [format!("reason=\"{reason}\""), format!(" address={}", named.unwrap_or(&own))]
        {
            assert!(line.contains(&part), "{part} in {line}");
        }
    };
    let announced = "PROXY TCP4 192.0.2.9 192.0.2.1 4711 80\r\n";
    let forwarded = "X-Forwarded-For: 198.51.100.1, 192.0.2.9\r\n";
    let trust = ["--trusted-proxies", "10.0.0.0/8,127.0.0.1"];
    let both = [trust[0], trust[1], "--proxy-protocol"];
    check(&trust, "", forwarded, "subprotocol", Some("192.0.2.9"));
    check(&trust, "", "Forwarded: for=\"192.0.2.9:80\"\r\n", "subprotocol", Some("192.0.2.9:80"));
    check(&both, announced, "", "subprotocol", Some("192.0.2.9:4711"));
    check(
        &both,
        announced,
        "X-Forwarded-For: 127.0.0.1\r\n",
        "subprotocol",
        Some("192.0.2.9:4711"),
    );
    check(&[], "", forwarded, "subprotocol", None);
    check(&["--trusted-proxies", "10.0.0.0/8"], "", forwarded, "subprotocol", None);
    // Each mistake has its own line.
    check(&[], announced, "", "proxy_protocol", None);
    check(&trust, announced, "", "proxy_protocol", None);
    check(&both, "", "", "proxy_header_missing", None);
    check(&both, "PROXY TCP4 x\r\n", "", "bad_proxy_header", None);
    check(&trust, "", "X-Forwarded-For: ?\r\n", "bad_forwarded", None);
}
