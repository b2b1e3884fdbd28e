use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use serde_json::{Value, json};

use super::*;
use crate::job::Progress;

const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// Time limit after which a test fails; no measure of speed.
const LIMIT: Duration = Duration::from_secs(30);

/// A connection that has sent this.
fn send(page: &JobsPage, text: &str) -> TcpStream {
    let mut socket = TcpStream::connect(page.address).unwrap();
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    socket.write_all(text.as_bytes()).unwrap();
    socket
}

fn request(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{fields}\r\n")
}

/// The whole answer.
fn ask(page: &JobsPage, text: &str) -> String {
    let mut answer = String::new();
    send(page, text).read_to_string(&mut answer).unwrap();
    answer
}

fn body(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_job_is_pushed_from_its_beginning_to_its_end() {
    let page = JobsPage::open(ANY).unwrap();
    let job = page.jobs().begin("test", "A test", &());
    let id = body(&ask(&page, &request("/api/jobs", "")))["jobs"][0]["id"].clone();
    let path = format!("/api/jobs/{}", id.as_str().unwrap());
    let events = "accept: text/event-stream\r\n";
    let mut lines = BufReader::new(send(&page, &request(&path, events))).lines();
    let mut find = |part: &str| {
        let found = lines.by_ref().map(Result::unwrap).find(|line| line.contains(part));
        found.unwrap_or_else(|| panic!("{part} is not said"))
    };
    assert!(find("content-type").contains("text/event-stream"));
    assert!(find("\"job\"").contains("\"running\""));
    job.sample(Progress { stage: "s", done: 1, of: 2, unit: "s" }, &json!({ "x": 1 }));
    find("id: 1");
    assert!(find("sample").contains("\"x\":1"));
    job.line("a line");
    find("a line");
    job.finish(&json!({ "words": "all well" }));
    // The page's end does not cut off what was said.
    let ender = thread::spawn(move || page.end());
    assert!(find("\"end\"").contains("all well"));
    assert!(lines.all(|line| !line.unwrap().contains("data:")));
    ender.join().unwrap();
}

#[test]
fn who_comes_back_gets_the_rest_or_is_sent_away() {
    let page = JobsPage::open(ANY).unwrap();
    let job = page.jobs().begin("test", "A test", &());
    let path = format!("/api/jobs/{}", job.account().id);
    job.line("the first");
    job.line("the second");
    job.finish(&());
    let events = |last: &str| format!("accept: text/event-stream\r\nlast-event-id: {last}\r\n");
    let rest = ask(&page, &request(&path, &events("1")));
    assert!(rest.contains("the second") && !rest.contains("the first"), "{rest}");
    let nothing = ask(&page, &request(&path, &events("3")));
    assert!(nothing.starts_with("HTTP/1.1 204 "), "{nothing}");
    // What is no number of ours counts as none.
    assert!(ask(&page, &request(&path, &events("x.9"))).contains("the first"));
    let lines = ask(&page, &request(&path, "accept: application/x-ndjson\r\n"));
    assert!(lines.contains("application/x-ndjson") && lines.contains("the first"), "{lines}");
    let rest = body(&ask(&page, &request(&format!("{path}?since=1"), "")));
    assert_eq!((&rest["state"], rest["entries"].as_array().unwrap().len()), (&"done".into(), 2));
}

#[test]
fn strange_requests_get_answers_that_say_what_is_wrong() {
    let page = JobsPage::open(ANY).unwrap();
    let job = page.jobs().begin("test", "A test", &());
    let path = format!("/api/jobs/{}", job.account().id);
    let check = |text: &str, parts: &[&str]| {
        let answer = ask(&page, text);
        parts.iter().for_each(|part| assert!(answer.contains(part), "{text}: {answer}"));
    };
    check(&request("/api/jobs/none", ""), &[" 404 ", "/api/jobs lists"]);
    check(&request("/api/jobs/%00%ff", ""), &[" 400 "]);
    check(&request(&format!("{path}?since=x"), ""), &[" 400 ", "as in ?since=17"]);
    check(&request(&format!("{path}?since=-1"), ""), &[" 400 ", "as in ?since=17"]);
    check(&request("/../Cargo.toml", ""), &[" 404 "]);
    check(&request(&path, "").replace("GET", "POST"), &[" 405 "]);
    check(&request(&path, "").replace("localhost", "evil.example"), &[" 421 ", "localhost"]);
    check(&request(&path, "").replace("host: localhost\r\n", ""), &[" 421 "]);
    check(&request("/", ""), &[" 200 ", "default-src 'none'", "nosniff", "<title>"]);
    check(&request("/story.js", ""), &[" 200 ", "text/javascript", "export class Story"]);
    check(&request(&format!("/{}", "x".repeat(HEAD_BYTES_MAX)), ""), &["HTTP/1.1 4"]);
    check("\u{1}\u{2} nonsense\r\n\r\n", &[" 400 "]);
    // It still serves.
    check(&request("/api/jobs", "").replace("localhost", "[::1]:9000"), &["\"running\""]);
}

#[test]
fn connections_are_limited_and_an_address_is_taken_once() {
    let page = JobsPage::open(ANY).unwrap();
    let said = JobsPage::open(page.address).unwrap_err().to_string();
    assert!(said.contains("another program listens") && said.contains("or 0 for any"), "{said}");
    let job = page.jobs().begin("test", "A test", &());
    let path = format!("/api/jobs/{}", job.account().id);
    let events = request(&path, "accept: text/event-stream\r\n");
    let mut held: Vec<_> = (0..CONNECTIONS_MAX).map(|_| send(&page, &events)).collect();
    let refused = ask(&page, "");
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("close some"), "{refused}");
    held.pop();
    // The place is free once the server has seen that its client is gone.
    let started = std::time::Instant::now();
    while !ask(&page, "GET /api/jobs HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .starts_with("HTTP/1.1 200 ")
    {
        assert!(started.elapsed() < LIMIT, "no place became free");
    }
}
