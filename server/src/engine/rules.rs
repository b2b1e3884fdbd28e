//! The one door to the rules of a room.
//!
//! Whatever a step depends on passes here, in this order: who joins, goes and comes back, what players
//! ask, and the inputs of the tick. So whoever must see all of it stands behind this door: the second
//! world that checks the laws.

use drumbeat_shared::document::RecordId;
use drumbeat_shared::game::{Context, Controls, Events, Game, Identity, Refused, Spoken, Verdict};
use drumbeat_shared::ids::{PlayerId, Tick};

use super::laws::Twin;

/// The world of a room, and who goes through the same as it does.
#[derive(Debug)]
pub(super) struct Rules<G: Game> {
    game: G,
    /// What checks the laws of the contract, if they are checked.
    twin: Option<Box<Twin<G>>>,
}

impl<G: Game> Rules<G> {
    pub(super) fn new(game: G, twin: Option<Twin<G>>) -> Self {
        Self { game, twin: twin.map(Box::new) }
    }

    /// The world.
    pub(super) fn game(&self) -> &G {
        &self.game
    }

    /// The world, for the engine to take which entities are busy.
    pub(super) fn game_mut(&mut self) -> &mut G {
        &mut self.game
    }

    /// Restores the world that checks the laws from a checkpoint of the other, if they are checked.
    pub(super) fn restore_twin(&mut self, tick: Tick) {
        if let Some(twin) = &mut self.twin {
            twin.restore(&self.game, tick);
        }
    }

    pub(super) fn join(&mut self, player: PlayerId, who: Identity<'_>) -> Result<(), Refused> {
        let answer = self.game.join(player, who);
        if let Some(twin) = &mut self.twin {
            twin.join(player, who, &answer);
        }
        answer
    }

    pub(super) fn leave(&mut self, player: PlayerId) {
        self.game.leave(player);
        if let Some(twin) = &mut self.twin {
            twin.leave(player);
        }
    }

    pub(super) fn away(&mut self, player: PlayerId) {
        self.game.away(player);
        if let Some(twin) = &mut self.twin {
            twin.away(player);
        }
    }

    pub(super) fn back(&mut self, player: PlayerId) {
        self.game.back(player);
        if let Some(twin) = &mut self.twin {
            twin.back(player);
        }
    }

    pub(super) fn spectate(&mut self) {
        self.game.spectate();
        if let Some(twin) = &mut self.twin {
            twin.spectate();
        }
    }

    pub(super) fn command(
        &mut self,
        context: Context<'_, G::Map>,
        player: PlayerId,
        command: &G::Command,
        events: &mut Events<G::Event>,
    ) -> Result<(), Refused> {
        let answer = self.game.command(context, player, command, events);
        if let Some(twin) = &mut self.twin {
            twin.command(context.tick, player, command, &answer);
        }
        answer
    }

    pub(super) fn say(
        &mut self,
        context: Context<'_, G::Map>,
        player: PlayerId,
        line: Spoken<'_>,
        events: &mut Events<G::Event>,
    ) -> Verdict {
        let verdict = self.game.say(context, player, line, events);
        if let Some(twin) = &mut self.twin {
            twin.say(context.tick, player, line, &verdict);
        }
        verdict
    }

    pub(super) fn report(
        &mut self,
        player: PlayerId,
        line: RecordId,
        text: &str,
        events: &mut Events<G::Event>,
    ) {
        self.game.report(player, line, text, events);
        if let Some(twin) = &mut self.twin {
            twin.report(player, line, text);
        }
    }

    /// Steps to the end of the context's tick. `players` are those in the room.
    pub(super) fn step(
        &mut self,
        context: Context<'_, G::Map>,
        inputs: &[(PlayerId, Controls<G::Input>)],
        players: impl Iterator<Item = PlayerId>,
        events: &mut Events<G::Event>,
    ) {
        self.game.step(context, inputs, events);
        if let Some(twin) = &mut self.twin {
            let players: Vec<_> = players.collect();
            // So that its time does not count for the game's last phase.
            events.phase("check rules");
            twin.step((&self.game, events), context.tick, inputs, &players);
        }
    }
}
