//! What those who run a server do to all of it.

use axum::http::StatusCode;
use axum::response::Response;
use drumbeat_shared::game::Game;
use serde_json::{Value, json};

use super::answer::Problem;
use super::asked::Asked;
use super::ban_acts::{banned, stored};
use super::requests::{BanOf, Line, Log, Plain};
use crate::bans::NewBan;
use crate::engine::moderation::Act;
use crate::stamp::Stamp;
use crate::telemetry::admin_metrics::ActKind;
use crate::telemetry::logging;

pub(super) async fn say<G: Game>(asked: Asked<G, Line>) -> Response {
    let done = async {
        let Asked { admin, request, .. } = &asked;
        let said = admin.edge.lobby.act_everywhere(&Act::Say(request.text()?)).await;
        let rooms = said.into_iter().map(|(room, heard)| match heard {
            Ok(heard) => json!({ "room": room, "heard": heard.len() }),
            Err(error) => json!({ "room": room, "error": error.to_string() }),
        });
        Ok(json!({ "rooms": rooms.collect::<Vec<_>>() }))
    };
    asked.answer(ActKind::Say, done.await)
}

pub(super) async fn ban<G: Game>(asked: Asked<G, BanOf>) -> Response {
    let done = async {
        let Asked { admin, request, who, .. } = &asked;
        let now = Stamp::now();
        let (target, reason, until) = (request.target()?, request.reason()?, request.until(now)?);
        banned(admin, NewBan { target, reason, by: who.0.clone(), until }, now).await
    };
    asked.answer(ActKind::Ban, done.await)
}

pub(super) async fn lift<G: Game>(asked: Asked<G, Plain>) -> Response {
    let lift = || {
        let Asked { admin, target: id, .. } = &asked;
        let number = id.parse().ok();
        let lifted = number.and_then(|number| admin.edge.bans.lift(number, Stamp::now()));
        let text = format!("there is no ban {id}; GET /api/bans lists them");
        let changed = lifted.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, text))?;
        let stored = stored(changed.stored, "the ban is lifted until the server ends")?;
        Ok(json!({ "lifted": changed.ban, "stored": stored }))
    };
    asked.answer(ActKind::Lift, lift())
}

pub(super) async fn drain<G: Game>(asked: Asked<G, Plain>) -> Response {
    asked.answer(ActKind::Drain, set_draining(&asked, true))
}

pub(super) async fn undrain<G: Game>(asked: Asked<G, Plain>) -> Response {
    asked.answer(ActKind::Undrain, set_draining(&asked, false))
}

fn set_draining<G: Game>(asked: &Asked<G, Plain>, draining: bool) -> Result<Value, Problem> {
    let changed = asked.admin.edge.lobby.set_draining(draining)?;
    Ok(json!({ "draining": draining, "changed": changed }))
}

pub(super) async fn log<G: Game>(asked: Asked<G, Log>) -> Response {
    let filter = &asked.request.filter;
    let set = logging::set_filter(filter).map_err(|text| Problem::wrong(format!("filter {text}")));
    let done = set.map(|before| json!({ "filter": filter, "before": before }));
    asked.answer(ActKind::Log, done)
}
