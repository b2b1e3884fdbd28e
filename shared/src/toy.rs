//! A game of dots, for the tests of everything that is generic over a game.
//!
//! Each player owns a dot that moves straight on until it is steered or, by chance, jumps.

use std::sync::Arc;

use glam::IVec2;
use serde::{Deserialize, Serialize};

use crate::entities::Entities;
use crate::game::{
    Audience, Context, Controls, Event, Events, Game, Identity, MapError, Public, Refused, Setup,
    View,
};
use crate::ids::{EntityId, PlayerId, Tick};
use crate::input::{Control, Input};
use crate::limits::FIELDS_MAX;
use crate::rng::Rng;
use crate::schema::{Entry, Field, Kind, Private, Schema, State, field_set};
use crate::typed::Saved;

/// Side of the square world, grid units.
pub const SIDE: i32 = 4_000;
/// Dots that are closer than this touch, grid units.
pub const TOUCH: i32 = 20;

/// The game of dots.
#[derive(Saved, Debug)]
pub struct Toy {
    entities: Entities,
    dots: Vec<Option<EntityId>>,
    rng: Rng,
    steps: i32,
}

/// Steers a dot: its velocity on each axis, -9 to 9 grid units a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steer(pub i8, pub i8);

impl Steer {
    const fn control(name: &'static str) -> Control {
        Control { name, min: -9, max: 9, turns: false, steps_per_unit: 1, values: &[] }
    }
}

impl Input for Steer {
    const CONTROLS: &'static [Control] = &[Self::control("dx"), Self::control("dy")];

    fn from_fields(fields: &[i32; FIELDS_MAX]) -> Self {
        Self(fields[0] as i8, fields[1] as i8)
    }

    fn put(&self, fields: &mut [i32; FIELDS_MAX]) {
        (fields[0], fields[1]) = (i32::from(self.0), i32::from(self.1));
    }
}

/// A dot's event says what it did.
impl Event for String {}

/// The context of a tick. The dots ignore it.
#[must_use]
pub const fn at(tick: u32) -> Context<'static, i32> {
    Context { map: &0, tick_hz: 30, tick: Tick(tick) }
}

impl Game for Toy {
    type Map = i32;
    type Input = Steer;
    type Event = String;
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = "toy";
    const VIEW: View = View { half: IVec2::new(800, 450), margin: 100 };
    const PUBLIC: Public = Public::CHAT;
    const SCHEMA: Schema = Schema {
        kinds: &[Kind {
            name: "dot",
            fields: &[
                Field::decision("dx", -9, 9).entry(Entry::Default(0)),
                Field::decision("dy", -9, 9).entry(Entry::Default(0)),
                Field::outcome("x", 0, SIDE).residual_step(4).linear().entry(Entry::NearX(9)),
                Field::outcome("y", 0, SIDE).linear().entry(Entry::NearY(9)),
                Field::outcome("owner", 0, 65_535).entry(Entry::Small(5)),
            ],
            common_sets: &[field_set(&[0, 1]), field_set(&[2])],
            delayed_sets: &[field_set(&[0, 1, 2])],
        }],
        private: &[Field::outcome("steps", 0, i32::MAX - 1), Field::outcome("owed", -5, 5)],
    };

    fn map(text: &str, _setup: &Setup) -> Result<i32, MapError> {
        text.parse().map_err(|error| MapError(format!("{error}")))
    }

    fn new(_map: Arc<i32>, setup: &Setup) -> Self {
        let dots = vec![None; usize::from(setup.capacity)];
        let rng = Rng::new(setup.seed);
        Self { entities: Entities::default(), dots, rng, steps: 0 }
    }

    fn join(&mut self, player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        let mut dot = State::default();
        dot.fields[2] = self.rng.between(0, SIDE);
        dot.fields[3] = self.rng.between(0, SIDE);
        dot.fields[4] = i32::from(player.0);
        self.dots[usize::from(player.0)] = self.entities.insert(dot);
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        self.dots[usize::from(player.0)].take().map(|id| self.entities.remove(id));
    }

    fn step(
        &mut self,
        context: Context<'_, i32>,
        inputs: &[(PlayerId, Controls<Steer>)],
        events: &mut Events<String>,
    ) {
        self.steps += 1;
        for (player, Controls { input, .. }) in inputs {
            let dot = self.dots[usize::from(player.0)].and_then(|id| self.entities.find_mut(id));
            if let Some(dot) = dot {
                Self::control(dot, input);
            }
        }
        for dot in self.dots.iter().flatten() {
            let Some(dot) = self.entities.find_mut(*dot) else {
                continue;
            };
            Self::predict(context, dot);
            if self.rng.one_in(50) {
                dot.fields[2] = self.rng.between(0, SIDE);
                events.push(Audience::Near(Self::position(dot)), "jumped".to_owned());
            }
        }
    }

    fn control(state: &mut State, input: &Steer) {
        (state.fields[0], state.fields[1]) = (i32::from(input.0), i32::from(input.1));
    }

    fn predict(_context: Context<'_, i32>, state: &mut State) {
        state.fields[2] = (state.fields[2] + state.fields[0]).clamp(0, SIDE);
        state.fields[3] = (state.fields[3] + state.fields[1]).clamp(0, SIDE);
    }

    fn touch(a: &State, b: &State) -> bool {
        Self::position(a).distance_squared(Self::position(b)) < TOUCH * TOUCH
    }

    fn entities(&self) -> &Entities {
        &self.entities
    }

    fn entities_mut(&mut self) -> Option<&mut Entities> {
        Some(&mut self.entities)
    }

    fn position(state: &State) -> IVec2 {
        IVec2::new(state.fields[2], state.fields[3])
    }

    fn owner(state: &State) -> Option<PlayerId> {
        Some(PlayerId(state.fields[4] as u16))
    }

    fn eye(&self, player: PlayerId) -> Option<IVec2> {
        let dot = (*self.dots.get(usize::from(player.0))?)?;
        self.entities.find(dot).map(Self::position)
    }

    fn look_at(&self, place: IVec2) -> IVec2 {
        place.clamp(IVec2::ZERO, IVec2::splat(SIDE))
    }

    /// The connected player with the lowest id.
    fn leader(&self) -> Option<PlayerId> {
        let first = self.dots.iter().position(Option::is_some)?;
        Some(PlayerId(first as u16))
    }

    fn private(&self, player: PlayerId) -> Private {
        let mut private = Private::default();
        (private[0], private[1]) = (self.steps / 10, i32::from(player.0) % 5);
        private
    }
}
