//! The memory that hostile connections take: many of them stop in each phase of a connection, and what a
//! server then holds more is divided by their number. The server is a process of its own, so that nothing
//! but its part counts.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use drumbeat_shared::protocol::codec::encode;
use drumbeat_shared::protocol::messages::{ClientMessage, Hello};
use drumbeat_shared::schema_hash::schema_hash;
use drumbeat_shared::toy::{Steer, Toy};
use drumbeat_tests::identity::{HALF_HANDSHAKE, Identity};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// Connections that stop in one phase.
const CONNECTIONS: usize = 150;
/// Time after which a wait fails the test: a safety limit, not a measure of speed.
const LIMIT: Duration = Duration::from_secs(30);
const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: drumbeat.v1\r\n\r\n";

/// A server without a page that waits for longer than the test takes, and ends with it.
struct Server {
    process: Child,
    address: SocketAddr,
    map: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_file(&self.map);
    }
}

impl Server {
    fn start(args: &[&str]) -> Self {
        static MAPS: AtomicU32 = AtomicU32::new(0);
        let number = MAPS.fetch_add(1, Relaxed);
        let map = format!("drumbeat-map-{}-{number}", std::process::id());
        let map = std::env::temp_dir().join(map);
        fs::write(&map, "1").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_bare"));
        command.env_clear().args(["--listen", "127.0.0.1:0", "--admin", "off"]).args(args);
        command.arg("--map").arg(&map);
        command.args(["--capacity", "1000", "--handshake-timeout-s", "300"]);
        command.args(["--idle-timeout-s", "600", "--shards", "1", "--log", "warn"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let said = BufReader::new(process.stdout.take().unwrap());
        let address = said.lines().map_while(Result::ok).find_map(|line| {
            let (_, address) = line.split_once("://")?;
            address.split(['/', ' ']).next()?.parse().ok()
        });
        Self { process, address: address.expect("it says where it listens"), map }
    }

    /// Its bytes in memory.
    fn resident_bytes(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
    }

    /// Its connections, and how many bytes the kernel still has for it.
    fn unread(&self) -> (usize, u64) {
        let sockets = fs::read_to_string("/proc/net/tcp").unwrap();
        let port = format!(":{:04X}", self.address.port());
        let unread = sockets.lines().filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let (local, _, state, queues) =
                (words.next()?, words.next()?, words.next()?, words.next()?);
            let (_, unread) = queues.split_once(':')?;
            let is_open = local.ends_with(&port) && state == "01";
            is_open.then(|| u64::from_str_radix(unread, 16).unwrap())
        });
        unread.fold((0, 0), |(open, sum), bytes| (open + 1, sum + bytes))
    }

    /// Waits until it has read all that these connections sent, and its memory no longer grows.
    async fn rests(&self, connections: usize) {
        let began = Instant::now();
        while self.unread() != (connections, 0) {
            assert!(began.elapsed() < LIMIT, "{:?} of {connections}", self.unread());
            sleep(Duration::from_millis(10)).await;
        }
        let mut resident = 0;
        while resident < self.resident_bytes() {
            resident = self.resident_bytes();
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// A masked binary frame with the mask 0, or only its first bytes.
fn frame(payload: &[u8]) -> Vec<u8> {
    // A length is refused that would fit into a shorter form.
    let length = match u8::try_from(payload.len()) {
        Ok(length @ ..126) => vec![0x80 | length],
        _ => [&[0x80 | 126][..], &u16::try_from(payload.len()).unwrap().to_be_bytes()].concat(),
    };
    [&[0x82], &length[..], &[0; 4], payload].concat()
}

/// A connection, encrypted or not.
trait Line: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Line for T {}

/// Where connections stop.
struct Phase {
    name: &'static str,
    sent: Vec<u8>,
    is_answered: bool,
    /// Whether what is sent goes without TLS where there is TLS.
    is_bare: bool,
    /// Limit of bytes that each takes: with TLS or without.
    limit: usize,
}

/// All phases that there are with TLS or without.
fn phases(is_tls: bool) -> Vec<Phase> {
    let hello = Hello::new(schema_hash::<Toy>(), "Eve", "");
    let hello = frame(&encode(&ClientMessage::<Steer>::Hello(hello)));
    let part = frame(&[0; 2_560])[..2_500].to_vec();
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nCookie: {}", "x".repeat(90 << 10));
    let upgraded = |more: &[u8]| [UPGRADE.as_bytes(), more].concat();
    let handshake = [&HALF_HANDSHAKE[..], &[0; 2_900]].concat();
    let phase = |name, sent, is_answered, kib: [usize; 2]| {
        let limit = kib[usize::from(is_tls)] << 10;
        Phase { name, sent, is_answered, is_bare: false, limit }
    };
    let mut phases = vec![
        phase("connected", Vec::new(), false, [64, 64]),
        phase("half a request line", b"GET /".to_vec(), false, [64, 64]),
        phase("upgraded, no hello", upgraded(b""), true, [64, 64]),
        phase("most of a hello", upgraded(&part), true, [64, 64]),
        phase("joined, reads nothing", upgraded(&hello), true, [96, 96]),
        phase("most of the longest head", head.into_bytes(), false, [256, 256]),
    ];
    if is_tls {
        let half = phase("most of a TLS handshake", handshake, false, [0, 64]);
        phases.insert(0, Phase { is_bare: true, ..half });
    }
    phases
}

/// Opens connections that stop in each phase, one phase after the other. They stay open: others would use
/// the memory of those that ended.
async fn each_takes_little(server: &Server, tls: Option<&Identity>) {
    let mut stuck: Vec<Box<dyn Line>> = Vec::new();
    let mut over = Vec::new();
    for Phase { name, sent, is_answered, is_bare, limit } in phases(tls.is_some()) {
        server.rests(stuck.len()).await;
        let before = server.resident_bytes();
        for _ in 0..CONNECTIONS {
            let stream = TcpStream::connect(server.address).await.unwrap();
            let mut line: Box<dyn Line> = match tls.filter(|_| !is_bare) {
                Some(identity) => {
                    let name = ServerName::try_from("localhost").unwrap();
                    Box::new(identity.client().connect(name, stream).await.unwrap())
                }
                None => Box::new(stream),
            };
            line.write_all(&sent).await.unwrap();
            line.flush().await.unwrap();
            if is_answered {
                assert_ne!(line.read_u8().await.unwrap(), 0);
            }
            stuck.push(line);
        }
        server.rests(stuck.len()).await;
        let bytes = server.resident_bytes().saturating_sub(before) / CONNECTIONS;
        if bytes > limit {
            over.push(format!("{name}: {bytes} bytes a connection, more than {limit}"));
        }
    }
    assert!(over.is_empty(), "{over:?}");
}

#[tokio::test]
async fn a_hostile_connection_takes_little_memory_in_each_phase() {
    each_takes_little(&Server::start(&[]), None).await;
}

#[tokio::test]
async fn a_hostile_connection_takes_little_memory_in_each_phase_under_tls() {
    let identity = Identity::new();
    let files = identity.files();
    let [cert, key] = [&files.cert, &files.key].map(|file| file.to_str().unwrap());
    let server = Server::start(&["--tls-cert", cert, "--tls-key", key]);
    each_takes_little(&server, Some(&identity)).await;
}
