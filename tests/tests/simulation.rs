//! The whole engine with simulated clients: every replica equals the authoritative view, whatever
//! happens to the connections.

use drumbeat_arena::schema::ALL_BUTTONS;
use drumbeat_arena::{Arena, Input, Settings};
use drumbeat_kit::seeds::{setup, with_seeds};
use drumbeat_kit::sim::chaos::{chaos, disturb};
use drumbeat_kit::sim::{DELAY_TICKS_MAX, Sim};
use drumbeat_server::engine::counts::Counts;
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::view::enter_rect;
use drumbeat_server::engine::viewer::Role;
use drumbeat_shared::game::{Game, Setup, idle_ticks_max};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::limits::{CHAT_LINES_MAX, TICK_HZ_MAX, TICK_HZ_MIN};
use drumbeat_shared::random_input::random_input;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::State;
use drumbeat_shared::toy::Toy;
use drumbeat_shared::typed::Angle;
use drumbeat_tag::{Keys, Tag};
use drumbeat_tests::maps::BELT;
use drumbeat_tests::puppet::{Order, Puppet, loose};
use drumbeat_tests::steer::steer;
use drumbeat_tests::stones::{self, Field, QuietField};

#[test]
fn every_replica_equals_the_authoritative_view() {
    with_seeds(12, |seed| {
        let mut sim = Sim::<Toy>::new("0", setup(seed));
        let verified = chaos(&mut sim, 2_000, steer);
        assert!(verified > 2_000, "only {verified} views were compared");
        let Counts { keyframes, skips, .. } = sim.counts;
        assert!(!keyframes.contains(&0), "keyframes by reason: {keyframes:?}");
        assert!(!skips.contains(&0), "skips by reason: {skips:?}");
    });
}

#[test]
fn the_bundled_game_replicates_as_exactly() {
    with_seeds(3, |seed| {
        // Rounds of six seconds: all ships and shots change at once, now and then.
        let settings = Settings { house_bots: 4, round_minutes: 0.1, ..Settings::default() };
        let mut sim = Sim::<Arena>::new(BELT, setup(seed).with(settings));
        let verified = chaos(&mut sim, 1_500, |rng| {
            let [steer, aim, buttons, ..] = rng.bits().to_le_bytes();
            Input { steer, aim, buttons: buttons & ALL_BUTTONS }
        });
        assert!(verified > 1_500, "only {verified} views were compared");
    });
}

#[test]
fn a_game_over_typed_entities_replicates_as_exactly() {
    with_seeds(3, |seed| {
        let mut sim = Sim::<Tag>::new("", setup(seed));
        let verified = chaos(&mut sim, 1_500, |rng| {
            let [heading, runs, ..] = rng.bits().to_le_bytes();
            Keys { heading: Angle(heading), runs: runs & 1 == 1 }
        });
        assert!(verified > 1_500, "only {verified} views were compared");
    });
}

#[test]
fn every_rate_replicates_exactly() {
    for tick_hz in [TICK_HZ_MIN, 2, TICK_HZ_MAX] {
        with_seeds(3, |seed| {
            let mut sim = Sim::<Toy>::new("0", Setup { tick_hz, ..setup(seed) });
            let verified = chaos(&mut sim, 800, steer);
            assert!(verified > 800, "only {verified} views were compared at {tick_hz} Hz");
            let mut sim = Sim::<Tag>::new("", Setup { tick_hz, ..setup(seed) });
            let verified = chaos(&mut sim, 400, random_input::<Tag>);
            assert!(verified > 400, "only {verified} views were compared at {tick_hz} Hz");
        });
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    with_seeds(2, |seed| {
        let run = |seed| {
            let mut sim = Sim::<Toy>::new("0", setup(seed));
            chaos(&mut sim, 500, steer);
            sim.wire_hash
        };
        assert_eq!(run(seed), run(seed));
        assert_ne!(run(seed), run(seed + 1_000));
    });
}

#[test]
fn the_number_of_shards_changes_nothing() {
    with_seeds(2, |seed| {
        let run = |shards| {
            let room = RoomSetup::new("0", Setup { capacity: 200, ..setup(seed) });
            let mut sim = Sim::<Toy>::of(&room, Shards::new(shards).unwrap());
            for _ in 0..200 {
                let capacity = 1 << sim.rng.between(8, 16);
                sim.join(capacity);
            }
            for _ in 0..200 {
                let index = sim.rng.below(sim.clients.len() as u32) as usize;
                disturb(&mut sim, index, &mut 0, steer);
                sim.tick(steer);
            }
            assert!(sim.verified > 5_000, "only {} views were compared", sim.verified);
            let world = sim.engine.game().entities().slots().to_vec();
            (sim.wire_hash, world, sim.counts)
        };
        let alone = run(1);
        assert_eq!(run(2), alone);
        assert_eq!(run(5), alone);
    });
}

#[test]
fn a_client_that_resumes_after_a_stall_is_at_the_present_at_once() {
    let mut sim = Sim::<Toy>::new("0", setup(1));
    let index = sim.join(4_096).unwrap();
    for _ in 0..50 {
        sim.tick(steer);
    }
    sim.clients[index].reads_per_tick = 0;
    for _ in 0..150 {
        sim.tick(steer);
    }
    // It reads what was waiting in the pipe; the frame after its next message is the present.
    sim.clients[index].reads_per_tick = usize::MAX;
    for _ in 0..DELAY_TICKS_MAX + 3 {
        sim.tick(steer);
    }
    let behind = sim.engine.now().since(sim.clients[index].core.tick().unwrap());
    assert!(behind <= DELAY_TICKS_MAX + 2, "{behind} ticks behind");
    assert!(sim.clients[index].core.stats().ticks_skipped > 50, "it was never skipped");
}

#[test]
fn a_client_that_takes_nothing_is_closed_with_a_reason() {
    let mut sim = Sim::<Toy>::new("0", setup(1));
    let index = sim.join(1 << 20).unwrap();
    sim.tick(steer);
    sim.clients[index].reads_per_tick = 0;
    // It has ten seconds. The limit of unacknowledged frames bounds what is in the pipe by then.
    for _ in 0..20 * 9 {
        sim.tick(steer);
    }
    assert_eq!(sim.engine.count(Role::Player), 1);
    for _ in 0..20 * 4 {
        sim.tick(steer);
    }
    assert_eq!(sim.engine.count(Role::Player), 0);
    sim.clients[index].reads_per_tick = usize::MAX;
    sim.tick(steer);
    assert_eq!(sim.clients[index].closed.as_ref().map(|(code, _)| *code), Some(4004));
}

#[test]
fn chat_reaches_everybody_in_order_even_after_a_stall() {
    let mut sim = Sim::<Toy>::new("0", setup(3));
    let fast = sim.join(1 << 16).unwrap();
    let slow = sim.join(4_096).unwrap();
    sim.tick(steer);
    sim.clients[slow].reads_per_tick = 0;
    for line in 0..160 {
        sim.say(fast, &line.to_string(), None).unwrap();
        sim.tick(steer);
    }
    // The slow one has yet to get the rest: no frame was sent to it that could have carried it.
    assert!(sim.clients[slow].chats.len() < 60);
    sim.clients[slow].reads_per_tick = usize::MAX;
    for _ in 0..2 * DELAY_TICKS_MAX + 5 {
        sim.tick(steer);
    }
    for index in [fast, slow] {
        let client = &sim.clients[index];
        let lines_seen: Vec<u32> = client.chats.iter().map(|line| line.parse().unwrap()).collect();
        assert_eq!(lines_seen, (0..160).collect::<Vec<_>>());
        assert_eq!(client.missed, 0);
    }
}

#[test]
fn a_late_reader_is_told_how_many_events_it_missed() {
    let mut sim = Sim::<Puppet>::new("0", setup(4).with(loose(4)));
    // So that lines reach the log in the order in which they are sent.
    sim.delay_ticks_max = 0;
    let talkers: Vec<usize> = (0..20).map(|_| sim.join(1 << 16).unwrap()).collect();
    let slow = sim.join(1 << 16).unwrap();
    let idle = |_: &mut Rng| Order::default();
    sim.tick(idle);
    sim.clients[slow].reads_per_tick = 0;
    let mut lines = 0;
    // It reads nothing for four seconds, longer than the log reaches back.
    for _ in 0..80 {
        for &talker in &talkers {
            sim.say(talker, &lines.to_string(), None).unwrap();
            lines += 1;
        }
        sim.tick(idle);
    }
    sim.clients[slow].reads_per_tick = usize::MAX;
    for _ in 0..20 {
        sim.tick(idle);
    }
    let client = &sim.clients[slow];
    let lines_seen: Vec<u64> = client.chats.iter().map(|line| line.parse().unwrap()).collect();
    assert!(client.missed > 0, "nothing was missed");
    assert_eq!(lines_seen.len() as u64 + client.missed, lines, "every line is told or counted");
    // There is one gap, followed by the newest lines, as many as the chat holds.
    let behind: Vec<u64> = (lines - CHAT_LINES_MAX as u64..lines).collect();
    assert!(lines_seen.ends_with(&behind));
    let before = lines_seen.len() - behind.len();
    assert_eq!(lines_seen[..before], (0..before as u64).collect::<Vec<_>>());
}

#[test]
fn the_round_trip_time_is_the_delay_of_the_road() {
    let mut sim = Sim::<Toy>::new("0", setup(6));
    let index = sim.join(1 << 16).unwrap();
    let mut largest_us = 0;
    for _ in 0..400 {
        sim.tick(steer);
        let rtt_us = sim.clients[index].core.stats().rtt_us;
        assert!(rtt_us <= DELAY_TICKS_MAX * 50_000 && rtt_us.is_multiple_of(50_000), "{rtt_us} us");
        largest_us = largest_us.max(rtt_us);
    }
    assert!(largest_us > 0, "no message was ever delayed");
    let stats = sim.clients[index].core.stats();
    assert!(stats.corrections > 0, "a dot jumps by chance, and no client foresees that");
}

#[test]
fn all_names_in_view_come_even_if_a_request_is_lost() {
    let setup = Setup {
        seed: 7,
        capacity: 100,
        tick_hz: 20,
        settings: Settings { house_bots: 0, ..Settings::default() },
    };
    let mut sim = Sim::<Arena>::new(BELT, setup);
    for _ in 0..100 {
        sim.join(1 << 18).unwrap();
    }
    sim.tick(|_| Input::default());
    let crowd = |sim: &Sim<Arena>, index: usize| -> Vec<PlayerId> {
        sim.clients[index].core.visible().filter_map(|s| Arena::owner(&s.state)).collect()
    };
    // One request cannot name all of them.
    let index = (0..100).max_by_key(|&index| crowd(&sim, index).len()).unwrap();
    assert!(crowd(&sim, index).len() > 40, "{} players in view", crowd(&sim, index).len());
    sim.clients[index].loses_names = true;
    let mut waited = 0;
    loop {
        let wanted = crowd(&sim, index);
        let core = &mut sim.clients[index].core;
        let unnamed = wanted.iter().filter(|player| core.name(**player).is_none()).count();
        if waited < 10 {
            assert_eq!(unnamed, wanted.len(), "its requests were lost");
        } else if unnamed == 0 {
            break;
        }
        sim.clients[index].loses_names = waited < 10;
        // It asks again after three seconds, then at once for the rest.
        assert!(waited < 3 * 20 + 20, "{unnamed} of {} names are missing", wanted.len());
        waited += 1;
        sim.tick(|_| Input::default());
    }
    for player in crowd(&sim, index) {
        let name = format!("p{}", player.0 + 1);
        assert_eq!(sim.clients[index].core.name(player), Some(&*name));
    }
}

#[test]
fn what_rests_and_wakes_replicates_as_exactly() {
    with_seeds(6, |seed| {
        let settings =
            stones::Settings { resting: 400, rolling: 10, side: 20_000, middle: 20_000, events: 4 };
        let mut sim = Sim::<Field>::new("", setup(seed).with(settings));
        chaos(&mut sim, 400, random_input::<Field>);
        assert!(sim.verified > 1_000, "only {} views were compared", sim.verified);
        // Hardly anything rolls, and few steer.
        let settings = stones::Settings { rolling: 1, events: 30, ..settings };
        let mut sim = Sim::<QuietField>::new("", setup(seed).with(settings));
        let steer = |rng: &mut Rng| {
            if rng.one_in(50) { random_input::<QuietField>(rng) } else { stones::Keys::default() }
        };
        chaos(&mut sim, 400, steer);
        assert!(sim.verified > 200, "only {} views were compared", sim.verified);
    });
}

/// With frames on change, what a client holds is in every tick what is there, and it is sent a frame
/// in few ticks.
#[test]
fn a_client_that_gets_no_frame_has_missed_nothing() {
    with_seeds(6, |seed| {
        let settings =
            stones::Settings { resting: 100, rolling: 1, side: 40_000, middle: 40_000, events: 20 };
        let mut sim = Sim::<QuietField>::new("", setup(seed).with(settings));
        let clients = [(); 10].map(|()| sim.join(1 << 16).unwrap());
        clients.iter().for_each(|index| sim.clients[*index].talks = false);
        for tick in 0..600 {
            for index in clients.iter().copied().filter(|_| tick % 15 == 14) {
                let seen = sim.clients[index].core.tick().expect("a frame");
                let (sent_us, received_us) = (sim.now_us, sim.now_us);
                sim.push(index, Message::Ping { sent_us, seen, received_us }).unwrap();
            }
            sim.tick(|_| stones::Keys::default());
            let world: Vec<State> =
                sim.engine.game().entities().iter().map(|(_, state)| *state).collect();
            for client in &sim.clients {
                let seen: Vec<State> = client.core.visible().map(|seen| seen.state).collect();
                assert!(seen.iter().all(|state| world.contains(state)), "what is not there");
                let own = client.core.own().expect("an avatar");
                let sight = enter_rect(QuietField::VIEW, QuietField::position(own));
                let near = |state: &&State| sight.contains(QuietField::position(state));
                assert!(world.iter().filter(near).all(|state| seen.contains(state)), "unseen");
            }
        }
        let (frames, most) = (sim.counts.frames_out, 600 * clients.len() as u64 / 2);
        assert!(frames < most, "{frames} frames, as if in every tick");
        assert_eq!(sim.counts.skips.iter().sum::<u64>(), 0);
        for client in &sim.clients {
            let stats = client.core.stats();
            let gap_ticks = 600 / stats.frames;
            assert!(gap_ticks <= u64::from(idle_ticks_max(20)), "a frame in {gap_ticks} ticks");
            assert_eq!((stats.ticks_skipped, stats.mismatches, client.core.jitter_us()), (0, 0, 0));
        }
    });
}
