//! Players who lose their connection and come back: to their own place, with everything that was on
//! its way, and nobody else can take it.

use drumbeat_kit::seeds::{setup, with_seeds};
use drumbeat_kit::sim::Sim;
use drumbeat_server::engine::close::CloseReason;
use drumbeat_server::engine::incident::What;
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::viewer::{Role, Viewer};
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::toy::{Steer, Toy};
use drumbeat_tests::pad::{Answer, Order, Pad};
use drumbeat_tests::steer::steer;

/// A client that reads everything.
const WIDE: usize = 1 << 20;
/// How long places are kept, seconds.
const RESUME_S: u16 = 2;

fn room<G: Game<Settings = ()>>(seed: u64, map: &str) -> Sim<G> {
    let room = RoomSetup { check_rules: true, ..RoomSetup::new(map, setup(seed)) };
    Sim::of(&RoomSetup { resume_s: RESUME_S, ..room }, Shards::default())
}

fn pad(seed: u64) -> Sim<Pad> {
    room(seed, "")
}

fn ticks(sim: &mut Sim<Pad>, count: usize) {
    (0..count).for_each(|_| sim.tick(|_| ()));
}

fn player<G: Game>(sim: &Sim<G>, index: usize) -> PlayerId {
    sim.clients[index].core.welcome().and_then(|welcome| welcome.player).unwrap()
}

fn has_resumed<G: Game>(sim: &Sim<G>, index: usize) -> bool {
    sim.clients[index].core.welcome().unwrap().resumed.is_some()
}

fn write(sim: &mut Sim<Pad>, index: usize, text: String) {
    sim.clients[index].core.command(Order::Write { text }).unwrap();
}

/// The texts that the rules took from a player.
fn written(sim: &Sim<Pad>, by: PlayerId) -> Vec<String> {
    let of = |(player, order): &(PlayerId, Order)| match order {
        Order::Write { text } if *player == by => Some(text.clone()),
        _ => None,
    };
    sim.engine.game().taken.iter().filter_map(of).collect()
}

#[test]
fn who_comes_back_has_its_place_its_commands_and_its_mail() {
    let mut sim = pad(1);
    let [_, ada] = [0; 2].map(|_| sim.join(WIDE).unwrap());
    ticks(&mut sim, 3);
    let id = player(&sim, ada);
    write(&mut sim, ada, "before".into());
    ticks(&mut sim, 10);
    // What it asks for last is taken, and the answer finds nobody.
    write(&mut sim, ada, "last".into());
    sim.clients[ada].reads_per_tick = 0;
    ticks(&mut sim, 6);
    write(&mut sim, ada, "lost".into());
    sim.leave(ada, None);
    ticks(&mut sim, 5);
    assert_eq!(sim.engine.count(Role::Player), 2, "its place is kept");
    let back = sim.resume(ada, WIDE).unwrap();
    ticks(&mut sim, 10);
    assert!(has_resumed(&sim, back) && !has_resumed(&sim, 0));
    assert_eq!((player(&sim, back), sim.engine.count(Role::Player)), (id, 2));
    assert_eq!(written(&sim, id), ["before", "last", "lost"]);
    assert_eq!(sim.clients[back].events, [2, 3].map(Answer::Written));
    assert_eq!(
        (sim.clients[back].missed, sim.clients[back].core.pending_commands().count()),
        (0, 0)
    );
    let presence = [(id, true), (id, false)];
    assert_eq!(sim.engine.game().absences, presence);
    assert_eq!(sim.counts.resumes, 1);
    let back =
        sim.counts.incidents.iter().find(|incident| matches!(incident.what, What::Resumed { .. }));
    assert_eq!(back.unwrap().what, What::Resumed { away_ticks: Some(4) });
}

#[test]
fn a_place_is_kept_for_so_long_and_then_free() {
    let mut sim = pad(2);
    let [ada, eve] = [0; 2].map(|_| sim.join(WIDE).unwrap());
    ticks(&mut sim, 12);
    let id = player(&sim, ada);
    sim.leave(ada, None);
    let place_ticks = usize::from(RESUME_S) * 20;
    ticks(&mut sim, place_ticks + 1);
    assert_eq!(sim.engine.count(Role::Player), 2);
    ticks(&mut sim, 2);
    assert_eq!(sim.engine.count(Role::Player), 1);
    assert!(sim.counts.incidents.iter().any(|incident| incident.what == What::Expired));
    let late = sim.resume(ada, WIDE).unwrap();
    ticks(&mut sim, 3);
    assert!(!has_resumed(&sim, late), "it joins as a new player");
    assert_eq!(player(&sim, late), id, "the seat was free");
    assert_ne!(player(&sim, eve), id);
}

#[test]
fn what_was_said_before_counts_after_coming_back() {
    let room = RoomSetup { resume_s: RESUME_S, chat_per_10s: 3, ..RoomSetup::new("", setup(4)) };
    let mut sim = Sim::<Pad>::of(&room, Shards::default());
    let ada = sim.join(WIDE).unwrap();
    ticks(&mut sim, 12);
    (0..3).for_each(|_| sim.say(ada, "me first", None).unwrap());
    ticks(&mut sim, 1);
    sim.leave(ada, None);
    ticks(&mut sim, 2);
    let back = sim.resume(ada, WIDE).unwrap();
    ticks(&mut sim, 3);
    sim.say(back, "me again", None).unwrap();
    ticks(&mut sim, 1);
    assert!(has_resumed(&sim, back));
    assert_eq!((sim.counts.chat_lines, sim.counts.hasty_lines), (3, 1));
}

#[test]
fn who_means_to_leave_leaves_at_once() {
    let check = |reason: Option<CloseReason>, players: usize| {
        let mut sim = pad(3);
        let ada = sim.join(WIDE).unwrap();
        ticks(&mut sim, 12);
        sim.leave(ada, reason.clone());
        ticks(&mut sim, 2);
        assert_eq!(sim.engine.count(Role::Player), players, "{reason:?}");
    };
    check(Some(CloseReason::left(Some(1000))), 0);
    check(Some(CloseReason::left(Some(1001))), 1);
    check(Some(CloseReason::left(None)), 1);
    check(Some(CloseCode::Idle.into()), 1);
    check(None, 1);
    for misbehaved in [CloseCode::Flooding, CloseCode::Malformed, CloseCode::Protocol] {
        check(Some(misbehaved.into()), 0);
    }
}

#[test]
fn a_living_connection_is_taken_over() {
    let mut sim = pad(4);
    let ada = sim.join(WIDE).unwrap();
    ticks(&mut sim, 12);
    let id = player(&sim, ada);
    let other = sim.resume(ada, WIDE).unwrap();
    ticks(&mut sim, 3);
    assert_eq!(sim.clients[ada].closed.as_ref().unwrap().0, CloseCode::TakenOver.code());
    assert_eq!((player(&sim, other), sim.engine.count(Role::Player)), (id, 1));
    write(&mut sim, ada, "of the old".into());
    write(&mut sim, other, "of the new".into());
    ticks(&mut sim, 10);
    assert_eq!(written(&sim, id), ["of the new"]);
    assert_eq!(sim.engine.game().absences, [(id, false)], "it was there all the time");
    // The token that the other has used is worth nothing.
    let again = sim.resume(ada, WIDE).unwrap();
    ticks(&mut sim, 3);
    assert!(!has_resumed(&sim, again) && sim.clients[other].closed.is_none());
    assert_ne!(player(&sim, again), id);
}

#[test]
fn a_token_is_good_until_the_next_has_arrived() {
    let mut sim = pad(5);
    let ada = sim.join(WIDE).unwrap();
    ticks(&mut sim, 12);
    let id = player(&sim, ada);
    sim.leave(ada, None);
    ticks(&mut sim, 2);
    // Its welcome is lost with its connection.
    let deaf = sim.resume(ada, WIDE).unwrap();
    sim.clients[deaf].reads_per_tick = 0;
    ticks(&mut sim, 2);
    sim.leave(deaf, None);
    ticks(&mut sim, 2);
    let back = sim.resume(ada, WIDE).unwrap();
    ticks(&mut sim, 3);
    assert!(has_resumed(&sim, back));
    assert_eq!((player(&sim, back), sim.engine.count(Role::Player)), (id, 1));
}

#[test]
fn nobody_steers_who_is_away() {
    let mut sim = room::<Toy>(6, "0");
    let ada = sim.join(WIDE).unwrap();
    let steers = |_: &mut Rng| Steer(3, 2);
    (0..10).for_each(|_| sim.tick(steers));
    let id = player(&sim, ada);
    let velocity = |sim: &Sim<Toy>| {
        let entities = sim.engine.game().entities();
        let (_, dot) = entities.iter().find(|(_, state)| Toy::owner(state) == Some(id)).unwrap();
        [dot.fields[0], dot.fields[1]]
    };
    assert_eq!(velocity(&sim), [3, 2]);
    sim.leave(ada, None);
    (0..3).for_each(|_| sim.tick(steers));
    assert_eq!(velocity(&sim), [0, 0]);
    assert!(sim.engine.eye(Viewer::Player(id)).is_some(), "its dot is there");
    sim.resume(ada, WIDE).unwrap();
    (0..10).for_each(|_| sim.tick(steers));
    assert_eq!(velocity(&sim), [3, 2]);
}

#[test]
fn a_room_that_keeps_no_places_offers_no_token() {
    let mut sim = Sim::<Pad>::new("", setup(7));
    let ada = sim.join(WIDE).unwrap();
    ticks(&mut sim, 3);
    assert_eq!(sim.clients[ada].core.welcome().unwrap().resume, None);
    sim.leave(ada, None);
    ticks(&mut sim, 2);
    assert_eq!(sim.engine.count(Role::Player), 0);
}

/// Clients that break off and come back at random, on links that read slowly: whoever resumes is who
/// it was, every command is taken once and in order, and every view and document is as meant.
#[test]
fn whatever_breaks_off_goes_on() {
    with_seeds(8, |seed| {
        let mut sim = pad(seed);
        let mut clients: Vec<usize> = (0..5).map(|_| sim.join(WIDE).unwrap()).collect();
        ticks(&mut sim, 3);
        let ids: Vec<PlayerId> = clients.iter().map(|index| player(&sim, *index)).collect();
        let mut sent = vec![Vec::new(); ids.len()];
        for round in 0..600 {
            let who = sim.rng.below(5) as usize;
            let index = clients[who];
            match sim.rng.below(6) {
                0 if sim.clients[index].core.tick().is_some() => {
                    if sim.rng.one_in(2) {
                        sim.leave(index, None);
                    }
                    let away = sim.rng.below(u32::from(RESUME_S) * 20 - 4) as usize;
                    ticks(&mut sim, away);
                    let capacity = 1 << (10 + sim.rng.below(8));
                    clients[who] = sim.resume(index, capacity).unwrap();
                }
                1 => {
                    sim.clients[index].reads_per_tick = sim.rng.below(2_000) as usize;
                }
                _ if sim.clients[index].core.welcome().is_some() => {
                    let text = format!("{who} {round}");
                    if sim.clients[index].core.command(Order::Write { text: text.clone() }).is_ok()
                    {
                        sent[who].push(text);
                    }
                }
                _ => {}
            }
            ticks(&mut sim, 1);
        }
        for index in &clients {
            sim.clients[*index].reads_per_tick = usize::MAX;
        }
        ticks(&mut sim, 200);
        for (who, index) in clients.into_iter().enumerate() {
            assert_eq!(player(&sim, index), ids[who]);
            assert_eq!(written(&sim, ids[who]), sent[who], "player {who}");
            assert_eq!(sim.clients[index].core.stats().document_mismatches, 0);
        }
        assert!(sim.counts.resumes > 50, "only {} resumes", sim.counts.resumes);
        assert_eq!(sim.engine.count(Role::Player), 5);
    });
}

#[test]
fn views_are_as_meant_through_resumes() {
    with_seeds(4, |seed| {
        let mut sim = room::<Toy>(seed, "0");
        let mut index = sim.join(WIDE).unwrap();
        for _ in 0..4 {
            sim.join(WIDE);
        }
        for _ in 0..60 {
            (0..5).for_each(|_| sim.tick(steer));
            sim.leave(index, None);
            (0..sim.rng.below(8)).for_each(|_| sim.tick(steer));
            index = sim.resume(index, WIDE).unwrap();
        }
        assert!(sim.verified > 1_000, "{} views", sim.verified);
        assert_eq!(sim.counts.mismatches, 0);
    });
}
