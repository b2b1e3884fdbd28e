//! What those who run the server do meanwhile.

use super::script::Script;
use crate::fuzz::live::{Live, exchange};

/// An act, done.
pub(super) async fn act(server: &Live, script: &mut Script<'_>) {
    let (kind, player) = (script.byte() % 9, script.byte() % 8);
    let (path, body) = match kind {
        0 => ("rooms/main/kick", format!(r#"{{"player":{player}}}"#)),
        1 => ("rooms/main/kick", format!(r#"{{"spectator":{player}}}"#)),
        2 => ("rooms/main/mute", format!(r#"{{"player":{player},"for":"1h"}}"#)),
        3 => ("rooms/main/lock", "{}".into()),
        4 => ("rooms/main/unlock", "{}".into()),
        5 => ("rooms/main/close", "{}".into()),
        6 => ("say", r#"{"text":"hello"}"#.into()),
        7 => ("bans", r#"{"kind":"subject","value":"eve"}"#.into()),
        _ => ("drain", "{}".into()),
    };
    let length = body.len();
    let request = format!(
        "POST /api/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    let _ = exchange(server.admin(), request.as_bytes()).await;
}
