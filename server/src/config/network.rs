//! A range of addresses.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// The form of a range, for messages about texts that are not one.
const FORM: &str = "must be an address, such as 10.0.0.7, or a range in CIDR notation, such as \
    10.0.0.0/8 or fd00::/8";

/// A range of addresses, or a single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

impl Network {
    /// Whether this address is in the range.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let one = text.parse().map(|address: IpAddr| IpNet::from(address.to_canonical()));
        let network: IpNet = one.or_else(|_| text.parse()).map_err(|_| FORM.to_owned())?;
        if network.prefix_len() == 0 {
            return Err("names every address there is; name those of your proxies".to_owned());
        }
        if network.addr() != network.network() {
            let meant = network.trunc();
            return Err(format!("is an address within a range; the range is {meant}"));
        }
        Ok(Self(network))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_its_addresses_in_either_form() {
        let check = |network: &str, address: &str, expected: bool| {
            let network: Network = network.parse().unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), expected, "{address}");
        };
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "::ffff:10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("192.0.2.7", "192.0.2.7", true);
        check("::ffff:192.0.2.7", "192.0.2.7", true);
        check("192.0.2.7", "192.0.2.8", false);
        check(" fd00::/8 ", "fd12::1", true);
        check("fd00::/8", "fe80::1", false);
        check("::1", "127.0.0.1", false);
    }

    #[test]
    fn what_is_no_range_is_refused_in_words() {
        let check = |given: &str, part: &str| {
            let refused = given.parse::<Network>().unwrap_err();
            assert!(refused.contains(part), "{given}: {part} in {refused}");
        };
        for given in ["", "proxy", "10.0.0.0/33", "10.0.0", "10.0.0.1:80", "*", "fe80::1%eth0"] {
            check(given, "CIDR notation");
        }
        check("0.0.0.0/0", "every address");
        check("::/0", "every address");
        check("10.0.0.1/8", "the range is 10.0.0.0/8");
    }
}
