//! What proxies say about where a request comes from: the headers `X-Forwarded-For` and `Forwarded`
//! (RFC 7239).
//!
//! Each proxy appends the address that it saw. So the last one is what the nearest proxy saw; if
//! that is a trusted proxy itself, the one before it counts, and so on. Whatever stands before the
//! first address that is not trusted may be invented, and is not looked at.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Where a request was, according to a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// An address, with its port if that is named.
    At(IpAddr, Option<u16>),
    /// The proxy does not know or say.
    Unknown,
}

/// Why the headers name nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misleading {
    /// What was written last is not in the form of the header.
    Malformed,
    /// The two headers name different addresses: a proxy writes one and passes on the other.
    Contradiction,
}

/// Limit of elements of one `Forwarded` line.
const ELEMENTS_MAX: usize = 64;

/// The nodes of a line, `None` for what is none.
type Nodes<'a> = Box<dyn DoubleEndedIterator<Item = Option<Node>> + 'a>;

/// Where the request of a trusted proxy comes from, by the lines of both headers. `None` if there is
/// neither.
///
/// # Errors
/// When that is not clear. Nobody but a client or a proxy with a mistake sends such a header.
pub(crate) fn origin_of_request(
    x_forwarded_for: &[&[u8]],
    forwarded: &[&[u8]],
    trusts: impl Fn(IpAddr) -> bool,
) -> Result<Option<Node>, Misleading> {
    let plain = farthest(x_forwarded_for, addresses, &trusts)?;
    let named = farthest(forwarded, elements, &trusts)?;
    match (plain, named) {
        (Some(Node::At(one, port)), Some(Node::At(other, other_port))) if one == other => {
            Ok(Some(Node::At(one, port.or(other_port))))
        }
        (Some(one), Some(other)) if one != other => Err(Misleading::Contradiction),
        (plain, named) => Ok(plain.or(named)),
    }
}

/// From the last node back, the first that is not a trusted proxy; if all are, the first of them.
fn farthest(
    lines: &[&[u8]],
    read: for<'a> fn(&'a str) -> Option<Nodes<'a>>,
    trusts: impl Fn(IpAddr) -> bool,
) -> Result<Option<Node>, Misleading> {
    let mut farthest = None;
    for line in lines.iter().rev() {
        let line = std::str::from_utf8(line).map_err(|_| Misleading::Malformed)?;
        for node in read(line).ok_or(Misleading::Malformed)?.rev() {
            let node = node.ok_or(Misleading::Malformed)?;
            farthest = Some(node);
            match node {
                Node::At(address, _) if trusts(address) => {}
                _ => return Ok(farthest),
            }
        }
    }
    Ok(farthest)
}

/// The nodes of an `X-Forwarded-For` line.
fn addresses(line: &str) -> Option<Nodes<'_>> {
    let nodes = line.split(',').map(str::trim).filter(|text| !text.is_empty());
    Some(Box::new(nodes.map(node)))
}

/// The nodes of a `Forwarded` line. `None` if the line has too many, or can't be split.
fn elements(line: &str) -> Option<Nodes<'_>> {
    let elements = split(line, ',')?;
    if elements.len() > ELEMENTS_MAX {
        return None;
    }
    let elements = elements.into_iter().filter(|text| !text.trim().is_empty());
    Some(Box::new(elements.map(element_node)))
}

/// The node of one element of `Forwarded`, such as `for="[2001:db8::1]:80";proto=https`.
fn element_node(element: &str) -> Option<Node> {
    let mut found = None;
    for pair in split(element, ';')? {
        if pair.trim().is_empty() {
            continue;
        }
        let (name, value) = pair.split_once('=')?;
        if !name.trim().eq_ignore_ascii_case("for") {
            continue;
        }
        let value = value.trim();
        let value = match value.strip_prefix('"') {
            Some(value) => value.strip_suffix('"')?,
            None => value,
        };
        // No address needs an escaped character.
        let node = node(value)?;
        if found.replace(node).is_some() {
            return None;
        }
    }
    // An element may describe something else, such as the scheme.
    Some(found.unwrap_or(Node::Unknown))
}

/// Splits at the separators that are not within quotes. `None` if a quote does not end.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut parts, mut since, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if letter == separator && !quoted => {
                parts.push(&text[since..at]);
                since = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[since..]);
    (!quoted).then_some(parts)
}

/// A node: an address, perhaps with a port, `unknown`, or a word that hides it (`_hidden`).
fn node(text: &str) -> Option<Node> {
    let at = |address: IpAddr, port| Node::At(address.to_canonical(), port);
    if let Ok(address) = text.parse() {
        return Some(at(address, None));
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(at(address.ip(), Some(address.port())));
    }
    let (name, port) = match text.strip_prefix('[') {
        Some(text) => text.split_once(']')?,
        None => text.find(':').map_or((text, ""), |at| text.split_at(at)),
    };
    let is_word = |word: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        word.starts_with('_') && word.len() > 1 && word.bytes().all(is_letter)
    };
    // Only a hidden port is left: another was read with its address.
    if !port.is_empty() && !port.strip_prefix(':').is_some_and(is_word) {
        return None;
    }
    if text.starts_with('[') {
        return Some(at(name.parse::<Ipv6Addr>().ok()?.into(), None));
    }
    if let Ok(address) = name.parse() {
        return Some(at(address, None));
    }
    (is_word(name) || name.eq_ignore_ascii_case("unknown")).then_some(Node::Unknown)
}

#[cfg(test)]
mod tests;
