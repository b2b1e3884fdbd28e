//! Where a client is, as logs name it and limits count it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// An address, with its port if that is known: a proxy's header usually names none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address; one of IPv4 is not written as IPv6.
    pub ip: IpAddr,
    /// The port.
    pub port: Option<u16>,
}

impl Address {
    /// An address with its port, if it has one.
    #[must_use]
    pub fn new(ip: IpAddr, port: Option<u16>) -> Self {
        Self { ip: ip.to_canonical(), port }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self::new(address.ip(), Some(address.port()))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => SocketAddr::new(self.ip, port).fmt(f),
            None => self.ip.fmt(f),
        }
    }
}

/// Those whom the limits per address count as one: an address, of IPv6 a whole /64, since every user
/// has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Household(IpAddr);

impl Household {
    /// To whom this address belongs.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) if !v6.is_loopback() => {
                IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64))
            }
            other => other,
        })
    }

    /// Whether it is on this machine.
    pub(crate) fn is_loopback(self) -> bool {
        self.0.is_loopback()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_has_one_address_or_a_64() {
        let of = |ip: &str| Household::of(ip.parse().unwrap());
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.2"), of("192.0.2.1"));
        assert_eq!(of("2001:db8:0:1:ffff::2"), of("2001:db8:0:1::1"));
        assert_ne!(of("2001:db8:0:2::1"), of("2001:db8:0:1::1"));
        assert!(of("::1").is_loopback() && of("127.0.0.9").is_loopback());
    }

    #[test]
    fn a_port_is_named_only_if_it_is_known() {
        let named = |ip: &str, port| Address::new(ip.parse().unwrap(), port).to_string();
        assert_eq!(named("192.0.2.1", Some(80)), "192.0.2.1:80");
        assert_eq!(named("::ffff:192.0.2.1", None), "192.0.2.1");
        assert_eq!(named("2001:db8::1", Some(80)), "[2001:db8::1]:80");
        assert_eq!(named("2001:db8::1", None), "2001:db8::1");
    }
}
