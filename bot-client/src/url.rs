//! The server's URL as a person enters it.

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

use tokio_tungstenite::tungstenite::http::Uri;

/// The server's URL: `ws://host[:port][/path]`. The default path is `/ws`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUrl {
    host: String,
    port: u16,
    path: String,
}

/// The reason why a URL is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UrlError(String);

impl ServerUrl {
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

impl FromStr for ServerUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let refuse = |why: &str| Err(UrlError(format!("{why}, such as ws://127.0.0.1:7777")));
        let Ok(uri) = text.parse::<Uri>() else {
            return refuse("not a URL; give the server's");
        };
        match uri.scheme_str() {
            Some("ws") => {}
            Some("wss") => return refuse("TLS is not supported; give a ws:// URL"),
            _ => return refuse("not a WebSocket URL; give a ws:// URL"),
        }
        let host = uri.host().unwrap_or("").to_owned();
        if host.is_empty() {
            return refuse("no host in it; give the server's URL");
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let port = match authority.strip_prefix(&host) {
            Some("") => Some(80),
            Some(port) => port[1..].parse().ok().map(NonZeroU16::get),
            None => return refuse("no place for a user's name; give a plain URL"),
        };
        let Some(port) = port else {
            return refuse("not a port number; give one from 1 to 65535");
        };
        let path = match uri.path_and_query().map_or("/", |path| path.as_str()) {
            "" | "/" => "/ws",
            path => path,
        };
        Ok(Self { host, port, path: path.to_owned() })
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ws://{}:{}{}", self.host, self.port, self.path)
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
        check("wss://127.0.0.1:7777", "TLS");
        check("ws://127.0.0.1:99999", "port");
        check("ws://127.0.0.1:0", "port");
        check("ws://127.0.0.1:", "port");
        check("ws://me@127.0.0.1", "user");
        check("ws://a b", "not a URL");
    }
}
