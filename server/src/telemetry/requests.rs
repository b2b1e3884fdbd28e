//! Which parts of the HTTP interface are requested, and how they answer.

use axum::http::StatusCode;
use metrics::{Counter, counter, describe_counter};

use crate::labels::labels;

labels! {
    /// A part of the HTTP interface.
    pub enum Route {
        /// The page and its files, or a path that does not exist.
        Page = "page",
        /// The game's WebSocket.
        Game = "game",
        /// Health checks.
        Health = "health",
        /// The metrics.
        Metrics = "metrics",
        /// The list of rooms, single rooms, badges, and the schema.
        Rooms = "rooms",
        /// What rooms make public.
        Feed = "feed",
        /// What those who run the server do.
        Acts = "acts",
    }
}

impl Route {
    /// The part that a route of the router belongs to.
    #[must_use]
    pub fn of(route: &str) -> Self {
        match route {
            "/ws" | "/ws/{room}" => Self::Game,
            "/healthz" | "/readyz" => Self::Health,
            "/metrics" => Self::Metrics,
            "/api/rooms" | "/api/rooms/{name}" | "/api/schema" | "/badge/{file}" => Self::Rooms,
            "/api/rooms/{room}/feed" => Self::Feed,
            route if route.starts_with("/api/") => Self::Acts,
            _ => Self::Page,
        }
    }
}

/// The classes of status codes, from 1xx on.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// Counts requests.
#[derive(Clone, Debug)]
pub struct Requests([[Counter; CLASSES.len()]; Route::ALL.len()]);

impl Requests {
    /// Counters in the current registry.
    pub(super) fn new() -> Self {
        let name = "drumbeat_http_requests_total";
        describe_counter!(name, "HTTP requests by part of the interface and class of the status");
        let counters = |route: Route| {
            CLASSES.map(|class| counter!(name, "route" => route.label(), "status" => class))
        };
        Self(std::array::from_fn(|at| counters(Route::ALL[at])))
    }

    /// Counts one request that was answered with `status`.
    pub fn count(&self, route: Route, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(counter) = self.0[route as usize].get(class) {
            counter.increment(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_has_its_part() {
        let check = |route: &str, expected: &str| assert_eq!(Route::of(route).label(), expected);
        check("/ws", "game");
        check("/healthz", "health");
        check("/readyz", "health");
        check("/metrics", "metrics");
        check("/api/rooms/{name}", "rooms");
        check("/badge/{file}", "rooms");
        check("/api/rooms/{room}/feed", "feed");
        check("/api/bans", "acts");
        check("/js/main.js", "page");
    }
}
