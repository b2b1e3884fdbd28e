//! What the benchmarks measure: the inner loops of a room of drifting ships, and the setup of each.

use std::sync::Arc;

use drumbeat_arena::schema::THRUST;
use drumbeat_arena::{Arena, Input, Map, Settings};
use drumbeat_server::engine::changes::Changes;
use drumbeat_server::engine::history::History;
use drumbeat_server::engine::snapshot::{Snapshot, Wanted};
use drumbeat_server::engine::view::{Search, ViewChange};
use drumbeat_server::engine::viewer::PlayerView;
use drumbeat_shared::client::Client;
use drumbeat_shared::game::{Controls, Events, Game, Identity, Setup, StaticWorld};
use drumbeat_shared::ids::{EntityId, PlayerId, Tick};
use drumbeat_shared::protocol::bits::BitWriter;
use drumbeat_shared::replication::lanes::Lanes;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::State;

use crate::maps::BELT;
use drumbeat_kit::sim::Sim;

/// Ships in the room.
const SHIPS: u16 = 300;
/// Ticks before the first one measured.
const WARM_UP_TICKS: u32 = 60;
/// Ticks of a round of 0.1 minutes with its podium of 8 seconds.
const ROUND_TICKS: u32 = 20 * (6 + 8);
/// Ticks whose frames are recorded for decoding.
const FRAMES: usize = 100;

fn setup() -> Setup<Settings> {
    Setup {
        seed: 5,
        capacity: SHIPS,
        tick_hz: 20,
        settings: Settings { house_bots: 0, ..Settings::default() },
    }
}

/// Holds its heading, and takes a new one twice a second on average.
fn drift(rng: &mut Rng, steer: &mut u8) -> Input {
    if rng.below(20) < 2 {
        *steer = rng.bits() as u8;
    }
    Input { steer: *steer, aim: 0, buttons: THRUST }
}

/// A world of ships and their next inputs.
#[derive(Debug)]
pub struct World {
    map: StaticWorld<Map>,
    arena: Arena,
    rng: Rng,
    tick: Tick,
    inputs: Vec<(PlayerId, Controls<Input>)>,
}

/// A world that has run through its warm-up.
#[must_use]
pub fn world() -> World {
    run(WARM_UP_TICKS, &setup())
}

/// A world in whose next step a round begins.
#[must_use]
pub fn round_ends() -> World {
    let mut setup = setup();
    setup.settings.round_minutes = 0.1;
    run(ROUND_TICKS - 1, &setup)
}

/// A world that has run for some ticks.
fn run(ticks: u32, setup: &Setup<Settings>) -> World {
    let map = Arc::new(Arena::map(BELT, setup).expect("the bundled map"));
    let mut arena = Arena::new(Arc::clone(&map), setup);
    let map = StaticWorld { map, tick_hz: setup.tick_hz };
    let inputs = (0..SHIPS).map(|player| (PlayerId(player), Controls::default())).collect();
    (0..SHIPS).for_each(|player| {
        arena.join(PlayerId(player), Identity::guest("ship")).expect("Arena refuses nobody");
    });
    let mut world = World { map, arena, rng: Rng::new(1), tick: Tick(0), inputs };
    for _ in 0..ticks {
        step(&mut world);
    }
    world
}

/// One step of the rules, inputs included.
pub fn step(world: &mut World) {
    for (_, Controls { input, .. }) in &mut world.inputs {
        *input = drift(&mut world.rng, &mut input.steer);
    }
    world.tick = world.tick.next();
    world.arena.step(world.map.at(world.tick), &world.inputs, &mut Events::default());
}

/// All entities at two consecutive ticks, and a view of 60 of them.
#[derive(Debug)]
pub struct TwoTicks {
    world: World,
    /// The states at the first tick, by slot.
    before: Vec<Option<State>>,
    changes: Changes,
    view: Vec<u32>,
    positions: Vec<u32>,
    frame: BitWriter,
}

/// Two consecutive ticks, already encoded.
#[must_use]
pub fn two_ticks() -> TwoTicks {
    let mut world = world();
    let before = world.arena.entities().slots().iter().map(|slot| slot.state).collect();
    step(&mut world);
    let (view, positions) = ((0..240).step_by(4).collect(), Vec::new());
    let (changes, frame) = (Changes::default(), BitWriter::default());
    let mut ticks = TwoTicks { world, before, changes, view, positions, frame };
    encode(&mut ticks);
    ticks
}

/// Encodes every entity's change.
pub fn encode(ticks: &mut TwoTicks) {
    let TwoTicks { world, before, changes, .. } = ticks;
    changes.restart(before.len());
    let slots = world.arena.entities().slots().iter().map(|slot| slot.state.as_ref());
    for (slot, (before, now)) in (0..).zip(before.iter().zip(slots)) {
        changes.put::<Arena>(slot, world.map.at(Tick(0)), before.as_ref().zip(now), 1);
    }
}

/// Encodes every entity's change as plain values.
pub fn encode_plainly(ticks: &mut TwoTicks) {
    let TwoTicks { world, before, changes, .. } = ticks;
    changes.restart(before.len());
    let slots = world.arena.entities().slots().iter().map(|slot| slot.state.as_ref());
    for (slot, (before, now)) in (0..).zip(before.iter().zip(slots)) {
        changes.put_plain::<Arena>(slot, before.as_ref().zip(now));
    }
}

/// Writes the changes of one view.
pub fn splice(ticks: &mut TwoTicks) {
    let TwoTicks { changes, view, positions, frame, .. } = ticks;
    frame.restart(0);
    changes.splice(view.len(), |position| view[position], positions, frame);
}

/// The views of all players at two consecutive ticks.
#[derive(Debug)]
pub struct Views {
    snapshot: Snapshot,
    views: Vec<PlayerView>,
    visible: Vec<Lanes<EntityId>>,
    change: ViewChange,
}

/// The visible sets of the first tick, and the views and the snapshot of the second.
#[must_use]
pub fn views() -> Views {
    let mut world = world();
    let mut take = |tick| {
        step(&mut world);
        let World { arena, map, .. } = &mut world;
        let mut snapshot = Snapshot::default();
        snapshot.advance(arena, map.at(Tick(tick)), &mut History::default(), Wanted::default());
        let players = (0..SHIPS).map(PlayerId);
        let views: Vec<PlayerView> = players
            .map(|player| PlayerView::of_player(arena, player, snapshot.avatar(player)))
            .collect();
        (snapshot, views)
    };
    let (snapshot, views) = take(1);
    let visible = (0..SHIPS).map(|_| Lanes::default()).collect();
    let mut views = Views { snapshot, views, visible, change: ViewChange::default() };
    search(&mut views, None);
    (views.snapshot, views.views) = take(2);
    views
}

/// Updates all visible sets from `base` to the snapshot.
pub fn search(views: &mut Views, base: Option<Tick>) {
    let Views { snapshot, views, visible, change } = views;
    for (visible, view) in visible.iter_mut().zip(views) {
        change.update::<Arena>(snapshot, base, view, (&mut Search::default(), visible));
        change.settle(snapshot.tick, visible);
    }
}

/// A running room whose clients receive frames, and the messages that one of them received.
fn recorded() -> (Sim<Arena>, Vec<Vec<u8>>) {
    let mut sim = Sim::<Arena>::new(BELT, setup());
    let mut steer = vec![0; usize::from(SHIPS)];
    for _ in 0..SHIPS {
        sim.join(1 << 18).expect("a place");
    }
    sim.clients[0].recorded = Some(Vec::new());
    for _ in 0..FRAMES {
        let mut next = 0;
        sim.tick(|rng| {
            next += 1;
            drift(rng, &mut steer[next - 1])
        });
    }
    let frames = sim.clients[0].recorded.take().expect("it was recording");
    (sim, frames)
}

/// A client that has received its welcome and a keyframe, and the frames that follow.
#[must_use]
pub fn receiver() -> (Client<Arena>, Vec<Vec<u8>>) {
    let (_, mut messages) = recorded();
    let mut client = Client::new("p1", "sim");
    for message in messages.drain(..2) {
        client.receive(&message, 0).expect("an honest message");
    }
    (client, messages)
}

/// Receives all frames.
pub fn decode(client: &mut Client<Arena>, frames: &[Vec<u8>]) {
    for frame in frames {
        client.receive(frame, 0).expect("an honest frame");
    }
}
