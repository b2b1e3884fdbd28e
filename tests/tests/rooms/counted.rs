//! What a room says of itself, at the moment when a client hears of it.

use std::io;
use std::sync::{Arc, Mutex, Weak};

use drumbeat_kit::pipe::peer;
use drumbeat_server::engine::inbox::inbox;
use drumbeat_server::engine::link::Link;
use drumbeat_server::engine::viewer::Role;
use drumbeat_server::rooms::{Join, Lobby};
use drumbeat_tests::puppet::Puppet;

use super::guests::{config, eventually, lobby, players};

/// A link that notes with each write how many players the room says it has.
struct Noting {
    lobby: Weak<Lobby<Puppet>>,
    noted: Arc<Mutex<Vec<usize>>>,
}

impl Link for Noting {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let players = self.lobby.upgrade().map_or(0, |lobby| players(&lobby, "main"));
        self.noted.lock().unwrap().push(players);
        Ok(bytes.len())
    }
}

#[test]
fn whoever_has_a_frame_is_counted() {
    let lobby = lobby(config(4, 1));
    let noted = Arc::new(Mutex::new(Vec::new()));
    let link = Noting { lobby: Arc::downgrade(&lobby), noted: Arc::clone(&noted) };
    let (_sender, receiver) = inbox();
    let seat = lobby.seat("main", Role::Player).unwrap();
    seat.take(Join::new(peer(0), "a", Role::Player, Box::new(link), receiver)).unwrap();
    eventually("a frame behind the welcome", || noted.lock().unwrap().len() > 1);
    assert_eq!(noted.lock().unwrap()[1], 1, "the first frame");
}
