//! What a room tells of itself, read without stopping it.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use drumbeat_shared::game::Setup;
use serde::Serialize;

use super::recent::Figures;
use crate::engine::close::CloseReason;
use crate::engine::viewer::Role;

/// Shared between a room's thread and everybody who asks.
#[derive(Debug)]
pub(super) struct Status {
    pub(super) name: String,
    pub(super) capacity: u16,
    pub(super) spectators_max: u16,
    pub(super) tick_hz: u16,
    seats: Mutex<Seats>,
    /// No further seats are given out. Set with the lock of `seats` held, read without by those who
    /// must not keep a room waiting.
    ended: AtomicBool,
    pub(super) players: AtomicUsize,
    pub(super) spectators: AtomicUsize,
    pub(super) entities: AtomicUsize,
    pub(super) tick: AtomicU32,
    pub(super) missed_ticks: AtomicU64,
    /// When the last tick began, microseconds.
    pub(super) beat_us: AtomicU64,
    /// Somebody wants to be told of the room and its players.
    pub(super) asked: AtomicBool,
    /// Set to end the room.
    pub(super) closing: OnceLock<CloseReason>,
    recent: Mutex<Figures>,
    last_miss: Mutex<Option<Miss>>,
}

/// Seats given out: to those who are there and to those on their way in.
#[derive(Clone, Copy, Debug, Default)]
struct Seats {
    players: Taken,
    spectators: Taken,
}

/// Seats of one role that are given out.
#[derive(Clone, Copy, Debug, Default)]
struct Taken {
    count: usize,
    /// When the last of them was given back, microseconds.
    none_since_us: u64,
}

impl Taken {
    /// Since when there is none.
    fn none_since_us(self) -> Option<u64> {
        (self.count == 0).then_some(self.none_since_us)
    }
}

impl Seats {
    fn of(&mut self, role: Role) -> &mut Taken {
        match role {
            Role::Player => &mut self.players,
            Role::Spectator => &mut self.spectators,
        }
    }
}

/// A tick that was missed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Miss {
    /// The tick that started late.
    pub tick: u32,
    /// How late it started, milliseconds.
    pub late_ms: u64,
    /// Ticks left out before it.
    pub skipped_ticks: u64,
    /// Why, as far as the room can tell: a word for machines.
    pub reason: &'static str,
    /// The same in a sentence.
    pub text: String,
}

/// A room as `/api/rooms` lists it.
#[derive(Clone, Debug, Serialize)]
pub struct RoomInfo {
    /// Its name.
    pub name: String,
    /// Connected players.
    pub players: usize,
    /// Connected players at most.
    pub capacity: u16,
    /// Connected spectators.
    pub spectators: usize,
    /// Connected spectators at most.
    pub spectators_max: u16,
    /// Entities in the world.
    pub entities: usize,
    /// Ticks done.
    pub tick: u32,
    /// Ticks a second.
    pub tick_hz: u16,
    /// Ticks that started more than a period late, or were left out.
    pub missed_ticks: u64,
    /// The last of them.
    pub last_miss: Option<Miss>,
    /// Its last ten seconds.
    #[serde(flatten)]
    pub recent: Figures,
}

/// A room as `/api/rooms/{name}` shows it.
#[derive(Debug, Serialize)]
struct RoomDetail<'a> {
    /// What the list has.
    #[serde(flatten)]
    info: RoomInfo,
    /// The connected players.
    roster: &'a [RosterRow],
}

/// What a room told of its players, and what comes of it for whoever asked.
#[derive(Debug)]
pub(super) struct Told {
    roster: Vec<RosterRow>,
    json: OnceLock<Bytes>,
}

impl Told {
    pub(super) fn new(roster: Vec<RosterRow>) -> Self {
        Self { roster, json: OnceLock::new() }
    }

    /// The room as JSON, written for the first who asks and shared with the others. The room's
    /// thread has no part in it.
    pub(super) fn detail(&self, info: impl FnOnce() -> RoomInfo) -> Bytes {
        let write = || {
            let detail = RoomDetail { info: info(), roster: &self.roster };
            // Plain data of finite numbers.
            serde_json::to_vec(&detail).map(Bytes::from).unwrap_or_default()
        };
        self.json.get_or_init(write).clone()
    }
}

/// A connected player.
#[derive(Clone, Debug, Serialize)]
pub struct RosterRow {
    /// Its id in the room.
    pub id: u16,
    /// Its name.
    pub name: String,
    /// Where its avatar is, or where it looks from without one, grid units.
    pub x: i32,
    /// See `x`.
    pub y: i32,
    /// Entities it sees.
    pub visible: usize,
}

impl Status {
    pub(super) fn new(name: String, setup: &Setup, spectators_max: u16, now_us: u64) -> Self {
        let none = Taken { count: 0, none_since_us: now_us };
        Self {
            name,
            capacity: setup.capacity,
            spectators_max,
            tick_hz: setup.tick_hz,
            seats: Mutex::new(Seats { players: none, spectators: none }),
            players: AtomicUsize::new(0),
            spectators: AtomicUsize::new(0),
            entities: AtomicUsize::new(0),
            tick: AtomicU32::new(0),
            missed_ticks: AtomicU64::new(0),
            beat_us: AtomicU64::new(now_us),
            asked: AtomicBool::new(false),
            closing: OnceLock::new(),
            ended: AtomicBool::new(false),
            recent: Mutex::default(),
            last_miss: Mutex::default(),
        }
    }

    /// What the lock guards is valid after each statement.
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seat; `false` when none is free or the room has ended.
    pub(super) fn sit(&self, role: Role) -> bool {
        let mut seats = self.seats();
        let free = !self.has_ended() && seats.of(role).count < self.places(role);
        seats.of(role).count += usize::from(free);
        free
    }

    fn places(&self, role: Role) -> usize {
        usize::from(match role {
            Role::Player => self.capacity,
            Role::Spectator => self.spectators_max,
        })
    }

    /// Gives seats back.
    pub(super) fn rise(&self, role: Role, count: usize, now_us: u64) {
        if count == 0 {
            return;
        }
        let mut seats = self.seats();
        let taken = seats.of(role);
        taken.count -= count;
        if taken.count == 0 {
            taken.none_since_us = now_us;
        }
    }

    /// Seats given out to players.
    pub(super) fn seated(&self) -> usize {
        self.seats().players.count
    }

    /// Whether there is a seat.
    pub(super) fn has_seat(&self, role: Role) -> bool {
        self.seats().of(role).count < self.places(role)
    }

    /// Since when nobody has had a seat, microseconds.
    pub(super) fn empty_since_us(&self) -> Option<u64> {
        let Seats { players, spectators } = *self.seats();
        Some(players.none_since_us()?.max(spectators.none_since_us()?))
    }

    /// Since when no player has had a seat, microseconds.
    pub(super) fn unplayed_since_us(&self) -> Option<u64> {
        self.seats().players.none_since_us()
    }

    /// Ends the room for newcomers if nobody has a seat.
    pub(super) fn retire(&self) -> bool {
        let seats = self.seats();
        if seats.players.count + seats.spectators.count == 0 {
            self.ended.store(true, Relaxed);
        }
        self.has_ended()
    }

    /// Ends the room for newcomers, whoever sits there.
    pub(super) fn end(&self) {
        let _seats = self.seats();
        self.ended.store(true, Relaxed);
    }

    /// Whether the room has ended for newcomers.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Relaxed)
    }

    /// Publishes what the room's thread has found. It waits for nobody: while somebody reads, what
    /// was published before stays.
    pub(super) fn publish(&self, figures: Figures) {
        if let Ok(mut published) = self.recent.try_lock() {
            *published = figures;
        }
    }

    /// Notes a missed tick, unless somebody reads about the one before.
    pub(super) fn note_miss(&self, miss: Miss) {
        if let Ok(mut last_miss) = self.last_miss.try_lock() {
            *last_miss = Some(miss);
        }
    }

    /// The room as the list shows it.
    pub(super) fn info(&self) -> RoomInfo {
        RoomInfo {
            name: self.name.clone(),
            players: self.players.load(Relaxed),
            capacity: self.capacity,
            spectators: self.spectators.load(Relaxed),
            spectators_max: self.spectators_max,
            entities: self.entities.load(Relaxed),
            tick: self.tick.load(Relaxed),
            tick_hz: self.tick_hz,
            missed_ticks: self.missed_ticks.load(Relaxed),
            last_miss: self.last_miss.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            recent: *self.recent.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_counted() {
        let setup = Setup { seed: 1, capacity: 2, tick_hz: 30, house_bots: 0 };
        let status = Status::new("main".into(), &setup, 1, 0);
        let sit = |role| status.sit(role);
        assert!(sit(Role::Player) && sit(Role::Player) && !sit(Role::Player));
        assert!(sit(Role::Spectator) && !sit(Role::Spectator));
        assert_eq!(status.seated(), 2, "spectators take no player's place");
        status.rise(Role::Player, 1, 5);
        assert_eq!((status.unplayed_since_us(), status.empty_since_us()), (None, None));
        assert!(status.has_seat(Role::Player) && !status.has_seat(Role::Spectator));
        status.rise(Role::Player, 1, 7);
        assert!(!status.retire(), "somebody looks on");
        assert_eq!((status.unplayed_since_us(), status.empty_since_us()), (Some(7), None));
        status.rise(Role::Spectator, 1, 9);
        status.rise(Role::Player, 0, 11);
        assert_eq!((status.unplayed_since_us(), status.empty_since_us()), (Some(7), Some(9)));
        assert!(status.retire() && status.has_ended());
        assert!(!sit(Role::Player) && !sit(Role::Spectator), "an ended room has no seats");
    }
}
