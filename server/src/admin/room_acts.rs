//! What those who run a server do in a room, and to one.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::close::CloseCode;
use serde_json::{Value, json};

use super::answer::{Body, Problem};
use super::ban_acts::{banned, described};
use super::requests::{Client, End, Line, Plain, Voice};
use super::state::{Admin, Asked, Who};
use crate::bans::NewBan;
use crate::engine::close::CloseReason;
use crate::engine::moderation::{Act, Whom};
use crate::stamp::Stamp;
use crate::telemetry::admin_metrics::ActKind;

type Shared<G> = State<Arc<Admin<G>>>;

pub(super) async fn kick<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Path(room): Path<String>,
    Body { request, sent }: Body<Client>,
) -> Response {
    let done = async {
        request.check_kick()?;
        let (whom, reason) = (request.whom()?, request.reason()?);
        let reason = match reason.as_str() {
            "" => CloseCode::Kicked.into(),
            reason => CloseReason::detailed(CloseCode::Kicked, reason),
        };
        let kick = Act::Kick { whom: whom.clone(), reason };
        Ok(json!({ "kicked": one(&admin, &room, &whom, kick).await? }))
    };
    let done = done.await;
    let (kind, target) = (ActKind::Kick, room.as_str());
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, done)
}

/// Bans whoever has a client's ticket, or where a guest comes from.
pub(super) async fn ban<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Path(room): Path<String>,
    Body { request, sent }: Body<Client>,
) -> Response {
    let done = async {
        let now = Stamp::now();
        let (whom, reason, until) = (request.whom()?, request.reason()?, request.until(now)?);
        let found = admin.edge.lobby.act(&room, Act::Find(whom.clone())).await?;
        let found = found.first().ok_or_else(|| nobody(&room, &whom))?;
        let target = request.ban_of(found)?;
        banned(&admin, NewBan { target, reason, by: who.0.clone(), until }, now).await
    };
    let done = done.await;
    let (kind, target) = (ActKind::Ban, room.as_str());
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, done)
}

pub(super) async fn mute<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Path(room): Path<String>,
    Body { request, sent }: Body<Voice>,
) -> Response {
    let done = async {
        let (whom, reason, for_s) = (request.whom(), request.reason()?, request.for_s()?);
        let mute = Act::Mute { whom: whom.clone(), for_s, reason };
        Ok(json!({ "muted": one(&admin, &room, &whom, mute).await?, "for_s": for_s }))
    };
    let done = done.await;
    let (kind, target) = (ActKind::Mute, room.as_str());
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, done)
}

pub(super) async fn unmute<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Path(room): Path<String>,
    Body { request, sent }: Body<Voice>,
) -> Response {
    let done = async {
        request.check_unmute()?;
        let whom = request.whom();
        Ok(json!({ "unmuted": one(&admin, &room, &whom, Act::Unmute(whom.clone())).await? }))
    };
    let done = done.await;
    let (kind, target) = (ActKind::Unmute, room.as_str());
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, done)
}

pub(super) async fn say<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Path(room): Path<String>,
    Body { request, sent }: Body<Line>,
) -> Response {
    let done = async {
        let heard = admin.edge.lobby.act(&room, Act::Say(request.text()?)).await?;
        Ok(json!({ "room": room, "heard": heard.len() }))
    };
    let done = done.await;
    let (kind, target) = (ActKind::Say, room.as_str());
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, done)
}

pub(super) async fn close<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Path(room): Path<String>,
    Body { request, sent }: Body<End>,
) -> Response {
    let close = || {
        let reason = match request.reason()?.as_str() {
            "" => CloseCode::RoomClosed.into(),
            why => CloseReason::new(CloseCode::RoomClosed, format!("the room was closed: {why}")),
        };
        admin.edge.lobby.close(&room, reason)?;
        Ok(json!({ "closed": room }))
    };
    let (kind, target) = (ActKind::Close, room.as_str());
    admin.answer(&Asked { who: &who, kind, target, sent: &sent }, close())
}

pub(super) async fn lock<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Path(room): Path<String>,
    Body { sent, .. }: Body<Plain>,
) -> Response {
    let (kind, target) = (ActKind::Lock, room.as_str());
    let asked = Asked { who: &who, kind, target, sent: &sent };
    admin.answer(&asked, set_locked(&admin, &room, true))
}

pub(super) async fn unlock<G: Game>(
    State(admin): Shared<G>,
    Extension(who): Extension<Who>,
    Path(room): Path<String>,
    Body { sent, .. }: Body<Plain>,
) -> Response {
    let (kind, target) = (ActKind::Unlock, room.as_str());
    let asked = Asked { who: &who, kind, target, sent: &sent };
    admin.answer(&asked, set_locked(&admin, &room, false))
}

fn set_locked<G: Game>(admin: &Admin<G>, room: &str, locked: bool) -> Result<Value, Problem> {
    let changed = admin.edge.lobby.set_locked(room, locked)?;
    Ok(json!({ "room": room, "locked": locked, "changed": changed }))
}

/// Does something to one client. Returns who that was.
async fn one<G: Game>(
    admin: &Admin<G>,
    room: &str,
    whom: &Whom,
    act: Act,
) -> Result<Value, Problem> {
    let concerned = admin.edge.lobby.act(room, act).await?;
    concerned.first().map(described).ok_or_else(|| nobody(room, whom))
}

fn nobody(room: &str, whom: &Whom) -> Problem {
    let named = whom.name.as_ref().map_or(String::new(), |name| format!(" named {name}"));
    let text = format!(
        "there is no {}{named} in the room {room}; GET /api/rooms/{room} lists its clients",
        whom.viewer
    );
    Problem::new(StatusCode::NOT_FOUND, text)
}
