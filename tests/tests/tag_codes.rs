//! What tag's codes by default cost on the wire, against codes that somebody chose for it.

use std::sync::Arc;

use drumbeat_kit::seeds::with_seeds;
use drumbeat_kit::sim::Sim;
use drumbeat_server::engine::viewer::Role;
use drumbeat_shared::entities::Entities;
use drumbeat_shared::game::{
    Context, Controls, Events, Game, Identity, MapError, Refused, Setup, View,
};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::{Private, Schema, State};
use drumbeat_shared::typed::{Angle, Entity, EntitySet, IVec2, Saved, entities};
use drumbeat_tag::{GRID, Keys, SIDE, Tag};

const PLAYERS: u16 = 32;
const TICK_HZ: u16 = 30;
const TICKS: u32 = 900;
/// How much more the codes by default may cost.
const RATIO_MAX: f64 = 1.3;

/// The runner of tag with codes for how it is played.
#[derive(Entity, Clone, Copy, Debug)]
#[common([heading], [heading, runs], [runs], [it, pause_ticks], [it])]
#[delayed([heading], [heading, x, y], [x, y], [heading, runs, x, y])]
pub(crate) struct Runner {
    #[decision]
    heading: Angle,
    #[decision]
    #[typical(true)]
    runs: bool,
    #[position(max = SIDE)]
    #[unit(GRID)]
    #[code(residual_bits = 6, delayed_bits = 10, entry = near(13))]
    place: IVec2,
    #[owner]
    #[range(0, 255)]
    player: PlayerId,
    #[typical(false)]
    #[code(residual_bits = 0)]
    it: bool,
    #[range(0, 255)]
    #[typical(0)]
    #[code(residual_bits = 6)]
    pause_ticks: u16,
}

/// The coin of tag, likewise.
#[derive(Entity, Clone, Copy, Debug)]
#[common()]
#[delayed()]
pub(crate) struct Coin {
    #[position(max = SIDE)]
    #[unit(GRID)]
    #[code(entry = near(13))]
    place: IVec2,
}

entities! {
    /// Everything in the field.
    pub enum Thing {
        Runner,
        Coin,
    }
}

/// Tag with these codes: the same rules, and the same integers in the same places.
#[derive(Saved)]
struct Tuned(Tag);

impl Game for Tuned {
    type Map = ();
    type Input = Keys;
    type Event = <Tag as Game>::Event;
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = "tuned";
    const SCHEMA: Schema = Schema { kinds: Thing::KINDS, private: <Tag as Game>::SCHEMA.private };
    const VIEW: View = <Tag as Game>::VIEW;

    fn map(text: &str, setup: &Setup) -> Result<(), MapError> {
        <Tag as Game>::map(text, setup)
    }

    fn new(map: Arc<()>, setup: &Setup) -> Self {
        Self(<Tag as Game>::new(map, setup))
    }

    fn join(&mut self, player: PlayerId, who: Identity<'_>) -> Result<(), Refused> {
        Game::join(&mut self.0, player, who)
    }

    fn leave(&mut self, player: PlayerId) {
        Game::leave(&mut self.0, player);
    }

    fn step(
        &mut self,
        context: Context<'_, ()>,
        inputs: &[(PlayerId, Controls<Keys>)],
        events: &mut Events<Self::Event>,
    ) {
        Game::step(&mut self.0, context, inputs, events);
    }

    fn control(state: &mut State, input: &Keys) {
        <Tag as Game>::control(state, input);
    }

    fn predict(context: Context<'_, ()>, state: &mut State) {
        <Tag as Game>::predict(context, state);
    }

    fn entities(&self) -> &Entities {
        self.0.entities()
    }

    fn entities_mut(&mut self) -> Option<&mut Entities> {
        self.0.entities_mut()
    }

    fn position(state: &State) -> IVec2 {
        <Tag as Game>::position(state)
    }

    fn owner(state: &State) -> Option<PlayerId> {
        <Tag as Game>::owner(state)
    }

    fn eye(&self, player: PlayerId) -> Option<IVec2> {
        Game::eye(&self.0, player)
    }

    fn look_at(&self, place: IVec2) -> IVec2 {
        self.0.look_at(place)
    }

    fn private(&self, player: PlayerId) -> Private {
        Game::private(&self.0, player)
    }
}

/// Bytes of delta frames, and entities in view summed over them, of players who turn twice a second
/// on average and stand still now and then.
fn play<G: Game<Input = Keys, Settings = ()>>(seed: u64) -> (u64, u64) {
    let setup = Setup { seed, capacity: PLAYERS, tick_hz: TICK_HZ, settings: () };
    let mut sim = Sim::<G>::new("", setup);
    sim.delay_ticks_max = 0;
    for _ in 0..PLAYERS {
        sim.join(1 << 20).expect("a place");
    }
    let (mut rng, mut keys, mut at) = (Rng::new(seed), [Keys::default(); PLAYERS as usize], 0);
    for _ in 0..TICKS {
        sim.tick(|_| {
            at = (at + 1) % keys.len();
            if rng.one_in(u32::from(TICK_HZ) / 2) {
                keys[at] = Keys { heading: Angle(rng.bits() as u8), runs: !rng.one_in(10) };
            }
            keys[at]
        });
    }
    assert_eq!(sim.engine.count(Role::Player), usize::from(PLAYERS), "seed {seed}");
    let stats = sim.clients.iter().map(|client| client.core.stats());
    stats.fold((0, 0), |sum, stats| (sum.0 + stats.delta_bytes_in, sum.1 + stats.visible_sum))
}

#[test]
fn codes_by_default_cost_little_more_than_chosen_ones() {
    with_seeds(3, |seed| {
        let (bytes, entity_ticks) = play::<Tag>(seed);
        let (tuned_bytes, tuned_entity_ticks) = play::<Tuned>(seed);
        assert_eq!(entity_ticks, tuned_entity_ticks, "seed {seed}: not the same play");
        let [default, tuned] = [bytes, tuned_bytes].map(|all| all as f64 / entity_ticks as f64);
        let ratio = default / tuned;
        assert!(ratio <= RATIO_MAX, "seed {seed}: {default:.4} bytes against {tuned:.4}");
    });
}
