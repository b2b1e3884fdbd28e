//! What differs first between two worlds that should be equal.

use std::fmt::{Debug, Display};

use drumbeat_shared::document::Document;
use drumbeat_shared::game::{Audience, ChatEdit, Events, Game};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::protocol::codec;
use drumbeat_shared::schema::State;
use serde::Serialize;

/// What two worlds do not have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The entity's field, the record, the event.
    pub what: String,
    /// What it is in the first world.
    pub first: String,
    /// What it is in the second.
    pub second: String,
    /// The tick, and the slot if it is an entity.
    pub place: String,
}

impl Difference {
    pub(super) fn new(what: &str, first: impl Display, second: impl Display, place: &str) -> Self {
        let (first, second) = (first.to_string(), second.to_string());
        Self { what: what.to_owned(), first, second, place: place.to_owned() }
    }
}

/// Compares two worlds at the end of a step, with the events of that step, by all that the engine can
/// see of them.
///
/// # Errors
/// What differs first.
pub fn compare<G: Game>(
    first: (&G, &Events<G::Event>),
    second: (&G, &Events<G::Event>),
    tick: Tick,
    players: &[PlayerId],
) -> Result<(), Difference> {
    compare_entities(first.0, second.0, tick)?;
    compare_players(first.0, second.0, players, tick)?;
    compare_events(first.1.all(), second.1.all(), tick)?;
    compare_documents(first.0, second.0, tick)?;
    compare_chat(first.1.chat_edits(), second.1.chat_edits(), tick)
}

fn compare_entities<G: Game>(first: &G, second: &G, tick: Tick) -> Result<(), Difference> {
    let (ones, others) = (first.entities().slots(), second.entities().slots());
    for slot in 0..ones.len().max(others.len()) {
        let [one, other] = [ones, others].map(|slots| slots.get(slot).copied().unwrap_or_default());
        let place = format!("slot {slot}, tick {tick}");
        let what = format!("what lives in slot {slot}");
        match (&one.state, &other.state) {
            _ if one == other => {}
            (Some(state), Some(again)) if state.kind == again.kind && state != again => {
                let (name, value, other) = first_difference::<G>(state, again);
                return Err(Difference::new(&name, value, other, &place));
            }
            (state, again) if state != again => {
                let [state, again] = [state, again].map(|state| name_of::<G>(state.as_ref()));
                return Err(Difference::new(&what, state, again, &place));
            }
            _ => {
                let [one, other] = [one, other].map(|slot| format!("number {}", slot.generation));
                return Err(Difference::new(&what, one, other, &place));
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
) -> Result<(), Difference> {
    let place = format!("tick {tick}");
    let differs = |name: &str, player: PlayerId, values: [&dyn Debug; 2]| {
        let [one, other] = values.map(|value| format!("{value:?}"));
        Err(Difference::new(&format!("the {name} of player {player}"), one, other, &place))
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
        return Err(Difference::new("the leader", one, other, &place));
    }
    Ok(())
}

fn compare_events<E: Serialize + Debug>(
    ones: &[(Audience, E)],
    others: &[(Audience, E)],
    tick: Tick,
) -> Result<(), Difference> {
    let place = format!("tick {tick}");
    if ones.len() != others.len() {
        return Err(Difference::new("the number of events", ones.len(), others.len(), &place));
    }
    for (number, (one, other)) in (1..).zip(ones.iter().zip(others)) {
        if one.0 != other.0 || codec::encode(&one.1) != codec::encode(&other.1) {
            let said = |(audience, event): &(Audience, E)| format!("{event:?} to {audience:?}");
            return Err(Difference::new(
                &format!("event {number}"),
                said(one),
                said(other),
                &place,
            ));
        }
    }
    Ok(())
}

/// Names the first record in which the documents differ.
fn compare_documents<G: Game>(first: &G, second: &G, tick: Tick) -> Result<(), Difference> {
    let place = format!("tick {tick}");
    let (one, other) = match (first.document(), second.document()) {
        (None, None) => return Ok(()),
        (Some(one), Some(other)) => (one, other),
        (one, other) => {
            let [one, other] = [one, other].map(|document| document.map_or("none", |_| "there"));
            return Err(Difference::new("the document", one, other, &place));
        }
    };
    if one.records().edits() == other.records().edits() && one.iter().eq(other.iter()) {
        return Ok(());
    }
    for (mine, yours) in one.iter().zip(other.iter()) {
        if mine != yours {
            let [mine, yours] = [mine, yours].map(|(id, record)| format!("{}: {record:?}", id.0));
            return Err(Difference::new("a record of the document", mine, yours, &place));
        }
    }
    let what = "the number of records and edits of the document";
    let said = |document: &Document<G::Record>| {
        format!("{} and {}", document.len(), document.records().edits())
    };
    Err(Difference::new(what, said(one), said(other), &place))
}

fn compare_chat(ones: &[ChatEdit], others: &[ChatEdit], tick: Tick) -> Result<(), Difference> {
    if ones == others {
        return Ok(());
    }
    let [one, other] = [ones, others].map(|edits| format!("{edits:?}"));
    Err(Difference::new("what the rules do to the chat", one, other, &format!("tick {tick}")))
}
