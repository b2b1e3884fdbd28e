//! Rooms as the edge sees them, without a socket.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use drumbeat_server::config::{Config, Settings};
use drumbeat_server::engine::close::close_frame;
use drumbeat_server::engine::inbox::inbox;
use drumbeat_server::engine::incident::Peer;
use drumbeat_server::engine::link::Link;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::viewer::Role;
use drumbeat_server::rooms::{Join, Lobby, PerAddress, RoomsConfig};
use drumbeat_server::telemetry::metrics::RoomMetrics;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::toy::Toy;

/// How long a room may take to end before the test fails: this does not measure speed.
const LIMIT: Duration = Duration::from_secs(30);

/// A link that stores what is written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Link for Written {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
}

fn lobby() -> Arc<Lobby<Toy>> {
    let room = Config::new(&Settings::default(), (), "1").room;
    let (per_address, shards) = (PerAddress::default(), Shards::default());
    Lobby::new(RoomsConfig { room, rooms_max: 1, per_address, shards }, RoomMetrics::new())
}

fn join(link: &Written) -> Join<Toy> {
    let (_, receiver) = inbox();
    Join::new(
        Peer { connection: 1, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 1)).into() },
        "Ada",
        Role::Player,
        Box::new(link.clone()),
        receiver,
    )
}

#[tokio::test]
async fn who_takes_a_seat_in_a_room_that_has_ended_is_told() {
    let lobby = lobby();
    let seat = lobby.seat("", Role::Player).unwrap();
    assert!(lobby.shut_down(&CloseCode::ShuttingDown.into(), LIMIT).await, "the room ended");
    let link = Written::default();
    assert_eq!(seat.take(join(&link)), Err(CloseCode::ShuttingDown.into()));
    assert_eq!(*link.0.lock().unwrap(), close_frame(&CloseCode::ShuttingDown.into()));
    assert_eq!(lobby.seat("", Role::Player).unwrap_err(), CloseCode::ShuttingDown.into());
}
