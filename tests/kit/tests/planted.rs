//! Each law is broken by a game with one planted fault, and says so.

use std::collections::HashMap;
use std::panic::{UnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use drumbeat_kit::seeds::setup;
use drumbeat_kit::sim::Sim;
use drumbeat_kit::{Room, laws};
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_shared::entities::Entities;
use drumbeat_shared::game::{
    Audience, Context, Controls, Events, Game, Identity, MapError, Refused, Setup, View,
};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::input::InvalidInput;
use drumbeat_shared::schema::{Private, Schema, State};
use drumbeat_shared::toy::{SIDE, Steer, Toy};
use drumbeat_shared::typed::Saved;
use glam::IVec2;

/// The faults, as constants so that each makes a game of its own.
const NONE: u8 = 0;
const HASH_ORDER: u8 = 1;
const GLOBAL_COUNTER: u8 = 2;
const HIDDEN_STATE: u8 = 3;
const OUT_OF_RANGE: u8 = 4;
const PREDICT_DECIDES: u8 = 5;
const PREDICT_LEAVES_RANGE: u8 = 6;
const PREDICT_COUNTS: u8 = 7;
const CONTROL_OVERSTEERS: u8 = 8;
const MERGE_ADDS: u8 = 9;
const TOUCH_PANICS: u8 = 10;
const PRIVATE_CHANGES: u8 = 11;
const BEYOND_FIELDS: u8 = 12;
const TWO_AVATARS: u8 = 13;
const BLIND: u8 = 14;
const EVENTS_DIFFER: u8 = 15;
const PREDICT_COUNTS_EARLY: u8 = 16;
const PREDICT_BEYOND_FIELDS: u8 = 17;
const NO_AVATARS: u8 = 18;
const OVERSTEERS_WHAT_DIES: u8 = 19;
const THREADS_LOOK_ELSEWHERE: u8 = 20;
const RESTS_AND_MOVES: u8 = 21;

static COUNTER: AtomicI32 = AtomicI32::new(0);
/// Ticks that a test reaches, and of which the fingerprint of the welcome hardly tries one.
const EARLY: u32 = 10_000;

/// The toy with a fault.
#[derive(Saved, Debug)]
struct Planted<const FAULT: u8> {
    toy: Toy,
    #[scratch]
    order: HashMap<u16, ()>,
    /// No two worlds have the same.
    number: String,
    entities: Entities,
}

impl<const FAULT: u8> Planted<FAULT> {
    /// Changes the first dot after a step.
    fn spoil(&mut self, change: impl FnOnce(&mut State)) {
        self.entities = self.toy.entities().clone();
        let first = self.entities.iter().map(|(id, _)| id).next();
        if let Some(dot) = first.and_then(|id| self.entities.find_mut(id)) {
            change(dot);
        }
    }
}

impl<const FAULT: u8> Game for Planted<FAULT> {
    type Map = i32;
    type Input = Steer;
    type Event = String;
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = "planted";
    const SCHEMA: Schema = Toy::SCHEMA;
    const VIEW: View = Toy::VIEW;

    fn map(text: &str, setup: &Setup) -> Result<i32, MapError> {
        Toy::map(text, setup)
    }

    fn new(map: Arc<i32>, setup: &Setup) -> Self {
        let order = (0..100).map(|number| (number, ())).collect();
        let toy = Toy::new(map, setup);
        let number = COUNTER.fetch_add(1, Relaxed).to_string();
        Self { entities: Entities::default(), toy, order, number }
    }

    fn join(&mut self, player: PlayerId, who: Identity<'_>) -> Result<(), Refused> {
        self.toy.join(player, who)
    }

    fn leave(&mut self, player: PlayerId) {
        self.toy.leave(player);
    }

    fn validate(input: &Steer) -> Result<(), InvalidInput> {
        Toy::validate(input)
    }

    fn merge(earlier: &Steer, later: &Steer) -> Steer {
        match FAULT {
            MERGE_ADDS => Steer(earlier.0 + later.0, later.1),
            _ => *later,
        }
    }

    fn step(
        &mut self,
        context: Context<'_, i32>,
        inputs: &[(PlayerId, Controls<Steer>)],
        events: &mut Events<String>,
    ) {
        self.toy.step(context, inputs, events);
        let counted = COUNTER.fetch_add(1, Relaxed);
        let first = self.order.keys().next().copied().unwrap_or_default();
        self.spoil(|dot| match FAULT {
            HASH_ORDER => dot.fields[2] = i32::from(first),
            GLOBAL_COUNTER => dot.fields[2] = counted % SIDE,
            OUT_OF_RANGE => dot.fields[2] = SIDE + 1,
            BEYOND_FIELDS => dot.fields[13] = 7,
            _ => {}
        });
        match FAULT {
            TWO_AVATARS => {
                let first = self.entities.iter().map(|(_, state)| *state).next();
                first.and_then(|state| self.entities.insert(state));
            }
            OVERSTEERS_WHAT_DIES if context.tick.0 > 20 => self.entities = Entities::default(),
            EVENTS_DIFFER => events.push(Audience::Room, counted.to_string()),
            _ => {}
        }
    }

    fn control(state: &mut State, input: &Steer) {
        Toy::control(state, input);
        if matches!(FAULT, CONTROL_OVERSTEERS | OVERSTEERS_WHAT_DIES) {
            state.fields[0] *= 2;
        }
    }

    fn predict(context: Context<'_, i32>, state: &mut State) {
        Toy::predict(context, state);
        match FAULT {
            PREDICT_DECIDES => state.fields[0] = 0,
            PREDICT_BEYOND_FIELDS => state.fields[13] = 7,
            PREDICT_LEAVES_RANGE => state.fields[2] += state.fields[0].signum(),
            PREDICT_COUNTS => state.fields[2] = COUNTER.fetch_add(1, Relaxed) % SIDE,
            PREDICT_COUNTS_EARLY if context.tick.0 < EARLY => {
                state.fields[2] = COUNTER.fetch_add(1, Relaxed) % SIDE;
            }
            _ => {}
        }
    }

    fn touch(_a: &State, _b: &State) -> bool {
        assert!(FAULT != TOUCH_PANICS, "touch panics");
        false
    }

    fn rests(_state: &State) -> bool {
        FAULT == RESTS_AND_MOVES
    }

    fn entities(&self) -> &Entities {
        &self.entities
    }

    fn entities_mut(&mut self) -> Option<&mut Entities> {
        Some(&mut self.entities)
    }

    fn position(state: &State) -> IVec2 {
        Toy::position(state)
    }

    fn owner(state: &State) -> Option<PlayerId> {
        Toy::owner(state).filter(|_| FAULT != NO_AVATARS)
    }

    fn eye(&self, player: PlayerId) -> Option<IVec2> {
        let eye = self.toy.eye(player).filter(|_| FAULT != BLIND);
        if FAULT != THREADS_LOOK_ELSEWHERE {
            return eye;
        }
        if thread::current().name().is_some_and(|name| name.starts_with("shard")) {
            return eye.map(|eye| eye + IVec2::splat(2 * SIDE));
        }
        // So that the other thread gets its share of the clients.
        thread::sleep(Duration::from_micros(100));
        eye
    }

    fn look_at(&self, place: IVec2) -> IVec2 {
        self.toy.look_at(place)
    }

    fn name(&self, _player: PlayerId) -> Option<&str> {
        (FAULT == HIDDEN_STATE).then_some(&self.number)
    }

    fn private(&self, player: PlayerId) -> Private {
        let mut private = self.toy.private(player);
        if FAULT == PRIVATE_CHANGES {
            private[0] = COUNTER.fetch_add(1, Relaxed).max(0);
        }
        private
    }
}

/// What the law says of a game that breaks it.
fn broken(law: impl FnOnce(&str) + UnwindSafe) -> String {
    let said = catch_unwind(|| law("0")).expect_err("the law is broken and says nothing");
    let text = said.downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(text.contains("DRUMBEAT_SEED="), "no seed in {text}");
    text
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} in {text:?}");
    }
}

#[test]
fn a_game_without_a_fault_breaks_no_law() {
    type Sound = Planted<NONE>;
    laws::ranges::<Sound>("0");
    laws::purity::<Sound>("0");
    laws::checkpoints::<Sound>("0");
    laws::predictions::<Sound>("0");
    laws::inputs::<Sound>("0");
    laws::answers::<Sound>("0");
    laws::first_frame::<Sound>("0");
    laws::views::<Sound>("0");
}

#[test]
fn values_out_of_range_are_named() {
    says(
        &broken(laws::ranges::<Planted<OUT_OF_RANGE>>),
        &["dot.x = 4001, range 0..=4000 (slot 0)"],
    );
    says(&broken(laws::ranges::<Planted<BEYOND_FIELDS>>), &["dot: integer 13 is 7", "(slot 0)"]);
}

#[test]
fn rules_that_are_no_pure_function_are_found_with_the_field_that_differs() {
    const IMPURE: &str = "the rules are not a pure function of world and inputs: ";
    says(
        &broken(laws::purity::<Planted<HASH_ORDER>>),
        &[IMPURE, "dot.x is ", " and, stepped again, ", "(slot 0, tick "],
    );
    says(&broken(laws::purity::<Planted<GLOBAL_COUNTER>>), &[IMPURE, "dot.x is "]);
    says(&broken(laws::purity::<Planted<HIDDEN_STATE>>), &[IMPURE, "the name of player "]);
    says(
        &broken(laws::purity::<Planted<PRIVATE_CHANGES>>),
        &[IMPURE, "the private steps of player "],
    );
    says(&broken(laws::purity::<Planted<EVENTS_DIFFER>>), &[IMPURE, "event ", " to Room"]);
}

#[test]
fn avatars_that_contradict_the_contract_are_found() {
    let two = broken(laws::purity::<Planted<TWO_AVATARS>>);
    says(&two, &["has two avatars, in the slots ", "(tick "]);
    let blind = broken(laws::purity::<Planted<BLIND>>);
    says(&blind, &["player 0 has an avatar, in slot 0, but no eye", "`avatar`"]);
}

#[test]
fn predictions_that_break_a_law_are_named() {
    says(
        &broken(laws::predictions::<Planted<PREDICT_DECIDES>>),
        &["predict changes the decision dot.dx from ", " to 0"],
    );
    says(
        &broken(laws::predictions::<Planted<PREDICT_LEAVES_RANGE>>),
        &["predict leaves the range 0..=4000 of dot.x: it makes "],
    );
    says(
        &broken(laws::predictions::<Planted<PREDICT_COUNTS>>),
        &["predict is not a pure function: it makes dot.x "],
    );
    says(
        &broken(laws::predictions::<Planted<PREDICT_BEYOND_FIELDS>>),
        &["predict writes beyond the 5 fields of dot: it makes integer 13 7"],
    );
    says(
        &broken(laws::predictions::<Planted<RESTS_AND_MOVES>>),
        &["a dot rests, and predict changes its dot.", "until the rules change it"],
    );
    // A room that checks its rules finds it too.
    says(&broken(laws::purity::<Planted<PREDICT_DECIDES>>), &["the decision dot.dx", "(slot "]);
    says(&broken(laws::purity::<Planted<RESTS_AND_MOVES>>), &["a dot rests, and ", "(slot "]);
}

#[test]
fn inputs_that_are_not_handled_are_named() {
    says(&broken(laws::inputs::<Planted<CONTROL_OVERSTEERS>>), &["dot.dx = ", "range -9..=9"]);
    says(&broken(laws::inputs::<Planted<OVERSTEERS_WHAT_DIES>>), &["dot.dx = ", "range -9..=9"]);
    says(
        &broken(laws::inputs::<Planted<NO_AVATARS>>),
        &["none ever had an avatar", "`control` could not be tried", "does `join` insert one"],
    );
    says(&broken(laws::inputs::<Planted<MERGE_ADDS>>), &["default or merged: dx = "]);
}

#[test]
fn a_question_without_an_answer_is_found() {
    says(&broken(laws::answers::<Planted<TOUCH_PANICS>>), &["touch panics"]);
}

#[test]
fn a_first_frame_of_another_world_is_found() {
    let text = broken(laws::first_frame::<Planted<PRIVATE_CHANGES>>);
    says(&text, &["private"]);
}

#[test]
fn views_that_the_server_did_not_mean_are_found() {
    let welcomed = broken(laws::views::<Planted<PREDICT_COUNTS>>);
    says(&welcomed, &["this client predicts by other rules than the server's"]);
    says(&broken(laws::views::<Planted<PREDICT_COUNTS_EARLY>>), &["the view at tick "]);
    let elsewhere = broken(laws::views::<Planted<THREADS_LOOK_ELSEWHERE>>);
    says(&elsewhere, &["is within the view at ", " and not visible"]);
}

#[test]
fn a_player_who_joins_without_an_eye_is_counted_once_with_its_first_frame() {
    let room = RoomSetup::new("0", setup(1));
    let mut sim = Sim::<Planted<BLIND>>::of(&room, Shards::default());
    let index = sim.join(4).unwrap();
    sim.clients[index].reads_per_tick = 0;
    (0..5).for_each(|_| sim.tick(|_| Steer(0, 0)));
    assert_eq!(sim.counts.frames_out, 0);
    assert_eq!(sim.counts.blind_players, 0);
    sim.clients[index].reads_per_tick = usize::MAX;
    // Its welcome leaves four bytes at a time.
    (0..200).for_each(|_| sim.tick(|_| Steer(0, 0)));
    assert!(sim.counts.frames_out > 1);
    assert_eq!(sim.counts.blind_players, 1);
}

#[test]
fn a_browser_core_that_is_not_built_is_no_failure() {
    laws::browser_core::<Toy>("0", Path::new("/nowhere/core.wasm"));
}

#[test]
fn a_room_steps_the_rules_and_nothing_else() {
    let mut room = Room::<Toy>::on("0").capacity(2).seed(7).tick_hz(20);
    let [ann, bob] = ["Ann", "Bob"].map(|name| room.join(name));
    assert_eq!([ann, bob], [PlayerId(0), PlayerId(1)]);
    let x = |room: &Room<Toy>, player| room.game().eye(player).unwrap().x;
    let before = x(&room, ann);
    room.hold(ann, Steer(if before > SIDE / 2 { -9 } else { 9 }, 0));
    room.steps(5);
    assert!(x(&room, ann).abs_diff(before) >= 45, "{before} and {}", x(&room, ann));
    room.leave(ann);
    assert_eq!(room.players().collect::<Vec<_>>(), [bob]);
    assert_eq!(room.join("Cid"), ann);
    assert_eq!((room.context().tick.0, room.context().tick_hz), (5, 20));
    let full = catch_unwind(move || room.join("Dan")).unwrap_err();
    assert_eq!(full.downcast_ref::<String>().unwrap(), "all 2 seats are taken");
}
