//! What a room reports about itself, read without stopping it.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::progress::Progress;
use super::recent::Figures;
use super::watch::Miss;
use crate::engine::room_setup::RoomSetup;

/// Shared between a room's thread and everybody who asks.
#[derive(Debug)]
pub(super) struct Status {
    pub(super) name: String,
    pub(super) capacity: u16,
    pub(super) spectators_max: u16,
    pub(super) tick_hz: u16,
    pub(super) players: AtomicUsize,
    pub(super) away: AtomicUsize,
    pub(super) spectators: AtomicUsize,
    pub(super) entities: AtomicUsize,
    pub(super) tick: AtomicU32,
    pub(super) missed_ticks: AtomicU64,
    pub(super) skipped_ticks: AtomicU64,
    /// When the last tick began, microseconds.
    pub(super) beat_us: AtomicU64,
    pub(super) progress: Progress,
    recent: Mutex<Figures>,
    last_miss: Mutex<Option<Miss>>,
}

/// A room as `/api/rooms` lists it.
#[derive(Clone, Debug, Serialize)]
pub struct RoomInfo {
    /// Its name.
    pub name: String,
    /// Players, with those whose place is kept.
    pub players: usize,
    /// Players who have lost their connection and whose place is kept.
    pub away: usize,
    /// Limit of connected players.
    pub capacity: u16,
    /// Connected spectators.
    pub spectators: usize,
    /// Limit of connected spectators.
    pub spectators_max: u16,
    /// Entities in the world.
    pub entities: usize,
    /// Ticks done.
    pub tick: u32,
    /// Ticks a second.
    pub tick_hz: u16,
    /// Ticks that started more than a period late, or were left out.
    pub missed_ticks: u64,
    /// Those of them that were left out: with the ticks done, all that were due.
    pub skipped_ticks: u64,
    /// The last that was missed.
    pub last_miss: Option<Miss>,
    /// Its last ten seconds.
    #[serde(flatten)]
    pub recent: Figures,
}

/// A room as strangers see it.
#[derive(Clone, Debug, Serialize)]
pub struct RoomCounts {
    /// Its name.
    pub name: String,
    /// Players, with those whose place is kept.
    pub players: usize,
    /// Limit of players.
    pub capacity: u16,
    /// Connected spectators.
    pub spectators: usize,
    /// Limit of connected spectators.
    pub spectators_max: u16,
}

impl Status {
    pub(super) fn new<S>(name: String, setup: &RoomSetup<S>, now_us: u64) -> Self {
        Self {
            name,
            capacity: setup.game.capacity,
            spectators_max: setup.spectators_max,
            tick_hz: setup.game.tick_hz,
            players: AtomicUsize::new(0),
            away: AtomicUsize::new(0),
            spectators: AtomicUsize::new(0),
            entities: AtomicUsize::new(0),
            tick: AtomicU32::new(0),
            missed_ticks: AtomicU64::new(0),
            skipped_ticks: AtomicU64::new(0),
            beat_us: AtomicU64::new(now_us),
            progress: Progress::default(),
            recent: Mutex::default(),
            last_miss: Mutex::default(),
        }
    }

    /// Publishes the figures of the room's thread. It waits for nobody: while somebody reads, the
    /// earlier figures stay.
    pub(super) fn publish(&self, figures: Figures) {
        if let Ok(mut published) = self.recent.try_lock() {
            *published = figures;
        }
    }

    /// Notes a missed tick, unless somebody is reading the last one.
    pub(super) fn note_miss(&self, miss: Miss) {
        if let Ok(mut last_miss) = self.last_miss.try_lock() {
            *last_miss = Some(miss);
        }
    }

    /// The room as strangers see it.
    pub(super) fn counts(&self) -> RoomCounts {
        RoomCounts {
            name: self.name.clone(),
            players: self.players.load(Relaxed),
            capacity: self.capacity,
            spectators: self.spectators.load(Relaxed),
            spectators_max: self.spectators_max,
        }
    }

    /// The room as the list shows it.
    pub(super) fn info(&self) -> RoomInfo {
        RoomInfo {
            name: self.name.clone(),
            players: self.players.load(Relaxed),
            away: self.away.load(Relaxed),
            capacity: self.capacity,
            spectators: self.spectators.load(Relaxed),
            spectators_max: self.spectators_max,
            entities: self.entities.load(Relaxed),
            tick: self.tick.load(Relaxed),
            tick_hz: self.tick_hz,
            missed_ticks: self.missed_ticks.load(Relaxed),
            skipped_ticks: self.skipped_ticks.load(Relaxed),
            last_miss: self.last_miss.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            recent: *self.recent.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}
