//! Which web pages may open a game connection.
//!
//! A browser sends the `Origin` of the page; any program that is not a browser can send what it
//! likes or nothing. So the check protects people from other pages, not the server from programs.

use crate::config::Origin;

/// Whether a page of this origin may connect to a server reached under this host.
pub(crate) fn is_allowed(origin: Option<&str>, host: Option<&str>, allowed: &[Origin]) -> bool {
    let Some(origin) = origin else { return true };
    let origin = origin.to_ascii_lowercase();
    if allowed.iter().any(|allowed| allowed.as_str() == origin) {
        return true;
    }
    // Browsers leave the scheme's usual port out of both.
    let own_host = origin
        .strip_prefix("http://")
        .map(|host| (host, ":80"))
        .or_else(|| origin.strip_prefix("https://").map(|host| (host, ":443")));
    own_host.zip(host).is_some_and(|((own, port), host)| {
        let host = host.to_ascii_lowercase();
        host.strip_suffix(port).unwrap_or(&host) == own.strip_suffix(port).unwrap_or(own)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_pages_and_listed_ones_may_connect() {
        let listed = ["https://play.example.org".parse().unwrap()];
        let check = |origin: Option<&str>, host: Option<&str>, expected: bool| {
            assert_eq!(is_allowed(origin, host, &listed), expected, "{origin:?} {host:?}");
        };
        check(None, Some("127.0.0.1:7777"), true);
        check(Some("http://127.0.0.1:7777"), Some("127.0.0.1:7777"), true);
        check(Some("http://LocalHost:7777"), Some("localhost:7777"), true);
        check(Some("http://[::1]:7777"), Some("[::1]:7777"), true);
        check(Some("https://game.example"), Some("game.example"), true);
        check(Some("https://game.example"), Some("game.example:443"), true);
        check(Some("http://game.example"), Some("game.example:80"), true);
        check(Some("https://play.example.org"), Some("game.example"), true);

        check(Some("http://127.0.0.1:8888"), Some("127.0.0.1:7777"), false);
        check(Some("http://localhost:7777"), Some("127.0.0.1:7777"), false);
        check(Some("https://evil.example"), Some("game.example"), false);
        check(Some("http://play.example.org"), Some("game.example"), false);
        check(Some("https://game.example"), Some("game.example:80"), false);
        check(Some("https://game.example.evil.example"), Some("game.example"), false);
        check(Some("null"), Some("game.example"), false);
        check(Some(""), Some("game.example"), false);
        check(Some("file://"), Some(""), false);
        check(Some("https://game.example"), None, false);
    }
}
