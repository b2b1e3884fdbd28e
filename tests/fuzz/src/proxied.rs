//! What proxies say about where clients are. Only the server reads it: its own property tests are
//! beside the code.

#[path = "../../../server/src/net/forwarded.rs"]
mod forwarded;
#[path = "../../../server/src/net/proxy_header.rs"]
mod proxy_header;

use std::net::IpAddr;

use forwarded::{Misleading, Node, origin_of_request};
use proxy_header::{Announced, HEADER_BYTES_MAX, read};

/// Reads the bytes as a header of the PROXY protocol, and its lines as headers of a request.
///
/// # Panics
/// When what follows a header changes what it says, or when what a client sends changes where its
/// proxy says that it is.
pub fn proxied(bytes: &[u8]) {
    let announced = read(bytes);
    if let Announced::Complete(_, length) = announced {
        assert!(length <= bytes.len().min(HEADER_BYTES_MAX));
        assert_eq!(read(&bytes[..length]), announced);
        assert_eq!(read(&bytes[..length - 1]), Announced::Incomplete);
    }

    let trusts = |address: IpAddr| address.is_loopback();
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let (plain, named) = lines.split_at(lines.len() / 2);
    let _ = origin_of_request(plain, named, trusts);

    let client = Ok(Some(Node::At([203, 0, 113, 77].into(), None)));
    let own_line = [lines.as_slice(), &[b"203.0.113.77"]].concat();
    assert_eq!(origin_of_request(&own_line, &[], trusts), client);
    let own_line = [lines.as_slice(), &[b"for=203.0.113.77"]].concat();
    assert_eq!(origin_of_request(&[], &own_line, trusts), client);
    let appended = [bytes, b", 203.0.113.77"].concat();
    let found = origin_of_request(&[&appended], &[], trusts);
    assert!(found == client || std::str::from_utf8(bytes).is_err(), "{found:?}");
    let appended = [bytes, b", for=203.0.113.77"].concat();
    let found = origin_of_request(&[], &[&appended], trusts);
    assert!(found == client || found == Err(Misleading::Malformed), "{found:?}");
}
