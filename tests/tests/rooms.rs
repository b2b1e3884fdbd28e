//! Rooms on their threads and the lobby in front of them, with links in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use drumbeat_server::engine::close::CloseReason;
use drumbeat_server::engine::inbox::{Message, Sender, inbox};
use drumbeat_server::engine::input_queue::Arrival;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::viewer::Role;
use drumbeat_server::rooms::{Join, Lobby, RoomsConfig};
use drumbeat_server::telemetry::metrics::RoomMetrics;
use drumbeat_shared::game::Setup;
use drumbeat_shared::ids::Tick;
use drumbeat_tests::pipe::{Pipe, peer};
use drumbeat_tests::puppet::{Order, PANICS_IN_JOIN, Puppet};

/// How long anything may take before the test has failed: no measure of speed.
const LIMIT: Duration = Duration::from_secs(60);

static CONNECTIONS: AtomicU64 = AtomicU64::new(1);

fn config(capacity: u16, rooms_max: usize) -> RoomsConfig {
    RoomsConfig {
        setup: Setup { seed: 0, capacity, tick_hz: 128, house_bots: 0 },
        spectators_max: 2,
        rooms_max,
        idle: Duration::from_secs(3_600),
        afk_timeout_s: 0,
        shards: Shards::default(),
        map_text: "0".into(),
    }
}

fn lobby(config: RoomsConfig) -> Arc<Lobby<Puppet>> {
    Lobby::new(config, RoomMetrics::new()).unwrap()
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Somebody at the far end of a pipe.
struct Guest {
    pipe: Pipe,
    inbox: Sender<Order>,
}

impl Guest {
    /// Takes a seat in the named room.
    fn join(lobby: &Lobby<Puppet>, room: &str, name: &str) -> Result<Self, CloseReason> {
        Self::come(lobby, room, name, Role::Player)
    }

    /// Takes a seat of this role in the named room.
    fn come(
        lobby: &Lobby<Puppet>,
        room: &str,
        name: &str,
        role: Role,
    ) -> Result<Self, CloseReason> {
        let seat = lobby.seat(room, role)?;
        let (sender, receiver) = inbox();
        let guest = Self { pipe: Pipe::new(1 << 20), inbox: sender };
        seat.take(Join {
            peer: peer(CONNECTIONS.fetch_add(1, Relaxed)),
            name: name.into(),
            role,
            link: guest.pipe.link(),
            inbox: receiver,
        })?;
        Ok(guest)
    }

    /// The code that it was closed with, once the server has let go of it.
    fn close_code(&self) -> Option<u16> {
        eventually("the end of a connection", || self.pipe.is_closed());
        self.pipe.close_code()
    }

    fn order(&self, order: Order) {
        let (tick, seen) = (Tick(1), Tick(0));
        let arrival = Arrival { tick, seen, shown: 0, input: order, received_us: 0 };
        self.inbox.push(Message::Input(arrival)).unwrap();
    }
}

/// Players of a room, 0 without the room.
fn players(lobby: &Lobby<Puppet>, room: &str) -> usize {
    lobby.rooms().iter().find(|info| info.name == room).map_or(0, |info| info.players)
}

fn ticks(lobby: &Lobby<Puppet>, room: &str) -> u32 {
    lobby.rooms().iter().find(|info| info.name == room).map_or(0, |info| info.tick)
}

#[tokio::test]
async fn descriptions_do_not_push_a_join_out() {
    let mut config = config(4, 2);
    config.setup.tick_hz = 10;
    let lobby = lobby(config);
    let seat = lobby.seat("main", Role::Player).unwrap();
    let asks: Vec<_> = (0..200)
        .map(|_| {
            let lobby = Arc::clone(&lobby);
            tokio::spawn(async move { lobby.describe("main").await.is_some() })
        })
        .collect();
    // All of them ask before they wait: this runs on one thread.
    tokio::task::yield_now().await;
    let (inbox, receiver) = inbox();
    let guest = Guest { pipe: Pipe::new(1 << 20), inbox };
    let link = guest.pipe.link();
    let name = "a".into();
    seat.take(Join { peer: peer(0), name, role: Role::Player, link, inbox: receiver }).unwrap();
    let mut answered = 0;
    for ask in asks {
        answered += usize::from(ask.await.unwrap());
    }
    assert!(answered > 0, "nobody was answered");
    eventually("the join", || players(&lobby, "main") == 1 || guest.pipe.is_closed());
    assert_eq!(players(&lobby, "main"), 1);
    let detail = lobby.describe("main").await.unwrap();
    assert_eq!(detail.roster.iter().map(|row| &*row.name).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn seats_are_given_back() {
    let lobby = lobby(config(3, 1));
    for round in 0..20 {
        // A seat that nobody takes, and one whose taker is gone before the room looks.
        drop(lobby.seat("main", Role::Player).unwrap());
        drop(Guest::join(&lobby, "main", "gone").unwrap());
        let mut guests = Vec::new();
        eventually("three free seats", || {
            guests.extend(Guest::join(&lobby, "main", "x").ok());
            guests.len() == 3
        });
        let refused = Guest::join(&lobby, "main", "y").err();
        assert!(matches!(refused, Some(CloseReason::Full(_))), "{refused:?} in round {round}");
        eventually("three players", || players(&lobby, "main") == 3);
        // One goes by itself, one for a reason, one whose link breaks.
        let [left, expelled, broken]: [Guest; 3] = guests.try_into().ok().unwrap();
        drop(left);
        expelled.inbox.close(CloseReason::Idle);
        broken.pipe.break_off();
        eventually("an empty room", || players(&lobby, "main") == 0);
    }
    assert_eq!(lobby.rooms().len(), 1, "it is the same room all the time");
}

/// Runs `fail` in the room `bad` with three clients in it, while the room `good` goes on.
fn check_failure(fail: impl FnOnce(&Lobby<Puppet>, &Guest) -> Option<Guest>) {
    let lobby = lobby(config(8, 2));
    let good = Guest::join(&lobby, "good", "g").unwrap();
    let mut guests: Vec<Guest> = (0..3).map(|_| Guest::join(&lobby, "bad", "b").unwrap()).collect();
    eventually("all players", || players(&lobby, "bad") == 3 && players(&lobby, "good") == 1);
    let culprit = fail(&lobby, &guests[0]);
    guests.extend(culprit);
    for guest in &guests {
        assert_eq!(guest.close_code(), Some(1011));
    }
    let seen = ticks(&lobby, "good");
    eventually("the other room goes on", || ticks(&lobby, "good") > seen + 5);
    assert!(!good.pipe.is_closed());
    let again = Guest::join(&lobby, "bad", "b").unwrap();
    eventually("a new room of that name", || players(&lobby, "bad") == 1);
    assert!(!again.pipe.is_closed());
    assert_eq!(lobby.health(), Ok(()));
}

#[test]
fn rules_that_panic_in_a_step_end_their_room_alone() {
    check_failure(|_, guest| {
        guest.order(Order { panic: true, ..Order::default() });
        None
    });
}

#[test]
fn rules_that_panic_in_a_join_end_their_room_alone() {
    check_failure(|lobby, _| Some(Guest::join(lobby, "bad", PANICS_IN_JOIN).unwrap()));
}

#[test]
fn rules_that_panic_in_new_are_told_to_whoever_joins() {
    let lobby = lobby(RoomsConfig { map_text: "-1".into(), ..config(4, 16) });
    // A room's seed is mixed with its name: some of these are odd, which the rules do not bear.
    let (mut open, mut failed) = (0, 0);
    for number in 0..8 {
        let room = format!("room-{number}");
        let guest = match Guest::join(&lobby, &room, "a") {
            Ok(guest) => guest,
            // It has failed already.
            Err(reason) => {
                failed += 1;
                assert_eq!(reason, CloseReason::RoomFailed);
                continue;
            }
        };
        eventually("a player, or an end", || guest.pipe.is_closed() || players(&lobby, &room) == 1);
        if guest.pipe.is_closed() {
            failed += 1;
            assert!(matches!(guest.close_code(), Some(1011 | 1001)));
            assert!(lobby.rooms().iter().all(|info| info.name != room));
        } else {
            open += 1;
        }
    }
    assert!(open > 0 && failed > 0, "{open} opened, {failed} failed");
    assert_eq!(lobby.rooms().len(), open);
}

#[test]
fn a_room_that_is_empty_for_long_ends() {
    let lobby = lobby(RoomsConfig { idle: Duration::from_millis(1), ..config(4, 4) });
    let guest = Guest::join(&lobby, "main", "a").unwrap();
    let kept = lobby.seat("kept", Role::Player).unwrap();
    eventually("a player", || players(&lobby, "main") == 1);
    let seen = ticks(&lobby, "main");
    eventually("it lives on with a player in it", || ticks(&lobby, "main") > seen + 20);
    drop(guest);
    eventually("it ends without", || lobby.rooms().iter().all(|info| info.name != "main"));
    assert!(lobby.rooms().iter().any(|info| info.name == "kept"), "a seat keeps a room open");
    drop(kept);
    eventually("all rooms have ended", || lobby.rooms().is_empty());
    let again = Guest::join(&lobby, "main", "a").unwrap();
    eventually("a new room", || players(&lobby, "main") == 1);
    assert!(!again.pipe.is_closed());
}

#[test]
fn a_shutdown_tells_everybody() {
    let lobby = lobby(config(4, 4));
    let guests: Vec<Guest> =
        ["a", "a", "b", "c"].iter().map(|room| Guest::join(&lobby, room, "x").unwrap()).collect();
    // Whether they are in or still on their way.
    eventually("one room has ticked", || ticks(&lobby, "a") > 0);
    lobby.shut_down(&CloseReason::ShuttingDown, LIMIT);
    for guest in &guests {
        assert_eq!(guest.close_code(), Some(1001));
    }
    assert!(lobby.rooms().is_empty());
    assert_eq!(Guest::join(&lobby, "a", "late").err(), Some(CloseReason::ShuttingDown));
}

#[test]
fn a_shutdown_does_not_wait_for_those_who_take_nothing() {
    let lobby = lobby(config(4, 4));
    let (_inbox, receiver) = inbox();
    let pipe = Pipe::new(1);
    let link = pipe.link();
    let seat = lobby.seat("a", Role::Player).unwrap();
    let name = "a".into();
    seat.take(Join { peer: peer(0), name, role: Role::Player, link, inbox: receiver }).unwrap();
    eventually("a player", || players(&lobby, "a") == 1);
    // The farewell has a second; returning at all is what is tested.
    lobby.shut_down(&CloseReason::ShuttingDown, LIMIT);
    assert!(pipe.is_closed());
}

#[test]
fn rooms_and_players_are_limited() {
    let lobby = lobby(config(2, 2));
    let full = |room: &str| {
        let refused = Guest::join(&lobby, room, "x").err();
        assert!(matches!(refused, Some(CloseReason::Full(_))), "{room:?}: {refused:?}");
    };
    let mut guests = vec![Guest::join(&lobby, "a", "x").unwrap()];
    guests.push(Guest::join(&lobby, "b", "x").unwrap());
    full("c");
    guests.push(Guest::join(&lobby, "a", "x").unwrap());
    full("a");
    guests.push(Guest::join(&lobby, "", "x").unwrap());
    full("");
    full("b");
    assert_eq!(Guest::join(&lobby, "no such name", "x").err(), Some(CloseReason::BadRoomName));
    eventually("all players", || players(&lobby, "a") == 2 && players(&lobby, "b") == 2);
}

/// The names of the rooms.
fn names(lobby: &Lobby<Puppet>) -> Vec<String> {
    lobby.rooms().into_iter().map(|info| info.name).collect()
}

/// Somebody passes through a room, which is left empty.
fn pass_through(lobby: &Lobby<Puppet>, room: &str) {
    let guest = Guest::join(lobby, room, "x").unwrap();
    eventually("a player", || players(lobby, room) == 1);
    drop(guest);
    eventually("an empty room", || players(lobby, room) == 0);
}

#[test]
fn the_room_that_has_been_empty_for_longest_gives_way() {
    let lobby = lobby(config(2, 3));
    let _kept = Guest::join(&lobby, "kept", "x").unwrap();
    for room in ["z", "main"] {
        pass_through(&lobby, room);
    }
    // Who went last is not who opened last.
    pass_through(&lobby, "z");
    let mut guests = vec![Guest::join(&lobby, "friends", "a").unwrap()];
    assert_eq!(names(&lobby), ["friends", "kept", "z"]);
    guests.push(Guest::join(&lobby, "foes", "a").unwrap());
    assert_eq!(names(&lobby), ["foes", "friends", "kept"]);
    let refused = Guest::join(&lobby, "more", "a").err();
    assert!(matches!(refused, Some(CloseReason::Full(_))), "{refused:?}");
    eventually("both are in", || players(&lobby, "friends") + players(&lobby, "foes") == 2);
    // A room of that name is as good as ever, once there is space.
    guests.pop();
    eventually("an empty room", || players(&lobby, "foes") == 0);
    let seat = lobby.seat("main", Role::Player).unwrap();
    assert_eq!(
        (seat.room(), names(&lobby)),
        ("main", ["friends", "kept", "main"].map(str::to_owned).into())
    );
    assert_eq!(lobby.health(), Ok(()));
}

#[test]
fn a_seat_on_its_way_keeps_a_room_from_giving_way() {
    let lobby = lobby(config(2, 1));
    let seat = lobby.seat("a", Role::Player).unwrap();
    let refused = lobby.seat("b", Role::Player).err();
    assert!(matches!(refused, Some(CloseReason::Full(_))), "{refused:?}");
    drop(seat);
    let _seat = lobby.seat("b", Role::Player).unwrap();
    assert_eq!(names(&lobby), ["b"]);
}

#[test]
fn rooms_that_gave_way_end_and_are_waited_for() {
    let lobby = lobby(config(2, 2));
    for number in 0..20 {
        // Rooms that end are bounded, too: who comes too fast has to come again.
        eventually("a new room", || lobby.seat(&format!("room-{number}"), Role::Player).is_ok());
    }
    assert!(lobby.rooms().len() <= 2);
    assert!(lobby.shut_down(&CloseReason::ShuttingDown, LIMIT), "all threads have ended");
}

#[test]
fn a_room_that_only_spectators_hold_gives_way_to_a_player_after_a_while() {
    let watch = |lobby: &Lobby<Puppet>, room| Guest::come(lobby, room, "x", Role::Spectator);
    // Not at once.
    let patient = lobby(config(2, 1));
    let spectator = watch(&patient, "idle").unwrap();
    eventually("it is in", || patient.rooms()[0].spectators == 1);
    let refused = Guest::join(&patient, "friends", "a").err();
    assert!(matches!(refused, Some(CloseReason::Full(_))), "{refused:?}");
    drop(spectator);

    let lobby = lobby(RoomsConfig { idle: Duration::ZERO, ..config(2, 1) });
    let spectator = watch(&lobby, "idle").unwrap();
    eventually("it is in", || lobby.rooms()[0].spectators == 1);
    // Nor to one who would only look on, too.
    let refused = watch(&lobby, "other").err();
    assert!(matches!(refused, Some(CloseReason::Full(_))), "{refused:?}");
    let player = Guest::join(&lobby, "friends", "a").unwrap();
    assert_eq!(names(&lobby), ["friends"]);
    assert_eq!(spectator.close_code(), Some(4007));
    eventually("the player is in", || players(&lobby, "friends") == 1);
    // Where somebody plays, nobody gives way.
    let refused = Guest::join(&lobby, "more", "a").err();
    assert!(matches!(refused, Some(CloseReason::Full(_))), "{refused:?}");
    assert!(!player.pipe.is_closed());
}

#[test]
fn who_names_no_room_gets_the_fullest_with_space() {
    let lobby = lobby(config(3, 4));
    let mut seats = vec![lobby.seat("quiet", Role::Player).unwrap()];
    seats.extend([
        lobby.seat("busy", Role::Player).unwrap(),
        lobby.seat("busy", Role::Player).unwrap(),
    ]);
    let rooms: Vec<String> = (0..7)
        .map(|_| {
            let seat = lobby.seat("", Role::Player).unwrap();
            let room = seat.room().to_owned();
            seats.push(seat);
            room
        })
        .collect();
    assert_eq!(rooms, ["busy", "quiet", "quiet", "main", "main", "main", "main-2"]);
}

#[test]
fn spectators_take_no_players_place_and_are_limited_themselves() {
    let lobby = lobby(config(2, 3));
    let watch = |room: &str| Guest::come(&lobby, room, "x", Role::Spectator);
    let refused = |room: &str| match watch(room).err() {
        Some(CloseReason::NoSpectators(text)) => text,
        other => panic!("{room:?}: {other:?}"),
    };
    // Without any room a spectator gets a new one; then it is led to where most play.
    let first = watch("").unwrap();
    let mut guests = vec![Guest::join(&lobby, "busy", "x").unwrap()];
    guests.push(Guest::join(&lobby, "busy", "x").unwrap());
    let full = Guest::join(&lobby, "busy", "x").err();
    assert!(matches!(full, Some(CloseReason::Full(_))), "{full:?}");
    guests.extend([watch("").unwrap(), watch("").unwrap()]);
    assert!(refused("busy").starts_with("this room takes no more spectators"));
    guests.push(watch("").unwrap());
    assert!(refused("").starts_with("no room takes more spectators"));
    guests.push(watch("third").unwrap());
    let told = |name: &str| {
        let rooms = lobby.rooms();
        let info = rooms.iter().find(|info| info.name == name).unwrap();
        (info.players, info.capacity, info.spectators, info.spectators_max)
    };
    eventually("all are in", || told("busy") == (2, 2, 2, 2) && told("main") == (0, 2, 2, 2));
    drop(first);
    eventually("a place is free", || told("main") == (0, 2, 1, 2));
    guests.push(watch("main").unwrap());
    eventually("it is taken", || told("main") == (0, 2, 2, 2));
}

#[test]
fn a_room_that_is_watched_stays_open() {
    let lobby = lobby(RoomsConfig { idle: Duration::from_millis(1), ..config(4, 4) });
    let spectator = Guest::come(&lobby, "main", "x", Role::Spectator).unwrap();
    eventually("it lives on", || ticks(&lobby, "main") > 20);
    drop(spectator);
    eventually("it ends without", || lobby.rooms().is_empty());
}

#[test]
fn a_server_may_take_no_spectators() {
    let lobby = lobby(RoomsConfig { spectators_max: 0, ..config(4, 4) });
    let refused = Guest::come(&lobby, "main", "x", Role::Spectator).err();
    let expected = "this server takes no spectators; join to play";
    assert_eq!(refused, Some(CloseReason::NoSpectators(expected)));
    assert!(lobby.rooms().is_empty(), "no room is opened for it");
}
