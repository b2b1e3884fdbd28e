//! The memory that hostile connections take: many of them stop in each phase of a connection, and what
//! the process then holds more is divided by their number. It holds both ends, so that the server's part
//! is less. A program of its own, since other tests would allocate meanwhile.

use std::net::SocketAddr;
use std::time::Duration;

use drumbeat_server::config::{Config, Settings};
use drumbeat_server::{Server, net, page};
use drumbeat_shared::protocol::codec::encode;
use drumbeat_shared::protocol::messages::{ClientMessage, Hello};
use drumbeat_shared::schema_hash::schema_hash;
use drumbeat_shared::toy::{Steer, Toy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::sleep;

/// Connections that stop in one phase.
const CONNECTIONS: usize = 300;
/// Longer than the test takes.
const LONG: Duration = Duration::from_secs(600);
const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: drumbeat.v1\r\n\r\n";

/// The bytes of this process in memory.
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}

/// A masked binary frame with the mask 0, or only its first bytes.
fn frame(payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
    [&[0x82, 0x80 | 126], &length[..], &[0; 4], payload].concat()
}

/// Opens connections that send this, and wait for an answer if there is one. Returns the bytes that each
/// takes. They stay open among the `stuck`: others would use the memory of those that ended.
async fn each_takes(
    address: SocketAddr,
    (sent, is_answered): (&[u8], bool),
    stuck: &mut Vec<TcpStream>,
) -> usize {
    let before = resident_bytes();
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent).await.unwrap();
        if is_answered {
            assert_ne!(stream.read_u8().await.unwrap(), 0);
        }
        stuck.push(stream);
    }
    // Until memory no longer grows, all that was sent has been read.
    let mut resident = 0;
    while resident < resident_bytes() {
        resident = resident_bytes();
        sleep(Duration::from_millis(500)).await;
    }
    resident.saturating_sub(before) / CONNECTIONS
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_hostile_connection_takes_little_memory_in_each_phase() {
    let mut config = Config::new(&Settings::default(), (), "1");
    config.page = page!("../assets", without = ["web"]);
    (config.handshake_timeout, config.idle_timeout) = (LONG, LONG);
    config.room.game.capacity = 1_000;
    let listener = net::listen(([127, 0, 0, 1], 0).into()).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(Server::<Toy>::new(config).unwrap().run(listener, async {
        let _ = stopped.await;
    }));
    let hello = Hello::new(schema_hash::<Toy>(), "Eve", "");
    let hello = frame(&encode(&ClientMessage::<Steer>::Hello(hello)));
    let part = &frame(&[0; 2_560])[..2_500];
    let joining = [UPGRADE.as_bytes(), &hello].concat();
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nCookie: {}", "x".repeat(90 << 10));
    let upgraded = UPGRADE.as_bytes();
    let mut stuck = Vec::new();
    for (phase, sent, is_answered, limit) in [
        ("connected", &b""[..], false, 64 << 10),
        ("half a request line", b"GET /", false, 64 << 10),
        ("upgraded, no hello", upgraded, true, 64 << 10),
        ("most of a hello", &[upgraded, part].concat(), true, 64 << 10),
        ("joined, reads nothing", &joining, true, 96 << 10),
        ("most of the longest head", head.as_bytes(), false, 256 << 10),
    ] {
        let bytes = each_takes(address, (sent, is_answered), &mut stuck).await;
        assert!(bytes <= limit, "{phase}: {bytes} bytes a connection, more than {limit}");
    }
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
}
