//! A game whose default input is outside its ranges, so that no page could hold its controls by name.

use std::sync::Arc;

use drumbeat_server::config::{Config, Settings};
use drumbeat_server::{RunError, Server};
use drumbeat_shared::typed::{
    Context, Entity, Game, IVec2, Id, Identity, Input, PlayerId, Refused, Saved, Setup, Step, View,
    World, entities,
};

#[derive(Entity, Clone, Copy, Debug)]
struct Runner {
    #[decision]
    #[range(0, 4)]
    weapon: u8,
    #[position(max = 9)]
    place: IVec2,
    #[owner]
    player: PlayerId,
}

entities! {
    enum Thing {
        Runner,
    }
}

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct Keys {
    #[range(1, 4)]
    weapon: u8,
}

#[derive(Saved)]
struct Rules(World<Thing>);

impl Game for Rules {
    type Map = ();
    type Thing = Thing;
    type Avatar = Runner;
    type Private = ();
    type Input = Keys;
    type Event = ();
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = "rules";
    const VIEW: View = View { half: IVec2::splat(9), margin: 0 };

    fn new(_map: Arc<()>, _setup: &Setup) -> Self {
        Self(World::default())
    }

    fn join(&mut self, player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        self.0.insert(Runner { weapon: 1, place: IVec2::ZERO, player });
        Ok(())
    }

    fn leave(&mut self, _player: PlayerId) {}

    fn control(runner: &mut Runner, keys: &Keys) {
        runner.weapon = keys.weapon;
    }

    fn predict(_context: Context<'_, ()>, _thing: &mut Thing) {}

    fn step(&mut self, _step: &mut Step<'_, Self>) {}

    fn world(&self) -> &World<Thing> {
        &self.0
    }

    fn world_mut(&mut self) -> &mut World<Thing> {
        &mut self.0
    }

    fn avatar(&self, _player: PlayerId) -> Option<Id<Runner>> {
        None
    }

    fn private(&self, _player: PlayerId) {}
}

#[test]
fn a_server_of_it_does_not_start() {
    let refused = Server::<Rules>::new(Config::new(&Settings::default(), (), "")).err();
    let refused = refused.expect("it is refused");
    assert!(matches!(refused, RunError::Input(_)), "{refused}");
    assert_eq!(
        refused.to_string(),
        "the default of Keys: weapon = 0, outside 1..=4: implement Default by hand or widen the range"
    );
}
