//! Players and visitors behind proxies: whose address counts, and what is said about mistakes.

use std::time::Duration;

use drumbeat_server::config::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;

use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::ClientMessage;

use super::harness::{End, Player, Server, eventually, hello, message, status, within};

/// Trusts the proxies on this machine, which the tests are.
fn trusting(config: &mut Config) {
    config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    config.exempt_loopback = false;
    config.connections_per_address_max = 1;
    config.http_per_address_max = 1;
}

fn announcing(config: &mut Config) {
    trusting(config);
    config.proxy_protocol = true;
}

/// Connects to play, with these bytes before and these headers in the request; a refusal's status.
async fn play(
    server: &Server,
    before: &[u8],
    headers: &[(&'static str, &str)],
) -> Result<Player, u16> {
    let mut request = Player::request(server);
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    match Player::connect_behind(server, before, request).await {
        Ok(player) => Ok(player),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn the_cap_of_players_counts_each_forwarded_address() {
    let server = Server::start(trusting).await;
    let from = async |headers: &[(&'static str, &str)]| play(&server, b"", headers).await;
    const XFF: &str = "x-forwarded-for";
    let first = from(&[(XFF, "192.0.2.1")]).await.unwrap();
    let _second = from(&[(XFF, "192.0.2.2")]).await.unwrap();
    let _third = from(&[("forwarded", "for=192.0.2.3")]).await.unwrap();
    // One household has one IPv6 network.
    let _fourth = from(&[(XFF, "2001:db8:0:1::1")]).await.unwrap();
    for headers in [
        [(XFF, "192.0.2.1")],
        [(XFF, "198.51.100.1, 192.0.2.2")],
        [(XFF, "192.0.2.3, 127.0.0.9")],
        [("forwarded", "for=\"192.0.2.1:4711\"")],
        [(XFF, "2001:db8:0:1:ffff::2")],
    ] {
        assert_eq!(from(&headers).await.err(), Some(429), "{headers:?}");
    }
    assert_eq!(from(&[(XFF, "192.0.2.9, ?")]).await.err(), Some(400));
    drop(first);
    eventually("the place is free", async || from(&[(XFF, "192.0.2.1")]).await.is_ok()).await;
}

/// Joins a room from this address; the reason if that is refused.
async fn enter(server: &Server, from: &str, room: &str) -> Result<Player, End> {
    let mut player = play(server, b"", &[("x-forwarded-for", from)]).await.unwrap();
    player.send(message(&ClientMessage::Hello(hello(room)))).await;
    while player.client.tick().is_none() {
        player.step().await?;
    }
    Ok(player)
}

#[tokio::test]
async fn one_address_is_in_some_rooms_and_leaves_the_others() {
    let server = Server::start(|config| {
        trusting(config);
        config.connections_per_address_max = 9;
        (config.rooms_max, config.rooms_per_address_max) = (3, 2);
    })
    .await;
    let [here, nearby, elsewhere] = ["2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:2::1"];
    let first = enter(&server, here, "a").await.unwrap();
    let _second = enter(&server, nearby, "b").await.unwrap();
    let _theirs = enter(&server, elsewhere, "c").await.unwrap();
    let full = CloseCode::AddressRooms;
    for (from, room) in [(here, "d"), (nearby, "c")] {
        let refused = enter(&server, from, room).await.err();
        assert_eq!(refused, Some(End::Closed(full.code(), full.text().into())), "{room}");
    }
    let counted = server.metric("drumbeat_refused_connections_total{reason=\"address_rooms\"} ");
    assert_eq!(counted.await, 2.0);
    // Who names no room gets one of those.
    let any = enter(&server, here, "").await.unwrap();
    assert!(["a", "b"].contains(&&*any.client.welcome().unwrap().room));
    drop((first, any));
    eventually("another room may be entered", async || {
        let entered = enter(&server, here, "c").await;
        entered.is_ok()
    })
    .await;
}

#[tokio::test]
async fn who_is_not_trusted_is_not_believed() {
    let server = Server::start(|config| {
        trusting(config);
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        config.http_per_address_max = 9;
    })
    .await;
    let _first = play(&server, b"", &[("x-forwarded-for", "192.0.2.1")]).await.unwrap();
    let second = play(&server, b"", &[("x-forwarded-for", "192.0.2.2")]).await;
    assert_eq!(second.err(), Some(429));
    let header = b"PROXY TCP4 192.0.2.3 127.0.0.1 1 2\r\n";
    assert_eq!(play(&server, header, &[]).await.err(), Some(400));
}

/// Opens a connection with these bytes, and requests a health check on it without closing.
async fn keep_open(server: &Server, before: &[u8]) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = b"GET /js/net/index.js HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.write_all(&[before, request].concat()).await.unwrap();
    let mut line = [0; 12];
    within("an answer", stream.read_exact(&mut line)).await.unwrap();
    (stream, String::from_utf8(line.to_vec()).unwrap())
}

#[tokio::test]
async fn a_proxys_own_connections_have_no_cap_and_announced_ones_have() {
    const OK: &str = "HTTP/1.1 200";
    const TOO_MANY: &str = "HTTP/1.1 429";
    let server = Server::start(trusting).await;
    let mut held = Vec::new();
    for _ in 0..5 {
        let (stream, answer) = keep_open(&server, b"").await;
        assert_eq!(answer, OK);
        held.push(stream);
    }
    let server = Server::start(announcing).await;
    let from = |address: &str| format!("PROXY TCP4 {address} 127.0.0.1 4711 80\r\n").into_bytes();
    for (address, expected) in [("192.0.2.1", OK), ("192.0.2.2", OK), ("192.0.2.1", TOO_MANY)] {
        let (stream, answer) = keep_open(&server, &from(address)).await;
        assert_eq!(answer, expected, "{address}");
        held.push(stream);
    }
    // A second proxy behind the first.
    for _ in 0..3 {
        let (stream, answer) = keep_open(&server, &from("127.0.0.77")).await;
        assert_eq!(answer, OK);
        held.push(stream);
    }
}

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// A header of version 2 from 192.0.2.`last`, with these bytes as TLVs.
fn binary(last: u8, tlvs: &[u8]) -> Vec<u8> {
    let length = (12 + tlvs.len() as u16).to_be_bytes();
    let addresses = [192, 0, 2, last, 127, 0, 0, 1, 0x12, 0x67, 0, 80];
    [SIGNATURE, &[0x21, 0x11], &length, &addresses, tlvs].concat()
}

#[tokio::test]
async fn both_versions_of_the_proxy_protocol_name_the_player() {
    let server = Server::start(announcing).await;
    let text = |last: u8| format!("PROXY TCP4 192.0.2.{last} 127.0.0.1 4711 80\r\n").into_bytes();
    let _one = play(&server, &text(1), &[]).await.unwrap();
    let _two = play(&server, &binary(2, &[]), &[]).await.unwrap();
    let _three = play(&server, &binary(3, &[4, 0, 1, 0]), &[]).await.unwrap();
    let v6 = b"PROXY TCP6 2001:db8:0:1::1 ::1 4711 80\r\n";
    let _four = play(&server, v6, &[]).await.unwrap();
    for last in 1..=3 {
        assert_eq!(play(&server, &text(last), &[]).await.err(), Some(429), "{last}");
        assert_eq!(play(&server, &binary(last, &[]), &[]).await.err(), Some(429), "{last}");
        // The client's own word does not count.
        let spoofed = [("x-forwarded-for", "192.0.2.99")];
        assert_eq!(play(&server, &text(last), &spoofed).await.err(), Some(429), "{last}");
    }
    let v6 = b"PROXY TCP6 2001:db8:0:1:2::1 ::1 4711 80\r\n";
    assert_eq!(play(&server, v6, &[]).await.err(), Some(429));
    // Somebody whom the proxy does not name counts as the proxy, and can't name itself.
    let unnamed = [SIGNATURE, &[0x21, 0x00, 0, 0]].concat();
    let _five = play(&server, &unnamed, &[]).await.unwrap();
    let spoofed = [("x-forwarded-for", "192.0.2.99")];
    assert_eq!(play(&server, b"PROXY UNKNOWN\r\n", &spoofed).await.err(), Some(429));
}

/// Sends these pieces one by one, with the request behind them; the whole answer.
async fn send(server: &Server, pieces: &[&[u8]]) -> String {
    within("an answer", async {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for piece in pieces {
            // The server may have answered already.
            let _ = stream.write_all(piece).await;
            tokio::task::yield_now().await;
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    })
    .await
}

const GET: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn a_header_may_come_in_any_pieces() {
    let server = Server::start(announcing).await;
    let local = [SIGNATURE, &[0x20, 0x00, 0, 0]].concat();
    let headers: [&[u8]; 5] = [
        b"PROXY TCP4 192.0.2.1 127.0.0.1 4711 80\r\n",
        b"PROXY UNKNOWN ffff:: ffff:: 1 2\r\n",
        &binary(1, &[]),
        &binary(1, &[0xee; 3_000]),
        &local,
    ];
    for header in headers {
        let whole = [header, GET].concat();
        for size in [1, 7, 1_000, whole.len()] {
            let pieces: Vec<&[u8]> = whole.chunks(size).collect();
            let answer = send(&server, &pieces).await;
            assert!(answer.starts_with("HTTP/1.1 200 "), "{size} {header:?}: {answer}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_header_is_said_and_counted() {
    let server = Server::start(|config| {
        announcing(config);
        config.handshake_timeout = Duration::from_millis(200);
    })
    .await;
    let check = async |sent: &[u8], code: u16, reason: &str, part: &str| {
        let answer = send(&server, &[sent]).await;
        assert!(status(&answer).starts_with(&format!("HTTP/1.1 {code} ")), "{sent:?}: {answer}");
        assert!(answer.contains(part), "{part} in {answer}");
        let counter = format!("drumbeat_refused_connections_total{{reason=\"{reason}\"}} ");
        server.metric(&counter).await as u32
    };
    let missing = "proxy_header_missing";
    assert_eq!(check(GET, 400, missing, "send-proxy-v2").await, 1);
    assert_eq!(check(b"\x16\x03\x01\0\0", 400, missing, "without --proxy-protocol").await, 2);
    let bad = "bad_proxy_header";
    assert_eq!(check(b"PROXY TCP4 a b 1 2\r\n", 400, bad, "version 1 or 2").await, 1);
    let long = [b"PROXY UNKNOWN ".as_slice(), &[b'x'; 500]].concat();
    assert_eq!(check(&long, 400, bad, "version 1 or 2").await, 2);
    let long = [SIGNATURE, &[0x21, 0x11, 0xff, 0xff]].concat();
    assert_eq!(check(&long, 400, bad, "longer than 4096 bytes").await, 3);
    // A header, and a request, must each be complete within the limit.
    let slow = "slow_request";
    assert_eq!(check(b"PROXY TCP4 192.0.2.1", 408, slow, "send it at once").await, 1);
    assert_eq!(check(&SIGNATURE[..7], 408, slow, "send it at once").await, 2);
    assert_eq!(check(b"PROXY UNKNOWN\r\nGET / HT", 408, slow, "send it at once").await, 3);
    // A proxy that only looks whether the port is open, or keeps a connection in reserve.
    assert_eq!(send(&server, &[]).await, "");
    assert_eq!(check(GET, 400, missing, "send-proxy-v2").await, 3);
}

#[tokio::test]
async fn headers_that_do_not_come_take_no_place_from_others() {
    let server = Server::start(|config| {
        announcing(config);
        config.connections_max = 1;
        config.http_connections_max = 3;
        config.handshake_timeout = Duration::from_millis(500);
    })
    .await;
    let mut silent = Vec::new();
    for _ in 0..10 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"PROXY").await.unwrap();
        silent.push(stream);
    }
    // Health is told even while all places are waited in, and once the limit is over they are free.
    let health = [b"PROXY UNKNOWN\r\n", GET].concat();
    let answer = send(&server, &[&health]).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    eventually("places are free", async || {
        let header = b"PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n";
        play(&server, header, &[]).await.is_ok()
    })
    .await;
}
