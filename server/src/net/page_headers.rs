//! Headers that tell a browser how little it may do with an answer. Every answer has them: an answer
//! that is an error, or is not for a browser, can be opened in one as well.

use std::fmt::Write as _;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

use crate::config::{Config, PageSource};

/// What a page may load: everything from its own origin, WebAssembly included, and nothing that
/// stands within the page itself.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'";
/// What no page of a game needs from a browser. Gamepads, sound and the full screen stay allowed.
const PERMISSIONS: &str = "accelerometer=(), browsing-topics=(), camera=(), \
    display-capture=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), \
    idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), \
    otp-credentials=(), payment=(), publickey-credentials-get=(), serial=(), usb=(), \
    xr-spatial-tracking=()";

/// Who may show an answer within a page.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The headers of a server's answers.
#[derive(Debug)]
pub(crate) struct PageHeaders {
    headers: HeaderMap,
    /// The same as lines of an answer.
    lines: String,
    /// What is added to answers that are encrypted: from then on the browser asks only so.
    only_tls: Option<HeaderValue>,
}

impl PageHeaders {
    pub(crate) fn new<S>(config: &Config<S>) -> Self {
        let value = HeaderValue::from_static;
        let mut headers = HeaderMap::from_iter([
            (X_CONTENT_TYPE_OPTIONS, value("nosniff")),
            (REFERRER_POLICY, value("no-referrer")),
            (HeaderName::from_static("permissions-policy"), value(PERMISSIONS)),
            // Keeps the page apart from whoever opened it. What it opens may talk back to it: signing
            // in at another site works by such a window.
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                value("same-origin-allow-popups"),
            ),
            // Other sites read by the CORS protocol alone, to which this does not apply.
            (RESOURCE_POLICY, value("same-origin")),
        ]);
        // Sources consist of letters that a header may have.
        if let Ok(policy) = HeaderValue::try_from(policy(config)) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        let mut lines = format!("{CACHE_CONTROL}: no-store\r\n");
        for (name, value) in &headers {
            let _ = write!(lines, "{name}: {}\r\n", value.to_str().unwrap_or(""));
        }
        let is_tls = config.tls.is_some() && config.hsts_s > 0;
        let only_tls = HeaderValue::try_from(format!("max-age={}", config.hsts_s)).ok();
        Self { headers, lines, only_tls: only_tls.filter(|_| is_tls) }
    }

    /// Adds them to an answer, which may name those who may show it. One that turns the connection into
    /// a WebSocket is no document.
    pub(crate) fn add_to(&self, answer: &mut Response, is_tls: bool) {
        let is_document = answer.status() != StatusCode::SWITCHING_PROTOCOLS;
        let answer = answer.headers_mut();
        answer.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        if is_document {
            let shown_by = answer.remove(&RESOURCE_POLICY);
            answer.extend(self.headers.clone());
            answer.extend(shown_by.map(|value| (RESOURCE_POLICY, value)));
            let only_tls = self.only_tls.iter().filter(|_| is_tls);
            answer.extend(only_tls.map(|value| (STRICT_TRANSPORT_SECURITY, value.clone())));
        }
    }

    /// All of them as lines, for an answer that is not stored.
    pub(crate) fn lines(&self, is_tls: bool) -> String {
        let mut lines = self.lines.clone();
        if let Some(value) = self.only_tls.as_ref().filter(|_| is_tls) {
            let value = value.to_str().unwrap_or("");
            let _ = write!(lines, "{STRICT_TRANSPORT_SECURITY}: {value}\r\n");
        }
        lines
    }
}

/// The content security policy. A page's own origin includes its WebSockets.
fn policy<S>(config: &Config<S>) -> String {
    let list = |first: &str, sources: &[PageSource]| {
        let sources = sources.iter().map(PageSource::to_string);
        let first = (!first.is_empty()).then(|| first.to_owned());
        first.into_iter().chain(sources).collect::<Vec<_>>().join(" ")
    };
    let connect = list("'self'", &config.connect_src);
    let ancestors = match config.frame_ancestors.as_slice() {
        [] => "'none'".to_owned(),
        ancestors => list("", ancestors),
    };
    format!("{POLICY}; connect-src {connect}; frame-ancestors {ancestors}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    #[test]
    fn the_policy_names_what_the_settings_allow_and_nothing_inline() {
        let sources = |list: &[&str]| list.iter().map(|source| source.parse().unwrap()).collect();
        let check = |ancestors: &[&str], connect: &[&str], end: &str| {
            let config = Config {
                frame_ancestors: sources(ancestors),
                connect_src: sources(connect),
                ..Config::new(&Settings::default(), (), "")
            };
            let headers = PageHeaders::new(&config);
            let policy = headers.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.ends_with(end), "{policy}");
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
            assert!(
                headers.lines(false).contains(&format!("content-security-policy: {policy}\r\n"))
            );
        };
        check(&["self"], &[], "connect-src 'self'; frame-ancestors 'self'");
        check(&["none"], &[], "frame-ancestors 'none'");
        check(&[], &[], "frame-ancestors 'none'");
        check(
            &["self", "https://itch.io"],
            &["wss://eu.example.org", "https://*.example.org"],
            "connect-src 'self' wss://eu.example.org https://*.example.org; \
             frame-ancestors 'self' https://itch.io",
        );
    }
}
