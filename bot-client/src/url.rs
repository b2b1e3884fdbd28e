//! The server's URL as a person enters it.

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

use drumbeat_shared::protocol::names::is_room_name;
use tokio_tungstenite::tungstenite::http::Uri;

/// The server's URL: `ws://host[:port][/path]`, or `wss://` for TLS. The default path is `/ws`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUrl {
    is_tls: bool,
    host: String,
    port: u16,
    path: String,
}

/// The reason why a URL is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UrlError(String);

impl ServerUrl {
    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The host; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a room, `/ws/ROOM`, by which a balancer leads its players to the same server. It is
    /// this one for no room, a name that no room can have, or another path than `/ws`.
    #[must_use]
    pub fn of_room(&self, room: &str) -> Self {
        let mut url = self.clone();
        if url.path == "/ws" && is_room_name(room) {
            url.path = format!("/ws/{room}");
        }
        url
    }
}

/// The URL of a server's admin listener: `http://host[:port]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminUrl {
    host: String,
    port: u16,
}

impl AdminUrl {
    /// The host; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for AdminUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let refuse = |why: &str| UrlError(format!("{why}, such as http://127.0.0.1:8777"));
        let uri: Uri = text.parse().map_err(|_| refuse("not a URL; give the admin listener's"))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(refuse("TLS is not supported; give an http:// URL")),
            _ => return Err(refuse("not an HTTP URL; give an http:// URL")),
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(refuse("no place for a path; give a plain URL"));
        }
        let (host, port) = host_and_port(&uri, 80).map_err(refuse)?;
        Ok(Self { host, port })
    }
}

/// The host of a URL, and its port: 80 if it names none.
fn host_and_port(uri: &Uri, default_port: u16) -> Result<(String, u16), &'static str> {
    let host = uri.host().unwrap_or("").to_owned();
    if host.is_empty() {
        return Err("no host in it; give the server's URL");
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let port = match authority.strip_prefix(&host) {
        Some("") => Some(default_port),
        Some(port) => port[1..].parse().ok().map(NonZeroU16::get),
        None => return Err("no place for a user's name; give a plain URL"),
    };
    Ok((host, port.ok_or("not a port number; give one from 1 to 65535")?))
}

impl FromStr for ServerUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let refuse = |why: &str| UrlError(format!("{why}, such as ws://127.0.0.1:7777"));
        let uri: Uri = text.parse().map_err(|_| refuse("not a URL; give the server's"))?;
        let (is_tls, port) = match uri.scheme_str() {
            Some("ws") => (false, 80),
            Some("wss") => (true, 443),
            _ => return Err(refuse("not a WebSocket URL; give a ws:// or wss:// URL")),
        };
        let (host, port) = host_and_port(&uri, port).map_err(refuse)?;
        let path = match uri.path_and_query().map_or("/", |path| path.as_str()) {
            "" | "/" => "/ws",
            path => path,
        };
        Ok(Self { is_tls, host, port, path: path.to_owned() })
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "wss" } else { "ws" };
        write!(f, "{scheme}://{}:{}{}", self.host, self.port, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_completed() {
        let check = |text: &str, expected: &str| {
            assert_eq!(text.parse::<ServerUrl>().unwrap().to_string(), expected);
        };
        check("ws://127.0.0.1:7777", "ws://127.0.0.1:7777/ws");
        check("ws://127.0.0.1:7777/", "ws://127.0.0.1:7777/ws");
        check("ws://play.example/arena/ws?x=1", "ws://play.example:80/arena/ws?x=1");
        check("ws://[::1]:9", "ws://[::1]:9/ws");
        check("wss://play.example", "wss://play.example:443/ws");
        check("wss://play.example:7777/", "wss://play.example:7777/ws");
    }

    #[test]
    fn a_room_has_its_own_path() {
        let check = |text: &str, room: &str, expected: &str| {
            assert_eq!(text.parse::<ServerUrl>().unwrap().of_room(room).to_string(), expected);
        };
        check("ws://127.0.0.1:7777", "main", "ws://127.0.0.1:7777/ws/main");
        check("ws://127.0.0.1:7777", "", "ws://127.0.0.1:7777/ws");
        check("ws://127.0.0.1:7777", "no/room", "ws://127.0.0.1:7777/ws");
        check("ws://127.0.0.1:7777/ws/a", "main", "ws://127.0.0.1:7777/ws/a");
    }

    #[test]
    fn wrong_urls_are_explained() {
        let check = |text: &str, part: &str| {
            let error = text.parse::<ServerUrl>().expect_err(text).to_string();
            assert!(error.contains(part), "{text}: {error}");
        };
        check("", "not a URL");
        check("127.0.0.1:7777", "ws://");
        check("localhost", "ws://");
        check("http://127.0.0.1:7777", "ws://");
        check("ws://127.0.0.1:99999", "port");
        check("ws://127.0.0.1:0", "port");
        check("ws://127.0.0.1:", "port");
        check("ws://me@127.0.0.1", "user");
        check("ws://a b", "not a URL");
    }

    #[test]
    fn the_admin_listener_has_a_plain_url() {
        let parse = |text: &str| text.parse::<AdminUrl>().map(|url| (url.host, url.port));
        assert_eq!(parse("http://127.0.0.1:8777"), Ok(("127.0.0.1".into(), 8_777)));
        assert_eq!(parse("http://[::1]:8777/"), Ok(("[::1]".into(), 8_777)));
        assert_eq!(parse("http://a.example"), Ok(("a.example".into(), 80)));
        for wrong in ["", "127.0.0.1:8777", "https://a", "ws://a", "http://a/metrics", "http://b@a"]
        {
            let refused = parse(wrong).unwrap_err().to_string();
            assert!(refused.contains("such as http://127.0.0.1:8777"), "{wrong}: {refused}");
        }
    }
}
