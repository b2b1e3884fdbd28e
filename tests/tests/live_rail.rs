//! The rail over real connections with 50, 150 and 300 ms of latency, against a running server.
//!
//! The simulated duels (`fair_shots.rs`) measure how often it hits; these check that it hits or
//! misses at all.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use drumbeat_arena::{Arena, Settings};
use drumbeat_kit::screens::{Pilot, Screen};
use drumbeat_server::config::{self, Config};
use drumbeat_server::{net, run};
use drumbeat_shared::protocol::SUBPROTOCOL;
use drumbeat_tests::duel::{Aim, Fired, RANGE, TICK_HZ, hits, marksman, shuttle};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{WebSocketStream, client_async};

/// Time after which a duel fails the test: a safety limit, not a measure of speed.
const LIMIT: Duration = Duration::from_secs(180);
/// How long a player waits for a message before it does what is due.
const LOOK: Duration = Duration::from_millis(2);

/// A screen on a connection.
struct Player {
    screen: Screen<Arena>,
    socket: WebSocketStream<TcpStream>,
    epoch: Instant,
}

impl Player {
    async fn join(address: SocketAddr, room: &str, latency: &str, pilot: Pilot<Arena>) -> Self {
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (socket, _) = client_async(request, stream).await.unwrap();
        let mut screen = Screen::new("duellist", room, latency.parse().unwrap(), 1, pilot);
        screen.hello(0);
        Self { screen, socket, epoch: Instant::now() }
    }

    /// Waits briefly for a message, then does what is due.
    async fn look(&mut self) {
        let message = tokio::select! {
            biased;
            message = self.socket.next() => Some(message.expect("an open connection").unwrap()),
            () = sleep(LOOK) => None,
        };
        let now_us = self.epoch.elapsed().as_micros() as u64;
        if let Some(Message::Binary(bytes)) = message {
            self.screen.arrive(bytes.to_vec(), now_us);
        }
        self.screen.turn(now_us);
        while let Some(bytes) = self.screen.depart(now_us) {
            self.socket.feed(Message::Binary(bytes.into())).await.unwrap();
        }
        self.socket.flush().await.unwrap();
    }
}

/// Runs a duel until `is_over` holds for the number of shots fired and of hits.
async fn duel(
    address: SocketAddr,
    room: &str,
    latency: &str,
    aim: Aim,
    is_over: impl Fn(usize, usize) -> bool,
) {
    let fired = Fired::default();
    let pilot = marksman(aim, Arc::clone(&fired));
    let mut shooter = Player::join(address, room, latency, pilot).await;
    let mut target = Player::join(address, room, "20ms", shuttle()).await;
    let shots = || fired.lock().unwrap().len();
    let fighting = async {
        while !is_over(shots(), hits(&shooter.screen)) {
            tokio::join!(shooter.look(), target.look());
        }
    };
    let over = timeout(LIMIT, fighting).await.is_ok();
    assert!(over, "{room}: {} of {} shots hit", hits(&shooter.screen), shots());
}

#[tokio::test]
async fn the_rail_hits_what_is_seen_as_far_as_the_server_goes_back() {
    let mut config = Config::new(
        &config::Settings::default(),
        Settings { house_bots: 0, ..Settings::default() },
        RANGE,
    );
    (config.room.game.tick_hz, config.room.game.seed) = (TICK_HZ, 5);
    let listener = net::listen(([127, 0, 0, 1], 0).into()).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(run::<Arena>(config, listener, async {
        let _ = stopped.await;
    }));
    // Where shots should hit, a duel ends after three hits. They lead by what the rewind does not
    // cover: nothing, unless the machine is so slow that even these pictures are older than that.
    // Where they should miss, it ends once that cannot be chance: a machine that halts for a
    // moment may let one hit.
    tokio::join!(
        duel(address, "at-50", "50ms", Aim::Led, |_, hits| hits >= 3),
        duel(address, "at-150", "150ms", Aim::Led, |_, hits| hits >= 3),
        duel(address, "at-300", "300ms", Aim::Seen, |shots, hits| shots >= 8 && hits * 4 <= shots),
        duel(address, "ahead-300", "300ms", Aim::Led, |_, hits| hits >= 3),
    );
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}
