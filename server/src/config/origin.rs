//! The origin of a web page, as browsers send it.

use std::str::FromStr;

use url::Url;

/// The form of an origin, for messages about texts that are not one.
const FORM: &str = "must be a scheme, :// and a host, perhaps with a port, and without a path or a \
    slash at the end, such as https://play.example.org or capacitor://localhost; or null";

/// The origin of a web page, in the one form in which browsers send it (RFC 6454, section 6): in
/// lower case, a name in its ASCII form, without the default port of the scheme.
///
/// `null` is the origin of every page without its own: a file, a sandboxed frame. Apps have their
/// own schemes (`capacitor://localhost`, `tauri://localhost`, `app://game`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The text, as browsers send it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scheme; empty for `null`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.0.split_once("://").map_or("", |(scheme, _)| scheme)
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("null") {
            return Ok(Self("null".to_owned()));
        }
        let (scheme, host) = text.split_once("://").ok_or(FORM)?;
        let is_odd = |odd: char| odd.is_whitespace() || odd.is_control() || "/\\?#@*".contains(odd);
        if host.contains(is_odd) {
            return Err(FORM.to_owned());
        }
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => {
                let url = Url::parse(text).map_err(|error| format!("{error}: it {FORM}"))?;
                Ok(Self(url.origin().ascii_serialization()))
            }
            "ws" | "wss" => {
                Err("must be the address of a page, which starts with http:// or https://"
                    .to_owned())
            }
            "file" if host.is_empty() => Ok(Self("file://".to_owned())),
            scheme if is_scheme(scheme) && is_app_host(host) => {
                Ok(Self(format!("{scheme}://{}", host.to_ascii_lowercase())))
            }
            _ => Err(FORM.to_owned()),
        }
    }
}

fn is_scheme(scheme: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme != "file"
        && scheme.bytes().all(is_letter)
}

fn is_app_host(host: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    !host.is_empty() && host.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_brought_into_the_form_that_browsers_send() {
        let check = |given: &str, sent: &str| {
            assert_eq!(given.parse::<Origin>().as_ref().map(Origin::as_str), Ok(sent), "{given}");
        };
        check("https://play.example.org", "https://play.example.org");
        check(" HTTPS://Play.Example.org ", "https://play.example.org");
        check("https://play.example:443", "https://play.example");
        check("http://play.example:80", "http://play.example");
        check("http://play.example:443", "http://play.example:443");
        check("https://play.example:8443", "https://play.example:8443");
        check("https://play.example:08443", "https://play.example:8443");
        check("https://döner.example", "https://xn--dner-5qa.example");
        check("https://xn--dner-5qa.example", "https://xn--dner-5qa.example");
        check("http://[0:0:0:0:0:0:0:1]:7777", "http://[::1]:7777");
        check("http://[2001:DB8::1]", "http://[2001:db8::1]");
        check("http://127.1:7777", "http://127.0.0.1:7777");
        check("https://localhost", "https://localhost");
        check("https://tauri.localhost", "https://tauri.localhost");
        check("capacitor://localhost", "capacitor://localhost");
        check("Ionic://LocalHost", "ionic://localhost");
        check("tauri://localhost", "tauri://localhost");
        check("app://game", "app://game");
        check("app://game:80", "app://game:80");
        check("chrome-extension://abcdef", "chrome-extension://abcdef");
        check("file://", "file://");
        check("NULL", "null");
    }

    #[test]
    fn what_no_browser_sends_is_refused_in_words() {
        let check = |given: &str, part: &str| {
            let refused = given.parse::<Origin>().unwrap_err();
            assert!(refused.contains(part), "{given}: {part} in {refused}");
        };
        for given in [
            "",
            "play.example",
            "localhost:5173",
            "https://play.example/",
            "https://play.example/game",
            "https://play.example?",
            "https://play.example#a",
            "https://somebody@play.example",
            "https://play example",
            "https://play\n.example",
            "https://*.example",
            "*",
            "://host",
            "1app://host",
            "app://",
            "app://a b",
            "file:///page.html",
            "file://host",
        ] {
            check(given, "such as https://play.example.org");
        }
        check("https://", "empty host");
        check("https://:443", "empty host");
        check("https://play.example:99999", "invalid port");
        check("https://[::1", "invalid IPv6");
        check("http://1.2.3.4.5", "invalid IPv4");
        check("wss://play.example", "http:// or https://");
    }
}
