//! Spectators over real connections.

use drumbeat_shared::client::{Client, Notice};
use drumbeat_shared::ids::Tick;
use drumbeat_shared::protocol::messages::{ClientMessage, Watch};
use drumbeat_shared::toy::{Steer, Toy};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use tokio_tungstenite::tungstenite::Message as WebSocketMessage;

use super::harness::{End, Player, Server, eventually, message};

/// Says another hello on the same connection, and waits for its first frame.
async fn greet_again(player: &mut Player, client: Client<Toy>) {
    player.greet_again(client).await;
    player.until("the first frame", |client| client.tick().is_some()).await;
}

/// Reads on until the connection is closed for a flood, in these words.
async fn assert_closed(mut guest: Player, words: &str) {
    let close = loop {
        match guest.socket.next().await {
            Some(Ok(WebSocketMessage::Close(Some(close)))) => break close,
            Some(Ok(_)) => {}
            end => panic!("no close frame: {end:?}"),
        }
    };
    assert_eq!(u16::from(close.code), 1008);
    assert!(close.reason.contains(words), "{}", close.reason);
}

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

#[tokio::test]
async fn whoever_looks_on_may_play_and_look_on_again_on_the_same_connection() {
    let server = Server::start(|config| {
        config.connections_max = 1;
        config.connections_per_address_max = 1;
    })
    .await;
    let mut guest = spectate(&server, "").await;
    let counts = async || {
        let [players, spectators] = ["players", "spectators"].map(|who| format!("drumbeat_{who} "));
        (server.metric(&players).await, server.metric(&spectators).await)
    };
    assert_eq!(counts().await, (0.0, 1.0));
    greet_again(&mut guest, Client::new("Ada", "main")).await;
    let welcome = guest.client.welcome().unwrap();
    assert_eq!((welcome.name.as_str(), welcome.room.as_str()), ("Ada", "main"));
    assert_eq!(counts().await, (1.0, 0.0));
    guest.steer(Steer(9, 0)).await;
    guest.until("the input is applied", |client| client.ack() > Tick(0)).await;
    guest.until("checksums are compared", |client| client.stats().checksums > 1).await;
    assert_eq!(guest.client.stats().mismatches, 0);
    // Who leaves by a hello gives the place up.
    let same = guest.client.reconnect();
    greet_again(&mut guest, same).await;
    assert_eq!(guest.client.welcome().unwrap().resumed, None);
    greet_again(&mut guest, Client::spectator("")).await;
    assert_eq!(guest.client.welcome().unwrap().player, None);
    assert_eq!(counts().await, (0.0, 1.0));
    assert_eq!(server.metric("drumbeat_closes_total{reason=\"left\"} ").await, 3.0);
    guest.leave().await;
    eventually("nobody is there", async || counts().await == (0.0, 0.0)).await;
    server.stop().await.unwrap().unwrap();
}

#[tokio::test]
async fn a_hello_may_lead_to_another_room_and_is_refused_as_a_first_one_is() {
    let server = Server::start(|config| config.room.game.capacity = 1).await;
    let closed = async |mut player: Player, client: Client<Toy>, code: u16, part: &str| {
        player.greet_again(client).await;
        let End::Closed(found, text) = player.end().await else { panic!("no close frame") };
        assert!(found == code && text.contains(part), "{found} {text}");
    };
    let _ada = Player::join(&server, "Ada", "main").await;
    closed(spectate(&server, "main").await, Client::new("Eve", "main"), 1013, "full").await;
    closed(spectate(&server, "main").await, Client::new("Eve", "no room"), 4005, "room").await;
    let mut other = spectate(&server, "main").await;
    greet_again(&mut other, Client::new("Eve", "other")).await;
    assert_eq!(other.client.welcome().unwrap().room, "other");
    assert_eq!(server.metric("drumbeat_spectators ").await, 0.0);
    server.stop().await.unwrap().unwrap();
}

/// A spectator that does not read leaves part of a frame unsent; the rest comes before the welcome.
#[tokio::test]
async fn frames_that_are_under_way_stay_whole() {
    let server = Server::start(|config| config.room.game.capacity = 200).await;
    let _crowd = join_all((0..60).map(|_| Player::join(&server, "", "main"))).await;
    for _ in 0..20 {
        let mut guest = spectate(&server, "main").await;
        greet_again(&mut guest, Client::spectator("main")).await;
        greet_again(&mut guest, Client::new("Eve", "main")).await;
        assert_eq!(guest.client.stats().mismatches, 0);
    }
    server.stop().await.unwrap().unwrap();
}

#[tokio::test]
async fn a_flood_of_hellos_is_stopped() {
    let server = Server::start(|_| {}).await;
    let mut guest = spectate(&server, "").await;
    let hello = Client::<Toy>::spectator("").hello();
    for _ in 0..20 {
        guest.send(hello.clone()).await;
    }
    assert_closed(guest, "too many hellos").await;
    server.stop().await.unwrap().unwrap();
}

#[tokio::test]
async fn a_close_that_is_due_is_not_evaded_by_a_hello() {
    let server = Server::start(|config| config.room.chat_per_10s = 1).await;
    let mut player = Player::join(&server, "Ada", "").await;
    for _ in 0..5 {
        player.send(message(&ClientMessage::Chat { text: "spam".to_owned() })).await;
    }
    player.send(Client::<Toy>::new("Eve", "").hello()).await;
    assert_closed(player, "wait a few seconds").await;
    server.stop().await.unwrap().unwrap();
}

/// In a full room, whoever says hello again gets the seat that it gives up.
#[tokio::test]
async fn nobody_refuses_itself_a_seat() {
    let server = Server::start(|config| config.room.game.capacity = 1).await;
    for _ in 0..8 {
        let mut player = Player::join(&server, "Ada", "main").await;
        for _ in 0..3 {
            greet_again(&mut player, Client::new("Ada", "main")).await;
        }
        player.leave().await;
        eventually("it is gone", async || server.metric("drumbeat_players ").await == 0.0).await;
    }
    server.stop().await.unwrap().unwrap();
}
