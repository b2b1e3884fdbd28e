//! What those who run a server do in a room, tick by tick: views stay right, and the rules keep their
//! laws.

use drumbeat_kit::seeds::{setup, with_seeds};
use drumbeat_kit::sim::Sim;
use drumbeat_server::bans::{Kind, Target};
use drumbeat_server::engine::close::CloseReason;
use drumbeat_server::engine::incident::What;
use drumbeat_server::engine::moderation::{Act, Whom};
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::viewer::{Role, Viewer};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::toy::Toy;
use drumbeat_tests::steer::steer;

/// A client that reads everything.
const WIDE: usize = 1 << 20;

fn room(seed: u64) -> Sim<Toy> {
    let room = RoomSetup { check_rules: true, ..RoomSetup::new("5", setup(seed)) };
    let room = RoomSetup { resume_s: 2, spectators_max: 4, ..room };
    Sim::of(&room, Shards::default())
}

fn ticks(sim: &mut Sim<Toy>, count: usize) {
    for _ in 0..count {
        sim.tick(steer);
    }
}

fn player(sim: &Sim<Toy>, index: usize) -> Viewer {
    Viewer::Player(sim.clients[index].core.welcome().and_then(|welcome| welcome.player).unwrap())
}

fn kick(viewer: Viewer, name: Option<&str>) -> Act {
    let whom = Whom { viewer, name: name.map(str::to_owned) };
    Act::Kick { whom, reason: CloseCode::Kicked.into() }
}

#[test]
fn who_is_kicked_goes_between_two_ticks_and_cannot_resume() {
    let mut sim = room(1);
    let [ada, _ben] = [0; 2].map(|_| sim.join(WIDE).unwrap());
    ticks(&mut sim, 12);
    let whom = player(&sim, ada);
    assert!(sim.engine.moderate(&kick(whom, Some("somebody else")), sim.now_us).is_empty());
    let concerned = sim.engine.moderate(&kick(whom, Some("p1")), sim.now_us);
    assert_eq!((concerned.len(), concerned[0].viewer), (1, whom));
    assert_eq!((sim.engine.count(Role::Player), sim.engine.away()), (1, 0));
    ticks(&mut sim, 3);
    assert_eq!(sim.clients[ada].closed.as_ref().unwrap().0, CloseCode::Kicked.code());
    let back = sim.resume(ada, WIDE).unwrap();
    ticks(&mut sim, 3);
    assert!(sim.clients[back].core.welcome().unwrap().resumed.is_none());
}

#[test]
fn who_is_away_goes_as_well_and_is_not_counted_as_late() {
    let mut sim = room(2);
    let [ada, _ben] = [0; 2].map(|_| sim.join(WIDE).unwrap());
    ticks(&mut sim, 12);
    let whom = player(&sim, ada);
    sim.leave(ada, None);
    ticks(&mut sim, 3);
    assert_eq!(sim.engine.away(), 1);
    assert_eq!(sim.engine.moderate(&kick(whom, None), sim.now_us).len(), 1);
    assert_eq!((sim.engine.count(Role::Player), sim.engine.away()), (1, 0));
    ticks(&mut sim, 3);
    assert!(!sim.counts.incidents.iter().any(|incident| incident.what == What::Expired));
    let left = What::Left(Some(CloseCode::Kicked.into()));
    assert!(sim.counts.incidents.iter().any(|incident| incident.what == left));
}

#[test]
fn a_ban_sends_away_all_whom_it_covers_players_and_spectators() {
    let mut sim = room(3);
    let players = [0; 3].map(|_| sim.join(WIDE).unwrap());
    let watcher = sim.spectate(WIDE).unwrap();
    ticks(&mut sim, 12);
    let address = sim.engine.viewers().next().unwrap().1.peer.address.ip;
    let elsewhere = Target::parse(Kind::Address, "203.0.113.99").unwrap();
    let expel = |target| Act::Expel { target, reason: CloseReason::from(CloseCode::Banned) };
    assert!(sim.engine.moderate(&expel(elsewhere), sim.now_us).is_empty());
    let gone = sim.engine.moderate(&expel(Target::of(address)), sim.now_us);
    assert_eq!((gone.len(), sim.engine.viewers().count()), (4, 0));
    ticks(&mut sim, 3);
    for index in players.into_iter().chain([watcher]) {
        assert_eq!(sim.clients[index].closed.as_ref().unwrap().0, CloseCode::Banned.code());
    }
}

#[test]
fn rooms_in_which_people_are_kicked_at_random_stay_right() {
    with_seeds(4, |seed| {
        let mut sim = room(seed);
        for round in 0..120 {
            if sim.rng.one_in(3) && !sim.is_full() {
                sim.join(WIDE);
            }
            if sim.rng.one_in(4) {
                let number = sim.rng.below(6) as u16;
                let act = match round % 3 {
                    0 => Act::Say("hello".into()),
                    1 => Act::Mute {
                        whom: Whom { viewer: Viewer::Player(PlayerId(number)), name: None },
                        for_s: Some(1),
                        reason: String::new(),
                    },
                    _ => kick(Viewer::Player(PlayerId(number)), None),
                };
                sim.engine.moderate(&act, sim.now_us);
            }
            ticks(&mut sim, 2);
        }
        assert!(sim.verified > 0);
    });
}

#[test]
fn a_mute_lasts_as_long_as_is_said_and_goes_along_when_resuming() {
    let mut sim = room(5);
    let [ada, ben] = [0; 2].map(|_| sim.join(WIDE).unwrap());
    ticks(&mut sim, 12);
    let whom = Whom { viewer: player(&sim, ada), name: None };
    let mute = Act::Mute { whom: whom.clone(), for_s: Some(3), reason: "spam".into() };
    assert_eq!(sim.engine.moderate(&mute, sim.now_us).len(), 1);
    let lines = |sim: &Sim<Toy>| sim.engine.chat().records().len();
    let say = |sim: &mut Sim<Toy>, index: usize| {
        sim.say(index, "hello", None).unwrap();
        ticks(sim, 12);
    };
    say(&mut sim, ada);
    assert_eq!((lines(&sim), sim.counts.muted_lines), (0, 1));
    say(&mut sim, ben);
    assert_eq!(lines(&sim), 1, "nobody else is muted");
    let back = sim.resume(ada, WIDE).unwrap();
    ticks(&mut sim, 3);
    say(&mut sim, back);
    assert_eq!((lines(&sim), sim.counts.muted_lines), (1, 2));
    ticks(&mut sim, 60);
    say(&mut sim, back);
    assert_eq!((lines(&sim), sim.counts.muted_lines), (2, 2));
}
