//! A game of dots that emits the events its players ask for, and panics on request.
//!
//! It is the toy game without the toy's own events. Its settings are a number of dots that
//! nobody steers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use drumbeat_shared::entities::Entities;
use drumbeat_shared::game::{
    Audience, Context, Controls, Event, Events, Game, Identity, MapError, Refused, Setup,
    TicketHolder, View,
};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::input::Input;
use drumbeat_shared::schema::{Private, Schema, State};
use drumbeat_shared::toy::{Steer, Toy};
use drumbeat_shared::typed::Saved;
use glam::IVec2;
use serde::{Deserialize, Serialize};

/// A player with this name makes the rules panic when it joins.
pub const PANICS_IN_JOIN: &str = "panics in join";
/// The rules refuse a player of this name.
pub const REFUSED_IN_JOIN: &str = "refused";
/// Whom the rules let in nevertheless.
pub const WELCOME: TicketHolder<'_> =
    TicketHolder { subject: "ada", is_admin: true, claims: r#"{"team":"red"}"# };

/// Whether a step that was asked to hang does so.
pub static HANGS: AtomicBool = AtomicBool::new(true);
/// Whether a new world on the map -2 hangs.
pub static HANGS_IN_NEW: AtomicBool = AtomicBool::new(true);

/// The settings of the game.
#[derive(clap::Args, Clone, Debug)]
pub struct Loose {
    /// Dots that nobody steers, up to 60000
    #[arg(long, value_name = "N", default_value_t = 3)]
    #[arg(value_parser = clap::value_parser!(u16).range(..=60_000))]
    pub loose_dots: u16,
}

/// The settings for this number of dots that nobody steers.
#[must_use]
pub fn loose(loose_dots: u16) -> Loose {
    Loose { loose_dots }
}

/// The game.
#[derive(Saved, Debug)]
pub struct Puppet {
    toy: Toy,
    /// All events so far, in order.
    pub pushed: Vec<Pushed>,
}

/// A player's input: how to steer its dot, and what else to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Steers the dot.
    pub steer: Steer,
    /// Number of events to emit for those who see the dot.
    pub near: u8,
    /// Number of events to emit for the room.
    pub room: u8,
    /// Number of events to emit for this player only.
    pub own: u8,
    /// Whether the rules panic.
    pub panic: bool,
    /// Whether the step hangs, for as long as [`HANGS`] is true.
    pub hang: bool,
}

impl Input for Order {}

/// An event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// How many events came before it.
    pub number: u32,
    /// Where it happened, if it is for those who see that place.
    pub place: Option<(i32, i32)>,
    /// Its only recipient, if it has one.
    pub to: Option<PlayerId>,
}

impl Event for Pushed {}

impl Puppet {
    fn push(&mut self, audience: Audience, events: &mut Events<Pushed>) {
        let number = self.pushed.len() as u32;
        let pushed = match audience {
            Audience::Room => Pushed { number, place: None, to: None },
            Audience::Near(at) => Pushed { number, place: Some((at.x, at.y)), to: None },
            Audience::Player(player) => Pushed { number, place: None, to: Some(player) },
        };
        self.pushed.push(pushed);
        events.push(audience, pushed);
    }
}

impl Game for Puppet {
    type Map = i32;
    type Input = Order;
    type Event = Pushed;
    type Command = ();
    type Record = ();
    type Settings = Loose;

    const NAME: &'static str = "puppet";
    const SCHEMA: Schema = Toy::SCHEMA;
    const VIEW: View = Toy::VIEW;

    fn map(text: &str, setup: &Setup<Loose>) -> Result<i32, MapError> {
        Toy::map(text, &setup.with(()))
    }

    /// With the map -1 and an odd seed, the rules panic; with the map -2, they hang.
    fn new(map: Arc<i32>, setup: &Setup<Loose>) -> Self {
        assert!(*map != -1 || setup.seed.is_multiple_of(2), "asked to panic in new");
        while *map == -2 && HANGS_IN_NEW.load(Relaxed) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let house = setup.capacity..setup.capacity + setup.settings.loose_dots;
        let mut toy = Toy::new(map, &Setup { capacity: house.end, ..setup.with(()) });
        house.for_each(|player| {
            toy.join(PlayerId(player), Identity::guest("")).expect("the toy refuses nobody");
        });
        Self { toy, pushed: Vec::new() }
    }

    fn join(&mut self, player: PlayerId, who: Identity<'_>) -> Result<(), Refused> {
        assert!(who.name != PANICS_IN_JOIN, "asked to panic in join");
        let is_welcome = who.ticket.is_some_and(|ticket| ticket == WELCOME);
        if who.name == REFUSED_IN_JOIN && !is_welcome {
            return Err(Refused("asked to refuse; take another name".into()));
        }
        self.toy.join(player, who)
    }

    fn leave(&mut self, player: PlayerId) {
        self.toy.leave(player);
    }

    fn step(
        &mut self,
        context: Context<'_, i32>,
        inputs: &[(PlayerId, Controls<Order>)],
        events: &mut Events<Pushed>,
    ) {
        let steer = |Controls { input, rewind }: &Controls<Order>| Controls {
            input: input.steer,
            rewind: *rewind,
        };
        let steers: Vec<_> = inputs.iter().map(|(player, order)| (*player, steer(order))).collect();
        self.toy.step(context, &steers, &mut Events::default());
        events.phase("orders");
        for (player, Controls { input: order, .. }) in inputs {
            while order.hang && HANGS.load(Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
            assert!(!order.panic, "asked to panic in step");
            let eye = self.toy.eye(*player).unwrap_or_default();
            (0..order.near).for_each(|_| self.push(Audience::Near(eye), events));
            (0..order.room).for_each(|_| self.push(Audience::Room, events));
            (0..order.own).for_each(|_| self.push(Audience::Player(*player), events));
        }
    }

    fn control(state: &mut State, order: &Order) {
        Toy::control(state, &order.steer);
    }

    fn predict(context: Context<'_, i32>, state: &mut State) {
        Toy::predict(context, state);
    }

    fn entities(&self) -> &Entities {
        self.toy.entities()
    }

    fn entities_mut(&mut self) -> Option<&mut Entities> {
        self.toy.entities_mut()
    }

    fn position(state: &State) -> IVec2 {
        Toy::position(state)
    }

    fn owner(state: &State) -> Option<PlayerId> {
        Toy::owner(state)
    }

    fn eye(&self, player: PlayerId) -> Option<IVec2> {
        self.toy.eye(player)
    }

    fn look_at(&self, place: IVec2) -> IVec2 {
        self.toy.look_at(place)
    }

    fn leader(&self) -> Option<PlayerId> {
        self.toy.leader()
    }

    fn private(&self, player: PlayerId) -> Private {
        self.toy.private(player)
    }
}
