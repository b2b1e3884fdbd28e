//! What those who run a server do to all of it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use drumbeat_shared::game::Game;
use serde_json::json;

use super::answer::{Body, Problem};
use super::ban_acts::{banned, stored};
use super::requests::{BanOf, Line, Log, Plain};
use super::state::{Admin, Asked, Who};
use crate::bans::NewBan;
use crate::engine::moderation::Act;
use crate::stamp::Stamp;
use crate::telemetry::admin_metrics::ActKind;
use crate::telemetry::logging;

/// What stands for the whole server in the account.
const SERVER: &str = "server";

type Shared<G> = State<Arc<Admin<G>>>;

pub(super) async fn say<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Body { request, sent }: Body<Line>,
) -> Response {
    let done = async {
        let said = admin.edge.lobby.act_everywhere(&Act::Say(request.text()?)).await;
        let rooms = said.into_iter().map(|(room, heard)| match heard {
            Ok(heard) => json!({ "room": room, "heard": heard.len() }),
            Err(error) => json!({ "room": room, "error": error.to_string() }),
        });
        Ok(json!({ "rooms": rooms.collect::<Vec<_>>() }))
    };
    let done = done.await;
    let (kind, target) = (ActKind::Say, SERVER);
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, done)
}

pub(super) async fn ban<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Body { request, sent }: Body<BanOf>,
) -> Response {
    let done = async {
        let now = Stamp::now();
        let (target, reason, until) = (request.target()?, request.reason()?, request.until(now)?);
        banned(&admin, NewBan { target, reason, by: who.0.clone(), until }, now).await
    };
    let done = done.await;
    let (kind, target) = (ActKind::Ban, SERVER);
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, done)
}

pub(super) async fn lift<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
    Body { sent, .. }: Body<Plain>,
) -> Response {
    let lift = || {
        let number = id.parse().ok();
        let lifted = number.and_then(|number| admin.edge.bans.lift(number, Stamp::now()));
        let text = format!("there is no ban {id}; GET /api/bans lists them");
        let changed = lifted.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, text))?;
        let stored = stored(changed.stored, "the ban is lifted until the server ends")?;
        Ok(json!({ "lifted": changed.ban, "stored": stored }))
    };
    let (kind, target) = (ActKind::Lift, id.as_str());
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, lift())
}

pub(super) async fn drain<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Body { sent, .. }: Body<Plain>,
) -> Response {
    let set = admin.edge.lobby.set_draining(true);
    let done = set.map(|changed| json!({ "draining": true, "changed": changed }));
    let (kind, target) = (ActKind::Drain, SERVER);
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, done.map_err(Problem::from))
}

pub(super) async fn undrain<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Body { sent, .. }: Body<Plain>,
) -> Response {
    let set = admin.edge.lobby.set_draining(false);
    let done = set.map(|changed| json!({ "draining": false, "changed": changed }));
    let (kind, target) = (ActKind::Undrain, SERVER);
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, done.map_err(Problem::from))
}

pub(super) async fn log<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Body { request, sent }: Body<Log>,
) -> Response {
    let set = logging::set_filter(&request.filter)
        .map_err(|text| Problem::wrong(format!("filter {text}")));
    let done = set.map(|before| json!({ "filter": request.filter, "before": before }));
    let (kind, target) = (ActKind::Log, SERVER);
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, done)
}
