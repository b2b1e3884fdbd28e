//! Clients that send inputs in ways no honest one does: the world is the same as with a client that
//! did legally what is left of it.

use drumbeat_kit::seeds::{setup, with_seeds};
use drumbeat_kit::sim::Sim;
use drumbeat_server::engine::chat_rate::ReadTime;
use drumbeat_server::engine::input_queue::Arrival;
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_server::engine::viewer::Role;
use drumbeat_shared::entities::Slot;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::INPUT_AHEAD_TICKS_MAX;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::ClientMessage;
use drumbeat_shared::toy::{Steer, Toy};
use drumbeat_tests::steer::steer;

/// Ticks of a game.
const TICKS: u32 = 120;
/// The fastest that rules allow.
const FASTEST: Steer = Steer(9, 9);

/// What one client sends before each tick.
type Acts = fn(coming: u32) -> Vec<Arrival<Steer>>;

/// What it wants in each tick.
fn own(tick: u32) -> Arrival<Steer> {
    let wave = |times: u32| (tick * times % 19) as i8 - 9;
    arrival(tick, Steer(wave(7), wave(5)))
}

fn arrival(tick: u32, input: Steer) -> Arrival<Steer> {
    let seen = Tick(tick.saturating_sub(1));
    Arrival { tick: Tick(tick), seen, view_delay: 0, input, received_us: 0 }
}

fn room(seed: u64) -> Sim<Toy> {
    let room = RoomSetup { check_rules: true, ..RoomSetup::new("0", setup(seed)) };
    Sim::of(&RoomSetup { resume_s: 2, ..room }, Shards::default())
}

/// Plays with two honest clients and one that acts so. Returns the world after each tick.
fn worlds(seed: u64, acts: Acts) -> Vec<Vec<Slot>> {
    let mut sim = room(seed);
    let [_, _, index] = [0; 3].map(|_| sim.join(1 << 20).unwrap());
    sim.clients[index].talks = false;
    let each = (1..=TICKS).map(|coming| {
        for arrival in acts(coming) {
            sim.push(index, Message::Input(arrival)).unwrap();
        }
        sim.tick(steer);
        sim.engine.game().entities().slots().to_vec()
    });
    each.collect()
}

#[test]
fn no_order_or_number_of_inputs_does_more_than_one_for_each_tick() {
    let on_time: Acts = |coming| vec![own(coming)];
    let tenth: Acts = |coming| (coming % 10 == 0).then(|| own(coming)).into_iter().collect();
    let cases: [(&str, Acts, Acts); 8] = [
        (
            "many for a tick: the last counts",
            |coming| [vec![arrival(coming, FASTEST); 20], vec![own(coming)]].concat(),
            on_time,
        ),
        (
            "again, for ticks that are over",
            |coming| {
                let again = (1..8).map(|ago| arrival(coming.saturating_sub(ago), FASTEST));
                again.chain([own(coming)]).collect()
            },
            on_time,
        ),
        (
            "too far ahead",
            |coming| {
                let far = coming + INPUT_AHEAD_TICKS_MAX + 1;
                let far = [far, far + 1, u32::MAX].map(|tick| arrival(tick, FASTEST));
                far.into_iter().chain([own(coming)]).collect()
            },
            on_time,
        ),
        (
            "ahead: each waits for its tick",
            |coming| match coming % 10 {
                1 => (coming..coming + 10).map(own).collect(),
                _ => Vec::new(),
            },
            on_time,
        ),
        (
            "ahead, and taken back",
            |coming| {
                let ahead = (coming + 1..coming + 9).map(|tick| arrival(tick, FASTEST));
                ahead.chain([own(coming)]).collect()
            },
            on_time,
        ),
        (
            "saved up: only the newest counts",
            |coming| match coming % 10 {
                0 => (coming - 9..=coming).map(own).collect(),
                _ => Vec::new(),
            },
            tenth,
        ),
        (
            "with an old picture, or a future one",
            |coming| {
                let seen = Tick(if coming % 2 == 0 { 0 } else { u32::MAX });
                let view_delay = if coming % 3 == 0 { i16::MIN } else { i16::MAX };
                vec![Arrival { seen, view_delay, ..own(coming) }]
            },
            on_time,
        ),
        (
            "with a time of arrival from the future",
            |coming| vec![Arrival { received_us: u64::MAX, ..own(coming) }],
            on_time,
        ),
    ];
    with_seeds(3, |seed| {
        assert_ne!(worlds(seed, on_time), worlds(seed, tenth), "the inputs do nothing");
        for (what, cheat, legal) in cases {
            assert!(worlds(seed, cheat) == worlds(seed, legal), "{what}: another world");
        }
    });
}

#[test]
fn an_impossible_input_ends_the_connection_and_does_nothing() {
    for input in [Steer(10, 0), Steer(0, -10), Steer(i8::MIN, i8::MAX)] {
        let (tick, seen) = (Tick(2), Tick(1));
        let sent = ClientMessage::Input { tick, seen, view_delay: 0, input };
        let taken = Message::from_client::<Toy>(sent, Role::Player, ReadTime::default());
        assert_eq!(taken.map_err(|reason| reason.kind()), Err(CloseCode::Malformed), "{input:?}");
    }
}

/// Two connections that come with one token at the same time: the later one has the player, and what
/// the other sends reaches nobody.
#[test]
fn two_connections_with_one_token_steer_one_player() {
    let race = |seed: u64, sockets: usize| {
        let mut sim = room(seed);
        let [_, eve] = [0; 2].map(|_| sim.join(1 << 20).unwrap());
        (0..10).for_each(|_| sim.tick(steer));
        sim.leave(eve, None);
        sim.tick(steer);
        let indexes: Vec<usize> = (0..sockets).map(|_| sim.resume(eve, 1 << 20).unwrap()).collect();
        indexes.iter().for_each(|index| sim.clients[*index].talks = false);
        let each = (0..TICKS).map(|_| {
            let coming = sim.engine.now().next().0;
            for index in indexes.iter().rev() {
                let is_last = Some(index) == indexes.last();
                let input = if is_last { own(coming) } else { arrival(coming, FASTEST) };
                assert_eq!(sim.push(*index, Message::Input(input)).is_ok(), is_last);
            }
            sim.tick(steer);
            assert_eq!(sim.engine.count(Role::Player), 2);
            sim.engine.game().entities().slots().to_vec()
        });
        each.collect::<Vec<_>>()
    };
    with_seeds(3, |seed| {
        let alone = race(seed, 1);
        for sockets in [2, 3] {
            assert!(race(seed, sockets) == alone, "{sockets} sockets: another world");
        }
    });
}
