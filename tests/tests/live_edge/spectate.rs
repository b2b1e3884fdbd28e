//! Spectators over real connections.

use drumbeat_shared::client::{Client, Notice};
use drumbeat_shared::protocol::messages::{ClientMessage, Watch};
use drumbeat_shared::toy::Steer;

use super::harness::{End, Player, Server, eventually, message};

/// Connects as a spectator of this room and waits for the first frame.
async fn spectate(server: &Server, room: &str) -> Player {
    let mut spectator = Player::connect(server).await;
    spectator.client = Client::spectator(room);
    let hello = spectator.client.hello();
    spectator.send(hello).await;
    spectator.until("the first frame", |client| client.tick().is_some()).await;
    spectator
}

#[tokio::test]
async fn a_spectator_watches_a_full_room_and_takes_nobodys_place() {
    let server = Server::start(|config| {
        config.room.game.capacity = 1;
        config.room.spectators_max = 1;
    })
    .await;
    let mut player = Player::join(&server, "Ada", "lab").await;
    let mut spectator = spectate(&server, "").await;
    let welcome = spectator.client.welcome().unwrap();
    assert_eq!((welcome.room.as_str(), welcome.player), ("lab", None));
    spectator.until("it sees the player", |client| client.visible().count() == 1).await;
    spectator.until("checksums are compared", |client| client.stats().checksums > 1).await;
    assert_eq!(spectator.client.stats().mismatches, 0);
    assert_eq!(spectator.client.own(), None);

    let room = server.json("/api/rooms/lab").await;
    assert_eq!((&room["players"], &room["capacity"]), (&1.into(), &1.into()));
    assert_eq!((&room["spectators"], &room["spectators_max"]), (&1.into(), &1.into()));
    assert_eq!(room["roster"].as_array().unwrap().len(), 1);
    assert_eq!(server.metric("drumbeat_players ").await, 1.0);
    assert_eq!(server.metric("drumbeat_spectators ").await, 1.0);

    // It receives chat, but cannot send any.
    let chat = |text: &str| message(&ClientMessage::Chat { text: text.to_owned() });
    spectator.send(chat("boo")).await;
    eventually("its line is counted", async || {
        server.metric("drumbeat_rejected_messages_total{reason=\"chat_spectator\"} ").await == 1.0
    })
    .await;
    player.send(chat("hello")).await;
    for viewer in [&mut player, &mut spectator] {
        let text = loop {
            match viewer.client.notice() {
                Some(Notice::Chat { text, .. }) => break text,
                Some(_) => {}
                None => viewer.step().await.unwrap(),
            }
        };
        assert_eq!(text, "hello");
    }

    // Far from the player, it sees nobody.
    let at = player.client.own().unwrap().fields;
    let far = |at: i32| if at < 2_000 { 4_000 } else { 0 };
    spectator.client.watch(Watch::Place { x: far(at[2]), y: far(at[3]) });
    spectator.until("the player is out of view", |client| client.visible().count() == 0).await;
    spectator.client.watch(Watch::Leader);
    spectator.until("and in it again", |client| client.visible().count() == 1).await;

    spectator.leave().await;
    eventually("it is gone", async || server.metric("drumbeat_spectators ").await == 0.0).await;
    assert_eq!(server.metric("drumbeat_players ").await, 1.0);
    server.stop().await.unwrap().unwrap();
}

#[tokio::test]
async fn a_spectator_may_not_steer_and_a_player_not_watch() {
    let server = Server::start(|_| {}).await;
    let closed = |end: End, with: &str| {
        let End::Closed(code, text) = end else { panic!("{end:?}") };
        assert_eq!(code, 1008, "{text}");
        assert!(text.contains(with), "{text}");
    };
    let mut spectator = spectate(&server, "").await;
    let tick = spectator.client.tick().unwrap();
    let input =
        ClientMessage::Input { tick: tick.next(), seen: tick, view_delay: 0, input: Steer(1, 1) };
    spectator.send(message(&input)).await;
    closed(spectator.end().await, "spectators must not send inputs");
    let mut player = Player::join(&server, "Ada", "").await;
    player.send(message(&ClientMessage::Watch(Watch::Leader))).await;
    closed(player.end().await, "only spectators may");
    server.stop().await.unwrap().unwrap();
}

#[tokio::test]
async fn a_spectator_too_many_is_told_so() {
    let server = Server::start(|config| config.room.spectators_max = 1).await;
    let _first = spectate(&server, "").await;
    let mut second = Player::connect(&server).await;
    second.client = Client::spectator("main");
    let hello = second.client.hello();
    second.send(hello).await;
    let End::Closed(code, text) = second.end().await else { panic!("no close frame") };
    assert_eq!(code, 1013);
    assert!(text.starts_with("this room has no spectator seat left"), "{text}");
    let refused = "drumbeat_refused_connections_total{reason=\"no_spectators\"} ";
    assert_eq!(server.metric(refused).await, 1.0);
    server.stop().await.unwrap().unwrap();
}
