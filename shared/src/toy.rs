//! A game of dots, for the tests of everything that is generic over a game.
//!
//! Each player owns a dot that runs straight on until steered; sparks are born and die at random.

use std::sync::Arc;

use glam::IVec2;
use serde::{Deserialize, Serialize};

use crate::entities::Entities;
use crate::game::{Audience, Events, Game, MapError, Setup, View};
use crate::ids::{EntityId, PlayerId};
use crate::rng::Rng;
use crate::schema::{Field, Kind, Private, Schema, State};

/// Side of the square world, grid units.
pub const SIDE: i32 = 4_000;

/// The game of dots.
#[derive(Debug)]
pub struct Toy {
    entities: Entities,
    dots: Vec<Option<(String, EntityId)>>,
    sparks: Vec<EntityId>,
    rng: Rng,
    steps: i32,
}

/// Steers a dot: -9 to 9 to each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steer(pub i8, pub i8);

impl Game for Toy {
    type Map = i32;
    type Input = Steer;
    type Event = (u16, String);

    const NAME: &'static str = "toy";
    const VIEW: View = View {
        half: IVec2::new(800, 450),
        margin: 100,
    };
    const SCHEMA: Schema = Schema {
        kinds: &[
            Kind {
                name: "dot",
                fields: &[
                    Field::decision("dx", -9, 9),
                    Field::decision("dy", -9, 9),
                    Field::outcome("x", 0, SIDE).linear(),
                    Field::outcome("y", 0, SIDE).linear(),
                    Field::outcome("owner", 0, 65_535),
                ],
            },
            Kind {
                name: "spark",
                fields: &[Field::outcome("x", 0, SIDE), Field::outcome("y", 0, SIDE)],
            },
        ],
        private: &[
            Field::outcome("steps", 0, i32::MAX - 1),
            Field::outcome("owed", -5, 5),
        ],
        rules_version: 1,
    };

    fn map(text: &str, _setup: &Setup) -> Result<i32, MapError> {
        text.parse().map_err(|error| MapError(format!("{error}")))
    }

    fn new(_map: Arc<i32>, setup: &Setup) -> Self {
        let rng = Rng::new(setup.seed);
        Self {
            entities: Entities::default(),
            dots: Vec::new(),
            sparks: Vec::new(),
            rng,
            steps: 0,
        }
    }

    fn join(&mut self, player: PlayerId, name: &str) {
        let (x, y) = (self.rng.between(0, SIDE), self.rng.between(0, SIDE));
        let dot = state(0, &[0, 0, x, y, i32::from(player.0)]);
        self.dots
            .resize(self.dots.len().max(usize::from(player.0) + 1), None);
        if let Some(id) = self.entities.insert(dot) {
            self.dots[usize::from(player.0)] = Some((name.to_owned(), id));
        }
    }

    fn leave(&mut self, player: PlayerId) {
        if let Some((_, id)) = self.dots[usize::from(player.0)].take() {
            self.entities.remove(id);
        }
    }

    fn validate(input: &Steer) -> Result<(), &'static str> {
        let fits = |way: i8| (-9..=9).contains(&way);
        if fits(input.0) && fits(input.1) {
            Ok(())
        } else {
            Err("steers too hard")
        }
    }

    fn step(&mut self, inputs: &[(PlayerId, Steer)], events: &mut Events<Self::Event>) {
        self.steps += 1;
        for (player, input) in inputs {
            if let Some((_, id)) = &self.dots[usize::from(player.0)]
                && let Some(dot) = self.entities.find_mut(*id)
            {
                Self::control(dot, input);
            }
        }
        for (_, id) in self.dots.iter().flatten() {
            if let Some(dot) = self.entities.find_mut(*id) {
                Self::predict(&0, dot);
                if self.rng.one_in(50) {
                    dot.fields[2] = self.rng.between(0, SIDE);
                    let here = Audience::Near(Self::position(dot));
                    events.push(here, (dot.fields[4] as u16, "jumped".to_owned()));
                }
            }
        }
        if self.rng.one_in(2) && self.sparks.len() < 200 {
            let spark = state(1, &[self.rng.between(0, SIDE), self.rng.between(0, SIDE)]);
            self.sparks.extend(self.entities.insert(spark));
        } else if !self.sparks.is_empty() {
            let index = self.rng.below(self.sparks.len() as u32) as usize;
            self.entities.remove(self.sparks.swap_remove(index));
        }
    }

    fn control(state: &mut State, input: &Steer) {
        (state.fields[0], state.fields[1]) = (i32::from(input.0), i32::from(input.1));
    }

    fn predict(_map: &i32, state: &mut State) {
        if state.kind == 0 {
            state.fields[2] = (state.fields[2] + state.fields[0]).clamp(0, SIDE);
            state.fields[3] = (state.fields[3] + state.fields[1]).clamp(0, SIDE);
        }
    }

    fn entities(&self) -> &Entities {
        &self.entities
    }

    fn position(state: &State) -> IVec2 {
        let first = if state.kind == 0 { 2 } else { 0 };
        IVec2::new(state.fields[first], state.fields[first + 1])
    }

    fn owner(state: &State) -> Option<PlayerId> {
        (state.kind == 0).then_some(PlayerId(state.fields[4] as u16))
    }

    fn eye(&self, player: PlayerId) -> IVec2 {
        let dot = self
            .dots
            .get(usize::from(player.0))
            .and_then(Option::as_ref);
        dot.and_then(|(_, id)| self.entities.find(*id))
            .map_or(IVec2::ZERO, Self::position)
    }

    fn private(&self, player: PlayerId) -> Private {
        let mut private = Private::default();
        (private[0], private[1]) = (self.steps / 10, i32::from(player.0) % 5);
        private
    }

    fn name(&self, player: PlayerId) -> Option<&str> {
        Some(&self.dots.get(usize::from(player.0))?.as_ref()?.0)
    }
}

fn state(kind: u8, fields: &[i32]) -> State {
    let mut state = State {
        kind,
        ..State::default()
    };
    state.fields[..fields.len()].copy_from_slice(fields);
    state
}
