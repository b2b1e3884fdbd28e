//! Who may connect: caps on open connections, in total and per address, for those who load the page
//! and for those who play. Visitors may also use what players leave free, because everybody who
//! comes to play is a visitor first. Players never use the visitors' share. Whoever waits for news of
//! a feed does not count as a visitor meanwhile, but against limits for watchers.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use metrics::Gauge;
use tokio::sync::watch;

use super::refusal::Refusal;
use crate::address::Household;
use crate::config::Config;
use crate::telemetry::metrics::EdgeMetrics;
use crate::telemetry::reasons::RefusalReason;

/// What a connection is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Requests, one of which may ask to play.
    Http,
    /// Requests of all who come through a trusted proxy.
    Proxied,
    /// The game.
    Game,
    /// An answer that waits for news, on a connection for HTTP.
    Watch,
}

/// Counts open connections.
#[derive(Debug)]
pub(crate) struct Admission {
    connections_max: usize,
    http_connections_max: usize,
    http_per_address_max: usize,
    game_per_address_max: usize,
    watchers_max: usize,
    watchers_per_address_max: usize,
    exempt_loopback: bool,
    connections: Gauge,
    http_connections: Gauge,
    watchers: Gauge,
    open: watch::Sender<Open>,
    /// Open connections of each address that has any; bounded by all caps together.
    addresses: Mutex<HashMap<Household, Open>>,
}

/// Open connections by use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Open {
    http: usize,
    game: usize,
    /// Those of `http` that wait for news.
    watch: usize,
}

impl Open {
    fn of(&mut self, usage: Use) -> &mut usize {
        match usage {
            Use::Http | Use::Proxied => &mut self.http,
            Use::Game => &mut self.game,
            Use::Watch => &mut self.watch,
        }
    }

    /// What counts against the limit of a use.
    fn counted(self, usage: Use) -> usize {
        match usage {
            Use::Http | Use::Proxied => self.http.saturating_sub(self.watch),
            Use::Game => self.game,
            Use::Watch => self.watch,
        }
    }
}

/// The server has as many connections as it may have.
const FULL: Refusal = Refusal::new(
    StatusCode::SERVICE_UNAVAILABLE,
    RefusalReason::ConnectionsFull,
    "the server is full; try again later",
);
/// The address has as many connections as it may have.
const ADDRESS_FULL: Refusal = Refusal::new(
    StatusCode::TOO_MANY_REQUESTS,
    RefusalReason::AddressFull,
    "too many connections from your address; close some and try again",
);

/// As many watch as may.
const WATCHERS_FULL: Refusal = Refusal::new(
    StatusCode::SERVICE_UNAVAILABLE,
    RefusalReason::WatchersFull,
    "as many watch here as may (--watchers-max); try again later, or ask without waiting: ?since=N",
);
/// As many watch from the address as may.
const ADDRESS_WATCHES: Refusal = Refusal::new(
    StatusCode::TOO_MANY_REQUESTS,
    RefusalReason::AddressWatches,
    "too many watch from your address (--watchers-per-address-max); close some and try again",
);

/// The right to one open connection, released when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    admission: Arc<Admission>,
    address: Household,
    usage: Use,
}

impl Admission {
    pub(crate) fn new<S>(config: &Config<S>, metrics: &EdgeMetrics) -> Arc<Self> {
        Arc::new(Self {
            connections_max: config.connections_max,
            http_connections_max: config.http_connections_max,
            http_per_address_max: config.http_per_address_max,
            game_per_address_max: config.connections_per_address_max,
            watchers_max: config.watchers_max,
            watchers_per_address_max: config.watchers_per_address_max,
            exempt_loopback: config.exempt_loopback,
            connections: metrics.connections.clone(),
            http_connections: metrics.http_connections.clone(),
            watchers: metrics.watchers.clone(),
            open: watch::Sender::default(),
            addresses: Mutex::default(),
        })
    }

    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr, usage: Use) -> Result<Permit, Refusal> {
        let address = Household::of(peer);
        let mut addresses = self.lock();
        let mut open = *self.open.borrow();
        let (max, per_address_max) = match usage {
            Use::Http | Use::Proxied => {
                let game_left = self.connections_max.saturating_sub(open.game);
                // Whom a proxy lets in is its own affair.
                let is_proxy = usage == Use::Proxied;
                let per_address_max = if is_proxy { usize::MAX } else { self.http_per_address_max };
                (self.http_connections_max + game_left, per_address_max)
            }
            Use::Game => (self.connections_max, self.game_per_address_max),
            Use::Watch => (self.watchers_max, self.watchers_per_address_max),
        };
        let is_watch = usage == Use::Watch;
        if open.counted(usage) >= max {
            return Err(if is_watch { WATCHERS_FULL } else { FULL });
        }
        let mut from_here = addresses.get(&address).copied().unwrap_or_default();
        if from_here.counted(usage) >= per_address_max && self.counted(peer).is_some() {
            return Err(if is_watch { ADDRESS_WATCHES } else { ADDRESS_FULL });
        }
        *from_here.of(usage) += 1;
        addresses.insert(address, from_here);
        *open.of(usage) += 1;
        self.publish(open);
        Ok(Permit { admission: Arc::clone(self), address, usage })
    }

    /// As whom the limits per address count whoever comes from here; `None` if they do not hold there.
    pub(crate) fn counted(&self, peer: IpAddr) -> Option<Household> {
        let address = Household::of(peer);
        (!(self.exempt_loopback && address.is_loopback())).then_some(address)
    }

    /// Whether nobody else can join to play, for lack of game connections or of the HTTP
    /// connections that lead to them.
    pub(crate) fn is_full(&self) -> bool {
        let open = *self.open.borrow();
        let game_left = self.connections_max.saturating_sub(open.game);
        game_left == 0 || open.counted(Use::Http) >= self.http_connections_max + game_left
    }

    /// The open game connections.
    pub(crate) fn game_connections(&self) -> usize {
        self.open.borrow().game
    }

    /// Waits until no connection is open.
    pub(crate) async fn all_closed(&self) {
        // The sender lives in `self`, so this ends only when the count is 0.
        let _ = self.open.subscribe().wait_for(|open| *open == Open::default()).await;
    }

    fn release(&self, permit: &Permit) {
        let mut addresses = self.lock();
        if let Some(from_here) = addresses.get_mut(&permit.address) {
            *from_here.of(permit.usage) -= 1;
            if *from_here == Open::default() {
                addresses.remove(&permit.address);
            }
        }
        let mut open = *self.open.borrow();
        *open.of(permit.usage) -= 1;
        self.publish(open);
    }

    /// Call this with the lock held.
    fn publish(&self, open: Open) {
        self.connections.set((open.http + open.game) as f64);
        self.http_connections.set(open.http as f64);
        self.watchers.set(open.watch as f64);
        self.open.send_replace(open);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Household, Open>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.admission.release(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn admission(connections_max: usize, per_address_max: usize, exempt: bool) -> Arc<Admission> {
        let config = Config {
            connections_max,
            connections_per_address_max: per_address_max,
            http_per_address_max: per_address_max + 1,
            watchers_max: 3,
            watchers_per_address_max: 2,
            exempt_loopback: exempt,
            ..Config::new(&Settings::default(), (), "")
        };
        Admission::new(&config, &EdgeMetrics::new())
    }

    #[test]
    fn caps_hold_and_are_given_back() {
        let admission = admission(4, 2, true);
        let admit = |address: &str| admission.admit(address.parse().unwrap(), Use::Game);
        let first = admit("192.0.2.1").unwrap();
        let _second = admit("::ffff:192.0.2.1").unwrap();
        assert_eq!(admit("192.0.2.1").unwrap_err(), ADDRESS_FULL);
        drop(first);
        let _third = admit("192.0.2.1").unwrap();
        let _fourth = admit("2001:db8:0:1::1").unwrap();
        let fifth = admit("2001:db8:0:1:ffff::2").unwrap();
        assert!(admission.is_full());
        assert_eq!(admit("198.51.100.1").unwrap_err(), FULL);
        drop(fifth);
        assert!(!admission.is_full());
        assert_eq!(admission.lock().len(), 2);
    }

    #[test]
    fn players_leave_visitors_their_share_and_visitors_players() {
        let admission = admission(2, 2, false);
        let here = [192, 0, 2, 1].into();
        let _playing = [(); 2].map(|()| admission.admit(here, Use::Game).unwrap());
        assert_eq!(admission.admit(here, Use::Game).unwrap_err(), FULL);
        let visiting = [(); 3].map(|()| admission.admit(here, Use::Http).unwrap());
        assert_eq!(admission.admit(here, Use::Http).unwrap_err(), ADDRESS_FULL);
        drop(visiting);
        assert!(admission.admit(here, Use::Http).is_ok());
    }

    #[test]
    fn visitors_have_what_players_leave_and_some_more() {
        let admission = admission(2, 1, false);
        let _playing = admission.admit([192, 0, 2, 1].into(), Use::Game).unwrap();
        let visit = |host: u32| admission.admit(IpAddr::V4((0x0a00_0000 + host).into()), Use::Http);
        let visitors = admission.http_connections_max as u32 + 1;
        let visiting: Vec<Permit> = (0..visitors).map(|host| visit(host).unwrap()).collect();
        assert!(admission.is_full(), "nobody can come in to play");
        assert_eq!(visit(visiting.len() as u32).unwrap_err(), FULL);
        assert!(admission.admit([192, 0, 2, 2].into(), Use::Game).is_ok());
    }

    #[test]
    fn watchers_have_limits_of_their_own_and_are_no_visitors() {
        let admission = admission(2, 1, false);
        let here = [192, 0, 2, 1].into();
        let _connections = [(); 2].map(|()| admission.admit(here, Use::Http).unwrap());
        assert_eq!(admission.admit(here, Use::Http).unwrap_err(), ADDRESS_FULL);
        let watching = [(); 2].map(|()| admission.admit(here, Use::Watch).unwrap());
        assert_eq!(admission.admit(here, Use::Watch).unwrap_err(), ADDRESS_WATCHES);
        let _visiting = [(); 2].map(|()| admission.admit(here, Use::Http).unwrap());
        let other = admission.admit([192, 0, 2, 2].into(), Use::Watch).unwrap();
        assert_eq!(admission.admit([192, 0, 2, 3].into(), Use::Watch).unwrap_err(), WATCHERS_FULL);
        drop((watching, other));
        assert_eq!(admission.admit(here, Use::Http).unwrap_err(), ADDRESS_FULL);
        assert!(admission.admit(here, Use::Watch).is_ok());
    }

    #[test]
    fn loopback_is_exempt_if_so_configured() {
        for (exempt, address) in [(true, "127.0.0.1"), (true, "::1"), (false, "127.0.0.1")] {
            let admission = admission(10, 1, exempt);
            let admit = || admission.admit(address.parse().unwrap(), Use::Game);
            let _first = admit().unwrap();
            assert_eq!(admit().is_ok(), exempt, "{address}");
        }
    }
}
