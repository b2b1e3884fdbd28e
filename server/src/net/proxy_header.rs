//! The header of the PROXY protocol, version 1 or 2, with which a proxy begins a connection that it
//! passes on.

use std::net::{IpAddr, SocketAddr};

use ppp::{v1, v2};

/// Limit of a header of version 1, bytes, by the standard.
const TEXT_BYTES_MAX: usize = 107;
/// Limit of a header of version 2, bytes: proxies add TLVs, such as a client's certificate.
pub(crate) const HEADER_BYTES_MAX: usize = 4 << 10;
/// Begins a header of version 1.
const TEXT_BEGIN: &[u8] = b"PROXY ";
/// Bytes of version 2 that tell how long the header is.
const FIXED_BYTES: usize = 16;

/// What the first bytes of a connection are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Announced {
    /// A header so far, which goes on.
    Incomplete,
    /// A header of this many bytes.
    Complete(Sender, usize),
    /// Not a header.
    Missing,
    /// A header that is not valid, or has more than [`HEADER_BYTES_MAX`].
    Malformed,
}

/// On whose behalf a proxy connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// On that of a client at this address.
    Client(SocketAddr),
    /// On that of somebody whom it does not name.
    Unnamed,
    /// On its own: it checks whether the server is there.
    Proxy,
}

/// Reads the first bytes of a connection.
pub(crate) fn read(bytes: &[u8]) -> Announced {
    let begins = |begin: &[u8]| {
        let common = begin.len().min(bytes.len());
        bytes[..common] == begin[..common]
    };
    if begins(TEXT_BEGIN) {
        read_text(bytes)
    } else if begins(v2::PROTOCOL_PREFIX) {
        read_binary(bytes)
    } else {
        Announced::Missing
    }
}

fn read_text(bytes: &[u8]) -> Announced {
    let known = &bytes[..bytes.len().min(TEXT_BYTES_MAX)];
    let Some(end) = known.windows(2).position(|two| two == b"\r\n") else {
        let is_whole = known.len() == TEXT_BYTES_MAX;
        return if is_whole { Announced::Malformed } else { Announced::Incomplete };
    };
    // The library is given whole lines alone: it takes some that are cut for wrong ones.
    let length = end + 2;
    let sender = match v1::Header::try_from(&known[..length]).map(|header| header.addresses) {
        Ok(v1::Addresses::Tcp4(from)) => client(from.source_address, from.source_port),
        Ok(v1::Addresses::Tcp6(from)) => client(from.source_address, from.source_port),
        Ok(v1::Addresses::Unknown) => Sender::Unnamed,
        Err(_) => return Announced::Malformed,
    };
    Announced::Complete(sender, length)
}

fn read_binary(bytes: &[u8]) -> Announced {
    let Some(fixed) = bytes.first_chunk::<FIXED_BYTES>() else {
        return Announced::Incomplete;
    };
    let length = FIXED_BYTES + usize::from(u16::from_be_bytes([fixed[14], fixed[15]]));
    if length > HEADER_BYTES_MAX {
        return Announced::Malformed;
    }
    let header = match v2::Header::try_from(&bytes[..bytes.len().min(length)]) {
        Ok(header) => header,
        Err(v2::ParseError::Incomplete(_) | v2::ParseError::Partial(..)) => {
            return Announced::Incomplete;
        }
        Err(_) => return Announced::Malformed,
    };
    let sender = match (header.command, header.addresses) {
        (v2::Command::Local, _) => Sender::Proxy,
        (_, v2::Addresses::IPv4(from)) => client(from.source_address, from.source_port),
        (_, v2::Addresses::IPv6(from)) => client(from.source_address, from.source_port),
        (_, v2::Addresses::Unix(_) | v2::Addresses::Unspecified) => Sender::Unnamed,
    };
    Announced::Complete(sender, length)
}

fn client(address: impl Into<IpAddr>, port: u16) -> Sender {
    Sender::Client(SocketAddr::new(address.into(), port))
}

#[cfg(test)]
mod tests;
