//! What other sites show of a link to the page. Their crawlers want the address of its picture in full, and
//! only a request tells that: a page may be served under any name.

use axum::http::header::{HeaderName, UPGRADE_INSECURE_REQUESTS};
use axum::http::{HeaderMap, Request};
use bytes::Bytes;

use super::connection::Connection;
use super::host;
use crate::page::{Found, Page};

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What the answer depends on, besides the address, host and scheme included, by which caches store it.
pub(super) const VARY: &str = "accept-encoding, sec-fetch-mode, upgrade-insecure-requests";
/// Begins the element that names the picture (<https://ogp.me>), by its address.
const PICTURE: &str = "<meta property=\"og:image\" content=\"";

/// The page at this path as crawlers want it, with the address of its picture in full. `None` if a browser
/// asks, which has no use for that and takes the page as it is stored, compressed; and if no address in the
/// page has to change.
pub(super) fn of<B>(
    (page, path): (&Page, &str),
    connection: &Connection,
    request: &Request<B>,
) -> Option<Bytes> {
    let headers = request.headers();
    // Each browser sends one or the other with the address that a person opens.
    if headers.contains_key(SEC_FETCH_MODE) || headers.contains_key(UPGRADE_INSECURE_REQUESTS) {
        return None;
    }
    let host = host::of(request).filter(|host| !host.is_empty())?;
    let scheme = scheme(connection.is_tls, connection.source.is_proxy, headers);
    let origin = format!("{scheme}://{host}");
    match page.find(path)? {
        Found::Embedded(file) => in_full(file.plain, &origin),
        Found::Read(bytes) => in_full(&bytes, &origin),
        Found::TooLarge => None,
    }
}

/// How the page was asked for, by what a trusted proxy says, and nobody else.
fn scheme(is_tls: bool, is_proxy: bool, headers: &HeaderMap) -> &'static str {
    let said = headers.get(X_FORWARDED_PROTO).filter(|_| is_proxy);
    let is_https = said.is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"));
    if is_tls || is_https { "https" } else { "http" }
}

/// A page with the address of its picture in full; `None` if that is so already, or there is no picture.
fn in_full(page: &[u8], origin: &str) -> Option<Bytes> {
    let page = std::str::from_utf8(page).ok()?;
    let at = page.find(PICTURE)? + PICTURE.len();
    let (before, rest) = page.split_at(at);
    let address = rest.split('"').next()?;
    if address.contains("//") {
        return None;
    }
    let between = if address.starts_with('/') { "" } else { "/" };
    // A host has neither quotes nor angle brackets.
    let origin = origin.replace('&', "&amp;");
    Some([before, &origin, between, rest].concat().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_picture_is_given_in_full() {
        let check = |content: &str, expected: Option<&str>| {
            let page = |content: &str| format!("<title>é</title>{PICTURE}{content}\">\n<p>");
            let found = in_full(page(content).as_bytes(), "https://play.example.org:8443");
            assert_eq!(found, expected.map(|content| page(content).into()), "{content}");
        };
        let whole = "https://play.example.org:8443/icons/preview.jpg";
        check("icons/preview.jpg", Some(whole));
        check("/icons/preview.jpg", Some(whole));
        check(whole, None);
        check("//cdn.example.org/preview.jpg", None);
        for page in [&b"<p>no picture"[..], b"\xff<p>", b""] {
            assert_eq!(in_full(page, "http://x"), None);
        }
    }

    #[test]
    fn a_trusted_proxy_says_whether_the_page_is_encrypted_and_nobody_else() {
        let check = |is_tls: bool, is_proxy: bool, said: Option<&str>, expected: &str| {
            let headers = said.map(|said| (X_FORWARDED_PROTO, said.parse().unwrap()));
            let headers = headers.into_iter().collect();
            assert_eq!(scheme(is_tls, is_proxy, &headers), expected, "{said:?}");
        };
        check(false, false, None, "http");
        check(true, false, None, "https");
        check(false, true, Some("https"), "https");
        check(false, true, Some("HTTPS"), "https");
        check(false, true, Some("http"), "http");
        check(false, true, Some("javascript"), "http");
        check(false, true, None, "http");
        check(false, false, Some("https"), "http");
        check(true, false, Some("http"), "https");
    }
}
