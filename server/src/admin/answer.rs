//! What requests to the admin listener hold, and what they are answered: JSON.

use std::time::Duration;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::rooms::moderation::ActError;

/// Limit of a request's body, bytes.
const BODY_BYTES_MAX: usize = 16 << 10;
/// How long a body may take to arrive.
const BODY_LIMIT: Duration = Duration::from_secs(5);

/// Why something was not done.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// The request is wrong.
    pub(super) fn wrong(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// What is said, as JSON.
    pub(super) fn json(&self) -> Value {
        json!({ "error": self.text })
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        let status = match error {
            ActError::NoRoom => StatusCode::NOT_FOUND,
            ActError::BadName => StatusCode::BAD_REQUEST,
            ActError::Ends | ActError::Ending | ActError::TooManyLocked => StatusCode::CONFLICT,
            ActError::Busy | ActError::Silent => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(self.json())).into_response()
    }
}

/// The body of a request that does something. Its type is one that no form of a web page can send.
#[derive(Debug)]
pub(super) struct Body<T> {
    pub(super) request: T,
    /// The same as it was sent.
    pub(super) sent: Value,
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or("").trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            let text = "send JSON, with Content-Type: application/json (curl --json '{}' URL)";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
        }
        let read = timeout(BODY_LIMIT, to_bytes(request.into_body(), BODY_BYTES_MAX)).await;
        let late =
            |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive");
        let bytes = read.map_err(late)?.map_err(|_| {
            let text = format!("the body did not arrive whole, or has over {BODY_BYTES_MAX} bytes");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, text)
        })?;
        Self::parse(&bytes)
    }
}

impl<T: DeserializeOwned> Body<T> {
    /// Reads a body.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let wrong = |error: serde_json::Error| {
            Problem::wrong(format!("the body is not what is expected: {error}; see docs/admin.md"))
        };
        let sent: Value = serde_json::from_slice(bytes).map_err(wrong)?;
        if !sent.is_object() {
            return Err(Problem::wrong("the body must be an object, such as {}"));
        }
        // From the text: of a key that comes twice, the value above holds only the last.
        let request = serde_json::from_slice(bytes).map_err(wrong)?;
        Ok(Self { request, sent })
    }
}
