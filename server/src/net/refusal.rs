//! What a refused visitor receives, as HTTP.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::http::header::{RETRY_AFTER, SEC_WEBSOCKET_VERSION, UPGRADE};
use axum::response::{IntoResponse, Response};

use crate::bans::Ban;
use crate::telemetry::reasons::RefusalReason;

/// Limit of characters of a visitor's own text that a refusal repeats.
const SHOWN_CHARS_MAX: usize = 100;

/// As much of a visitor's own text as a refusal repeats.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS_MAX).collect()
}

/// Why a request is not served, or a connection ends before one could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// For the counter and the log.
    pub(crate) reason: RefusalReason,
    /// The text for people.
    pub(crate) text: Cow<'static, str>,
}

impl Refusal {
    pub(crate) const fn new(status: StatusCode, reason: RefusalReason, text: &'static str) -> Self {
        Self { status, reason, text: Cow::Borrowed(text) }
    }

    /// The visitor is banned.
    pub(crate) fn banned(ban: &Ban) -> Self {
        let (status, reason) = (StatusCode::FORBIDDEN, RefusalReason::Banned);
        Self { status, reason, text: ban.text().into() }
    }

    /// Whether health checks are answered nevertheless: caps are no concern of theirs.
    pub(crate) fn spares_probes(&self) -> bool {
        self.reason != RefusalReason::TlsExpected
    }

    /// The complete answer to a visitor that no handler serves. `headers` are further lines.
    pub(crate) fn to_http(&self, headers: &str) -> String {
        format!(
            "HTTP/1.1 {}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\
             {headers}connection: close\r\n\r\n{}\n",
            self.status,
            self.text.len() + 1,
            self.text
        )
    }
}

impl IntoResponse for &Refusal {
    fn into_response(self) -> Response {
        let text = format!("{}\n", self.text);
        match self.reason {
            RefusalReason::ConnectionsFull
            | RefusalReason::AddressFull
            | RefusalReason::WatchersFull
            | RefusalReason::AddressWatches
            | RefusalReason::ClientUnnamed
            | RefusalReason::ProxyNotTrusted => {
                (self.status, [(RETRY_AFTER, "10")], text).into_response()
            }
            _ if self.status == StatusCode::UPGRADE_REQUIRED => {
                let headers = [(UPGRADE, "websocket"), (SEC_WEBSOCKET_VERSION, "13")];
                (self.status, headers, text).into_response()
            }
            _ => (self.status, text).into_response(),
        }
    }
}
