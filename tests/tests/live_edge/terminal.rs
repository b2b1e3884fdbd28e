//! Clients that type JSON, over real sockets.

use std::time::Duration;

use drumbeat_server::config::{Config, Settings};
use drumbeat_shared::protocol::TEXT_SUBPROTOCOL;
use drumbeat_tests::pad::Pad;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::harness::{Player, Server, eventually, refusal, within};
use super::raw::{CLOSE, FINAL, REQUEST, Raw, close_reason, frame};

/// The opcode of a text.
const TEXT: u8 = 0x1;

/// A client that types.
struct Typist {
    socket: WebSocketStream<TcpStream>,
    /// The bytes of all texts, with their heads.
    bytes: usize,
    close: Option<(u16, String)>,
}

impl Typist {
    async fn connect(server: &Server) -> Self {
        let mut request = format!("ws://{}/ws", server.address).into_client_request().unwrap();
        let subprotocol = HeaderValue::from_static(TEXT_SUBPROTOCOL);
        request.headers_mut().insert("sec-websocket-protocol", subprotocol);
        let small = TcpSocket::new_v4().unwrap();
        // Whoever reads slowly is noticed by what the kernel holds for it.
        small.set_recv_buffer_size(4_096).unwrap();
        let stream = small.connect(server.address).await.unwrap();
        let (socket, _) = within("the upgrade", client_async(request, stream)).await.unwrap();
        Self { socket, bytes: 0, close: None }
    }

    /// Joins; returns the welcome.
    async fn join(server: &Server, join: Value) -> (Self, Value) {
        let mut typist = Self::connect(server).await;
        typist.types(join).await;
        let welcome = typist.next().await.expect("a welcome");
        let _ = typist.until("the first state", |said| said.get("state").is_some()).await;
        (typist, welcome["welcome"].clone())
    }

    async fn types(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn leave(mut self) {
        self.types(json!({ "leave": true })).await;
        assert_eq!(self.end().await, Some((1000, String::new())));
    }

    /// What comes next; `None` at the end.
    async fn next(&mut self) -> Option<Value> {
        within("a message", async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        self.bytes += text.len() + if text.len() < 126 { 2 } else { 4 };
                        return Some(serde_json::from_str(&text).expect("JSON"));
                    }
                    Some(Ok(Message::Close(Some(close)))) => {
                        self.close = Some((close.code.into(), close.reason.to_string()));
                    }
                    Some(Ok(Message::Binary(_))) => panic!("a binary message"),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        })
        .await
    }

    async fn until(&mut self, what: &str, mut is: impl FnMut(&Value) -> bool) -> Value {
        within(what, async {
            loop {
                let said = self.next().await;
                let said = said.unwrap_or_else(|| panic!("{what}: the end: {:?}", self.close));
                if is(&said) {
                    return said;
                }
            }
        })
        .await
    }

    /// The error that this message brings, and what to send instead.
    async fn wrong(&mut self, message: &str) -> (String, Value) {
        self.socket.send(Message::text(message)).await.unwrap();
        self.error().await
    }

    async fn error(&mut self) -> (String, Value) {
        let said = self.until("an error", |said| said.get("error").is_some()).await;
        (said["error"].as_str().unwrap().to_owned(), said["send"].clone())
    }

    /// How the connection ended.
    async fn end(mut self) -> Option<(u16, String)> {
        while self.next().await.is_some() {}
        self.close
    }

    /// Where its avatar is now.
    async fn place(&mut self) -> Value {
        self.types(json!({ "state": true })).await;
        let said = self.until("a state", |said| said.get("state").is_some()).await;
        said["you"]["avatar"].clone()
    }
}

#[tokio::test]
async fn who_types_joins_moves_talks_and_leaves() {
    let server = Server::start(|_| {}).await;
    let (mut ada, welcome) = Typist::join(&server, json!({ "join": "", "name": "Ada" })).await;
    assert_eq!((&welcome["name"], &welcome["room"]), (&json!("Ada"), &json!("main")));
    assert_eq!(welcome["controls"]["dx"], json!({ "min": -9, "max": 9 }));
    assert_eq!(welcome["resume"]["token"].as_str().unwrap().len(), 32);
    let text_connections = "drumbeat_text_connections ";
    assert_eq!(server.metric(text_connections).await, 1.0);
    let before = ada.place().await;
    assert_eq!(before["owner"]["player"], welcome["player"]);
    ada.types(json!({ "input": { "dx": 3 } })).await;
    let is_own = |said: &Value| said.get("you").is_some() && said.get("state").is_none();
    let counts = ada.until("the input counts", is_own).await;
    assert_eq!(counts["you"]["player"], welcome["player"]);
    eventually("it moves", async || ada.place().await != before).await;

    let bob = Player::join(&server, "Bob", "").await;
    ada.types(json!({ "chat": "hello" })).await;
    let line = ada.until("the line", |said| said.get("chat").is_some()).await;
    assert_eq!((&line["chat"]["name"], &line["chat"]["text"]), (&json!("Ada"), &json!("hello")));
    let to = bob.client.welcome().unwrap().player.unwrap().0;
    ada.types(json!({ "whisper": "psst", "to": to })).await;
    let whisper = ada.until("the whisper", |said| said.get("whisper").is_some()).await;
    assert_eq!(
        (&whisper["whisper"]["to_name"], &whisper["whisper"]["text"]),
        (&json!("Bob"), &json!("psst"))
    );
    ada.types(json!({ "report": line["chat"]["line"] })).await;
    eventually("somebody is in view by name", async || {
        ada.types(json!({ "state": true })).await;
        let said = ada.until("a state", |said| said.get("state").is_some()).await;
        said["state"].as_object().unwrap().values().any(|seen| seen["owner"]["name"] == "Ada")
    })
    .await;
    ada.leave().await;
    let players = "drumbeat_players ";
    eventually("its place is free", async || server.metric(players).await == 1.0).await;
    eventually("it is counted no more", async || server.metric(text_connections).await == 0.0)
        .await;
}

#[tokio::test]
async fn the_bytes_of_the_text_are_counted() {
    let server = Server::start(|_| {}).await;
    let (ada, _) = Typist::join(&server, json!({ "join": "", "name": "Ada" })).await;
    // No more comes, though the room goes on to make frames.
    let bytes_out = "drumbeat_bytes_out_total ";
    let read = ada.bytes as f64;
    eventually("what she read is counted", async || server.metric(bytes_out).await == read).await;
}

#[tokio::test]
async fn states_come_as_often_as_asked_and_whole_or_as_changes() {
    let server = Server::start(|_| {}).await;
    let join = json!({ "join": "", "name": "Ada", "every": 0, "changes": true });
    let (mut ada, _) = Typist::join(&server, join).await;
    let quiet = ada.until("nothing changes", |said| said["state"] == json!({})).await;
    assert_eq!(quiet["gone"], json!([]));
    let next = ada.until("the next tick", |said| said.get("state").is_some()).await;
    assert!(next["tick"].as_u64() > quiet["tick"].as_u64());
    ada.types(json!({ "every": null })).await;
    assert_eq!(ada.place().await["kind"], "dot");
}

#[tokio::test]
async fn what_leaves_the_view_is_said() {
    let server = Server::start(|_| {}).await;
    let mut bob = Player::join(&server, "Bob", "").await;
    let number = bob.client.welcome().unwrap().player.unwrap().0;
    let join = json!({ "join": "", "spectate": true, "every": 0, "changes": true });
    let (mut eve, _) = Typist::join(&server, join).await;
    eve.types(json!({ "watch": number })).await;
    let key_of_bob = |said: &Value| {
        let mut seen = said["state"].as_object()?.iter();
        let (key, _) = seen.find(|(_, dot)| dot["owner"]["player"] == json!(number))?;
        key.parse::<u32>().ok()
    };
    // It may have been in view from the first state on.
    eve.types(json!({ "state": true })).await;
    let came = eve.until("Bob", |said| key_of_bob(said).is_some()).await;
    let key = key_of_bob(&came).unwrap();
    bob.leave().await;
    eve.until("his end", |said| said["gone"] == json!([key])).await;
}

#[tokio::test]
async fn as_many_type_as_there_are_places() {
    let server = Server::start(|config| config.text_connections_max = 1).await;
    let (ada, _) = Typist::join(&server, json!({ "join": "", "name": "Ada" })).await;
    let bob = Typist::connect(&server).await;
    let (code, text) = bob.end().await.expect("a reason");
    assert_eq!(code, 1013);
    assert!(text.contains("--text-connections-max"), "{text}");
    ada.leave().await;
    eventually("its place is free", async || {
        let mut bob = Typist::connect(&server).await;
        bob.types(json!({ "join": "", "name": "Bob" })).await;
        bob.next().await.is_some()
    })
    .await;
}

#[tokio::test]
async fn every_mistake_is_answered_with_what_to_send() {
    let server = Server::start(|_| {}).await;
    let mut ada = Typist::connect(&server).await;
    let join = json!({ "join": "", "name": "Ada" });
    let (error, send) = ada.wrong("hello").await;
    assert!(error.contains("no JSON object"), "{error}");
    assert_eq!(send, join);
    assert_eq!(ada.wrong("{\"chat\": \"hi\"}").await, ("join first".to_owned(), join.clone()));
    ada.socket.send(Message::binary(vec![0, 1])).await.unwrap();
    let (error, _) = ada.error().await;
    assert!(error.contains("JSON text"), "{error}");
    let invalid = "drumbeat_rejected_messages_total{reason=\"invalid\"} ";
    eventually("it is counted", async || server.metric(invalid).await == 2.0).await;
    ada.types(send).await;
    ada.until("the welcome", |said| said.get("welcome").is_some()).await;
    let mut check = async |message: String, part: &str| {
        let (error, send) = ada.wrong(&message).await;
        assert!(error.contains(part), "{message}: {part} in {error}");
        assert!(send.is_object(), "{message}: {send}");
    };
    check("{\"input\": {\"dx\": 10}}".into(), "dx takes a number from -9 to 9").await;
    check("{\"input\": {\"fly\": 1}}".into(), "no control is called fly").await;
    check("{\"inputs\": {}}".into(), "one of these fields").await;
    check("{\"chat\": 7}".into(), "takes a text").await;
    check(json!({ "chat": "a".repeat(201) }).to_string(), "at most 200 bytes").await;
    check("{\"chat\": \" \"}".into(), "nothing in this line").await;
    check("{\"join\": \"den\"}".into(), "you have joined").await;
    check("{\"watch\": \"leader\"}".into(), "only spectators").await;
    check("{\"command\": null}".into(), "no commands").await;
    check("{\"ticket\": \"a.b.c\"}".into(), "no tickets").await;
    ada.socket.send(Message::binary(vec![1])).await.unwrap();
    assert!(ada.error().await.0.contains("JSON text"));
    // None of this has ended the connection, but a message that is too long does.
    ada.place().await;
    ada.socket.send(Message::text(" ".repeat(2_561))).await.unwrap();
    let (code, text) = ada.end().await.unwrap();
    assert_eq!(code, 1009, "{text}");
}

#[tokio::test]
async fn who_looks_on_is_no_player() {
    let server = Server::start(|_| {}).await;
    let _ada = Player::join(&server, "Ada", "").await;
    let (mut eve, welcome) = Typist::join(&server, json!({ "join": "", "spectate": true })).await;
    assert_eq!(welcome["player"], Value::Null);
    for watch in [json!("leader"), json!(0), json!({ "x": 1, "y": -1 })] {
        eve.types(json!({ "watch": watch })).await;
    }
    for message in ["{\"input\": {\"dx\": 1}}", "{\"chat\": \"hi\"}", "{\"report\": 1}"] {
        assert!(eve.wrong(message).await.0.contains("only looks on"), "{message}");
    }
}

#[tokio::test]
async fn who_was_cut_off_resumes() {
    let server = Server::start(|config| config.room.resume_s = 20).await;
    let (ada, welcome) = Typist::join(&server, json!({ "join": "", "name": "Ada" })).await;
    assert_eq!(welcome["resumed"], false);
    drop(ada);
    let token = &welcome["resume"]["token"];
    let (_ada, again) = Typist::join(&server, json!({ "join": "main", "resume": token })).await;
    assert_eq!((&again["resumed"], &again["player"]), (&json!(true), &welcome["player"]));
    assert_ne!(&again["resume"]["token"], token);
}

#[tokio::test]
async fn commands_are_taken_and_answered() {
    let config = Config::new(&Settings::default(), (), "");
    let server = Server::of::<Pad>([127, 0, 0, 1].into(), config);
    let (mut ada, _) = Typist::join(&server, json!({ "join": "", "name": "Ada" })).await;
    ada.types(json!({ "command": { "Write": { "text": "It was a dark night" } } })).await;
    let taken = ada.until("the command", |said| said.get("taken").is_some()).await;
    assert_eq!(taken, json!({ "taken": { "number": 1 } }));
    let (error, send) = ada.wrong("{\"command\": {\"Burn\": 1}}").await;
    assert!(error.contains("no such command"), "{error}");
    assert!(send["command"].is_object(), "{send}");
}

#[tokio::test]
async fn documents_are_followed_from_their_beginning() {
    let config = Config::new(&Settings::default(), (), "");
    let server = Server::of::<Pad>([127, 0, 0, 1].into(), config);
    let (mut ada, _) = Typist::join(&server, json!({ "join": "", "name": "Ada" })).await;
    ada.types(json!({ "command": { "Write": { "text": "It was a dark night" } } })).await;
    ada.until("the command", |said| said.get("taken").is_some()).await;
    let (mut bob, welcome) = Typist::join(&server, json!({ "join": "", "name": "Bob" })).await;
    bob.types(json!({ "document": true })).await;
    let line = bob.until("the line", |said| said.get("record").is_some()).await;
    let id = &line["record"]["id"];
    let value = json!({ "by": 0, "extended": 0, "text": "It was a dark night" });
    assert_eq!(line, json!({ "record": { "id": id, "value": value } }));
    let more = json!({ "Extend": { "line": id, "text": ", and stormy" } });
    ada.types(json!({ "command": more })).await;
    let line = bob.until("the rest of it", |said| said.get("record").is_some()).await;
    let value = json!({ "by": 0, "extended": 1, "text": "It was a dark night, and stormy" });
    assert_eq!(line, json!({ "record": { "id": id, "value": value } }));
    bob.types(json!({ "command": { "Remove": { "line": id } } })).await;
    let gone = bob.until("the end of it", |said| said.get("record").is_some()).await;
    assert_eq!(gone, json!({ "record": { "id": id, "value": null } }));

    bob.types(json!({ "players": true })).await;
    let players = bob.until("the players", |said| said.get("players").is_some()).await;
    assert_eq!((&welcome["player"], &players["players"]["1"]), (&json!(1), &json!("Bob")));
    ada.types(json!({ "leave": true })).await;
    let players = bob.until("who stays", |said| said.get("players").is_some()).await;
    assert_eq!(players, json!({ "players": { "1": "Bob" } }));
    bob.types(json!({ "map": true })).await;
    bob.until("the map", |said| *said == json!({ "map": null })).await;
    let (error, _) = bob.wrong("{\"map\": true}").await;
    assert!(error.contains("stays the same"), "{error}");
}

#[tokio::test]
async fn a_reader_that_is_slow_skips_and_comes_to_the_present() {
    let server = Server::start(|config| config.room.game.tick_hz = 128).await;
    let join = json!({ "join": "", "name": "Ada", "every": 0 });
    let (mut ada, _) = Typist::join(&server, join).await;
    let skipped = "drumbeat_skipped_frames_total{reason=\"backpressure\"} ";
    eventually("ticks are skipped", async || server.metric(skipped).await > 20.0).await;
    let present = server.json("/api/rooms/main").await["tick"].as_u64().unwrap();
    let (mut last, mut leap) = (0, 0);
    ada.until("the present", |said| {
        let tick = said["tick"].as_u64().unwrap_or(last);
        leap = leap.max(if last == 0 { 0 } else { tick - last });
        last = tick;
        tick >= present
    })
    .await;
    assert!(leap >= 20, "the longest leap is {leap} ticks");
}

#[tokio::test]
async fn a_query_asks_for_text_where_no_subprotocol_can_be_named() {
    let server = Server::start(|_| {}).await;
    let url = format!("ws://{}/ws?json", server.address);
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (socket, answer) = within("the upgrade", client_async(url, stream)).await.unwrap();
    assert_eq!(answer.headers().get("sec-websocket-protocol"), None);
    let mut ada = Typist { socket, bytes: 0, close: None };
    ada.types(json!({ "join": "", "name": "Ada" })).await;
    ada.until("the welcome", |said| said["welcome"]["name"] == "Ada").await;
    assert_eq!(refusal(&server).await, None, "the others come in as before");
    // Text on a connection that is not for it.
    let mut raw = Raw::upgrade(&server, &frame(TEXT | FINAL, b"{}")).await;
    let (code, text) = close_reason(&raw.frame_of(CLOSE).await);
    assert_eq!(code, 1003);
    assert!(text.contains("drumbeat.v1.json"), "{text}");
}

#[tokio::test]
async fn who_types_nothing_stays_as_long_as_the_tool_answers_pings() {
    let limit = Duration::from_secs(4);
    let server = Server::start(|config| config.idle_timeout = limit).await;
    let (mut ada, _) = Typist::join(&server, json!({ "join": "", "name": "Ada" })).await;
    let request = REQUEST.replace("drumbeat.v1", TEXT_SUBPROTOCOL);
    let join = frame(TEXT | FINAL, b"{\"join\": \"\"}");
    let mut mute = Raw::upgrade_by(&server, request.as_bytes(), &join).await;
    // Reading answers the pings.
    let reads = async {
        let mut pings = 0;
        while pings < 5 {
            let message = within("a ping", ada.socket.next()).await.expect("a message");
            pings += usize::from(matches!(message, Ok(Message::Ping(_))));
        }
    };
    let (ended, ()) = tokio::join!(mute.frame_of(CLOSE), reads);
    let (code, text) = close_reason(&ended);
    assert_eq!(code, 4003, "{text}");
    ada.place().await;
}
