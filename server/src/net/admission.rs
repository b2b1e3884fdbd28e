//! Who may connect: caps on open connections, in total and for each address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::Gauge;
use tokio::sync::watch;

use crate::config::Config;

/// Counts open connections.
#[derive(Debug)]
pub(crate) struct Admission {
    connections_max: usize,
    per_address_max: usize,
    exempt_loopback: bool,
    gauge: Gauge,
    open: watch::Sender<usize>,
    /// Open connections of each address that has any: no longer than `connections_max`.
    addresses: Mutex<HashMap<IpAddr, usize>>,
}

/// Why a connection was not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The server has as many as it takes.
    Full,
    /// The address has as many as it may.
    AddressFull,
}

/// The right to one open connection, given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    admission: Arc<Admission>,
    address: IpAddr,
}

impl Admission {
    pub(crate) fn new(config: &Config, gauge: Gauge) -> Arc<Self> {
        Arc::new(Self {
            connections_max: config.connections_max,
            per_address_max: config.connections_per_address_max,
            exempt_loopback: config.exempt_loopback,
            gauge,
            open: watch::Sender::new(0),
            addresses: Mutex::default(),
        })
    }

    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Permit, Refusal> {
        let address = group(peer);
        let mut addresses = self.lock();
        if *self.open.borrow() >= self.connections_max {
            return Err(Refusal::Full);
        }
        let from_here = addresses.get(&address).copied().unwrap_or(0);
        let exempt = self.exempt_loopback && address.is_loopback();
        if from_here >= self.per_address_max && !exempt {
            return Err(Refusal::AddressFull);
        }
        addresses.insert(address, from_here + 1);
        self.change(|open| open + 1);
        Ok(Permit { admission: Arc::clone(self), address })
    }

    pub(crate) fn is_full(&self) -> bool {
        *self.open.borrow() >= self.connections_max
    }

    /// Waits until no connection is open.
    pub(crate) async fn all_closed(&self) {
        // The sender lives in `self`, so this ends only when the count is 0.
        let _ = self.open.subscribe().wait_for(|open| *open == 0).await;
    }

    fn release(&self, address: IpAddr) {
        let mut addresses = self.lock();
        match addresses.get_mut(&address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(addresses.remove(&address)),
        }
        self.change(|open| open - 1);
    }

    /// To be called with the lock held.
    fn change(&self, step: impl Fn(usize) -> usize) {
        self.open.send_modify(|open| {
            *open = step(*open);
            self.gauge.set(*open as f64);
        });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.admission.release(self.address);
    }
}

/// One address of a household: an IPv6 user has a whole /64 at hand.
fn group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => {
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn admission(
        connections_max: usize,
        per_address_max: usize,
        exempt_loopback: bool,
    ) -> Arc<Admission> {
        let config = Config {
            connections_max,
            connections_per_address_max: per_address_max,
            exempt_loopback,
            ..Config::new(&Settings::default(), String::new())
        };
        Admission::new(&config, Gauge::noop())
    }

    #[test]
    fn caps_hold_and_are_given_back() {
        let admission = admission(4, 2, true);
        let admit = |address: &str| admission.admit(address.parse().unwrap());
        let first = admit("192.0.2.1").unwrap();
        let _second = admit("::ffff:192.0.2.1").unwrap();
        assert_eq!(admit("192.0.2.1").unwrap_err(), Refusal::AddressFull);
        drop(first);
        let _third = admit("192.0.2.1").unwrap();
        let _fourth = admit("2001:db8:0:1::1").unwrap();
        let fifth = admit("2001:db8:0:1:ffff::2").unwrap();
        assert!(admission.is_full());
        assert_eq!(admit("198.51.100.1").unwrap_err(), Refusal::Full);
        drop(fifth);
        assert!(!admission.is_full());
        assert_eq!(admission.lock().len(), 2);
    }

    #[test]
    fn loopback_is_exempt_if_so_configured() {
        for (exempt, address) in [(true, "127.0.0.1"), (true, "::1"), (false, "127.0.0.1")] {
            let admission = admission(10, 1, exempt);
            let _first = admission.admit(address.parse().unwrap()).unwrap();
            let second = admission.admit(address.parse().unwrap());
            assert_eq!(second.is_ok(), exempt, "{address}");
        }
    }
}
