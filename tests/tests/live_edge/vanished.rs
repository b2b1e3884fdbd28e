//! Peers that vanish without a word: their link goes down, in a network namespace of their own. The
//! server frees what it holds for them within the limits that it states.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use drumbeat_shared::protocol::messages::ClientMessage;
use tokio::time::sleep;

use super::harness::{Server, eventually, hello, message};
use super::raw::{BINARY, FINAL, REQUEST, frame};

/// A network namespace with one link to this one, which ends with it.
struct Elsewhere {
    name: String,
    /// The address of this end of the link.
    here: String,
}

impl Elsewhere {
    /// `None` where namespaces cannot be made: by others than root, or without `ip`.
    fn new() -> Option<Self> {
        let id = id();
        let [here, there] = [1, 2].map(|end| format!("10.231.{}.{}", id / 64, id % 64 * 4 + end));
        let elsewhere = Self { name: format!("drumbeat-{id}"), here };
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

    /// Starts a client there that sends these bytes and then reads on.
    fn connect(&self, address: SocketAddr, sent: &[u8]) -> Child {
        let octal: String = sent.iter().map(|byte| format!("\\{byte:03o}")).collect();
        let script = format!(
            "exec 3<>/dev/tcp/{}/{}; printf '{octal}' >&3; exec cat <&3 >/dev/null",
            address.ip(),
            address.port()
        );
        Command::new("ip")
            .args(["netns", "exec", &self.name, "bash", "-c", &script])
            .stdin(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn vanish(&self) {
        assert!(ip(&format!("-n {} link set db{}b down", self.name, id())));
    }
}

/// A number of this process, for a network of its own.
fn id() -> u32 {
    std::process::id() % (64 * 256)
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        // The link ends with it.
        ip(&format!("netns del {}", self.name));
    }
}

/// Clients that end with the test.
struct Clients([Child; 4]);

impl Drop for Clients {
    fn drop(&mut self) {
        for client in &mut self.0 {
            let _ = client.kill();
            let _ = client.wait();
        }
    }
}

fn ip(args: &str) -> bool {
    let run = Command::new("ip").args(args.split(' ')).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "a test can't say in another way that it was left out")]
async fn who_vanishes_without_a_word_is_let_go_within_the_limits() {
    let Some(elsewhere) = Elsewhere::new() else {
        println!("skipped: only root can make network namespaces (and `ip` must be there)");
        return;
    };
    let server = Server::start_at(elsewhere.here.parse().unwrap(), |config| {
        config.handshake_timeout = Duration::from_secs(8);
        config.idle_timeout = Duration::from_secs(8);
        config.room.resume_s = 0;
    })
    .await;
    let hello = frame(BINARY | FINAL, &message(&ClientMessage::Hello(hello(""))));
    let joins = [REQUEST.as_bytes(), &hello].concat();
    let half = &joins[..joins.len() - 3];
    let _clients = Clients([
        elsewhere.connect(server.address, &joins),
        elsewhere.connect(server.address, &joins),
        elsewhere.connect(server.address, half),
        elsewhere.connect(server.address, b"GET / HTTP/1.1\r\nHost: x\r\nX: "),
    ]);
    eventually("all are there, and two play", async || {
        server.metric("drumbeat_players ").await == 2.0
            && server.metric("drumbeat_connections ").await == 4.0
    })
    .await;
    elsewhere.vanish();
    eventually("all are gone", async || {
        sleep(Duration::from_millis(100)).await;
        server.metric("drumbeat_players ").await == 0.0
            && server.metric("drumbeat_connections ").await == 0.0
    })
    .await;
    eventually("the kernel has let them go", async || {
        sleep(Duration::from_millis(100)).await;
        let sockets = Command::new("ss")
            .args(["-Htan", "sport", &format!("= :{}", server.address.port())])
            .output()
            .unwrap();
        let sockets = String::from_utf8(sockets.stdout).unwrap();
        sockets.lines().all(|line| line.starts_with("LISTEN"))
    })
    .await;
}
