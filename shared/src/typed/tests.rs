//! The derives and the world, with a small set of entities.

mod messages;
mod names;

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::prelude::*;

use super::*;
use crate::ids::{EntityId, PlayerId, Tick};
use crate::limits::FIELDS_MAX;
use crate::rng::Rng;
use crate::schema::{Blend, Entry, Field, Role, Schema, State};

const SIDE: i32 = 4_000;

#[derive(Value, Clone, Copy, Debug, Default, PartialEq)]
enum Mood {
    #[default]
    Calm,
    Angry = 1,
    Sad,
}

/// One field of every type, with the attributes that an author may leave out.
#[derive(Entity, Clone, Copy, Debug, PartialEq)]
struct Walker {
    #[decision]
    heading: Angle,
    #[decision]
    #[typical(true)]
    walks: bool,
    #[position(max = SIDE)]
    place: IVec2,
    #[owner]
    player: PlayerId,
    #[range(-900, 900)]
    velocity: IVec2,
    #[range(0, 600)]
    #[typical(600)]
    energy: u16,
    mood: Mood,
    carried_by: Option<PlayerId>,
    since: Tick,
    level: i8,
    bag: u8,
    #[range(-SIDE, 2 * SIDE)]
    height: i32,
}

/// The attributes of those who tune.
#[derive(Entity, Clone, Copy, Debug, PartialEq)]
#[entity(name = "stone")]
#[common([vx, vy], [vx])]
#[delayed()]
struct Boulder {
    #[range(-64, 63)]
    #[names(vx, vy)]
    #[code(residual_bits = 3, residual_step = 4, delayed_bits = 9, entry = small(2))]
    velocity: IVec2,
    #[position(min = -SIDE, max = SIDE)]
    #[code(residual_bits = 2, delayed_bits = same, entry = near(7))]
    #[draw(step)]
    place: IVec2,
    #[draw(linear)]
    #[typical(None)]
    owner: Option<PlayerId>,
    #[typical(Angle(3))]
    #[names(spin)]
    angle: Angle,
}

entities! {
    /// What the tests put into worlds.
    #[derive(Debug, PartialEq)]
    enum Thing {
        Walker,
        Boulder,
    }
}

#[derive(Private, Clone, Copy, Debug, PartialEq)]
struct Purse {
    #[range(-5, 1_000_000)]
    #[code(residual_bits = 6)]
    coins: i32,
    thief: Option<PlayerId>,
}

fn walker(place: IVec2) -> Walker {
    Walker {
        heading: Angle(200),
        walks: true,
        place,
        player: PlayerId(7),
        velocity: IVec2::new(-900, 900),
        energy: 600,
        mood: Mood::Sad,
        carried_by: None,
        since: Tick(5),
        level: -128,
        bag: 255,
        height: -SIDE,
    }
}

fn boulder(place: IVec2) -> Boulder {
    Boulder { velocity: IVec2::new(-64, 63), place, owner: Some(PlayerId(0)), angle: Angle(1) }
}

#[test]
fn an_author_who_says_little_gets_a_sensible_schema() {
    let fields = Walker::KIND.fields;
    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
    let expected = "heading walks x y player velocity_x velocity_y energy mood carried_by since \
                    level bag height";
    assert_eq!(names.join(" "), expected);
    assert_eq!(fields.len(), FIELDS_MAX, "as many as there may be");
    let field = |name: &str| *fields.iter().find(|field| field.name == name).unwrap();
    let range = |name| (field(name).min, field(name).max);
    assert_eq!(range("heading"), (0, 255));
    assert_eq!(range("mood"), (0, 2));
    assert_eq!(range("carried_by"), (0, 65_536));
    assert_eq!(range("level"), (-128, 127));
    assert_eq!(range("height"), (-SIDE, 2 * SIDE));
    assert_eq!(range("velocity_y"), (-900, 900));
    assert_eq!((field("heading").role, field("heading").blend), (Role::Decision, Blend::Turn));
    assert_eq!((field("y").role, field("y").blend), (Role::Outcome, Blend::Linear));
    assert_eq!((field("x").entry, field("y").entry), (Entry::NearX(10), Entry::NearY(10)));
    assert_eq!((field("x").residual_bits, field("x").delayed_bits), (4, Some(6)));
    assert_eq!(field("velocity_x").residual_bits, 5);
    assert_eq!(field("walks").entry, Entry::Default(1));
    assert_eq!(field("energy").entry, Entry::Default(600));
    assert_eq!(Walker::KIND.common_sets, [0b1, 0b10, 0b11, 0b1100, 0b110_0000]);
    assert_eq!(Walker::KIND.delayed_sets, [0b110_1111, 0b110_1100]);
    assert_eq!((Walker::POSITION, Walker::OWNER), (2, Some(4)));
}

#[test]
fn an_author_who_tunes_gets_what_is_written() {
    let place = |name, entry| Field::outcome(name, -SIDE, SIDE).entry(entry).residual_bits(2);
    let velocity = |name| {
        let field = Field::outcome(name, -64, 63).residual_bits(3).residual_step(4);
        field.delayed_bits(9).entry(Entry::Small(2))
    };
    let expected = [
        velocity("vx"),
        velocity("vy"),
        place("x", Entry::NearX(7)),
        place("y", Entry::NearY(7)),
        Field::outcome("owner", 0, 65_536).linear().entry(Entry::Default(0)),
        Field::outcome("spin", 0, 255).turn().entry(Entry::Default(3)),
    ];
    assert_eq!(format!("{:?}", Boulder::KIND.fields), format!("{expected:?}"));
    assert_eq!(Boulder::KIND.name, "stone");
    assert_eq!(Boulder::KIND.common_sets, [0b11, 0b01]);
    assert!(Boulder::KIND.delayed_sets.is_empty());
    let expected = [
        Field::outcome("coins", -5, 1_000_000).residual_bits(6),
        Field::outcome("thief", 0, 65_536),
    ];
    assert_eq!(format!("{:?}", Purse::FIELDS), format!("{expected:?}"));
    let schema = Schema { kinds: Thing::KINDS, private: Purse::FIELDS };
    schema.validate();
}

#[test]
fn values_are_found_by_their_meaning() {
    let thing = Thing::from(walker(IVec2::new(10, 20)));
    let state = thing.write();
    assert_eq!(Thing::read(&state), thing);
    assert_eq!(Thing::position(&state), IVec2::new(10, 20));
    assert_eq!(Thing::owner(&state), Some(PlayerId(7)));
    assert_eq!(Boulder::read(&state), None);
    let state = boulder(IVec2::new(-3, 4)).write();
    assert_eq!((state.kind, Thing::owner(&state)), (1, None));
    assert_eq!(Thing::position(&state), IVec2::new(-3, 4));
    let thief = Some(PlayerId(u16::MAX));
    let purse = Purse { coins: -5, thief };
    assert_eq!(Purse::from_fields(&purse.to_fields()), purse);
}

#[test]
#[should_panic(expected = "kind 7, and there are 2")]
fn a_kind_that_does_not_exist_is_named() {
    let _ = Thing::read(&State { kind: 7, ..State::default() });
}

/// Any state within the ranges.
fn any_state() -> impl Strategy<Value = State> {
    (0..Thing::KINDS.len(), any::<u64>()).prop_map(|(kind, seed)| {
        let mut rng = Rng::new(seed);
        let mut state = State { kind: kind as u8, ..State::default() };
        for (value, field) in state.fields.iter_mut().zip(Thing::KINDS[kind].fields) {
            *value = match rng.below(4) {
                0 => field.min,
                1 => field.max,
                _ => rng.between(field.min, field.max),
            };
        }
        state
    })
}

proptest! {
    #[test]
    fn what_is_read_is_written_back(state in any_state()) {
        prop_assert_eq!(Thing::read(&state).write(), state);
    }

    #[test]
    fn near_finds_what_a_search_of_everything_finds(
        seed in any::<u64>(),
        radius in prop_oneof![-1..4, 0..SIDE, Just(i32::MAX)],
        (x, y) in (-2 * SIDE..2 * SIDE, -2 * SIDE..2 * SIDE),
    ) {
        let mut rng = Rng::new(seed);
        let mut world = World::<Thing>::default();
        let mut walkers: Vec<Id<Walker>> = Vec::new();
        for _ in 0..300 {
            let place = IVec2::new(rng.between(0, SIDE), rng.between(0, SIDE));
            match rng.below(6) {
                0 if !walkers.is_empty() => {
                    let index = rng.below(walkers.len() as u32) as usize;
                    world.remove(walkers.swap_remove(index)).unwrap();
                }
                1 if !walkers.is_empty() => {
                    let index = rng.below(walkers.len() as u32) as usize;
                    world.edit(walkers[index], |walker| walker.place = place).unwrap();
                }
                2 => {
                    world.insert(boulder(-place)).unwrap();
                }
                _ => walkers.extend(world.insert(walker(place))),
            }
        }
        let centre = IVec2::new(x, y);
        let away = |place: IVec2| {
            let square = |length: i32| i64::from(length).pow(2);
            square(place.x - x) + square(place.y - y)
        };
        let within = |place: IVec2| radius >= 0 && away(place) <= i64::from(radius).pow(2);
        let all = world.iter::<Walker>().filter(|(_, walker)| within(walker.place));
        prop_assert_eq!(
            world.near::<Walker>(centre, radius).collect::<Vec<_>>(),
            all.collect::<Vec<_>>()
        );
        let all = world.iter::<Boulder>().filter(|(_, boulder)| within(boulder.place));
        prop_assert_eq!(
            world.near::<Boulder>(centre, radius).collect::<Vec<_>>(),
            all.collect::<Vec<_>>()
        );
    }
}

#[test]
fn an_id_means_one_entity_for_good() {
    let mut world = World::<Thing>::default();
    let first = world.insert(walker(IVec2::ZERO)).unwrap();
    assert_eq!(world.edit(first, |walker| walker.bag = 9), Some(()));
    assert_eq!(world.remove(first).unwrap().bag, 9);
    let second = world.insert(boulder(IVec2::ZERO)).unwrap();
    assert_eq!(second.entity().slot, first.entity().slot);
    assert_eq!((world.get(first), world.remove(first)), (None, None));
    assert_eq!(world.edit(first, |_| ()), None);
    assert_eq!(world.update(first.entity(), |_| ()), None);
    assert_eq!(world.id::<Walker>(second.entity()), None);
    assert_eq!(world.id::<Boulder>(second.entity()), Some(second));
    assert_eq!((world.len(), world.is_empty(), world.entities().len()), (1, false, 1));
    assert_eq!(format!("{second:?}"), "Id(0, 1)");
    let third = world.insert(boulder(IVec2::ZERO)).unwrap();
    assert!(second < third && HashSet::from([second, third]).contains(&second));
    assert_eq!(BTreeMap::from([(third, 3), (second, 2)]).into_values().collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn each_entity_is_changed_once_in_the_order_of_the_slots() {
    let mut world = World::<Thing>::default();
    let places = [3, 1, 2].map(|x| IVec2::splat(x * 100));
    let ids = places.map(|place| world.insert(walker(place)).unwrap());
    let stone = world.insert(boulder(IVec2::ZERO)).unwrap();
    let mut seen: Vec<EntityId> = Vec::new();
    world.edit_each::<Walker>(|id, walker| {
        seen.push(id.entity());
        walker.place += 1;
    });
    assert_eq!(seen, ids.map(Id::entity));
    seen.clear();
    world.update_each(|id, thing| {
        seen.push(id);
        match thing {
            Thing::Walker(walker) => walker.place += 1,
            Thing::Boulder(boulder) => boulder.place -= 1,
        }
    });
    assert_eq!(seen.len(), 4);
    assert_eq!(world.get(ids[1]).unwrap().place, IVec2::splat(102));
    let near: Vec<_> = world.near(IVec2::NEG_ONE, 0).map(|(id, _): (_, Boulder)| id).collect();
    assert_eq!(near, [stone], "the grid follows");
    let count = |radius| world.near::<Walker>(IVec2::new(105, 106), radius).count();
    assert_eq!((count(4), count(5)), (0, 1), "the edge of the circle is near");
    let copy = world.clone();
    world.remove(stone);
    assert_eq!(copy.iter::<Boulder>().count(), 1);
}

/// What a world says when `act` breaks a rule.
fn said(act: impl FnOnce(&mut World<Thing>)) -> String {
    let mut world = World::<Thing>::default();
    world.insert(boulder(IVec2::ZERO));
    let caught = catch_unwind(AssertUnwindSafe(|| act(&mut world))).expect_err("it is caught");
    caught.downcast_ref::<String>().expect("a text").clone()
}

#[test]
fn values_out_of_range_are_caught_where_they_are_written() {
    let text = said(|world| {
        let id = world.insert(walker(IVec2::ZERO)).unwrap();
        world.edit(id, |walker| walker.energy = 601);
    });
    assert_eq!(text, "walker.energy = 601, range 0..=600 (slot 1)");
    let text = said(|world| {
        world.insert(boulder(IVec2::new(0, SIDE + 1)));
    });
    assert_eq!(text, "stone.y = 4001, range -4000..=4000 (slot 1)");
    let text = said(|world| {
        world.update_each(|_, thing| match thing {
            Thing::Walker(_) => {}
            Thing::Boulder(boulder) => boulder.velocity.x = -65,
        });
    });
    assert_eq!(text, "stone.vx = -65, range -64..=63 (slot 0)");
    let text = said(|world| {
        world.update_each(|_, thing| *thing = walker(IVec2::ZERO).into());
    });
    assert_eq!(text, "a stone became something else: an entity stays of its kind");
}
