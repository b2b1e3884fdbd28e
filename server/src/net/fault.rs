//! What is wrong with a request that no handler gets to see.

use axum::http::StatusCode;

/// Why a connection is ended before, or while, it is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The head is not HTTP/1.
    Malformed,
    /// The first bytes are those of TLS.
    Tls,
    /// The first bytes are those of the PROXY protocol.
    ProxyProtocol,
    /// The first bytes are those of HTTP/2.
    Http2,
    /// The head has too many bytes or lines.
    HeadTooLong,
    /// The address in the head is too long.
    AddressTooLong,
    /// The head did not come in time.
    TooSlow,
    /// The answer was not taken in time.
    TakesNothing,
}

impl Fault {
    /// Bytes of a head that tell what was spoken.
    pub(crate) const HEAD_BYTES: usize = 16;

    /// What the HTTP library finds wrong with a head, by the bare answer that it gives by itself.
    /// The answers of handlers bear a type or more.
    pub(crate) fn of_answer(answer: &[u8], head: &[u8]) -> Option<Self> {
        let status = answer.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
        let answer = answer.to_ascii_lowercase();
        let nosniff = b"x-content-type-options";
        if answer.windows(nosniff.len()).any(|window| window == nosniff) {
            return None;
        }
        match status {
            b"400" => Some(Self::of_head(head)),
            b"414" => Some(Self::AddressTooLong),
            b"431" => Some(Self::HeadTooLong),
            _ => None,
        }
    }

    /// What was spoken instead of HTTP/1.
    pub(crate) fn of_head(head: &[u8]) -> Self {
        const TLS_HANDSHAKE: &[u8] = &[0x16, 3];
        const PROXY_V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
        if head.starts_with(TLS_HANDSHAKE) {
            Self::Tls
        } else if head.starts_with(b"PROXY ") || head.starts_with(PROXY_V2) {
            Self::ProxyProtocol
        } else if head.starts_with(b"PRI * HTTP/2.0") {
            Self::Http2
        } else {
            Self::Malformed
        }
    }

    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Malformed | Self::Tls | Self::ProxyProtocol => StatusCode::BAD_REQUEST,
            Self::Http2 => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            Self::HeadTooLong => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::TooSlow | Self::TakesNothing => StatusCode::REQUEST_TIMEOUT,
        }
    }

    /// One word for counters and the log.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Malformed => "not_http",
            Self::Tls => "tls",
            Self::ProxyProtocol => "proxy_protocol",
            Self::Http2 => "http2",
            Self::HeadTooLong => "head_too_long",
            Self::AddressTooLong => "address_too_long",
            Self::TooSlow => "slow_request",
            Self::TakesNothing => "slow_reader",
        }
    }

    /// What a person is told.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Malformed => "this is not an HTTP/1.1 request; open the page in a browser",
            Self::Tls => {
                "this port speaks plain HTTP, not TLS; use http:// or ws://, or put a proxy that \
                 ends TLS in front"
            }
            Self::ProxyProtocol => {
                "this server does not speak the PROXY protocol; turn it off in the proxy for \
                 this server"
            }
            Self::Http2 => "this server speaks only HTTP/1.1; make the client or proxy use it",
            Self::HeadTooLong => {
                "the request's header fields are too long; clear this site's cookies, or open the \
                 page under another host name"
            }
            Self::AddressTooLong => "the address is too long; open the page without its parameters",
            Self::TooSlow => "the request took too long to arrive; send it at once",
            Self::TakesNothing => "the answer was not taken in time",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_spoken_is_known_by_its_first_bytes() {
        let check = |head: &[u8], expected| {
            let answer = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n";
            assert_eq!(Fault::of_answer(answer, head), Some(expected), "{head:?}");
        };
        check(b"\x16\x03\x01\x02\x00\x01", Fault::Tls);
        check(b"PROXY TCP4 192.0", Fault::ProxyProtocol);
        check(b"\r\n\r\n\0\r\nQUIT\n\x21\x11", Fault::ProxyProtocol);
        check(b"PRI * HTTP/2.0\r\n", Fault::Http2);
        check(b"\0\0\0\0", Fault::Malformed);
        check(b"", Fault::Malformed);
    }

    #[test]
    fn only_bare_answers_are_the_librarys() {
        let check = |answer: &str, expected| {
            assert_eq!(Fault::of_answer(answer.as_bytes(), b"GET "), expected, "{answer}");
        };
        let bare = "content-length: 0\r\n\r\n";
        check(
            &format!("HTTP/1.1 431 Request Header Fields Too Large\r\n{bare}"),
            Some(Fault::HeadTooLong),
        );
        check(&format!("HTTP/1.1 414 URI Too Long\r\n{bare}"), Some(Fault::AddressTooLong));
        check(&format!("HTTP/1.1 200 OK\r\n{bare}"), None);
        check("HTTP/1.1 400 Bad Request\r\nX-Content-Type-Options: nosniff\r\n\r\nwords", None);
        check("the body of an answer", None);
    }
}
