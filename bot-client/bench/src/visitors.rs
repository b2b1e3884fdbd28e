//! Visitors of the page beside the players: requests for every part of the HTTP interface, up to
//! 640 per second, from a separate thread.

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

/// Concurrent connections, each of which requests every path in turn.
const CONNECTIONS: u64 = 32;
/// Requests per second of each connection: 640 together, 71 of them for the client core.
const REQUESTS_PER_S: u64 = 20;
/// Time limit of an answer, after which its connection is dropped.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// Polling interval while the visitors end.
const LOOK: Duration = Duration::from_millis(5);
/// A path that does not exist.
const NOTHING: &str = "/nothing";
/// One path for each kind of answer.
const PATHS: [&str; 9] = [
    "/core.wasm",
    "/",
    "/style.css",
    "/api/rooms",
    "/js/arena/page.js",
    "/js/main.js",
    "/healthz",
    "/readyz",
    NOTHING,
];

/// The answers to the visitors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Visits {
    /// Requests answered completely and correctly.
    pub(crate) answered: u64,
    /// Bytes of the answers' bodies.
    pub(crate) bytes: u64,
    /// Requests refused, or not answered completely.
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

/// The number of requests in this time if every answer is immediate.
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

/// Visitors that send requests until they are stopped.
#[derive(Debug)]
pub(crate) struct Visitors {
    counts: Arc<Counts>,
    thread: JoinHandle<()>,
}

impl Visitors {
    /// Starts sending requests to this server.
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
                    // The task does not panic, and nothing aborts it.
                    let _ = visitor.await;
                }
            });
        })?;
        Ok(Self { counts, thread })
    }

    /// Stops the visitors and returns their counts.
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

/// Requests one path after another, on a new connection whenever the old one has ended.
async fn visit(server: SocketAddr, number: usize, counts: &Counts) {
    let mut due = interval(Duration::from_secs(1) / REQUESTS_PER_S as u32);
    // A slow server gets fewer requests, as from people.
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut connection = None;
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

/// [`ask`] with a time limit; drops the connection on an error.
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

/// Sends one request; returns the bytes of the answer's body.
async fn ask(
    server: SocketAddr,
    connection: &mut Option<BufReader<TcpStream>>,
    path: &str,
) -> io::Result<u64> {
    let stream = match connection {
        Some(stream) => stream,
        None => connection.insert(BufReader::new(TcpStream::connect(server).await?)),
    };
    // As a browser does.
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {server}\r\nAccept-Encoding: gzip, br\r\n\
         Sec-Fetch-Mode: navigate\r\n\r\n"
    );
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

/// A line of an answer's header, without its line ending.
async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    match stream.read_line(&mut line).await? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end().to_owned()),
    }
}

/// The status code in the first line of an answer.
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
