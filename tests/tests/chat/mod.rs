//! Rooms in which people talk, over real sockets.

mod talker;

use drumbeat_chat::Event;
use drumbeat_shared::client::Notice;
use drumbeat_shared::document::RecordId;
use drumbeat_shared::ids::PlayerId;

use talker::{Server, Talker};

/// A line's speaker and text.
fn said(notice: &Notice<Event>) -> Option<(&str, &str)> {
    match notice {
        Notice::Chat { name, text, .. } => Some((name, text)),
        _ => None,
    }
}

/// A whisper: from whom, to whom, and its text.
fn whispered(notice: &Notice<Event>) -> Option<(&str, &str, &str)> {
    match notice {
        Notice::Whisper { from_name, to_name, text, .. } => Some((from_name, to_name, text)),
        _ => None,
    }
}

fn refused(notice: &Notice<Event>) -> Option<&str> {
    match notice {
        Notice::Refused { number: None, reason } => Some(reason),
        _ => None,
    }
}

#[tokio::test]
async fn who_comes_late_reads_what_was_said_but_not_what_was_withdrawn() {
    let server = Server::start(|_| {}).await;
    let mut ada = Talker::join(&server, "Ada").await;
    for text in ["one", "two", "three"] {
        ada.say(text).await;
        ada.hears(|notice| said(notice) == Some(("Ada", text))).await;
    }
    ada.say("/mod sesame").await;
    ada.hears(|notice| matches!(notice, Notice::Event(Event::Reply { .. }))).await;
    ada.say("/remove 2").await;
    let gone = RecordId(2);
    ada.hears(|notice| matches!(notice, Notice::Withdrawn { line } if *line == gone)).await;
    ada.say("four").await;
    ada.hears(|notice| said(notice) == Some(("Ada", "four"))).await;

    let mut late = Talker::join(&server, "Late").await;
    late.say("hello").await;
    let heard = late.hears(|notice| said(notice) == Some(("Late", "hello"))).await;
    let lines: Vec<_> = heard.iter().filter_map(said).map(|(_, text)| text).collect();
    assert_eq!(lines, ["one", "three", "four", "hello"]);
}

#[tokio::test]
async fn a_whisper_reaches_two_and_nobody_else() {
    let server = Server::start(|_| {}).await;
    let mut ada = Talker::join(&server, "Ada").await;
    let mut bob = Talker::join(&server, "Bob").await;
    let mut eve = Talker::join(&server, "Eve").await;
    ada.whisper(bob.id(), "psst").await;
    let line = Some(("Ada", "Bob", "psst"));
    ada.hears(|notice| whispered(notice) == line).await;
    bob.hears(|notice| whispered(notice) == line).await;
    ada.say("aloud").await;
    let heard = eve.hears(|notice| said(notice) == Some(("Ada", "aloud"))).await;
    assert!(heard.iter().all(|notice| whispered(notice).is_none()), "{heard:?}");

    ada.whisper(ada.id(), "note").await;
    ada.whisper(ada.id(), "again").await;
    let heard = ada.hears(|notice| whispered(notice) == Some(("Ada", "Ada", "again"))).await;
    let notes = heard.iter().filter(|notice| whispered(notice) == Some(("Ada", "Ada", "note")));
    assert_eq!(notes.count(), 1, "{heard:?}");

    let gone = bob.id();
    bob.leave().await;
    server.until("drumbeat_players ", 2.0).await;
    ada.whisper(gone, "still there?").await;
    ada.hears(|notice| refused(notice).is_some_and(|why| why.contains("not here any more"))).await;
    assert_eq!(server.metric("drumbeat_whispers_total ").await, 3.0);
}

#[tokio::test]
async fn a_report_is_counted_and_sent_to_moderators() {
    let server = Server::start(|_| {}).await;
    let mut ada = Talker::join(&server, "Ada").await;
    let mut eve = Talker::join(&server, "Eve").await;
    ada.say("/mod sesame").await;
    ada.hears(|notice| matches!(notice, Notice::Event(Event::Reply { .. }))).await;
    eve.say("spam").await;
    eve.hears(|notice| said(notice) == Some(("Eve", "spam"))).await;
    eve.report(1).await;
    let report = Event::Reported { line: 1, by: "Eve".into(), text: "spam".into() };
    ada.hears(|notice| matches!(notice, Notice::Event(event) if *event == report)).await;
    eve.report(9).await;
    eve.hears(|notice| refused(notice).is_some_and(|why| why.contains("line is not there"))).await;
    server.until("drumbeat_chat_reports_total ", 1.0).await;
    server.until("drumbeat_chat_lines_total ", 1.0).await;
    server.until("drumbeat_rejected_messages_total{reason=\"rules\"} ", 1.0).await;
}

#[tokio::test]
async fn who_writes_too_fast_reads_so() {
    let server = Server::start(|config| config.room.chat_per_10s = 2).await;
    let mut ada = Talker::join(&server, "Ada").await;
    for text in ["one", "two", "three"] {
        ada.say(text).await;
    }
    ada.hears(|notice| refused(notice).is_some_and(|why| why.contains("wait a few seconds"))).await;
    assert_eq!(server.metric("drumbeat_rejected_messages_total{reason=\"chat_rate\"} ").await, 1.0);
}

#[tokio::test]
async fn two_of_one_name_are_told_apart() {
    let server = Server::start(|_| {}).await;
    let mut ada = Talker::join(&server, "Ada").await;
    let mut other = Talker::join(&server, "ada").await;
    other.say("me, too").await;
    ada.hears(|notice| said(notice) == Some(("ada 2", "me, too"))).await;
    ada.whisper(other.id(), "which?").await;
    other.hears(|notice| whispered(notice) == Some(("Ada", "ada 2", "which?"))).await;
}

#[tokio::test]
async fn who_only_reads_may_stay() {
    let server = Server::start(|config| config.room.afk_timeout_s = 1).await;
    let mut reader = Talker::join(&server, "Reader").await;
    let tick_hz = u32::from(reader.client.welcome().unwrap().tick_hz);
    let from = reader.client.tick().unwrap().0;
    reader.until("two seconds", |client| client.tick().unwrap().0 > from + 2 * tick_hz).await;
    assert_eq!(server.metric("drumbeat_players ").await, 1.0);
    assert_eq!(reader.client.stats().document_mismatches, 0);
    assert_eq!(reader.id(), PlayerId(0));
}
