//! What those who run a server can read.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use drumbeat_shared::game::Game;
use serde_json::json;
use tokio::time::timeout;

use super::answer::Problem;
use super::state::Admin;
use crate::rooms::Draining;
use crate::rooms::moderation::ActError;
use crate::stamp::Stamp;
use crate::telemetry::logging;

/// How long a room may take to describe itself.
const DESCRIBE_LIMIT: Duration = Duration::from_secs(2);

type Shared<G> = State<Arc<Admin<G>>>;

/// Whether the rooms' loops advance, and which does not.
pub(super) async fn healthz<G: Game>(State(admin): Shared<G>) -> Response {
    match admin.edge.lobby.health() {
        Ok(()) => "ok\n".into_response(),
        Err(still) => (StatusCode::SERVICE_UNAVAILABLE, format!("{still}\n")).into_response(),
    }
}

pub(super) async fn metrics<G: Game>(State(admin): Shared<G>) -> Response {
    let metrics = &admin.edge.metrics;
    metrics.edge.tasks.set(admin.edge.game.metrics().num_alive_tasks() as f64);
    metrics.admin.bans.set(admin.edge.bans.list(Stamp::now()).len() as f64);
    let draining = if admin.edge.lobby.draining() == Draining::No { 0.0 } else { 1.0 };
    metrics.admin.draining.set(draining);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, kind)], metrics.render()).into_response()
}

/// What acts have made of the server.
pub(super) async fn server<G: Game>(State(admin): Shared<G>) -> Response {
    let edge = &admin.edge;
    Json(json!({
        "ending": edge.lobby.draining() == Draining::Ending,
        "draining": edge.lobby.draining() != Draining::No,
        "locked": edge.lobby.locked(),
        "log": logging::filter(),
    }))
    .into_response()
}

pub(super) async fn rooms<G: Game>(State(admin): Shared<G>) -> Response {
    Json(admin.edge.lobby.rooms()).into_response()
}

pub(super) async fn room<G: Game>(
    State(admin): Shared<G>,
    Path(room): Path<String>,
) -> Result<Response, Problem> {
    match timeout(DESCRIBE_LIMIT, admin.edge.lobby.describe(&room)).await {
        Ok(Some(json)) => Ok(([(CONTENT_TYPE, "application/json")], json).into_response()),
        Ok(None) => Err(ActError::NoRoom.into()),
        Err(_) => {
            let text = "the room does not answer; see GET /healthz";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, text))
        }
    }
}

pub(super) async fn bans<G: Game>(State(admin): Shared<G>) -> Response {
    Json(admin.edge.bans.list(Stamp::now())).into_response()
}
