//! Who of a view is told of in which tick.
//!
//! In a view of ordinary size everybody is fresh: every frame tells of them all. In a crowd only
//! the nearest are. The others wait in [`TURNS`] lanes, one of which has its turn in each tick: an
//! entity that waits is told of every `TURNS` ticks. Both ends hold of it the state of its lane's
//! last turn, so what is known of an entity is always the authoritative state of a tick that is
//! less than `TURNS` ticks before the frame's.
//!
//! Who is fresh is the server's choice. It moves entities between the fresh lane and the one whose
//! turn it is, since of those both ends hold the state of the same tick.

use super::positions::remove_positions;
use crate::ids::Tick;
use crate::limits::{FRESH_MAX, TURNS};

/// The fresh lane and those that wait.
pub const LANES: usize = 1 + TURNS;
/// The lane that every frame tells of.
pub const FRESH: usize = 0;

/// The lane that waits and has its turn in `tick`.
#[must_use]
pub const fn turn(tick: Tick) -> usize {
    1 + tick.0 as usize % TURNS
}

/// The tick whose state of a lane is known once the frame of `tick` is.
#[must_use]
pub const fn known(lane: usize, tick: Tick) -> Tick {
    if lane == FRESH {
        return tick;
    }
    let since = tick.0.wrapping_sub(lane as u32 - 1) % TURNS as u32;
    Tick(tick.0.saturating_sub(since))
}

/// From the tick of which to the tick of which a frame moves a lane on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The state that both ends hold.
    pub from: Tick,
    /// The state that both hold then.
    pub to: Tick,
}

impl Span {
    /// Ticks in between, at least 1.
    #[must_use]
    pub fn age(&self) -> u32 {
        self.to.since(self.from)
    }
}

/// A view, by lanes. Within each the order is the same on both ends.
#[derive(Clone, Debug)]
pub struct Lanes<T> {
    fresh: Vec<T>,
    /// None, or all [`TURNS`]: most views have nobody who waits.
    waiting: Vec<Vec<T>>,
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self { fresh: Vec::new(), waiting: Vec::new() }
    }
}

impl<T> Lanes<T> {
    /// The lanes that somebody may be in; in all others nobody is.
    #[must_use]
    pub fn lanes(&self) -> std::ops::Range<usize> {
        FRESH..1 + self.waiting.len()
    }

    /// One lane.
    #[must_use]
    pub fn lane(&self, lane: usize) -> &[T] {
        match lane.checked_sub(1) {
            None => &self.fresh,
            Some(waiting) => self.waiting.get(waiting).map_or(&[], Vec::as_slice),
        }
    }

    /// One of [`Lanes::lanes`], to be changed.
    ///
    /// # Panics
    /// When it is none of them.
    pub fn lane_mut(&mut self, lane: usize) -> &mut Vec<T> {
        match lane.checked_sub(1) {
            None => &mut self.fresh,
            Some(waiting) => &mut self.waiting[waiting],
        }
    }

    /// Those that every frame tells of.
    #[must_use]
    pub fn fresh(&self) -> &[T] {
        &self.fresh
    }

    /// Everybody, lane by lane.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.fresh.iter().chain(self.waiting.iter().flatten())
    }

    /// Everybody, each with the lane.
    pub fn iter_with_lane(&self) -> impl Iterator<Item = (usize, &T)> {
        self.lanes().flat_map(|lane| self.lane(lane).iter().map(move |item| (lane, item)))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fresh.len() + self.waiting()
    }

    /// Whether nobody is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.iter().map(Vec::len).sum()
    }

    /// The most ticks that what is known of an entity is behind a frame of `tick`.
    #[must_use]
    pub fn oldest_ticks(&self, tick: Tick) -> u32 {
        let lanes = self.lanes().filter(|&lane| !self.lane(lane).is_empty());
        lanes.map(|lane| tick.since(known(lane, tick))).max().unwrap_or(0)
    }

    /// Forgets everybody.
    pub fn clear(&mut self) {
        self.fresh.clear();
        self.waiting.clear();
    }

    /// How a frame of tick `to` moves a lane on whose last frame was of tick `from`; `None` if it
    /// does not tell of it.
    #[must_use]
    pub fn span(&self, lane: usize, from: Tick, to: Tick) -> Option<Span> {
        let span = Span { from: known(lane, from), to: known(lane, to) };
        (!self.lane(lane).is_empty() && span.from < span.to).then_some(span)
    }

    /// Whether a frame of `tick` tells who moves to another lane: the view is crowded, or was.
    #[must_use]
    pub fn may_move(&self, tick: Tick) -> bool {
        self.fresh.len() > FRESH_MAX || !self.lane(turn(tick)).is_empty()
    }
}

impl<T: Copy> Lanes<T> {
    /// Moves the fresh at the positions `demoted` behind the lane whose turn it is, and those of
    /// that lane at the positions `promoted` behind the fresh. Both are ascending.
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
        // Nobody is in them: they are not told of.
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
