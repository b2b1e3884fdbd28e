//! What those who run a server do in a room, and to one.

use axum::http::StatusCode;
use axum::response::Response;
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::close::CloseCode;
use serde_json::{Value, json};

use super::answer::Problem;
use super::asked::Asked;
use super::ban_acts::{banned, described};
use super::requests::{Client, End, Line, Plain, Voice};
use super::state::Admin;
use crate::bans::NewBan;
use crate::engine::close::CloseReason;
use crate::engine::moderation::{Act, Whom};
use crate::stamp::Stamp;
use crate::telemetry::admin_metrics::ActKind;

pub(super) async fn kick<G: Game>(asked: Asked<G, Client>) -> Response {
    let done = async {
        let Asked { admin, target: room, request, .. } = &asked;
        request.check_kick()?;
        let (whom, reason) = (request.whom()?, request.reason()?);
        let reason = match reason.as_str() {
            "" => CloseCode::Kicked.into(),
            reason => CloseReason::detailed(CloseCode::Kicked, reason),
        };
        let kick = Act::Kick { whom: whom.clone(), reason };
        Ok(json!({ "kicked": one(admin, room, &whom, kick).await? }))
    };
    asked.answer(ActKind::Kick, done.await)
}

/// Bans whoever has a client's ticket, or where a guest comes from.
pub(super) async fn ban<G: Game>(asked: Asked<G, Client>) -> Response {
    let done = async {
        let Asked { admin, target: room, request, who, .. } = &asked;
        let now = Stamp::now();
        let (whom, reason, until) = (request.whom()?, request.reason()?, request.until(now)?);
        let found = admin.edge.lobby.act(room, Act::Find(whom.clone())).await?;
        let found = found.first().ok_or_else(|| nobody(room, &whom))?;
        let target = request.ban_of(found)?;
        banned(admin, NewBan { target, reason, by: who.0.clone(), until }, now).await
    };
    asked.answer(ActKind::Ban, done.await)
}

pub(super) async fn mute<G: Game>(asked: Asked<G, Voice>) -> Response {
    let done = async {
        let Asked { admin, target: room, request, .. } = &asked;
        let (whom, reason, for_s) = (request.whom(), request.reason()?, request.for_s()?);
        let mute = Act::Mute { whom: whom.clone(), for_s, reason };
        Ok(json!({ "muted": one(admin, room, &whom, mute).await?, "for_s": for_s }))
    };
    asked.answer(ActKind::Mute, done.await)
}

pub(super) async fn unmute<G: Game>(asked: Asked<G, Voice>) -> Response {
    let done = async {
        let Asked { admin, target: room, request, .. } = &asked;
        request.check_unmute()?;
        let whom = request.whom();
        Ok(json!({ "unmuted": one(admin, room, &whom, Act::Unmute(whom.clone())).await? }))
    };
    asked.answer(ActKind::Unmute, done.await)
}

pub(super) async fn say<G: Game>(asked: Asked<G, Line>) -> Response {
    let done = async {
        let Asked { admin, target: room, request, .. } = &asked;
        let heard = admin.edge.lobby.act(room, Act::Say(request.text()?)).await?;
        Ok(json!({ "room": room, "heard": heard.len() }))
    };
    asked.answer(ActKind::Say, done.await)
}

pub(super) async fn close<G: Game>(asked: Asked<G, End>) -> Response {
    let close = || {
        let Asked { admin, target: room, request, .. } = &asked;
        let reason = match request.reason()?.as_str() {
            "" => CloseCode::RoomClosed.into(),
            why => CloseReason::new(CloseCode::RoomClosed, format!("the room was closed: {why}")),
        };
        admin.edge.lobby.close(room, reason)?;
        Ok(json!({ "closed": room }))
    };
    asked.answer(ActKind::Close, close())
}

pub(super) async fn lock<G: Game>(asked: Asked<G, Plain>) -> Response {
    asked.answer(ActKind::Lock, set_locked(&asked, true))
}

pub(super) async fn unlock<G: Game>(asked: Asked<G, Plain>) -> Response {
    asked.answer(ActKind::Unlock, set_locked(&asked, false))
}

fn set_locked<G: Game>(asked: &Asked<G, Plain>, locked: bool) -> Result<Value, Problem> {
    let room = &asked.target;
    let changed = asked.admin.edge.lobby.set_locked(room, locked)?;
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
