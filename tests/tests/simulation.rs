//! The whole engine with simulated clients: every replica equals the authoritative view, whatever
//! happens to the connections.

use drumbeat_server::engine::close::CloseReason;
use drumbeat_server::engine::inbox::Message;
use drumbeat_shared::arena::{Arena, DEFAULT_MAP, Input};
use drumbeat_shared::game::{Game, Setup};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::rng::Rng;
use drumbeat_shared::toy::{Steer, Toy};
use drumbeat_tests::sim::Sim;

/// The seeds to run: `DRUMBEAT_SEED` alone if it is set.
fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("DRUMBEAT_SEED") {
        Ok(seed) => vec![seed.parse().expect("DRUMBEAT_SEED is a number")],
        Err(_) => (1..=count).collect(),
    }
}

/// Runs `body` with each seed; a failure names the seed that repeats it.
fn with_seeds(count: u64, body: impl Fn(u64) + std::panic::RefUnwindSafe) {
    for seed in seeds(count) {
        if let Err(panic) = std::panic::catch_unwind(|| body(seed)) {
            let what = panic.downcast_ref::<String>().map_or("see above", String::as_str);
            panic!("with seed {seed} (repeat with DRUMBEAT_SEED={seed}): {what}");
        }
    }
}

fn setup(seed: u64) -> Setup {
    Setup { seed, capacity: 24, tick_hz: 20, house_bots: 4 }
}

fn steer(rng: &mut Rng) -> Steer {
    Steer(rng.between(-9, 9) as i8, rng.between(-9, 9) as i8)
}

/// Joins, leaves, stalls, slow readers, floods, nonsense, for `ticks` ticks.
fn chaos<G: Game>(
    sim: &mut Sim<G>,
    ticks: u32,
    steer: impl Fn(&mut Rng) -> G::Input + Copy,
) -> u64 {
    let mut lines = 0;
    for _ in 0..ticks {
        if sim.rng.one_in(8) {
            let capacity = 1 << sim.rng.between(10, 18);
            let joined = sim.join(capacity);
            assert!(joined.is_some() || sim.engine.players() == 24, "refused without being full");
        }
        if !sim.clients.is_empty() {
            let index = sim.rng.below(sim.clients.len() as u32) as usize;
            disturb(sim, index, &mut lines, steer);
        }
        sim.tick(steer);
        for (_, client) in sim.engine.clients() {
            assert!(client.outbox.pending_bytes() < 32_768, "a backlog builds up");
        }
    }
    sim.verified
}

fn disturb<G: Game>(
    sim: &mut Sim<G>,
    index: usize,
    lines: &mut u32,
    steer: impl Fn(&mut Rng) -> G::Input,
) {
    match sim.rng.below(20) {
        0 => sim.leave(index, None),
        1 => sim.leave(index, Some(CloseReason::Malformed("nonsense".into()))),
        2 => sim.clients[index].reads_per_tick = 0,
        3 => sim.clients[index].reads_per_tick = sim.rng.between(1, 400) as usize,
        4 | 5 => sim.clients[index].reads_per_tick = usize::MAX,
        6 => sim.clients[index].talks = false,
        7 => sim.clients[index].talks = true,
        8 => {
            *lines += 1;
            let _ = sim.push(index, Message::Chat(lines.to_string()));
        }
        9 => {
            for seq in 0..100 {
                let input = steer(&mut sim.rng);
                let _ = sim.push(index, Message::Input { seq, seen: Tick(u32::MAX), input });
            }
        }
        10 => {
            let players = (0..30).map(PlayerId).collect();
            let _ = sim.push(index, Message::Names(players));
        }
        11 => {
            let (tick, expected, actual) = (Tick(sim.rng.below(9_999)), 1, 2);
            let _ = sim.push(index, Message::Resync { tick, expected, actual });
        }
        12 if sim.clients[index].stream_closed() => sim.forget(index),
        _ => {}
    }
}

#[test]
fn every_replica_equals_the_authoritative_view() {
    with_seeds(12, |seed| {
        let mut sim = Sim::<Toy>::new("0", setup(seed));
        let verified = chaos(&mut sim, 2_000, steer);
        assert!(verified > 2_000, "only {verified} views were compared");
    });
}

#[test]
fn the_bundled_game_replicates_as_exactly() {
    with_seeds(3, |seed| {
        let mut sim = Sim::<Arena>::new(DEFAULT_MAP, setup(seed));
        let verified = chaos(&mut sim, 1_500, |rng| {
            let [steer, aim, buttons, ..] = rng.bits().to_le_bytes();
            Input { steer, aim, buttons: buttons & 7 }
        });
        assert!(verified > 1_500, "only {verified} views were compared");
    });
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
    // What waited in the pipe is read, then the present comes within two ticks.
    sim.clients[index].reads_per_tick = usize::MAX;
    for _ in 0..3 {
        sim.tick(steer);
    }
    let behind = sim.engine.now().since(sim.clients[index].core.tick().unwrap());
    assert!(behind <= 1, "{behind} ticks behind");
    assert!(sim.clients[index].core.stats().ticks_skipped > 50, "it was never skipped");
}

#[test]
fn a_client_that_takes_nothing_is_closed_with_a_reason() {
    let mut sim = Sim::<Toy>::new("0", setup(1));
    let index = sim.join(1 << 20).unwrap();
    sim.tick(steer);
    sim.clients[index].reads_per_tick = 0;
    // It has ten seconds; what is in the pipe by then is bounded by what it may leave unseen.
    for _ in 0..20 * 9 {
        sim.tick(steer);
    }
    assert_eq!(sim.engine.players(), 1);
    for _ in 0..20 * 4 {
        sim.tick(steer);
    }
    assert_eq!(sim.engine.players(), 0);
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
        sim.push(fast, Message::Chat(line.to_string())).unwrap();
        sim.tick(steer);
    }
    // The slow one is still owed everything; it had no frame in which it could have come.
    assert!(sim.clients[slow].chats.len() < 60);
    sim.clients[slow].reads_per_tick = usize::MAX;
    for _ in 0..5 {
        sim.tick(steer);
    }
    for index in [fast, slow] {
        let client = &sim.clients[index];
        let told: Vec<u32> = client.chats.iter().map(|line| line.parse().unwrap()).collect();
        assert_eq!(told, (0..160).collect::<Vec<_>>());
        assert_eq!(client.missed, 0);
    }
}

#[test]
fn a_late_reader_is_told_how_many_events_it_missed() {
    let mut sim = Sim::<Toy>::new("0", setup(4));
    let talkers: Vec<usize> = (0..20).map(|_| sim.join(1 << 16).unwrap()).collect();
    let slow = sim.join(1 << 16).unwrap();
    sim.tick(steer);
    sim.clients[slow].reads_per_tick = 0;
    let mut lines = 0;
    // Four seconds in which it reads nothing: longer than the log reaches back.
    for _ in 0..80 {
        for &talker in &talkers {
            sim.push(talker, Message::Chat(lines.to_string())).unwrap();
            lines += 1;
        }
        sim.tick(steer);
    }
    sim.clients[slow].reads_per_tick = usize::MAX;
    for _ in 0..10 {
        sim.tick(steer);
    }
    let client = &sim.clients[slow];
    assert!(client.missed > 0, "nothing was missed");
    let last: u32 = client.chats.last().unwrap().parse().unwrap();
    assert_eq!(last, lines - 1, "the newest line came through");
    assert!(client.chats.len() as u64 + client.missed >= u64::from(lines), "lines vanished");
}
