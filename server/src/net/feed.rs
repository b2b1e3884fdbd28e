//! `/api/rooms/ROOM/feed`: what a room makes public, for those who only watch.
//!
//! The same items in four forms: server-sent events, lines of JSON, and answers that come at once or
//! wait for something new. They were encoded by the tick that they are of; here they are only sent.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use drumbeat_shared::game::Game;
use hyper::body::Frame;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use super::edge::Edge;
use crate::rooms::feed::Feed;

/// Something is sent at least this often: proxies end what is silent, most of them after 60 s.
const BEAT: Duration = Duration::from_secs(15);
/// How long an answer may wait for something new.
const WAIT_S_MAX: u64 = 50;
/// Limit of items of one answer that does not stream.
const ITEMS_MAX: usize = 256;
/// Tells nginx not to collect what is sent.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// What a watcher asks for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// The last item that it has: `LIFE.N` as an answer gave it, or N alone.
    since: Option<String>,
    /// For how long an answer waits for something new, seconds.
    wait: Option<u64>,
    /// Asks for lines of JSON.
    stream: Option<String>,
}

/// How the items are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Events,
    Lines,
}

pub(crate) async fn feed<G: Game>(
    State(edge): State<Arc<Edge<G>>>,
    Path(room): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let refuse = |status: StatusCode, text: &'static str| (status, text).into_response();
    if !edge.config.room_list {
        return refuse(
            StatusCode::NOT_FOUND,
            "feeds are turned off here with the list of rooms (--room-list)\n",
        );
    }
    let Ok(Query(Asked { since, wait, stream })) = asked else {
        return refuse(StatusCode::BAD_REQUEST, "wait must be seconds, as in ?since=17&wait=25\n");
    };
    if wait.is_some_and(|wait| wait > WAIT_S_MAX) {
        return refuse(StatusCode::BAD_REQUEST, "wait may be 50 seconds at most\n");
    }
    let Some(feed) = edge.lobby.feed(&room) else {
        return refuse(
            StatusCode::NOT_FOUND,
            "no room of this name is open now; /api/rooms lists those that are\n",
        );
    };
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let wants_events = text(&ACCEPT).is_some_and(|accept| accept.contains("text/event-stream"));
    let last_event = text(&HeaderName::from_static("last-event-id"));
    let Some(seen) = Seen::read(last_event.or(since.as_deref()), &feed) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "since must be the number of an item, as in ?since=17\n",
        );
    };
    if stream.is_some() {
        watch(feed, seen, Form::Lines)
    } else if wants_events || (since.is_none() && wait.is_none()) {
        watch(feed, seen, Form::Events)
    } else {
        poll(&feed, seen, Duration::from_secs(wait.unwrap_or(0))).await
    }
}

/// How far a watcher has read.
struct Seen {
    number: u64,
    /// Whether it had read from another room of this name, or from this one before a restart.
    is_other_life: bool,
}

impl Seen {
    fn read(text: Option<&str>, feed: &Feed) -> Option<Self> {
        let Some(text) = text else { return Some(Self { number: 0, is_other_life: false }) };
        let (life, number) = text.rsplit_once('.').unwrap_or((feed.life(), text));
        let number = number.parse::<u64>().ok()?;
        let is_other_life = life != feed.life() || number > feed.last();
        Some(Self { number: if is_other_life { 0 } else { number }, is_other_life })
    }
}

/// Says that items are gone that the watcher has not had.
fn missed(items: u64, is_other_life: bool) -> String {
    let why = if is_other_life { "restart" } else { "late" };
    format!(r#"{{"kind":"missed","items":{items},"why":"{why}"}}"#)
}

/// Answers with what is new, and waits for it if need be.
async fn poll(feed: &Feed, seen: Seen, wait: Duration) -> Response {
    let mut follow = feed.follow();
    let until = Instant::now() + wait;
    while feed.after(seen.number).is_none() && !feed.has_ended() {
        if timeout_at(until, follow.changed()).await.is_err() {
            break;
        }
    }
    let (mut items, mut number) = (Vec::new(), seen.number);
    while items.len() < ITEMS_MAX
        && let Some((found, json)) = feed.after(number)
    {
        if seen.is_other_life && items.is_empty() || found > number + 1 && number > 0 {
            items.push(missed(found - number - 1, seen.is_other_life).into());
        }
        number = found;
        items.push(json);
    }
    if items.is_empty() && !feed.has_ended() {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut text = format!(
        r#"{{"next":"{}.{number}","ended":{},"items":["#,
        feed.life(),
        feed.has_ended() && feed.after(number).is_none()
    )
    .into_bytes();
    text.extend_from_slice(&items.join(&b","[..]));
    text.extend_from_slice(b"]}\n");
    ([(CONTENT_TYPE, "application/json"), UNBUFFERED], text).into_response()
}

/// Answers with what is new, for as long as the watcher stays.
fn watch(feed: Arc<Feed>, seen: Seen, form: Form) -> Response {
    let content = match form {
        Form::Events => "text/event-stream",
        Form::Lines => "application/x-ndjson",
    };
    let body = Body::new(Watching { follow: feed.follow(), feed, seen, form, waiting: None });
    ([(CONTENT_TYPE, content), UNBUFFERED], body).into_response()
}

type Waiting = Pin<Box<dyn Future<Output = Option<watch::Receiver<u64>>> + Send>>;

/// The answer to a watcher that stays. It holds no items: each is read when the one before is on its
/// way, so that a slow watcher has only its place in the ring.
struct Watching {
    feed: Arc<Feed>,
    follow: watch::Receiver<u64>,
    seen: Seen,
    form: Form,
    waiting: Option<Waiting>,
}

impl Watching {
    fn framed(&self, json: &[u8], number: Option<u64>) -> Bytes {
        match (self.form, number) {
            (Form::Lines, _) => [json, b"\n"].concat().into(),
            (Form::Events, None) => [b"data: ", json, b"\n\n"].concat().into(),
            (Form::Events, Some(number)) => {
                let id = format!("id: {}.{number}\ndata: ", self.feed.life());
                [id.as_bytes(), json, b"\n\n"].concat().into()
            }
        }
    }

    /// What is to be sent now.
    fn next(&mut self) -> Option<Bytes> {
        let (number, json) = self.feed.after(self.seen.number)?;
        let lacks = number - self.seen.number - 1;
        if std::mem::take(&mut self.seen.is_other_life) {
            return Some(self.framed(missed(lacks, true).as_bytes(), None));
        }
        if lacks > 0 && self.seen.number > 0 {
            self.seen.number = number - 1;
            return Some(self.framed(missed(lacks, false).as_bytes(), None));
        }
        self.seen.number = number;
        Some(self.framed(&json, Some(number)))
    }
}

impl hyper::body::Body for Watching {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        loop {
            if this.waiting.is_none() {
                if let Some(bytes) = this.next() {
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                if this.feed.has_ended() {
                    return Poll::Ready(None);
                }
                let mut follow = this.follow.clone();
                this.waiting = Some(Box::pin(async move {
                    timeout(BEAT, follow.changed()).await.is_ok().then_some(follow)
                }));
            }
            let Some(waiting) = &mut this.waiting else { continue };
            let woken = ready!(waiting.as_mut().poll(cx));
            this.waiting = None;
            match woken {
                Some(follow) => this.follow = follow,
                None => {
                    let beat: &[u8] = if this.form == Form::Events { b":\n\n" } else { b"\n" };
                    return Poll::Ready(Some(Ok(Frame::data(Bytes::copy_from_slice(beat)))));
                }
            }
        }
    }
}
