//! The descriptor that the browser's core hands the page, against what the core draws.

use std::collections::BTreeMap;

use drumbeat_arena::schema::{GRID, SHIP, VELOCITY};
use drumbeat_arena::{Arena, Input, Settings};
use drumbeat_kit::sim::Sim;
use drumbeat_shared::client::{Client, Seen};
use drumbeat_shared::game::{Game, Setup};
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::Field;
use drumbeat_shared::toy::{Steer, Toy};
use drumbeat_tests::maps::BELT;
use drumbeat_web::core::{Core, FRAME, STRIDE, WELCOME};
use drumbeat_web::descriptor::describe;
use serde_json::Value;

const SEED: u64 = 3;
const TICKS: u32 = 40;

/// The messages of a server to a player among others.
fn record<G: Game>(
    map: &str,
    settings: G::Settings,
    mut steer: impl FnMut(&mut Rng) -> G::Input,
) -> Vec<Vec<u8>> {
    let setup = Setup { seed: SEED, capacity: 8, tick_hz: 30, settings };
    let mut sim = Sim::<G>::new(map, setup);
    let index = sim.join(1 << 16).expect("a place");
    sim.clients[index].recorded = Some(Vec::new());
    for _ in 0..5 {
        sim.join(1 << 16).expect("a place");
    }
    for _ in 0..TICKS {
        sim.tick(&mut steer);
    }
    sim.clients[index].recorded.take().expect("it was recording")
}

/// What the descriptor and the numbers say, by name.
fn read(described: &Value, numbers: impl Fn(usize) -> f64) -> BTreeMap<String, f64> {
    let fields = described.as_array().expect("an array of fields").iter();
    let named = fields.map(|field| {
        let at = field["at"].as_u64().expect("a place") as usize;
        (field["name"].as_str().expect("a name").to_owned(), numbers(at))
    });
    named.collect()
}

/// What a state says, by the names of the schema.
fn held(fields: &[Field], state: &[i32]) -> BTreeMap<String, f64> {
    fields
        .iter()
        .zip(state)
        .map(|(field, value)| (field.name.to_owned(), f64::from(*value)))
        .collect()
}

fn check<G: Game>(map: &str, settings: G::Settings, steer: impl FnMut(&mut Rng) -> G::Input) {
    let (mut core, mut client) = (Core::<G>::default(), Client::<G>::new("", ""));
    core.schema();
    let described: Value = serde_json::from_slice(&core.output).expect("valid JSON");
    let head: Vec<_> = described["head"].as_array().expect("names").iter().collect();
    let head = ["key", "kind", "own"].map(|name| head.iter().position(|found| *found == name));
    let [key, kind, own] = head.map(|at| at.expect("all are there"));
    let (mut compared, mut owned) = (0, 0);
    for message in record::<G>(map, settings, steer) {
        client.receive(&message, 0).expect("a valid message");
        core.input[..message.len()].copy_from_slice(&message);
        core.receive(message.len(), 0.0);
        assert!([WELCOME, FRAME].contains(&core.deliver(0.0)), "seed {SEED}");
        core.truth();
        let states: BTreeMap<_, _> =
            client.visible().map(|Seen { key, state }| (*key, *state)).collect();
        assert_eq!(core.picture.len(), states.len() * STRIDE);
        for drawn in core.picture.chunks(STRIDE) {
            let state = states[&(drawn[key] as u32)];
            assert_eq!(drawn[kind], f32::from(state.kind));
            let found = &described["kinds"][usize::from(state.kind)]["fields"];
            let fields = G::SCHEMA.fields(state.kind);
            assert_eq!(read(found, |at| drawn[at].into()), held(fields, &state.fields));
            compared += 1;
            owned += u32::from(drawn[own] == 1.0);
        }
        let private = core.private();
        let found = read(&described["private"], |at| private[at].into());
        assert_eq!(found, held(G::SCHEMA.private, client.private()));
    }
    assert!(compared > TICKS && owned >= TICKS - 5, "seed {SEED}: {compared}, {owned}");
}

#[test]
fn units_are_those_of_the_schema() {
    let described: Value = serde_json::from_slice(&describe::<Arena>()).expect("valid JSON");
    let ship = &described["kinds"][usize::from(SHIP)];
    assert_eq!((&ship["name"], &described["steps_per_unit"]), (&"ship".into(), &GRID.into()));
    let fields = ship["fields"].as_array().expect("fields").iter();
    let units: BTreeMap<_, _> =
        fields.map(|field| (field["name"].as_str(), &field["steps_per_unit"])).collect();
    for (name, unit) in [("x", GRID), ("vx", GRID * VELOCITY), ("hp", 1), ("heading", 1)] {
        assert_eq!(units[&Some(name)], &unit, "{name}");
    }
}

#[test]
fn every_number_stands_where_the_descriptor_says() {
    check::<Toy>("1", (), |rng| Steer(rng.between(-9, 9) as i8, rng.between(-9, 9) as i8));
    check::<Arena>(BELT, Settings { house_bots: 6, ..Settings::default() }, |rng| {
        let [steer, aim, ..] = rng.bits().to_le_bytes();
        Input { steer, aim, buttons: 5 }
    });
}
