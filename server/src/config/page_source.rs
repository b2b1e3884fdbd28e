//! What a page may be embedded in, and what it may connect to.

use std::fmt;
use std::str::FromStr;

use super::origin::Origin;

/// The form of a source, for messages about texts that are not one.
const FORM: &str = "must be self, none, or a scheme, :// and a host, perhaps with a port, such as \
    https://play.example.org, https://*.example.org or wss://eu.example.org";

/// A source of the Content Security Policy (CSP level 3, section 2.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageSource {
    /// Nothing at all.
    Nothing,
    /// The server's own pages.
    Own,
    /// A scheme and a host, in the form in which the policy names them.
    Host(String),
}

impl FromStr for PageSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        match text.trim_matches('\'').to_ascii_lowercase().as_str() {
            "none" => return Ok(Self::Nothing),
            "self" => return Ok(Self::Own),
            _ => {}
        }
        let (scheme, host) = text.split_once("://").ok_or(FORM)?;
        let scheme = scheme.to_ascii_lowercase();
        // An origin is one of a page, which is not loaded by WebSocket.
        let (parsed_as, scheme) = match scheme.as_str() {
            "ws" => ("http", "ws"),
            "wss" => ("https", "wss"),
            "http" | "https" => (scheme.as_str(), scheme.as_str()),
            _ => return Err(FORM.to_owned()),
        };
        let (any, host) = match host.strip_prefix("*.") {
            Some(host) => ("*.", host),
            None => ("", host),
        };
        let origin: Origin =
            format!("{parsed_as}://{host}").parse().map_err(|_| FORM.to_owned())?;
        let host = origin.as_str().split_once("://").map_or("", |(_, host)| host);
        // A host of these letters alone cannot end the policy's part that names it.
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(is_letter) {
            return Err(FORM.to_owned());
        }
        Ok(Self::Host(format!("{scheme}://{any}{host}")))
    }
}

impl fmt::Display for PageSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "'none'",
            Self::Own => "'self'",
            Self::Host(host) => host,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_written_as_the_policy_names_it() {
        let check = |given: &str, expected: &str| {
            let source = given.parse::<PageSource>().unwrap();
            assert_eq!(source.to_string(), expected, "{given}");
        };
        check("none", "'none'");
        check("'NONE'", "'none'");
        check(" self ", "'self'");
        check("https://itch.io", "https://itch.io");
        check("HTTPS://*.Itch.zone", "https://*.itch.zone");
        check("http://localhost:8080", "http://localhost:8080");
        check("wss://eu.example.org", "wss://eu.example.org");
        check("ws://127.0.0.1:7777", "ws://127.0.0.1:7777");
        check("https://[2001:db8::1]", "https://[2001:db8::1]");
    }

    #[test]
    fn what_would_change_the_policy_is_refused() {
        for given in [
            "",
            "*",
            "https:",
            "https://",
            "https://*",
            "https://*.",
            "https://a.*.example",
            "https://a; script-src *",
            "https://a;b",
            "https://a,b",
            "https://a b",
            "https://a/path",
            "https://a'b",
            "data:",
            "'unsafe-inline'",
            "capacitor://localhost",
        ] {
            let refused = given.parse::<PageSource>().unwrap_err();
            assert!(refused.contains("such as https://play.example.org"), "{given}: {refused}");
        }
    }
}
