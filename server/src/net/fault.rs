//! What is wrong with a request that does not reach a handler.

use axum::http::StatusCode;

use super::refusal::Refusal;
use crate::telemetry::reasons::RefusalReason;

/// The head is not HTTP/1.
const NOT_HTTP: Refusal = Refusal::new(
    StatusCode::BAD_REQUEST,
    RefusalReason::NotHttp,
    "this is not an HTTP/1.1 request; open the page in a browser",
);
/// The first bytes are those of TLS.
const TLS: Refusal = Refusal::new(
    StatusCode::BAD_REQUEST,
    RefusalReason::Tls,
    "this port speaks plain HTTP, not TLS; use http:// or ws://, start the server with --tls-cert \
     and --tls-key, or put a proxy that ends TLS in front",
);
/// The first bytes are not those of TLS, where the server has a certificate.
pub(crate) const TLS_EXPECTED: Refusal = Refusal::new(
    StatusCode::BAD_REQUEST,
    RefusalReason::TlsExpected,
    "this port speaks TLS: use https:// or wss://; a proxy in front must do so too (nginx: proxy_pass \
     https://...; HAProxy: ssl verify required), or start the server without --tls-cert",
);
/// The first bytes are those of the PROXY protocol, from somebody who is not believed.
const PROXY_PROTOCOL: Refusal = Refusal::new(
    StatusCode::BAD_REQUEST,
    RefusalReason::ProxyProtocol,
    "the connection begins with a header of the PROXY protocol, which is not expected from its \
     address: start the server with --proxy-protocol and name the proxy with --trusted-proxies, or \
     turn the protocol off in the proxy",
);
/// The first bytes are not those of the PROXY protocol, from a proxy that must use it.
pub(crate) const PROXY_HEADER_MISSING: Refusal = Refusal::new(
    StatusCode::BAD_REQUEST,
    RefusalReason::ProxyHeaderMissing,
    "a trusted proxy must begin each connection with a header of the PROXY protocol: turn it on in \
     the proxy (HAProxy: send-proxy-v2; nginx: proxy_protocol on), or start the server without \
     --proxy-protocol",
);
/// The header of the PROXY protocol cannot be read.
pub(crate) const BAD_PROXY_HEADER: Refusal = Refusal::new(
    StatusCode::BAD_REQUEST,
    RefusalReason::BadProxyHeader,
    "the header of the PROXY protocol is not one of version 1 or 2, or is longer than 4096 bytes; \
     have the proxy send fewer TLVs in it",
);
/// The first bytes are those of HTTP/2.
const HTTP2: Refusal = Refusal::new(
    StatusCode::HTTP_VERSION_NOT_SUPPORTED,
    RefusalReason::Http2,
    "this server speaks only HTTP/1.1; have the client or the proxy use that (HAProxy: no proto h2 on \
     the lines of its servers)",
);
/// The head has too many bytes or lines.
const HEAD_TOO_LONG: Refusal = Refusal::new(
    StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    RefusalReason::HeadTooLong,
    "the request's header fields are too long; clear this site's cookies, or open the page under \
     another host name",
);
/// The address in the head is too long.
const ADDRESS_TOO_LONG: Refusal = Refusal::new(
    StatusCode::URI_TOO_LONG,
    RefusalReason::AddressTooLong,
    "the address is too long; open the page without its parameters",
);
/// The head did not arrive in time.
pub(crate) const SLOW_REQUEST: Refusal = Refusal::new(
    StatusCode::REQUEST_TIMEOUT,
    RefusalReason::SlowRequest,
    "the request took too long to arrive; send it at once",
);
/// The answer was not taken in time. It is not sent, since nobody reads.
pub(crate) const SLOW_READER: Refusal = Refusal::new(
    StatusCode::REQUEST_TIMEOUT,
    RefusalReason::SlowReader,
    "the answer was not taken in time",
);

/// Bytes of a head that suffice to recognise the protocol.
pub(crate) const HEAD_BYTES: usize = 16;

/// What the HTTP library finds wrong with a head, recognised by the bare answer that the library
/// writes itself. The answers of handlers carry `x-content-type-options`.
pub(crate) fn of_answer(answer: &[u8], head: &[u8]) -> Option<Refusal> {
    let status = answer.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    let answer = answer.to_ascii_lowercase();
    let nosniff = b"x-content-type-options";
    if answer.windows(nosniff.len()).any(|window| window == nosniff) {
        return None;
    }
    match status {
        b"400" => Some(of_head(head)),
        b"414" => Some(ADDRESS_TOO_LONG),
        b"431" => Some(HEAD_TOO_LONG),
        _ => None,
    }
}

/// The same, on a port that speaks TLS, for a client that does not.
pub(crate) fn without_tls(refusal: Refusal) -> Refusal {
    if refusal == NOT_HTTP || refusal == HTTP2 { TLS_EXPECTED } else { refusal }
}

/// Which protocol a client used instead of HTTP/1.
pub(crate) fn of_head(head: &[u8]) -> Refusal {
    const TLS_HANDSHAKE: &[u8] = &[0x16, 3];
    const PROXY_V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
    if head.starts_with(TLS_HANDSHAKE) {
        TLS
    } else if head.starts_with(b"PROXY ") || head.starts_with(PROXY_V2) {
        PROXY_PROTOCOL
    } else if head.starts_with(b"PRI * HTTP/2.0") {
        HTTP2
    } else {
        NOT_HTTP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_spoken_is_known_by_its_first_bytes() {
        let check = |head: &[u8], expected| {
            let answer = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n";
            assert_eq!(of_answer(answer, head), Some(expected), "{head:?}");
        };
        check(b"\x16\x03\x01\x02\x00\x01", TLS);
        check(b"PROXY TCP4 192.0", PROXY_PROTOCOL);
        check(b"\r\n\r\n\0\r\nQUIT\n\x21\x11", PROXY_PROTOCOL);
        check(b"PRI * HTTP/2.0\r\n", HTTP2);
        check(b"\0\0\0\0", NOT_HTTP);
        check(b"", NOT_HTTP);
    }

    #[test]
    fn only_bare_answers_are_the_librarys() {
        let check = |answer: &str, expected| {
            assert_eq!(of_answer(answer.as_bytes(), b"GET "), expected, "{answer}");
        };
        let bare = "content-length: 0\r\n\r\n";
        check(
            &format!("HTTP/1.1 431 Request Header Fields Too Large\r\n{bare}"),
            Some(HEAD_TOO_LONG),
        );
        check(&format!("HTTP/1.1 414 URI Too Long\r\n{bare}"), Some(ADDRESS_TOO_LONG));
        check(&format!("HTTP/1.1 200 OK\r\n{bare}"), None);
        check("HTTP/1.1 400 Bad Request\r\nX-Content-Type-Options: nosniff\r\n\r\nwords", None);
        check("the body of an answer", None);
    }
}
