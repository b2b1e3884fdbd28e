//! The name or address under which a server is reached.

use std::str::FromStr;

use url::Host;

/// The form of a host, for messages about texts that are not one.
const FORM: &str = "must be a host name, such as play.example.org, or an address, without a \
    scheme, a port or a path";

/// A host name or address, in the one form that comparing needs: in lower case, a name in its ASCII
/// form without a dot at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(Host);

impl FromStr for HostName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(address) = text.parse() {
            return Ok(Self(Host::Ipv6(address)));
        }
        match Host::parse(text.strip_suffix('.').unwrap_or(text)) {
            // Without a port, a colon can only be that of an address.
            Ok(Host::Domain(name)) if name.contains([':', '*']) => Err(FORM.to_owned()),
            Ok(host) => Ok(Self(host)),
            Err(_) => Err(FORM.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_one_form() {
        let same = |one: &str, other: &str| {
            assert_eq!(one.parse::<HostName>(), other.parse::<HostName>(), "{one} {other}");
            one.parse::<HostName>().unwrap();
        };
        same("Play.Example.ORG", "play.example.org");
        same("play.example.org.", "play.example.org");
        same("döner.example", "xn--dner-5qa.example");
        same("[2001:DB8:0::1]", "2001:db8::1");
        same("127.0.0.1", "127.0.0.1");
        same("play_example", "play_example");
    }

    #[test]
    fn what_is_no_name_is_refused_in_words() {
        for given in
            ["", ".", "a:80", "http://a", "a/b", "a b", "*.example", "[::1]:80", "a@b", "[::1"]
        {
            let refused = given.parse::<HostName>().unwrap_err();
            assert!(refused.contains("such as play.example.org"), "{given}: {refused}");
        }
    }
}
