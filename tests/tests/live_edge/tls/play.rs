//! Playing under TLS.

use std::future::pending;

use clap::Parser;
use drumbeat_bots::options::Options;
use drumbeat_bots::swarm::run;
use drumbeat_shared::toy::Toy;
use drumbeat_tests::identity::Identity;
use futures_util::{SinkExt, StreamExt};
use rustls::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::client::{Encrypted, connect, refused, serve};
use crate::harness::{Server, eventually, within};
use crate::raw::{BINARY, CLOSE, FINAL, REQUEST, close_reason, frame};

fn swarm(server: &Server, args: &str) -> Options {
    let url = format!("wss://{}", server.address);
    let args = format!("drumbeat-bots --url {url} --bots 6 --ramp-per-s 1000 --seconds 1 {args}");
    Options::parse_from(args.split_whitespace())
}

#[tokio::test(flavor = "multi_thread")]
async fn views_match_and_a_storm_resumes_its_sessions() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let options = swarm(&server, &format!("--ca {} --storm", identity.files().cert.display()));
    let brain = drumbeat_bots::random::<Toy>;
    let report = within("the run", run(&options, brain, |_| {}, pending())).await.unwrap();
    assert_eq!(report.failures, [""; 0]);
    assert_eq!((report.joined, report.witnesses), (6, 6));
    assert!(report.checksums_verified > 0);
    let storm = report.storm.unwrap();
    assert_eq!((storm.reconnected, storm.failed), (6, 0));
    let resumed = server.metric("drumbeat_tls_resumptions_total ").await;
    assert!(resumed >= 1.0, "{resumed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_misbehaves_is_answered_as_without() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let args = "--insecure --misbehave slow,flood,garbage,churn --misbehaving 1";
    let brain = drumbeat_bots::random::<Toy>;
    let options = swarm(&server, args);
    let run = run(&options, brain, |_| {}, pending());
    let report = within("the run", run).await.unwrap();
    assert_eq!(report.failures, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swarm_says_what_it_does_not_believe() {
    let (identity, other) = (Identity::new(), Identity::new());
    let server = serve(&identity, |_| {}).await;
    let options = swarm(&server, &format!("--ca {}", other.files().cert.display()));
    let run = run(&options, drumbeat_bots::random::<Toy>, |_| {}, pending());
    let error = within("the run", run).await.unwrap_err().to_string();
    assert!(error.contains("believe its certificate with --ca"), "{error}");
    eventually("the alerts", async || refused(&server, "tls_failed").await >= 1.0).await;
}

/// The keys of the connection go on, from the room back to the reader's task and to the room again.
#[tokio::test]
async fn another_hello_is_answered_as_without() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let mut player = Encrypted::join(&server, &identity.client()).await;
    for _ in 0..3 {
        player.frames(20).await;
        player.greet_again().await;
    }
    assert_eq!(player.client.welcome().unwrap().name, "Eve");
    assert_eq!(server.metric("drumbeat_players ").await, 1.0);
}

/// A message may arrive with the request, in the same record.
#[tokio::test]
async fn what_comes_with_the_request_is_not_lost() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let mut line = connect(&server, &identity.client()).await;
    let nonsense = frame(BINARY | FINAL, b"nonsense");
    line.write_all(&[REQUEST.as_bytes(), &nonsense].concat()).await.unwrap();
    let mut answer = Vec::new();
    within("the end", line.read_to_end(&mut answer)).await.unwrap();
    let at = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    assert_eq!(answer[at], CLOSE | FINAL);
    assert_eq!(close_reason(&answer[at + 2..]).0, 1007);
}

#[tokio::test]
async fn a_connection_ends_in_order() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let mut player = Encrypted::join(&server, &identity.client()).await;
    let close = CloseFrame { code: CloseCode::Normal, reason: "".into() };
    player.socket.send(Message::Close(Some(close))).await.unwrap();
    within("the close", async {
        while !matches!(player.socket.next().await, Some(Ok(Message::Close(_)))) {}
    })
    .await;
    // Without the last word of TLS, this would be an error.
    let line = player.socket.get_mut();
    assert_eq!(within("the end", line.read(&mut [0; 8])).await.unwrap(), 0);
}

/// Nothing that was encrypted is cut or left out: what the client takes at last is whole.
#[tokio::test]
async fn who_takes_nothing_skips_ticks_and_is_closed() {
    let identity = Identity::new();
    let server = serve(&identity, |config| config.room.game.tick_hz = 128).await;
    let mut deaf = Encrypted::join(&server, &identity.client()).await;
    let too_slow = "drumbeat_closes_total{reason=\"too_slow\"} ";
    eventually("it is closed", async || server.metric(too_slow).await == 1.0).await;
    let code = within("the close", async {
        loop {
            match deaf.socket.next().await.unwrap().unwrap() {
                Message::Binary(bytes) => drop(deaf.client.receive(&bytes, 0).unwrap()),
                Message::Close(close) => break u16::from(close.unwrap().code),
                _ => {}
            }
        }
    })
    .await;
    assert_eq!(code, 4004);
    assert_eq!(deaf.client.stats().mismatches, 0);
    let skipped = "drumbeat_skipped_frames_total{reason=\"unacknowledged\"} ";
    assert!(server.metric(skipped).await > 0.0);
}

#[tokio::test]
async fn keys_may_be_renewed_meanwhile() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let mut player = Encrypted::join(&server, &identity.client()).await;
    for _ in 0..3 {
        player.socket.get_mut().get_mut().1.refresh_traffic_keys().unwrap();
        player.frames(3).await;
    }
}

#[tokio::test]
async fn a_broken_record_is_answered() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let mut player = Encrypted::join(&server, &identity.client()).await;
    // A record of application data that no key of the connection has made.
    let broken = [&[0x17, 3, 3, 0, 32][..], &[7; 32]].concat();
    player.socket.get_mut().get_mut().0.write_all(&broken).await.unwrap();
    let error = within("the alert", async {
        loop {
            if let Err(error) = player.socket.get_mut().read(&mut [0; 4_096]).await {
                break error;
            }
        }
    })
    .await;
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    assert!(matches!(inner, Some(Error::AlertReceived(_))), "{error:?}");
}
