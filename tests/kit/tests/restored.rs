//! The law of checkpoints holds for a game that saves all that matters, and names what another does
//! not.

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::sync::Arc;

use drumbeat_kit::laws;
use drumbeat_shared::typed::{
    Game, Identity, Nothing, PlayerId, Private, Refused, Saved, Setup, Step,
};

const NONE: u8 = 0;
const FORGETS_WHAT_IS_SEEN: u8 = 1;
const FORGETS_WHAT_IS_NOT_SEEN: u8 = 2;

/// A game that counts its steps, and forgets them in a checkpoint.
#[derive(Saved, Debug, Default)]
struct Forgetful<const FAULT: u8> {
    players: BTreeSet<PlayerId>,
    seen: u16,
    hidden: u16,
    #[scratch]
    steps: u16,
}

/// What only its player is sent.
#[derive(Private, Clone, Copy, Debug, PartialEq)]
struct Count {
    steps: u16,
}

impl<const FAULT: u8> Game for Forgetful<FAULT> {
    type Map = ();
    type Thing = Nothing;
    type Avatar = Nothing;
    type Private = Count;
    type Input = ();
    type Event = ();
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = "forgetful";

    fn new(_map: Arc<()>, _setup: &Setup) -> Self {
        Self::default()
    }

    fn join(&mut self, player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        self.players.insert(player);
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        self.players.remove(&player);
    }

    fn step(&mut self, _step: &mut Step<'_, Self>) {
        self.steps += 1;
        match FAULT {
            FORGETS_WHAT_IS_SEEN => self.seen = self.steps,
            FORGETS_WHAT_IS_NOT_SEEN => self.hidden = self.steps,
            _ => self.seen += 1,
        }
    }

    fn private(&self, _player: PlayerId) -> Count {
        Count { steps: self.seen }
    }
}

fn broken<const FAULT: u8>() -> String {
    let said = catch_unwind(|| laws::checkpoints::<Forgetful<FAULT>>(""));
    said.expect_err("the law is broken and says nothing").downcast_ref::<String>().unwrap().clone()
}

#[test]
fn a_game_that_saves_all_that_matters_keeps_the_law() {
    laws::checkpoints::<Forgetful<NONE>>("");
}

#[test]
fn what_a_restored_world_does_not_have_is_named_with_the_tick() {
    let text = broken::<FORGETS_WHAT_IS_SEEN>();
    for part in [
        "a world that is restored from a checkpoint goes on otherwise than the one that was saved",
        "the private steps of player ",
        " is 26 and, restored after tick 25, 1 (tick 26); does a #[scratch] field matter",
        "DRUMBEAT_SEED=",
    ] {
        assert!(text.contains(part), "{part:?} in {text:?}");
    }
}

#[test]
fn what_nobody_sees_is_compared_as_well() {
    let text = broken::<FORGETS_WHAT_IS_NOT_SEEN>();
    let part =
        "of what a checkpoint holds of the world is 26 and, restored after tick 25, 1 (tick 26)";
    assert!(text.contains(part) && text.contains("byte "), "{text:?}");
}
