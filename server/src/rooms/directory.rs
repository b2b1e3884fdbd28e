//! The rooms of a server, the seats in them, and which room ends so that another can open.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread::JoinHandle;

use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::close::CloseCode;
use tokio::sync::watch;

use super::asker::{Asker, Request};
use super::asks::{Asked, Asks};
use super::draining::Draining;
use super::feed::Feed;
use super::roster::Published;
use super::seats::{Pass, Seat, Seats};
use super::status::Status;
use crate::bucket::Bucket;
use crate::engine::close::CloseReason;
use crate::engine::join::Join;
use crate::engine::resume::Unresumed;
use crate::engine::viewer::Role;

/// Rooms that may be evicted per second in the long run, and at once if the limit of rooms is low.
const EVICTIONS_PER_S: u32 = 4;
const EVICTIONS_AT_ONCE: u32 = 8;

/// The rooms of a server.
#[derive(Debug)]
pub(super) struct Rooms<G: Game> {
    pub(super) open: BTreeMap<String, Handle<G>>,
    /// Rooms that let nobody in any more but whose threads have not ended. No room opens while
    /// there are more of them than rooms may be open.
    pub(super) ending: Vec<Handle<G>>,
    /// The rooms that let no new players in, whether open or not.
    pub(super) locked: BTreeSet<String>,
    /// Whether nobody new is let into any room.
    pub(super) draining: Draining,
    /// Why nobody is let in any more; set for good when the server ends.
    pub(super) closing: Option<CloseReason>,
    /// How often a room may be evicted: making a world takes time from the other rooms.
    evictions: Bucket,
}

/// What the lobby holds for each room.
#[derive(Debug)]
pub(super) struct Handle<G: Game> {
    pub(super) seats: Arc<Seats>,
    pub(super) asks: Arc<Asks>,
    pub(super) status: Arc<Status>,
    pub(super) joins: SyncSender<Join<G>>,
    pub(super) acts: SyncSender<Asked>,
    /// What the room publishes about itself when it is asked.
    pub(super) published: watch::Receiver<Option<Arc<Published>>>,
    pub(super) feed: Arc<Feed>,
    pub(super) thread: JoinHandle<()>,
}

/// A reserved seat in a room. Dropping it releases the seat.
#[derive(Debug)]
pub struct Reservation<G: Game> {
    entry: Entry,
    role: Role,
    status: Arc<Status>,
    asks: Arc<Asks>,
    joins: SyncSender<Join<G>>,
}

/// What lets a connection into a room.
enum Entry {
    Seat(Seat),
    /// For one that may only resume a player, who has a seat; and why it may not join as a new one.
    Pass(Pass, CloseReason),
}

impl Debug for Entry {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seat(seat) => seat.fmt(f),
            Self::Pass(pass, _) => pass.fmt(f),
        }
    }
}

impl<G: Game> Rooms<G> {
    /// Creates a directory without rooms, for a limit of `rooms_max`.
    pub(super) fn new(rooms_max: usize) -> Self {
        let burst = u32::try_from(rooms_max).unwrap_or(u32::MAX).max(EVICTIONS_AT_ONCE);
        let evictions = Bucket::new(EVICTIONS_PER_S, 1_000_000, burst);
        Self {
            open: BTreeMap::new(),
            ending: Vec::new(),
            locked: BTreeSet::new(),
            draining: Draining::No,
            closing: None,
            evictions,
        }
    }

    /// Moves rooms that let nobody in any more to `ending`, and forgets those whose threads have
    /// ended.
    pub(super) fn sweep(&mut self) {
        self.ending.retain(|handle| !handle.thread.is_finished());
        let ended = self.open.iter().filter(|(_, handle)| handle.seats.has_ended());
        let names: Vec<String> = ended.map(|(name, _)| name.clone()).collect();
        self.ending.extend(names.iter().filter_map(|name| self.open.remove(name)));
    }

    /// The room that is asked for. Without a name, the room with the most players among those with a
    /// free seat.
    pub(super) fn find(&self, asker: &Asker<'_>) -> Option<&Handle<G>> {
        let Request { room, role, .. } = asker.request;
        if !room.is_empty() {
            return self.open.get(room);
        }
        let free = self.open.iter().filter(|(name, handle)| {
            let seats = &handle.seats;
            seats.is_free(role) && asker.may_enter(seats) && self.refusal(name, role).is_none()
        });
        free.map(|(_, handle)| handle).max_by_key(|handle| handle.seats.players())
    }

    /// Why nobody new of this role is let into the room of this name, although it may have seats.
    pub(super) fn refusal(&self, name: &str, role: Role) -> Option<CloseReason> {
        if let Some(refusal) = self.draining.refusal() {
            return Some(refusal);
        }
        let locked = role == Role::Player && self.locked.contains(name);
        let text = "this room is locked: it lets no new players in; join another";
        locked.then(|| CloseReason::new(CloseCode::Full, text))
    }

    /// `main`, or the first of `main-2`, `main-3`, … that is free.
    pub(super) fn free_name(&self) -> String {
        let numbered = (2..).map(|number: u32| format!("main-{number}"));
        std::iter::once("main".to_owned())
            .chain(numbered)
            .find(|name| !self.open.contains_key(name) && !self.locked.contains(name))
            .unwrap_or_default()
    }

    /// Ends a room so that another can open. This is the room that has been empty the longest. If
    /// none is empty and a player asks, it is the room in which nobody has played for the longest
    /// time, if that is long enough. No room with spectators is evicted for a spectator, since one
    /// whose room ends may ask for the room again.
    ///
    /// # Errors
    /// When no room can be evicted, or too many were recently.
    pub(super) fn evict(
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
            return Err(CloseReason::new(CloseCode::Full, "every room is full; try again later"));
        };
        if !self.evictions.allows(now_us, now_us) {
            let text = "too many rooms are being opened; try again in a moment";
            return Err(CloseReason::new(CloseCode::Full, text));
        }
        self.close(&name, CloseCode::Evicted.into());
        Ok(())
    }

    /// Ends a room; returns whether there was one of this name.
    pub(super) fn close(&mut self, name: &str, reason: CloseReason) -> bool {
        let Some(handle) = self.open.remove(name) else { return false };
        // Seats are reserved only under the lobby's lock, which is held here. The thread ends with
        // its next beat.
        handle.seats.end();
        handle.asks.close(reason);
        self.ending.push(handle);
        true
    }
}

impl<G: Game> Handle<G> {
    /// Reserves a seat, if one is free; one that resumes a player needs none.
    pub(super) fn reserve(&self, request: &Request<'_>) -> Option<Reservation<G>> {
        let Request { role, household, resumes, .. } = *request;
        let seat = self.seats.reserve(role, household).map(|seat| self.seated(seat, role));
        let place =
            || if resumes { self.reserve_place(CloseReason::room_full(role)) } else { None };
        seat.or_else(place)
    }

    /// The reservation of a seat that was taken.
    pub(super) fn seated(&self, seat: Seat, role: Role) -> Reservation<G> {
        self.reservation(Entry::Seat(seat), role)
    }

    /// Lets a connection in that may resume a player, and nothing else: for this reason.
    pub(super) fn reserve_place(&self, reason: CloseReason) -> Option<Reservation<G>> {
        let pass = self.seats.pass()?;
        Some(self.reservation(Entry::Pass(pass, reason), Role::Player))
    }

    fn reservation(&self, entry: Entry, role: Role) -> Reservation<G> {
        Reservation {
            entry,
            role,
            status: Arc::clone(&self.status),
            asks: Arc::clone(&self.asks),
            joins: self.joins.clone(),
        }
    }
}

impl<G: Game> Reservation<G> {
    /// The role that the seat is for, and that the connection joins with.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// The room's name.
    #[must_use]
    pub fn room(&self) -> &str {
        &self.status.name
    }

    /// Lets the connection into the room with one of its next ticks. It holds the seat until it
    /// leaves.
    ///
    /// # Errors
    /// When the room has ended meanwhile: the reason, which was sent to the connection.
    pub fn take(self, mut join: Join<G>) -> Result<(), CloseReason> {
        let Self { entry, asks, joins, .. } = self;
        if let Entry::Pass(_, reason) = &entry {
            let reason = reason.clone();
            join.resume.else_refused.get_or_insert(Unresumed { reason, ticket: None });
        }
        join.seat = Some(Box::new(entry));
        match joins.try_send(join) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(join) | TrySendError::Disconnected(join)) => {
                let reason = asks.closing().cloned();
                let reason = reason.unwrap_or_else(|| CloseCode::RoomClosed.into());
                join.reject(&reason);
                Err(reason)
            }
        }
    }
}
