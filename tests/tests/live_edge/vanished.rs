//! Peers that vanish without a word: their link goes down, in a network namespace of their own. The
//! server frees what it holds for them within the limits that it states.

use std::fs::File;
use std::net::SocketAddr;
use std::os::fd::AsFd as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use drumbeat_server::config::Config;
use drumbeat_shared::protocol::messages::ClientMessage;
use drumbeat_tests::identity::{HALF_HANDSHAKE, Identity};
use drumbeat_tests::left_out;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::harness::{Server, eventually, hello, message};
use super::raw::{BINARY, FINAL, REQUEST, frame};

/// How long the server waits for a word: longer than it takes, on a slow machine, until all clients are there.
const STAY: Duration = Duration::from_secs(15);

/// A network namespace with one link to this one, which ends with it.
struct Elsewhere {
    name: String,
    /// The address of this end of the link.
    here: String,
}

impl Elsewhere {
    /// `None` where namespaces cannot be made: by others than root, or without `ip`.
    fn new() -> Option<Self> {
        let id = std::process::id();
        let net = id % (64 * 256);
        let [here, there] = [1, 2].map(|end| format!("10.231.{}.{}", net / 64, net % 64 * 4 + end));
        let elsewhere = Self { name: format!("drumbeat-{id}"), here };
        // Only a process that was killed has left one of this name.
        elsewhere.end();
        let Self { name, here } = &elsewhere;
        let (near, far) = (format!("db{id}a"), format!("db{id}b"));
        let made = [
            format!("netns add {name}"),
            format!("link add {near} type veth peer name {far} netns {name}"),
            format!("addr add {here}/30 dev {near}"),
            format!("link set {near} up"),
            format!("-n {name} addr add {there}/30 dev {far}"),
            format!("-n {name} link set {far} up"),
        ];
        made.iter().all(|args| ip(args)).then_some(elsewhere)
    }

    /// Connects from there.
    fn connect(&self, address: SocketAddr) -> TcpStream {
        let namespace = File::open(format!("/run/netns/{}", self.name)).unwrap();
        // Of a thread of its own, with which that ends; the socket stays where it was made.
        let connecting = thread::spawn(move || {
            let network = Some(LinkNameSpaceType::Network);
            move_into_link_name_space(namespace.as_fd(), network).unwrap();
            std::net::TcpStream::connect(address).unwrap()
        });
        let stream = connecting.join().unwrap();
        stream.set_nonblocking(true).unwrap();
        TcpStream::from_std(stream).unwrap()
    }

    fn vanish(&self) {
        assert!(ip(&format!("-n {} link set db{}b down", self.name, std::process::id())));
    }

    fn end(&self) {
        // The link ends with it.
        ip(&format!("netns del {}", self.name));
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.end();
    }
}

fn ip(args: &str) -> bool {
    let run = Command::new("ip").args(args.split(' ')).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

/// A client that says something, and stays.
type Client = Box<dyn AsyncWrite + Unpin>;

/// Clients that come from there and have said this, to be in each phase of a connection.
async fn clients(elsewhere: &Elsewhere, server: &Server, tls: Option<&Identity>) -> Vec<Client> {
    let hello = frame(BINARY | FINAL, &message(&ClientMessage::Hello(hello(""))));
    let joins = [REQUEST.as_bytes(), &hello].concat();
    let half = &joins[..joins.len() - 3];
    let mut clients = Vec::new();
    for said in [&joins[..], &joins, half, b"GET / HTTP/1.1\r\nHost: x\r\nX: "] {
        let stream = elsewhere.connect(server.address);
        let mut client: Client = match tls {
            Some(identity) => {
                let name = ServerName::try_from("localhost").unwrap();
                Box::new(identity.client().connect(name, stream).await.unwrap())
            }
            None => Box::new(stream),
        };
        client.write_all(said).await.unwrap();
        client.flush().await.unwrap();
        clients.push(client);
    }
    if tls.is_some() {
        let mut half = elsewhere.connect(server.address);
        half.write_all(&HALF_HANDSHAKE).await.unwrap();
        clients.push(Box::new(half));
    }
    clients
}

/// Whether the kernel has nothing but the listener at the server's address.
fn is_free(server: &Server) -> bool {
    // With its address: somebody else's connection may come from a port of this number.
    let address = server.address.to_string();
    let sockets = Command::new("ss").args(["-Htan", "src", &address]).output().unwrap();
    let sockets = String::from_utf8(sockets.stdout).unwrap();
    sockets.lines().all(|line| line.starts_with("LISTEN"))
}

#[tokio::test]
async fn who_vanishes_without_a_word_is_let_go_within_the_limits() {
    let Some(elsewhere) = Elsewhere::new() else {
        return left_out("only root can make network namespaces (and `ip` must be there)");
    };
    let identity = Identity::new();
    let limits = |config: &mut Config| {
        (config.handshake_timeout, config.idle_timeout) = (STAY, STAY);
        config.room.resume_s = 0;
    };
    let at = elsewhere.here.parse().unwrap();
    let plain = Server::start_at(at, limits).await;
    let encrypted = Server::start_at(at, |config| {
        limits(config);
        config.tls = Some(identity.files());
    })
    .await;
    let _clients = [
        clients(&elsewhere, &plain, None).await,
        clients(&elsewhere, &encrypted, Some(&identity)).await,
    ];
    let held = async |server: &Server| {
        let [players, connections] = ["drumbeat_players ", "drumbeat_connections "];
        (server.metric(players).await, server.metric(connections).await)
    };
    eventually("all are there, and two play", async || {
        held(&plain).await == (2.0, 4.0) && held(&encrypted).await == (2.0, 5.0)
    })
    .await;
    elsewhere.vanish();
    for server in [&plain, &encrypted] {
        eventually("all are gone", async || {
            sleep(Duration::from_millis(100)).await;
            held(server).await == (0.0, 0.0)
        })
        .await;
    }
    for server in [&plain, &encrypted] {
        eventually("the kernel has let them go", async || {
            sleep(Duration::from_millis(100)).await;
            is_free(server)
        })
        .await;
    }
}
