//! Bans, from the list of them to the rooms.

use axum::http::StatusCode;
use drumbeat_shared::game::Game;
use serde_json::{Value, json};
use tracing::error;

use super::answer::Problem;
use super::state::Admin;
use crate::bans::{Changed, NewBan};
use crate::engine::close::CloseReason;
use crate::engine::moderation::{Act, Concerned};
use crate::engine::viewer::Viewer;
use crate::stamp::Stamp;

/// Makes a ban, and sends away whom it covers.
pub(super) async fn banned<G: Game>(
    admin: &Admin<G>,
    new: NewBan,
    now: Stamp,
) -> Result<Value, Problem> {
    let full = |full| Problem::new(StatusCode::CONFLICT, format!("{full}"));
    // Before anybody is sent away: nobody may come back in between.
    let Changed { ban, stored: written } = admin.edge.bans.add(new, now).map_err(full)?;
    let expel = Act::Expel { target: ban.target.clone(), reason: CloseReason::banned(&ban) };
    let (mut gone, mut silent) = (Vec::new(), Vec::new());
    for (room, concerned) in admin.edge.lobby.act_everywhere(&expel).await {
        match concerned {
            Ok(concerned) => gone.extend(concerned.iter().map(|client| {
                let mut client = described(client);
                client["room"] = room.as_str().into();
                client
            })),
            Err(error) => silent.push(json!({ "room": room, "error": error.to_string() })),
        }
    }
    let stored = stored(written, "the ban holds until the server ends")?;
    Ok(json!({ "ban": ban, "stored": stored, "sent_away": gone, "not_done_in": silent }))
}

/// Whether the file of bans holds a change; `so_far` says what became of it if it should and does not.
pub(super) fn stored(written: std::io::Result<bool>, so_far: &str) -> Result<bool, Problem> {
    written.map_err(|error| {
        error!(%error, "the file of bans could not be written");
        let text = format!("{so_far}, but not longer: the file of bans can't be written: {error}");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, text)
    })
}

/// A client, as answers name it.
pub(super) fn described(client: &Concerned) -> Value {
    let (role, id) = match client.viewer {
        Viewer::Player(player) => ("player", player.0),
        Viewer::Spectator(number) => ("spectator", number),
    };
    let mut described =
        json!({ role: id, "name": client.name, "address": client.address.to_string() });
    if let Some(subject) = &client.subject {
        described["subject"] = subject.as_str().into();
    }
    described
}
