//! The seats of a room: reserved by clients that want to join, held while they are there.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::address::Household;
use crate::clock::now_us;
use crate::engine::room_setup::RoomSetup;
use crate::engine::viewer::Role;

/// The seats of one room.
#[derive(Debug)]
pub(super) struct Seats {
    capacity: usize,
    spectators_max: usize,
    taken: Mutex<Taken>,
    /// Connections that come without a seat, to resume a player.
    resuming: AtomicUsize,
    /// No more seats are given out. Set with the lock of `taken` held, but read without it by those
    /// who must not make a room wait.
    ended: AtomicBool,
}

/// The seats given out.
#[derive(Debug)]
struct Taken {
    players: TakenOf,
    spectators: TakenOf,
    /// How many those have whom the limits per address count.
    households: BTreeMap<Household, usize>,
}

/// The seats given out for one role.
#[derive(Clone, Copy, Debug)]
struct TakenOf {
    count: usize,
    /// When the last of them was released, microseconds.
    none_since_us: u64,
}

impl TakenOf {
    /// Since when none is given out, microseconds.
    fn none_since_us(self) -> Option<u64> {
        (self.count == 0).then_some(self.none_since_us)
    }
}

impl Taken {
    fn of(&mut self, role: Role) -> &mut TakenOf {
        match role {
            Role::Player => &mut self.players,
            Role::Spectator => &mut self.spectators,
        }
    }

    fn release(&mut self, role: Role, household: Option<Household>, now_us: u64) {
        let taken = self.of(role);
        taken.count -= 1;
        if taken.count == 0 {
            taken.none_since_us = now_us;
        }
        let Some(household) = household else { return };
        if let Some(seats) = self.households.get_mut(&household) {
            *seats -= 1;
            if *seats == 0 {
                self.households.remove(&household);
            }
        }
    }
}

/// One seat. Dropping it releases it.
pub(super) struct Seat {
    seats: Arc<Seats>,
    role: Role,
    /// Whose limits it counts against.
    household: Option<Household>,
}

impl Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Seat").field(&self.role).finish()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.taken().release(self.role, self.household, now_us());
    }
}

/// The right to come without a seat, until it is dropped.
#[derive(Debug)]
pub(super) struct Pass(Arc<Seats>);

impl Drop for Pass {
    fn drop(&mut self) {
        self.0.resuming.fetch_sub(1, Relaxed);
    }
}

impl Seats {
    /// Creates the seats, all free since `now_us`.
    pub(super) fn new<S>(setup: &RoomSetup<S>, now_us: u64) -> Arc<Self> {
        let none = TakenOf { count: 0, none_since_us: now_us };
        Arc::new(Self {
            capacity: usize::from(setup.game.capacity),
            spectators_max: usize::from(setup.spectators_max),
            taken: Mutex::new(Taken {
                players: none,
                spectators: none,
                households: BTreeMap::new(),
            }),
            resuming: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        })
    }

    /// Ignores poisoning: the data is valid after each statement.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seats_max(&self, role: Role) -> usize {
        match role {
            Role::Player => self.capacity,
            Role::Spectator => self.spectators_max,
        }
    }

    /// The number of seats, free or not.
    pub(super) fn count(&self) -> usize {
        self.capacity + self.spectators_max
    }

    /// Reserves a seat, which counts against this household's limits; `None` when none is free or the
    /// room has ended.
    pub(super) fn reserve(
        self: &Arc<Self>,
        role: Role,
        household: Option<Household>,
    ) -> Option<Seat> {
        let mut taken = self.taken();
        let count = &mut taken.of(role).count;
        if self.has_ended() || *count >= self.seats_max(role) {
            return None;
        }
        *count += 1;
        if let Some(household) = household {
            *taken.households.entry(household).or_default() += 1;
        }
        Some(Seat { seats: Arc::clone(self), role, household })
    }

    /// The seats that count against a household's limits.
    pub(super) fn of_household(&self, household: Household) -> usize {
        self.taken().households.get(&household).copied().unwrap_or(0)
    }

    /// Lets a connection in without a seat, which may resume a player; `None` when as many of them as
    /// there are players' seats are on their way.
    pub(super) fn pass(self: &Arc<Self>) -> Option<Pass> {
        let before = self.resuming.fetch_add(1, Relaxed);
        let pass = Pass(Arc::clone(self));
        (before < self.capacity && !self.has_ended()).then_some(pass)
    }

    /// Seats given out to players.
    pub(super) fn players(&self) -> usize {
        self.taken().players.count
    }

    /// Whether a seat for this role is free.
    pub(super) fn is_free(&self, role: Role) -> bool {
        !self.has_ended() && self.taken().of(role).count < self.seats_max(role)
    }

    /// Since when nobody has had a seat, microseconds.
    pub(super) fn empty_since_us(&self) -> Option<u64> {
        let Taken { players, spectators, .. } = &*self.taken();
        Some(players.none_since_us()?.max(spectators.none_since_us()?))
    }

    /// Since when no player has had a seat, microseconds.
    pub(super) fn unplayed_since_us(&self) -> Option<u64> {
        self.taken().players.none_since_us()
    }

    /// Ends the room for newcomers if nobody has a seat; returns whether it has ended.
    pub(super) fn retire(&self) -> bool {
        let taken = self.taken();
        if taken.players.count + taken.spectators.count == 0 {
            self.ended.store(true, Relaxed);
        }
        self.has_ended()
    }

    /// Ends the room for newcomers, whoever has a seat.
    pub(super) fn end(&self) {
        let _taken = self.taken();
        self.ended.store(true, Relaxed);
    }

    /// Whether the room has ended for newcomers.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::game::Setup;

    use super::*;

    #[test]
    fn seats_are_given_out_and_come_back() {
        let game = Setup { seed: 1, capacity: 2, tick_hz: 30, settings: () };
        let seats = Seats::new(&RoomSetup { spectators_max: 1, ..RoomSetup::new("", game) }, 0);
        let reserve = |role| seats.reserve(role, None);
        let mut playing: Vec<Seat> = (0..2).map(|_| reserve(Role::Player).unwrap()).collect();
        assert!(reserve(Role::Player).is_none());
        let watching = reserve(Role::Spectator).unwrap();
        assert!(reserve(Role::Spectator).is_none());
        assert_eq!(seats.players(), 2, "spectators take no player's seat");
        playing.pop();
        assert_eq!((seats.unplayed_since_us(), seats.empty_since_us()), (None, None));
        assert!(seats.is_free(Role::Player) && !seats.is_free(Role::Spectator));
        playing.pop();
        assert!(!seats.retire(), "somebody looks on");
        let unplayed_us = seats.unplayed_since_us().unwrap();
        assert_eq!(seats.empty_since_us(), None);
        drop(watching);
        assert!(seats.empty_since_us().unwrap() >= unplayed_us);
        assert_eq!(seats.unplayed_since_us(), Some(unplayed_us));
        assert!(seats.retire() && seats.has_ended());
        assert!(reserve(Role::Player).is_none(), "an ended room has no seats");
    }

    #[test]
    fn a_household_has_the_seats_that_it_has_not_given_back() {
        let game = Setup { seed: 1, capacity: 2, tick_hz: 30, settings: () };
        let seats = Seats::new(&RoomSetup { spectators_max: 1, ..RoomSetup::new("", game) }, 0);
        let [here, there] = [1, 2].map(|last| Household::of([192, 0, 2, last].into()));
        let playing = seats.reserve(Role::Player, Some(here)).unwrap();
        let watching = seats.reserve(Role::Spectator, Some(here)).unwrap();
        let _exempt = seats.reserve(Role::Player, None).unwrap();
        assert!(seats.reserve(Role::Player, Some(there)).is_none());
        assert_eq!([here, there].map(|household| seats.of_household(household)), [2, 0]);
        drop(playing);
        assert_eq!(seats.of_household(here), 1);
        drop(watching);
        assert!(seats.taken().households.is_empty());
    }

    #[test]
    fn as_many_may_come_to_resume_as_there_are_players() {
        let game = Setup { seed: 1, capacity: 2, tick_hz: 30, settings: () };
        let seats = Seats::new(&RoomSetup::new("", game), 0);
        let mut passes: Vec<Pass> = (0..2).map(|_| seats.pass().unwrap()).collect();
        assert!(seats.pass().is_none());
        passes.pop();
        passes.push(seats.pass().unwrap());
        assert!(seats.pass().is_none(), "the one refused has given nothing back twice");
    }
}
