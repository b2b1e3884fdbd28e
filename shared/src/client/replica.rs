//! The client's copy of what the server says it may see.

use std::marker::PhantomData;

use super::newest::{Advance, Newest};
use crate::game::Game;
use crate::ids::PlayerId;
use crate::limits::VISIBLE_MAX;
use crate::protocol::bits::{BitError, BitReader};
use crate::protocol::frame::Head;
use crate::replication::change::{decode_change, predict};
use crate::replication::checksum::{Checksum, hash_state};
use crate::replication::positions::{
    LEAVES_ORDER, SURPRISES_ORDER, decode_positions, remove_positions,
};
use crate::replication::whole::{decode_private, decode_whole, initial_private};
use crate::schema::{Private, State};

/// An entity in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// A number of the client's own: the same while the entity stays in view, growing with every
    /// entity that enters.
    pub key: u32,
    /// Its state at the tick of the newest frame, exactly as the server has it.
    pub state: State,
}

/// What a frame did.
#[derive(Debug)]
pub(super) struct Applied<'a> {
    /// How far it moved on.
    pub(super) advance: Advance,
    /// Entities that moved.
    pub(super) moving: u32,
    /// The checksum as the server sent it, and of this replica, if one came.
    pub(super) checksum: Option<(u32, u32)>,
    /// The notes at the end.
    pub(super) notes: &'a [u8],
}

/// The authoritative view as of the newest frame.
#[derive(Debug)]
pub(super) struct Replica<G: Game> {
    pub(super) newest: Newest,
    pub(super) private: Private,
    /// In the server's order, which is that of growing keys.
    pub(super) visible: Vec<Seen>,
    /// Players whose avatar left the view in the newest frame.
    pub(super) departed: Vec<PlayerId>,
    own: Option<usize>,
    next_key: u32,
    leaves: Vec<u32>,
    surprises: Vec<u32>,
    game: PhantomData<fn() -> G>,
}

impl<G: Game> Default for Replica<G> {
    fn default() -> Self {
        Self {
            newest: Newest::default(),
            private: initial_private(G::SCHEMA.private),
            visible: Vec::new(),
            departed: Vec::new(),
            own: None,
            next_key: 1,
            leaves: Vec::new(),
            surprises: Vec::new(),
            game: PhantomData,
        }
    }
}

impl<G: Game> Replica<G> {
    /// Applies a state frame. After an error the replica is unusable.
    pub(super) fn apply<'a>(
        &mut self,
        map: &G::Map,
        player: PlayerId,
        bytes: &'a [u8],
    ) -> Result<Applied<'a>, BitError> {
        let mut bits = BitReader::new(bytes);
        let head = Head::decode(&mut bits)?;
        self.departed.clear();
        let advance = self.newest.advance(head.base)?;
        if advance.age.is_none() {
            self.forget();
        }
        if head.private {
            decode_private(G::SCHEMA.private, &mut self.private, &mut bits)?;
        }
        let moving = match advance.age {
            Some(age) => self.move_on(map, age, &mut bits)?,
            None => 0,
        };
        self.own = self.visible.iter().position(|seen| G::owner(&seen.state) == Some(player));
        self.enter(player, &mut bits)?;
        let checksum = head.checksum.map(|expected| (expected, self.checksum()));
        let notes = if head.notes { bits.rest() } else { &[] };
        Ok(Applied { advance, moving, checksum, notes })
    }

    /// A keyframe has come: the view starts empty.
    fn forget(&mut self) {
        self.private = initial_private(G::SCHEMA.private);
        self.departed.extend(self.visible.iter().filter_map(|seen| G::owner(&seen.state)));
        self.visible.clear();
    }

    /// Lets entities leave and moves the others on; returns how many moved.
    fn move_on(
        &mut self,
        map: &G::Map,
        age: u32,
        bits: &mut BitReader<'_>,
    ) -> Result<u32, BitError> {
        decode_positions(&mut self.leaves, self.visible.len(), LEAVES_ORDER, bits)?;
        for &position in &self.leaves {
            self.departed.extend(G::owner(&self.visible[position as usize].state));
        }
        remove_positions(&mut self.visible, &self.leaves);
        decode_positions(&mut self.surprises, self.visible.len(), SURPRISES_ORDER, bits)?;
        let mut surprises = self.surprises.iter().peekable();
        let mut moving = 0;
        for (position, seen) in (0..).zip(&mut self.visible) {
            let before = G::position(&seen.state);
            if surprises.next_if_eq(&&position).is_some() {
                decode_change::<G>(map, &mut seen.state, age, bits)?;
            } else {
                predict::<G>(map, &mut seen.state, age);
            }
            moving += u32::from(G::position(&seen.state) != before);
        }
        Ok(moving)
    }

    /// Lets entities enter, their positions told from the own avatar.
    fn enter(&mut self, player: PlayerId, bits: &mut BitReader<'_>) -> Result<(), BitError> {
        let count = bits.take_golomb(0)? as usize;
        if count + self.visible.len() > VISIBLE_MAX {
            return Err(BitError);
        }
        let mut anchor = self.own().map(G::position);
        for _ in 0..count {
            let state = decode_whole::<G>(&mut anchor, bits)?;
            if self.own.is_none() && G::owner(&state) == Some(player) {
                self.own = Some(self.visible.len());
            }
            self.visible.push(Seen { key: self.next_key, state });
            self.next_key = self.next_key.wrapping_add(1);
        }
        Ok(())
    }

    fn checksum(&self) -> u32 {
        let mut checksum = Checksum::new(&self.private);
        for seen in &self.visible {
            checksum.add(hash_state(&seen.state));
        }
        checksum.finish()
    }

    /// The own avatar.
    pub(super) fn own(&self) -> Option<&State> {
        self.own.map(|index| &self.visible[index].state)
    }

    /// The key of the own avatar.
    pub(super) fn own_key(&self) -> Option<u32> {
        self.own.map(|index| self.visible[index].key)
    }
}
