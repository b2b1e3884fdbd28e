//! Spectators among players: they see what the server means them to see, and change nothing.

use drumbeat_arena::schema::ALL_BUTTONS;
use drumbeat_arena::{Arena, Event, Input, Settings};
use drumbeat_kit::seeds::{setup, with_seeds};
use drumbeat_kit::sim::{DELAY_TICKS_MAX, SPECTATORS_MAX, Sim};
use drumbeat_server::engine::input_queue::Arrival;
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::viewer::{Role, Viewer};
use drumbeat_shared::game::{Game, Setup};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::Watch;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::initial_private;
use drumbeat_shared::toy::{SIDE, Toy};
use drumbeat_tests::maps::BELT;
use drumbeat_tests::puppet::{Order, Puppet, loose};
use drumbeat_tests::steer::steer;
use glam::IVec2;

/// Where the spectator with this number looks.
fn eye<G: Game>(sim: &Sim<G>, number: u16) -> IVec2 {
    sim.engine.eye(Viewer::Spectator(number)).unwrap()
}

#[test]
fn views_of_spectators_are_as_exact_as_those_of_players() {
    with_seeds(3, |seed| {
        // In a small world with many ships, views are crowded.
        let map = format!("{BELT}\n[world]\nwidth = 1500.0\nheight = 800.0");
        let mut sim = Sim::<Arena>::new(
            &map,
            Setup {
                capacity: 110,
                ..setup(seed).with(Settings { house_bots: 4, ..Settings::default() })
            },
        );
        for _ in 0..110 {
            sim.join(1 << 18).unwrap();
        }
        let first = sim.clients.len();
        for watch in [Watch::Leader, Watch::Player(PlayerId(50)), Watch::Place { x: 1, y: -1 }] {
            let index = sim.spectate(1 << 18).unwrap();
            sim.clients[index].core.watch(watch);
        }
        for _ in 0..150 {
            sim.tick(|rng| {
                let [steer, aim, buttons, ..] = rng.bits().to_le_bytes();
                Input { steer, aim, buttons: buttons & ALL_BUTTONS }
            });
        }
        assert!(sim.counts.waiting_entities > 0, "no view was crowded");
        let none = initial_private(Arena::SCHEMA.private);
        for client in &sim.clients[first..] {
            let stats = client.core.stats();
            assert!(stats.frames > 140 && stats.checksums > 5 && stats.mismatches == 0);
            assert_eq!((client.core.own(), client.core.predicted()), (None, None));
            assert_eq!(client.core.private(), &none);
            assert!(client.core.visible().count() > 50);
            let leaders = |event: &Event| matches!(event, Event::Leaders(_));
            assert!(client.events.iter().any(leaders), "it is shown the leaderboard");
        }
        assert!(sim.verified > 110 * 140, "only {} views were compared", sim.verified);
    });
}

#[test]
fn spectators_change_nothing_for_the_players() {
    with_seeds(2, |seed| {
        check_nothing_changes::<Toy>("0", &setup(seed), steer);
        let setup = setup(seed).with(Settings { house_bots: 4, ..Settings::default() });
        check_nothing_changes::<Arena>(BELT, &setup, |rng| {
            let [steer, aim, buttons, ..] = rng.bits().to_le_bytes();
            Input { steer, aim, buttons: buttons & ALL_BUTTONS }
        });
    });
}

fn check_nothing_changes<G: Game>(
    map: &str,
    setup: &Setup<G::Settings>,
    steer: fn(&mut Rng) -> G::Input,
) {
    let run = |spectators: u16| {
        let mut sim = Sim::<G>::new(map, setup.clone());
        let mut taken = 0;
        for tick in 0..300 {
            if tick % 20 == 0 && sim.engine.count(Role::Player) < 24 {
                sim.join(1 << 14).unwrap();
            }
            if tick % 7 == 0 && taken < spectators {
                let index = sim.spectate(1 << 14).unwrap();
                sim.clients[index].talks = false;
                taken += 1;
            }
            // All get the same input, however many clients there are.
            sim.tick(|_| steer(&mut Rng::new(tick as u64)));
        }
        let hashes = sim.engine.game().entities().slots().to_vec();
        (sim.engine.count(Role::Player), hashes)
    };
    assert_eq!(run(0), run(SPECTATORS_MAX));
}

#[test]
fn a_spectator_sees_what_it_asks_for() {
    let mut sim = Sim::<Puppet>::new("0", setup(5).with(loose(4)));
    let travel = 2 * DELAY_TICKS_MAX + 2;
    let run =
        |sim: &mut Sim<Puppet>, ticks| (0..ticks).for_each(|_| sim.tick(|_| Order::default()));
    let index = sim.spectate(1 << 16).unwrap();
    let house = sim.engine.game().leader().unwrap();
    run(&mut sim, 2);
    let at = |sim: &Sim<Puppet>, player| sim.engine.game().eye(player).unwrap();
    assert_eq!(eye(&sim, 0), at(&sim, house), "a player of the game's own leads");
    let player = PlayerId(0);
    sim.join(1 << 16).unwrap();
    run(&mut sim, 1);
    assert_eq!(eye(&sim, 0), at(&sim, player), "another leads now");
    sim.clients[index].core.watch(Watch::Place { x: i32::MIN, y: i32::MAX });
    run(&mut sim, travel);
    assert_eq!(eye(&sim, 0), IVec2::new(0, SIDE));
    sim.clients[index].core.watch(Watch::Player(house));
    run(&mut sim, travel);
    assert_eq!(eye(&sim, 0), at(&sim, house));
    sim.clients[index].core.watch(Watch::Player(player));
    run(&mut sim, travel);
    assert_eq!(eye(&sim, 0), at(&sim, player));
    sim.leave(1, None);
    run(&mut sim, 3);
    assert_eq!(eye(&sim, 0), at(&sim, house), "whom it watched has left");
}

#[test]
fn a_spectator_says_and_steers_nothing_even_past_its_reader() {
    let mut sim = Sim::<Puppet>::new("0", setup(6).with(loose(4)));
    let spectator = sim.spectate(1 << 16).unwrap();
    let player = sim.join(1 << 16).unwrap();
    let input = Order { panic: true, ..Order::default() };
    sim.say(spectator, "boo", None).unwrap();
    let arrival = Arrival { tick: Tick(1), seen: Tick(0), view_delay: 0, input, received_us: 0 };
    sim.push(spectator, Message::Input(arrival)).unwrap();
    sim.say(player, "hello", None).unwrap();
    for _ in 0..10 {
        sim.tick(|_| Order { own: 1, room: 1, ..Order::default() });
    }
    for index in [spectator, player] {
        assert_eq!(sim.clients[index].chats, ["hello"], "all are told what players say");
    }
    let events = &sim.clients[spectator].events;
    assert!(
        !events.is_empty() && events.iter().all(|event| event.to.is_none()),
        "no mail of others"
    );
}

#[test]
fn a_room_takes_so_many_spectators_and_tells_the_next() {
    let mut sim = Sim::<Puppet>::new("0", setup(7).with(loose(4)));
    for _ in 0..24 {
        sim.join(1 << 16).unwrap();
    }
    assert_eq!(sim.join(1 << 16), None, "the room is full");
    for _ in 0..SPECTATORS_MAX {
        sim.spectate(1 << 16).expect("a full room may be watched");
    }
    assert_eq!(sim.spectate(1 << 16), None);
    sim.tick(|_| Order::default());
    assert!(sim.counts.closes().eq([CloseCode::Full, CloseCode::NoSpectators]));
    sim.leave(24, None);
    sim.tick(|_| Order::default());
    assert_eq!((sim.engine.count(Role::Player), sim.engine.count(Role::Spectator)), (24, 3));
    sim.spectate(1 << 16).expect("a place is free again");
}
