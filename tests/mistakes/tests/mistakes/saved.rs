//! Worlds that a checkpoint can't hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use drumbeat_shared::typed::{Game, Identity, Nothing, PlayerId, Refused, Saved, Setup, Step};

struct Hand(Vec<u8>);

#[derive(Saved)]
struct HoldsWhatIsNotSaved {
    hands: BTreeMap<PlayerId, Hand>,
}

#[derive(Saved)]
struct Both {
    #[given]
    #[scratch]
    map: Arc<()>,
}

#[derive(Saved)]
struct Parameters<T> {
    all: Vec<T>,
}

struct NotSaved;

impl Game for NotSaved {
    type Map = ();
    type Thing = Nothing;
    type Avatar = Nothing;
    type Private = ();
    type Input = ();
    type Event = ();
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = "not saved";

    fn new(_map: Arc<()>, _setup: &Setup) -> Self {
        Self
    }

    fn join(&mut self, _player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        Ok(())
    }

    fn leave(&mut self, _player: PlayerId) {}

    fn step(&mut self, _step: &mut Step<'_, Self>) {}
}

fn main() {}
