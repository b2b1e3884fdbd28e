//! The rooms that there are, and the seats in them. Which room ends so that another may be opened.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread::JoinHandle;

use drumbeat_shared::game::Game;
use tokio::sync::watch;

use super::asks::Asks;
use super::seats::{Seat, Seats};
use super::status::{Published, Status};
use crate::bucket::Bucket;
use crate::engine::client::Join;
use crate::engine::close::CloseReason;
use crate::engine::viewer::Role;

/// Rooms that give way in a second for long, and at once if there may be few.
const GIVE_WAY_PER_S: u32 = 4;
const GIVE_WAY_AT_ONCE: u32 = 8;

/// The rooms that there are.
#[derive(Debug)]
pub(super) struct Rooms<G: Game> {
    pub(super) open: BTreeMap<String, Handle<G>>,
    /// Those that let nobody in any more and whose threads have not ended. No room is opened while
    /// there are more of them than rooms may be open.
    pub(super) ending: Vec<Handle<G>>,
    /// Why nobody is let in any more: set for good when the server ends.
    pub(super) closing: Option<CloseReason>,
    /// How often a room may give way: making a world takes time from those that there are.
    gives_way: Bucket,
}

/// What the lobby holds of a room.
#[derive(Debug)]
pub(super) struct Handle<G: Game> {
    pub(super) seats: Arc<Seats>,
    pub(super) asks: Arc<Asks>,
    pub(super) status: Arc<Status>,
    pub(super) joins: SyncSender<Join<G>>,
    /// What the room tells of itself when it is asked.
    pub(super) published: watch::Receiver<Option<Arc<Published>>>,
    pub(super) thread: JoinHandle<()>,
}

/// A reserved place in a room. Dropping it gives the place back.
#[derive(Debug)]
pub struct Reservation<G: Game> {
    seat: Seat,
    status: Arc<Status>,
    asks: Arc<Asks>,
    joins: SyncSender<Join<G>>,
}

impl<G: Game> Rooms<G> {
    /// None yet, and this many at most.
    pub(super) fn new(rooms_max: usize) -> Self {
        let burst = u32::try_from(rooms_max).unwrap_or(u32::MAX).max(GIVE_WAY_AT_ONCE);
        let gives_way = Bucket::new(GIVE_WAY_PER_S, 1_000_000, burst);
        Self { open: BTreeMap::new(), ending: Vec::new(), closing: None, gives_way }
    }

    /// Takes out the rooms that have ended for newcomers, and forgets those whose threads have ended.
    pub(super) fn sweep(&mut self) {
        self.ending.retain(|handle| !handle.thread.is_finished());
        let ended = self.open.iter().filter(|(_, handle)| handle.seats.has_ended());
        let names: Vec<String> = ended.map(|(name, _)| name.clone()).collect();
        self.ending.extend(names.iter().filter_map(|name| self.open.remove(name)));
    }

    /// The room of this name; without a name the one with the most players of those with space.
    pub(super) fn find(&self, name: &str, role: Role) -> Option<&Handle<G>> {
        if !name.is_empty() {
            return self.open.get(name);
        }
        let free = |handle: &&Handle<G>| handle.seats.is_free(role);
        self.open.values().filter(free).max_by_key(|handle| handle.seats.players())
    }

    /// `main`, or the first of `main-2`, `main-3`, … that is not taken.
    pub(super) fn free_name(&self) -> String {
        let numbered = (2..).map(|number: u32| format!("main-{number}"));
        std::iter::once("main".to_owned())
            .chain(numbered)
            .find(|name| !self.open.contains_key(name))
            .unwrap_or_default()
    }

    /// Ends the room that has been empty for longest; if none is, and a player asks, the one in which
    /// nobody has played for longest, if that is long enough. A spectator who is let go of so might
    /// ask for the room again: to spectators no other spectator gives way.
    ///
    /// # Errors
    /// When none gives way, or too many have of late.
    pub(super) fn make_way(
        &mut self,
        role: Role,
        now_us: u64,
        unplayed_us_min: u64,
    ) -> Result<(), CloseReason> {
        let longest = |since_us: &dyn Fn(&Seats) -> Option<u64>| {
            let waiting = self.open.iter();
            let waiting =
                waiting.filter_map(|(name, handle)| Some((since_us(&handle.seats)?, name)));
            waiting.min().map(|(_, name)| name.clone())
        };
        let is_long = |since_us: &u64| now_us.saturating_sub(*since_us) >= unplayed_us_min;
        let unplayed = |seats: &Seats| seats.unplayed_since_us().filter(is_long);
        let found = longest(&Seats::empty_since_us)
            .or_else(|| (role == Role::Player).then(|| longest(&unplayed)).flatten());
        let Some(name) = found else {
            return Err(CloseReason::Full("every room is full; try again later"));
        };
        if !self.gives_way.allows(now_us, now_us) {
            let text = "too many rooms are being opened; try again in a moment";
            return Err(CloseReason::Full(text));
        }
        let Some(handle) = self.open.remove(&name) else { return Ok(()) };
        // Seats are given out with the lobby's lock held, as it is now. The thread ends with its next
        // beat.
        handle.seats.end();
        handle.asks.close(CloseReason::GaveWay);
        self.ending.push(handle);
        Ok(())
    }
}

impl<G: Game> Handle<G> {
    /// A place, if one is free.
    pub(super) fn reserve(&self, role: Role) -> Option<Reservation<G>> {
        Some(Reservation {
            seat: self.seats.reserve(role)?,
            status: Arc::clone(&self.status),
            asks: Arc::clone(&self.asks),
            joins: self.joins.clone(),
        })
    }
}

impl<G: Game> Reservation<G> {
    /// What the place is for: the same that the connection joins as.
    #[must_use]
    pub fn role(&self) -> Role {
        self.seat.role()
    }

    /// The room's name.
    #[must_use]
    pub fn room(&self) -> &str {
        &self.status.name
    }

    /// Lets the connection into the room with one of its next ticks. It holds the place until it
    /// goes.
    ///
    /// # Errors
    /// When the room has ended since: why, as the connection was told.
    pub fn take(self, mut join: Join<G>) -> Result<(), CloseReason> {
        let Self { seat, asks, joins, .. } = self;
        join.seat = Some(Box::new(seat));
        match joins.try_send(join) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(join) | TrySendError::Disconnected(join)) => {
                let reason = asks.closing().unwrap_or(&CloseReason::RoomClosed);
                join.reject(reason);
                Err(reason.clone())
            }
        }
    }
}
