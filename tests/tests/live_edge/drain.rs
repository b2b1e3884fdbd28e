//! How a server shuts down.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::harness::{End, Player, Server, eventually, hello, message, within};
use super::raw::{BINARY, FINAL, Raw, frame};
use drumbeat_shared::client::Client;
use drumbeat_shared::ids::Tick;
use drumbeat_shared::protocol::close::come_back_ms;
use drumbeat_shared::protocol::messages::{ClientMessage, Hello, ResumeRequest, ResumeToken};
use drumbeat_shared::toy::Toy;

/// The server guarantees to shut down within this time, whatever clients do.
const END_LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn players_are_told_and_the_server_ends() {
    let server = Server::start(|_| {}).await;
    let address = server.address;
    let mut ada = Player::join(&server, "Ada", "one").await;
    let mut bob = Player::join(&server, "Bob", "two").await;
    let mut early = Player::connect(&server).await;
    let ending = server.stop();
    for player in [&mut ada, &mut bob, &mut early] {
        let End::Closed(code, text) = player.end().await else {
            panic!("cut without a reason");
        };
        assert_eq!(code, 1001);
        assert!(text.contains("shutting down"), "{text}");
    }
    timeout(END_LIMIT, ending).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nothing listens any more");
}

#[tokio::test]
async fn clients_that_do_not_listen_do_not_hold_the_server_up() {
    let server = Server::start(|_| {}).await;
    let _silent = TcpStream::connect(server.address).await.unwrap();
    let _upgraded = Raw::upgrade(&server, b"").await;
    let hello = frame(BINARY | FINAL, &message(&ClientMessage::Hello(hello(""))));
    let mut deaf = Raw::upgrade(&server, &hello).await;
    within("the welcome", deaf.frame_of(BINARY)).await;
    timeout(END_LIMIT, server.stop()).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn each_player_is_told_when_to_come_back() {
    let from = Duration::from_secs(3);
    let server = Server::start(|config| config.come_back = from).await;
    let mut players = Vec::new();
    for room in ["one", "two"].repeat(4) {
        players.push(Player::join(&server, "Ada", room).await);
    }
    players.push(Player::connect(&server).await);
    let ending = server.stop();
    let mut waits_ms = Vec::new();
    for player in &mut players {
        let End::Closed(1001, text) = player.end().await else { panic!("cut without a reason") };
        let wait_ms = come_back_ms(&text).unwrap_or_else(|| panic!("when? {text}"));
        assert!((3_000..=4_000).contains(&wait_ms), "{text}");
        waits_ms.push(wait_ms);
    }
    timeout(END_LIMIT, ending).await.unwrap().unwrap().unwrap();
    waits_ms.sort_unstable();
    waits_ms.dedup();
    assert!(waits_ms.len() > 1, "all come back at once");
}

#[tokio::test]
async fn before_the_end_those_inside_play_on_and_nobody_new_is_let_in() {
    let server = Server::start(|_| {}).await;
    let mut ada = Player::join(&server, "Ada", "main").await;
    let acknowledged = |client: &Client<Toy>| client.stats().pongs > 1;
    ada.until("the server knows that she has a frame", acknowledged).await;
    assert!(server.get("/readyz").await.contains(" 200 "));
    server.drain();
    let answer = server.get("/readyz").await;
    assert!(answer.contains(" 503 ") && answer.contains("shutting down"), "{answer}");
    assert!(server.get("/healthz").await.contains(" 200 "));
    assert!(server.get("/").await.contains(" 200 "));
    let stranger = Some(ResumeRequest { token: ResumeToken([7; 16]), seen: Tick(1) });
    for hello in [hello("main"), hello("other"), Hello { resume: stranger, ..hello("main") }] {
        let mut new = Player::connect(&server).await;
        new.send(message(&ClientMessage::Hello(hello))).await;
        let End::Closed(1013, text) = new.end().await else { panic!("it was let in") };
        assert!(text.contains("shutting down") && text.contains("try again"), "{text}");
    }
    // Nobody can call that off, and the acts on demand share it.
    let undrain = "POST /api/undrain HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                   Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let answer = server.exchange_admin(undrain).await;
    assert!(answer.contains(" 409 ") && answer.contains("shutting down"), "{answer}");
    let state = server.json("/api/server").await;
    assert_eq!((&state["ending"], &state["draining"]), (&true.into(), &true.into()));
    assert_eq!(server.metric("drumbeat_draining ").await, 1.0);

    let pongs = ada.client.stats().pongs;
    ada.until("she plays on", |client: &Client<Toy>| client.stats().pongs > pongs).await;
    let lost = ada.client.reconnect();
    drop(ada);
    let away = async || server.metric("drumbeat_players_away ").await == 1.0;
    eventually("its place is kept", away).await;
    let mut back = Player::join_as(&server, lost).await;
    assert!(back.client.welcome().unwrap().resumed.is_some(), "whoever has a place is not new");
    let ending = server.stop();
    let End::Closed(1001, text) = back.end().await else { panic!("cut without a reason") };
    assert!(come_back_ms(&text).is_some(), "{text}");
    timeout(END_LIMIT, ending).await.unwrap().unwrap().unwrap();
}
