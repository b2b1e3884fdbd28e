//! The newest tick of a room, with every entity's change since the tick before encoded once.
//!
//! The tables here are changed in place, for the slots that are busy: an entity that rests costs
//! nothing. What older ticks need too is in the [`History`].

use drumbeat_shared::bit_set::BitSet;
use drumbeat_shared::entities::Slot;
use drumbeat_shared::game::{Context, Frames, Game};
use drumbeat_shared::ids::{EntityId, PlayerId, Tick};
use drumbeat_shared::limits::TURNS;
use drumbeat_shared::protocol::messages::Encoding;
use drumbeat_shared::replication::checksum::hash_state;
use drumbeat_shared::replication::hold_to_schema;
use drumbeat_shared::replication::lanes::{FRESH, Span, turn};
use glam::IVec2;

use super::changes::Changes;
use super::grid::{Grid, Item};
use super::history::{Entry, History};

/// Ticks between two turns of a lane.
const TURN_TICKS: u32 = TURNS as u32;

/// What every client that sees an entity reads of it in each tick. It is stored apart from the
/// states so that all of it fits the processor's nearest caches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// As in the entity table: an entity that is gone has a lower generation than its slot.
    pub generation: u32,
    /// Grid units; arbitrary for an empty slot.
    pub position: IVec2,
}

/// What only the newest tick of a room needs of its entities.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The tick it belongs to.
    pub tick: Tick,
    /// The slot of each player's avatar, by player id.
    avatars: Vec<Option<u32>>,
    /// Where the entity of each slot is.
    pub places: Vec<Place>,
    /// Which entities are where.
    pub grid: Grid,
    predicted: Encoded,
    /// Only made while a client wants it.
    plain: Encoded,
    wanted: Wanted,
    /// Where something changed or may move by itself, grid units; only in a game whose frames come
    /// on change.
    pub changed_places: Vec<IVec2>,
    /// The slots that this tick had to look at.
    busy: Vec<u32>,
}

/// Changes that all clients of an encoding share.
#[derive(Debug, Default)]
struct Encoded {
    /// Those since the previous tick; the keys are slots.
    last: Changes,
    /// Those since the last turn of the lane whose turn it is, see [`lane_of`]. Only made in a
    /// crowd.
    turn: Changes,
}

/// What is only encoded while a client has use for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Changes since the last turn of a lane: entities wait for their turn in some view.
    pub turns: bool,
    /// Changes for clients that ask for [`Encoding::Plain`].
    pub plain: bool,
}

/// The lane in which a slot's entity waits if it has to wait. Its changes since the lane's last
/// turn are therefore the same for every client, and are encoded once.
#[must_use]
pub fn lane_of(slot: u32) -> usize {
    turn(Tick(slot))
}

impl Snapshot {
    /// Moves on to the context's tick, at whose end the world is as `game` has it; `history` gets
    /// its entities.
    ///
    /// # Panics
    /// When an entity is not what the schema says.
    pub fn advance<G: Game>(
        &mut self,
        game: &mut G,
        context: Context<'_, G::Map>,
        history: &mut History,
        wanted: Wanted,
    ) {
        self.wanted = wanted;
        let last = std::mem::replace(&mut self.tick, context.tick);
        self.busy.clear();
        if let Some(entities) = game.entities_mut() {
            entities.take_busy((last, self.tick), G::rests, &mut self.busy);
        }
        let entities = game.entities();
        let count = entities.slots().len();
        // What lived beyond the end of a world that is smaller than the last one is gone.
        self.busy.extend(count as u32..self.places.len() as u32);
        self.places.resize(self.places.len().max(count), Place::default());
        history.begin(self.tick);
        self.predicted.last.restart(self.places.len());
        if wanted.plain {
            self.plain.last.restart(self.places.len());
        }
        self.changed_places.clear();
        // Near the start there is no state so long ago.
        let base = context.at(Tick(self.tick.0.saturating_sub(1)));
        let busy = std::mem::take(&mut self.busy);
        for slot in busy.iter().copied() {
            let now = entities.slots().get(slot as usize);
            self.look_at::<G>(base, (slot, now), entities.awake(), history);
        }
        self.busy = busy;
        let places = &self.places;
        self.grid.sort_moving(entities.awake().iter().map(|slot| {
            let Place { generation, position } = places[slot as usize];
            Item { id: EntityId { slot, generation }, position }
        }));
        if wanted.turns {
            self.encode_turn::<G>(context, entities.awake(), history);
        }
    }

    /// Brings the tables up to date with what is in a slot now; `None` if the world has no such
    /// slot any more.
    fn look_at<G: Game>(
        &mut self,
        base: Context<'_, G::Map>,
        (slot, now): (u32, Option<&Slot>),
        awake: &BitSet,
        history: &mut History,
    ) {
        let old = history.newest().and_then(|newest| newest.entry(slot));
        let old = old.copied().unwrap_or_default().slot;
        let gone = Slot {
            generation: old.generation.wrapping_add(u32::from(old.state.is_some())),
            state: None,
        };
        let now = now.unwrap_or(&gone);
        let same = old.generation == now.generation;
        let states = old.state.as_ref().filter(|_| same).zip(now.state.as_ref());
        if let (None, Some(new)) = (states, &now.state) {
            hold_to_schema::<G>(new, Some(slot));
        }
        self.predicted.last.put::<G>(slot, base, states, 1);
        if self.wanted.plain {
            self.plain.last.put_plain::<G>(slot, states);
        }
        let rests = now.state.is_some() && !awake.contains(slot);
        if old == *now && rests == self.grid.rests(slot) {
            if !rests && now.state.is_some() {
                self.note_change::<G>(self.places[slot as usize].position);
            }
            return;
        }
        let position = now.state.as_ref().map(G::position).unwrap_or_default();
        let id = EntityId { slot, generation: now.generation };
        let before = std::mem::replace(
            &mut self.places[slot as usize],
            Place { generation: now.generation, position },
        );
        self.note_change::<G>(before.position);
        self.note_change::<G>(position);
        self.grid.rest(before.position, Item { id, position }, rests);
        let [before, owner] =
            [&old, now].map(|place| place.state.as_ref().and_then(|state| G::owner(state)));
        self.own(slot, before, owner);
        let hash = now.state.as_ref().map_or(0, hash_state);
        history.put(slot, Entry { slot: *now, hash });
    }

    fn note_change<G: Game>(&mut self, place: IVec2) {
        if G::FRAMES == Frames::OnChange {
            self.changed_places.push(place);
        }
    }

    /// Notes that the entity of a slot is the avatar of `now` instead of `before`.
    fn own(&mut self, slot: u32, before: Option<PlayerId>, now: Option<PlayerId>) {
        if before == now {
            return;
        }
        if let Some(before) = before.map(|before| &mut self.avatars[usize::from(before.0)])
            && *before == Some(slot)
        {
            *before = None;
        }
        if let Some(now) = now.map(|now| usize::from(now.0)) {
            self.avatars.resize(self.avatars.len().max(now + 1), None);
            self.avatars[now] = Some(slot);
        }
    }

    /// Encodes the changes of the lane whose turn it is.
    fn encode_turn<G: Game>(
        &mut self,
        context: Context<'_, G::Map>,
        awake: &BitSet,
        history: &History,
    ) {
        let then = Tick(self.tick.0.saturating_sub(TURN_TICKS));
        let Self { predicted: Encoded { turn, .. }, plain, .. } = self;
        let keys = self.places.len() / TURNS + 1;
        turn.restart(keys);
        if self.wanted.plain {
            plain.turn.restart(keys);
        }
        let Some((then, now)) = history.find(then).zip(history.newest()) else { return };
        let first = self.tick.0 as usize % TURNS;
        for slot in (first as u32..self.places.len() as u32).step_by(TURNS) {
            if now.shares(&then, slot) && !awake.contains(slot) {
                continue;
            }
            let id = EntityId { slot, generation: self.places[slot as usize].generation };
            let states = then.find(id).zip(now.find(id));
            let key = slot / TURN_TICKS;
            turn.put::<G>(key, context.at(then.tick), states, TURN_TICKS);
            if self.wanted.plain {
                plain.turn.put_plain::<G>(key, states);
            }
        }
    }

    /// The changes of a lane's entities within `span`, encoded for all clients of an encoding. With
    /// them comes the number of bits by which a slot is shifted right to give its key. `None` if they
    /// are not encoded.
    #[must_use]
    pub fn changes(&self, encoding: Encoding, lane: usize, span: Span) -> Option<(&Changes, u32)> {
        let Encoded { last, turn } = match encoding {
            Encoding::Predicted => &self.predicted,
            Encoding::Plain => self.wanted.plain.then_some(&self.plain)?,
        };
        if span.to != self.tick {
            return None;
        }
        match (lane, span.age()) {
            (FRESH, 1) => Some((last, 0)),
            (1.., TURN_TICKS) => self.wanted.turns.then_some((turn, TURNS.ilog2())),
            _ => None,
        }
    }

    /// The slot of a player's avatar, if it has one.
    #[must_use]
    pub fn avatar(&self, player: PlayerId) -> Option<u32> {
        *self.avatars.get(usize::from(player.0))?
    }

    /// The id of the entity in a slot.
    #[must_use]
    pub fn id(&self, slot: u32) -> EntityId {
        EntityId { slot, generation: self.places[slot as usize].generation }
    }
}

#[cfg(test)]
mod tests;
