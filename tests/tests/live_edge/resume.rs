//! Players whose connection is lost, over real sockets.

use drumbeat_shared::ids::Tick;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::{ClientMessage, Hello, ResumeRequest, ResumeToken};
use drumbeat_shared::schema::State;

use super::harness::{End, Player, Server, eventually, hello, known, message};

/// A server whose only room is small.
async fn small() -> Server {
    Server::start(|config| config.room.game.capacity = 2).await
}

#[tokio::test]
async fn a_player_resumes_in_a_full_room_and_nobody_else_gets_in() {
    let server = small().await;
    let ada = known(Player::join(&server, "Ada", "main").await).await;
    let _bob = Player::join(&server, "Bob", "main").await;
    let (id, before) = (ada.client.welcome().unwrap().player, ada.client.own().copied());
    let lost = ada.client.reconnect();
    drop(ada);
    eventually("its place is kept", async || server.metric("drumbeat_players_away ").await == 1.0)
        .await;
    let room = server.json("/api/rooms/main").await;
    assert_eq!((room["players"].as_u64(), room["away"].as_u64()), (Some(2), Some(1)));
    assert_eq!(room["roster"][0]["away"], true);

    let mut stranger = Player::connect(&server).await;
    stranger.send(message(&ClientMessage::Hello(hello("main")))).await;
    assert!(matches!(stranger.end().await, End::Closed(1013, _)));
    let mut guesser = Player::connect(&server).await;
    let guess = ResumeRequest { token: ResumeToken([7; 16]), seen: Tick(0) };
    let hello = Hello { resume: Some(guess), ..hello("main") };
    guesser.send(message(&ClientMessage::Hello(hello))).await;
    assert!(matches!(guesser.end().await, End::Closed(1013, _)));

    let back = Player::join_as(&server, lost).await;
    let welcome = back.client.welcome().unwrap();
    assert_eq!((welcome.player, welcome.resumed), (id, Some(0)));
    let place = |own: Option<State>| own.map(|own| own.fields[2..4].to_vec());
    assert_eq!(place(back.client.own().copied()), place(before), "it stands where it stood");
    eventually("it is counted", async || server.metric("drumbeat_resumes_total ").await == 1.0)
        .await;
    assert_eq!(server.metric("drumbeat_players_away ").await, 0.0);
    server.stop().await.unwrap().unwrap();
}

#[tokio::test]
async fn a_second_connection_takes_over_from_the_first() {
    let server = small().await;
    let mut first = Player::join(&server, "Ada", "main").await;
    let second = Player::join_as(&server, first.client.reconnect()).await;
    let End::Closed(code, text) = first.end().await else { panic!("it was not closed") };
    assert_eq!((code, text.as_str()), (CloseCode::TakenOver.code(), CloseCode::TakenOver.text()));
    let id = |player: &Player| player.client.welcome().unwrap().player;
    assert_eq!(id(&first), id(&second));
    let taken_over =
        async || server.metric("drumbeat_closes_total{reason=\"taken_over\"} ").await == 1.0;
    eventually("it is counted", taken_over).await;
    assert_eq!(server.metric("drumbeat_players ").await, 1.0);
}

#[tokio::test]
async fn places_that_are_kept_count_against_their_address_and_keep_nobody_from_resuming() {
    let server = Server::start(|config| {
        config.exempt_loopback = false;
        config.connections_per_address_max = 2;
        config.room.resume_s = 3_600;
    })
    .await;
    let mut lost = Vec::new();
    for name in ["Ada", "Bob"] {
        lost.push(known(Player::join(&server, name, "main").await).await.client.reconnect());
    }
    eventually("both are kept", async || server.metric("drumbeat_players_away ").await == 2.0)
        .await;
    let mut third = Player::connect(&server).await;
    third.send(message(&ClientMessage::Hello(hello("main")))).await;
    let refused =
        End::Closed(CloseCode::AddressSeats.code(), CloseCode::AddressSeats.text().into());
    assert_eq!(third.end().await, refused);
    let counted = server.metric("drumbeat_refused_connections_total{reason=\"address_seats\"} ");
    assert_eq!(counted.await, 1.0);
    let mut back = Player::join_as(&server, lost.remove(0)).await;
    assert_eq!(back.client.welcome().unwrap().resumed, Some(0));
    // One who leaves gives the place back.
    back.leave().await;
    drop((back, third));
    eventually("one place is free", async || {
        server.metric("drumbeat_players ").await == 1.0
            && server.metric("drumbeat_connections ").await == 0.0
    })
    .await;
    let _third = Player::join(&server, "Cy", "main").await;
}

#[tokio::test]
async fn a_place_that_nobody_takes_up_is_freed() {
    let server = Server::start(|config| config.room.resume_s = 1).await;
    drop(known(Player::join(&server, "Ada", "main").await).await);
    let expired = async || server.metric("drumbeat_expired_places_total ").await == 1.0;
    eventually("its place is free", expired).await;
    eventually("nobody is there", async || server.metric("drumbeat_players ").await == 0.0).await;
}
