//! Rooms in which nobody plays are evicted for rooms that somebody asks for.

use std::time::Duration;

use drumbeat_server::engine::viewer::Role;
use drumbeat_server::rooms::Lobby;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_tests::puppet::Puppet;

use super::guests::{Guest, LIMIT, config, eventually, lobby, players};

/// The names of the rooms.
fn names(lobby: &Lobby<Puppet>) -> Vec<String> {
    lobby.rooms().into_iter().map(|info| info.name).collect()
}

/// Lets a player join a room and leave it empty.
fn pass_through(lobby: &Lobby<Puppet>, room: &str) {
    let guest = Guest::join(lobby, room, "x").unwrap();
    eventually("a player", || players(lobby, room) == 1);
    drop(guest);
    eventually("an empty room", || players(lobby, room) == 0);
}

#[test]
fn the_room_that_has_been_empty_for_longest_gives_way() {
    let lobby = lobby(config(2, 3));
    let _guest = Guest::join(&lobby, "kept", "x").unwrap();
    for room in ["z", "main"] {
        pass_through(&lobby, room);
    }
    // The room that was left last is not the one that opened last.
    pass_through(&lobby, "z");
    let mut guests = vec![Guest::join(&lobby, "friends", "a").unwrap()];
    assert_eq!(names(&lobby), ["friends", "kept", "z"]);
    guests.push(Guest::join(&lobby, "foes", "a").unwrap());
    assert_eq!(names(&lobby), ["foes", "friends", "kept"]);
    let refused = Guest::join(&lobby, "more", "a").err();
    assert!(refused.as_ref().is_some_and(|reason| reason.kind() == CloseCode::Full), "{refused:?}");
    eventually("both are in", || players(&lobby, "friends") + players(&lobby, "foes") == 2);
    // A room of that name opens again once there is space.
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
    assert!(refused.as_ref().is_some_and(|reason| reason.kind() == CloseCode::Full), "{refused:?}");
    drop(seat);
    let _seat = lobby.seat("b", Role::Player).unwrap();
    assert_eq!(names(&lobby), ["b"]);
}

#[tokio::test]
async fn evicted_rooms_end_and_are_waited_for() {
    let lobby = lobby(config(2, 2));
    for number in 0..20 {
        // The number of ending rooms is limited, too: a client that asks too soon has to ask again.
        eventually("a new room", || lobby.seat(&format!("room-{number}"), Role::Player).is_ok());
    }
    assert!(lobby.rooms().len() <= 2);
    assert!(
        lobby.shut_down(&CloseCode::ShuttingDown.into(), LIMIT).await,
        "all threads have ended"
    );
}

#[test]
fn rooms_give_way_so_often_and_no_more() {
    let lobby = lobby(config(1, 1));
    let mut names = (0..).map(|number| format!("room-{number}"));
    // Opening one room after another takes time from the existing ones.
    eventually("the limit", || {
        let refused = lobby.seat(&names.next().unwrap(), Role::Player).err();
        refused.is_some_and(|reason| reason.text().starts_with("too many rooms"))
    });
}

#[test]
fn a_room_that_only_spectators_hold_is_evicted_for_a_player_after_a_while() {
    let watch = |lobby: &Lobby<Puppet>, room| Guest::come(lobby, room, "x", Role::Spectator);
    // It is not evicted at once.
    let patient = lobby(config(2, 1));
    let spectator = watch(&patient, "idle").unwrap();
    eventually("it is in", || patient.rooms()[0].spectators == 1);
    let refused = Guest::join(&patient, "friends", "a").err();
    assert!(refused.as_ref().is_some_and(|reason| reason.kind() == CloseCode::Full), "{refused:?}");
    drop(spectator);

    let mut config = config(2, 1);
    config.room.idle = Duration::ZERO;
    let lobby = lobby(config);
    let spectator = watch(&lobby, "idle").unwrap();
    eventually("it is in", || lobby.rooms()[0].spectators == 1);
    // Nor is it evicted for another spectator.
    let refused = watch(&lobby, "other").err();
    assert!(refused.as_ref().is_some_and(|reason| reason.kind() == CloseCode::Full), "{refused:?}");
    let player = Guest::join(&lobby, "friends", "a").unwrap();
    assert_eq!(names(&lobby), ["friends"]);
    assert_eq!(spectator.close_code(), Some(4007));
    eventually("the player is in", || players(&lobby, "friends") == 1);
    // A room with a player in it is not evicted.
    let refused = Guest::join(&lobby, "more", "a").err();
    assert!(refused.as_ref().is_some_and(|reason| reason.kind() == CloseCode::Full), "{refused:?}");
    assert!(!player.pipe.is_closed());
}
