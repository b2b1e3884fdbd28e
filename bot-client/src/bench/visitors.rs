//! Visitors of the page beside the players: requests for every part of the HTTP interface, at a
//! fixed rate, from a thread of their own.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Connections that ask in turn.
const CONNECTIONS: u64 = 32;
/// Requests of each in a second; together ten times what a page that 66 people open in a second
/// asks for the client core.
const REQUESTS_PER_S: u64 = 20;
/// How long an answer may take before its connection is given up.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// One request for each kind of answer.
const PATHS: [&str; 9] = [
    "/core.wasm",
    "/",
    "/metrics",
    "/api/rooms",
    "/api/rooms/main",
    "/js/main.js",
    "/healthz",
    "/readyz",
    "/nothing",
];

/// What visitors got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Visits {
    /// Requests that were answered whole.
    pub(crate) answered: u64,
    /// Bytes of their bodies.
    pub(crate) bytes: u64,
    /// Connections that ended before an answer did.
    pub(crate) failed: u64,
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
    pub(crate) fn stop(self) -> Visits {
        self.counts.stop.store(true, Relaxed);
        let _ = self.thread.join();
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
    for turn in number.. {
        due.tick().await;
        if counts.stop.load(Relaxed) {
            return;
        }
        let asked = timeout(ANSWER_LIMIT, ask(server, &mut connection, PATHS[turn % PATHS.len()]));
        match asked.await {
            Ok(Ok(bytes)) => {
                counts.answered.fetch_add(1, Relaxed);
                counts.bytes.fetch_add(bytes, Relaxed);
            }
            Ok(Err(_)) | Err(_) => {
                counts.failed.fetch_add(1, Relaxed);
                connection = None;
            }
        }
    }
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
    let mut body_bytes = None;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                body_bytes = value.trim().parse().ok();
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let body_bytes: u64 =
        body_bytes.ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "no Content-Length"))?;
    tokio::io::copy(&mut stream.take(body_bytes), &mut tokio::io::sink()).await
}
