//! Lanes: which entities of a view a frame contains.
//!
//! In a view of ordinary size all entities are fresh: every frame contains them. In a crowd only
//! the nearest are. The others wait in [`TURNS`] lanes, one of which has its turn in each tick, so
//! each waiting entity is sent every `TURNS` ticks. Both ends hold the state of a waiting entity as
//! of its lane's last turn. The known state of an entity is therefore always the authoritative
//! state of a tick less than `TURNS` ticks before the frame's.
//!
//! The server chooses which entities are fresh. It moves entities between the fresh lane and the
//! lane whose turn it is, since both ends hold the states of these two as of the same tick.

use super::positions::remove_positions;
use crate::ids::Tick;
use crate::limits::{FRESH_MAX, TURNS};

/// Number of lanes: the fresh lane and the waiting lanes.
pub const LANES: usize = 1 + TURNS;
/// The lane that every frame contains.
pub const FRESH: usize = 0;

/// The waiting lane that has its turn in `tick`.
#[must_use]
pub const fn turn(tick: Tick) -> usize {
    1 + tick.0 as usize % TURNS
}

/// The tick as of which a lane is known after the frame of `tick`.
#[must_use]
pub const fn known(lane: usize, tick: Tick) -> Tick {
    if lane == FRESH {
        return tick;
    }
    let since = tick.0.wrapping_sub(lane as u32 - 1) % TURNS as u32;
    Tick(tick.0.saturating_sub(since))
}

/// The step by which a frame moves a lane on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The tick of the state that both ends hold before the frame.
    pub from: Tick,
    /// The tick of the state that both ends hold after it.
    pub to: Tick,
}

impl Span {
    /// Ticks from `from` to `to`, at least 1.
    #[must_use]
    pub fn age(&self) -> u32 {
        self.to.since(self.from)
    }
}

/// The entities of a view in lanes. Each lane has the same order on both ends.
#[derive(Clone, Debug)]
pub struct Lanes<T> {
    fresh: Vec<T>,
    /// Empty, or all [`TURNS`] lanes: in most views no entity waits.
    waiting: Vec<Vec<T>>,
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self { fresh: Vec::new(), waiting: Vec::new() }
    }
}

impl<T> Lanes<T> {
    /// The lanes that may hold entities; all others are empty.
    #[must_use]
    pub fn lanes(&self) -> std::ops::Range<usize> {
        FRESH..1 + self.waiting.len()
    }

    /// The entities of one lane.
    #[must_use]
    pub fn lane(&self, lane: usize) -> &[T] {
        match lane.checked_sub(1) {
            None => &self.fresh,
            Some(waiting) => self.waiting.get(waiting).map_or(&[], Vec::as_slice),
        }
    }

    /// Mutable access to one of [`Lanes::lanes`].
    ///
    /// # Panics
    /// When `lane` is not one of them.
    pub fn lane_mut(&mut self, lane: usize) -> &mut Vec<T> {
        match lane.checked_sub(1) {
            None => &mut self.fresh,
            Some(waiting) => &mut self.waiting[waiting],
        }
    }

    /// The fresh entities, which every frame contains.
    #[must_use]
    pub fn fresh(&self) -> &[T] {
        &self.fresh
    }

    /// All entities, lane by lane.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.fresh.iter().chain(self.waiting.iter().flatten())
    }

    /// All entities, each with its lane.
    pub fn iter_with_lane(&self) -> impl Iterator<Item = (usize, &T)> {
        self.lanes().flat_map(|lane| self.lane(lane).iter().map(move |item| (lane, item)))
    }

    /// The number of entities.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fresh.len() + self.waiting()
    }

    /// Whether there is no entity.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of waiting entities.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.iter().map(Vec::len).sum()
    }

    /// How many ticks the oldest known state of an entity is behind a frame of `tick`.
    #[must_use]
    pub fn oldest_ticks(&self, tick: Tick) -> u32 {
        let lanes = self.lanes().filter(|&lane| !self.lane(lane).is_empty());
        lanes.map(|lane| tick.since(known(lane, tick))).max().unwrap_or(0)
    }

    /// Removes all entities.
    pub fn clear(&mut self) {
        self.fresh.clear();
        self.waiting.clear();
    }

    /// The step by which a frame of tick `to` after one of tick `from` moves a lane on; `None` if
    /// the frame does not contain the lane.
    #[must_use]
    pub fn span(&self, lane: usize, from: Tick, to: Tick) -> Option<Span> {
        let span = Span { from: known(lane, from), to: known(lane, to) };
        (!self.lane(lane).is_empty() && span.from < span.to).then_some(span)
    }

    /// Whether a frame of `tick` lists entities that change lanes: the view is crowded, or was.
    #[must_use]
    pub fn may_move(&self, tick: Tick) -> bool {
        self.fresh.len() > FRESH_MAX || !self.lane(turn(tick)).is_empty()
    }
}

impl<T: Copy> Lanes<T> {
    /// Moves the fresh entities at the positions `demoted` to the end of the lane whose turn it is,
    /// and those of that lane at the positions `promoted` to the end of the fresh lane. Both lists
    /// are ascending.
    pub fn exchange(&mut self, tick: Tick, demoted: &[u32], promoted: &[u32]) {
        let pick = |items: &mut Vec<T>, positions: &[u32]| {
            let picked: Vec<T> = positions.iter().map(|&at| items[at as usize]).collect();
            remove_positions(items, positions);
            picked
        };
        if demoted.is_empty() && promoted.is_empty() {
            return;
        }
        self.waiting.resize_with(TURNS, Vec::new);
        let Self { fresh, waiting } = self;
        let due = &mut waiting[turn(tick) - 1];
        let (down, up) = (pick(fresh, demoted), pick(due, promoted));
        due.extend(down);
        fresh.extend(up);
        if waiting.iter().all(Vec::is_empty) {
            waiting.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_has_its_turn_and_is_known_as_of_then() {
        for tick in (100..200).map(Tick) {
            assert_eq!(known(FRESH, tick), tick);
            assert_eq!(known(turn(tick), tick), tick);
            for lane in 1..LANES {
                let known = known(lane, tick);
                assert!(known <= tick && tick.since(known) < TURNS as u32);
                assert_eq!(turn(known), lane);
            }
        }
    }

    #[test]
    fn a_frame_tells_of_the_fresh_and_of_those_whose_turn_came() {
        let mut lanes = Lanes::<char>::default();
        let start = Tick(5 * TURNS as u32);
        lanes.lane_mut(FRESH).extend("abcdef".chars());
        // A frame does not contain empty lanes.
        assert_eq!(lanes.span(turn(start), Tick(start.0 - 1), start), None);
        lanes.exchange(start, &[1, 4], &[]);
        assert_eq!(lanes.fresh(), ['a', 'c', 'd', 'f']);
        assert_eq!(lanes.lane(turn(start)), ['b', 'e']);
        let ticks = |from, to| (Tick(start.0 + from), Tick(start.0 + to));
        let span = |lanes: &Lanes<char>, lane, from, to| {
            let (from, to) = ticks(from, to);
            lanes.span(lane, from, to).map(|span| (span.from.0 - start.0, span.to.0 - start.0))
        };
        let turns = TURNS as u32;
        assert_eq!(span(&lanes, FRESH, 2, 3), Some((2, 3)));
        assert_eq!(span(&lanes, turn(start), 0, turns - 1), None);
        assert_eq!(span(&lanes, turn(start), turns - 1, turns), Some((0, turns)));
        assert_eq!(span(&lanes, turn(start), 3, 2 * turns + 3), Some((0, 2 * turns)));
        assert_eq!(lanes.oldest_ticks(ticks(0, turns - 1).1), turns - 1);
        lanes.exchange(start, &[0], &[0]);
        assert_eq!(lanes.fresh(), ['c', 'd', 'f', 'b']);
        assert_eq!(lanes.lane(turn(start)), ['e', 'a']);
        assert_eq!((lanes.len(), lanes.waiting()), (6, 2));
    }
}
