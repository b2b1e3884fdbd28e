//! Floods: of each message, of connections, of handshakes that are refused; what becomes of those who
//! play meanwhile.

use drumbeat_shared::client::Client;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::protocol::messages::{ClientMessage, Watch};
use drumbeat_shared::toy::{Steer, Toy};
use futures_util::SinkExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use super::harness::{End, Player, Server, eventually, message, refusal};

/// Messages of a flood: as many as a client may send in half a minute.
const FLOOD: u32 = 5_000;

/// How the connection of a client that sends this over and over ends.
async fn end_of_flood(
    server: &Server,
    client: Client<Toy>,
    sent: impl Fn(u32) -> ClientMessage<Steer>,
) -> End {
    let mut player = Player::join_as(server, client).await;
    for number in 1..=FLOOD {
        if player.socket.feed(Message::binary(message(&sent(number)))).await.is_err() {
            break;
        }
    }
    let _ = player.socket.flush().await;
    player.end().await
}

#[tokio::test]
async fn a_flood_of_any_message_ends_with_a_reason_and_harms_nobody() {
    let server = Server::start(|config| config.room.spectators_max = 4).await;
    let mut good = Player::join(&server, "Ada", "").await;
    type Make = fn(u32) -> ClientMessage<Steer>;
    let of_players: [(&str, Make); 7] = [
        ("input", |number| ClientMessage::Input {
            tick: Tick(number),
            seen: Tick(number),
            view_delay: 0,
            input: Steer(1, 1),
        }),
        ("ping", |number| ClientMessage::Ping { sent_us: number.into(), seen: Tick(number) }),
        ("names", |_| ClientMessage::Names { players: vec![PlayerId(0); 32] }),
        ("resync", |number| ClientMessage::Resync { tick: Tick(number), expected: 0, actual: 1 }),
        ("reread", |_| ClientMessage::Reread { document: 0, expected: 0, actual: 1 }),
        ("report", |line| ClientMessage::Report { line }),
        ("whisper", |_| ClientMessage::Whisper { to: PlayerId(0), text: "x".into() }),
    ];
    for (what, make) in of_players {
        let end = end_of_flood(&server, Client::new("Eve", ""), make).await;
        assert!(matches!(end, End::Closed(1008, _)), "{what}: {end:?}");
    }
    let end =
        end_of_flood(&server, Client::new("Eve", ""), |_| ClientMessage::Chat { text: "x".into() });
    assert!(matches!(end.await, End::Closed(1008, _)), "chat");
    let end = end_of_flood(&server, Client::new("Eve", ""), |_| ClientMessage::Ticket {
        ticket: "x".into(),
    });
    assert!(matches!(end.await, End::Closed(1008, _)), "ticket");
    let watch =
        end_of_flood(&server, Client::spectator(""), |_| ClientMessage::Watch(Watch::Leader));
    assert!(matches!(watch.await, End::Closed(1008, _)), "watch");
    let tick = good.client.tick().unwrap().0;
    good.until("the beat goes on", |client| client.tick().unwrap().0 > tick + 20).await;
    good.until("a checksum", |client| client.stats().checksums > 2).await;
    assert_eq!(good.client.stats().mismatches, 0);
    eventually("only the good one is left", async || {
        server.metric("drumbeat_players ").await == 1.0
            && server.metric("drumbeat_connections ").await == 1.0
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_connections_takes_no_more_than_the_address_may() {
    let server = Server::start(|config| {
        config.exempt_loopback = false;
        config.http_per_address_max = 32;
    })
    .await;
    let mut good = Player::join(&server, "Ada", "").await;
    let mut flood = Vec::new();
    for _ in 0..600 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        // Some are refused before they ask.
        let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        flood.push(stream);
    }
    let refused = "drumbeat_refused_connections_total{reason=\"address_full\"} ";
    eventually("the rest is refused", async || server.metric(refused).await >= 568.0).await;
    let tick = good.client.tick().unwrap().0;
    good.until("the beat goes on", |client| client.tick().unwrap().0 > tick + 20).await;
    assert!(server.metric("drumbeat_connections ").await <= 33.0);
    drop(flood);
    eventually("places are free", async || refusal(&server).await.is_none()).await;
    assert_eq!(good.client.stats().mismatches, 0);
}

#[tokio::test]
async fn a_flood_of_refused_handshakes_leaves_nothing_behind() {
    let server = Server::start(|_| {}).await;
    let mut good = Player::join(&server, "Ada", "").await;
    for number in 0..400 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let sent = match number % 4 {
            0 => "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
            1 => "GET /ws HTTP/1.1\r\nHost: x\r\nOrigin: http://evil.example\r\n\r\n",
            2 => "nonsense\r\n\r\n",
            _ => "GET /ws HTTP/1.1\r\nHost: x\r\n",
        };
        stream.write_all(sent.as_bytes()).await.unwrap();
        if number % 2 == 0 {
            good.step().await.expect("the good one plays on");
        }
    }
    eventually("nothing is left of them", async || {
        server.metric("drumbeat_connections ").await == 1.0
    })
    .await;
    let tick = good.client.tick().unwrap().0;
    good.until("the beat goes on", |client| client.tick().unwrap().0 > tick + 20).await;
    assert_eq!(good.client.stats().mismatches, 0);
}
