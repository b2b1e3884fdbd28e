//! Events and chat reach exactly the clients that they concern, whatever the load.

use std::collections::BTreeMap;

use drumbeat_kit::seeds::with_seeds;
use drumbeat_kit::sim::Sim;
use drumbeat_server::engine::view::enter_rect;
use drumbeat_shared::game::{Game, Setup};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::limits::{EVENT_LOG_MAX, MAIL_MAX};
use drumbeat_shared::protocol::messages::Watch;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::toy::Steer;
use drumbeat_tests::puppet::{Loose, Order, Puppet, Pushed, loose};

fn setup(seed: u64) -> Setup<Loose> {
    Setup { seed, capacity: 24, tick_hz: 20, settings: loose(0) }
}

fn idle(_: &mut Rng) -> Order {
    Order::default()
}

/// Wanders, and often emits events.
fn gossip(rng: &mut Rng) -> Order {
    let steer = Steer(rng.between(-9, 9) as i8, rng.between(-9, 9) as i8);
    let mut count = || u8::from(rng.one_in(6));
    Order { steer, near: count(), room: count(), own: count(), ..Order::default() }
}

/// The events that a client should have received.
#[derive(Default)]
struct Account {
    /// Index of the first event that is not accounted for yet.
    next: usize,
    expected: Vec<Pushed>,
}

/// Updates the account of every client that was sent a frame in the last tick.
fn account(sim: &Sim<Puppet>, accounts: &mut BTreeMap<u64, Account>) {
    let pushed = &sim.engine.game().pushed;
    for (viewer, client) in sim.engine.viewers() {
        if client.baseline.tick != Some(sim.engine.now()) {
            continue;
        }
        let account = accounts.entry(client.peer.connection).or_default();
        let view = enter_rect(Puppet::VIEW, sim.engine.eye(viewer).unwrap());
        let fresh = &pushed[account.next..];
        // Mail comes before events for several clients.
        let own = fresh.iter().filter(|pushed| pushed.to.is_some() && pushed.to == viewer.player());
        account.expected.extend(own);
        account.expected.extend(fresh.iter().filter(|pushed| {
            pushed.to.is_none() && pushed.place.is_none_or(|(x, y)| view.contains((x, y).into()))
        }));
        account.next = pushed.len();
    }
}

#[test]
fn events_reach_exactly_those_they_concern() {
    with_seeds(6, |seed| {
        let mut sim = Sim::<Puppet>::new("0", setup(seed));
        for _ in 0..12 {
            sim.join(1 << 12).unwrap();
        }
        for watch in [Watch::Leader, Watch::Player(PlayerId(7)), Watch::Place { x: 900, y: 3_000 }]
        {
            let index = sim.spectate(1 << 12).unwrap();
            sim.clients[index].core.watch(watch);
        }
        let mut accounts = BTreeMap::new();
        for tick in 0..400 {
            let index = sim.rng.below(15) as usize;
            // The stall is short enough for the log and the mail to hold what happens meanwhile.
            sim.clients[index].reads_per_tick = 0;
            if tick % 10 == 0 {
                sim.clients.iter_mut().for_each(|client| client.reads_per_tick = usize::MAX);
            }
            sim.tick(gossip);
            account(&sim, &mut accounts);
        }
        sim.clients.iter_mut().for_each(|client| client.reads_per_tick = usize::MAX);
        for _ in 0..10 {
            sim.tick(idle);
            account(&sim, &mut accounts);
        }
        let all = sim.engine.game().pushed.len();
        for client in &sim.clients {
            let expected = &accounts[&client.connection].expected;
            assert_eq!(&client.events, expected, "connection {}", client.connection);
            assert_eq!(client.missed, 0);
            let near = expected.iter().filter(|pushed| pushed.place.is_some()).count();
            assert!(near > 10, "only {near} events were near");
            assert!(expected.len() < all, "a client was told everything");
        }
    });
}

#[test]
fn mail_that_overflows_is_counted_exactly() {
    let mut sim = Sim::<Puppet>::new("0", setup(1));
    let index = sim.join(1 << 16).unwrap();
    sim.tick(idle);
    sim.clients[index].reads_per_tick = 0;
    // More than its unacknowledged frames carry and the mail holds.
    for _ in 0..150 {
        sim.tick(|_| Order { own: 2, ..Order::default() });
    }
    assert!(sim.clients[index].events.is_empty());
    sim.clients[index].reads_per_tick = usize::MAX;
    for _ in 0..20 {
        sim.tick(idle);
    }
    let pushed = &sim.engine.game().pushed;
    let client = &sim.clients[index];
    assert!(client.missed > 0, "nothing overflowed");
    assert_eq!(client.events.len() as u64 + client.missed, pushed.len() as u64);
    assert_eq!(sim.counts.missed_events, client.missed);
    assert!(client.events.ends_with(&pushed[pushed.len() - MAIL_MAX..]), "the newest are kept");
    assert!(client.events.is_sorted_by_key(|pushed| pushed.number));
}

/// Of the events of one step, those that are more than the room or a player can get.
fn excess(pushed: &[Pushed]) -> u64 {
    let mut sent = BTreeMap::<_, usize>::new();
    pushed.iter().for_each(|pushed| *sent.entry(pushed.to).or_default() += 1);
    let over = sent
        .into_iter()
        .map(|(to, sent)| sent.saturating_sub(if to.is_some() { MAIL_MAX } else { EVENT_LOG_MAX }));
    over.sum::<usize>() as u64
}

#[test]
fn events_beyond_what_one_tick_can_bring_are_counted_for_the_room_and_for_each_player() {
    let check = |players: u8, order: Order, is_excess: bool| {
        let mut sim = Sim::<Puppet>::new("0", setup(3));
        for _ in 0..players {
            sim.join(1 << 20).unwrap();
        }
        let mut expected = 0;
        for _ in 0..30 {
            let before = sim.engine.game().pushed.len();
            sim.tick(|_| order);
            expected += excess(&sim.engine.game().pushed[before..]);
        }
        assert!(!sim.engine.game().pushed.is_empty(), "nothing was sent");
        assert_eq!(sim.counts.excess_events, expected, "{players} players, {order:?}");
        assert_eq!(expected > 0, is_excess, "{players} players, {order:?}");
    };
    let own = |own: usize| Order { own: own as u8, ..Order::default() };
    let room = |room: u8| Order { room, ..Order::default() };
    check(3, own(MAIL_MAX), false);
    check(1, own(MAIL_MAX + 1), true);
    check(2, own(200), true);
    check(4, room(128), false);
    check(4, room(130), true);
}

#[test]
fn mail_takes_no_place_from_the_chat() {
    let mut sim = Sim::<Puppet>::new("0", setup(2));
    for _ in 0..20 {
        sim.join(1 << 16).unwrap();
    }
    sim.tick(idle);
    let slow = 0;
    sim.clients[slow].reads_per_tick = 0;
    for line in 0..100 {
        sim.say(1, &line.to_string(), None).unwrap();
        // 200 events a tick: the log would hold fewer than three ticks of them.
        sim.tick(|_| Order { own: 10, ..Order::default() });
    }
    sim.clients[slow].reads_per_tick = usize::MAX;
    for _ in 0..20 {
        sim.tick(idle);
    }
    let lines: Vec<String> = (0..100).map(|line| line.to_string()).collect();
    for (index, client) in sim.clients.iter().enumerate() {
        assert_eq!(client.chats, lines, "client {index}");
        let player = Some(PlayerId(index as u16));
        let own = sim.engine.game().pushed.iter().filter(|pushed| pushed.to == player).count();
        assert_eq!(client.events.len() as u64 + client.missed, own as u64, "client {index}");
        assert!(client.events.iter().all(|pushed| pushed.to == player), "client {index}");
        assert_eq!(client.missed > 0, index == slow, "client {index}");
    }
}
