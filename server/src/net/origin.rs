//! Which web pages may open a game connection.
//!
//! A browser sends the `Origin` of the page; other programs can send anything or nothing. So the
//! check protects people from other pages, not the server from programs.

use axum::http::StatusCode;

use super::refusal::{Refusal, shown};
use crate::config::Origin;
use crate::telemetry::reasons::RefusalReason;

/// Whether a page of this origin may connect to a server that it reached under this host. Without
/// an origin it is not a page, and may.
///
/// # Errors
/// Why it may not, and what to do about it.
pub(crate) fn check(
    origin: Option<&str>,
    host: Option<&str>,
    allowed: &[Origin],
) -> Result<(), Refusal> {
    let Some(sent) = origin else { return Ok(()) };
    let origin = sent.parse::<Origin>().ok();
    let own = origin.as_ref().zip(host).and_then(|(origin, host)| own_origin(origin, host));
    if origin
        .as_ref()
        .is_some_and(|origin| allowed.contains(origin) || own.as_ref() == Some(origin))
    {
        return Ok(());
    }
    let lost_its_port =
        origin.as_ref().zip(host).is_some_and(|(origin, host)| lacks_port(origin, host));
    let reason = if lost_its_port { RefusalReason::PortlessHost } else { RefusalReason::Origin };
    let (sent, host) = (shown(sent), shown(host.unwrap_or("")));
    let text = match origin.as_ref().map(Origin::as_str) {
        Some(_) if lost_its_port => format!(
            "the page is of the origin {sent}, but the request is for the host {host} without a port: \
             have the proxy pass on the browser's Host with its port (nginx: proxy_set_header Host \
             $http_host, not $host), or start the server with --allow-origin {sent}"
        ),
        Some(allow) => format!(
            "pages of the origin {sent} may not connect to the host {host}: if they should, start \
             the server with --allow-origin {allow}; if a proxy changed the host, have it pass on \
             the browser's, port included (nginx: proxy_set_header Host $http_host)",
            allow = shown(allow)
        ),
        None => format!(
            "{sent} is not the origin of a page; a browser sends one such as https://play.example.org"
        ),
    };
    Err(Refusal { status: StatusCode::FORBIDDEN, reason, text: text.into() })
}

/// Whether all that tells a page from the server's own is the port, which the host does not name.
fn lacks_port(page: &Origin, host: &str) -> bool {
    let Some((without_port, port)) = page.as_str().rsplit_once(':') else { return false };
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let own = without_port.parse().ok().and_then(|page: Origin| own_origin(&page, host));
    is_port && own.is_some_and(|own| own.as_str() == without_port)
}

/// The origin of the server's own pages for a browser that loaded them with the page's scheme. The
/// scheme is the page's because a proxy may have removed the TLS.
fn own_origin(page: &Origin, host: &str) -> Option<Origin> {
    let scheme = page.scheme();
    if !["http", "https"].contains(&scheme) {
        return None;
    }
    format!("{scheme}://{host}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_pages_and_listed_ones_may_connect() {
        let listed =
            ["https://play.example.org", "capacitor://localhost", "https://far.example:443"]
                .map(|origin| origin.parse().unwrap());
        let check = |origin: Option<&str>, host: Option<&str>, expected: bool| {
            let checked = check(origin, host, &listed);
            assert_eq!(checked.is_ok(), expected, "{origin:?} {host:?}: {checked:?}");
        };
        check(None, Some("127.0.0.1:7777"), true);
        check(Some("http://127.0.0.1:7777"), Some("127.0.0.1:7777"), true);
        check(Some("http://LocalHost:7777"), Some("localhost:7777"), true);
        check(Some("http://[::1]:7777"), Some("[::1]:7777"), true);
        check(Some("https://game.example"), Some("game.example"), true);
        check(Some("https://game.example"), Some("game.example:443"), true);
        check(Some("http://game.example"), Some("game.example:80"), true);
        check(Some("https://play.example.org"), Some("game.example"), true);
        check(Some("capacitor://localhost"), Some("game.example"), true);
        check(Some("https://far.example"), Some("game.example"), true);

        check(Some("http://127.0.0.1:8888"), Some("127.0.0.1:7777"), false);
        check(Some("http://localhost:7777"), Some("127.0.0.1:7777"), false);
        check(Some("https://evil.example"), Some("game.example"), false);
        check(Some("http://play.example.org"), Some("game.example"), false);
        check(Some("https://game.example"), Some("game.example:80"), false);
        check(Some("https://game.example.evil.example"), Some("game.example"), false);
        check(Some("https://somebody@game.example"), Some("game.example"), false);
        check(Some("https://somebody@game.example"), Some("somebody@game.example"), false);
        check(Some("ionic://localhost"), Some("localhost"), false);
        check(Some("null"), Some("game.example"), false);
        check(Some("null"), Some("null"), false);
        check(Some(""), Some("game.example"), false);
        check(Some("file://"), Some(""), false);
        check(Some("https://game.example"), None, false);
    }

    #[test]
    fn a_refusal_names_what_was_seen_and_both_ways_out() {
        let refused = |origin, host| check(Some(origin), host, &[]).unwrap_err();
        let check = |origin, host, reason, parts: &[&str]| {
            let refusal = refused(origin, Some(host));
            assert_eq!(refusal.reason, reason, "{origin} {host}");
            for part in parts {
                assert!(refusal.text.contains(part), "{part} in {}", refusal.text);
            }
        };
        let parts = ["origin http://a.example:8080", "--allow-origin http://a.example:8080"];
        let (portless, other) = (RefusalReason::PortlessHost, RefusalReason::Origin);
        check("http://a.example:8080", "a.example", portless, &parts);
        check("http://a.example:8080", "a.example", portless, &["host a.example ", "not $host"]);
        check("http://[::1]:8080", "[::1]", portless, &["host [::1] "]);
        check("http://a.example:8080", "b.example", other, &parts);
        check("http://a.example:8080", "b.example", other, &["host b.example:", "Host $http_host"]);
        check("http://a.example:8080", "a.example:81", other, &["host a.example:81:"]);
        check("http://[::1]", "[::2]", other, &["host [::2]:"]);
        let long = refused(&"x".repeat(9_000), None).text;
        assert!(long.len() < 300, "{long}");
    }
}
