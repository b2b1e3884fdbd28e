//! Visitors of the page beside the players: requests for every part of the HTTP interface, at a
//! rate of up to 640 a second, from a thread of their own.

use std::io::{self, ErrorKind};
use std::iter::Sum;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

/// Connections that ask in turn.
const CONNECTIONS: u64 = 32;
/// Requests of each in a second. Together 640 a second, 71 of them for the client core.
const REQUESTS_PER_S: u64 = 20;
/// How long an answer may take before its connection is given up.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// How often it is looked whether the visitors have ended.
const LOOK: Duration = Duration::from_millis(5);
/// The players' room.
const ROOM: &str = "/api/rooms/main";
/// What there is not.
const NOTHING: &str = "/nothing";
/// One request for each kind of answer.
const PATHS: [&str; 9] = [
    "/core.wasm",
    "/",
    "/metrics",
    "/api/rooms",
    ROOM,
    "/js/main.js",
    "/healthz",
    "/readyz",
    NOTHING,
];

/// What visitors got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Visits {
    /// Requests that were answered whole and as they should be.
    pub(crate) answered: u64,
    /// Bytes of their bodies.
    pub(crate) bytes: u64,
    /// Requests that were refused, or not answered to the end.
    pub(crate) failed: u64,
}

impl Sum for Visits {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            answered: sum.answered + one.answered,
            bytes: sum.bytes + one.bytes,
            failed: sum.failed + one.failed,
        })
    }
}

/// How many requests there are in this time while all are answered at once.
pub(crate) fn expected(seconds: f64) -> f64 {
    (CONNECTIONS * REQUESTS_PER_S) as f64 * seconds
}

#[derive(Debug, Default)]
struct Counts {
    answered: AtomicU64,
    bytes: AtomicU64,
    failed: AtomicU64,
    stop: AtomicBool,
}

/// Visitors that go on asking until they are told to stop.
#[derive(Debug)]
pub(crate) struct Visitors {
    counts: Arc<Counts>,
    thread: JoinHandle<()>,
}

impl Visitors {
    /// Begins to ask this server.
    pub(crate) fn start(server: SocketAddr) -> io::Result<Self> {
        let counts = Arc::new(Counts::default());
        let shared = Arc::clone(&counts);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("visitors".into()).spawn(move || {
            let asking = (0..CONNECTIONS).map(|number| {
                let counts = Arc::clone(&shared);
                runtime.spawn(async move { visit(server, number as usize, &counts).await })
            });
            let asking: Vec<_> = asking.collect();
            runtime.block_on(async {
                for visitor in asking {
                    // It does not panic, and nobody aborts it.
                    let _ = visitor.await;
                }
            });
        })?;
        Ok(Self { counts, thread })
    }

    /// Ends them; returns what they got.
    pub(crate) async fn stop(self) -> Visits {
        self.counts.stop.store(true, Relaxed);
        // The last answers may take a while, and the swarm shares the caller's thread.
        while !self.thread.is_finished() {
            sleep(LOOK).await;
        }
        let Counts { answered, bytes, failed, .. } = &*self.counts;
        Visits {
            answered: answered.load(Relaxed),
            bytes: bytes.load(Relaxed),
            failed: failed.load(Relaxed),
        }
    }
}

/// Asks for one path after another, on a new connection whenever the one before has ended.
async fn visit(server: SocketAddr, number: usize, counts: &Counts) {
    let mut due = interval(Duration::from_secs(1) / REQUESTS_PER_S as u32);
    // A slow server is asked less, as by people.
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut connection = None;
    // It comes with the first player.
    while answer(server, &mut connection, ROOM).await.is_err() {
        due.tick().await;
        if counts.stop.load(Relaxed) {
            return;
        }
    }
    for turn in number.. {
        due.tick().await;
        if counts.stop.load(Relaxed) {
            return;
        }
        match answer(server, &mut connection, PATHS[turn % PATHS.len()]).await {
            Ok(bytes) => {
                counts.answered.fetch_add(1, Relaxed);
                counts.bytes.fetch_add(bytes, Relaxed);
            }
            Err(_) => {
                counts.failed.fetch_add(1, Relaxed);
            }
        }
    }
}

/// The same as [`ask`] within a time limit; the connection goes if it fails.
async fn answer(
    server: SocketAddr,
    connection: &mut Option<BufReader<TcpStream>>,
    path: &str,
) -> io::Result<u64> {
    let asked = timeout(ANSWER_LIMIT, ask(server, connection, path)).await;
    let answered = asked.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()));
    if answered.is_err() {
        *connection = None;
    }
    answered
}

/// One request; returns the bytes of the answer's body.
async fn ask(
    server: SocketAddr,
    connection: &mut Option<BufReader<TcpStream>>,
    path: &str,
) -> io::Result<u64> {
    let stream = match connection {
        Some(stream) => stream,
        None => connection.insert(BufReader::new(TcpStream::connect(server).await?)),
    };
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nAccept-Encoding: gzip, br\r\n\r\n");
    stream.get_mut().write_all(request.as_bytes()).await?;
    let right = if path == NOTHING { 404 } else { 200 };
    if status(&line(stream).await?) != Some(right) {
        return Err(wrong("another status"));
    }
    let mut body_bytes = None;
    loop {
        let line = line(stream).await?;
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                body_bytes = value.trim().parse().ok();
            }
            None if line.is_empty() => break,
            _ => {}
        }
    }
    let body_bytes: u64 = body_bytes.ok_or_else(|| wrong("no Content-Length"))?;
    let read = tokio::io::copy(&mut stream.take(body_bytes), &mut tokio::io::sink()).await?;
    if read == body_bytes { Ok(read) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

/// A line of an answer's head, without its end.
async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    match stream.read_line(&mut line).await? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end().to_owned()),
    }
}

/// What the first line of an answer says.
fn status(line: &str) -> Option<u16> {
    line.strip_prefix("HTTP/1.1 ")?.split(' ').next()?.parse().ok()
}

fn wrong(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_the_number_of_an_answer() {
        assert_eq!(status("HTTP/1.1 200 OK"), Some(200));
        assert_eq!(status("HTTP/1.1 503"), Some(503));
        for other in ["", "HTTP/1.1", "HTTP/1.1 OK 200", "HTTP/2 200", "content-length: 200"] {
            assert_eq!(status(other), None, "{other}");
        }
    }
}
