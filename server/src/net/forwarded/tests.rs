use proptest::prelude::*;

use super::*;

const TRUSTED: [&str; 3] = ["10.0.0.1", "10.0.0.2", "fd00::1"];

fn trusts(address: IpAddr) -> bool {
    TRUSTED.iter().any(|trusted| trusted.parse() == Ok(address))
}

fn resolve(plain: &[&str], named: &[&str]) -> Result<Option<Node>, Misleading> {
    let plain: Vec<&[u8]> = plain.iter().map(|line| line.as_bytes()).collect();
    let named: Vec<&[u8]> = named.iter().map(|line| line.as_bytes()).collect();
    origin_of_request(&plain, &named, trusts)
}

fn at(address: &str, port: Option<u16>) -> Result<Option<Node>, Misleading> {
    Ok(Some(Node::At(address.parse().unwrap(), port)))
}

const UNKNOWN: Result<Option<Node>, Misleading> = Ok(Some(Node::Unknown));
const MALFORMED: Result<Option<Node>, Misleading> = Err(Misleading::Malformed);

#[test]
fn the_last_address_that_is_no_proxy_counts() {
    let check = |lines: &[&str], expected| assert_eq!(resolve(lines, &[]), expected, "{lines:?}");
    check(&[], Ok(None));
    check(&[""], Ok(None));
    check(&[" , ,"], Ok(None));
    check(&["192.0.2.1"], at("192.0.2.1", None));
    check(&["198.51.100.9, 192.0.2.1"], at("192.0.2.1", None));
    check(&["198.51.100.9, 192.0.2.1, 10.0.0.1"], at("192.0.2.1", None));
    check(&["192.0.2.1,10.0.0.2 ,10.0.0.1,"], at("192.0.2.1", None));
    check(&["198.51.100.9", "192.0.2.1"], at("192.0.2.1", None));
    check(&["192.0.2.1", "10.0.0.1"], at("192.0.2.1", None));
    check(&["192.0.2.1", "10.0.0.2, 10.0.0.1"], at("192.0.2.1", None));
    // All are proxies: the request is the first one's own.
    check(&["10.0.0.2, 10.0.0.1"], at("10.0.0.2", None));
    // What stands before is not looked at, whatever it is.
    check(&["garbage, \u{1}, 127.0.0.1, 192.0.2.1"], at("192.0.2.1", None));
    check(&["\"", "192.0.2.1"], at("192.0.2.1", None));
    check(&["10.0.0.1, 192.0.2.1"], at("192.0.2.1", None));
}

#[test]
fn an_address_has_many_forms() {
    let check = |text: &str, expected| assert_eq!(resolve(&[text], &[]), expected, "{text}");
    check("192.0.2.1:4711", at("192.0.2.1", Some(4711)));
    check("2001:db8::1", at("2001:db8::1", None));
    check("[2001:db8::1]", at("2001:db8::1", None));
    check("[2001:db8::1]:80", at("2001:db8::1", Some(80)));
    check("[2001:db8::1]:_port", at("2001:db8::1", None));
    check("192.0.2.1:_port", at("192.0.2.1", None));
    check("::ffff:192.0.2.1", at("192.0.2.1", None));
    check("[::ffff:10.0.0.1]", at("10.0.0.1", None));
    check("unknown", UNKNOWN);
    check("Unknown", UNKNOWN);
    check("_hidden", UNKNOWN);
    check("_hidden:_port", UNKNOWN);
    check("192.0.2.1, unknown, 10.0.0.1", UNKNOWN);
    for text in [
        "localhost",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.01",
        "0xc0.0.2.1",
        "3221225985",
        "192.0.2.1:",
        "192.0.2.1:65536",
        "192.0.2.1:80:80",
        "192.0.2.1/24",
        "192.0.2.1 192.0.2.2",
        "192.0.2.1;192.0.2.2",
        "[192.0.2.1]",
        "[2001:db8::1",
        "2001:db8::1]",
        "[2001:db8::1]80",
        "[]",
        "[fe80::1%eth0]",
        "fe80::1%eth0",
        "_",
        "_a b",
        "unknown:x",
        "for=192.0.2.1",
        "\"192.0.2.1\"",
        "'192.0.2.1'",
    ] {
        check(text, MALFORMED);
        assert_eq!(resolve(&[&format!("192.0.2.9, {text}")], &[]), MALFORMED, "{text}");
        assert_eq!(resolve(&[&format!("{text}, 192.0.2.9")], &[]), at("192.0.2.9", None));
    }
}

#[test]
fn the_standards_header_is_read_likewise() {
    let check = |lines: &[&str], expected| assert_eq!(resolve(&[], lines), expected, "{lines:?}");
    check(&["for=192.0.2.43"], at("192.0.2.43", None));
    check(&["For=\"[2001:db8:cafe::17]:4711\""], at("2001:db8:cafe::17", Some(4711)));
    check(&["for=192.0.2.60;proto=http;by=203.0.113.43"], at("192.0.2.60", None));
    check(&["proto=http; FOR = \"192.0.2.60\" ;;"], at("192.0.2.60", None));
    check(&["for=192.0.2.43, for=198.51.100.17"], at("198.51.100.17", None));
    check(&["for=192.0.2.43, for=\"10.0.0.2:80\" ;by=_a , for=10.0.0.1"], at("192.0.2.43", None));
    check(&["for=192.0.2.43", "for=10.0.0.1"], at("192.0.2.43", None));
    check(&["for=_hidden, for=_SEVKISEK"], UNKNOWN);
    check(&["for=unknown"], UNKNOWN);
    check(&["proto=https"], UNKNOWN);
    check(&["for=192.0.2.43, proto=https"], UNKNOWN);
    check(&["ext=\"a,b;for=10.0.0.9\";for=192.0.2.1"], at("192.0.2.1", None));
    check(&["ext=\"a\\\",for=10.0.0.9\";for=192.0.2.1"], at("192.0.2.1", None));
    check(&["garbage, for=192.0.2.1"], at("192.0.2.1", None));
    check(&["for=\"", "for=192.0.2.1"], at("192.0.2.1", None));
    // A client cannot swallow, with an open quote, what the proxy appends to its line.
    check(&["for=\"198.51.100.9, for=192.0.2.1"], MALFORMED);
    check(&["for=\"198.51.100.9\\\", for=192.0.2.1"], MALFORMED);
    check(&["for=192.0.2.1;for=198.51.100.9"], MALFORMED);
    check(&["for"], MALFORMED);
    check(&["for="], MALFORMED);
    check(&["for=\"192.0.2.1"], MALFORMED);
    check(&["for=192.0.2.1\""], MALFORMED);
    check(&["for=\"192.0.2.1\"x"], MALFORMED);
    check(&["for=\"192.0.2\\.1\""], MALFORMED);
    check(&["192.0.2.1"], MALFORMED);
    let many = "for=192.0.2.1,".repeat(ELEMENTS_MAX);
    check(&[&many], MALFORMED);
    check(&[&many[14..many.len() - 1]], at("192.0.2.1", None));
}

#[test]
fn two_headers_must_agree() {
    let check = |plain: &str, named: &str, expected| {
        assert_eq!(resolve(&[plain], &[named]), expected, "{plain} {named}");
    };
    check("192.0.2.1", "for=192.0.2.1", at("192.0.2.1", None));
    check("192.0.2.1", "for=\"192.0.2.1:80\"", at("192.0.2.1", Some(80)));
    check("198.51.100.9, 192.0.2.1", "for=192.0.2.1, for=10.0.0.1", at("192.0.2.1", None));
    check("unknown", "for=_hidden", UNKNOWN);
    check("192.0.2.1", "", at("192.0.2.1", None));
    check("192.0.2.1", "for=198.51.100.9", Err(Misleading::Contradiction));
    check("192.0.2.1", "for=unknown", Err(Misleading::Contradiction));
    check("192.0.2.1", "for=", MALFORMED);
    check(":", "for=192.0.2.1", MALFORMED);
}

#[test]
fn what_is_no_text_is_malformed() {
    let lines: [&[u8]; 2] = [b"\xff", b"10.0.0.1"];
    assert_eq!(origin_of_request(&lines, &[], trusts), MALFORMED);
    let lines: [&[u8]; 2] = [b"\xff", b"192.0.2.1"];
    assert_eq!(origin_of_request(&lines, &[], trusts), at("192.0.2.1", None));
}

/// Texts of the letters that the headers' grammar knows, which get farther than any bytes.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "for=",
        "\"",
        "\\",
        ",",
        ";",
        "=",
        "[",
        "]",
        ":",
        " ",
        "_a",
        "unknown",
        "10.0.0.1",
        "192.0.2.1",
        "2001:db8::1",
        "80",
        "by=",
        "proto=http",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_before_the_proxys_own_word_matters(
        lines in prop::collection::vec(hostile(), 0..4),
        before in hostile(),
    ) {
        let client = at("203.0.113.77", None);
        let mut lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        // Appended to the client's last line, and as a line of its own.
        let appended = format!("{before}, 203.0.113.77");
        prop_assert_eq!(resolve(&[lines.clone(), vec![&appended]].concat(), &[]), client);
        let appended = format!("{before}, for=203.0.113.77");
        let found = resolve(&[], &[lines.clone(), vec![&appended]].concat());
        // With an open quote before it the line cannot be split.
        prop_assert!(found == client || found == MALFORMED, "{:?}", found);
        lines.push("203.0.113.77");
        prop_assert_eq!(resolve(&lines, &[]), client);
        *lines.last_mut().unwrap() = "for=203.0.113.77";
        prop_assert_eq!(resolve(&[], &lines), client);
    }

    #[test]
    fn any_bytes_are_read(
        plain in prop::collection::vec(any::<u8>(), 0..60),
        named in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let _ = origin_of_request(&[&plain], &[&named], trusts);
        let _ = origin_of_request(&[], &[&named, b"for=10.0.0.1"], trusts);
    }
}
