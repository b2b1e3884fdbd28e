//! The clients of a room: its players and its spectators.

use std::mem;

use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;
use slab::Slab;

use super::client::{Client, Joined};
use super::join::Join;
use super::outbox::Outbox;
use super::viewer::{Role, Viewer};

/// The clients of a room. Each role has its own numbers: a spectator takes no player's id.
#[derive(Debug)]
pub struct Roster<I, C> {
    players: Table<I, C>,
    spectators: Table<I, C>,
}

/// The clients of one role. A client's key is its number.
#[derive(Debug)]
struct Table<I, C> {
    clients: Slab<Client<I, C>>,
    seats_max: u16,
}

impl<I, C> Table<I, C> {
    fn new(seats_max: u16) -> Self {
        Self { clients: Slab::new(), seats_max }
    }
}

fn viewer(role: Role, key: usize) -> Viewer {
    match role {
        Role::Player => Viewer::Player(PlayerId(key as u16)),
        Role::Spectator => Viewer::Spectator(key as u16),
    }
}

fn key(viewer: Viewer) -> usize {
    match viewer {
        Viewer::Player(player) => usize::from(player.0),
        Viewer::Spectator(number) => usize::from(number),
    }
}

impl<I: Copy + PartialEq, C> Roster<I, C> {
    /// Creates an empty roster with a limit for each role.
    #[must_use]
    pub fn new(players_max: u16, spectators_max: u16) -> Self {
        Self { players: Table::new(players_max), spectators: Table::new(spectators_max) }
    }

    fn table(&self, role: Role) -> &Table<I, C> {
        match role {
            Role::Player => &self.players,
            Role::Spectator => &self.spectators,
        }
    }

    fn table_mut(&mut self, role: Role) -> &mut Table<I, C> {
        match role {
            Role::Player => &mut self.players,
            Role::Spectator => &mut self.spectators,
        }
    }

    /// How many of this role are connected.
    #[must_use]
    pub fn count(&self, role: Role) -> usize {
        self.table(role).clients.len()
    }

    /// Whether a seat for this role is free.
    #[must_use]
    pub fn has_free_seat(&self, role: Role) -> bool {
        self.count(role) < usize::from(self.table(role).seats_max)
    }

    /// The limit of clients, both roles together.
    #[must_use]
    pub fn seats_max(&self) -> usize {
        usize::from(self.players.seats_max) + usize::from(self.spectators.seats_max)
    }

    /// Adds a connection as a client. The caller has checked `has_free_seat`.
    pub fn join<G: Game<Input = I, Command = C>>(
        &mut self,
        join: Join<G>,
        joined: &Joined,
    ) -> (Viewer, &mut Client<I, C>) {
        let role = join.role;
        let entry = self.table_mut(role).clients.vacant_entry();
        let number = entry.key();
        (viewer(role, number), entry.insert(Client::new(join, joined, number as u32)))
    }

    /// Puts a connection in place of that of a player who is there. Returns the connection before.
    pub fn resume<G: Game<Input = I, Command = C>>(
        &mut self,
        player: PlayerId,
        join: Join<G>,
        joined: &Joined,
    ) -> Option<(&mut Client<I, C>, Outbox)> {
        let (number, seen) = (usize::from(player.0), join.resume.seen);
        let client = self.players.clients.get_mut(number)?;
        let outbox = client.lose_connection(joined.tick);
        let before = mem::replace(client, Client::new(join, joined, number as u32));
        client.resume(before, seen);
        Some((client, outbox))
    }

    /// Removes a client.
    pub fn remove(&mut self, viewer: Viewer) -> Option<Client<I, C>> {
        self.table_mut(viewer.role()).clients.try_remove(key(viewer))
    }

    /// Removes all clients.
    pub fn remove_all(&mut self) -> impl Iterator<Item = (Viewer, Client<I, C>)> + use<I, C> {
        let players = mem::take(&mut self.players.clients).into_iter();
        let spectators = mem::take(&mut self.spectators.clients).into_iter();
        let players = players.map(|(key, client)| (viewer(Role::Player, key), client));
        players.chain(spectators.map(|(key, client)| (viewer(Role::Spectator, key), client)))
    }

    /// One client.
    #[must_use]
    pub fn get(&self, viewer: Viewer) -> Option<&Client<I, C>> {
        self.table(viewer.role()).clients.get(key(viewer))
    }

    /// One client, mutable.
    pub fn get_mut(&mut self, viewer: Viewer) -> Option<&mut Client<I, C>> {
        self.table_mut(viewer.role()).clients.get_mut(key(viewer))
    }

    /// All clients: the players, then the spectators, each in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (Viewer, &Client<I, C>)> {
        let of = |role| {
            let clients = self.table(role).clients.iter();
            clients.map(move |(key, client)| (viewer(role, key), client))
        };
        of(Role::Player).chain(of(Role::Spectator))
    }

    /// The same, mutable.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Viewer, &mut Client<I, C>)> {
        let players = self.players.clients.iter_mut();
        let spectators = self.spectators.clients.iter_mut();
        let players = players.map(|(key, client)| (viewer(Role::Player, key), client));
        players.chain(spectators.map(|(key, client)| (viewer(Role::Spectator, key), client)))
    }

    /// The spectators.
    pub fn spectators_mut(&mut self) -> impl Iterator<Item = &mut Client<I, C>> {
        self.spectators.clients.iter_mut().map(|(_, client)| client)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::mpsc;

    use drumbeat_shared::ids::Tick;
    use drumbeat_shared::toy::{Steer, Toy};

    use tokio::sync::oneshot;

    use super::*;
    use crate::address::Address;
    use crate::engine::chat_rate::ReadTime;
    use crate::engine::hand_over::{Given, HandOver};
    use crate::engine::inbox::inbox;
    use crate::engine::incident::Peer;
    use crate::engine::link::Link;
    use crate::engine::readings::Readings;

    struct Nowhere;

    impl Link for Nowhere {
        fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }
    }

    /// A seat that says, when it is released, whether the connection has been given back before.
    #[derive(Debug)]
    struct Seat(oneshot::Receiver<Given<Steer>>, mpsc::SyncSender<bool>);

    impl Drop for Seat {
        fn drop(&mut self) {
            self.1.send(self.0.try_recv().is_ok()).unwrap();
        }
    }

    fn join(roster: &mut Roster<Steer, ()>, role: Role) -> Viewer {
        roster.join(request(role), &joined()).0
    }

    fn request(role: Role) -> Join<Toy> {
        let peer = Peer { connection: 1, address: Address::new([127, 0, 0, 1].into(), Some(1)) };
        let (_, inbox) = inbox();
        let link = Box::new(Nowhere);
        Join::new(peer, "", role, link, inbox)
    }

    fn joined() -> Joined {
        let readings = Readings::default();
        let tick = Tick(7);
        Joined { tick, tick_hz: 20, present_us: 0, next_event: 3, chat_per_10s: 5, readings }
    }

    #[test]
    fn a_seat_is_free_before_its_connection_is_given_back() {
        let mut roster = Roster::new(1, 0);
        let (promise, given) = HandOver::new();
        let (released, releases) = mpsc::sync_channel(1);
        let seat = Some(Box::new(Seat(given, released)) as _);
        let (viewer, _) = roster.join(Join { seat, ..request(Role::Player) }, &joined());
        roster.remove(viewer).unwrap().hand_over(Role::Player, Tick(9), promise);
        assert!(!releases.recv().unwrap(), "it is given back before");
    }

    #[test]
    fn what_a_player_has_said_counts_after_another_hello() {
        let mut roster = Roster::new(1, 1);
        let mut conduct = None;
        let read = ReadTime { empty_us: 1, read_us: 1 };
        // It goes from a player's seat to a spectator's and back.
        for (role, may_say) in [(Role::Player, 5), (Role::Spectator, 0), (Role::Player, 0)] {
            let (viewer, client) = roster.join(Join { conduct, ..request(role) }, &joined());
            let said = (0..5).filter(|_| client.conduct.chat_rate.allows(read) == Ok(true));
            assert_eq!(said.count(), may_say, "{viewer:?}");
            let (promise, mut given) = HandOver::new();
            roster.remove(viewer).unwrap().hand_over(role, Tick(9), promise);
            conduct = Some(given.try_recv().unwrap().conduct);
        }
    }

    #[test]
    fn players_and_spectators_have_numbers_and_seats_apart() {
        let mut roster = Roster::new(2, 1);
        let [first, second] = [0, 1].map(|number| Viewer::Player(PlayerId(number)));
        let spectator = Viewer::Spectator(0);
        assert_eq!(join(&mut roster, Role::Spectator), spectator);
        assert_eq!([0; 2].map(|_| join(&mut roster, Role::Player)), [first, second]);
        assert!(!roster.has_free_seat(Role::Player) && !roster.has_free_seat(Role::Spectator));
        assert!(roster.iter().map(|(viewer, _)| viewer).eq([first, second, spectator]));
        assert!(roster.iter_mut().map(|(viewer, _)| viewer).eq([first, second, spectator]));
        assert!(roster.remove(first).is_some() && roster.remove(first).is_none());
        assert_eq!([Role::Player, Role::Spectator].map(|role| roster.count(role)), [1, 1]);
        assert_eq!(join(&mut roster, Role::Player), first, "a number is given out again");
        assert_eq!(roster.remove_all().count(), 3);
        assert_eq!((roster.iter().count(), roster.seats_max()), (0, 3));
    }
}
