//! The session that `docs/terminal.md` shows, typed as it is printed; what is answered has the shape
//! that is printed.

use std::fs;
use std::time::Duration;

use drumbeat_arena::{Arena, Settings};
use drumbeat_server::config::{self, Config};
use drumbeat_server::{net, run};
use drumbeat_tests::maps::BELT;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/terminal.md");
/// Stands for whatever is left out.
const MORE: &str = "…";
/// Time after which an answer fails the test: a safety limit, not a measure of speed.
const LIMIT: Duration = Duration::from_secs(30);

/// The lines of the session, each with its mark.
fn session() -> Vec<(char, String)> {
    let document = fs::read_to_string(DOCUMENT).expect("the document");
    let (_, after) = document.split_once("## A session").expect("the part");
    let listing = after.split("```").nth(1).expect("a listing");
    let lines = listing.lines().filter(|line| !line.is_empty());
    lines.map(|line| (line.chars().next().unwrap_or(' '), line[2..].to_owned())).collect()
}

/// What a printed answer means; what it leaves out is a field of that name.
fn pattern(printed: &str) -> Value {
    let (field, alone) = (format!(", \"{MORE}\": 0}}"), format!("{{\"{MORE}\": 0}}"));
    let text = printed.replace(", …}", &field).replace("{…}", &alone);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// Whether an answer has the shape: the same fields, the same texts, any numbers.
fn fits(shape: &Value, found: &Value) -> bool {
    match (shape, found) {
        (Value::Object(shape), Value::Object(found)) => {
            let is_open = shape.contains_key(MORE);
            let known = shape.iter().filter(|(name, _)| *name != MORE);
            let has = |(name, shape): (&String, &Value)| {
                found.get(name).is_some_and(|found| fits(shape, found))
            };
            known.clone().all(has) && (is_open || known.count() == found.len())
        }
        (Value::String(shape), Value::String(found)) => match shape.split_once(MORE) {
            Some((start, end)) => found.starts_with(start) && found.ends_with(end),
            None => shape == found,
        },
        (Value::Number(_), Value::Number(_)) | (Value::Null, Value::String(_)) => true,
        _ => shape == found,
    }
}

#[test]
fn a_shape_has_to_fit() {
    let shape = pattern("{\"a\": {\"b\": 1, …}, \"c\": \"x…\", \"d\": {…}}");
    let check = |found: Value, fit| assert_eq!(fits(&shape, &found), fit, "{found}");
    check(json!({ "a": { "b": 7, "e": 0 }, "c": "xyz", "d": {} }), true);
    check(json!({ "a": { "e": 0 }, "c": "xyz", "d": {} }), false);
    check(json!({ "a": { "b": "7" }, "c": "xyz", "d": {} }), false);
    check(json!({ "a": { "b": 7 }, "c": "yz", "d": {} }), false);
    check(json!({ "a": { "b": 7 }, "c": "x", "d": {}, "f": 1 }), false);
}

#[tokio::test]
async fn the_session_of_the_document_is_what_happens() {
    let settings = Settings { house_bots: 0, ..Settings::default() };
    let mut config = Config::new(&config::Settings::default(), settings, BELT);
    config.room.game.seed = 5;
    let listener = net::listen(([127, 0, 0, 1], 0).into()).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(run::<Arena>(config, listener, async {
        let _ = stopped.await;
    }));
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut socket, _) = client_async(format!("ws://{address}/ws?json"), stream).await.unwrap();
    let lines = session();
    assert!(lines.len() > 10, "{lines:?}");
    for (mark, line) in &lines {
        if *mark == '>' {
            socket.send(Message::text(line)).await.unwrap();
            continue;
        }
        assert_eq!(*mark, '<', "{line}");
        let (shape, mut others) = (pattern(line), Vec::new());
        let answered = timeout(LIMIT, async {
            loop {
                let Some(Ok(Message::Text(text))) = socket.next().await else { return false };
                let found = serde_json::from_str(&text).expect("JSON");
                if fits(&shape, &found) {
                    return true;
                }
                others.push(text);
            }
        });
        let answered = answered.await.unwrap_or(false);
        assert!(answered, "{line} did not come, but {others:#?}");
    }
    let end = async { while !matches!(socket.next().await, None | Some(Err(_))) {} };
    timeout(LIMIT, end).await.expect("the end");
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}
