//! `/api/rooms/ROOM/feed`: what a room makes public, for those who only watch.
//!
//! The same items in four forms: server-sent events, lines of JSON, and answers that come at once or
//! wait for something new. They were framed once, outside the tick; here they are only sent.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use drumbeat_push::Framed;
use drumbeat_push::push::{self, Form, Next, Source};
use drumbeat_shared::game::Game;
use metrics::Counter;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::admission::{Permit, Use};
use super::connection::Visitor;
use super::edge::{Edge, Stage};
use super::exchange::{Attended, Exchange};
use crate::rooms::feed::{Feed, Found};

/// How long an answer may wait for something new, seconds: most proxies end what is silent for 60.
const WAIT_S_MAX: u64 = 50;
/// Limit of items of one answer that does not stream.
const ITEMS_PER_POLL_MAX: usize = 256;
/// After what time browsers come back, milliseconds. They spread over as much again.
const RETRY_MS: u64 = 2_000;

/// What a watcher asks for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// The last item that it has: `LIFE.N` as an answer gave it, or N alone; `now` for those to come.
    since: Option<String>,
    /// For how long an answer waits for something new, seconds.
    wait: Option<u64>,
    /// Asks for lines of JSON.
    stream: Option<String>,
}

impl Asked {
    /// The form of an answer that stays open; `None` if it is to end.
    fn form(&self, headers: &HeaderMap) -> Option<Form> {
        let polls = self.since.is_some() || self.wait.is_some();
        match Form::asked(headers) {
            _ if self.stream.is_some() => Some(Form::Lines),
            Some(form) => Some(form),
            None => (!polls).then_some(Form::Events),
        }
    }
}

pub(crate) async fn feed<G: Game>(
    State(edge): State<Arc<Edge<G>>>,
    Extension(visitor): Extension<Visitor>,
    Extension(exchange): Extension<Arc<Exchange>>,
    (Path(room), headers): (Path<String>, HeaderMap),
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    if !edge.config.room_list {
        let text = "feeds are turned off here with the list of rooms (--room-list)\n";
        return (StatusCode::NOT_FOUND, text).into_response();
    }
    let Ok(Query(asked)) = asked else {
        return bad("wait must be seconds, as in ?since=17&wait=25\n");
    };
    if asked.wait.is_some_and(|wait| wait > WAIT_S_MAX) {
        return bad("wait may be 50 seconds at most\n");
    }
    let form = asked.form(&headers);
    let last_event = headers.get(HeaderName::from_static("last-event-id"));
    let last_event = last_event.and_then(|value| value.to_str().ok());
    let since = last_event.or(asked.since.as_deref());
    let retry_ms = RETRY_MS + visitor.connection.id.wrapping_mul(7_919) % RETRY_MS;
    let Some(feed) = edge.lobby.feed(&room) else {
        return missing(&edge, since, form, retry_ms);
    };
    let Some(seen) = Seen::read(since, &feed) else {
        return bad("since must be the number of an item, as in ?since=17, or now\n");
    };
    let missed = &edge.metrics.edge.missed_news;
    let wait = Duration::from_secs(asked.wait.unwrap_or(0));
    if form.is_none() && wait.is_zero() {
        return poll(&feed, seen, wait, missed).await;
    }
    let permit = match edge.admission.admit(visitor.address.ip, Use::Watch) {
        Ok(permit) => permit,
        Err(refusal) => return edge.answer(visitor.address, &refusal),
    };
    let held = (permit, exchange.attend());
    let Some(form) = form else {
        let answer = poll(&feed, seen, wait, missed).await;
        drop(held);
        return answer;
    };
    let changes = feed.follow();
    let watching = Watching {
        seen,
        said: Said::Nothing,
        retry_ms,
        stage: edge.stage.clone(),
        missed: missed.clone(),
        feed,
        _held: held,
    };
    push::answer(form, watching, changes)
}

fn bad(text: &'static str) -> Response {
    (StatusCode::BAD_REQUEST, text).into_response()
}

/// Answers where no such room is open. A browser that finds nothing gives up for good, but this room
/// may be one that opens again once its players are back from a restart: then the browser is to ask
/// again.
fn missing<G: Game>(
    edge: &Edge<G>,
    since: Option<&str>,
    form: Option<Form>,
    retry_ms: u64,
) -> Response {
    let life = since.and_then(|since| since.rsplit_once('.'));
    let is_ending = edge.stage() != Stage::Open;
    if form == Some(Form::Events)
        && (is_ending || life.is_some_and(|(life, _)| edge.lobby.may_come_back(life)))
    {
        let text = format!("retry: {retry_ms}\n: the room is not open yet\n\n");
        return ([(CONTENT_TYPE, "text/event-stream"), push::UNBUFFERED], text).into_response();
    }
    let text = "no room of this name is open now; /api/rooms lists those that are\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

/// How far a watcher has read.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    number: u64,
    from: From,
}

/// Where a watcher begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// With whatever is still held.
    Oldest,
    /// With what comes now.
    Now,
    /// Behind an item of this room.
    Item,
    /// Behind an item of another room of this name, or of this one before a restart.
    Elsewhere,
}

impl Seen {
    /// `since` is what a watcher says that it has.
    fn read(since: Option<&str>, feed: &Feed) -> Option<Self> {
        let since = since.filter(|since| !since.is_empty());
        let Some(since) = since else { return Some(Self { number: 0, from: From::Oldest }) };
        let last = feed.last();
        if since == "now" {
            return Some(Self { number: last, from: From::Now });
        }
        let (life, number) = since.rsplit_once('.').unwrap_or((feed.life(), since));
        let number = number.parse::<u64>().ok()?;
        Some(if life == feed.life() && number <= last {
            Self { number, from: From::Item }
        } else {
            Self { number: 0, from: From::Elsewhere }
        })
    }

    /// What the watcher is not going to get, if what it gets now is the item `next`, or nothing yet.
    fn lacks(&mut self, next: Option<u64>) -> Option<Lack> {
        if self.from == From::Elsewhere {
            self.from = From::Oldest;
            return Some(Lack::Restart);
        }
        let next = next?;
        let missed = next - 1 - self.number;
        self.number = next - 1;
        let from = std::mem::replace(&mut self.from, From::Item);
        (missed > 0 && from != From::Oldest).then_some(Lack::Items(missed))
    }

    fn id(&self, feed: &Feed) -> String {
        format!("{}.{}", feed.life(), self.number)
    }
}

/// What a watcher has not got, and will not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    /// So many items.
    Items(u64),
    /// Whatever came after the last that it has from another room of this name.
    Restart,
}

impl Lack {
    fn count(self, missed: &Counter) {
        if let Self::Items(items) = self {
            missed.increment(items);
        }
    }

    fn json(self) -> String {
        match self {
            Self::Items(items) => format!(r#"{{"kind":"missed","why":"late","items":{items}}}"#),
            Self::Restart => r#"{"kind":"missed","why":"restart"}"#.to_owned(),
        }
    }
}

/// Answers with what is new, and waits for it if need be.
async fn poll(feed: &Feed, mut seen: Seen, wait: Duration, missed: &Counter) -> Response {
    let mut follow = feed.follow();
    let until = Instant::now() + wait;
    while feed.after(seen.number) == Found::Nothing && seen.from != From::Elsewhere {
        if timeout_at(until, follow.changed()).await.is_err() {
            break;
        }
    }
    let mut items = Vec::<Bytes>::new();
    let mut has_ended = false;
    while items.len() < ITEMS_PER_POLL_MAX {
        let found = feed.after(seen.number);
        if let Some(lack) = seen.lacks(found.number()) {
            lack.count(missed);
            items.push(lack.json().into());
        }
        match found {
            Found::Item(number, framed) => {
                seen.number = number;
                items.push(framed.json());
            }
            Found::Nothing => break,
            Found::End => {
                has_ended = true;
                break;
            }
        }
    }
    if items.is_empty() && !has_ended && seen.from == From::Item {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut text =
        format!(r#"{{"next":"{}","ended":{has_ended},"items":["#, seen.id(feed)).into_bytes();
    text.extend_from_slice(&items.join(&b","[..]));
    text.extend_from_slice(b"]}\n");
    ([(CONTENT_TYPE, "application/json"), push::UNBUFFERED], text).into_response()
}

/// What a watcher that stays has been sent besides items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    Open,
    End,
}

/// The answer to a watcher that stays.
struct Watching {
    feed: Arc<Feed>,
    seen: Seen,
    said: Said,
    retry_ms: u64,
    stage: watch::Receiver<Stage>,
    missed: Counter,
    _held: (Permit, Attended),
}

impl Source for Watching {
    fn next(&mut self) -> Next {
        if self.said == Said::Nothing {
            self.said = Said::Open;
            let id = self.seen.id(&self.feed);
            let json = format!(r#"{{"kind":"open","next":"{id}"}}"#);
            let fields = format!("retry: {}\nid: {id}\n", self.retry_ms);
            return Next::Say(Framed::new(&fields, json.as_bytes()));
        }
        let found = self.feed.after(self.seen.number);
        if let Some(lack) = self.seen.lacks(found.number()) {
            lack.count(&self.missed);
            return Next::Say(Framed::new("", lack.json().as_bytes()));
        }
        match found {
            Found::Item(number, framed) => {
                self.seen.number = number;
                Next::Say(framed)
            }
            Found::Nothing => Next::Wait,
            Found::End if self.said == Said::End => Next::End,
            Found::End => {
                self.said = Said::End;
                let of = if *self.stage.borrow() == Stage::Open { "room" } else { "server" };
                let json = format!(r#"{{"kind":"end","of":"{of}"}}"#);
                Next::Say(Framed::new("", json.as_bytes()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::engine::news::Item;
    use crate::rooms::feed::{ITEMS_MAX, relay};

    /// A feed that has made so many items public.
    async fn with(items: u64) -> Arc<Feed> {
        let (wakes, woken) = mpsc::channel(1);
        let feed = Feed::new("a.1".into(), wakes);
        let mut follow = feed.follow();
        tokio::spawn(relay(woken));
        let item = |number| Item { number, json: number.to_string().into(), spoken: None };
        feed.hand_over((1..=items).map(item).collect());
        follow.wait_for(|last| *last == items).await.unwrap();
        feed
    }

    #[tokio::test]
    async fn a_number_is_of_this_room_or_of_another() {
        let feed = with(5).await;
        let check = |since: Option<&str>, expected: Option<(u64, From)>| {
            let seen = Seen::read(since, &feed).map(|seen| (seen.number, seen.from));
            assert_eq!(seen, expected, "{since:?}");
        };
        check(None, Some((0, From::Oldest)));
        check(Some(""), Some((0, From::Oldest)));
        check(Some("now"), Some((5, From::Now)));
        check(Some("0"), Some((0, From::Item)));
        check(Some("a.1.5"), Some((5, From::Item)));
        check(Some("a.1.6"), Some((0, From::Elsewhere)));
        check(Some("a.2.3"), Some((0, From::Elsewhere)));
        check(Some("6"), Some((0, From::Elsewhere)));
        check(Some("a.1."), None);
        check(Some("five"), None);
    }

    #[tokio::test]
    async fn who_is_late_is_told_how_much_it_missed() {
        let feed = with(ITEMS_MAX as u64 + 10).await;
        let lacks = |since: Option<&str>| {
            let mut seen = Seen::read(since, &feed).unwrap();
            [(); 2].map(|()| seen.lacks(feed.after(seen.number).number()))
        };
        assert_eq!(lacks(None), [None, None], "nobody has promised these");
        assert_eq!(lacks(Some("3")), [Some(Lack::Items(7)), None]);
        assert_eq!(lacks(Some("10")), [None, None]);
        assert_eq!(lacks(Some("b.1.3")), [Some(Lack::Restart), None]);
        let seen = Seen::read(Some("3"), &feed).unwrap();
        let answer = poll(&feed, seen, Duration::ZERO, &Counter::noop()).await;
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let begin = r#"{"next":"a.1.265","ended":false,"items":[{"kind":"missed","why":"late","items":7},11,12,"#;
        assert!(body.starts_with(begin.as_bytes()), "{body:?}");
    }
}
