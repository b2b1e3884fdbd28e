//! Rooms on their threads and the lobby in front of them, with links in memory.

mod counted;
mod eviction;
mod guests;
mod hangs;

use std::sync::Arc;
use std::time::Duration;

use drumbeat_kit::pipe::{Pipe, peer};
use drumbeat_server::engine::close::CloseReason;
use drumbeat_server::engine::holder::Holder;
use drumbeat_server::engine::inbox::inbox;
use drumbeat_server::engine::viewer::Role;
use drumbeat_server::names::NamePolicy;
use drumbeat_server::rooms::{Join, Lobby};
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::toy::Steer;
use drumbeat_tests::puppet::{Order, PANICS_IN_JOIN, Puppet, REFUSED_IN_JOIN, WELCOME};

use guests::{Guest, LIMIT, config, eventually, lobby, lobby_of, players, ticks};

#[tokio::test]
async fn descriptions_do_not_push_a_join_out() {
    let mut config = config(4, 2);
    config.room.game.tick_hz = 10;
    let lobby = lobby(config);
    let seat = lobby.seat("main", Role::Player).unwrap();
    let asks: Vec<_> = (0..200)
        .map(|_| {
            let lobby = Arc::clone(&lobby);
            tokio::spawn(async move { lobby.describe("main").await.is_some() })
        })
        .collect();
    // All of them ask before any waits: this runs on one thread.
    tokio::task::yield_now().await;
    let (inbox, receiver) = inbox();
    let guest = Guest { pipe: Pipe::new(1 << 20), inbox };
    let link = guest.pipe.link();
    let name = "a";
    seat.take(Join::new(peer(0), name, Role::Player, link, receiver)).unwrap();
    let mut answered = 0;
    for ask in asks {
        answered += usize::from(ask.await.unwrap());
    }
    assert!(answered > 0, "nobody was answered");
    eventually("the join", || players(&lobby, "main") == 1 || guest.pipe.is_closed());
    assert_eq!(players(&lobby, "main"), 1);
    let json = lobby.describe("main").await.unwrap();
    let detail: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(detail["roster"].as_array().unwrap().len(), 1);
    assert_eq!((&detail["name"], &detail["roster"][0]["name"]), (&"main".into(), &"a".into()));
}

#[test]
fn seats_are_given_back() {
    let lobby = lobby(config(3, 1));
    for round in 0..20 {
        // One seat that nobody takes, and one whose guest has left before the room notices.
        drop(lobby.seat("main", Role::Player).unwrap());
        drop(Guest::join(&lobby, "main", "gone").unwrap());
        let mut guests = Vec::new();
        eventually("three free seats", || {
            guests.extend(Guest::join(&lobby, "main", "x").ok());
            guests.len() == 3
        });
        let refused = Guest::join(&lobby, "main", "y").err();
        assert!(
            refused.as_ref().is_some_and(|reason| reason.kind() == CloseCode::Full),
            "{refused:?} in round {round}"
        );
        eventually("three players", || players(&lobby, "main") == 3);
        // One leaves by itself, one is closed for a reason, one has a link that breaks.
        let [left, expelled, broken]: [Guest; 3] = guests.try_into().ok().unwrap();
        drop(left);
        expelled.inbox.close(CloseCode::Idle.into());
        broken.pipe.break_off();
        eventually("an empty room", || players(&lobby, "main") == 0);
    }
    assert_eq!(lobby.rooms().len(), 1, "it is the same room all the time");
}

/// Runs `fail` in the room `bad` with three clients, and checks that the room `good` goes on.
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
fn a_field_that_leaves_its_range_ends_its_room_alone() {
    check_failure(|_, guest| {
        // A reader would refuse this input.
        guest.order(Order { steer: Steer(100, 0), ..Order::default() });
        None
    });
}

#[test]
fn rules_that_panic_in_a_join_end_their_room_alone() {
    check_failure(|lobby, _| Some(Guest::join(lobby, "bad", PANICS_IN_JOIN).unwrap()));
}

#[test]
fn who_is_refused_by_the_rules_is_told_why_and_gives_the_seat_back() {
    let lobby = lobby(config(1, 1));
    let refused = Guest::join(&lobby, "main", REFUSED_IN_JOIN).unwrap();
    assert_eq!(refused.close_code(), Some(4008));
    let mut guest = None;
    eventually("a free seat", || {
        guest = Guest::join(&lobby, "main", "a").ok();
        guest.is_some()
    });
    eventually("the player", || players(&lobby, "main") == 1);
}

#[test]
fn the_rules_see_whose_ticket_a_player_has() {
    let lobby = lobby(config(2, 1));
    let holder = |is_admin| {
        let (subject, claims) = (WELCOME.subject.to_owned(), WELCOME.claims.to_owned());
        let (has_name, once) = (false, None);
        let (warns_us, ends_us) = (u64::MAX, u64::MAX);
        Some(Box::new(Holder { subject, is_admin, claims, has_name, warns_us, ends_us, once }))
    };
    let come = |is_admin| {
        let holder = holder(is_admin);
        Guest::come_by(&lobby, "main", REFUSED_IN_JOIN, Role::Player, holder).unwrap()
    };
    let _welcome = come(true);
    eventually("the player", || players(&lobby, "main") == 1);
    assert_eq!(come(false).close_code(), Some(4008), "the rules asked for an admin");
}

/// The names of those in the room, once there are so many.
async fn names(lobby: &Lobby<Puppet>, count: usize) -> Vec<String> {
    eventually("the players", || players(lobby, "main") == count);
    let json = lobby.describe("main").await.unwrap();
    let detail: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let roster = detail["roster"].as_array().unwrap().iter();
    roster.map(|player| player["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_name_that_looks_like_one_in_use_is_refused_or_marked() {
    // The second begins with a Cyrillic letter.
    let (latin, cyrillic) = ("Ada", "\u{410}da");
    let lobby = lobby_of(|room| room.names = NamePolicy::Refuse);
    let first = Guest::join(&lobby, "main", latin).unwrap();
    assert_eq!(names(&lobby, 1).await, [latin]);
    assert_eq!(Guest::join(&lobby, "main", cyrillic).unwrap().close_code(), Some(4008));
    let _watching = Guest::come(&lobby, "main", latin, Role::Spectator).unwrap();
    drop(first);
    eventually("an empty room", || players(&lobby, "main") == 0);
    let _second = Guest::join(&lobby, "main", cyrillic).unwrap();
    assert_eq!(names(&lobby, 1).await, [cyrillic]);

    let lobby = lobby_of(|room| room.names = NamePolicy::Mark);
    let _first = Guest::join(&lobby, "main", latin).unwrap();
    assert_eq!(names(&lobby, 1).await, [latin]);
    let _second = Guest::join(&lobby, "main", cyrillic).unwrap();
    assert_eq!(names(&lobby, 2).await, [latin.to_owned(), format!("{cyrillic} 2")]);
}

#[test]
fn rules_that_panic_in_new_are_told_to_whoever_joins() {
    let lobby = lobby_of(|room| room.map_text = "-1".into());
    // A room's seed depends on its name: some are odd, and with those the rules panic.
    let (mut open, mut failed) = (0, 0);
    for number in 0..8 {
        let room = format!("room-{number}");
        let guest = match Guest::join(&lobby, &room, "a") {
            Ok(guest) => guest,
            // The room has failed already.
            Err(reason) => {
                failed += 1;
                assert_eq!(reason, CloseCode::RoomFailed.into());
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
    let lobby = lobby_of(|room| room.idle = Duration::from_millis(1));
    let guest = Guest::join(&lobby, "main", "a").unwrap();
    let seat = lobby.seat("kept", Role::Player).unwrap();
    eventually("a player", || players(&lobby, "main") == 1);
    let seen = ticks(&lobby, "main");
    eventually("it lives on with a player in it", || ticks(&lobby, "main") > seen + 20);
    drop(guest);
    eventually("it ends without", || lobby.rooms().iter().all(|info| info.name != "main"));
    assert!(lobby.rooms().iter().any(|info| info.name == "kept"), "a seat keeps a room open");
    drop(seat);
    eventually("all rooms have ended", || lobby.rooms().is_empty());
    let again = Guest::join(&lobby, "main", "a").unwrap();
    eventually("a new room", || players(&lobby, "main") == 1);
    assert!(!again.pipe.is_closed());
}

#[test]
fn a_room_does_not_end_before_who_opened_it_has_a_seat() {
    let lobby = lobby_of(|room| room.idle = Duration::ZERO);
    for _ in 0..200 {
        let seat = lobby.seat("main", Role::Player).expect("a seat in a new room");
        drop(seat);
        eventually("it ends without anybody", || lobby.rooms().is_empty());
    }
}

#[tokio::test]
async fn a_shutdown_tells_everybody() {
    let lobby = lobby(config(4, 4));
    let guests: Vec<Guest> =
        ["a", "a", "b", "c"].iter().map(|room| Guest::join(&lobby, room, "x").unwrap()).collect();
    // Some may be in, others may still be joining.
    eventually("one room has ticked", || ticks(&lobby, "a") > 0);
    lobby.shut_down(&CloseCode::ShuttingDown.into(), LIMIT).await;
    for guest in &guests {
        assert_eq!(guest.close_code(), Some(1001));
    }
    assert!(lobby.rooms().is_empty());
    assert_eq!(Guest::join(&lobby, "a", "late").err(), Some(CloseCode::ShuttingDown.into()));
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_those_who_take_nothing() {
    let lobby = lobby(config(4, 4));
    let (_inbox, receiver) = inbox();
    let pipe = Pipe::new(1);
    let link = pipe.link();
    let seat = lobby.seat("a", Role::Player).unwrap();
    let name = "a";
    seat.take(Join::new(peer(0), name, Role::Player, link, receiver)).unwrap();
    eventually("a player", || players(&lobby, "a") == 1);
    // The closing messages have a second; the test is that this returns at all.
    lobby.shut_down(&CloseCode::ShuttingDown.into(), LIMIT).await;
    assert!(pipe.is_closed());
}

#[test]
fn rooms_and_players_are_limited() {
    let lobby = lobby(config(2, 2));
    let full = |room: &str| {
        let refused = Guest::join(&lobby, room, "x").err();
        assert!(
            refused.as_ref().is_some_and(|reason| reason.kind() == CloseCode::Full),
            "{room:?}: {refused:?}"
        );
    };
    let mut guests = vec![Guest::join(&lobby, "a", "x").unwrap()];
    guests.push(Guest::join(&lobby, "b", "x").unwrap());
    full("c");
    guests.push(Guest::join(&lobby, "a", "x").unwrap());
    full("a");
    guests.push(Guest::join(&lobby, "", "x").unwrap());
    full("");
    full("b");
    assert_eq!(Guest::join(&lobby, "no such name", "x").err(), Some(CloseCode::BadRoomName.into()));
    eventually("all players", || players(&lobby, "a") == 2 && players(&lobby, "b") == 2);
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
        Some(reason) if reason.kind() == CloseCode::NoSpectators => reason.text().to_owned(),
        other => panic!("{room:?}: {other:?}"),
    };
    // With no room open, a spectator gets a new one; later ones get the room with most players.
    let first = watch("").unwrap();
    let mut guests = vec![Guest::join(&lobby, "busy", "x").unwrap()];
    guests.push(Guest::join(&lobby, "busy", "x").unwrap());
    let full = Guest::join(&lobby, "busy", "x").err();
    assert!(full.is_some_and(|reason| reason.kind() == CloseCode::Full));
    guests.extend([watch("").unwrap(), watch("").unwrap()]);
    assert!(refused("busy").starts_with("this room has no spectator seat left"));
    guests.push(watch("").unwrap());
    assert!(refused("").starts_with("no room has a spectator seat left"));
    guests.push(watch("third").unwrap());
    let counts = |name: &str| {
        let rooms = lobby.rooms();
        let info = rooms.iter().find(|info| info.name == name).unwrap();
        (info.players, info.capacity, info.spectators, info.spectators_max)
    };
    eventually("all are in", || counts("busy") == (2, 2, 2, 2) && counts("main") == (0, 2, 2, 2));
    drop(first);
    eventually("a place is free", || counts("main") == (0, 2, 1, 2));
    guests.push(watch("main").unwrap());
    eventually("it is taken", || counts("main") == (0, 2, 2, 2));
}

#[test]
fn a_room_that_is_watched_stays_open() {
    let lobby = lobby_of(|room| room.idle = Duration::from_millis(1));
    let spectator = Guest::come(&lobby, "main", "x", Role::Spectator).unwrap();
    eventually("it lives on", || ticks(&lobby, "main") > 20);
    drop(spectator);
    eventually("it ends without", || lobby.rooms().is_empty());
}

#[test]
fn a_server_may_take_no_spectators() {
    let lobby = lobby_of(|room| room.spectators_max = 0);
    let refused = Guest::come(&lobby, "main", "x", Role::Spectator).err();
    let expected = "spectating is turned off on this server; join to play";
    assert_eq!(refused, Some(CloseReason::new(CloseCode::NoSpectators, expected)));
    assert!(lobby.rooms().is_empty(), "no room is opened for it");
}
