//! The whole contract between the engine and the rules of a game.
//!
//! A game is a deterministic state machine over an entity table. It never sees a socket, a clock
//! or a thread; the engine never sees a ship or a shot. The bundled games are in
//! `shared/games`; the engine's own tests run a much smaller one.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use glam::IVec2;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::content::{Command, Record};
use crate::document::{Document, RecordId};
use crate::entities::Entities;
pub use crate::events::{Audience, ChatEdit, Event, Events, Public, Spoken, Verdict};
pub use crate::identity::{Identity, TicketHolder};
use crate::ids::{PlayerId, Tick};
use crate::input::{Input, InvalidInput};
use crate::limits::{HISTORY_TICKS, REWIND_MS_MAX, TICK_HZ_DEFAULT, VIEW_TIME_STEPS};
use crate::saved::Saved;
use crate::schema::{Private, Schema, State, initial_private};

/// The parameters of a new room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup<S = ()> {
    /// Seed of everything random.
    pub seed: u64,
    /// Limit on connected players; their ids are below it.
    pub capacity: u16,
    /// Steps per second, within `TICK_HZ_MIN..=TICK_HZ_MAX`.
    pub tick_hz: u16,
    /// The game's own settings.
    pub settings: S,
}

impl<S> Setup<S> {
    /// The same setup of a game with these settings of its own.
    #[must_use]
    pub fn with<T>(&self, settings: T) -> Setup<T> {
        let Self { seed, capacity, tick_hz, settings: _ } = *self;
        Setup { seed, capacity, tick_hz, settings }
    }
}

/// How far a player sees, in grid units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Half the width and half the height of the rectangle around the eye. An entity inside it
    /// enters the view.
    pub half: IVec2,
    /// How far beyond that rectangle an entity must be to leave the view.
    pub margin: i32,
}

/// In which ticks a client gets a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Frames {
    /// In every tick: for a game in which something moves in most views.
    #[default]
    EveryTick,
    /// In a tick in which something changed for it: what it sees, its private state, its inputs'
    /// acknowledgement, an event, the answer to a ping. Without any it gets one at least every
    /// [`idle_ticks_max`] ticks. The rules step in every tick all the same.
    OnChange,
}

/// With [`Frames::OnChange`], from one frame to the next there are at most so many ticks: half a
/// second, and few enough that the next frame can build on the last.
#[must_use]
pub const fn idle_ticks_max(tick_hz: u16) -> u32 {
    let (half_a_second, history) = (tick_hz as u32 / 2, HISTORY_TICKS as u32 / 2);
    let ticks = if half_a_second < history { half_a_second } else { history };
    if ticks == 0 { 1 } else { ticks }
}

/// One player's controls for one tick, as the engine passes them to the rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Controls<I> {
    /// What the player wants.
    pub input: I,
    /// How far behind the end of this step this player's screen showed the others, in parts of a
    /// tick (`VIEW_TIME_STEPS`), 0 to [`rewind_max`]. Rules that judge an aim by what the player
    /// saw rewind the targets by this.
    pub rewind: u16,
}

/// The longest rewind, parts of a tick: `REWIND_MS_MAX` at this tick rate.
#[must_use]
pub const fn rewind_max(tick_hz: u16) -> u16 {
    (REWIND_MS_MAX * VIEW_TIME_STEPS as u32 * tick_hz as u32 / 1_000) as u16
}

/// What a prediction may depend on besides the entity: the same on both ends.
#[derive(Debug)]
pub struct Context<'a, M> {
    /// The static world.
    pub map: &'a M,
    /// Steps per second.
    pub tick_hz: u16,
    /// The tick at whose end a prediction gives the state.
    pub tick: Tick,
}

impl<M> Clone for Context<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Context<'_, M> {}

impl<M> Context<'_, M> {
    /// The same world in another tick.
    #[must_use]
    pub fn at(self, tick: Tick) -> Self {
        Self { tick, ..self }
    }

    /// The same world in the next tick.
    #[must_use]
    pub fn next(self) -> Self {
        self.at(self.tick.next())
    }
}

/// What all ticks of a room have in common.
#[derive(Debug)]
pub struct StaticWorld<M> {
    /// The map.
    pub map: Arc<M>,
    /// Steps per second.
    pub tick_hz: u16,
}

impl<M> StaticWorld<M> {
    /// The context of a tick.
    #[must_use]
    pub fn at(&self, tick: Tick) -> Context<'_, M> {
        Context { map: &self.map, tick_hz: self.tick_hz, tick }
    }
}

/// Why the rules refuse a player: a text for that person, up to 123 bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub Cow<'static, str>);

/// Why a map was refused; the text names the line and the field in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MapError(pub String);

/// The rules of a game: one value is one world.
///
/// Every method must be a pure function of its arguments and the world. Clients and the next step
/// both start from what [`Game::entities`] holds after a step, so rules round to the integer grid
/// in which the state is stored. A world is [`Saved`]: what a checkpoint restores goes on as the
/// world would have.
pub trait Game: Sized + Saved + Send + Sync + 'static {
    /// The static world, the same on both ends. The server sends it once, when a client joins.
    type Map: Serialize + DeserializeOwned + Debug + Send + Sync + 'static;
    /// What a player wants during one tick: held controls, not edges.
    type Input: Input;
    /// Something that happened, for the screen and the log.
    type Event: Event;
    /// What a player asks for reliably: `()` for nothing.
    type Command: Command;
    /// The records of the room's document: `()` for none.
    type Record: Record;

    /// The game's own settings: `()` for none. Where a server runs the game, each field is a flag, a
    /// variable and a key of the configuration file (`clap::Args`).
    type Settings: Clone + Debug + Send + Sync + 'static;

    /// Name of the game, for logs and people.
    const NAME: &'static str;
    /// Describes the state of entities and players that is sent.
    const SCHEMA: Schema;
    /// How far a player sees.
    const VIEW: View;
    /// In which ticks a client gets a frame: in every tick by default.
    const FRAMES: Frames = Frames::EveryTick;
    /// Limit of commands of one player that the rules take a second, on average, at least 1; further
    /// ones wait. The rules never take more than `COMMANDS_WAITING_MAX` of them in a tick, which is the
    /// limit in a slow room.
    const COMMANDS_PER_S: u16 = 20;
    /// Steps per second where the operator sets no rate, within `TICK_HZ_MIN..=TICK_HZ_MAX`.
    const TICK_HZ: u16 = TICK_HZ_DEFAULT;

    /// What of the room its feed shows, besides [`Game::publish`]: who joins and leaves by default.
    const PUBLIC: Public = Public::PLAYERS;

    /// Whether players can have avatars; where they can't, nothing expects one.
    const HAS_AVATARS: bool = true;

    /// Builds the static world from the text of a map file.
    ///
    /// # Errors
    /// When the text is not a valid map; the message names line and field.
    fn map(text: &str, setup: &Setup<Self::Settings>) -> Result<Self::Map, MapError>;

    /// Creates a world.
    fn new(map: Arc<Self::Map>, setup: &Setup<Self::Settings>) -> Self;

    /// A connected player joins.
    ///
    /// # Errors
    /// When the rules refuse it. The connection is then closed with the reason, and
    /// [`Game::leave`] is not called.
    fn join(&mut self, player: PlayerId, who: Identity<'_>) -> Result<(), Refused>;

    /// A player who has joined leaves.
    fn leave(&mut self, player: PlayerId);

    /// A player has lost its connection. Its place is kept for a while, in which it holds the default
    /// controls; then it is back, or leaves.
    fn away(&mut self, _player: PlayerId) {}

    /// A player goes on with another connection: it was away, or has taken over from the connection
    /// before. Its client starts anew, and holds nothing that was sent to it once.
    fn back(&mut self, _player: PlayerId) {}

    /// Checks that a decoded input is one that a player could send: by default, that every control
    /// is within its range.
    ///
    /// # Errors
    /// What is wrong with it, for the counter, the log and the page's console.
    fn validate(input: &Self::Input) -> Result<(), InvalidInput> {
        input.validate()
    }

    /// Takes a command of a connected player before the step of the context's tick. The commands of
    /// one player come in the order in which they were sent; their limits are checked, and their
    /// texts are clean.
    ///
    /// # Errors
    /// When the rules refuse it: the player is sent the reason.
    fn command(
        &mut self,
        _context: Context<'_, Self::Map>,
        _player: PlayerId,
        _command: &Self::Command,
        _events: &mut Events<Self::Event>,
    ) -> Result<(), Refused> {
        Ok(())
    }

    /// Judges a chat line of a connected player before the step of the context's tick.
    fn say(
        &mut self,
        _context: Context<'_, Self::Map>,
        _player: PlayerId,
        _line: Spoken<'_>,
        _events: &mut Events<Self::Event>,
    ) -> Verdict {
        Verdict::Say
    }

    /// A player reports a chat line of the room. The server has logged it.
    fn report(
        &mut self,
        _player: PlayerId,
        _line: RecordId,
        _text: &str,
        _events: &mut Events<Self::Event>,
    ) {
    }

    /// The room's document, if the game has one.
    fn document(&self) -> Option<&Document<Self::Record>> {
        None
    }

    /// The group whose records of the document a player sees, besides those for everybody.
    fn group(&self, _player: PlayerId) -> u16 {
        0
    }

    /// A spectator joins. Its frames show what is in view; the next step can send whatever else it
    /// should know from the start.
    fn spectate(&mut self) {}

    /// Runs one step, to the end of the context's tick. `inputs` holds the new controls of this tick, no more than one per player, in
    /// ascending order of player. A player without one keeps its controls.
    fn step(
        &mut self,
        context: Context<'_, Self::Map>,
        inputs: &[(PlayerId, Controls<Self::Input>)],
        events: &mut Events<Self::Event>,
    );

    /// Sets the decision fields of a player's entity as [`Game::step`] does for this input.
    fn control(state: &mut State, input: &Self::Input);

    /// Combines the controls that a player held one after the other during one tick, so that a
    /// press shorter than a tick is not lost. Returns the later ones by default.
    #[must_use]
    fn merge(_earlier: &Self::Input, later: &Self::Input) -> Self::Input {
        *later
    }

    /// Moves an entity on by one tick with unchanged controls, with the same code as
    /// [`Game::step`]. For any state within range it must leave every
    /// [`crate::schema::Role::Decision`] field unchanged and every field within its range.
    fn predict(context: Context<'_, Self::Map>, state: &mut State);

    /// Whether an entity rests: [`Game::predict`] leaves this state as it is, in this tick and in
    /// every later one. It costs the engine nothing until the rules touch it again
    /// ([`Entities::find_mut`]). Nothing rests by default.
    #[must_use]
    fn rests(_state: &State) -> bool {
        false
    }

    /// Passes to `spawn` what a player's avatar brings into the world in the step of the context's
    /// tick, such as shots, each as it is at the end of that step. Uses the same code as [`Game::step`] and
    /// starts from the avatar after [`Game::control`] and [`Game::predict`] of the step; changes
    /// `private` as the step does. A client uses it to draw at once what its player fires. Spawns
    /// nothing by default.
    ///
    /// The step may still shorten or refuse a spawn for reasons that the avatar's state does not
    /// show; the client then withdraws its predicted spawn.
    fn act(
        _context: Context<'_, Self::Map>,
        _own: &State,
        _private: &mut Private,
        _spawn: &mut dyn FnMut(State),
    ) {
    }

    /// The player whose [`Game::act`] spawned this entity, if any.
    fn spawner(_state: &State) -> Option<PlayerId> {
        None
    }

    /// The largest distance in grid units that an entity of this kind travels by itself in a tick;
    /// `None` for a kind whose movement is not checked. Front ends use it to detect jumps.
    fn reach_per_tick(_context: Context<'_, Self::Map>, _kind: u8) -> Option<f32> {
        None
    }

    /// Whether two entities touch. The rules may then push them in a way that the prediction of one
    /// entity cannot foresee.
    fn touch(_a: &State, _b: &State) -> bool {
        false
    }

    /// The player whom spectators follow unless they choose another; nobody by default.
    fn leader(&self) -> Option<PlayerId> {
        None
    }

    /// The world's entities.
    fn entities(&self) -> &Entities;

    /// The world's entities, for the engine to take which ones are busy after each step; `None` in a
    /// game without entities.
    fn entities_mut(&mut self) -> Option<&mut Entities>;

    /// Where an entity is, in grid units.
    fn position(state: &State) -> IVec2;

    /// Whose avatar this is, if it is one: a player owns at most one avatar at a time.
    fn owner(state: &State) -> Option<PlayerId>;

    /// Where a player looks from, in grid units: the centre of its view. `None` if there is no such
    /// player.
    fn eye(&self, player: PlayerId) -> Option<IVec2>;

    /// Where a spectator who wants to see `place` looks from, grid units. `place` comes from the
    /// network and can be anything; the rules bound the result.
    fn look_at(&self, place: IVec2) -> IVec2;

    /// The private state of this connected player, sent to nobody else. Every field has its initial
    /// value by default.
    fn private(&self, _player: PlayerId) -> Private {
        initial_private(Self::SCHEMA.private)
    }

    /// What the room's public feed shows of an event: an enum with `#[serde(tag = "kind")]`, or a
    /// struct with a field `kind`. Nothing by default. Events for one player never get here.
    fn publish(&self, _event: &Self::Event) -> Option<impl Serialize> {
        None::<()>
    }

    /// The name of a player that is the game's own, or the one that a connected player goes by
    /// instead of its own; `None` by default.
    fn name(&self, _player: PlayerId) -> Option<&str> {
        None
    }
}
