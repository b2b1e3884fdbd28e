//! A second world that must stay equal to the first.

use std::fmt::{Debug, Display};
use std::sync::Arc;

use drumbeat_shared::document::{Document, RecordId};
use drumbeat_shared::game::{
    Audience, ChatEdit, Controls, Events, Game, Identity, MapError, Refused, Spoken, StaticWorld,
    Verdict,
};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::protocol::codec;
use drumbeat_shared::schema::State;
use serde::Serialize;

use super::world::check_world;
use crate::engine::room_setup::RoomSetup;

/// The twin of a room's world. It also holds the room's world to the laws that need no twin.
#[derive(Debug)]
pub(in crate::engine) struct Twin<G: Game> {
    world: StaticWorld<G::Map>,
    game: G,
    events: Events<G::Event>,
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
        Ok(Self { world, game, events: Events::default() })
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
            panic!("{}", impure(&what, said(first), said(&second), "in join"));
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
            panic!("{}", impure(&what, said(first), said(&second), "in command"));
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
            panic!("{}", impure(&what, one, other, "in say"));
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
        let checked = compare_entities(game, &self.game, tick)
            .and_then(|()| compare_players(game, &self.game, players, tick))
            .and_then(|()| compare_events(events.all(), self.events.all(), tick))
            .and_then(|()| compare_documents(game, &self.game, tick))
            .and_then(|()| compare_chat(events.chat_edits(), self.events.chat_edits(), tick))
            .and_then(|()| check_world(game, context, players));
        if let Err(broken) = checked {
            panic!("{broken}");
        }
        self.events.drain().for_each(drop);
        self.events.drain_chat().for_each(drop);
    }
}

/// Says what differs between the two worlds.
fn impure(what: &str, first: impl Display, second: impl Display, place: &str) -> String {
    format!(
        "the rules are not a pure function of world and inputs: {what} is {first} and, stepped \
         again, {second} ({place})"
    )
}

fn said(answer: &Result<(), Refused>) -> String {
    match answer {
        Ok(()) => "yes".to_owned(),
        Err(Refused(text)) => format!("no: {text}"),
    }
}

fn compare_entities<G: Game>(first: &G, second: &G, tick: Tick) -> Result<(), String> {
    let (ones, others) = (first.entities().slots(), second.entities().slots());
    for slot in 0..ones.len().max(others.len()) {
        let [one, other] = [ones, others].map(|slots| slots.get(slot).copied().unwrap_or_default());
        let place = format!("slot {slot}, tick {tick}");
        let what = format!("what lives in slot {slot}");
        match (&one.state, &other.state) {
            _ if one == other => {}
            (Some(state), Some(again)) if state.kind == again.kind && state != again => {
                let (name, value, other) = first_difference::<G>(state, again);
                return Err(impure(&name, value, other, &place));
            }
            (state, again) if state != again => {
                let [state, again] = [state, again].map(|state| name_of::<G>(state.as_ref()));
                return Err(impure(&what, state, again, &place));
            }
            _ => {
                let [one, other] = [one, other].map(|slot| format!("number {}", slot.generation));
                return Err(impure(&what, one, other, &place));
            }
        }
    }
    Ok(())
}

/// The first field in which two states of one kind differ, and its values.
fn first_difference<G: Game>(one: &State, other: &State) -> (String, i32, i32) {
    let differs = |index: &usize| one.fields[*index] != other.fields[*index];
    let index = (0..one.fields.len()).find(differs).unwrap_or(0);
    let field = G::SCHEMA.fields(one.kind).get(index).map_or("?", |field| field.name);
    let name = format!("{}.{field}", G::SCHEMA.kind_name(one.kind));
    (name, one.fields[index], other.fields[index])
}

fn name_of<G: Game>(state: Option<&State>) -> &'static str {
    state.map_or("nothing", |state| G::SCHEMA.kind_name(state.kind))
}

fn compare_players<G: Game>(
    first: &G,
    second: &G,
    players: &[PlayerId],
    tick: Tick,
) -> Result<(), String> {
    let place = format!("tick {tick}");
    let differs = |name: &str, player: PlayerId, values: [&dyn Debug; 2]| {
        let [one, other] = values.map(|value| format!("{value:?}"));
        Err(impure(&format!("the {name} of player {player}"), one, other, &place))
    };
    for player in players.iter().copied() {
        let (ones, others) = (first.private(player), second.private(player));
        for (field, (one, other)) in G::SCHEMA.private.iter().zip(ones.iter().zip(&others)) {
            if one != other {
                return differs(&format!("private {}", field.name), player, [one, other]);
            }
        }
        let (one, other) = (first.eye(player), second.eye(player));
        if one != other {
            return differs("eye", player, [&one, &other]);
        }
        let (one, other) = (first.name(player), second.name(player));
        if one != other {
            return differs("name", player, [&one, &other]);
        }
    }
    if first.leader() != second.leader() {
        let [one, other] = [first, second].map(|game| format!("{:?}", game.leader()));
        return Err(impure("the leader", one, other, &place));
    }
    Ok(())
}

fn compare_events<E: Serialize + Debug>(
    ones: &[(Audience, E)],
    others: &[(Audience, E)],
    tick: Tick,
) -> Result<(), String> {
    let place = format!("tick {tick}");
    if ones.len() != others.len() {
        return Err(impure("the number of events", ones.len(), others.len(), &place));
    }
    for (number, (one, other)) in (1..).zip(ones.iter().zip(others)) {
        if one.0 != other.0 || codec::encode(&one.1) != codec::encode(&other.1) {
            let said = |(audience, event): &(Audience, E)| format!("{event:?} to {audience:?}");
            return Err(impure(&format!("event {number}"), said(one), said(other), &place));
        }
    }
    Ok(())
}

/// Names the first record in which the documents differ.
fn compare_documents<G: Game>(first: &G, second: &G, tick: Tick) -> Result<(), String> {
    let place = format!("tick {tick}");
    let (one, other) = match (first.document(), second.document()) {
        (None, None) => return Ok(()),
        (Some(one), Some(other)) => (one, other),
        (one, other) => {
            let [one, other] = [one, other].map(|document| document.map_or("none", |_| "there"));
            return Err(impure("the document", one, other, &place));
        }
    };
    if one.records().edits() == other.records().edits() && one.iter().eq(other.iter()) {
        return Ok(());
    }
    for (mine, yours) in one.iter().zip(other.iter()) {
        if mine != yours {
            let [mine, yours] = [mine, yours].map(|(id, record)| format!("{}: {record:?}", id.0));
            return Err(impure("a record of the document", mine, yours, &place));
        }
    }
    let what = "the number of records and edits of the document";
    let said = |document: &Document<G::Record>| {
        format!("{} and {}", document.len(), document.records().edits())
    };
    Err(impure(what, said(one), said(other), &place))
}

fn compare_chat(ones: &[ChatEdit], others: &[ChatEdit], tick: Tick) -> Result<(), String> {
    if ones == others {
        return Ok(());
    }
    let [one, other] = [ones, others].map(|edits| format!("{edits:?}"));
    Err(impure("what the rules do to the chat", one, other, &format!("tick {tick}")))
}
