//! Where those who run a server reach it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use clap::ValueEnum;
use drumbeat_process::admin_port;

use super::values::Listen;

/// Where the admin listener is, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminListen {
    /// Nowhere.
    Off,
    /// At this address.
    At(SocketAddr),
}

impl AdminListen {
    /// Where it is if no setting says so: on this machine, at a port that follows from that of the
    /// players.
    #[must_use]
    pub fn beside(players: SocketAddr) -> Self {
        let is_local = players.ip().is_loopback();
        let ip = if is_local { players.ip() } else { IpAddr::V4(Ipv4Addr::LOCALHOST) };
        Self::At(SocketAddr::new(ip, admin_port(players.port())))
    }

    /// The address, if there is one.
    #[must_use]
    pub fn address(self) -> Option<SocketAddr> {
        match self {
            Self::Off => None,
            Self::At(address) => Some(address),
        }
    }
}

impl FromStr for AdminListen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let listen = text.parse::<Listen>();
        listen.map(|listen| Self::At(listen.0)).map_err(|refused| format!("{refused}; or off"))
    }
}

/// A thing that is there or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    /// It is there
    On,
    /// It is not
    Off,
}

impl fmt::Display for OnOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::On => "on",
            Self::Off => "off",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_on_this_machine_unless_somebody_says_otherwise() {
        let check = |players: &str, expected: &str| {
            let admin = AdminListen::beside(players.parse().unwrap());
            assert_eq!(admin.address().unwrap().to_string(), expected, "{players}");
        };
        check("127.0.0.1:7777", "127.0.0.1:8777");
        check("0.0.0.0:7777", "127.0.0.1:8777");
        check("192.0.2.1:65000", "127.0.0.1:64000");
        check("[::1]:7777", "[::1]:8777");
        check("[::]:0", "127.0.0.1:0");
    }

    #[test]
    fn an_address_or_off_is_read_and_nothing_else() {
        let read = |text: &str| text.parse::<AdminListen>().map(AdminListen::address);
        assert_eq!(read("off"), Ok(None));
        assert_eq!(read("9001"), Ok(Some("127.0.0.1:9001".parse().unwrap())));
        assert_eq!(read("0.0.0.0:9001"), Ok(Some("0.0.0.0:9001".parse().unwrap())));
        assert!(read("no").unwrap_err().ends_with("; or off"));
    }
}
