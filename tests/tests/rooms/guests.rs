//! A lobby of rooms on their threads, and guests who join them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use drumbeat_kit::pipe::{Pipe, peer};
use drumbeat_server::engine::close::CloseReason;
use drumbeat_server::engine::holder::Holder;
use drumbeat_server::engine::inbox::{Sender, inbox};
use drumbeat_server::engine::input_queue::Arrival;
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::viewer::Role;
use drumbeat_server::rooms::{Join, Lobby, PerAddress, RoomsConfig};
use drumbeat_server::telemetry::metrics::RoomMetrics;
use drumbeat_shared::game::Setup;
use drumbeat_shared::ids::Tick;
use drumbeat_tests::puppet::{Loose, Order, Puppet, loose};

/// Time after which a wait fails the test: a safety limit, not a measure of speed.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

static CONNECTIONS: AtomicU64 = AtomicU64::new(1);

pub(crate) fn config(capacity: u16, rooms_max: usize) -> RoomsConfig<Loose> {
    RoomsConfig {
        room: RoomSetup {
            spectators_max: 2,
            idle: Duration::from_secs(3_600),
            ..RoomSetup::new("0", Setup { seed: 0, capacity, tick_hz: 128, settings: loose(0) })
        },
        rooms_max,
        per_address: PerAddress::default(),
        shards: Shards::default(),
    }
}

/// A lobby with a limit of 16 rooms of four players each, and with `change` applied to their setup.
pub(crate) fn lobby_of(change: impl FnOnce(&mut RoomSetup<Loose>)) -> Arc<Lobby<Puppet>> {
    let mut config = config(4, 16);
    change(&mut config.room);
    lobby(config)
}

pub(crate) fn lobby(config: RoomsConfig<Loose>) -> Arc<Lobby<Puppet>> {
    Lobby::new(config, RoomMetrics::new())
}

pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A client at the far end of a pipe.
pub(crate) struct Guest {
    pub(crate) pipe: Pipe,
    pub(crate) inbox: Sender<Order>,
}

impl Guest {
    /// Takes a seat in the named room.
    pub(crate) fn join(lobby: &Lobby<Puppet>, room: &str, name: &str) -> Result<Self, CloseReason> {
        Self::come(lobby, room, name, Role::Player)
    }

    /// Takes a seat of this role in the named room.
    pub(crate) fn come(
        lobby: &Lobby<Puppet>,
        room: &str,
        name: &str,
        role: Role,
    ) -> Result<Self, CloseReason> {
        Self::come_by(lobby, room, name, role, None)
    }

    /// Takes a seat of this role in the named room, by a ticket of this holder.
    pub(crate) fn come_by(
        lobby: &Lobby<Puppet>,
        room: &str,
        name: &str,
        role: Role,
        holder: Option<Box<Holder>>,
    ) -> Result<Self, CloseReason> {
        let seat = lobby.seat(room, role)?;
        let (sender, receiver) = inbox();
        let guest = Self { pipe: Pipe::new(1 << 20), inbox: sender };
        let (peer, link) = (peer(CONNECTIONS.fetch_add(1, Relaxed)), guest.pipe.link());
        seat.take(Join { holder, ..Join::new(peer, name, role, link, receiver) })?;
        Ok(guest)
    }

    /// Waits until the server has dropped the connection; returns its close code, if any.
    pub(crate) fn close_code(&self) -> Option<u16> {
        eventually("the end of a connection", || self.pipe.is_closed());
        self.pipe.close_code()
    }

    pub(crate) fn order(&self, order: Order) {
        let (tick, seen) = (Tick(1), Tick(0));
        let arrival = Arrival { tick, seen, view_delay: 0, input: order, received_us: 0 };
        self.inbox.push(Message::Input(arrival)).unwrap();
    }
}

/// Players in a room; 0 if there is no such room.
pub(crate) fn players(lobby: &Lobby<Puppet>, room: &str) -> usize {
    lobby.rooms().iter().find(|info| info.name == room).map_or(0, |info| info.players)
}

pub(crate) fn ticks(lobby: &Lobby<Puppet>, room: &str) -> u32 {
    lobby.rooms().iter().find(|info| info.name == room).map_or(0, |info| info.tick)
}
