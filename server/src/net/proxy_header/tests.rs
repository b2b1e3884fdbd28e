use proptest::prelude::*;

use super::*;

fn binary(command: u8, family: u8, payload: &[u8]) -> Vec<u8> {
    let mut header = v2::PROTOCOL_PREFIX.to_vec();
    header.extend([command, family]);
    header.extend((payload.len() as u16).to_be_bytes());
    header.extend(payload);
    header
}

/// 192.0.2.1:4711 to 192.0.2.2:443.
const V4: [u8; 12] = [192, 0, 2, 1, 192, 0, 2, 2, 0x12, 0x67, 1, 187];

fn v6() -> Vec<u8> {
    let from: std::net::Ipv6Addr = "2001:db8::1".parse().unwrap();
    [from.octets().to_vec(), vec![0; 16], vec![0x12, 0x67, 1, 187]].concat()
}

fn client_at(address: &str) -> Sender {
    Sender::Client(address.parse().unwrap())
}

fn whole_headers() -> Vec<(Vec<u8>, Sender)> {
    let text = |text: &str| text.as_bytes().to_vec();
    let longest = format!("PROXY TCP6 {0} {0} 65535 65535\r\n", ["ffff"; 8].join(":"));
    assert_eq!(longest.len(), 104);
    let tlvs = [V4.as_slice(), &[0x20, 0, 5, 1, 0, 0, 0, 0, 0x02, 0, 1, b'x']].concat();
    // As many TLVs as may be; what is in them does not matter.
    let most = [V4.as_slice(), &vec![0xff; HEADER_BYTES_MAX - FIXED_BYTES - V4.len()]].concat();
    vec![
        (text("PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n"), client_at("192.0.2.1:4711")),
        (text("PROXY TCP6 2001:db8::1 ::1 4711 443\r\n"), client_at("[2001:db8::1]:4711")),
        (text(&longest), client_at("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")),
        (text("PROXY UNKNOWN\r\n"), Sender::Unnamed),
        (text("PROXY UNKNOWN 2001:db8::1 ::1 4711 443\r\n"), Sender::Unnamed),
        (binary(0x21, 0x11, &V4), client_at("192.0.2.1:4711")),
        (binary(0x21, 0x21, &v6()), client_at("[2001:db8::1]:4711")),
        (binary(0x21, 0x11, &tlvs), client_at("192.0.2.1:4711")),
        (binary(0x21, 0x11, &most), client_at("192.0.2.1:4711")),
        (binary(0x20, 0x00, &[]), Sender::Proxy),
        (binary(0x20, 0x11, &V4), Sender::Proxy),
        (binary(0x20, 0x00, &[1, 2, 3]), Sender::Proxy),
        (binary(0x21, 0x00, &[]), Sender::Unnamed),
        (binary(0x21, 0x00, &V4), Sender::Unnamed),
        (binary(0x21, 0x31, &[0; 216]), Sender::Unnamed),
    ]
}

#[test]
fn a_header_is_read_however_it_is_cut_and_whatever_follows() {
    for (header, sender) in whole_headers() {
        for length in 0..header.len() {
            let cut = &header[..length];
            assert_eq!(read(cut), Announced::Incomplete, "{length} of {header:?}");
        }
        for more in [&b""[..], b"GET / HTTP/1.1\r\n", b"\r\n", b"PROXY UNKNOWN\r\n", &[0; 9_000]] {
            let bytes = [&header, more].concat();
            assert_eq!(read(&bytes), Announced::Complete(sender, header.len()), "{header:?}");
        }
    }
}

#[test]
fn what_is_no_header_is_known_at_once() {
    for bytes in [
        &b"G"[..],
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01",
        b"PRI * HTTP/2.0",
        b"PROXX",
        b"proxy TCP4",
        b"\r\n\r\n\0\r\nQUIX",
        b"\r\n\r\nGET",
        b" PROXY TCP4",
        b"\0",
    ] {
        assert_eq!(read(bytes), Announced::Missing, "{bytes:?}");
    }
}

#[test]
fn a_wrong_header_is_malformed_and_no_client() {
    for text in [
        "PROXY \r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP5 192.0.2.1 192.0.2.2 4711 443\r\n",
        "PROXY tcp4 192.0.2.1 192.0.2.2 4711 443\r\n",
        "PROXY UDP4 192.0.2.1 192.0.2.2 4711 443\r\n",
        "PROXY TCP4 2001:db8::1 ::1 4711 443\r\n",
        "PROXY TCP6 192.0.2.1 192.0.2.2 4711 443\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 4711\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 4711 443 \r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 4711 443 9\r\n",
        "PROXY TCP4  192.0.2.1 192.0.2.2 4711 443\r\n",
        "PROXY TCP4 192.0.2.256 192.0.2.2 4711 443\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 65536 443\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 04711 443\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 -1 443\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\rX\r\n",
        "PROXY TCP4 localhost 192.0.2.2 4711 443\r\n",
        "PROXY TCP4 192.0.2.1\t192.0.2.2 4711 443\r\n",
    ] {
        assert_eq!(read(text.as_bytes()), Announced::Malformed, "{text:?}");
    }
    let check = |bytes: &[u8]| assert_eq!(read(bytes), Announced::Malformed, "{bytes:?}");
    check(b"PROXY TCP4 192.0.2.1\xff 192.0.2.2 4711 443\r\n");
    // A line feed alone ends nothing, and a line without end has an end.
    check(&[b"PROXY UNKNOWN ".as_slice(), &[b'x'; 200]].concat());
    check(&[b"PROXY UNKNOWN\n".as_slice(), &[b'x'; 200]].concat());
    check(&[b"PROXY UNKNOWN ".as_slice(), &[b'x'; 92], b"\r\n"].concat());
    check(&binary(0x11, 0x11, &V4));
    check(&binary(0x22, 0x11, &V4));
    check(&binary(0x2f, 0x11, &V4));
    check(&binary(0x21, 0x41, &V4));
    check(&binary(0x21, 0x13, &V4));
    check(&binary(0x21, 0x11, &V4[..11]));
    check(&binary(0x21, 0x21, &V4));
    check(&binary(0x21, 0x31, &V4));
    check(&binary(0x21, 0x11, &vec![0; HEADER_BYTES_MAX]));
    // One that is too long is not waited for.
    check(&binary(0x21, 0x11, &[0xff; 65_535])[..FIXED_BYTES]);
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for begin in [&b""[..], TEXT_BEGIN, b"PROXY TCP4 192.0.2.1 ", v2::PROTOCOL_PREFIX] {
            let bytes = [begin, &bytes].concat();
            if let Announced::Complete(_, length) = read(&bytes) {
                prop_assert!(length <= bytes.len());
                // What follows the header does not change what it says.
                prop_assert_eq!(read(&bytes[..length]), read(&bytes));
            }
        }
    }

    #[test]
    fn a_spoilt_header_is_read(
        (header, _) in prop::sample::select(whole_headers()),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut header = header;
        let at = at.index(header.len());
        header[at] = byte;
        let _ = read(&header);
        for length in 0..header.len().min(120) {
            let _ = read(&header[..length]);
        }
    }
}
