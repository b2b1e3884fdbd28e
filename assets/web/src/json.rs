//! JSON for JavaScript: data that is rare, or too varied for an array of numbers.

use drumbeat_shared::client::{Client, Conditions, FeelFigures, Live, Notice, Stats};
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::protocol::messages::{ResumeOffer, Welcome};
use serde::Serialize;

#[derive(Serialize)]
struct WelcomeView<'a, M> {
    player: Option<PlayerId>,
    name: &'a str,
    room: &'a str,
    tick_hz: u16,
    chat_per_10s: u16,
    schema: String,
    resume: Option<ResumeOffer>,
    resumed: Option<u32>,
    map: &'a M,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkView {
    #[serde(skip_serializing_if = "Option::is_none")]
    latency: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jitter: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stall: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stall_for: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kbps: Option<f64>,
}

#[derive(Serialize)]
struct StatsView<'a> {
    #[serde(flatten)]
    stats: &'a Stats,
    jitter_us: u32,
    buffer_us: u32,
    pending_inputs: usize,
    feel: FeelFigures,
}

/// As [`Notice`] says.
#[must_use]
pub fn notice<E: Serialize>(notice: &Notice<E>) -> Vec<u8> {
    encode(notice)
}

/// `{player, name, room, tick_hz, chat_per_10s, schema, resume, resumed, map}`. The player is null for a spectator. The schema hash
/// is hexadecimal, since JavaScript's numbers do not hold 64 bits.
#[must_use]
pub fn welcome<M: Serialize>(welcome: &Welcome, map: &M) -> Vec<u8> {
    encode(&WelcomeView {
        player: welcome.player,
        name: &welcome.name,
        room: &welcome.room,
        tick_hz: welcome.tick_hz,
        chat_per_10s: welcome.chat_per_10s,
        schema: format!("{:016x}", welcome.schema),
        resume: welcome.resume,
        resumed: welcome.resumed,
        map,
    })
}

/// The fields of [`Stats`] under their own names, the client's other link figures, and the fields
/// of [`FeelFigures`] under `feel`.
#[must_use]
pub fn stats<G: Game>(client: &Client<G>) -> Vec<u8> {
    encode(&StatsView {
        stats: client.stats(),
        jitter_us: client.jitter_us(),
        buffer_us: client.buffer_us(),
        pending_inputs: client.pending_inputs(),
        feel: client.feel().figures(),
    })
}

/// The fields of [`Live`].
#[must_use]
pub fn live(live: &Live) -> Vec<u8> {
    encode(live)
}

/// `{latency, jitter, stall, stallFor, kbps}` in milliseconds, percent and kbit/s; zeros are left
/// out.
#[must_use]
pub fn link(conditions: &Conditions) -> Vec<u8> {
    let Conditions { latency_us, jitter_us, stall_share: _, stall_us, kbps } = *conditions;
    let some = |number: f64| (number > 0.0).then_some(number);
    encode(&LinkView {
        latency: some(latency_us as f64 / 1e3),
        jitter: some(jitter_us as f64 / 1e3),
        stall: some(conditions.stall_percent()),
        stall_for: some(stall_us as f64 / 1e3),
        kbps: some(kbps),
    })
}

/// A value that can't be encoded (no type here) becomes `null`, which JavaScript ignores.
pub(crate) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_else(|_| b"null".to_vec())
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::document::RecordId;
    use drumbeat_shared::ids::Tick;

    use super::*;

    #[test]
    fn text_from_people_stays_inside_its_quotes() {
        let spoken = Notice::<()>::Chat {
            line: RecordId(9),
            player: Some(PlayerId(7)),
            tick: Tick(20),
            earlier: false,
            name: "a\"b".into(),
            text: "</script>\\ \u{2028}\n".into(),
        };
        let text = String::from_utf8(notice(&spoken)).expect("JSON is UTF-8");
        let back: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
        assert_eq!(back["chat"]["player"], 7);
        assert_eq!(back["chat"]["name"], "a\"b");
        assert_eq!(back["chat"]["text"], "</script>\\ \u{2028}\n");
    }

    #[test]
    fn losses_are_reported() {
        assert_eq!(notice(&Notice::<()>::Missed { events: 3 }), br#"{"missed":{"events":3}}"#);
        assert_eq!(notice(&Notice::Event(5)), br#"{"event":5}"#);
    }
}
