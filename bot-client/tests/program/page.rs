//! The page of a swarm: what it says while the swarm runs and when it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use rustix::process::Signal;

use super::process::{LIMIT, Process};

fn swarm(server: &TcpListener, page: &str) -> Process {
    let url = format!("ws://{}", server.local_addr().unwrap());
    let mut swarm = Command::new(env!("CARGO_BIN_EXE_drumbeat-bots"));
    swarm.args(["--bots", "2", "--url", &url, "--page", page]).env_clear();
    Process(swarm.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
}

/// Asks for a path of a page, in a form.
fn ask(url: &str, path: &str, accept: &str) -> BufReader<TcpStream> {
    let authority = url.trim_start_matches("http://").trim_end_matches('/');
    let mut socket = TcpStream::connect(authority).unwrap();
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: {authority}\r\naccept: {accept}\r\n");
    socket.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).unwrap();
    BufReader::new(socket)
}

#[test]
fn a_swarm_says_on_its_page_how_it_is_and_how_it_ended() {
    // It accepts but never answers: the run waits until a signal.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut swarm = swarm(&silent, "127.0.0.1:0");
    let mut said = BufReader::new(swarm.0.stderr.take().unwrap()).lines();
    let url = said.find_map(|line| Some(line.unwrap().strip_prefix("progress: ")?.to_owned()));
    let url = url.expect("it says where the page is");
    let mut list = String::new();
    ask(&url, "/api/jobs", "*/*").read_to_string(&mut list).unwrap();
    let list: serde_json::Value =
        serde_json::from_str(list.split_once("\r\n\r\n").unwrap().1).unwrap();
    let job = &list["jobs"][0];
    assert_eq!((&job["kind"], &job["state"]), (&"swarm".into(), &"running".into()));
    assert!(job["title"].as_str().unwrap().starts_with("2 bots at ws://127.0.0.1:"), "{job}");
    assert_eq!(job["about"]["charts"][0]["title"], "Players");
    let path = format!("/api/jobs/{}", job["id"].as_str().unwrap());
    let mut events = ask(&url, &path, "text/event-stream").lines().map(Result::unwrap);
    assert!(events.any(|line| line.contains("\"job\"")), "it says first what it is");
    swarm.signal(Signal::TERM);
    let end = events.find(|line| line.contains("\"end\"")).expect("it says that it ends");
    assert!(end.contains("failed") && end.contains("interrupted"), "{end}");
    assert_eq!(swarm.0.wait().unwrap().code(), Some(130));
}

#[test]
fn an_address_that_is_taken_is_said_before_the_run() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut swarm = swarm(&taken, &taken.local_addr().unwrap().to_string());
    let mut said = String::new();
    swarm.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.starts_with("error: another program listens at 127.0.0.1:"), "{said}");
    assert_eq!(swarm.0.wait().unwrap().code(), Some(2));
}
