//! What those who run a server do, and what becomes of the players.

use std::fs;

use drumbeat_shared::client::{Client, Notice};
use drumbeat_shared::protocol::messages::{ClientMessage, Hello};
use drumbeat_shared::toy::Toy;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use super::admin::TempFile;
use super::harness::{End, Player, Server, eventually, hello, known, message, refusal, within};

/// Asks for an act. Returns the status and the JSON of the answer.
async fn act(server: &Server, path: &str, body: Value) -> (u16, Value) {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = server.exchange_admin(&request).await;
    let code = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let (_, said) = answer.split_once("\r\n\r\n").unwrap();
    (code, serde_json::from_str(said).unwrap_or_else(|error| panic!("{error}: {answer}")))
}

/// The same for one that must be done.
pub(super) async fn done(server: &Server, path: &str, body: Value) -> Value {
    let (code, said) = act(server, path, body).await;
    assert_eq!(code, 200, "{path}: {said}");
    said
}

/// The same for one that must be refused with this status and these words.
pub(super) async fn refused(server: &Server, path: &str, body: Value, code: u16, part: &str) {
    let (found, said) = act(server, path, body).await;
    assert_eq!(found, code, "{path}: {said}");
    assert!(said["error"].as_str().unwrap().contains(part), "{part} in {said}");
}

/// Plays until a notice is what is waited for.
async fn notice(player: &mut Player, what: &str, is: impl Fn(&Notice<String>) -> bool) {
    within(what, async {
        loop {
            while let Some(notice) = player.client.notice() {
                if is(&notice) {
                    return;
                }
            }
            if let Err(end) = player.step().await {
                panic!("{what}: the connection ended: {end:?}");
            }
        }
    })
    .await;
}

fn is_said(notice: &Notice<String>, expected: &str) -> bool {
    matches!(notice, Notice::Chat { text, .. } if text == expected)
}

fn id(player: &Player) -> u16 {
    player.client.welcome().unwrap().player.unwrap().0
}

#[tokio::test]
async fn the_players_of_a_room_are_listed() {
    let server = Server::start(|_| {}).await;
    let ada = Player::join(&server, "Ada", "main").await;
    let _watcher = Player::join_as(&server, Client::spectator("main")).await;
    let room = server.json("/api/rooms/main").await;
    let row = &room["roster"][0];
    assert_eq!((&row["id"], &row["name"]), (&json!(id(&ada)), &json!("Ada")));
    assert!(row["address"].as_str().unwrap().starts_with("127.0.0.1:"), "{row}");
    assert!(row["here_s"].is_u64() && row["connection"].is_u64(), "{row}");
    assert_eq!((&row["away"], &row["muted"]), (&json!(false), &json!(false)));
    assert_eq!(room["watchers"][0]["id"], 0);
}

#[tokio::test]
async fn who_is_kicked_sees_why_and_has_no_place_to_come_back_to() {
    let server = Server::start(|_| {}).await;
    let mut ada = known(Player::join(&server, "Ada", "main").await).await;
    let _ben = Player::join(&server, "Ben", "main").await;
    let path = "/api/rooms/main/kick";
    refused(&server, path, json!({"player": 63}), 404, "there is no player 63 in the room main")
        .await;
    let other = json!({"player": id(&ada), "name": "Eve"});
    refused(&server, path, other, 404, "named Eve").await;
    refused(&server, "/api/rooms/none/kick", json!({"player": 0}), 404, "no room").await;
    refused(&server, path, json!({"player": 0, "for": "1h"}), 400, "use ban").await;

    let lost = ada.client.reconnect();
    let said = done(&server, path, json!({"player": id(&ada), "reason": "spam"})).await;
    assert_eq!(said["kicked"]["name"], "Ada");
    let end = ada.end().await;
    assert_eq!(end, End::Closed(4020, "you were sent away from this room: spam".into()));
    assert_eq!(server.metric("drumbeat_players_away ").await, 0.0);
    let closes = "drumbeat_closes_total{reason=\"kicked\"} ";
    eventually("it is counted", async || server.metric(closes).await == 1.0).await;
    assert_eq!(server.metric("drumbeat_admin_acts_total{act=\"kick\"} ").await, 1.0);

    let back = Player::join_as(&server, lost).await;
    assert_eq!(back.client.welcome().unwrap().resumed, None, "it joins as a new player");
}

#[tokio::test]
async fn who_is_away_and_kicked_has_lost_its_place() {
    let server = Server::start(|_| {}).await;
    let ada = known(Player::join(&server, "Ada", "main").await).await;
    let _ben = Player::join(&server, "Ben", "main").await;
    let (number, lost) = (id(&ada), ada.client.reconnect());
    drop(ada);
    let away = async || server.metric("drumbeat_players_away ").await == 1.0;
    eventually("its place is kept", away).await;
    done(&server, "/api/rooms/main/kick", json!({"player": number})).await;
    let gone = async || server.metric("drumbeat_players_away ").await == 0.0;
    eventually("its place is free", gone).await;
    assert_eq!(server.metric("drumbeat_expired_places_total ").await, 0.0);
    let back = Player::join_as(&server, lost).await;
    assert_eq!(back.client.welcome().unwrap().resumed, None);
}

#[tokio::test]
async fn a_spectator_is_kicked_by_its_number() {
    let server = Server::start(|_| {}).await;
    let mut watcher = Player::join_as(&server, Client::spectator("main")).await;
    let said = done(&server, "/api/rooms/main/kick", json!({"spectator": 0})).await;
    assert_eq!(said["kicked"]["spectator"], 0);
    assert!(matches!(watcher.end().await, End::Closed(4020, _)));
}

#[tokio::test]
async fn a_ban_sends_away_keeps_out_survives_the_server_and_can_be_lifted() {
    let file = TempFile::new("");
    fs::remove_file(&file.0).unwrap();
    let start = async || Server::start(|config| config.bans = Some(file.0.clone())).await;
    let server = start().await;
    let mut ada = known(Player::join(&server, "Ada", "main").await).await;
    let mut waiting = Player::connect(&server).await;
    let lost = ada.client.reconnect();
    let wish = json!({"player": id(&ada), "reason": "spam", "until": "9999-01-01T00:00:00Z"});
    let said = done(&server, "/api/rooms/main/ban", wish).await;
    assert_eq!((&said["stored"], &said["sent_away"][0]["name"]), (&json!(true), &json!("Ada")));
    let expected =
        json!({"kind": "address", "value": "127.0.0.1", "until": "9999-01-01T00:00:00Z"});
    for key in ["kind", "value", "until"] {
        assert_eq!(said["ban"][key], expected[key], "{said}");
    }
    assert!(said["ban"]["by"].as_str().unwrap().starts_with("127.0.0.1:"), "{said}");

    let text = "you are banned until 9999-01-01T00:00:00Z: spam";
    assert_eq!(ada.end().await, End::Closed(4021, text.into()));
    // One that had been let in before, and says hello only now, is not let in further.
    waiting.send(message(&ClientMessage::Hello(hello("main")))).await;
    assert_eq!(waiting.end().await, End::Closed(4021, text.into()));
    assert_eq!(refusal(&server).await, Some((403, format!("{text}\n"))));
    // A browser does not show a page why a WebSocket is refused, so the page asks.
    let answer = server.get("/readyz?page=http://x").await;
    assert!(answer.contains(" 403 ") && answer.contains(text), "{answer}");
    assert!(server.get("/readyz").await.contains(" 200 "), "a health check is not banned");
    let banned = "drumbeat_refused_connections_total{reason=\"address_banned\"} ";
    assert!(server.metric(banned).await == 1.0);
    assert_eq!(server.metric("drumbeat_bans ").await, 1.0);
    server.stop().await.unwrap().unwrap();

    let server = start().await;
    assert_eq!(refusal(&server).await, Some((403, format!("{text}\n"))));
    let bans = server.json("/api/bans").await;
    let lift = format!("/api/bans/{}/lift", bans[0]["id"]);
    refused(&server, "/api/bans/77/lift", json!({}), 404, "GET /api/bans").await;
    done(&server, &lift, json!({})).await;
    refused(&server, &lift, json!({}), 404, "there is no ban").await;
    let back = Player::join_as(&server, lost).await;
    assert_eq!(back.client.welcome().unwrap().resumed, None);
    server.stop().await.unwrap().unwrap();
    assert_eq!(
        Server::start(|config| config.bans = Some(file.0.clone())).await.json("/api/bans").await,
        json!([])
    );
}

#[tokio::test]
async fn a_subnet_is_banned_whole_and_others_play_on() {
    let server = Server::start(|config| {
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let join = async |from: &str| {
        let mut request = Player::request(&server);
        request.headers_mut().insert("x-forwarded-for", from.parse().unwrap());
        let mut player = Player::connect_with(&server, request).await?;
        player.client = Client::new(from, "main");
        let hello = player.client.hello();
        player.send(hello).await;
        player.until("the first frame", |client| client.tick().is_some()).await;
        Ok::<_, Error>(player)
    };
    let (mut near, mut far) =
        (join("192.0.2.7").await.unwrap(), join("198.51.100.7").await.unwrap());
    let wish = json!({"kind": "subnet", "value": "192.0.2.0/24", "for": "1h"});
    let said = done(&server, "/api/bans", wish).await;
    assert_eq!(said["sent_away"].as_array().unwrap().len(), 1, "{said}");
    assert_eq!(said["stored"], false, "there is no file");
    assert!(matches!(near.end().await, End::Closed(4021, _)));
    assert!(matches!(join("192.0.2.99").await, Err(Error::Http(answer)) if answer.status() == 403));
    far.until("it plays on", |client| client.stats().pongs > 1).await;
    join("198.51.100.8").await.unwrap();
    let wide = json!({"kind": "subnet", "value": "0.0.0.0/0"});
    refused(&server, "/api/bans", wide, 400, "wider than /8").await;
}

#[tokio::test]
async fn who_is_muted_is_told_so_and_others_hear_nothing() {
    let server = Server::start(|config| config.room.chat_per_10s = 50).await;
    let mut ada = Player::join(&server, "Ada", "main").await;
    let mut ben = Player::join(&server, "Ben", "main").await;
    let say = async |player: &mut Player, text: &str| {
        let line = player.client.chat(text).unwrap();
        player.send(line).await;
    };
    let wish = json!({"player": id(&ada), "reason": "spam"});
    let said = done(&server, "/api/rooms/main/mute", wish).await;
    assert_eq!(said["muted"]["name"], "Ada");
    assert_eq!(server.json("/api/rooms/main").await["roster"][0]["muted"], true);
    say(&mut ada, "unheard").await;
    notice(&mut ada, "she is told", |notice| {
        matches!(notice, Notice::Refused { number: None, reason } if reason == "you are muted: spam")
    })
    .await;
    let muted = "drumbeat_rejected_messages_total{reason=\"muted\"} ";
    eventually("it is counted", async || server.metric(muted).await == 1.0).await;
    done(&server, "/api/rooms/main/unmute", json!({"player": id(&ada)})).await;
    say(&mut ada, "heard").await;
    notice(&mut ben, "her next line", |notice| {
        assert!(!is_said(notice, "unheard"));
        is_said(notice, "heard")
    })
    .await;
    refused(&server, "/api/rooms/main/mute", json!({"player": 63}), 404, "no player 63").await;
}

#[tokio::test]
async fn announcements_reach_a_room_or_all() {
    let server = Server::start(|_| {}).await;
    let mut players = Vec::new();
    for room in ["one", "two"] {
        players.push(Player::join(&server, "Ada", room).await);
    }
    let said = done(&server, "/api/rooms/two/say", json!({"text": "to this room"})).await;
    assert_eq!(said["heard"], 1);
    done(&server, "/api/say", json!({"text": " to all\u{202e} "})).await;
    let [one, two] = &mut players[..] else { panic!() };
    notice(one, "the line to all", |notice| {
        assert!(!is_said(notice, "to this room"));
        is_said(notice, "to all")
    })
    .await;
    notice(two, "the first line", |notice| is_said(notice, "to this room")).await;
    notice(
        two,
        "the line to all",
        |notice| matches!(notice, Notice::Chat { player: None, text, .. } if text == "to all"),
    )
    .await;
    refused(&server, "/api/say", json!({"text": "\u{200b}"}), 400, "nothing").await;
    refused(&server, "/api/rooms/none/say", json!({"text": "x"}), 404, "no room").await;
}

#[tokio::test]
async fn a_locked_room_takes_its_own_back_and_nobody_new() {
    let server = Server::start(|_| {}).await;
    let ada = known(Player::join(&server, "Ada", "main").await).await;
    let said = done(&server, "/api/rooms/main/lock", json!({})).await;
    assert_eq!((&said["locked"], &said["changed"]), (&json!(true), &json!(true)));
    assert_eq!(server.json("/api/server").await["locked"], json!(["main"]));
    let mut new = Player::connect(&server).await;
    new.send(message(&ClientMessage::Hello(hello("main")))).await;
    let End::Closed(1013, text) = new.end().await else { panic!("it was let in") };
    assert!(text.contains("locked"), "{text}");
    // Whoever names no room gets another.
    let elsewhere = Player::join(&server, "Ben", "").await;
    assert_eq!(elsewhere.client.welcome().unwrap().room, "main-2");
    let lost = ada.client.reconnect();
    drop(ada);
    let away = async || server.metric("drumbeat_players_away ").await == 1.0;
    eventually("its place is kept", away).await;
    let back = Player::join_as(&server, lost).await;
    assert!(back.client.welcome().unwrap().resumed.is_some());
    done(&server, "/api/rooms/main/unlock", json!({})).await;
    Player::join(&server, "Cyd", "main").await;
    refused(&server, "/api/rooms/a%20b/lock", json!({}), 400, "room name").await;
}

#[tokio::test]
async fn a_closed_room_says_why() {
    let server = Server::start(|_| {}).await;
    let mut ada = Player::join(&server, "Ada", "main").await;
    done(&server, "/api/rooms/main/close", json!({"reason": "tonight's game is over"})).await;
    let text = "the room was closed: tonight's game is over";
    assert_eq!(ada.end().await, End::Closed(1001, text.into()));
    refused(&server, "/api/rooms/main/close", json!({}), 404, "no room").await;
}

#[tokio::test]
async fn a_draining_server_keeps_those_inside_and_can_be_opened_again() {
    let server = Server::start(|_| {}).await;
    let mut ada = known(Player::join(&server, "Ada", "main").await).await;
    done(&server, "/api/drain", json!({})).await;
    let answer = server.get("/readyz").await;
    assert!(answer.contains(" 503 ") && answer.contains("draining"), "{answer}");
    assert!(server.get("/healthz").await.contains(" 200 "));
    for hello in [hello("main"), hello("other"), Hello { spectate: true, ..hello("main") }] {
        let mut new = Player::connect(&server).await;
        new.send(message(&ClientMessage::Hello(hello))).await;
        let End::Closed(1013, text) = new.end().await else { panic!("it was let in") };
        assert!(text.contains("nobody new"), "{text}");
    }
    let pongs = ada.client.stats().pongs;
    ada.until("she plays on", |client: &Client<Toy>| client.stats().pongs > pongs).await;
    let lost = ada.client.reconnect();
    drop(ada);
    let away = async || server.metric("drumbeat_players_away ").await == 1.0;
    eventually("its place is kept", away).await;
    let back = Player::join_as(&server, lost).await;
    assert!(back.client.welcome().unwrap().resumed.is_some(), "whoever has a place is not new");
    let said = done(&server, "/api/undrain", json!({})).await;
    assert_eq!(said, json!({"draining": false, "changed": true}));
    assert!(server.get("/readyz").await.contains(" 200 "));
    Player::join(&server, "Ben", "main").await;
}

#[tokio::test]
async fn every_act_is_in_the_account_whether_it_was_done_or_not() {
    const TOKEN: &str = "fedcba9876543210fedcba9876543210";
    let (tokens, log) = (TempFile::new(&format!("ada {TOKEN}\n")), TempFile::new("earlier\n"));
    let server = Server::start(|config| {
        config.admin_token_file = Some(tokens.0.clone());
        config.audit_log = Some(log.0.clone());
    })
    .await;
    let ask = async |path: &str, body: &str| {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        server.exchange_admin(&request).await
    };
    assert!(ask("/api/nothing", "{}").await.contains(" 404 "));
    assert!(ask("/api/drain", "{}").await.contains(" 200 "));
    assert!(ask("/api/rooms/main/kick", r#"{"player":1,"reason":"x"}"#).await.contains(" 404 "));
    let text = fs::read_to_string(&log.0).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "earlier"), "{text}");
    let [drain, kick] = [1, 2].map(|at| serde_json::from_str::<Value>(lines[at]).unwrap());
    assert_eq!((&drain["who"], &drain["act"]), (&json!("ada"), &json!("drain")));
    assert_eq!((&drain["target"], &drain["done"]), (&json!("server"), &json!(true)));
    assert!(drain["time"].as_str().unwrap().ends_with('Z'));
    assert_eq!((&kick["target"], &kick["done"]), (&json!("main"), &json!(false)));
    assert_eq!(kick["request"], json!({"player": 1, "reason": "x"}));
    assert!(kick["answer"]["error"].as_str().unwrap().contains("no room"), "{kick}");
    assert!(!text.contains(TOKEN));
}

#[tokio::test]
async fn another_hello_ends_no_mute() {
    let server = Server::start(|_| {}).await;
    let mut ada = Player::join(&server, "Ada", "main").await;
    done(&server, "/api/rooms/main/mute", json!({ "player": id(&ada), "reason": "spam" })).await;
    for client in [Client::spectator("main"), Client::new("Eve", "other")] {
        ada.greet_again(client).await;
        ada.until("the first frame", |client| client.tick().is_some()).await;
    }
    assert_eq!(server.json("/api/rooms/other").await["roster"][0]["muted"], true);
    ada.send(message(&ClientMessage::Chat { text: "again".to_owned() })).await;
    let is = |notice: &Notice<_>| matches!(notice, Notice::Refused { reason, .. } if reason == "you are muted: spam");
    notice(&mut ada, "it is told so", is).await;
    server.stop().await.unwrap().unwrap();
}
