//! A room's feed as those read it who only watch.

use drumbeat_shared::limits::INBOX_MESSAGES_MAX;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};

use super::harness::{Player, Server, eventually, status, within};

/// Somebody who watches.
struct Watcher {
    stream: BufReader<TcpStream>,
}

impl Watcher {
    /// Asks for `/api/rooms/` and this.
    async fn of(server: &Server, feed: &str, headers: &str) -> Self {
        let stream = TcpStream::connect(server.address).await.unwrap();
        Self::on(stream, feed, headers).await
    }

    /// The same on this connection.
    async fn on(mut stream: TcpStream, feed: &str, headers: &str) -> Self {
        let request = format!("GET /api/rooms/{feed} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// Ends its half of the connection. What it is sent, such as a heartbeat, still arrives.
    async fn leave(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// The next line that has this in it, without the sizes of the parts around it.
    async fn line(&mut self, part: &str) -> String {
        within(part, async {
            loop {
                let mut line = String::new();
                assert!(self.stream.read_line(&mut line).await.unwrap() > 0, "the end, not {part}");
                if line.contains(part) {
                    return line.trim_end().to_owned();
                }
            }
        })
        .await
    }

    /// The rest, up to the end of the connection.
    async fn rest(mut self) -> String {
        let mut rest = String::new();
        within("the end", self.stream.read_to_string(&mut rest)).await.unwrap();
        rest
    }
}

/// The JSON of an answer to a poll.
fn polled(answer: &str) -> Value {
    assert_eq!(status(answer), "HTTP/1.1 200 OK", "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in {answer}"))
}

/// Numbers, kinds and names of the items of a poll.
fn items(answer: &Value) -> Vec<String> {
    let word = |item: &Value, key: &str| item[key].to_string().trim_matches('"').to_owned();
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|item| ["n", "kind", "name"].map(|key| word(item, key)).join(" ")).collect()
}

#[tokio::test]
async fn the_same_items_come_as_events_as_lines_and_to_those_who_ask() {
    let server = Server::start(|_| {}).await;
    let _ada = Player::join(&server, "Ada", "lab").await;
    let mut events = Watcher::of(&server, "lab/feed", "Accept: text/event-stream\r\n").await;
    assert_eq!(events.line("HTTP").await, "HTTP/1.1 200 OK");
    for head in ["content-type: text/event-stream", "x-accel-buffering: no"] {
        events.line(head).await;
    }
    events.line("retry: ").await;
    events.line(r#"data: {"kind":"open","next":""#).await;
    let id = events.line("id: ").await;
    assert!(id.ends_with(".1"), "{id}");
    let ada = events.line("data: ").await;
    assert!(ada.ends_with(r#""kind":"join","player":0,"name":"Ada"}"#), "{ada}");
    let mut lines = Watcher::of(&server, "lab/feed?stream&since=now", "").await;
    lines.line("content-type: application/x-ndjson").await;
    let opened = lines.line("\"open\"").await;
    assert!(opened.ends_with(r#".1"}"#), "{opened}");

    let all = polled(&server.get("/api/rooms/lab/feed?since=0").await);
    assert_eq!(items(&all), ["1 join Ada"]);
    let next = all["next"].as_str().unwrap();
    assert_eq!(format!("id: {next}"), id);
    let none = server.get(&format!("/api/rooms/lab/feed?since={next}")).await;
    assert_eq!(status(&none), "HTTP/1.1 304 Not Modified");
    let now = polled(&server.get("/api/rooms/lab/feed?since=now").await);
    assert_eq!((items(&now).len(), now["next"].as_str()), (0, Some(next)));

    let long = Watcher::of(&server, "lab/feed?since=1&wait=50", "Connection: close\r\n").await;
    eventually("three wait", async || server.metric("drumbeat_watchers ").await == 3.0).await;
    let _bob = Player::join(&server, "Bob", "lab").await;
    let answer = polled(&long.rest().await);
    assert_eq!(items(&answer), ["2 join Bob"]);
    assert!(events.line("data: ").await.contains("Bob"));
    assert!(lines.line("join").await.starts_with(r#"{"n":2,"tick":"#));

    let mut long = Watcher::of(&server, "lab/feed?since=2&wait=50", "").await;
    eventually("three wait", async || server.metric("drumbeat_watchers ").await == 3.0).await;
    for watcher in [&mut events, &mut lines, &mut long] {
        watcher.leave().await;
    }
    eventually("none waits", async || server.metric("drumbeat_watchers ").await == 0.0).await;
}

#[tokio::test]
async fn who_stops_reading_is_dropped_and_the_others_lose_nothing() {
    let server = Server::start(|config| {
        config.room.chat_per_10s = 1_000;
        config.room.game.tick_hz = 128;
    })
    .await;
    let mut ada = Player::join(&server, "Ada", "lab").await;
    let mut good = Watcher::of(&server, "lab/feed?stream", "").await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 << 10).unwrap();
    let stream = socket.connect(server.address).await.unwrap();
    let _deaf = Watcher::on(stream, "lab/feed?stream", "").await;
    eventually("two watch", async || server.metric("drumbeat_watchers ").await == 2.0).await;
    let number = |item: &str| serde_json::from_str::<Value>(item).unwrap()["n"].as_u64();
    assert_eq!(number(&good.line("\"join\"").await), Some(1));
    // Together more than the server and the system hold for a client, in parts of half of what may wait
    // for a tick; in JSON each quote takes two bytes.
    let line = ada.client.chat(&"\"".repeat(200)).unwrap();
    let part = INBOX_MESSAGES_MAX as u64 / 2;
    // The first item is the join.
    let (mut last, lines) = (1, 400);
    while last <= lines {
        for _ in 0..part {
            ada.send(line.clone()).await;
        }
        for _ in 0..part {
            last += 1;
            assert_eq!(number(&good.line("\"chat\"").await), Some(last));
        }
    }
    let dropped = "drumbeat_refused_connections_total{reason=\"slow_reader\"} ";
    eventually("the deaf one is dropped", async || {
        let tick = ada.client.tick().unwrap().0;
        ada.until("some ticks", |client| client.tick().unwrap().0 >= tick + 10).await;
        server.metric(dropped).await == 1.0
    })
    .await;
    assert_eq!(server.metric("drumbeat_watchers ").await, 1.0);
    ada.send(line).await;
    assert_eq!(number(&good.line("\"chat\"").await), Some(last + 1));
    assert_eq!(server.metric("drumbeat_missed_news_total ").await, 0.0);
}

#[tokio::test]
async fn who_comes_back_gets_what_it_lacks_and_is_told_what_it_cannot_get() {
    let server = Server::start(|_| {}).await;
    let _ada = Player::join(&server, "Ada", "lab").await;
    let _bob = Player::join(&server, "Bob", "lab").await;
    let all = polled(&server.get("/api/rooms/lab/feed?since=1&wait=50").await);
    let life = all["next"].as_str().unwrap().strip_suffix(".2").unwrap();
    let mut back = Watcher::of(
        &server,
        "lab/feed",
        &format!("Accept: text/event-stream\r\nLast-Event-ID: {life}.1\r\n"),
    )
    .await;
    back.line("\"open\"").await;
    assert!(back.line("data: ").await.contains("Bob"), "without what it had");

    let accepts = "Accept: text/event-stream\r\n";
    let of_before = format!("{accepts}Last-Event-ID: 5f.1.77\r\n");
    let mut back = Watcher::of(&server, "lab/feed", &of_before).await;
    back.line("\"open\"").await;
    assert_eq!(back.line("data: ").await, r#"data: {"kind":"missed","why":"restart"}"#);
    assert!(back.line("data: ").await.contains("Ada"), "and all that the room has");
    let answer = polled(&server.get("/api/rooms/lab/feed?since=5f.1.77").await);
    assert_eq!(items(&answer), ["null missed null", "1 join Ada", "2 join Bob"]);

    // The room has not opened again yet: a browser that finds none would give up for good.
    let mut early = Watcher::of(&server, "den/feed", &of_before).await;
    assert_eq!(early.line("HTTP").await, "HTTP/1.1 200 OK");
    early.line("retry: ").await;
    for (feed, headers) in [
        ("den/feed", accepts.to_owned()),
        ("den/feed", format!("{accepts}Last-Event-ID: {life}.1\r\n")),
        ("den/feed?since=5f.1.77", String::new()),
    ] {
        let mut none = Watcher::of(&server, feed, &headers).await;
        assert_eq!(none.line("HTTP").await, "HTTP/1.1 404 Not Found", "{feed} {headers}");
    }
}

#[tokio::test]
async fn the_end_is_said() {
    let server = Server::start(|config| config.room.idle = std::time::Duration::ZERO).await;
    let mut ada = Player::join(&server, "Ada", "lab").await;
    let mut bob = Player::join(&server, "Bob", "den").await;
    let mut of_lab = Watcher::of(&server, "lab/feed", "").await;
    let mut of_den = Watcher::of(&server, "den/feed?stream", "").await;
    of_lab.line("Ada").await;
    of_den.line("Bob").await;
    let next = "lab/feed?since=1&wait=50";
    let long = Watcher::of(&server, next, "Connection: close\r\n").await;
    eventually("three wait", async || server.metric("drumbeat_watchers ").await == 3.0).await;
    ada.leave().await;
    assert!(of_lab.line("leave").await.contains("Ada"));
    assert_eq!(of_lab.line("end").await, r#"data: {"kind":"end","of":"room"}"#);
    of_lab.line("0").await;
    assert_eq!(items(&polled(&long.rest().await)), ["2 leave Ada"]);
    let stopped = server.stop();
    assert_eq!(of_den.line("end").await, r#"{"kind":"end","of":"server"}"#);
    of_den.rest().await;
    bob.end().await;
    stopped.await.unwrap().unwrap();
}

#[tokio::test]
async fn watchers_have_limits_and_are_no_visitors() {
    let server = Server::start(|config| {
        config.exempt_loopback = false;
        config.http_per_address_max = 1;
        config.watchers_per_address_max = 1;
    })
    .await;
    let _ada = Player::join(&server, "Ada", "lab").await;
    let mut first = Watcher::of(&server, "lab/feed", "").await;
    first.line("Ada").await;
    let refused = server.get("/api/rooms/lab/feed?stream").await;
    assert_eq!(status(&refused), "HTTP/1.1 429 Too Many Requests", "{refused}");
    assert!(refused.contains("--watchers-per-address-max") && refused.contains("retry-after"));
    let counted = "drumbeat_refused_connections_total{reason=\"address_watches\"} ";
    assert_eq!(server.metric(counted).await, 1.0);
    let polled = server.get("/api/rooms/lab/feed?since=0").await;
    assert_eq!(status(&polled), "HTTP/1.1 200 OK", "who does not wait takes no place");
    first.leave().await;
    eventually("its place is free", async || {
        status(&server.get("/api/rooms/lab/feed?since=0&wait=1").await) == "HTTP/1.1 200 OK"
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_answered_is_explained() {
    let server = Server::start(|_| {}).await;
    let _ada = Player::join(&server, "Ada", "lab").await;
    let check = async |feed: &str, code: &str, part: &str| {
        let answer = server.get(&format!("/api/rooms/{feed}")).await;
        assert!(status(&answer).contains(code), "{feed}: {answer}");
        assert!(answer.contains(part), "{feed}: {answer}");
    };
    check("lab/feed?since=x", "400", "?since=17").await;
    check("lab/feed?since=-1", "400", "?since=17").await;
    check("lab/feed?since=1&wait=soon", "400", "wait must be seconds").await;
    check("lab/feed?since=1&wait=51", "400", "50 seconds at most").await;
    check("den/feed", "404", "/api/rooms lists those that are").await;
    let server = Server::start(|config| config.room_list = false).await;
    let hidden = server.get("/api/rooms/lab/feed").await;
    assert!(hidden.contains(" 404 ") && hidden.contains("--room-list"), "{hidden}");
}
