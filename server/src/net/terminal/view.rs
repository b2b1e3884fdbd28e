//! What a text client is sent of the world, as JSON. Entities go by the numbers that the client core
//! gives them, and their fields by their names, in units of the game's world.

use std::collections::HashMap;
use std::mem::replace;

use drumbeat_shared::client::{Client, Seen};
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::input::Input;
use drumbeat_shared::protocol::messages::{ResumeOffer, Welcome};
use drumbeat_shared::schema::{Field, State};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::controls::{Controls, scaled};
use super::request::digits;

/// Names that stand in front of an entity's fields.
const TAKEN: [&str; 2] = ["kind", "owner"];

/// What a client has been sent of the entities in view, by their keys.
#[derive(Debug, Default)]
pub(super) struct Sent(HashMap<u32, State>);

impl Sent {
    /// Notes that the client is sent all that is in view as it is now; returns what it had.
    pub(super) fn note<G: Game>(&mut self, client: &Client<G>) -> HashMap<u32, State> {
        replace(&mut self.0, client.visible().map(|seen| (seen.key, seen.state)).collect())
    }
}

/// The answer to a join.
pub(super) fn welcome<G: Game>(welcome: &Welcome) -> String {
    let resume =
        |ResumeOffer { token, keep_s }: ResumeOffer| Resume { token: digits(token), keep_s };
    encode(&Answer {
        welcome: Entrance {
            player: welcome.player,
            name: &welcome.name,
            room: &welcome.room,
            game: G::NAME,
            tick_hz: welcome.tick_hz,
            resume: welcome.resume.map(resume),
            resumed: welcome.resumed.is_some(),
            controls: Controls::<G::Input>::new(),
        },
    })
}

#[derive(Serialize)]
struct Answer<T> {
    welcome: T,
}

#[derive(Serialize)]
#[serde(bound = "")]
struct Entrance<'a, I: Input> {
    player: Option<PlayerId>,
    name: &'a str,
    room: &'a str,
    game: &'a str,
    tick_hz: u16,
    resume: Option<Resume>,
    resumed: bool,
    controls: Controls<I>,
}

#[derive(Serialize)]
struct Resume {
    token: String,
    keep_s: u16,
}

/// The map, in the form that the game gives it.
pub(super) fn map<G: Game>(map: &G::Map) -> String {
    encode(&Mapped { map })
}

#[derive(Serialize)]
struct Mapped<'a, M> {
    map: &'a M,
}

/// The client's own avatar and private state.
pub(super) fn you<G: Game>(client: &mut Client<G>) -> String {
    let you = You::of(client);
    encode(&Whole::<G> { tick: tick(client), you, state: None, gone: None })
}

/// All that is in view.
pub(super) fn whole<G: Game>(client: &mut Client<G>) -> String {
    let seen: Vec<Seen> = client.visible().copied().collect();
    state(client, &seen, None)
}

/// What of it is not as it was sent last.
pub(super) fn changes<G: Game>(client: &mut Client<G>, sent: &mut Sent) -> String {
    let before = sent.note(client);
    let is_new = |seen: &&Seen| before.get(&seen.key) != Some(&seen.state);
    let seen: Vec<Seen> = client.visible().filter(is_new).copied().collect();
    let gone = before.keys().filter(|key| !sent.0.contains_key(key)).copied().collect();
    state(client, &seen, Some(gone))
}

fn state<G: Game>(client: &mut Client<G>, seen: &[Seen], gone: Option<Vec<u32>>) -> String {
    let entities = seen.iter().map(|seen| (seen.key, Entity::of(client, seen.state)));
    let state = Entities::<G>(entities.collect());
    let you = You::of(client);
    encode(&Whole { tick: tick(client), you, state: Some(state), gone })
}

/// Serialised by the names of its fields.
#[derive(Serialize)]
#[serde(bound = "")]
struct Whole<G: Game> {
    tick: Tick,
    you: You<G>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Entities<G>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gone: Option<Vec<u32>>,
}

#[derive(Serialize)]
#[serde(bound = "")]
struct You<G: Game> {
    player: Option<PlayerId>,
    avatar: Option<Entity<G>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private: Option<Fields>,
}

impl<G: Game> You<G> {
    fn of(client: &mut Client<G>) -> Self {
        let player = client.welcome().and_then(|welcome| welcome.player);
        let own = client.own().copied();
        let private = Fields(G::SCHEMA.private, client.private().to_vec());
        let has_private = player.is_some() && !G::SCHEMA.private.is_empty();
        Self {
            player,
            avatar: own.map(|own| Entity::of(client, own)),
            private: has_private.then_some(private),
        }
    }
}

struct Entities<G: Game>(Vec<(u32, Entity<G>)>);

impl<G: Game> Serialize for Entities<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, entity)| (key, entity)))
    }
}

struct Entity<G: Game> {
    kind: &'static str,
    owner: Option<(PlayerId, Option<String>)>,
    fields: Fields,
    game: std::marker::PhantomData<fn() -> G>,
}

impl<G: Game> Entity<G> {
    fn of(client: &mut Client<G>, state: State) -> Self {
        let owner = G::owner(&state);
        let owner = owner.map(|player| (player, client.name(player).map(str::to_owned)));
        let fields = Fields(G::SCHEMA.fields(state.kind), state.fields.to_vec());
        let kind = G::SCHEMA.kind_name(state.kind);
        Self { kind, owner, fields, game: std::marker::PhantomData }
    }
}

impl<G: Game> Serialize for Entity<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.kind)?;
        if let Some((player, name)) = &self.owner {
            map.serialize_entry("owner", &Owner { player: *player, name: name.as_deref() })?;
        }
        for (name, value) in self.fields.each().filter(|(name, _)| !TAKEN.contains(name)) {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Owner<'a> {
    player: PlayerId,
    name: Option<&'a str>,
}

/// Fields and their values.
struct Fields(&'static [Field], Vec<i32>);

impl Fields {
    fn each(&self) -> impl Iterator<Item = (&'static str, Value)> {
        let scaled =
            |(field, value): (&Field, &i32)| (field.name, scaled(*value, field.steps_per_unit));
        self.0.iter().zip(&self.1).map(scaled)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.each())
    }
}

fn tick<G: Game>(client: &Client<G>) -> Tick {
    client.tick().unwrap_or_default()
}

/// A value that has no JSON (no type here) becomes `null`.
pub(super) fn encode<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}
