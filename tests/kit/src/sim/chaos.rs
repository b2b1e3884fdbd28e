//! What may happen to connections, at random.

use drumbeat_server::engine::checks::Claim;
use drumbeat_server::engine::close::CloseReason;
use drumbeat_server::engine::input_queue::Arrival;
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::viewer::Role;
use drumbeat_shared::content::Command as _;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::RECORD_NOTES_BYTES_PER_FRAME_MAX;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::Watch;
use drumbeat_shared::random_command::random_command;
use drumbeat_shared::rng::Rng;

use super::{SPECTATORS_MAX, Sim};

/// More than any single frame of a room of this size takes, bytes.
const FRAME_BYTES_MAX: usize = (32 << 10) + 2 * RECORD_NOTES_BYTES_PER_FRAME_MAX;

/// Runs `ticks` ticks of joins, leaves, stalls, slow readers, floods and nonsense.
///
/// Returns how many views have been compared.
pub fn chaos<G: Game>(
    sim: &mut Sim<G>,
    ticks: u32,
    steer: impl Fn(&mut Rng) -> G::Input + Copy,
) -> u64 {
    let mut lines = 0;
    for _ in 0..ticks {
        if sim.rng.one_in(8) {
            let capacity = 1 << sim.rng.between(5, 16);
            let role = if sim.rng.one_in(4) { Role::Spectator } else { Role::Player };
            let is_full = match role {
                Role::Player => sim.is_full(),
                Role::Spectator => sim.engine.count(role) == usize::from(SPECTATORS_MAX),
            };
            match sim.come(capacity, role) {
                // The rules may refuse whom they like.
                Err(reason) if reason.kind() == CloseCode::Refused => {}
                joined => {
                    assert_eq!(joined.is_err(), is_full, "let in only while there is a seat");
                    // Half of them read the list of players.
                    if let Some(index) = joined.ok().filter(|_| sim.connections.is_multiple_of(2)) {
                        sim.clients[index].core.read_players();
                    }
                }
            }
        }
        if !sim.clients.is_empty() {
            let index = sim.rng.below(sim.clients.len() as u32) as usize;
            disturb(sim, index, &mut lines, steer);
        }
        resume(sim);
        command(sim);
        sim.tick(steer);
        for (_, client) in sim.engine.viewers() {
            assert!(client.outbox.pending_bytes() < FRAME_BYTES_MAX, "a backlog builds up");
        }
    }
    sim.verified
}

/// Now and then connects a player again whose connection is lost, or still lives.
fn resume<G: Game>(sim: &mut Sim<G>) {
    if !sim.keeps_places || sim.clients.is_empty() || !sim.rng.one_in(6) {
        return;
    }
    let index = sim.rng.below(sim.clients.len() as u32) as usize;
    if !sim.clients[index].core.spectates() {
        // The place may be gone, and the room full by now.
        let _ = sim.resume(index, 1 << 16);
    }
}

/// Lets some of the players send a random command.
fn command<G: Game>(sim: &mut Sim<G>) {
    if !G::Command::TAKEN {
        return;
    }
    for index in 0..sim.clients.len() {
        if sim.rng.one_in(8)
            && let Some(command) = random_command::<G>(&mut sim.rng)
        {
            // A spectator sends none, and of a player whom nobody answers too many wait.
            let _ = sim.clients[index].core.command(command);
        }
    }
}

/// Something to watch: the leader, a player that may not exist, or a place that may be outside the
/// world.
fn any_watch(rng: &mut Rng) -> Watch {
    match rng.below(3) {
        0 => Watch::Leader,
        1 => Watch::Player(PlayerId(rng.below(40) as u16)),
        _ => Watch::Place { x: rng.between(-900, 5_000), y: rng.bits() as i32 },
    }
}

/// Does one random thing to the client at `index`.
pub fn disturb<G: Game>(
    sim: &mut Sim<G>,
    index: usize,
    lines: &mut u32,
    steer: impl Fn(&mut Rng) -> G::Input,
) {
    match sim.rng.below(20) {
        0 => sim.leave(index, None),
        1 => sim.leave(index, Some(CloseReason::detailed(CloseCode::Malformed, "nonsense"))),
        2 => sim.clients[index].reads_per_tick = 0,
        3 => sim.clients[index].reads_per_tick = sim.rng.between(1, 400) as usize,
        4 | 5 => sim.clients[index].reads_per_tick = usize::MAX,
        6 => sim.clients[index].talks = false,
        7 => sim.clients[index].talks = true,
        8 => {
            *lines += 1;
            let _ = sim.say(index, &lines.to_string(), None);
        }
        9 => {
            for number in 0..100 {
                let (tick, seen) = (Tick(number), Tick(u32::MAX));
                let (view_delay, received_us) = (i16::MIN, 0);
                let input = steer(&mut sim.rng);
                let arrival = Arrival { tick, seen, view_delay, input, received_us };
                let _ = sim.push(index, Message::Input(arrival));
            }
        }
        10 => {
            let players = (0..30).map(PlayerId).collect();
            let _ = sim.push(index, Message::Names(players));
        }
        11 => {
            let (tick, expected, actual) = (Tick(sim.rng.below(9_999)), 1, 2);
            let _ = sim.push(index, Message::Resync(Claim { tick, expected, actual }));
        }
        12 => {
            let watch = any_watch(&mut sim.rng);
            sim.clients[index].core.watch(watch);
        }
        13 if sim.clients[index].stream_closed() => sim.forget(index),
        _ => {}
    }
}
