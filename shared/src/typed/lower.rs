//! The engine's contract for every game that keeps to the author's.

use std::sync::Arc;

use glam::IVec2;
use serde::Serialize;

use super::entity::{EntitySet, Fields, Member, Private};
use super::game::{Game, Map, Step, steers_nothing};
use crate::document::{Document, RecordId};
use crate::entities::Entities;
use crate::game::{
    self, Context, Controls, Events, Frames, Identity, MapError, Public, Refused, Setup, Spoken,
    Verdict, View,
};
use crate::ids::PlayerId;
use crate::input::{Input, InvalidInput};
use crate::schema::{Schema, State};

impl<G: Game> game::Game for G {
    type Map = G::Map;
    type Input = G::Input;
    type Event = G::Event;
    type Command = G::Command;
    type Record = G::Record;
    type Settings = G::Settings;

    const NAME: &'static str = <G as Game>::NAME;
    const VIEW: View = <G as Game>::VIEW;
    const COMMANDS_PER_S: u16 = <G as Game>::COMMANDS_PER_S;
    const TICK_HZ: u16 = <G as Game>::TICK_HZ;
    const HAS_AVATARS: bool = !steers_nothing::<G>();
    const FRAMES: Frames = <G as Game>::FRAMES;
    const PUBLIC: Public = <G as Game>::PUBLIC;
    const SCHEMA: Schema = Schema { kinds: G::Thing::KINDS, private: G::Private::FIELDS };

    fn map(text: &str, setup: &Setup<Self::Settings>) -> Result<Self::Map, MapError> {
        G::Map::read(text, setup)
    }

    fn new(map: Arc<Self::Map>, setup: &Setup<Self::Settings>) -> Self {
        <G as Game>::new(map, setup)
    }

    fn join(&mut self, player: PlayerId, who: Identity<'_>) -> Result<(), Refused> {
        Game::join(self, player, who)
    }

    fn leave(&mut self, player: PlayerId) {
        Game::leave(self, player);
    }

    fn away(&mut self, player: PlayerId) {
        Game::away(self, player);
    }

    fn back(&mut self, player: PlayerId) {
        Game::back(self, player);
    }

    fn validate(input: &Self::Input) -> Result<(), InvalidInput> {
        input.validate()?;
        <G as Game>::validate(input)
    }

    fn spectate(&mut self) {
        Game::spectate(self);
    }

    fn command(
        &mut self,
        context: Context<'_, Self::Map>,
        player: PlayerId,
        command: &Self::Command,
        events: &mut Events<Self::Event>,
    ) -> Result<(), Refused> {
        Game::command(self, player, command, &mut Step { context, controls: &[], events })
    }

    fn say(
        &mut self,
        context: Context<'_, Self::Map>,
        player: PlayerId,
        line: Spoken<'_>,
        events: &mut Events<Self::Event>,
    ) -> Verdict {
        Game::say(self, player, line, &mut Step { context, controls: &[], events })
    }

    fn report(
        &mut self,
        player: PlayerId,
        line: RecordId,
        text: &str,
        events: &mut Events<Self::Event>,
    ) {
        Game::report(self, player, line, text, events);
    }

    fn document(&self) -> Option<&Document<Self::Record>> {
        Game::document(self)
    }

    fn group(&self, player: PlayerId) -> u16 {
        Game::group(self, player)
    }

    fn step(
        &mut self,
        context: Context<'_, Self::Map>,
        controls: &[(PlayerId, Controls<Self::Input>)],
        events: &mut Events<Self::Event>,
    ) {
        self.tick(&mut Step { context, controls, events });
    }

    fn control(state: &mut State, input: &Self::Input) {
        G::Avatar::edit(state, |avatar| <G as Game>::control(avatar, input));
    }

    fn merge(earlier: &Self::Input, later: &Self::Input) -> Self::Input {
        <G as Game>::merge(earlier, later)
    }

    fn predict(context: Context<'_, Self::Map>, state: &mut State) {
        G::Thing::edit(state, |thing| <G as Game>::predict(context, thing));
    }

    fn rests(state: &State) -> bool {
        <G as Game>::rests(&G::Thing::read(state))
    }

    fn act(
        context: Context<'_, Self::Map>,
        own: &State,
        private: &mut Fields,
        spawn: &mut dyn FnMut(State),
    ) {
        let Some(avatar) = G::Avatar::read(own) else { return };
        let mut typed = G::Private::from_fields(private);
        <G as Game>::act(context, &avatar, &mut typed, &mut |thing| spawn(thing.write()));
        typed.put(private);
    }

    fn spawner(state: &State) -> Option<PlayerId> {
        <G as Game>::spawner(&G::Thing::read(state))
    }

    fn reach_per_tick(context: Context<'_, Self::Map>, kind: u8) -> Option<f32> {
        <G as Game>::reach_per_tick(context, kind)
    }

    #[inline]
    fn touch(a: &State, b: &State) -> bool {
        G::Thing::touch(a, b)
    }

    fn leader(&self) -> Option<PlayerId> {
        Game::leader(self)
    }

    fn entities(&self) -> &Entities {
        self.world().entities()
    }

    fn entities_mut(&mut self) -> Option<&mut Entities> {
        if Self::SCHEMA.kinds.is_empty() { None } else { Some(self.world_mut().entities_mut()) }
    }

    fn position(state: &State) -> IVec2 {
        G::Thing::position(state)
    }

    fn owner(state: &State) -> Option<PlayerId> {
        (state.kind == G::Avatar::INDEX).then(|| G::Thing::owner(state)).flatten()
    }

    fn eye(&self, player: PlayerId) -> Option<IVec2> {
        Game::eye(self, player)
    }

    fn look_at(&self, place: IVec2) -> IVec2 {
        Game::look_at(self, place)
    }

    fn private(&self, player: PlayerId) -> Fields {
        Game::private(self, player).to_fields()
    }

    fn publish(&self, event: &Self::Event) -> Option<impl Serialize> {
        Game::publish(self, event)
    }

    fn name(&self, player: PlayerId) -> Option<&str> {
        Game::name(self, player)
    }
}
