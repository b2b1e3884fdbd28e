//! The laws that a world shows by itself.

use std::collections::BTreeMap;

use drumbeat_shared::game::{Context, Game};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::replication::hold_to_schema;
use drumbeat_shared::schema::{Role, State};

/// Checks that a prediction of this state is the same each time, and leaves every decision
/// unchanged, every field within its range, the integers beyond the kind's fields 0, and all of an
/// entity that rests as it was. `slot` is the entity's, if it has one.
///
/// # Errors
/// What the prediction breaks: kind, field and values.
pub fn check_prediction<G: Game>(
    context: Context<'_, G::Map>,
    state: &State,
    slot: Option<u32>,
) -> Result<(), String> {
    let [once, again] = [(); 2].map(|()| {
        let mut predicted = *state;
        G::predict(context, &mut predicted);
        predicted
    });
    let Some(kind) = G::SCHEMA.kinds.get(usize::from(state.kind)) else {
        return Err(format!("kind {} does not exist{}", state.kind, at(slot, context)));
    };
    let broken = |what: String| Err(format!("{what}{}", at(slot, context)));
    if once.kind != state.kind {
        return broken(format!("predict makes a {} another kind of entity", kind.name));
    }
    let rests = G::rests(state);
    for (index, field) in kind.fields.iter().enumerate() {
        let [before, now, then] = [state, &once, &again].map(|state| state.fields[index]);
        let name = format!("{}.{}", kind.name, field.name);
        if now != then {
            return broken(format!(
                "predict is not a pure function: it makes {name} {now} and, called again, {then}"
            ));
        }
        if !field.holds(now) {
            let (min, max) = (field.min, field.max);
            return broken(format!(
                "predict leaves the range {min}..={max} of {name}: it makes {before} {now}"
            ));
        }
        if rests && now != before {
            return broken(format!(
                "a {} rests, and predict changes its {name} from {before} to {now}: `rests` is for \
                 what predict leaves as it is until the rules change it",
                kind.name
            ));
        }
        if field.role == Role::Decision && now != before {
            return broken(format!(
                "predict changes the decision {name} from {before} to {now}; decisions are for \
                 control and step"
            ));
        }
    }
    let own = kind.fields.len();
    match (own..once.fields.len()).find(|index| once.fields[*index] != 0) {
        Some(index) => broken(format!(
            "predict writes beyond the {own} fields of {}: it makes integer {index} {}",
            kind.name, once.fields[index]
        )),
        None => Ok(()),
    }
}

/// Checks that each entity of a world is what the schema says, and that its prediction for the next
/// tick keeps to its laws.
///
/// # Errors
/// What a prediction breaks: kind, field, values and slot.
///
/// # Panics
/// When an entity is not what the schema says.
pub fn check_entities<G: Game>(game: &G, context: Context<'_, G::Map>) -> Result<(), String> {
    game.entities().iter().try_for_each(|(id, state)| {
        hold_to_schema::<G>(state, Some(id.slot));
        check_prediction::<G>(context.next(), state, Some(id.slot))
    })
}

/// Checks the entities of a world, and that each of the connected players has at most one avatar,
/// and an eye with it.
pub(super) fn check_world<G: Game>(
    game: &G,
    context: Context<'_, G::Map>,
    players: &[PlayerId],
) -> Result<(), String> {
    check_entities(game, context)?;
    let tick = context.tick;
    let mut avatars = BTreeMap::<PlayerId, u32>::new();
    for (id, state) in game.entities().iter() {
        let Some(owner) = G::owner(state) else { continue };
        if let Some(other) = avatars.insert(owner, id.slot) {
            return Err(format!(
                "player {owner} has two avatars, in the slots {other} and {}: remove one before \
                 inserting the next (tick {tick})",
                id.slot
            ));
        }
    }
    let blind = |player: &&PlayerId| avatars.contains_key(player) && game.eye(**player).is_none();
    match players.iter().find(blind) {
        Some(player) => Err(format!(
            "player {player} has an avatar, in slot {}, but no eye: does `avatar` return its id? \
             (tick {tick})",
            avatars[player]
        )),
        None => Ok(()),
    }
}

/// Where a law was broken.
fn at<M>(slot: Option<u32>, context: Context<'_, M>) -> String {
    let tick = context.tick;
    slot.map_or_else(|| format!(" (tick {tick})"), |slot| format!(" (slot {slot}, tick {tick})"))
}
