//! How a server shuts down.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::harness::{End, Player, Server, hello, message, within};
use super::raw::{BINARY, FINAL, Raw, frame};
use drumbeat_shared::protocol::messages::ClientMessage;

/// The server guarantees to shut down within this time, whatever clients do.
const END_LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn players_are_told_and_the_server_ends() {
    let server = Server::start(|_| {}).await;
    let address = server.address;
    let mut ada = Player::join(&server, "Ada", "one").await;
    let mut bob = Player::join(&server, "Bob", "two").await;
    let mut early = Player::connect(&server).await;
    let ending = server.stop();
    for player in [&mut ada, &mut bob, &mut early] {
        let End::Closed(code, text) = player.end().await else {
            panic!("cut without a reason");
        };
        assert_eq!(code, 1001);
        assert!(text.contains("shutting down"), "{text}");
    }
    timeout(END_LIMIT, ending).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nothing listens any more");
}

#[tokio::test]
async fn clients_that_do_not_listen_do_not_hold_the_server_up() {
    let server = Server::start(|_| {}).await;
    let _silent = TcpStream::connect(server.address).await.unwrap();
    let _upgraded = Raw::upgrade(&server, b"").await;
    let hello = frame(BINARY | FINAL, &message(&ClientMessage::Hello(hello(""))));
    let mut deaf = Raw::upgrade(&server, &hello).await;
    within("the welcome", deaf.frame_of(BINARY)).await;
    timeout(END_LIMIT, server.stop()).await.unwrap().unwrap().unwrap();
}
