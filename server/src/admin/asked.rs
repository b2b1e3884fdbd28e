//! What somebody asks to be done: the parts that every act has.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use drumbeat_shared::game::Game;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{Body, Problem};
use super::audit::Entry;
use super::state::{Admin, Who};
use crate::stamp::Stamp;
use crate::telemetry::admin_metrics::ActKind;

/// What stands for the whole server in the account.
const SERVER: &str = "server";

/// A request to do something.
pub(super) struct Asked<G: Game, R> {
    pub(super) admin: Arc<Admin<G>>,
    pub(super) who: Who,
    /// To whom or what it is done: as the path says, or the whole server.
    pub(super) target: String,
    pub(super) request: R,
    /// The request as it was sent.
    sent: Value,
}

impl<G: Game, R: DeserializeOwned> FromRequest<Arc<Admin<G>>> for Asked<G, R> {
    type Rejection = Response;

    async fn from_request(request: Request, admin: &Arc<Admin<G>>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let who = Extension::from_request_parts(&mut parts, admin).await;
        let Extension(who) = who.map_err(IntoResponse::into_response)?;
        let path = Option::<Path<String>>::from_request_parts(&mut parts, admin).await;
        let path = path.map_err(IntoResponse::into_response)?;
        let target = path.map_or_else(|| SERVER.to_owned(), |Path(target)| target);
        let body = Body::from_request(Request::from_parts(parts, body), admin).await;
        let Body { request, sent } = body.map_err(IntoResponse::into_response)?;
        Ok(Self { admin: Arc::clone(admin), who, target, request, sent })
    }
}

impl<G: Game, R> Asked<G, R> {
    /// Writes into the account what was asked for and what became of it, and answers that.
    pub(super) fn answer(&self, kind: ActKind, done: Result<Value, Problem>) -> Response {
        let answer = done.as_ref().map_or_else(Problem::json, Clone::clone);
        self.admin.audit.write(&Entry {
            time: Stamp::now(),
            who: &self.who.0,
            act: kind.label(),
            target: &self.target,
            request: &self.sent,
            done: done.is_ok(),
            answer: &answer,
        });
        match done {
            Ok(done) => {
                self.admin.edge.metrics.admin.count(kind);
                Json(done).into_response()
            }
            Err(problem) => problem.into_response(),
        }
    }
}
