//! Jobs by HTTP: `/api/jobs` lists them, `/api/jobs/ID` is one of them, as JSON or pushed.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::job::Reader;
use crate::jobs::Jobs;
use crate::push::{self, Form};

/// Answers for these jobs.
pub(crate) fn routes(jobs: Jobs) -> Router {
    Router::new().route("/api/jobs", get(list)).route("/api/jobs/{id}", get(job)).with_state(jobs)
}

async fn list(State(jobs): State<Jobs>) -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(json!({ "jobs": jobs.heads() })))
}

/// What a reader asks for.
#[derive(Deserialize)]
struct Asked {
    /// The last entry that it has.
    since: Option<u64>,
}

async fn job(
    State(jobs): State<Jobs>,
    Path(id): Path<String>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let Ok(Query(asked)) = asked else {
        return wrong(StatusCode::BAD_REQUEST, "since must be an entry's number, as in ?since=17");
    };
    let Some(account) = jobs.find(&id) else {
        return wrong(
            StatusCode::NOT_FOUND,
            "there is no such job; /api/jobs lists those there are",
        );
    };
    let last_event = headers.get(HeaderName::from_static("last-event-id"));
    let last_event = last_event.and_then(|value| value.to_str().ok()?.parse().ok());
    let since = last_event.or(asked.since);
    let Some(form) = Form::asked(&headers) else {
        let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
        return (headers, account.json_since(since.unwrap_or(0))).into_response();
    };
    if since.is_some_and(|seen| account.ends_at(seen)) {
        // An EventSource does not come back after this.
        return StatusCode::NO_CONTENT.into_response();
    }
    let changes = account.follow();
    push::answer(form, Reader::new(account, since.unwrap_or(0)), changes)
}

fn wrong(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({ "error": text }))).into_response()
}
