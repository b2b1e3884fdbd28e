//! The client's copy of its view.

use std::marker::PhantomData;

use glam::IVec2;

use super::newest::{Advance, Newest};
use crate::game::{Context, Game};
use crate::ids::{PlayerId, Tick};
use crate::limits::VISIBLE_MAX;
use crate::protocol::bits::{BitError, BitReader};
use crate::protocol::frame::Head;
use crate::protocol::messages::Encoding;
use crate::replication::change::{decode_change, predict};
use crate::replication::checksum::{Checksum, hash_state};
use crate::replication::lanes::{FRESH, Lanes, known, turn};
use crate::replication::plain::decode_plain;
use crate::replication::positions::{
    LEAVES_ORDER, MOVES_ORDER, RESIDUALS_ORDER, decode_positions, remove_positions,
};
use crate::replication::whole::{decode_private, decode_whole};
use crate::schema::{Private, State, initial_private};

/// An entity in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// A number that the client gives. It stays the same while the entity is in view, and grows
    /// with every entity that enters, until it wraps around.
    pub key: u32,
    /// Its state exactly as the server had it at the tick of the newest frame or, if it waits for
    /// its turn in a crowd, less than `TURNS` ticks earlier.
    pub state: State,
}

/// Whether an entity with this key entered when `first_new` was the next key, or later; keys wrap
/// around.
pub(crate) fn is_new(key: u32, first_new: u32) -> bool {
    key.wrapping_sub(first_new) <= i32::MAX as u32
}

/// What a frame did.
#[derive(Debug)]
pub(crate) struct Applied<'a> {
    /// How far it advanced the client.
    pub(crate) advance: Advance,
    /// How many of its entities moved.
    pub(crate) moving: u32,
    /// How many entities in view it does not contain.
    pub(crate) waiting: u32,
    /// The server's checksum and this replica's, if the frame has one.
    pub(crate) checksum: Option<(u32, u32)>,
    /// The first key of the entities that entered.
    pub(crate) first_new: u32,
    /// The notes at the end.
    pub(crate) notes: &'a [u8],
}

/// The authoritative view as of the newest frame.
#[derive(Debug)]
pub(crate) struct Replica<G: Game> {
    pub(crate) newest: Newest,
    pub(crate) private: Private,
    encoding: Encoding,
    /// In the server's lanes and order.
    pub(crate) visible: Lanes<Seen>,
    /// Players whose avatar left the view in the newest frame.
    pub(crate) departed: Vec<PlayerId>,
    /// Index of the own avatar among the fresh entities.
    own: Option<usize>,
    next_key: u32,
    /// Reused buffers for lists of positions.
    positions: [Vec<u32>; 2],
    game: PhantomData<fn() -> G>,
}

impl<G: Game> Replica<G> {
    /// The empty view of a client whose changes come in this encoding.
    pub(crate) fn new(encoding: Encoding) -> Self {
        Self {
            newest: Newest::default(),
            encoding,
            private: initial_private(G::SCHEMA.private),
            visible: Lanes::default(),
            departed: Vec::new(),
            own: None,
            next_key: 1,
            positions: Default::default(),
            game: PhantomData,
        }
    }

    /// Applies a state frame. After an error the replica is unusable.
    pub(crate) fn apply<'a>(
        &mut self,
        context: Context<'_, G::Map>,
        player: Option<PlayerId>,
        bytes: &'a [u8],
    ) -> Result<Applied<'a>, BitError> {
        let mut bits = BitReader::new(bytes);
        let head = Head::decode(&mut bits)?;
        self.departed.clear();
        self.own = None;
        let advance = self.newest.advance(head.base)?;
        if advance.age.is_none() {
            self.forget();
        }
        if head.private {
            decode_private(G::SCHEMA.private, &mut self.private, &mut bits)?;
        }
        let (moving, waiting) = match advance.age {
            Some(age) => self.advance(context, age, &mut bits)?,
            None => (0, 0),
        };
        let mut checksum = Checksum::new(&self.private);
        if head.checksum.is_some() {
            self.visible.iter().for_each(|seen| checksum.add(hash_state(&seen.state)));
        }
        // A spectator has no player, and neither has an entity without an owner: `None` must not
        // match.
        let owned = |seen: &Seen| player.is_some() && G::owner(&seen.state) == player;
        let avatar = self.visible.fresh().iter().find(|seen| owned(seen));
        let anchor = avatar.map(|seen| G::position(&seen.state));
        self.exchange(&mut bits)?;
        self.own = self.visible.fresh().iter().position(owned);
        let first_new = self.next_key;
        for seen in self.enter(player, anchor, &mut bits)? {
            checksum.add(hash_state(&seen.state));
        }
        // A player may have left and entered again.
        let stays = |player| self.visible.iter().any(|seen| G::owner(&seen.state) == Some(player));
        self.departed.retain(|player| !stays(*player));
        let checksum = head.checksum.map(|expected| (expected, checksum.finish()));
        let notes = if head.notes { bits.rest() } else { &[] };
        Ok(Applied { advance, moving, waiting, checksum, first_new, notes })
    }

    /// Empties the view for a keyframe.
    fn forget(&mut self) {
        self.private = initial_private(G::SCHEMA.private);
        self.departed.extend(self.visible.iter().filter_map(|seen| G::owner(&seen.state)));
        self.visible.clear();
    }

    /// Removes the entities that leave and moves the others on, lane by lane. Returns how many
    /// moved and how many wait.
    fn advance(
        &mut self,
        context: Context<'_, G::Map>,
        age: u32,
        bits: &mut BitReader<'_>,
    ) -> Result<(u32, u32), BitError> {
        let to = self.newest.tick;
        let from = Tick(to.0 - age);
        let (mut moving, mut waiting) = (0, 0);
        for lane in self.visible.lanes() {
            match self.visible.span(lane, from, to) {
                Some(span) => {
                    moving += self.move_lane_on(context.at(span.from), lane, span.age(), bits)?;
                }
                None => waiting += self.visible.lane(lane).len() as u32,
            }
        }
        Ok((moving, waiting))
    }

    fn move_lane_on(
        &mut self,
        context: Context<'_, G::Map>,
        lane: usize,
        age: u32,
        bits: &mut BitReader<'_>,
    ) -> Result<u32, BitError> {
        let (visible, [positions, _]) = (self.visible.lane_mut(lane), &mut self.positions);
        decode_positions(positions, visible.len(), LEAVES_ORDER, bits)?;
        for &position in &*positions {
            self.departed.extend(G::owner(&visible[position as usize].state));
        }
        remove_positions(visible, positions);
        decode_positions(positions, visible.len(), RESIDUALS_ORDER, bits)?;
        // Plain changes are of what was there, which nothing moves on.
        let predicted_age = if self.encoding == Encoding::Plain { 0 } else { age };
        let mut deviating = positions.iter().peekable();
        let mut moving = 0;
        for (position, seen) in (0..).zip(visible) {
            let before = G::position(&seen.state);
            if deviating.next_if_eq(&&position).is_none() {
                predict::<G>(context, &mut seen.state, predicted_age);
            } else if self.encoding == Encoding::Plain {
                decode_plain::<G>(&mut seen.state, bits)?;
            } else {
                decode_change::<G>(context, &mut seen.state, age, bits)?;
            }
            moving += u32::from(G::position(&seen.state) != before);
        }
        Ok(moving)
    }

    /// Moves entities between the fresh lane and the one whose turn it is.
    fn exchange(&mut self, bits: &mut BitReader<'_>) -> Result<(), BitError> {
        let tick = self.newest.tick;
        if !self.visible.may_move(tick) {
            return Ok(());
        }
        let [demoted, promoted] = &mut self.positions;
        decode_positions(demoted, self.visible.fresh().len(), MOVES_ORDER, bits)?;
        decode_positions(promoted, self.visible.lane(turn(tick)).len(), MOVES_ORDER, bits)?;
        self.visible.exchange(tick, demoted, promoted);
        Ok(())
    }

    /// Adds the entities that enter, with positions relative to the anchor. Returns them.
    fn enter(
        &mut self,
        player: Option<PlayerId>,
        mut anchor: Option<IVec2>,
        bits: &mut BitReader<'_>,
    ) -> Result<&[Seen], BitError> {
        let count = bits.take_golomb(0)? as usize;
        if count > VISIBLE_MAX - self.visible.len() {
            return Err(BitError);
        }
        let before = self.visible.fresh().len();
        for _ in 0..count {
            let state = decode_whole::<G>(&mut anchor, bits)?;
            if self.own.is_none() && player.is_some() && G::owner(&state) == player {
                self.own = Some(self.visible.fresh().len());
            }
            self.visible.lane_mut(FRESH).push(Seen { key: self.next_key, state });
            self.next_key = self.next_key.wrapping_add(1);
        }
        Ok(&self.visible.fresh()[before..])
    }

    /// All entities in view as of the newest frame, predicted if they wait for their turn.
    pub(crate) fn present(&self, context: Context<'_, G::Map>) -> impl Iterator<Item = Seen> {
        self.visible.iter_with_lane().map(move |(lane, seen)| {
            let mut seen = *seen;
            let tick = self.newest.tick;
            let from = known(lane, tick);
            predict::<G>(context.at(from), &mut seen.state, tick.since(from));
            seen
        })
    }

    /// The own avatar.
    pub(crate) fn own(&self) -> Option<&State> {
        self.own.map(|index| &self.visible.fresh()[index].state)
    }

    /// The key of the own avatar.
    pub(crate) fn own_key(&self) -> Option<u32> {
        self.own.map(|index| self.visible.fresh()[index].key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_new_is_known_across_the_wrap_of_the_keys() {
        for first_new in [0, 1, 1_000, u32::MAX - 1, u32::MAX] {
            let new = |step: u32| is_new(first_new.wrapping_add(step), first_new);
            let old = |step: u32| !is_new(first_new.wrapping_sub(step), first_new);
            assert!(new(0) && new(1) && new(1_000_000), "{first_new}");
            assert!(old(1) && old(2) && old(1_000_000), "{first_new}");
        }
    }
}
