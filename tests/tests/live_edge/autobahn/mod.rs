//! The cases of the Autobahn test suite 0.8.2, groups 1 to 7, 9 and 10, for where the suite itself can't
//! run (the stage `conformance` runs it, and holds this list against its report).
//!
//! They go to `/echo`, which reads and writes as a game connection does.

mod cases;
mod closing;
mod utf8;

use std::collections::BTreeMap;

use drumbeat_shared::rng::Rng;

use super::harness::{Server, within};
use super::raw::{CLOSE, FINAL, PING, Raw, frame};

const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
/// Codes of a close.
const NORMAL: u16 = 1000;
const PROTOCOL: u16 = 1002;
const NOT_UTF8: u16 = 1007;

const REQUEST: &[u8] = b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// What a case sends at once, and what must come back before it goes on.
struct Turn {
    bytes: Vec<u8>,
    /// How many bytes are written at a time.
    chop: usize,
    /// Opcodes and payloads.
    answers: Vec<(u8, Vec<u8>)>,
}

/// How a case ends.
enum End {
    /// The client closes with the code 1000, and gets it back.
    Ours,
    /// The server closes with one of these codes.
    Theirs(&'static [u16]),
    /// The client has closed, and gets this code back.
    Back(u16),
    /// The client has closed without a code, and gets none.
    Empty,
}

/// One case.
struct Case {
    id: String,
    turns: Vec<Turn>,
    end: End,
}

impl Case {
    fn new(id: impl Into<String>, end: End) -> Self {
        Self { id: id.into(), turns: Vec::new(), end }
    }

    /// Sends these frames, then waits for the answers.
    fn send(self, frames: &[Vec<u8>], answers: &[(u8, &[u8])]) -> Self {
        self.send_chopped(frames, usize::MAX, answers)
    }

    fn send_chopped(mut self, frames: &[Vec<u8>], chop: usize, answers: &[(u8, &[u8])]) -> Self {
        let answers = answers.iter().map(|(opcode, payload)| (*opcode, payload.to_vec())).collect();
        self.turns.push(Turn { bytes: frames.concat(), chop, answers });
        self
    }

    /// Runs the case, and panics with its number if the server fails it.
    async fn run(&self, server: &Server) {
        let id = &self.id;
        let mut raw = Raw::upgrade_by(server, REQUEST, b"").await;
        raw.stream.set_nodelay(true).unwrap();
        for Turn { bytes, chop, answers } in &self.turns {
            for piece in bytes.chunks(*chop) {
                within(id, raw.send(piece)).await;
            }
            for (opcode, payload) in answers {
                let (found, echo) = raw.frame().await;
                assert_eq!((found, echo.len()), (*opcode, payload.len()), "{id}");
                assert!(echo == *payload, "{id}: other bytes came back");
            }
        }
        if matches!(self.end, End::Ours) {
            raw.send(&close(NORMAL, b"")).await;
        }
        let (opcode, payload) = raw.frame().await;
        assert_eq!(opcode, CLOSE, "{id}: {payload:02x?}");
        let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
        let due = match self.end {
            End::Ours => code == Some(NORMAL),
            End::Theirs(codes) => code.is_some_and(|code| codes.contains(&code)),
            End::Back(due) => code == Some(due),
            End::Empty => payload.is_empty(),
        };
        assert!(due, "{id}: closed with {code:?}");
        assert_eq!(raw.read_to_end().await, b"", "{id}: something came behind the close");
    }
}

fn text(payload: &[u8]) -> Vec<u8> {
    frame(TEXT | FINAL, payload)
}

fn ping(payload: &[u8]) -> Vec<u8> {
    frame(PING | FINAL, payload)
}

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(CLOSE | FINAL, &[&code.to_be_bytes(), reason].concat())
}

/// A message in fragments of so many bytes.
fn fragments(opcode: u8, payload: &[u8], bytes: usize) -> Vec<Vec<u8>> {
    let last = payload.len().div_ceil(bytes).max(1) - 1;
    let first = |at| if at == 0 { opcode } else { 0 } | if at == last { FINAL } else { 0 };
    (0..=last)
        .map(|at| frame(first(at), &payload[at * bytes..payload.len().min((at + 1) * bytes)]))
        .collect()
}

/// All cases, in the order of their numbers.
fn all() -> Vec<Case> {
    [cases::small(), utf8::cases(), closing::cases(), cases::large()]
        .into_iter()
        .flatten()
        .collect()
}

/// The numbers of the suite's cases, with the verdicts that they must have.
fn listed() -> BTreeMap<&'static str, &'static str> {
    let list = include_str!("../../../conformance/autobahn.txt");
    let lines = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split_once(' ').unwrap()).collect()
}

#[test]
fn the_cases_are_those_of_the_suite() {
    let mut ours: Vec<_> = all().into_iter().map(|case| case.id).collect();
    let mut theirs: Vec<_> = listed().into_keys().collect();
    ours.sort_unstable();
    theirs.sort_unstable();
    assert_eq!(ours, theirs);
}

#[tokio::test]
async fn the_server_passes_every_case() {
    let server = Server::start(|_| {}).await;
    for case in all() {
        case.run(&server).await;
    }
}

/// Frames that nobody planned: whatever is echoed is what was sent, and every end has a reason.
#[tokio::test]
async fn any_cut_of_a_message_is_echoed_whole() {
    let server = Server::start(|_| {}).await;
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        let payload: Vec<_> = (0..rng.below(70_000)).map(|_| rng.below(256) as u8).collect();
        let parts = fragments(BINARY, &payload, 1 + rng.below(40_000) as usize);
        let chop = 1 + rng.below(5_000) as usize;
        Case::new(format!("seed {seed}"), End::Ours)
            .send_chopped(&parts, chop, &[(BINARY, &payload)])
            .run(&server)
            .await;
    }
}
