//! What a client gains that lies about the age of its picture, with the rail in Arena: it shoots at
//! where the other one was on its screen some time ago, and claims to see that now.

use std::sync::Arc;

use drumbeat_arena::schema::RAIL;
use drumbeat_arena::{Arena, Settings};
use drumbeat_kit::screens::{Forge, Screens};
use drumbeat_kit::seeds::with_seeds;
use drumbeat_shared::game::Setup;
use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::VIEW_TIME_STEPS;
use drumbeat_shared::protocol::messages::ClientMessage;
use drumbeat_tests::duel::{Aim, Fired, RANGE, TICK_HZ, hits, marksman, shuttle};

/// The latency of the link of a client that lies.
const LINK: &str = "20ms";

/// How a client lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    /// When it shoots, it claims that its picture is further behind the newest frame.
    Delay,
    /// When it shoots, it claims that its newest frame is older.
    Seen,
    /// As `Delay`, and it acknowledges nothing for 6 ticks of every 60, as if its link stalled: enough for
    /// such an age to be believed.
    Bursts,
    /// It always claims that its newest frame is older, and acknowledges no newer one.
    Always,
}

impl Lie {
    /// Makes its claims older by `parts` of a tick.
    fn forge(self, parts: u16) -> Forge<Arena> {
        let mut held = Tick(0);
        let mut hold = move |seen: &mut Tick| {
            if seen.0 % 60 >= 6 {
                held = *seen;
            }
            *seen = held;
        };
        Box::new(move |message| match message {
            ClientMessage::Input { seen, view_delay, input, .. } => {
                if self == Self::Bursts {
                    let was = *seen;
                    hold(seen);
                    // The picture goes on meanwhile.
                    *view_delay -= (was.since(*seen) * u32::from(VIEW_TIME_STEPS)) as i16;
                }
                if self != Self::Always && input.buttons & RAIL == 0 {
                    return;
                }
                let ticks = if matches!(self, Self::Delay | Self::Bursts) {
                    0
                } else {
                    parts / VIEW_TIME_STEPS
                };
                *seen = Tick(seen.0.saturating_sub(u32::from(ticks)));
                *view_delay += (parts - ticks * VIEW_TIME_STEPS) as i16;
            }
            ClientMessage::Ping { seen, .. } if self == Self::Bursts => hold(seen),
            ClientMessage::Ping { seen, .. } if self == Self::Always => {
                *seen = Tick(seen.0.saturating_sub(u32::from(parts / VIEW_TIME_STEPS)));
            }
            _ => {}
        })
    }
}

/// What a duel came to.
#[derive(Debug)]
struct Duel {
    shots: usize,
    hits: usize,
    inputs: u64,
    cut_rewinds: u64,
}

fn duel(seed: u64, link: &str, aim: Aim, forge: Option<Forge<Arena>>) -> Duel {
    let setup = Setup {
        seed,
        capacity: 2,
        tick_hz: TICK_HZ,
        settings: Settings { house_bots: 0, ..Settings::default() },
    };
    let mut screens = Screens::<Arena>::new(RANGE, setup);
    let fired = Fired::default();
    screens.join(link.parse().unwrap(), marksman(aim, Arc::clone(&fired)));
    screens.join(LINK.parse().unwrap(), shuttle());
    screens.players[0].forge = forge;
    screens.play(240);
    let hits = hits(&screens.players[0]);
    let shots = fired.lock().unwrap().len();
    assert!(shots > 15, "only {shots} shots");
    let counts = screens.engine.take_counts();
    Duel { shots, hits, inputs: counts.inputs, cut_rewinds: counts.cut_rewinds }
}

/// A duel of a client that shoots at what was on its screen `ago_ms` ago.
fn lie(seed: u64, how: Lie, ago_ms: u64) -> Duel {
    let parts = ago_ms * u64::from(TICK_HZ) * u64::from(VIEW_TIME_STEPS) / 1_000;
    duel(seed, LINK, Aim::Past(ago_ms * 1_000), Some(how.forge(parts as u16)))
}

#[test]
fn honest_clients_are_believed_however_bad_their_link_is() {
    with_seeds(2, |seed| {
        for link in ["0ms", "20ms", "50ms", "150ms", "150ms,jitter=30ms", "100ms,jitter=60ms"] {
            let duel = duel(seed, link, Aim::Seen, None);
            assert!(duel.hits * 10 >= duel.shots * 9, "{link}: {duel:?}");
            assert!(duel.cut_rewinds * 1_000 <= duel.inputs, "{link}: {duel:?}");
        }
        // What the screen shows in a stall is no frame; no shot at that is sure to hit.
        for link in ["100ms,stall=1%x250ms", "50ms,stall=2%x150ms", "100ms,kbps=100"] {
            let duel = duel(seed, link, Aim::Seen, None);
            assert!(duel.cut_rewinds * 200 <= duel.inputs, "{link}: {duel:?}");
        }
    });
}

#[test]
fn a_lie_about_a_shot_gains_no_more_than_a_tick() {
    with_seeds(2, |seed| {
        for how in [Lie::Delay, Lie::Seen, Lie::Bursts] {
            for ago_ms in [67, 100, 150] {
                let duel = lie(seed, how, ago_ms);
                assert!(duel.hits * 10 <= duel.shots, "{how:?}, {ago_ms} ms: {duel:?}");
                assert!(duel.cut_rewinds > 0, "{how:?}, {ago_ms} ms: {duel:?}");
            }
        }
    });
}

/// A client that never acknowledges newer frames gains what a player with such a link has: nothing
/// that the server sees tells them apart.
#[test]
fn who_pretends_a_bad_link_all_the_time_has_one_and_no_more_than_the_rules_allow() {
    with_seeds(2, |seed| {
        let duel = lie(seed, Lie::Always, 100);
        assert!(duel.hits * 10 >= duel.shots * 9, "{duel:?}");
        let duel = lie(seed, Lie::Always, 233);
        assert!(duel.hits * 10 <= duel.shots, "{duel:?}");
    });
}
