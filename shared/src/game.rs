//! The whole contract between the engine and the rules of a game.
//!
//! A game is a deterministic state machine over an entity table. It never sees a socket, a clock
//! or a thread; the engine never sees a ship or a shot. `arena` is the bundled implementation;
//! the engine's own tests run a much smaller one.

use std::sync::Arc;

use glam::IVec2;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::entities::Entities;
use crate::ids::{PlayerId, Tick};
use crate::limits::{REWIND_MS_MAX, VIEW_TIME_STEPS};
use crate::schema::{Private, Schema, State, initial_private};

/// What a room is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Seed of everything random.
    pub seed: u64,
    /// Connected players at most; their ids are below this.
    pub capacity: u16,
    /// Steps per second, within `TICK_HZ_MIN..=TICK_HZ_MAX`.
    pub tick_hz: u16,
    /// Players that the game itself adds to a quiet room, and withdraws as people join.
    pub house_bots: u16,
}

/// How far a player sees, in grid units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Half the width and half the height of the rectangle around the eye in which an entity
    /// enters the view.
    pub half: IVec2,
    /// How far beyond that rectangle an entity must be to leave the view again.
    pub margin: i32,
}

/// The controls of one tick of one player, as the engine hands them to the rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Controls<I> {
    /// What the player wants.
    pub input: I,
    /// How far the others on this player's screen were behind the end of this step, in parts of a
    /// tick (`VIEW_TIME_STEPS`), 0 to [`rewind_max`]. Rules that judge an aim by what the player saw look
    /// back by it.
    pub rewind: u16,
}

/// How far back rules look at most, parts of a tick: `REWIND_MS_MAX` at this tick rate.
#[must_use]
pub const fn rewind_max(tick_hz: u16) -> u16 {
    (REWIND_MS_MAX * VIEW_TIME_STEPS as u32 * tick_hz as u32 / 1_000) as u16
}

/// Why a map was refused; the text names file line and field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MapError(pub String);

/// Who is told of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody in the room.
    Room,
    /// Those whose view holds this position (grid units) when they are told.
    Near(IVec2),
    /// One player.
    Player(PlayerId),
}

/// The events of one step, in the order in which they happened.
#[derive(Debug)]
pub struct Events<E>(Vec<(Audience, E)>);

impl<E> Default for Events<E> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<E> Events<E> {
    /// Tells `audience` that `event` happened. It is delivered, late if need be, or the client is
    /// told how many it missed.
    pub fn push(&mut self, audience: Audience, event: E) {
        self.0.push((audience, event));
    }

    /// Takes the events out.
    pub fn drain(&mut self) -> impl Iterator<Item = (Audience, E)> {
        self.0.drain(..)
    }
}

/// The rules of a game: one value is one world.
///
/// Every method must be a pure function of its arguments and the world. What [`Game::entities`]
/// holds after a step is both what clients are told and what the next step starts from: rules
/// round to the integer grid where the state lives.
pub trait Game: Sized + Send + Sync + 'static {
    /// The static world, the same on both ends: it is sent once, on joining.
    type Map: Serialize + DeserializeOwned + std::fmt::Debug + Send + Sync + 'static;
    /// What a player wants during one tick: held controls, not edges.
    type Input: Serialize
        + DeserializeOwned
        + Copy
        + Default
        + PartialEq
        + std::fmt::Debug
        + Send
        + 'static;
    /// What happened, for the screen and the log.
    type Event: Serialize + DeserializeOwned + Clone + std::fmt::Debug + Send + 'static;

    /// Name of the game, for logs and people.
    const NAME: &'static str;
    /// What of an entity and of a player travels.
    const SCHEMA: Schema;
    /// How far a player sees.
    const VIEW: View;

    /// Builds the static world from the text of a map file.
    ///
    /// # Errors
    /// When the text is not a valid map; the message names line and field.
    fn map(text: &str, setup: &Setup) -> Result<Self::Map, MapError>;

    /// A new world.
    fn new(map: Arc<Self::Map>, setup: &Setup) -> Self;

    /// A connected player joins. The name is valid (see `protocol::names`).
    fn join(&mut self, player: PlayerId, name: &str);

    /// A connected player has left.
    fn leave(&mut self, player: PlayerId);

    /// Whether an input that decoded is one that a player could send; every one is by default.
    ///
    /// # Errors
    /// What is wrong with it, for the counter and the log.
    fn validate(_input: &Self::Input) -> Result<(), &'static str> {
        Ok(())
    }

    /// A spectator has come. It learns of the world what is in view; what else it should know from
    /// the start can be told with the next step.
    fn spectate(&mut self) {}

    /// One step: `inputs` are the new controls of this tick, at most one for each player, in
    /// ascending order of player. A player without one keeps its controls.
    fn step(
        &mut self,
        inputs: &[(PlayerId, Controls<Self::Input>)],
        events: &mut Events<Self::Event>,
    );

    /// Sets the decision fields of a player's entity as [`Game::step`] does for this input.
    fn control(state: &mut State, input: &Self::Input);

    /// The input of a tick in which a player held first these controls and then those: a press
    /// that is shorter than a tick need not be lost. The later ones, unless the game says so.
    #[must_use]
    fn merge(_earlier: &Self::Input, later: &Self::Input) -> Self::Input {
        *later
    }

    /// Moves an entity on by one tick with unchanged controls, by the very code of
    /// [`Game::step`]. Must leave every [`crate::schema::Role::Decision`] field alone and every
    /// field within its range, for any state within range.
    fn predict(map: &Self::Map, state: &mut State);

    /// What a player's avatar brings into the world in step `tick`, such as shots: `spawn` gets
    /// each as it is at the end of that step. By the very code of [`Game::step`], from the avatar
    /// after [`Game::control`] and [`Game::predict`] of the step; `private` moves on as the step
    /// moves it. A client so draws at once what its player fires. Nothing unless the game says so.
    ///
    /// The step may still shorten or refuse what it brings, for reasons that the avatar alone does
    /// not tell; the client then takes its own back.
    fn act(
        _map: &Self::Map,
        _own: &State,
        _private: &mut Private,
        _tick: Tick,
        _spawn: &mut dyn FnMut(State),
    ) {
    }

    /// Who brought an entity into the world, if [`Game::act`] did.
    fn spawner(_state: &State) -> Option<PlayerId> {
        None
    }

    /// The largest distance in grid units that an entity of this kind travels by itself in a tick;
    /// `None` for a kind whose way nobody watches. Front ends tell a jump by it.
    fn reach_per_tick(_map: &Self::Map, _kind: u8) -> Option<f32> {
        None
    }

    /// Whether two entities touch, so that the rules may push them in a way that no prediction of
    /// one alone foresees.
    fn touch(_a: &State, _b: &State) -> bool {
        false
    }

    /// Whom spectators follow unless they choose; nobody unless the game says so.
    fn leader(&self) -> Option<PlayerId> {
        None
    }

    /// The world's entities.
    fn entities(&self) -> &Entities;

    /// Where an entity is, in grid units.
    fn position(state: &State) -> IVec2;

    /// Whose avatar this is, if it is one: a player owns at most one avatar at a time.
    fn owner(state: &State) -> Option<PlayerId>;

    /// Where a player looks from, in grid units: the centre of its view. `None` if there is no such
    /// player.
    fn eye(&self, player: PlayerId) -> Option<IVec2>;

    /// Where a spectator looks from who wants to see this place, grid units. The place comes from
    /// the network and may be any; what is returned is for rules to bound.
    fn look_at(&self, place: IVec2) -> IVec2;

    /// What only this connected player is told; nothing unless the schema has private fields.
    fn private(&self, _player: PlayerId) -> Private {
        initial_private(Self::SCHEMA.private)
    }

    /// The name of any player, connected or the game's own; unknown unless the game keeps names.
    fn name(&self, _player: PlayerId) -> Option<&str> {
        None
    }
}
