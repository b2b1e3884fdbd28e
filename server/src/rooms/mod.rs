//! Stand-in for the rooms.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use drumbeat_shared::game::{Game, MapError, Setup};
use serde::Serialize;

use crate::engine::close::CloseReason;
use crate::engine::inbox;
use crate::engine::link::Link;

/// What rooms are made with.
#[derive(Clone, Debug)]
pub struct RoomsConfig {
    /// Of each room.
    pub setup: Setup,
    /// Rooms at most.
    pub rooms_max: usize,
    /// How long an empty room lives.
    pub idle: Duration,
    /// The map.
    pub map_text: String,
}

/// All rooms.
#[derive(Debug)]
pub struct Lobby<G: Game>(PhantomData<fn() -> G>);

/// A row of `/api/rooms`.
#[derive(Debug, Serialize)]
pub struct RoomInfo {}

/// `/api/rooms/{name}`.
#[derive(Debug, Serialize)]
pub struct RoomDetail {}

/// A reserved place.
#[derive(Debug)]
pub struct Seat<G: Game>(PhantomData<fn() -> G>);

/// A player who takes a seat.
pub struct Join<G: Game> {
    /// Number of the connection.
    pub connection: u64,
    /// Cleaned.
    pub name: String,
    /// Where frames go.
    pub link: Box<dyn Link>,
    /// Where messages come from.
    pub inbox: inbox::Receiver<G::Input>,
}

impl<G: Game> Lobby<G> {
    /// New rooms.
    ///
    /// # Errors
    /// On a bad map.
    pub fn new(config: RoomsConfig) -> Result<Arc<Self>, MapError> {
        G::map(&config.map_text, &config.setup)?;
        Ok(Arc::new(Self(PhantomData)))
    }

    /// A place.
    ///
    /// # Errors
    /// When there is none.
    pub fn seat(&self, _room: &str) -> Result<Seat<G>, CloseReason> {
        Err(CloseReason::Full("every room is full"))
    }

    /// The rooms.
    #[must_use]
    pub fn rooms(&self) -> Vec<RoomInfo> {
        Vec::new()
    }

    /// One room.
    pub async fn describe(&self, _room: &str) -> Option<RoomDetail> {
        None
    }

    /// Whether the rooms advance.
    ///
    /// # Errors
    /// When one does not.
    pub fn health(&self) -> Result<(), String> {
        Ok(())
    }

    /// Ends the rooms.
    pub fn shut_down(&self, _reason: CloseReason, _limit: Duration) {}
}

impl<G: Game> Seat<G> {
    /// Its room.
    #[must_use]
    pub fn room(&self) -> &str {
        ""
    }

    /// Takes it.
    pub fn take(self, _join: Join<G>) {}
}
