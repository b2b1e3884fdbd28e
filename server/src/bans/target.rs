//! Whom a ban keeps out.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv6Net};
use serde::{Deserialize, Serialize};

use crate::tickets::SUBJECT_BYTES_MAX;

/// Bits of an IPv6 address that are one household's, or one machine's.
const HOUSEHOLD_BITS: u8 = 64;
/// The shortest prefixes of a subnet: beyond these a ban shuts out whole countries.
const PREFIX_V4_MIN: u8 = 8;
const PREFIX_V6_MIN: u8 = 16;

/// What a ban goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One address; of IPv6, the 64 bits that a household has.
    Address,
    /// A range of addresses in CIDR notation.
    Subnet,
    /// The subject of tickets.
    Subject,
}

/// Somebody whom a ban may keep out.
#[derive(Clone, Copy, Debug)]
pub struct Visitor<'a> {
    /// Where it comes from.
    pub address: IpAddr,
    /// The subject of its ticket, if it has brought one.
    pub subject: Option<&'a str>,
}

/// Whom a ban keeps out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Target {
    /// Whoever comes from this address; of IPv6, from the same 64 bits.
    Address(IpAddr),
    /// Whoever comes from this range.
    Subnet(IpNet),
    /// Whoever has a ticket of this subject, from wherever it comes.
    Subject(String),
}

/// A target as files and requests write it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Written {
    kind: Kind,
    value: String,
}

impl Target {
    /// Reads what is banned.
    ///
    /// # Errors
    /// When the text is not of that kind; with what to write instead.
    pub fn parse(kind: Kind, value: &str) -> Result<Self, String> {
        let value = value.trim();
        match kind {
            Kind::Address => value.parse().map(Self::of).map_err(|_| {
                "value must be an address, such as 192.0.2.7 or 2001:db8::7; a range has the kind \
                 subnet"
                    .to_owned()
            }),
            Kind::Subnet => subnet(value).map(Self::Subnet),
            Kind::Subject if value.is_empty() || value.len() > SUBJECT_BYTES_MAX => Err(format!(
                "value must be the subject of a ticket, of 1 to {SUBJECT_BYTES_MAX} bytes"
            )),
            Kind::Subject => Ok(Self::Subject(value.to_owned())),
        }
    }

    /// The ban of one address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self::Address(address.to_canonical())
    }

    /// What it goes by.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Address(_) => Kind::Address,
            Self::Subnet(_) => Kind::Subnet,
            Self::Subject(_) => Kind::Subject,
        }
    }

    /// Whether it is this subject.
    #[must_use]
    pub fn is_subject(&self, subject: &str) -> bool {
        matches!(self, Self::Subject(banned) if banned == subject)
    }

    /// Whether it keeps this visitor out.
    #[must_use]
    pub fn covers(&self, visitor: Visitor<'_>) -> bool {
        let address = visitor.address.to_canonical();
        match (self, address) {
            (Self::Subject(banned), _) => visitor.subject == Some(banned),
            (Self::Subnet(range), _) => range.contains(&address),
            (Self::Address(IpAddr::V6(banned)), IpAddr::V6(address)) => {
                household(*banned) == household(address)
            }
            (Self::Address(banned), _) => *banned == address,
        }
    }
}

/// The first bits of an address of IPv6.
fn household(address: Ipv6Addr) -> Option<Ipv6Addr> {
    Ipv6Net::new(address, HOUSEHOLD_BITS).ok().map(|net| net.network())
}

fn subnet(text: &str) -> Result<IpNet, String> {
    let range: IpNet = text.parse().map_err(|_| {
        "value must be a range in CIDR notation, such as 192.0.2.0/24 or 2001:db8::/48".to_owned()
    })?;
    if range.addr() != range.network() {
        return Err(format!("value is an address within a range; the range is {}", range.trunc()));
    }
    let prefix_min = match range {
        IpNet::V4(_) => PREFIX_V4_MIN,
        IpNet::V6(_) => PREFIX_V6_MIN,
    };
    if range.prefix_len() < prefix_min {
        return Err(format!(
            "value is a range wider than /{prefix_min}; ban narrower ones, or stop taking players \
             with drain"
        ));
    }
    Ok(range)
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Subnet(range) => range.fmt(f),
            Self::Subject(subject) => subject.fmt(f),
        }
    }
}

impl TryFrom<Written> for Target {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        Self::parse(written.kind, &written.value)
    }
}

impl From<Target> for Written {
    fn from(target: Target) -> Self {
        Self { kind: target.kind(), value: target.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ban_covers_its_addresses_in_either_form() {
        let check = |kind, value: &str, address: &str, expected: bool| {
            let target = Target::parse(kind, value).unwrap();
            let visitor = Visitor { address: address.parse().unwrap(), subject: Some("ada") };
            assert_eq!(target.covers(visitor), expected, "{value} {address}");
            let guest = Visitor { subject: None, ..visitor };
            assert_eq!(target.covers(guest), expected && kind != Kind::Subject, "{value}");
        };
        check(Kind::Address, "192.0.2.7", "192.0.2.7", true);
        check(Kind::Address, " 192.0.2.7 ", "::ffff:192.0.2.7", true);
        check(Kind::Address, "::ffff:192.0.2.7", "192.0.2.7", true);
        check(Kind::Address, "192.0.2.7", "192.0.2.8", false);
        check(Kind::Address, "2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true);
        check(Kind::Address, "2001:db8:0:1::1", "2001:db8:0:2::1", false);
        check(Kind::Address, "2001:db8:0:1::1", "192.0.2.7", false);
        check(Kind::Subnet, "192.0.2.0/24", "192.0.2.255", true);
        check(Kind::Subnet, "192.0.2.0/24", "192.0.3.0", false);
        check(Kind::Subnet, "2001:db8::/48", "2001:db8:0:ffff::1", true);
        check(Kind::Subject, "ada", "192.0.2.7", true);
        check(Kind::Subject, "Ada", "192.0.2.7", false);
    }

    #[test]
    fn what_cannot_be_banned_is_refused_in_words() {
        let check = |kind, value: &str, part: &str| {
            let refused = Target::parse(kind, value).unwrap_err();
            assert!(refused.contains(part), "{value}: {part} in {refused}");
        };
        check(Kind::Address, "", "such as 192.0.2.7");
        check(Kind::Address, "192.0.2.0/24", "kind subnet");
        check(Kind::Subnet, "192.0.2.7", "CIDR notation");
        check(Kind::Subnet, "192.0.2.7/24", "the range is 192.0.2.0/24");
        check(Kind::Subnet, "0.0.0.0/0", "wider than /8");
        check(Kind::Subnet, "2000::/3", "wider than /16");
        check(Kind::Subject, " ", "of 1 to 128 bytes");
        check(Kind::Subject, &"a".repeat(129), "of 1 to 128 bytes");
    }

    #[test]
    fn a_target_is_read_as_it_is_written() {
        for text in [
            r#"{"kind":"address","value":"192.0.2.7"}"#,
            r#"{"kind":"subnet","value":"2001:db8::/48"}"#,
            r#"{"kind":"subject","value":"ada@example.org"}"#,
        ] {
            let target: Target = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&target).unwrap(), text);
        }
        assert!(serde_json::from_str::<Target>(r#"{"kind":"name","value":"Ada"}"#).is_err());
    }
}
