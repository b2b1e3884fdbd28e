//! The `drumbeat` command as a process: what it prints, and how it ends.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drumbeat"));
    // No variable of the test's environment becomes a setting of the server.
    command.args(args).env_clear();
    command
}

fn run(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

/// A server that is killed if the test fails before the server has ended.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_says_where_to_play_and_ends_in_order_on_a_signal() {
    for signal in [Signal::INT, Signal::TERM] {
        let mut server = command(&["--listen", "127.0.0.1:0", "--seed", "7"]);
        let mut server = Server(server.stdout(Stdio::piped()).spawn().unwrap());
        let mut said = BufReader::new(server.0.stdout.take().unwrap()).lines();
        let url = said.find_map(|line| {
            let line = line.unwrap();
            Some(line.split_once("http://")?.1.to_owned())
        });
        let rooms = said.next().unwrap().unwrap();
        assert!(rooms.contains("seed 7"), "{rooms}");

        let mut stream = TcpStream::connect(url.unwrap()).unwrap();
        let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        stream.write_all(request).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");

        kill_process(Pid::from_child(&server.0), signal).unwrap();
        assert_eq!(server.0.wait().unwrap().code(), Some(0), "{signal:?}");
    }
}

#[test]
fn wrong_settings_are_said_before_anything_is_served() {
    let check = |args: &[&str], code: i32, part: &str| {
        let output = run(args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(part), "{part} in {said}");
        assert!(output.stdout.is_empty());
    };
    check(&["--tick-hz", "9"], 2, "--tick-hz");
    check(&["--config", "/nowhere.toml"], 2, "/nowhere.toml");
    check(&["--map", "/nowhere.toml"], 2, "cannot read the map /nowhere.toml");
    check(&["--map", "Cargo.toml"], 2, "map Cargo.toml: ");
    check(&["--listen", "192.0.2.1:1"], 1, "cannot listen on 192.0.2.1:1");
}

#[test]
fn the_settings_in_effect_are_printed() {
    let output = run(&["--print-config", "--capacity", "9"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("capacity = 9  # flag\n"), "{text}");
    assert!(text.contains("tick-hz = 30  # default\n"), "{text}");
}
