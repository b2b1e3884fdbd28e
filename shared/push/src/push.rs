//! Answers that stay open and grow: server-sent events, and lines of JSON.
//!
//! Here is what all of them have in common: headers, forms, signs of life. What they say, and to
//! whom, is their [`Source`]'s affair.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::Frame;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::framed::Framed;

/// Something is sent at least this often: proxies end what is silent, most of them after 60 s.
const BEAT: Duration = Duration::from_secs(15);
/// Tells nginx not to collect what is sent.
pub const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// How things are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Server-sent events, which a browser's `EventSource` reads.
    Events,
    /// One JSON object a line.
    Lines,
}

impl Form {
    /// What a request asks for that does not say so otherwise.
    pub fn asked(headers: &HeaderMap) -> Option<Self> {
        let accept = headers.get(ACCEPT)?.to_str().ok()?;
        if accept.contains("text/event-stream") {
            Some(Self::Events)
        } else {
            accept.contains("application/x-ndjson").then_some(Self::Lines)
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Events => "text/event-stream",
            Self::Lines => "application/x-ndjson",
        }
    }

    fn of(self, framed: &Framed) -> Bytes {
        match self {
            Self::Events => framed.event(),
            Self::Lines => framed.line(),
        }
    }

    /// Says nothing.
    fn beat(self) -> &'static [u8] {
        match self {
            Self::Events => b":\n\n",
            Self::Lines => b"\n",
        }
    }
}

/// What is to be done now.
#[derive(Debug)]
pub enum Next {
    /// Say this.
    Say(Framed),
    /// Wait until something changes.
    Wait,
    /// Nothing more will come.
    End,
}

/// What an answer says, bit by bit. It holds nothing that waits to be sent: it is asked once what was
/// said before is on its way, so that a slow client costs no memory.
pub trait Source: Send + Unpin + 'static {
    /// What is to be done now; asked again after each answer but the end.
    fn next(&mut self) -> Next;
}

/// Answers with all that `source` says. It is asked again whenever `changes` are noted.
pub fn answer<T: Send + Sync + 'static>(
    form: Form,
    source: impl Source,
    changes: watch::Receiver<T>,
) -> Response {
    let body = Body::new(Pushed { form, source, changes, waiting: None });
    ([(CONTENT_TYPE, form.content_type()), UNBUFFERED], body).into_response()
}

/// Resolves to the follower if something changed, to nothing if it was silent for too long. (An error
/// says that nothing changes any more.)
type Waiting<T> = Pin<Box<dyn Future<Output = Option<watch::Receiver<T>>> + Send>>;

/// The body of such an answer.
struct Pushed<T, S> {
    form: Form,
    source: S,
    changes: watch::Receiver<T>,
    waiting: Option<Waiting<T>>,
}

impl<T: Send + Sync + 'static, S: Source> hyper::body::Body for Pushed<T, S> {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        let say = |bytes| Poll::Ready(Some(Ok(Frame::data(bytes))));
        loop {
            let Some(waiting) = &mut this.waiting else {
                match this.source.next() {
                    Next::Say(framed) => return say(this.form.of(&framed)),
                    Next::End => return Poll::Ready(None),
                    Next::Wait => {}
                }
                let mut changes = this.changes.clone();
                this.waiting = Some(Box::pin(async move {
                    let changed = timeout(BEAT, changes.changed()).await;
                    changed.is_ok_and(|changed| changed.is_ok()).then_some(changes)
                }));
                continue;
            };
            let changes = ready!(waiting.as_mut().poll(cx));
            this.waiting = None;
            match changes {
                Some(changes) => this.changes = changes,
                None if this.changes.has_changed().is_err() => return Poll::Ready(None),
                None => return say(Bytes::from_static(this.form.beat())),
            }
        }
    }
}
