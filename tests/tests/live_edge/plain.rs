//! Clients that ask for plain changes, over real sockets, and the schema for those without the rules.

use drumbeat_shared::client::Client;
use drumbeat_shared::protocol::CONTROL;
use drumbeat_shared::protocol::codec::{decode_server, encode};
use drumbeat_shared::protocol::messages::{ClientMessage, Encoding, Hello, Welcome};
use drumbeat_shared::schema_hash::schema_hash;
use drumbeat_shared::toy::{Steer, Toy};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::harness::{End, Player, Server, eventually, hello, message, status, within};

const UNACKNOWLEDGED: &str = "drumbeat_skipped_frames_total{reason=\"unacknowledged\"} ";

fn plain(name: &str) -> Client<Toy> {
    Client::new(name, "").with_encoding(Encoding::Plain)
}

/// What the server answers to this hello.
async fn answer(server: &Server, hello: Vec<u8>) -> Result<Welcome, End> {
    let mut player = Player::connect(server).await;
    player.send(hello).await;
    let first = within("an answer", player.socket.next()).await;
    match first {
        Some(Ok(Message::Binary(bytes))) => {
            assert_eq!(bytes[0], CONTROL);
            Ok(decode_server(&bytes[1..]).unwrap())
        }
        Some(Ok(Message::Close(Some(close)))) => {
            Err(End::Closed(close.code.into(), close.reason.to_string()))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn plain_clients_and_others_hold_what_the_room_holds() {
    let server = Server::start(|config| config.room.game.tick_hz = 128).await;
    let mut ada = Player::join_as(&server, plain("Ada")).await;
    let mut bob = Player::join(&server, "Bob", "").await;
    let watcher = Client::spectator("").with_encoding(Encoding::Plain);
    let mut watcher = Player::join_as(&server, watcher).await;
    ada.steer(Steer(9, -9)).await;
    let checked = |client: &Client<Toy>| client.stats().checksums > 5;
    ada.until("checksums", checked).await;
    bob.until("checksums of predicted changes", checked).await;
    watcher.until("checksums of a spectator", checked).await;
    assert_eq!([&bob, &watcher].map(|player| player.client.stats().mismatches), [0; 2]);
    drop((bob, watcher));
    // Who did not read for a while gets one change over many ticks.
    let skipped = server.metric(UNACKNOWLEDGED).await + 20.0;
    eventually("ticks are skipped", async || server.metric(UNACKNOWLEDGED).await > skipped).await;
    ada.until("the present", |client| client.stats().ticks_skipped > 20).await;
    let before = ada.client.stats().checksums;
    ada.until("a checksum", |client| client.stats().checksums > before + 2).await;
    assert_eq!(ada.client.stats().mismatches, 0);
    // The encoding is that of the last hello.
    let tick = ada.client.tick().unwrap();
    ada.greet_again(Client::new("Ada", "")).await;
    ada.until("predicted frames", |client| client.stats().checksums > 2).await;
    assert!(ada.client.tick().unwrap() > tick);
    assert_eq!(ada.client.stats().mismatches, 0);
    server.stop().await.unwrap().unwrap();
}

#[tokio::test]
async fn who_has_not_been_built_with_the_game_gets_its_schema() {
    let server = Server::start(|_| {}).await;
    let page = server.get("/api/schema").await;
    let (head, body) = page.split_once("\r\n\r\n").unwrap();
    assert!(head.to_lowercase().contains("content-type: application/json"), "{head}");
    let schema: Value = serde_json::from_str(body).unwrap();
    assert_eq!(schema["fingerprint"], format!("{:016x}", schema_hash::<Toy>()));
    assert_eq!(schema["kinds"][0]["name"], "dot");
    assert_eq!(schema["input"], json!({ "tuple": ["i8", "i8"] }));
    assert_eq!(schema["event"], "string");
    assert_eq!(schema["map"], "i32");

    let stranger = Hello { encoding: Encoding::Plain.number(), ..Hello::new(0, "Eve", "") };
    let hello = message(&ClientMessage::Hello(stranger.clone()));
    let welcome = answer(&server, hello).await.unwrap();
    assert_eq!(welcome.schema_text.as_deref(), Some(body));
    let known = Hello { schema: schema_hash::<Toy>(), ..stranger };
    let welcome = answer(&server, message(&ClientMessage::Hello(known))).await.unwrap();
    assert_eq!(welcome.schema_text, None, "who has the schema does not want it again");
    server.stop().await.unwrap().unwrap();
}

#[tokio::test]
async fn a_schema_that_one_has_is_not_sent_again() {
    let server = Server::start(|_| {}).await;
    let ask = async |method: &str, known: &str| {
        let request = format!(
            "{method} /api/schema HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: {known}\r\n\r\n"
        );
        server.exchange(&request).await
    };
    let first = ask("GET", "\"another\"").await;
    assert!(status(&first).contains(" 200 "), "{first}");
    let tag = first.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag").trim();
    let again = ask("GET", tag).await;
    assert!(status(&again).contains(" 304 "), "{again}");
    assert!(again.contains(tag) && again.ends_with("\r\n\r\n"), "{again}");
    let head = ask("HEAD", "").await;
    assert!(status(&head).contains(" 200 ") && head.ends_with("\r\n\r\n"), "{head}");
    let posted = ask("POST", "").await;
    assert!(status(&posted).contains(" 405 "), "{posted}");
    server.stop().await.unwrap().unwrap();
}

#[tokio::test]
async fn an_encoding_that_there_is_not_is_refused_in_words() {
    let server = Server::start(|_| {}).await;
    let whole = encode(&ClientMessage::<Steer>::Hello(hello("")));
    let (last, start) = whole.split_last().unwrap();
    assert_eq!(*last, Encoding::Predicted.number());
    let malformed = "drumbeat_refused_connections_total{reason=\"malformed\"} ";
    for (number, count) in [2, 250, 251, 255].into_iter().zip(1_u8..) {
        let end = answer(&server, [start, &[number]].concat()).await.unwrap_err();
        let End::Closed(1007, text) = &end else { panic!("{end:?}") };
        assert!(text.contains(&format!("encoding {number}: send 0")), "{text}");
        assert!(text.contains("1 for plain"), "{text}");
        eventually("it is counted", async || server.metric(malformed).await == f64::from(count))
            .await;
    }
    let none = answer(&server, start.to_vec()).await.unwrap_err();
    assert!(matches!(none, End::Closed(1007, _)), "{none:?}");
    let blind = ClientMessage::Hello(Hello::new(0, "Eve", ""));
    let end = answer(&server, message(&blind)).await.unwrap_err();
    assert!(matches!(end, End::Closed(4001, _)), "predictions need the game: {end:?}");
    // Another hello is no different from the first.
    let mut ada = Player::join(&server, "Ada", "").await;
    ada.send([start, &[9]].concat()).await;
    let end = ada.end().await;
    assert!(matches!(&end, End::Closed(1007, text) if text.contains("encoding 9")), "{end:?}");
    server.stop().await.unwrap().unwrap();
}
