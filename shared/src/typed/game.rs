//! The author's contract: the rules of a game over typed entities.

use std::fmt::Debug;
use std::sync::Arc;

use glam::IVec2;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::entity::{EntitySet, Fields, Member, Placement, Private, group_place};
use super::id::Id;
use super::nothing::empty_world;
use super::world::World;
use crate::content::{Command, Record};
use crate::document::{Document, RecordId};
use crate::game::{
    Audience, ChatEdit, Context, Controls, Event, Events, Frames, Identity, MapError, Public,
    Refused, Setup, Spoken, Verdict, View,
};
use crate::ids::PlayerId;
use crate::input::{Input, InvalidInput};
use crate::limits::TICK_HZ_DEFAULT;
use crate::saved::Saved;

/// What a step is given besides the world.
#[derive(Debug)]
pub struct Step<'a, G: Game> {
    /// The static world, the tick rate, and the tick whose end the step leads to.
    pub context: Context<'a, G::Map>,
    /// The new controls of this tick, at most one per player, in ascending order of player. The
    /// engine has applied them to the avatars already.
    pub controls: &'a [(PlayerId, Controls<G::Input>)],
    /// The events of the step so far.
    pub events: &'a mut Events<G::Event>,
}

impl<G: Game> Step<'_, G> {
    /// Sends `event` to `audience`. Each client receives it, possibly late, or learns how many
    /// events it missed.
    pub fn send(&mut self, audience: Audience, event: G::Event) {
        self.events.push(audience, event);
    }

    /// Says a line of the game's own in the room's chat.
    pub fn announce(&mut self, text: impl Into<String>) {
        self.events.edit_chat(ChatEdit::Announce(text.into()));
    }

    /// Takes a chat line back: nobody sees its text any more, nor who joins later.
    pub fn withdraw(&mut self, line: RecordId) {
        self.events.edit_chat(ChatEdit::Withdraw(line));
    }

    /// Names the part of the step that begins here, such as "shots": it ends where the next one
    /// begins, or with the step. When a tick takes too long, the log names the slowest part, and
    /// the one in which a step hangs.
    #[inline]
    pub fn phase(&mut self, name: &'static str) {
        self.events.phase(name);
    }
}

/// The static world of a game, which both ends have; `S` is [`Game::Settings`].
pub trait Map<S = ()>: Serialize + DeserializeOwned + Debug + Send + Sync + 'static {
    /// Builds it from the text of a map file; the text is empty if none is named.
    ///
    /// # Errors
    /// When the text is not a valid map; the message names line and field.
    fn read(text: &str, setup: &Setup<S>) -> Result<Self, MapError>;
}

/// The static world of a game without maps.
impl<S> Map<S> for () {
    fn read(text: &str, _setup: &Setup<S>) -> Result<(), MapError> {
        if text.is_empty() {
            return Ok(());
        }
        Err(MapError("this game has no maps: start it without one".into()))
    }
}

/// The rules of a game: one value is one world.
///
/// Every method must be a pure function of its arguments and the world. In each tick the engine
/// applies the new controls with [`Game::control`], moves every entity on with [`Game::predict`],
/// and then calls [`Game::step`] for everything else: so a client that predicts does what the rules
/// do, by construction.
///
/// A checkpoint of the room holds the world: the struct has [`#[derive(Saved)]`](derive@super::Saved), and so
/// has every struct and enum of the author's in it.
pub trait Game: Sized + Saved + Send + Sync + 'static {
    /// The static world, the same on both ends: `()` for a game without a map.
    type Map: Map<Self::Settings>;
    /// All kinds of entity, see [`super::entities!`]; [`super::Nothing`] for a game without any.
    type Thing: EntitySet;
    /// The kind of entity that a player steers; [`super::Nothing`] where nobody steers any.
    type Avatar: Member<Self::Thing>;
    /// What only its player is sent: `()` for nothing.
    type Private: Private;
    /// What a player wants during one tick: held controls, not edges. A struct with
    /// `#[derive(Input)]`, or `()`.
    type Input: Input;
    /// Something that happened, for the screen. An enum with `#[derive(Event)]`, or `()`.
    type Event: Event;
    /// What a player asks for, reliably and in order: an enum with `#[derive(Command)]`, or `()`.
    type Command: Command;
    /// The records of the room's document: an enum or a struct with `#[derive(Record)]`, or `()`.
    type Record: Record;
    /// The game's own settings: `()` for none. Where a server runs the game, each field is a flag, a
    /// variable and a key of the configuration file: derive `clap::Args` for the type, with
    /// `#[arg(long)]` and a doc comment for each field.
    type Settings: Clone + Debug + Send + Sync + 'static;

    /// Name of the game, for logs and people.
    const NAME: &'static str;
    /// Limit of commands of one player that the rules take a second, on average, at least 1; further
    /// ones wait. The rules never take more than `COMMANDS_WAITING_MAX` of them in a tick, which is the
    /// limit in a slow room.
    const COMMANDS_PER_S: u16 = 20;
    /// How far a player sees: by default everything, or everything of its [`Game::group`] in a game
    /// with groups. Only a game with positions has reason to set it.
    const VIEW: View = Self::Thing::WHOLE;
    /// Steps per second where the operator sets no rate, within `TICK_HZ_MIN..=TICK_HZ_MAX`: 30 by
    /// default. A game in which nothing moves may beat as slowly as once a second; what players do
    /// then waits for the next beat.
    const TICK_HZ: u16 = TICK_HZ_DEFAULT;

    /// What of the room its feed shows, besides [`Game::publish`]: who joins and leaves by default.
    const PUBLIC: Public = Public::PLAYERS;
    /// In which ticks a client gets a frame: in every tick by default. A game in which little moves
    /// by itself, such as one of cards, says [`Frames::OnChange`].
    const FRAMES: Frames = Frames::EveryTick;

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
    /// is within its range. The engine checks the ranges of a game that overrides this, too.
    ///
    /// # Errors
    /// What is wrong with it, for the counter, the log and the page's console.
    fn validate(input: &Self::Input) -> Result<(), InvalidInput> {
        input.validate()
    }

    /// Combines the controls that a player held one after the other during one tick, so that a
    /// press shorter than a tick is not lost. Returns the later ones by default.
    #[must_use]
    fn merge(_earlier: &Self::Input, later: &Self::Input) -> Self::Input {
        *later
    }

    /// Sets the decisions of a player's avatar to what an input says. A game without avatars leaves
    /// it out; one with avatars does not compile without it.
    fn control(_avatar: &mut Self::Avatar, _input: &Self::Input) {
        const {
            assert!(steers_nothing::<Self>(), "players steer an avatar: write `fn control`");
        };
    }

    /// Moves an entity on by one tick with unchanged controls. Leaves every decision unchanged and
    /// every field within its range, whatever the entity. By default nothing moves by itself.
    fn predict(_context: Context<'_, Self::Map>, _thing: &mut Self::Thing) {}

    /// Whether an entity rests: [`Game::predict`] leaves it as it is, in this tick and in every
    /// later one, until the rules change it. A resting entity costs nothing per tick, however many
    /// there are. Nothing rests by default.
    #[must_use]
    fn rests(_thing: &Self::Thing) -> bool {
        false
    }

    /// Everything else that happens in a tick: who meets, who scores, what appears and disappears.
    fn step(&mut self, step: &mut Step<'_, Self>);

    /// A whole tick: controls, predictions, then [`Game::step`]. A game that must order things
    /// otherwise overrides this, and answers for its prediction being its rules.
    fn tick(&mut self, step: &mut Step<'_, Self>) {
        if Self::Thing::KINDS.is_empty() {
            return self.step(step);
        }
        step.phase("controls");
        for (player, controls) in step.controls {
            if let Some(avatar) = self.avatar(*player) {
                self.world_mut().edit(avatar, |avatar| Self::control(avatar, &controls.input));
            }
        }
        step.phase("predict");
        let context = step.context;
        self.world_mut().update_awake(Self::rests, |thing| Self::predict(context, thing));
        step.phase("step");
        self.step(step);
    }

    /// Takes a command of a connected player, before the tick that it arrived for. The commands of
    /// one player come in the order in which they were sent; their limits are checked, and their
    /// texts are clean. Does nothing by default.
    ///
    /// # Errors
    /// When the rules refuse it: the player is sent the reason.
    fn command(
        &mut self,
        _player: PlayerId,
        _command: &Self::Command,
        _step: &mut Step<'_, Self>,
    ) -> Result<(), Refused> {
        Ok(())
    }

    /// Judges a chat line of a connected player before anybody sees it. Every line is said by
    /// default.
    fn say(&mut self, _player: PlayerId, _line: Spoken<'_>, _step: &mut Step<'_, Self>) -> Verdict {
        Verdict::Say
    }

    /// A player reports a chat line, `text`, to whoever runs the server, whose log has it. Does
    /// nothing by default.
    fn report(
        &mut self,
        _player: PlayerId,
        _line: RecordId,
        _text: &str,
        _events: &mut Events<Self::Event>,
    ) {
    }

    /// The room's document; none by default.
    fn document(&self) -> Option<&Document<Self::Record>> {
        None
    }

    /// The world's entities. A game without entities leaves it out; one with entities does not
    /// compile without it.
    fn world(&self) -> &World<Self::Thing> {
        const {
            assert!(Self::Thing::KINDS.is_empty(), "there are entities: write `fn world`");
        };
        empty_world()
    }

    /// The world's entities, for the engine to apply controls and predictions; left out as
    /// [`Game::world`] is.
    fn world_mut(&mut self) -> &mut World<Self::Thing> {
        const {
            assert!(Self::Thing::KINDS.is_empty(), "there are entities: write `fn world_mut`");
        };
        unreachable!("a tick changes no entities where there are none")
    }

    /// A player's avatar, while it has one. A game without avatars leaves it out; one with avatars
    /// does not compile without it.
    fn avatar(&self, _player: PlayerId) -> Option<Id<Self::Avatar>> {
        const {
            assert!(steers_nothing::<Self>(), "players steer an avatar: write `fn avatar`");
        };
        None
    }

    /// The group whose entities a player sees, in a game whose entities have a
    /// [`#[group]`](super::Entity), and whose records of the document: 0 by default. It can change at any time. A spectator sees the
    /// group of the player whom it follows, and otherwise group 0.
    fn group(&self, _player: PlayerId) -> u16 {
        0
    }

    /// A spectator joins. Does nothing by default.
    fn spectate(&mut self) {}

    /// Where a player looks from, grid units: its avatar by default, or the place of its
    /// [`Game::group`] in a game without positions. While this is `None`, the player sees the middle
    /// of the world.
    fn eye(&self, player: PlayerId) -> Option<IVec2> {
        if Self::Thing::PLACEMENT != Placement::Position {
            return Some(group_place(self.group(player)));
        }
        self.avatar(player).and_then(|id| self.world().position(id))
    }

    /// Where a spectator who wants to see `place` looks from, grid units: there, if the world reaches
    /// so far; in a game without positions, at group 0. `place` comes from the network and can be
    /// anything.
    fn look_at(&self, place: IVec2) -> IVec2 {
        let (low, high) = World::<Self::Thing>::bounds();
        place.clamp(low, high)
    }

    /// The player whom spectators follow unless they choose another; nobody by default.
    fn leader(&self) -> Option<PlayerId> {
        None
    }

    /// The private state of this connected player, sent to nobody else. A game without private state
    /// leaves it out; one with private state does not compile without it.
    fn private(&self, _player: PlayerId) -> Self::Private {
        const {
            assert!(Self::Private::FIELDS.is_empty(), "there is private state: write `fn private`");
        };
        Self::Private::from_fields(&Fields::default())
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

    /// Passes to `spawn` what a player's avatar brings into the world in the step of the context's
    /// tick, such as shots, each as it is at the end of that step; changes `private` as the step
    /// does. A client uses it to draw at once what its player fires. Spawns nothing by default.
    fn act(
        _context: Context<'_, Self::Map>,
        _avatar: &Self::Avatar,
        _private: &mut Self::Private,
        _spawn: &mut dyn FnMut(Self::Thing),
    ) {
    }

    /// The player whose [`Game::act`] spawned this entity, if any.
    fn spawner(_thing: &Self::Thing) -> Option<PlayerId> {
        None
    }

    /// The largest distance in grid units that an entity of this kind travels by itself in a tick;
    /// `None` if its movement is not checked. Front ends use it to detect jumps.
    fn reach_per_tick(_context: Context<'_, Self::Map>, _kind: u8) -> Option<f32> {
        None
    }
}

/// Whether nobody steers anything.
pub(super) const fn steers_nothing<G: Game>() -> bool {
    // The index of `Nothing` in every set.
    G::Avatar::INDEX == u8::MAX
}
