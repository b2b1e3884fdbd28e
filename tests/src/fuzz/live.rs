//! A server for one case: started before, ended after, so that each case finds the same.

use std::net::SocketAddr;
use std::time::Duration;

use drumbeat_server::config::{Config, Settings};
use drumbeat_server::tickets::{Mode, Signer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

use super::tickets::SECRET;
use crate::live::{Server, eventually, within};
use crate::pad::Pad;
use crate::temp_file::TempFile;

/// A server of the pad: two rooms for three players each, guests and tickets, 128 ticks a second.
pub(super) struct Live {
    server: Server,
    pub(super) signer: Signer,
}

/// Plays a case on a new server, and ends that.
///
/// # Panics
/// When the server does not start, or does not end as it should.
pub(super) fn on_a_server<T>(play: impl AsyncFnOnce(Live) -> T) -> T {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        // In a program with a `main` of Rust, writing to a connection that is gone is an error. A fuzz target
        // has none, and would end.
        #[cfg(unix)]
        let _signal = signal(SignalKind::pipe()).expect("a handler");
        play(Live::start()).await
    })
}

impl Live {
    fn start() -> Self {
        let file = TempFile::new(SECRET);
        let mut config = Config::new(&Settings::default(), (), "");
        (config.room.game.tick_hz, config.room.game.capacity) = (128, 3);
        (config.room.spectators_max, config.rooms_max, config.shards) = (2, 2, 1);
        (config.tickets.mode, config.tickets.keys) = (Mode::Optional, Some(file.0.clone()));
        config.handshake_timeout = Duration::from_secs(1);
        let server = Server::of::<Pad>([127, 0, 0, 1].into(), config);
        let signer = Signer::read(SECRET).expect("the secret is long enough");
        Self { server, signer }
    }

    pub(super) const fn public(&self) -> SocketAddr {
        self.server.address
    }

    pub(super) const fn admin(&self) -> SocketAddr {
        self.server.admin
    }

    /// Waits until nobody is connected any more.
    ///
    /// # Panics
    /// When somebody stays.
    pub(super) async fn empty(&self) {
        let nobody = async || self.server.metric("drumbeat_connections ").await == 0.0;
        eventually("no more connections", nobody).await;
    }

    /// Begins to end the server; what is returned ends with it.
    pub(super) fn end(self) -> impl Future<Output = ()> {
        let running = self.server.stop();
        async {
            let ended = within("the end of the server", running).await;
            ended.expect("no task panics").expect("the server has served");
        }
    }
}

/// Sends bytes, and nothing more; returns what comes back until the end. Whoever is refused may find the
/// connection reset.
pub(super) async fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut answer = Vec::new();
    within("the end of a connection", async {
        let mut stream = TcpStream::connect(address).await.expect("the server listens");
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let _ = stream.read_to_end(&mut answer).await;
    })
    .await;
    answer
}
