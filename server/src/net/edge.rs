//! What every connection shares.

use std::net::IpAddr;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use drumbeat_shared::client::Maps;
use drumbeat_shared::game::Game;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tracing::info;

use super::admission::Admission;
use super::page_headers::PageHeaders;
use super::proxies::Proxies;
use super::refusal::Refusal;
use super::schema_text::SchemaText;
use crate::address::Address;
use crate::bans::{Ban, Bans, Visitor};
use crate::config::Config;
use crate::engine::come_back::ComeBack;
use crate::engine::shards::{Shards, ShardsError};
use crate::labels::Label;
use crate::rooms::{Lobby, PerAddress, RoomsConfig};
use crate::stamp::Stamp;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::notices::{Line, Notices};
use crate::telemetry::reasons::Refused;
use crate::tickets::Tickets;
use crate::tls::Tls;

/// Limit of log lines per minute for each cause that visitors have.
const NOTICES_PER_MINUTE_MAX: u32 = 1;

/// How far the shutdown has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Whoever plays plays on.
    Open,
    /// Those who play are being notified. Pages and health checks are still served.
    Ending(ComeBack),
    /// Nothing is accepted any more, and what is open ends.
    Closed,
}

/// What a server knows of who may come in, and how.
pub(crate) struct Guards {
    pub(crate) tickets: Tickets,
    pub(crate) bans: Bans,
    /// The TLS of its port, if it has any.
    pub(crate) tls: Option<Arc<Tls>>,
}

/// What every connection shares.
pub(crate) struct Edge<G: Game> {
    pub(crate) config: Config<G::Settings>,
    pub(crate) lobby: Arc<Lobby<G>>,
    pub(crate) metrics: Metrics,
    pub(crate) admission: Arc<Admission>,
    pub(crate) bans: Bans,
    pub(crate) proxies: Proxies,
    pub(crate) page_headers: PageHeaders,
    /// The TLS of its port, if it has any.
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) stage: watch::Receiver<Stage>,
    pub(crate) tickets: Arc<Tickets>,
    /// The schema, for clients that have not been built with the game.
    pub(super) schema: SchemaText,
    /// The places of those who speak JSON text: the server decodes, and holds what is in view, for each.
    pub(super) text: Arc<Semaphore>,
    /// The map that they are in, decoded once.
    pub(super) maps: Maps<G>,
    /// Limits the log lines that visitors cause.
    notices: Notices,
    /// Where game connections are read. HTTP has its own threads.
    pub(crate) game: Handle,
}

impl<G: Game> Edge<G> {
    /// Creates the edge, without rooms and connections. Call this in the runtime that reads game
    /// connections.
    ///
    /// # Errors
    /// When the threads that make frames are not available.
    pub(crate) fn new(
        config: Config<G::Settings>,
        metrics: Metrics,
        stage: watch::Receiver<Stage>,
        Guards { tickets, bans, tls }: Guards,
    ) -> Result<Arc<Self>, ShardsError> {
        let rooms = RoomsConfig {
            room: config.room.clone(),
            rooms_max: config.rooms_max,
            per_address: PerAddress {
                seats_max: config.connections_per_address_max,
                rooms_max: config.rooms_per_address_max,
            },
            shards: Shards::new(config.shards)?,
        };
        let text_connections_max = config.text_connections_max;
        Ok(Arc::new(Self {
            lobby: Lobby::new(rooms, metrics.rooms.clone()),
            admission: Admission::new(&config, &metrics.edge),
            bans,
            proxies: Proxies::new(&config),
            page_headers: PageHeaders::new(&config),
            tls,
            config,
            metrics,
            stage,
            tickets: Arc::new(tickets),
            schema: SchemaText::new::<G>(),
            text: Arc::new(Semaphore::new(text_connections_max)),
            maps: Maps::default(),
            notices: Notices::new(NOTICES_PER_MINUTE_MAX),
            game: Handle::current(),
        }))
    }

    pub(crate) fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// The ban that keeps out whoever comes from here, with a ticket of this subject or none.
    pub(crate) fn ban_of(&self, address: IpAddr, subject: Option<&str>) -> Option<Ban> {
        self.bans.find(Visitor { address, subject }, Stamp::now())
    }

    /// Counts a visitor that gets no seat, and logs it once in a while. `text` is what the visitor
    /// receives.
    pub(crate) fn refused(&self, peer: Address, refused: Refused, text: &str) {
        self.metrics.edge.refused.count(refused);
        let reason = refused.label();
        if let Some(Line { held_back, .. }) = self.notices.note(reason) {
            info!(reason, address = %peer, held_back, text, "a visitor was refused");
        }
    }

    /// Counts a visitor whose request is refused.
    pub(crate) fn refuse(&self, peer: Address, refusal: &Refusal) {
        self.refused(peer, Refused::Http(refusal.reason), &refusal.text);
    }

    /// Counts a refused request and returns the answer to it.
    pub(crate) fn answer(&self, peer: Address, refusal: &Refusal) -> Response {
        self.refuse(peer, refusal);
        refusal.into_response()
    }
}
