//! A second world that must stay equal to the first.

use std::sync::Arc;

use drumbeat_shared::checkpoint::{restore, save};
use drumbeat_shared::document::RecordId;
use drumbeat_shared::game::{
    Controls, Events, Game, Identity, MapError, Refused, Setup, Spoken, StaticWorld, Verdict,
};
use drumbeat_shared::ids::{PlayerId, Tick};

use super::compare::{Difference, compare};
use super::world::check_world;
use crate::engine::room_setup::RoomSetup;

/// The twin of a room's world. It also holds the room's world to the laws that need no twin.
#[derive(Debug)]
pub(in crate::engine) struct Twin<G: Game> {
    world: StaticWorld<G::Map>,
    game: G,
    events: Events<G::Event>,
    setup: Setup<G::Settings>,
    /// The tick at whose end this world was last restored from a checkpoint of the first.
    restored: Option<Tick>,
}

impl<G: Game> Twin<G> {
    /// Makes a second world from the same setup; `map_bytes` is the first world's map.
    pub(in crate::engine) fn new(
        setup: &RoomSetup<G::Settings>,
        map_bytes: &[u8],
    ) -> Result<Self, MapError> {
        let (map, bytes) = setup.map::<G>()?;
        if bytes != map_bytes {
            return Err(MapError(
                "the same text gives two different maps: reading one must be a pure function"
                    .into(),
            ));
        }
        let world = StaticWorld { map: Arc::new(map), tick_hz: setup.game.tick_hz };
        let game = G::new(Arc::clone(&world.map), &setup.game);
        let setup = setup.game.clone();
        Ok(Self { world, game, events: Events::default(), setup, restored: None })
    }

    /// A player joins, whom the first world answered this.
    ///
    /// # Panics
    /// When the answer of this one is another.
    pub(in crate::engine) fn join(
        &mut self,
        player: PlayerId,
        who: Identity<'_>,
        first: &Result<(), Refused>,
    ) {
        let second = self.game.join(player, who);
        if &second != first {
            let what = format!("the answer to player {player} who wants to join");
            self.differs(Difference::new(&what, said(first), said(&second), "in join"));
        }
    }

    /// A player leaves.
    pub(in crate::engine) fn leave(&mut self, player: PlayerId) {
        self.game.leave(player);
    }

    /// A player loses its connection.
    pub(in crate::engine) fn away(&mut self, player: PlayerId) {
        self.game.away(player);
    }

    /// A player is back on another connection.
    pub(in crate::engine) fn back(&mut self, player: PlayerId) {
        self.game.back(player);
    }

    /// A spectator joins.
    pub(in crate::engine) fn spectate(&mut self) {
        self.game.spectate();
    }

    /// A player's command, which the first world answered this.
    ///
    /// # Panics
    /// When the answer of this one is another.
    pub(in crate::engine) fn command(
        &mut self,
        tick: Tick,
        player: PlayerId,
        command: &G::Command,
        first: &Result<(), Refused>,
    ) {
        let context = self.world.at(tick);
        let second = self.game.command(context, player, command, &mut self.events);
        if &second != first {
            let what = format!("the answer to a command of player {player}");
            self.differs(Difference::new(&what, said(first), said(&second), "in command"));
        }
    }

    /// A chat line, which the first world judged like this.
    ///
    /// # Panics
    /// When this one judges otherwise.
    pub(in crate::engine) fn say(
        &mut self,
        tick: Tick,
        player: PlayerId,
        line: Spoken<'_>,
        first: &Verdict,
    ) {
        let second = self.game.say(self.world.at(tick), player, line, &mut self.events);
        if &second != first {
            let what = format!("the verdict on a chat line of player {player}");
            let [one, other] = [first, &second].map(|verdict| format!("{verdict:?}"));
            self.differs(Difference::new(&what, one, other, "in say"));
        }
    }

    /// A report of a chat line.
    pub(in crate::engine) fn report(&mut self, player: PlayerId, line: RecordId, text: &str) {
        self.game.report(player, line, text, &mut self.events);
    }

    /// Steps to the end of `tick` as `first` has done, with these events, and compares.
    ///
    /// # Panics
    /// When the first world breaks a law.
    pub(in crate::engine) fn step(
        &mut self,
        first: (&G, &Events<G::Event>),
        tick: Tick,
        inputs: &[(PlayerId, Controls<G::Input>)],
        players: &[PlayerId],
    ) {
        let (game, events) = first;
        let context = self.world.at(tick);
        self.game.step(context, inputs, &mut self.events);
        let equal =
            compare((game, events), (&self.game, &self.events), tick, players).and_then(|()| {
                if self.restored.is_some() { self.compare_saved(game, tick) } else { Ok(()) }
            });
        if let Err(difference) = equal {
            self.differs(difference);
        }
        if let Err(broken) = check_world(game, context, players) {
            panic!("{broken}");
        }
        self.events.drain().for_each(drop);
        self.events.drain_chat().for_each(drop);
    }

    /// Puts in place of this world one that is restored from a checkpoint of the first, at the end of
    /// `tick`.
    ///
    /// # Panics
    /// When it can't be restored, or is not what was saved.
    pub(in crate::engine) fn restore(&mut self, first: &G, tick: Tick) {
        self.restored = Some(tick);
        match restore(&save(first), &self.world.map, &self.setup) {
            Ok(game) => self.game = game,
            Err(error) => {
                panic!("a world can't be restored from its checkpoint: {error} (tick {tick})")
            }
        }
        if let Err(difference) = self.compare_saved(first, tick) {
            self.differs(difference);
        }
    }

    /// Compares what is not seen from outside, too.
    fn compare_saved(&self, first: &G, tick: Tick) -> Result<(), Difference> {
        let (ones, others) = (save(first), save(&self.game));
        let Some(at) =
            (0..ones.len().max(others.len())).find(|at| ones.get(*at) != others.get(*at))
        else {
            return Ok(());
        };
        let what = format!("byte {at} of what a checkpoint holds of the world");
        let [one, other] = [ones, others].map(|bytes| match bytes.get(at) {
            Some(byte) => byte.to_string(),
            None => "missing".to_owned(),
        });
        Err(Difference::new(&what, one, other, &format!("tick {tick}")))
    }

    /// Says what differs between the two worlds.
    fn differs(&self, difference: Difference) -> ! {
        let Difference { what, first, second, place } = difference;
        match self.restored {
            None => panic!(
                "the rules are not a pure function of world and inputs: {what} is {first} and, \
                 stepped again, {second} ({place})"
            ),
            Some(tick) => panic!(
                "a world that is restored from a checkpoint goes on otherwise than the one that was \
                 saved: {what} is {first} and, restored after tick {tick}, {second} ({place}); does \
                 a #[scratch] field matter, or is state outside of the world?"
            ),
        }
    }
}

fn said(answer: &Result<(), Refused>) -> String {
    match answer {
        Ok(()) => "yes".to_owned(),
        Err(Refused(text)) => format!("no: {text}"),
    }
}
