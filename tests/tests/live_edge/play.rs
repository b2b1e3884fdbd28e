//! What well-behaved clients get.

use drumbeat_shared::client::{Client, Notice};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::messages::{ClientMessage, Listed};
use drumbeat_shared::records::{fold, hash_record};
use drumbeat_shared::toy::Steer;

use super::harness::{End, Player, Server, eventually, hello, message};
use super::raw::{BINARY, CLOSE, CONTINUATION, FINAL, PING, PONG, Raw, close_reason, frame};

/// Who connects by a room's path, and says this hello.
async fn by_path(server: &Server, path: &str, room: &str) -> Player {
    let mut request = Player::request(server);
    *request.uri_mut() = format!("ws://{}{path}", server.address).parse().unwrap();
    let mut player = Player::connect_with(server, request).await.unwrap();
    player.client = Client::new("Ada", room);
    let hello = player.client.hello();
    player.send(hello).await;
    player
}

#[tokio::test]
async fn the_path_may_name_the_room() {
    let server = Server::start(|_| {}).await;
    for (path, room, joined) in
        [("/ws/den", "", "den"), ("/ws/den", "den", "den"), ("/ws", "den", "den")]
    {
        let mut player = by_path(&server, path, room).await;
        player.until("a welcome", |client| client.welcome().is_some()).await;
        assert_eq!(player.client.welcome().unwrap().room, joined, "{path} {room}");
    }
    for (path, room, code, part) in [
        ("/ws/den", "other", 1008, "connect to /ws/other"),
        ("/ws/no%20room", "", 4005, "room"),
        ("/ws/n%C3%B6", "", 4005, "room"),
        ("/ws/%2e%2e", "", 4005, "room"),
    ] {
        let End::Closed(got, text) = by_path(&server, path, room).await.end().await else {
            panic!("{path}: cut without a reason");
        };
        assert!(got == code && text.contains(part), "{path} {room}: {got} {text}");
    }
    for path in ["/ws/", "/ws/a/b", "/ws/%ff"] {
        let mut request = Player::request(&server);
        *request.uri_mut() = format!("ws://{}{path}", server.address).parse().unwrap();
        assert!(Player::connect_with(&server, request).await.is_err(), "{path}");
    }
}

#[tokio::test]
async fn a_player_joins_moves_and_leaves() {
    let server = Server::start(|_| {}).await;
    let mut player = Player::join(&server, "  Ada \u{202e} Lovelace ", "").await;
    let welcome = player.client.welcome().unwrap();
    assert_eq!((welcome.room.as_str(), welcome.name.as_str()), ("main", "Ada Lovelace"));

    let start = player.client.own().unwrap().fields;
    // Away from the nearer wall, so that there is space to move.
    let steer = Steer(if start[2] < 2_000 { 9 } else { -9 }, 0);
    player.steer(steer).await;
    player.until("the input is applied", |client| client.ack() > Tick(0)).await;
    player.until("the dot moves", |client| client.own().unwrap().fields[2] != start[2]).await;
    player.until("checksums are compared", |client| client.stats().checksums > 1).await;
    assert_eq!(player.client.stats().mismatches, 0);

    let room = server.json("/api/rooms/main").await;
    assert_eq!(room["players"], 1);
    assert_eq!(room["roster"][0]["name"], "Ada Lovelace");
    assert!(server.metric("drumbeat_frames_in_total ").await >= 2.0);
    assert!(server.metric("drumbeat_bytes_in_total ").await > 20.0);
    assert!(server.metric("drumbeat_bytes_out_total ").await > 0.0);
    assert_eq!(server.metric("drumbeat_players ").await, 1.0);

    player.leave().await;
    eventually("the player is gone", async || server.metric("drumbeat_players ").await == 0.0)
        .await;
    assert_eq!(server.metric("drumbeat_closes_total{reason=\"left\"} ").await, 1.0);
    server.stop().await.unwrap().unwrap();
}

#[tokio::test]
async fn nobody_is_nameless_and_no_emoji_is_torn() {
    let server = Server::start(|_| {}).await;
    let pride = "🏳\u{fe0f}\u{200d}🌈";
    let mut players = Vec::new();
    for name in ["\u{3164}", "\u{2800}\u{200b}", pride, "Ada\u{202e}\u{ffa0}B"] {
        players.push(Player::join(&server, name, "").await);
    }
    let names: Vec<&str> =
        players.iter().map(|player| player.client.welcome().unwrap().name.as_str()).collect();
    assert!(names[..2].iter().all(|name| name.starts_with("Guest ")), "{names:?}");
    assert_eq!(names[2..], [pride, "AdaB"]);
}

#[tokio::test]
async fn a_player_who_does_nothing_is_told_that_it_was_idle() {
    let server = Server::start(|config| config.room.afk_timeout_s = 1).await;
    let mut idle = Player::join(&server, "Ada", "").await;
    idle.steer(Steer(1, 1)).await;
    let End::Closed(code, text) = idle.end().await else { panic!("no close frame") };
    assert_eq!(code, 4006);
    assert!(text.contains("idle too long: no new controls for 1 s"), "{text}");
    assert_eq!(server.metric("drumbeat_closes_total{reason=\"afk\"} ").await, 1.0);
}

#[tokio::test]
async fn a_client_that_vanishes_leaves() {
    let server = Server::start(|_| {}).await;
    drop(Player::join(&server, "Ada", "").await);
    eventually("the player is gone", async || {
        server.metric("drumbeat_closes_total{reason=\"left\"} ").await == 1.0
    })
    .await;
    eventually("the connection is given back", async || {
        server.metric("drumbeat_connections ").await == 0.0
    })
    .await;
}

#[tokio::test]
async fn chat_reaches_the_room_and_no_other() {
    let server = Server::start(|_| {}).await;
    let mut ada = Player::join(&server, "Ada", "one").await;
    let mut bob = Player::join(&server, "Bob", "one").await;
    let mut eve = Player::join(&server, "Eve", "two").await;
    let family = "👨\u{200d}👩\u{200d}👧";
    let text = format!("  hello \u{7} <b>all</b>\u{3164} {family}\n");
    let raw = ClientMessage::Chat { text };
    ada.send(message(&raw)).await;
    for player in [&mut ada, &mut bob] {
        let (name, text) = loop {
            match player.client.notice() {
                Some(Notice::Chat { name, text, .. }) => break (name, text),
                Some(_) => {}
                None => player.step().await.unwrap(),
            }
        };
        assert_eq!((name, text), ("Ada".to_owned(), format!("hello <b>all</b> {family}")));
    }
    let tick = eve.client.tick().unwrap().0;
    eve.until("some ticks", |client| client.tick().unwrap().0 > tick + 10).await;
    while let Some(notice) = eve.client.notice() {
        assert!(!matches!(notice, Notice::Chat { .. }), "{notice:?}");
    }
}

#[tokio::test]
async fn rooms_are_made_when_they_are_named() {
    let server = Server::start(|config| {
        config.rooms_max = 3;
        config.room.game.capacity = 2;
    })
    .await;
    let names = async |server: &Server| -> Vec<String> {
        let rooms = server.json("/api/rooms").await;
        let rooms = rooms.as_array().unwrap().iter();
        rooms.map(|room| room["name"].as_str().unwrap().to_owned()).collect()
    };
    let _lab = Player::join(&server, "Ada", "lab").await;
    assert_eq!(names(&server).await, ["lab"]);
    // Without a room name: the fullest room with space, then a new one.
    let second = Player::join(&server, "Bob", "").await;
    assert_eq!(second.client.welcome().unwrap().room, "lab");
    let third = Player::join(&server, "Cyd", "").await;
    assert_eq!(third.client.welcome().unwrap().room, "main");
    assert_eq!(names(&server).await, ["lab", "main"]);
    let nowhere = server.json("/api/rooms/den").await;
    assert!(nowhere["error"].as_str().unwrap().contains("GET /api/rooms lists them"), "{nowhere}");
}

#[tokio::test]
async fn a_hello_may_come_with_the_request_and_in_pieces() {
    let server = Server::start(|_| {}).await;
    let hello = message(&ClientMessage::Hello(hello("")));
    let (first, rest) = hello.split_at(3);
    let mut early = frame(PING | FINAL, b"first");
    early.extend(frame(BINARY, first));
    early.extend(frame(PING | FINAL, b"between"));
    early.extend(frame(CONTINUATION | FINAL, rest));
    let mut raw = Raw::upgrade(&server, &early).await;
    assert_eq!(raw.frame_of(BINARY).await[0], 1, "a welcome");
    assert_eq!(raw.frame_of(BINARY).await[0] & 1, 0, "a state frame");
    let later = frame(PING | FINAL, b"later");
    raw.send(&later).await;
    let pong = loop {
        let pong = raw.frame_of(PONG).await;
        if pong == b"later" {
            break pong;
        }
    };
    assert_eq!(pong, b"later");
    let close = frame(CLOSE | FINAL, &1000_u16.to_be_bytes());
    raw.send(&close).await;
    assert_eq!(close_reason(&raw.frame_of(CLOSE).await).0, 1000);
    raw.read_to_end().await;
    let sent = early.len() + later.len() + close.len();
    assert_eq!(server.metric("drumbeat_bytes_in_total ").await, sent as f64);
}

/// The checksum of a list of these players: record, number, name.
fn list(players: &[(u32, u16, &str)]) -> u32 {
    let hashes = players.iter().map(|(id, player, name)| {
        let listed = Listed { player: PlayerId(*player), name: (*name).to_owned() };
        hash_record(*id, &codec::encode(&listed))
    });
    fold(hashes.fold(0, u64::wrapping_add))
}

#[tokio::test]
async fn the_list_of_players_follows_who_comes_and_goes() {
    let server = Server::start(|_| {}).await;
    let mut ada = Player::join(&server, "Ada", "").await;
    ada.client.read_players();
    let lists = |players: &[(u32, u16, &str)]| {
        let expected = list(players);
        move |client: &Client<_>| client.document_checksums()[2] == expected
    };
    ada.until("a list of one", lists(&[(1, 0, "Ada")])).await;
    let mut bob = Player::join(&server, "Bob", "").await;
    ada.until("a list of two", lists(&[(1, 0, "Ada"), (2, 1, "Bob")])).await;
    let listed = ada.client.players().map(|players| players.map(|(_, name)| name).collect());
    assert_eq!(listed, Some(vec!["Ada", "Bob"]));
    bob.leave().await;
    ada.until("a list of one again", lists(&[(1, 0, "Ada")])).await;
    assert_eq!(ada.client.stats().document_mismatches, 0);
}
