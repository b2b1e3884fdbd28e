use tokio::io::AsyncWriteExt;
use tokio::time::Instant;

use super::*;
use crate::config::Settings;

fn proxies(trusted: &[&str], announce: bool) -> Proxies {
    Proxies::new(&Config {
        trusted_proxies: trusted.iter().map(|network| network.parse().unwrap()).collect(),
        proxy_protocol: announce,
        ..Config::new(&Settings::default(), (), "")
    })
}

fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}

fn peer(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

const PEER: &str = "10.0.0.7:5000";

#[test]
fn only_trusted_proxies_are_believed() {
    let check = |trusted: &[&str], fields: &[(&'static str, &str)], expected: &str| {
        let proxies = proxies(trusted, false);
        let client = proxies.client(proxies.source(peer(PEER)), &headers(fields));
        assert_eq!(client.unwrap().to_string(), expected, "{trusted:?} {fields:?}");
    };
    let one = [("x-forwarded-for", "192.0.2.1")];
    check(&[], &one, PEER);
    check(&["10.0.0.8"], &one, PEER);
    check(&["10.0.0.0/8"], &one, "192.0.2.1");
    check(&["10.0.0.0/8"], &[("forwarded", "for=\"192.0.2.1:80\"")], "192.0.2.1:80");
    check(&["10.0.0.0/8"], &[], PEER);
    check(&["10.0.0.0/8"], &[("x-forwarded-for", "192.0.2.1, unknown")], PEER);
    check(&["10.0.0.0/8"], &[("x-forwarded-for", "192.0.2.1, 10.1.1.1")], "192.0.2.1");
    check(&["10.0.0.7"], &[("x-forwarded-for", "192.0.2.1, 10.1.1.1")], "10.1.1.1");
    let lines = [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", "192.0.2.1")];
    check(&["10.0.0.7"], &lines, "192.0.2.1");
    // Who is not believed cannot be refused for what it says, either.
    check(&[], &[("x-forwarded-for", "?"), ("forwarded", "for=\"")], PEER);
}

#[test]
fn a_proxy_that_is_not_clear_is_told_what_to_do() {
    let check = |fields: &[(&'static str, &str)], part: &str| {
        let proxies = proxies(&["10.0.0.7"], false);
        let client = proxies.client(proxies.source(peer(PEER)), &headers(fields));
        let refusal = client.unwrap_err();
        assert_eq!(refusal.reason, RefusalReason::BadForwarded);
        assert!(refusal.text.contains(part), "{part} in {}", refusal.text);
    };
    check(&[("x-forwarded-for", "?")], "$proxy_add_x_forwarded_for");
    check(
        &[("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.2")],
        "proxy_set_header Forwarded \"\"",
    );
}

#[test]
fn what_is_announced_may_be_a_proxy_again() {
    let quiet = proxies(&["10.0.0.0/8"], false);
    assert!(!quiet.announces(peer(PEER)));
    let proxies = proxies(&["10.0.0.0/8"], true);
    let check = |sender, address: &str, is_proxy| {
        let expected = Source { address: peer(address).into(), is_proxy };
        assert_eq!(proxies.announced(peer(PEER), sender), expected, "{sender:?}");
    };
    check(Sender::Client(peer("192.0.2.1:80")), "192.0.2.1:80", false);
    check(Sender::Client(peer("10.1.1.1:80")), "10.1.1.1:80", true);
    check(Sender::Proxy, PEER, true);
    check(Sender::Unnamed, PEER, false);
    assert!(proxies.announces(peer(PEER)));
    assert!(proxies.announces(peer("[::ffff:10.0.0.7]:5000")));
    assert!(!proxies.announces(peer("192.0.2.1:80")));
}

#[test]
fn a_full_address_that_seems_a_proxys_is_told_so() {
    let refused = |reason| Refusal::new(StatusCode::TOO_MANY_REQUESTS, reason, "full");
    let check = |trusted: &[&str], client: &str, forwards: bool, expected| {
        let fields = [("x-forwarded-for", "192.0.2.1")];
        let headers = if forwards { headers(&fields) } else { HeaderMap::new() };
        let proxies = proxies(trusted, false);
        let client = Address::new(client.parse().unwrap(), None);
        let explained = proxies.explain(refused(RefusalReason::AddressFull), client, &headers);
        assert_eq!(explained.reason, expected, "{trusted:?} {client}");
        let full = refused(RefusalReason::ConnectionsFull);
        assert_eq!(proxies.explain(full.clone(), client, &headers), full);
    };
    check(&["10.0.0.7"], "10.0.0.7", false, RefusalReason::ClientUnnamed);
    check(&["10.0.0.7"], "192.0.2.1", true, RefusalReason::AddressFull);
    check(&[], "10.0.0.7", true, RefusalReason::ProxyNotTrusted);
    check(&[], "10.0.0.7", false, RefusalReason::AddressFull);
}

const LIMIT: Duration = Duration::from_secs(5);

/// What is read when these pieces arrive one after the other, then perhaps the end.
async fn announce(
    pieces: &[&[u8]],
    ends: bool,
) -> (Result<(Sender, Bytes), Option<Refusal>>, Duration) {
    let (mut near, mut far) = tokio::io::duplex(1 << 16);
    let started = Instant::now();
    let reading = tokio::spawn(async move { announcement(&mut near, LIMIT).await });
    for piece in pieces {
        far.write_all(piece).await.unwrap();
        // Longer than the reader needs, with the clock paused.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let held = (!ends).then_some(far);
    let read = reading.await.unwrap();
    drop(held);
    (read, started.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_header_may_arrive_in_pieces_and_the_rest_is_kept() {
    let bytes = b"PROXY TCP4 192.0.2.1 192.0.2.2 80 443\r\nGET";
    let expected = Ok((Sender::Client(peer("192.0.2.1:80")), Bytes::from_static(b"GET")));
    assert_eq!(announce(&[bytes], false).await.0, expected);
    let (begin, end) = bytes.split_at(bytes.len() - 4);
    let mut pieces: Vec<&[u8]> = begin.chunks(1).collect();
    pieces.push(end);
    assert_eq!(announce(&pieces, false).await.0, expected);
    let fixed = b"\r\n\r\n\0\r\nQUIT\n\x20\x00\x0f\x00";
    let long = [fixed.as_slice(), &[7; 0xf00], b"rest"].concat();
    let pieces: Vec<&[u8]> = long.chunks(1_000).collect();
    let expected = Ok((Sender::Proxy, Bytes::from_static(b"rest")));
    assert_eq!(announce(&pieces, false).await.0, expected);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_come_is_not_waited_for() {
    let (read, waited) = announce(&[b"PROXY TCP4 192."], false).await;
    assert_eq!(read, Err(Some(fault::SLOW_REQUEST)));
    assert_eq!(waited.as_secs(), LIMIT.as_secs());
    // Each byte within the limit, all of them not.
    let slow: Vec<&[u8]> = b"PROXY UNKNOWN ".chunks(1).collect();
    let (mut near, mut far) = tokio::io::duplex(64);
    let started = Instant::now();
    let reading = tokio::spawn(async move { announcement(&mut near, LIMIT).await });
    for byte in slow.iter().cycle() {
        tokio::time::sleep(LIMIT / 4).await;
        if far.write_all(byte).await.is_err() {
            break;
        }
    }
    assert_eq!(reading.await.unwrap(), Err(Some(fault::SLOW_REQUEST)));
    assert!(started.elapsed() < 2 * LIMIT);
    assert_eq!(announce(&[], false).await.0, Err(None), "a connection that is not needed");
    assert_eq!(announce(&[], true).await.0, Err(None), "a check whether the port is open");
    assert_eq!(announce(&[b"PROXY TC"], true).await.0, Err(None));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_header_is_answered_at_once() {
    let check = async |bytes: &[u8], expected| {
        let (read, waited) = announce(&[bytes], false).await;
        assert_eq!(read, Err(Some(expected)));
        assert!(waited < LIMIT);
    };
    check(b"GET / HTTP/1.1\r\n\r\n", fault::PROXY_HEADER_MISSING).await;
    check(b"\x16\x03\x01", fault::PROXY_HEADER_MISSING).await;
    check(b"PROXY TCP4 a b c d\r\n", fault::BAD_PROXY_HEADER).await;
    check(&[b"PROXY ".as_slice(), &[b'x'; 200]].concat(), fault::BAD_PROXY_HEADER).await;
}
