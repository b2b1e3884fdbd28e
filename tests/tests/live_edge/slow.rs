//! The slow-client contract, over a real socket.

use drumbeat_shared::protocol::messages::ClientMessage;

use super::harness::{Player, Server, eventually, hello, message};
use super::raw::{BINARY, CLOSE, FINAL, Raw, close_reason, frame};

const UNACKNOWLEDGED: &str = "drumbeat_skipped_frames_total{reason=\"unacknowledged\"} ";

#[tokio::test]
async fn who_stopped_reading_for_a_while_jumps_to_the_present() {
    let server = Server::start(|config| config.room.game.tick_hz = 128).await;
    let mut player = Player::join(&server, "Ada", "").await;
    let handed = player.client.stats().frames;
    eventually("ticks are skipped", async || server.metric(UNACKNOWLEDGED).await > 20.0).await;
    let present = server.json("/api/rooms/main").await["tick"].as_u64().unwrap() as u32;
    player.until("the present", |client| client.tick().unwrap().0 >= present).await;
    player.until("a checksum", |client| client.stats().checksums > 2).await;
    let stats = player.client.stats();
    assert!(stats.ticks_skipped >= 20, "{stats:?}");
    assert!(stats.frames - handed < u64::from(present), "a backlog was replayed: {stats:?}");
    assert_eq!(stats.mismatches, 0);
}

#[tokio::test]
async fn who_takes_nothing_is_closed_and_the_others_play_on() {
    let server = Server::start(|_| {}).await;
    let mut good = Player::join(&server, "Ada", "").await;
    let hello = frame(BINARY | FINAL, &message(&ClientMessage::Hello(hello(""))));
    let mut deaf = Raw::upgrade(&server, &hello).await;
    let too_slow = "drumbeat_closes_total{reason=\"too_slow\"} ";
    eventually("the deaf one is closed", async || {
        let tick = good.client.tick().unwrap().0;
        good.until("some ticks", |client| client.tick().unwrap().0 >= tick + 10).await;
        server.metric(too_slow).await == 1.0
    })
    .await;
    let (code, text) = close_reason(&deaf.frame_of(CLOSE).await);
    assert_eq!(code, 4004, "{text}");
    deaf.read_to_end().await;
    assert!(server.metric(UNACKNOWLEDGED).await > 0.0);
    assert_eq!(good.client.stats().mismatches, 0);
}
