//! Views of more entities than a frame carries: replicas equal what their lanes were sent.

use drumbeat_arena::schema::{FIRE, THRUST};
use drumbeat_arena::{Arena, Input, Settings};
use drumbeat_kit::seeds::{setup, with_seeds};
use drumbeat_kit::sim::Sim;
use drumbeat_kit::sim::chaos::chaos;
use drumbeat_server::engine::counts::Counts;
use drumbeat_shared::game::Setup;
use drumbeat_shared::limits::{TURNS, VISIBLE_MAX};
use drumbeat_shared::rng::Rng;
use drumbeat_tests::puppet::{Order, Puppet, loose};
use drumbeat_tests::steer::steer;

#[test]
fn in_a_crowd_every_replica_equals_what_its_lanes_were_told() {
    with_seeds(4, |seed| {
        let setup = setup(seed).with(loose(6_000));
        let mut sim = Sim::<Puppet>::new("0", setup);
        let order = |rng: &mut Rng| Order { steer: steer(rng), ..Order::default() };
        let verified = chaos(&mut sim, 500, order);
        assert!(verified > 500, "only {verified} views were compared");
        let Counts { skips, waiting_entities, .. } = sim.counts;
        assert!(waiting_entities > 100_000, "only {waiting_entities} entities waited");
        assert!(!skips.contains(&0), "skips by reason: {skips:?}");
        let oldest = sim.clients.iter().map(|client| client.core.stats().oldest_ticks).max();
        assert_eq!(oldest, Some(TURNS as u32 - 1));
    });
}

#[test]
fn in_a_crowded_fight_nobody_is_seen_twice() {
    const CROWD: &str = "[world]\nwidth = 1520.0\nheight = 820.0\n[rocks]\nfixed = []";
    with_seeds(2, |seed| {
        let setup = setup(seed).with(Settings { house_bots: 250, ..Settings::default() });
        let mut sim = Sim::<Arena>::new(CROWD, setup);
        // Ships die, shots come and go, and slots are reused while their last entity still waits.
        let verified = chaos(&mut sim, 600, |rng| {
            let [steer, aim, ..] = rng.bits().to_le_bytes();
            Input { steer, aim, buttons: THRUST | FIRE }
        });
        assert!(verified > 600, "only {verified} views were compared");
        let waiting = sim.counts.waiting_entities;
        assert!(waiting > 100_000, "only {waiting} entities waited");
    });
}

#[test]
fn a_view_with_too_many_entities_replicates_as_exactly() {
    let setup = Setup { seed: 8, capacity: 2, tick_hz: 20, settings: loose(60_000) };
    let mut sim = Sim::<Puppet>::new("0", setup);
    sim.join(1 << 20).unwrap();
    sim.join(1 << 20).unwrap();
    let mut full = 0;
    for _ in 0..20 {
        // The dots are fast enough that many enter and leave in each tick.
        sim.tick(|rng| Order { steer: steer(rng), ..Order::default() });
        let views = sim.clients.iter().map(|client| client.core.visible().count());
        full += views.filter(|visible| *visible == VISIBLE_MAX).count();
    }
    assert!(full > 0, "no view was full");
    assert!(sim.counts.culled_entities > 0, "what a full view leaves out is not counted");
    assert_eq!(sim.verified, 40);
}
