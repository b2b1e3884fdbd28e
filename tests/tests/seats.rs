//! Who keeps a seat, and whose claims the server believes: clients that acknowledge nothing,
//! players who do nothing, checksum mismatches.

use std::io;
use std::sync::Arc;

use drumbeat_kit::pipe::peer;
use drumbeat_kit::seeds::setup;
use drumbeat_kit::sim::{DELAY_TICKS_MAX, SPECTATORS_MAX, Sim};
use drumbeat_server::engine::checks::Claim;
use drumbeat_server::engine::counts::Keyframe;
use drumbeat_server::engine::inbox;
use drumbeat_server::engine::incident::What;
use drumbeat_server::engine::join::Join;
use drumbeat_server::engine::link::{Link, PassedOn};
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::tick::Engine;
use drumbeat_server::engine::viewer::Role;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::Tick;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::toy::{Steer, Toy};
use drumbeat_tests::puppet::{Order, Puppet, loose};
use drumbeat_tests::steer::steer;

/// The close code of the client at `index`, once it has one.
fn close_code<G: Game>(sim: &Sim<G>, index: usize) -> Option<u16> {
    sim.clients[index].closed.as_ref().map(|(code, _)| *code)
}

#[test]
fn answers_to_websocket_pings_are_no_frames_taken() {
    let mut sim = Sim::<Toy>::new("0", setup(1));
    let index = sim.join(1 << 16).unwrap();
    sim.tick(steer);
    // It reads everything at once and acknowledges nothing.
    sim.clients[index].talks = false;
    sim.clients[index].pings = true;
    for _ in 0..20 * 9 {
        sim.tick(steer);
    }
    assert_eq!(sim.engine.count(Role::Player), 1);
    for _ in 0..20 * 4 {
        sim.tick(steer);
    }
    assert_eq!(sim.engine.count(Role::Player), 0);
    assert_eq!(close_code(&sim, index), Some(4004));
}

/// A link that passes on what it takes in another form, and takes all of it at once.
struct Translating(Arc<PassedOn>);

impl Link for Translating {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn passed_on(&self) -> Option<Arc<PassedOn>> {
        Some(Arc::clone(&self.0))
    }
}

#[test]
fn who_takes_slowly_what_is_passed_on_keeps_its_seat() {
    let room = RoomSetup::new("0", setup(1));
    let mut engine = Engine::<Toy>::new("sim".into(), &room, Shards::default()).unwrap();
    let mut join = |number, name| {
        let (passed_on, (sender, inbox)) = (Arc::<PassedOn>::default(), inbox::inbox());
        let link = Box::new(Translating(Arc::clone(&passed_on)));
        engine.join(Join::new(peer(number), name, Role::Player, link, inbox), 0).unwrap();
        (passed_on, sender)
    };
    // Neither acknowledges anything; what the senders are for is that nobody leaves.
    let ((takes, _ada), (_, _bob)) = (join(1, "Ada"), join(2, "Bob"));
    for tick in 1..=20 * 30 {
        takes.note(usize::from(tick % 100 == 0));
        engine.tick(tick * 50_000, |_| tick * 50_000);
    }
    let names: Vec<&str> = engine.viewers().map(|(_, client)| &*client.name).collect();
    assert_eq!(names, ["Ada"]);
    assert_eq!(engine.take_counts().bytes_out, 6, "what was passed on");
}

/// A room that closes players who are idle for this long.
fn room<S>(afk_timeout_s: u32, settings: S) -> RoomSetup<S> {
    let spectators_max = SPECTATORS_MAX;
    RoomSetup { afk_timeout_s, spectators_max, ..RoomSetup::new("0", setup(2).with(settings)) }
}

#[test]
fn a_player_whose_controls_do_not_change_is_let_go() {
    let mut sim = Sim::<Puppet>::of(&room(30, loose(4)), Shards::default());
    let [away, talks] = [0; 2].map(|_| sim.join(1 << 16).unwrap());
    let spectator = sim.spectate(1 << 16).unwrap();
    let idle = |_: &mut Rng| Order::default();
    for _ in 0..20 * 29 {
        sim.tick(idle);
    }
    assert_eq!(sim.engine.count(Role::Player), 2);
    sim.say(talks, "I only look", None).unwrap();
    for _ in 0..20 * 3 {
        sim.tick(idle);
    }
    assert_eq!((close_code(&sim, away), close_code(&sim, talks)), (Some(4006), None));
    // A player who flies is not idle, whatever else it does.
    let active = sim.join(1 << 16).unwrap();
    for tick in 0..20 * 60 {
        sim.tick(|_| Order { steer: Steer((tick / 400) as i8, 0), ..Order::default() });
    }
    assert_eq!(sim.counts.closes().collect::<Vec<_>>(), [CloseCode::Afk]);
    assert_eq!((close_code(&sim, active), close_code(&sim, spectator)), (None, None));
}

#[test]
fn a_player_that_sends_no_controls_holds_its_place_for_a_minute() {
    let ends = |limit_s: u32| {
        let mut sim = Sim::<Toy>::of(&room(limit_s, ()), Shards::default());
        let index = sim.join(1 << 16).unwrap();
        sim.clients[index].talks = false;
        for second in 0..100 {
            for _ in 0..20 {
                let seen = sim.clients[index].core.tick().unwrap_or_default();
                let ping = Message::Ping { sent_us: 1, seen, received_us: sim.now_us };
                sim.push(index, ping).unwrap();
                sim.tick(steer);
                if let Some(code) = close_code(&sim, index) {
                    return Some((second, code));
                }
            }
        }
        None
    };
    assert_eq!([ends(300), ends(20), ends(0)], [Some((60, 4006)), Some((20, 4006)), None]);
}

#[test]
fn a_client_whose_checksum_does_not_match_gets_a_keyframe() {
    let mut sim = Sim::<Toy>::new("0", setup(5));
    let index = sim.join(1 << 16).unwrap();
    for _ in 0..50 {
        sim.tick(steer);
    }
    assert_eq!(sim.clients[index].core.stats().keyframes, 1);
    sim.clients[index].falsify = true;
    for _ in 0..16 + DELAY_TICKS_MAX + 4 {
        sim.tick(steer);
    }
    let stats = sim.clients[index].core.stats();
    assert_eq!((stats.mismatches, stats.keyframes), (1, 2));
    assert_eq!((sim.counts.mismatches, sim.counts.false_mismatches), (1, 0));
    assert!(
        sim.counts.incidents.iter().any(|incident| matches!(incident.what, What::Mismatch { .. }))
    );
    assert_eq!(sim.counts.keyframes[Keyframe::Resync as usize], 1);
}

#[test]
fn keyframes_that_a_client_asks_for_are_rationed() {
    let mut sim = Sim::<Toy>::new("0", setup(5));
    let index = sim.join(1 << 16).unwrap();
    for _ in 0..40 {
        sim.tick(steer);
    }
    for _ in 0..64 {
        let request = Message::Resync(Claim { tick: Tick(1), expected: 1, actual: 2 });
        sim.push(index, request).unwrap();
        sim.tick(steer);
    }
    assert_eq!(sim.counts.keyframes[Keyframe::Resync as usize], 2);
    assert_eq!(sim.counts.refused_resyncs, 62);
    // Both claims are false, and the log reports only one.
    assert_eq!((sim.counts.mismatches, sim.counts.false_mismatches), (0, 2));
    let whats = sim.counts.incidents.iter().map(|incident| &incident.what);
    assert_eq!(whats.filter(|what| matches!(what, What::FalseMismatch { .. })).count(), 1);
    assert_eq!(sim.clients[index].core.stats().keyframes, 3);
}
