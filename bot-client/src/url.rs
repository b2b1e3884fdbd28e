//! The server's URLs as a person enters them.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::str::FromStr;

use drumbeat_shared::protocol::names::is_room_name;
use tokio::net::lookup_host;
use tokio_tungstenite::tungstenite::http::Uri;

/// A host and its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// An IPv6 address is in brackets.
    name: String,
    port: u16,
}

impl Host {
    /// The name or address alone, without brackets.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.trim_matches(['[', ']'])
    }

    /// Its addresses.
    ///
    /// # Errors
    /// When there is no such host.
    pub(crate) async fn addresses(&self) -> io::Result<impl Iterator<Item = SocketAddr>> {
        lookup_host((self.name(), self.port)).await
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.port)
    }
}

/// The server's URL: `ws://host[:port][/path]`, or `wss://` for TLS. The default path is `/ws`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUrl {
    is_tls: bool,
    host: Host,
    path: String,
}

/// The URL of a server's admin listener: `http://host[:port]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminUrl(Host);

/// The reason why a URL is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UrlError(String);

/// Takes a URL apart. `port_of` is the port of a scheme for a URL that names none.
fn read(
    text: &str,
    port_of: impl Fn(&str) -> Result<u16, &'static str>,
) -> Result<(Uri, Host), &'static str> {
    let uri: Uri = text.parse().map_err(|_| "not a URL; give a whole one")?;
    let default_port = port_of(uri.scheme_str().unwrap_or(""))?;
    let name = uri.host().unwrap_or("").to_owned();
    if name.is_empty() {
        return Err("no host in it; give a whole URL");
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let port = match authority.strip_prefix(&name) {
        Some("") => Some(default_port),
        Some(port) => port[1..].parse().ok().map(NonZeroU16::get),
        None => return Err("no place for a user's name; give a plain URL"),
    };
    let port = port.ok_or("not a port number; give one from 1 to 65535")?;
    Ok((uri, Host { name, port }))
}

impl ServerUrl {
    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The host and the port.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
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

impl AdminUrl {
    /// The host and the port.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.0
    }
}

impl FromStr for AdminUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let refuse = |why: &str| UrlError(format!("{why}, such as http://127.0.0.1:8777"));
        let port_of = |scheme: &str| match scheme {
            "http" => Ok(80),
            "https" => Err("TLS is not supported; give an http:// URL"),
            _ => Err("not an HTTP URL; give an http:// URL"),
        };
        let (uri, host) = read(text, port_of).map_err(refuse)?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(refuse("no place for a path; give a plain URL"));
        }
        Ok(Self(host))
    }
}

impl FromStr for ServerUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let port_of = |scheme: &str| match scheme {
            "ws" => Ok(80),
            "wss" => Ok(443),
            _ => Err("not a WebSocket URL; give a ws:// or wss:// URL"),
        };
        let refuse = |why| UrlError(format!("{why}, such as ws://127.0.0.1:7777"));
        let (uri, host) = read(text, port_of).map_err(refuse)?;
        let path = match uri.path_and_query().map_or("/", |path| path.as_str()) {
            "" | "/" => "/ws",
            path => path,
        };
        let is_tls = uri.scheme_str() == Some("wss");
        Ok(Self { is_tls, host, path: path.to_owned() })
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "wss" } else { "ws" };
        write!(f, "{scheme}://{}{}", self.host, self.path)
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
        let parse =
            |text: &str| text.parse::<AdminUrl>().map(|AdminUrl(host)| (host.name, host.port));
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
