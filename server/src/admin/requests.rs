//! What those who run a server can ask for, and whether that makes sense.

use std::time::Duration;

use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::limits::CHAT_BYTES_MAX;
use serde::Deserialize;

use super::answer::Problem;
use crate::bans::{Kind, Target};
use crate::engine::moderation::{Concerned, Whom};
use crate::engine::viewer::Viewer;
use crate::net::clean_line;
use crate::stamp::Stamp;

/// Limit of a reason's bytes: with it, the text of a close frame is full.
const REASON_BYTES_MAX: usize = 80;

/// Nothing but the wish.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plain {}

/// Kick, or ban, a client of a room.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Client {
    player: Option<u16>,
    spectator: Option<u16>,
    name: Option<String>,
    /// Of a ban.
    kind: Option<Kind>,
    reason: Option<String>,
    #[serde(rename = "for")]
    lasts: Option<String>,
    until: Option<Stamp>,
}

/// Mute a player, or end that.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Voice {
    player: u16,
    name: Option<String>,
    reason: Option<String>,
    #[serde(rename = "for")]
    lasts: Option<String>,
}

/// Ban whoever comes from somewhere.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BanOf {
    kind: Kind,
    value: String,
    reason: Option<String>,
    #[serde(rename = "for")]
    lasts: Option<String>,
    until: Option<Stamp>,
}

/// Say a line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    text: String,
}

/// Close a room.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    reason: Option<String>,
}

/// Change what is logged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    pub(super) filter: String,
}

impl Client {
    /// What a ban of this client goes by: what is asked for, else by its ticket if it has one.
    pub(super) fn ban_of(&self, client: &Concerned) -> Result<Target, Problem> {
        match (self.kind, &client.subject) {
            (None | Some(Kind::Subject), Some(subject)) => Ok(Target::Subject(subject.clone())),
            (None | Some(Kind::Address), _) => Ok(Target::of(client.address.ip)),
            (Some(Kind::Subject), None) => {
                Err(Problem::wrong("the client has brought no ticket; ban its address"))
            }
            (Some(Kind::Subnet), _) => {
                Err(Problem::wrong("a client has no subnet; use /api/bans with the kind subnet"))
            }
        }
    }

    pub(super) fn whom(&self) -> Result<Whom, Problem> {
        let viewer = match (self.player, self.spectator) {
            (Some(player), None) => Viewer::Player(PlayerId(player)),
            (None, Some(number)) => Viewer::Spectator(number),
            _ => return Err(Problem::wrong("name one client: either player or spectator")),
        };
        Ok(Whom { viewer, name: self.name.clone() })
    }

    pub(super) fn reason(&self) -> Result<String, Problem> {
        reason(self.reason.as_deref())
    }

    /// Refuses what only a ban has.
    pub(super) fn check_kick(&self) -> Result<(), Problem> {
        if self.lasts.is_none() && self.until.is_none() && self.kind.is_none() {
            return Ok(());
        }
        Err(Problem::wrong(
            "a kick has no length and no kind; to keep somebody out for a while, use ban",
        ))
    }

    pub(super) fn until(&self, now: Stamp) -> Result<Option<Stamp>, Problem> {
        until(self.lasts.as_deref(), self.until, now)
    }
}

impl Voice {
    pub(super) fn whom(&self) -> Whom {
        Whom { viewer: Viewer::Player(PlayerId(self.player)), name: self.name.clone() }
    }

    pub(super) fn reason(&self) -> Result<String, Problem> {
        reason(self.reason.as_deref())
    }

    /// Refuses what only a mute has.
    pub(super) fn check_unmute(&self) -> Result<(), Problem> {
        if self.lasts.is_none() && self.reason.is_none() {
            return Ok(());
        }
        Err(Problem::wrong("an unmute has no reason and no length"))
    }

    /// For how long, seconds.
    pub(super) fn for_s(&self) -> Result<Option<u32>, Problem> {
        let lasts = self.lasts.as_deref().map(length).transpose()?;
        Ok(lasts.map(|lasts| u32::try_from(lasts.as_secs()).unwrap_or(u32::MAX)))
    }
}

impl BanOf {
    pub(super) fn target(&self) -> Result<Target, Problem> {
        Target::parse(self.kind, &self.value).map_err(Problem::wrong)
    }

    pub(super) fn reason(&self) -> Result<String, Problem> {
        reason(self.reason.as_deref())
    }

    pub(super) fn until(&self, now: Stamp) -> Result<Option<Stamp>, Problem> {
        until(self.lasts.as_deref(), self.until, now)
    }
}

impl Line {
    pub(super) fn text(&self) -> Result<String, Problem> {
        let text = clean_line(&self.text);
        match text.len() {
            0 => Err(Problem::wrong("text holds nothing that can be shown")),
            n if n > CHAT_BYTES_MAX => {
                Err(Problem::wrong(format!("text has {n} bytes; a line has {CHAT_BYTES_MAX}")))
            }
            _ => Ok(text),
        }
    }
}

impl End {
    pub(super) fn reason(&self) -> Result<String, Problem> {
        reason(self.reason.as_deref())
    }
}

fn reason(given: Option<&str>) -> Result<String, Problem> {
    let reason = clean_line(given.unwrap_or(""));
    if reason.len() > REASON_BYTES_MAX {
        let n = reason.len();
        return Err(Problem::wrong(format!("reason has {n} bytes; {REASON_BYTES_MAX} are shown")));
    }
    Ok(reason)
}

/// A length of time as people write it.
fn length(text: &str) -> Result<Duration, Problem> {
    match humantime::parse_duration(text) {
        Ok(lasts) if lasts >= Duration::from_secs(1) => Ok(lasts),
        Ok(_) => Err(Problem::wrong("for must be a second or longer")),
        Err(_) => Err(Problem::wrong("for must be a length of time, such as 30min, 2h or 7days")),
    }
}

fn until(lasts: Option<&str>, until: Option<Stamp>, now: Stamp) -> Result<Option<Stamp>, Problem> {
    match (lasts, until) {
        (Some(_), Some(_)) => Err(Problem::wrong("give for or until, not both")),
        (Some(lasts), None) => Ok(Some(now.after(length(lasts)?))),
        (None, Some(until)) if until <= now => {
            Err(Problem::wrong(format!("until is over: it is {now}")))
        }
        (None, until) => Ok(until),
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::Body;
    use super::*;

    fn now() -> Stamp {
        "2026-11-26T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_ban_lasts_as_long_as_is_said() {
        let until = |more: &str| {
            let body = format!(r#"{{"kind":"address","value":"192.0.2.7"{more}}}"#);
            let ban = Body::<BanOf>::parse(body.as_bytes()).map_err(|problem| problem.text)?;
            let until = ban.request.until(now()).map_err(|problem| problem.text)?;
            Ok::<_, String>(until.map(|until| until.to_string()))
        };
        assert_eq!(until(""), Ok(None));
        assert_eq!(until(r#","for":"90min""#), Ok(Some("2026-11-26T13:30:00Z".into())));
        assert_eq!(
            until(r#","until":"2027-01-01T00:00:00Z""#),
            Ok(Some("2027-01-01T00:00:00Z".into()))
        );
        let refused = |more: &str, part: &str| {
            let text = until(more).unwrap_err();
            assert!(text.contains(part), "{more}: {part} in {text}");
        };
        refused(r#","for":"soon""#, "such as 30min");
        refused(r#","for":"0s""#, "a second or longer");
        refused(r#","for":"1h","until":"2027-01-01T00:00:00Z""#, "not both");
        refused(r#","until":"2026-11-26T12:00:00Z""#, "is over");
        refused(r#","until":"tomorrow""#, "such as 2026");
        refused(r#","forever":true"#, "unknown field `forever`");
        refused(r#","kind":"address""#, "duplicate field `kind`");
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let whom = |body: &str| {
            let body = Body::<Client>::parse(body.as_bytes()).map_err(|problem| problem.text)?;
            body.request.check_kick().map_err(|problem| problem.text)?;
            body.request.reason().map_err(|problem| problem.text)?;
            body.request.whom().map_err(|problem| problem.text)
        };
        assert_eq!(whom(r#"{"spectator":3}"#).unwrap().viewer, Viewer::Spectator(3));
        let refused = |body: &str, part: &str| {
            let text = whom(body).unwrap_err();
            assert!(text.contains(part), "{body}: {part} in {text}");
        };
        refused("", "EOF");
        refused("[]", "must be an object");
        refused("{}", "either player or spectator");
        refused(r#"{"player":1,"spectator":1}"#, "either player or spectator");
        refused(r#"{"player":70000}"#, "70000");
        refused(r#"{"player":1,"for":"1h"}"#, "use ban");
        let long = format!(r#"{{"player":1,"reason":"{}"}}"#, "x".repeat(81));
        refused(&long, "reason has 81 bytes");
        let line = |text: &str| Line { text: text.into() }.text().map_err(|problem| problem.text);
        assert_eq!(line(" hello\u{7} "), Ok("hello".into()));
        assert!(line("\u{200b}").unwrap_err().contains("nothing"));
        assert!(line(&"x".repeat(CHAT_BYTES_MAX + 1)).unwrap_err().contains("a line has"));
    }

    proptest::proptest! {
        /// Whatever arrives is read or refused.
        #[test]
        fn no_body_breaks_anything(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            read_all(&bytes);
        }

        #[test]
        fn nor_does_one_of_the_right_keys(
            player in proptest::option::of(0_u32..70_000),
            text in ".{0,90}",
            lasts in "[0-9]{0,30}(s|min|h|days|years|x)?",
            kind in "(address|subnet|subject)",
            until in "[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00Z",
        ) {
            let body = serde_json::json!({
                "player": player, "reason": text, "for": lasts, "kind": kind, "value": text,
                "until": until, "text": text, "filter": text,
            });
            for left_out in 0..256_u32 {
                let mut body = body.as_object().unwrap().clone();
                let keys: Vec<String> = body.keys().cloned().collect();
                for (at, key) in keys.iter().enumerate() {
                    if left_out & (1 << at) != 0 {
                        body.remove(key);
                    }
                }
                read_all(&serde_json::to_vec(&body).unwrap());
            }
        }
    }

    fn read_all(bytes: &[u8]) {
        if let Ok(Body { request, .. }) = Body::<Client>::parse(bytes) {
            let _ = (request.whom(), request.reason(), request.until(now()));
        }
        if let Ok(Body { request, .. }) = Body::<Voice>::parse(bytes) {
            let _ = (request.whom(), request.reason(), request.for_s());
        }
        if let Ok(Body { request, .. }) = Body::<BanOf>::parse(bytes) {
            let _ = (request.target(), request.reason(), request.until(now()));
        }
        if let Ok(Body { request, .. }) = Body::<Line>::parse(bytes) {
            let text = request.text().unwrap_or_default();
            assert!(text.len() <= CHAT_BYTES_MAX);
        }
        let _ = (Body::<End>::parse(bytes), Body::<Log>::parse(bytes), Body::<Plain>::parse(bytes));
    }
}
