//! The laws of the contract, each as a function that panics when a game breaks it.
//! [`laws!`](crate::laws!) makes tests of them.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;
use drumbeat_server::engine::laws::check_prediction;
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::view::enter_rect;
use drumbeat_shared::content::Command as _;
use drumbeat_shared::game::{Context, Game, Setup};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::{FIELDS_MAX, VISIBLE_MAX};
use drumbeat_shared::protocol::codec;
use drumbeat_shared::random_command::random_command;
use drumbeat_shared::random_input::random_input;
use drumbeat_shared::replication::hold_to_schema;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::{Field, Private, State, hold_to_ranges};
use glam::IVec2;

use crate::room::Room;
use crate::seeds::{setup, setup_of, with_seeds};
use crate::sim::chaos::chaos;
use crate::sim::{SPECTATORS_MAX, Sim};

/// Seeds of each law.
const SEEDS: u64 = 4;
/// Ticks that a law plays with each seed.
const TICKS: u32 = 400;
/// Ticks from one restored world to the next.
const RESTORED_TICKS: u32 = 25;
/// Ticks that the last one goes on.
const LAST_TICKS: u32 = 1_000;
/// Random states of each kind that a law tries with each seed.
const STATES: u32 = 500;
/// Random inputs that a law tries with each seed.
const INPUTS: u32 = 200;
/// Players with whom the law of views begins: more than one thread serves.
const CROWD: u16 = 64;

/// Every value that the rules write is within its field's range, whoever joins, leaves and plays.
///
/// # Panics
/// When one is not: kind, field, value and range.
pub fn ranges<G: Game<Settings: Args>>(map: &str) {
    with_seeds(SEEDS, |seed| {
        let mut rng = Rng::new(seed);
        play::<G>(map, &mut rng, |_| ());
    });
}

/// Plays a room at random, shows it after every step, and returns it.
fn play<G: Game<Settings: Args>>(
    map: &str,
    rng: &mut Rng,
    mut show: impl FnMut(&Room<G>),
) -> Room<G> {
    let mut room = Room::<G>::of(RoomSetup::new(map, setup_of(rng.bits())));
    let seats = usize::from(setup(0).capacity);
    for _ in 0..TICKS {
        let players: Vec<_> = room.players().collect();
        if rng.one_in(8) && players.len() < seats {
            // The rules may refuse whom they like.
            let _ = room.try_join("somebody");
        } else if rng.one_in(40) && !players.is_empty() {
            room.leave(players[rng.below(players.len() as u32) as usize]);
        }
        let players: Vec<_> = room.players().collect();
        for player in players {
            if rng.one_in(10) {
                room.hold(player, random_input::<G>(rng));
            }
            if rng.one_in(4)
                && let Some(command) = random_command::<G>(rng)
            {
                // The rules may refuse what they like.
                let _ = room.command(player, &command);
            }
            if rng.one_in(100) {
                let _ = room.say(player, "something");
            }
        }
        room.step();
        show(&room);
    }
    room
}

/// Two worlds that go through the same joins, leaves, inputs, commands and chat lines stay equal.
///
/// # Panics
/// When they do not: the first entity and field, or record, that differ.
pub fn purity<G: Game<Settings: Args>>(map: &str) {
    with_seeds(SEEDS, |seed| {
        let mut sim = Sim::<G>::new(map, setup_of(seed));
        chaos(&mut sim, TICKS, random_input::<G>);
    });
}

/// A world that is restored from a checkpoint of another goes on as that one does, under the same
/// joins, leaves, inputs, commands and chat lines.
///
/// # Panics
/// When it does not: the first entity and field, or record, or byte of the checkpoint, that differ,
/// and the tick.
pub fn checkpoints<G: Game<Settings: Args>>(map: &str) {
    with_seeds(SEEDS, |seed| {
        let mut sim = Sim::<G>::new(map, setup_of(seed));
        for _ in 0..TICKS / RESTORED_TICKS {
            sim.engine.restore_twin();
            chaos(&mut sim, RESTORED_TICKS, random_input::<G>);
        }
        if seed == 1 {
            sim.engine.restore_twin();
            chaos(&mut sim, LAST_TICKS, random_input::<G>);
        }
    });
}

/// Whatever the state, a prediction is the same each time, leaves decisions unchanged and every
/// field in its range.
///
/// # Panics
/// When one does not: kind, field and values.
pub fn predictions<G: Game<Settings: Args>>(map: &str) {
    with_seeds(SEEDS, |seed| {
        let room = Room::<G>::of(RoomSetup::new(map, setup_of(seed)));
        let mut rng = Rng::new(seed);
        for kind in 0..G::SCHEMA.kinds.len() as u8 {
            for _ in 0..STATES {
                let (state, context) = (any_state::<G>(kind, &mut rng), any_tick(&room, &mut rng));
                if let Err(broken) = check_prediction::<G>(context, &state, None) {
                    panic!("{broken}");
                }
            }
        }
    });
}

/// Every input that the game accepts survives the wire, and sets an avatar's decisions within their
/// ranges; accepted inputs merge into accepted ones. A game without avatars has none
/// to try them on.
///
/// # Panics
/// When one does not, when the game panics, or when no player of a game with avatars ever had one to
/// try them on.
pub fn inputs<G: Game<Settings: Args>>(map: &str) {
    with_seeds(SEEDS, |seed| {
        let mut rng = Rng::new(seed);
        let mut kinds = BTreeSet::new();
        play::<G>(map, &mut rng, |room| {
            kinds.extend(room.game().entities().iter().filter_map(avatar::<G>));
        });
        assert!(
            !kinds.is_empty() || !G::HAS_AVATARS,
            "players came and went for {TICKS} ticks, and none ever had an avatar, so that \
             `control` could not be tried: does `join` insert one, with its player as the owner?"
        );
        for _ in 0..INPUTS {
            let [earlier, later] = [(); 2].map(|()| random_input::<G>(&mut rng));
            for input in [G::Input::default(), earlier, later, G::merge(&earlier, &later)] {
                if let Err(wrong) = G::validate(&input) {
                    panic!("the game refuses {input:?}, default or merged: {wrong}");
                }
                let sent = codec::decode_client::<G::Input>(&codec::encode(&input));
                assert_eq!(sent.ok(), Some(input), "an input does not survive the wire");
                for kind in &kinds {
                    let mut state = any_state::<G>(*kind, &mut rng);
                    G::control(&mut state, &input);
                    assert_eq!(state.kind, *kind, "control makes an avatar of another kind");
                    hold_to_schema::<G>(&state, None);
                }
            }
        }
    });
}

/// Every command that keeps its limits survives the wire, and the rules have an answer to it, whoever
/// sends it when. A game without commands has none to try.
///
/// # Panics
/// When one does not, when the game panics, or when no random command keeps its limits.
pub fn commands<G: Game<Settings: Args>>(map: &str) {
    with_seeds(SEEDS, |seed| {
        let mut rng = Rng::new(seed);
        for _ in 0..INPUTS {
            let Some(command) = random_command::<G>(&mut rng) else {
                assert!(!G::Command::TAKEN, "of all commands tried none keeps its own limits");
                break;
            };
            let bytes = codec::encode(&command);
            let sent = codec::decode_client::<G::Command>(&bytes);
            assert_eq!(sent.ok(), Some(command), "a command does not survive the wire");
        }
        play::<G>(map, &mut rng, |_| ());
    });
}

fn avatar<G: Game>((_, state): (impl Sized, &State)) -> Option<u8> {
    G::owner(state).map(|_| state.kind)
}

/// Whatever clients may ask of the rules has an answer, for any state and any player: touches,
/// spawns, names, eyes.
///
/// # Panics
/// When the game does, or when a spawned entity is not what the schema says.
pub fn answers<G: Game<Settings: Args>>(map: &str) {
    with_seeds(SEEDS, |seed| {
        let mut rng = Rng::new(seed);
        let room = play::<G>(map, &mut rng, |_| ());
        let kinds = G::SCHEMA.kinds.len() as u32;
        for _ in 0..STATES {
            if kinds > 0 {
                let states = [(); 2].map(|()| any_state::<G>(rng.below(kinds) as u8, &mut rng));
                ask_of_states::<G>(&room, &states, &mut rng);
            }
            let player = PlayerId(rng.bits() as u16 >> rng.below(16));
            let _ = (room.game().name(player), room.game().eye(player));
            let place = IVec2::new(rng.bits() as i32, rng.bits() as i32);
            let _ = room.game().look_at(place);
        }
    });
}

fn ask_of_states<G: Game>(room: &Room<G>, [a, b]: &[State; 2], rng: &mut Rng) {
    assert_eq!(G::touch(a, b), G::touch(a, b), "touch has two answers for {a:?}, {b:?}");
    let _ = (G::position(a), G::owner(a), G::spawner(a));
    let _ = G::reach_per_tick(any_tick(room, rng), a.kind);
    act::<G>(room, a, rng);
}

/// Lets an avatar act, if the state is one.
fn act<G: Game>(room: &Room<G>, state: &State, rng: &mut Rng) {
    if G::owner(state).is_none() {
        return;
    }
    let fields = G::SCHEMA.private;
    let mut private: Private = any_fields(fields, rng);
    G::act(any_tick(room, rng), state, &mut private, &mut |spawned| {
        hold_to_schema::<G>(&spawned, None);
    });
    hold_to_ranges("private", fields, &private, None);
}

/// The first frame of whoever joins shows the world as it is: nothing else, and all that is in view.
///
/// # Panics
/// When it does not.
pub fn first_frame<G: Game<Settings: Args>>(map: &str) {
    with_seeds(SEEDS, |seed| {
        let mut sim = Sim::<G>::new(map, setup_of(seed));
        for _ in 0..usize::from(setup(seed).capacity) {
            let Some(index) = sim.join(1 << 20) else { continue };
            sim.tick(random_input::<G>);
            compare_first(&sim, index);
            (0..10).for_each(|_| sim.tick(random_input::<G>));
        }
    });
}

fn compare_first<G: Game>(sim: &Sim<G>, index: usize) {
    let client = &sim.clients[index];
    assert!(client.core.tick() == Some(sim.engine.now()), "the first frame did not come");
    let seen: Vec<State> = client.core.visible().map(|seen| seen.state).collect();
    let world: Vec<State> = sim.engine.game().entities().iter().map(|(_, state)| *state).collect();
    if let Some(other) = seen.iter().find(|state| !world.contains(state)) {
        panic!("the first frame shows what is not in the world: {other:?}");
    }
    let Some(player) = client.core.welcome().and_then(|welcome| welcome.player) else { return };
    let eye = sim.engine.game().eye(player);
    let in_view = |state: &&State| {
        eye.is_some_and(|eye| enter_rect(G::VIEW, eye).contains(G::position(state)))
    };
    let missing = world.iter().filter(in_view).find(|state| !seen.contains(state));
    if let Some(missing) = missing.filter(|_| seen.len() < VISIBLE_MAX) {
        panic!("the first frame does not show {missing:?}, which is in view");
    }
    let private = sim.engine.game().private(player);
    assert_eq!(*client.core.private(), private, "the private state of the first frame");
}

/// Whatever happens to the connections, and whichever thread makes its frames, every client holds
/// exactly what the server means it to see.
///
/// # Panics
/// When one does not.
pub fn views<G: Game<Settings: Args>>(map: &str) {
    with_seeds(SEEDS, |seed| {
        let game = Setup { capacity: CROWD, ..setup_of(seed) };
        let room =
            RoomSetup { spectators_max: SPECTATORS_MAX, resume_s: 1, ..RoomSetup::new(map, game) };
        let mut sim = Sim::<G>::of(&room, Shards::new(2).expect("a second thread"));
        for _ in 0..CROWD {
            // The rules may refuse whom they like.
            sim.join(1 << 16);
        }
        chaos(&mut sim, TICKS, random_input::<G>);
    });
}

/// The browser core at `path` makes of a server's bytes what the native one makes of them. Passes
/// when there is no such file, and says on standard error how to build it.
///
/// # Panics
/// When the two differ.
pub fn browser_core<G: Game<Settings: Args>>(map: &str, path: &Path) {
    #[cfg(feature = "core")]
    crate::browser_core::law::<G>(map, path);
    #[cfg(not(feature = "core"))]
    panic!("{map:?} {path:?}: to run a browser core, enable the feature `core` of drumbeat-kit");
}

/// A state of this kind whose fields are anywhere in their ranges, often at an end.
fn any_state<G: Game>(kind: u8, rng: &mut Rng) -> State {
    State { kind, fields: any_fields(G::SCHEMA.fields(kind), rng) }
}

fn any_fields(fields: &[Field], rng: &mut Rng) -> [i32; FIELDS_MAX] {
    let mut values = [0; FIELDS_MAX];
    for (value, field) in values.iter_mut().zip(fields) {
        *value = match rng.below(8) {
            0 => field.min,
            1 => field.max,
            _ => rng.between(field.min, field.max),
        };
    }
    values
}

fn any_tick<'a, G: Game>(room: &'a Room<G>, rng: &mut Rng) -> Context<'a, G::Map> {
    room.context().at(Tick(rng.below(1 << 30)))
}
