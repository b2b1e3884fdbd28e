//! Which rooms a server has, and who gets a seat in which.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use bytes::Bytes;
use drumbeat_process::limits;
use drumbeat_shared::fnv::Fnv;
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::names::is_room_name;
use tokio::sync::mpsc::{self, Receiver};
use tokio::sync::watch;

use super::asker::{Asker, PerAddress, Request};
use super::asks::Asks;
use super::directory::{Handle, Reservation, Rooms};
use super::feed::{self, Feed, Wakes};
use super::incidents::LINES_PER_MINUTE_MAX;
use super::room::{Opening, run};
use super::seats::Seats;
use super::status::{RoomCounts, RoomInfo, Status};
use super::watchdog;
use crate::clock::now_us;
use crate::engine::close::CloseReason;
use crate::engine::room_setup::RoomSetup;
use crate::engine::shards::Shards;
use crate::engine::viewer::Role;
use crate::telemetry::metrics::RoomMetrics;
use crate::telemetry::notices::{Line, Notices};

/// A room whose loop starts no tick for this long is unhealthy, microseconds.
const STUCK_US: u64 = 5_000_000;
/// How long after the start rooms of before may still open again: players come back within seconds.
const COME_BACK: Duration = Duration::from_secs(60);
/// Limit of acts of those who run the server that wait in a room.
const ACTS_MAX: usize = 64;
/// Time between two checks whether the rooms have ended.
const END_POLL: Duration = Duration::from_millis(5);

/// What the rooms of a server run with; `S` are the settings of their game.
#[derive(Clone, Debug)]
pub struct RoomsConfig<S = ()> {
    /// The setup of each room. Its seed is mixed with the room's name.
    pub room: RoomSetup<S>,
    /// Limit of rooms.
    pub rooms_max: usize,
    /// What one address may have.
    pub per_address: PerAddress,
    /// The threads that make frames.
    pub shards: Shards,
}

/// A room whose loop does not advance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("room {room} has not ticked for {seconds} s")]
pub struct Still {
    /// Its name.
    pub room: String,
    /// For how long, seconds.
    pub seconds: u64,
}

/// All rooms of a server.
#[derive(Debug)]
pub struct Lobby<G: Game> {
    config: RoomsConfig<G::Settings>,
    metrics: RoomMetrics,
    notices: Notices,
    rooms: Mutex<Rooms<G>>,
    /// Tells this process from others in the numbers of feeds.
    process: String,
    began: Instant,
    lives: AtomicU64,
    wakes: Wakes,
    woken: Mutex<Option<Receiver<Arc<Feed>>>>,
}

impl<G: Game> Lobby<G> {
    /// Creates a lobby without rooms.
    #[must_use]
    pub fn new(config: RoomsConfig<G::Settings>, metrics: RoomMetrics) -> Arc<Self> {
        let notices = Notices::new(LINES_PER_MINUTE_MAX);
        let rooms = Mutex::new(Rooms::new(config.rooms_max));
        // Each room once, and as many may be ending as are open.
        let (wakes, woken) = mpsc::channel(2 * config.rooms_max.max(1));
        // Two processes seldom begin in the same microsecond.
        let since = UNIX_EPOCH.elapsed().unwrap_or_default();
        let process = format!("{:x}", since.as_micros());
        let (lives, woken) = (AtomicU64::new(1), Mutex::new(Some(woken)));
        Arc::new(Self {
            config,
            metrics,
            notices,
            rooms,
            process,
            began: Instant::now(),
            lives,
            wakes,
            woken,
        })
    }

    /// No game code runs while the lock is held, and the map is valid at any moment.
    pub(super) fn lock(&self) -> MutexGuard<'_, Rooms<G>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reserves a seat as [`Lobby::reserve`] does, for one that no limits per address hold for.
    ///
    /// # Errors
    /// When there is no seat, or the name is not a valid room name.
    pub fn seat(&self, room: &str, role: Role) -> Result<Reservation<G>, CloseReason> {
        self.reserve(Request { room, role, household: None, resumes: false })
    }

    /// A way into the room for a player who may resume one there, and may do nothing else; `None` if
    /// there is no such room.
    #[must_use]
    pub fn place(&self, room: &str) -> Option<Reservation<G>> {
        let reason = CloseCode::Full.into();
        self.lock().open.get(room).and_then(|handle| handle.reserve_place(reason))
    }

    /// Reserves a seat in the named room, which is opened if need be. Without a name, the seat is
    /// in the room with the most players that has a free one, or else in a new room; a spectator
    /// gets a new room only if there is no other. If the limit of rooms is reached, an empty room
    /// is evicted or, for a player, one in which nobody has played for long. A player who may resume
    /// one in the room is let in without a seat if it gets none.
    ///
    /// # Errors
    /// When there is no seat, the address has as much as it may have, or the name is not a valid room
    /// name.
    pub fn reserve(&self, request: Request<'_>) -> Result<Reservation<G>, CloseReason> {
        let Request { room, role, resumes, .. } = request;
        if !room.is_empty() && !is_room_name(room) {
            return Err(CloseCode::BadRoomName.into());
        }
        if role == Role::Spectator && self.config.room.spectators_max == 0 {
            return Err(CloseReason::new(
                CloseCode::NoSpectators,
                "spectating is turned off on this server; join to play",
            ));
        }
        let mut rooms = self.lock();
        if let Some(reason) = &rooms.closing {
            return Err(reason.clone());
        }
        rooms.sweep();
        let seats = rooms.open.values().map(|handle| &*handle.seats);
        let asker = Asker::new(request, self.config.per_address, seats);
        let found = rooms.find(&asker);
        let refusal = rooms.refusal(room, role);
        let refusal = refusal.or_else(|| asker.refusal(found.map(|handle| &*handle.seats)));
        if let Some(refusal) = refusal {
            // Whoever has a place is not new.
            let room = rooms.open.get(room).filter(|_| resumes);
            let place = room.and_then(|room| room.reserve_place(refusal.clone()));
            return place.ok_or(refusal);
        }
        if let Some(handle) = found {
            if let Some(reserved) = handle.reserve(&request) {
                return Ok(reserved);
            }
            if !handle.seats.has_ended() {
                return Err(CloseReason::room_full(role));
            }
            // The room has just ended.
            rooms.sweep();
        }
        if role == Role::Spectator && room.is_empty() && !rooms.open.is_empty() {
            return Err(CloseReason::new(
                CloseCode::NoSpectators,
                "no room has a spectator seat left; try again later, or join to play",
            ));
        }
        if rooms.ending.len() > self.config.rooms_max {
            return Err(CloseReason::new(
                CloseCode::Full,
                "rooms are being closed; try again in a moment",
            ));
        }
        if rooms.open.len() >= self.config.rooms_max {
            rooms.evict(role, now_us(), self.config.room.idle.as_micros() as u64)?;
        }
        let name = if room.is_empty() { rooms.free_name() } else { room.to_owned() };
        let (handle, reserved) = self.open(&name, &request)?;
        rooms.open.insert(name, handle);
        Ok(reserved)
    }

    /// Opens a room for whoever asks for it.
    fn open(
        &self,
        name: &str,
        request: &Request<'_>,
    ) -> Result<(Handle<G>, Reservation<G>), CloseReason> {
        let no_thread = |error: io::Error| {
            if let Some(Line { held_back, .. }) = self.notices.note("no_thread") {
                tracing::error!(
                    %error,
                    held_back,
                    "cannot open a room: the system refused a thread"
                );
            }
            CloseReason::new(
                CloseCode::Full,
                "the server cannot open another room; join an open one or try again later",
            )
        };
        if !limits::has_memory_for_thread() {
            return Err(no_thread(io::Error::other(
                "too little address space is left (ulimit -v)",
            )));
        }
        let mut setup = self.config.room.clone();
        setup.game.seed = mixed_seed(setup.game.seed, name);
        let seats = Seats::new(&setup, now_us());
        // Before the room runs, which may end whenever nobody has a seat.
        let seat = seats.reserve(request.role, request.household).ok_or(CloseCode::RoomFailed)?;
        let asks = Arc::new(Asks::default());
        let status = Arc::new(Status::new(name.to_owned(), &setup, now_us()));
        // Each join has a seat, or resumes a player who has one.
        let (joins, joining) = sync_channel(2 * seats.count());
        let (acts, acting) = sync_channel(ACTS_MAX);
        let (publish, published) = watch::channel(None);
        let life = format!("{}.{}", self.process, self.lives.fetch_add(1, Relaxed));
        let feed = Feed::new(life, self.wakes.clone());
        let opening = Opening {
            setup,
            joins: joining,
            acts: acting,
            publish,
            feed: Arc::clone(&feed),
            seats: Arc::clone(&seats),
            asks: Arc::clone(&asks),
            status: Arc::clone(&status),
            metrics: self.metrics.clone(),
            shards: self.config.shards.clone(),
            notices: self.notices.clone(),
        };
        // Outside the span of the connection that happened to ask for the room first.
        let span = tracing::info_span!(parent: None, "room", room = name);
        let thread = std::thread::Builder::new()
            .name(format!("room {name}"))
            .spawn(move || span.in_scope(|| run::<G>(opening)))
            .map_err(no_thread)?;
        let handle = Handle { seats, asks, status, joins, acts, published, feed, thread };
        let reserved = handle.seated(seat, request.role);
        Ok((handle, reserved))
    }

    /// The rooms, by name.
    #[must_use]
    pub fn rooms(&self) -> Vec<RoomInfo> {
        self.open_rooms().iter().map(|status| status.info()).collect()
    }

    /// The rooms as strangers see them, by name.
    #[must_use]
    pub fn counts(&self) -> Vec<RoomCounts> {
        self.open_rooms().iter().map(|status| status.counts()).collect()
    }

    fn open_rooms(&self) -> Vec<Arc<Status>> {
        // Held only briefly: whoever wants to play needs the lock.
        let rooms = self.lock();
        let open = rooms.open.values().filter(|handle| !handle.seats.has_ended());
        open.map(|handle| Arc::clone(&handle.status)).collect()
    }

    /// One room and its players, as JSON; `None` if there is no room of that name. All who ask
    /// between two ticks get the same bytes.
    pub async fn describe(&self, room: &str) -> Option<Bytes> {
        let (mut published, status) = {
            let rooms = self.lock();
            let handle = rooms.open.get(room)?;
            let mut published = handle.published.clone();
            // Before the request: the answer may come at once.
            published.mark_unchanged();
            handle.asks.describe();
            (published, Arc::clone(&handle.status))
        };
        published.changed().await.ok()?;
        let published = published.borrow_and_update().clone()?;
        Some(published.detail(|| status.info()))
    }

    /// The feed of an open room.
    #[must_use]
    pub fn feed(&self, room: &str) -> Option<Arc<Feed>> {
        let rooms = self.lock();
        let handle = rooms.open.get(room).filter(|handle| !handle.seats.has_ended())?;
        Some(Arc::clone(&handle.feed))
    }

    /// Whether a room of this life, which is not open, may open again: it was one of another process,
    /// and this one has begun just now.
    #[must_use]
    pub fn may_come_back(&self, life: &str) -> bool {
        let is_own = life.split('.').next() == Some(self.process.as_str());
        !is_own && self.began.elapsed() < COME_BACK
    }

    /// Shows watchers what rooms make public, in the runtime that serves HTTP. Only the first call
    /// does.
    pub async fn relay(self: Arc<Self>) {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(woken) = woken {
            feed::relay(woken).await;
        }
    }

    /// Whether every room's loop advances.
    ///
    /// # Errors
    /// Which room does not, and for how long.
    pub fn health(&self) -> Result<(), Still> {
        let now_us = now_us();
        for status in self.running() {
            let still_us = now_us.saturating_sub(status.beat_us.load(Relaxed));
            if still_us > STUCK_US {
                return Err(Still { room: status.name.clone(), seconds: still_us / 1_000_000 });
            }
        }
        Ok(())
    }

    /// Writes a line about each tick that does not end, and each room that does not open. Call this a few times a second.
    pub fn watch(&self) {
        let running = self.running();
        let rooms = running.iter().map(|status| (&*status.name, &status.progress));
        watchdog::look(rooms, now_us());
    }

    /// The rooms whose threads run.
    fn running(&self) -> Vec<Arc<Status>> {
        // Held only briefly: whoever wants to play needs the lock.
        let rooms = self.lock();
        let handles = rooms.open.values().chain(&rooms.ending);
        let running = handles.filter(|handle| !handle.thread.is_finished());
        running.map(|handle| Arc::clone(&handle.status)).collect()
    }

    /// Sends every client the reason, closes it and ends the rooms. Returns `true` when all have
    /// ended, `false` if some have not after `limit`.
    pub async fn shut_down(&self, reason: &CloseReason, limit: Duration) -> bool {
        let handles: Vec<Handle<G>> = {
            let mut rooms = self.lock();
            rooms.closing = Some(reason.clone());
            let open = std::mem::take(&mut rooms.open);
            open.into_values().chain(std::mem::take(&mut rooms.ending)).collect()
        };
        for handle in &handles {
            handle.asks.close(reason.clone());
        }
        let until = Instant::now() + limit;
        let all_ended = || handles.iter().all(|handle| handle.thread.is_finished());
        while !all_ended() {
            if Instant::now() >= until {
                return false;
            }
            tokio::time::sleep(END_POLL).await;
        }
        true
    }
}

/// A seed for the room, so that rooms differ and can be repeated.
fn mixed_seed(seed: u64, name: &str) -> u64 {
    let mut hash = Fnv::default();
    hash.write(&seed.to_le_bytes());
    hash.write(name.as_bytes());
    hash.finish()
}
