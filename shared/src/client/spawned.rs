//! What the own avatar has brought into the world, shown before the server's word.
//!
//! The rules say what an avatar's controls bring forth (`Game::act`). It is drawn from that moment
//! on, in the avatar's own time, under a key of its own. When the server shows an entity of the same kind
//! that this player brought forth, the two are one; when it does not, it is withdrawn. Over its
//! life its time falls back from the own clock to the one that the others are drawn by, so that it
//! meets them where they are seen.

use std::marker::PhantomData;

use super::drawing::{Drawn, Easing, blend};
use super::replica::Seen;
use crate::game::Game;
use crate::ids::{PlayerId, Tick};
use crate::limits::{SPAWNED_MAX, SPAWNED_WAIT_TICKS};
use crate::schema::State;

/// Keys from here on are of what is spawned; those of the server's entities are below.
pub(super) const FIRST_KEY: u32 = 1 << 23;

/// Something that is to come into the world in a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spawn {
    pub(super) tick: Tick,
    pub(super) state: State,
}

#[derive(Debug)]
struct Flying {
    key: u32,
    /// The tick in which it was brought forth.
    since: Tick,
    /// What is known of it: all else follows by prediction.
    base: Spawn,
    /// The key of the server's entity, once it has been seen.
    seen: Option<u32>,
    /// The tick in which that was gone.
    ended: Option<Tick>,
    easing: Easing,
}

/// All that is shown before, or instead of, the server's entity.
#[derive(Debug)]
pub(super) struct Spawned<G> {
    flying: Vec<Flying>,
    next_key: u32,
    /// How many the server has shown too, until they are counted.
    pub(super) matched: u64,
    /// How many it has not.
    pub(super) withdrawn: u64,
    game: PhantomData<fn() -> G>,
}

impl<G> Default for Spawned<G> {
    fn default() -> Self {
        Self { flying: Vec::new(), next_key: 0, matched: 0, withdrawn: 0, game: PhantomData }
    }
}

impl<G: Game> Spawned<G> {
    /// An input has brought this forth.
    pub(super) fn begin(&mut self, spawn: Spawn) {
        if self.flying.len() < SPAWNED_MAX {
            self.next_key = self.next_key.wrapping_add(1);
            self.flying.push(Flying {
                key: FIRST_KEY | (self.next_key & (FIRST_KEY - 1)),
                since: spawn.tick,
                base: spawn,
                seen: None,
                ended: None,
                easing: Easing::default(),
            });
        }
    }

    /// The inputs after `tick` were played again, and have brought this forth.
    pub(super) fn replay(&mut self, tick: Tick, spawns: Vec<Spawn>) {
        let mut spawns: Vec<_> = spawns.into_iter().map(Some).collect();
        let same = |flying: &Flying, spawn: &Spawn| {
            spawn.tick == flying.since && spawn.state.kind == flying.base.state.kind
        };
        let before = self.flying.len();
        self.flying.retain_mut(|flying| {
            if flying.seen.is_some() {
                return true;
            }
            if flying.since <= tick {
                return tick.since(flying.since) <= SPAWNED_WAIT_TICKS;
            }
            let mut again = spawns.iter_mut();
            let again = again.find(|spawn| spawn.as_ref().is_some_and(|spawn| same(flying, spawn)));
            let again = again.and_then(Option::take);
            flying.base = again.unwrap_or(flying.base);
            again.is_some()
        });
        self.withdrawn += (before - self.flying.len()) as u64;
        spawns.into_iter().flatten().for_each(|spawn| self.begin(spawn));
    }

    /// A frame has come: what `player` brought forth is in `visible`; entities from `first_new` on
    /// have just entered.
    pub(super) fn see<'a>(
        &mut self,
        map: &G::Map,
        player: PlayerId,
        tick: Tick,
        visible: impl Iterator<Item = &'a Seen>,
        first_new: u32,
        now_us: u64,
    ) {
        if self.flying.is_empty() {
            return;
        }
        let mut alive = Vec::new();
        for seen in visible.filter(|seen| G::spawner(&seen.state) == Some(player)) {
            alive.push(seen.key);
            let waits = |flying: &&mut Flying| {
                flying.seen.is_none() && flying.base.state.kind == seen.state.kind
            };
            if seen.key >= first_new
                && let Some(flying) = self.flying.iter_mut().find(waits)
            {
                self.matched += 1;
                flying.seen = Some(seen.key);
                flying.correct::<G>(map, Spawn { tick, state: seen.state }, now_us);
            }
        }
        for flying in &mut self.flying {
            if flying.seen.is_some_and(|key| !alive.contains(&key)) {
                flying.ended.get_or_insert(tick);
            }
        }
    }

    /// Whether this entity of the server's is drawn by [`Spawned::draw`].
    pub(super) fn draws(&self, key: u32) -> bool {
        self.flying.iter().any(|flying| flying.seen == Some(key))
    }

    /// Draws all as of the two clocks, ticks.
    pub(super) fn draw(
        &mut self,
        map: &G::Map,
        own_ticks: f64,
        shown_ticks: f64,
        now_us: u64,
        mut put: impl FnMut(u32, u8, &Drawn),
    ) {
        // While the others are drawn from before its end, the server's entity must stay hidden.
        let over =
            |flying: &Flying| flying.ended.is_some_and(|end| shown_ticks >= f64::from(end.0));
        self.flying.retain(|flying| !over(flying));
        for flying in &self.flying {
            let ticks = flying.ticks(own_ticks, shown_ticks);
            if flying.ended.is_some_and(|end| ticks >= f64::from(end.0)) {
                continue;
            }
            let mut fields = flying.at::<G>(map, ticks);
            flying.easing.apply(&mut fields, now_us);
            put(flying.key, flying.base.state.kind, &fields);
        }
    }
}

impl Flying {
    /// The time at which it is drawn: in the tick of its birth the own clock, later ever nearer to
    /// that of the others.
    fn ticks(&self, own_ticks: f64, shown_ticks: f64) -> f64 {
        /// How many times the distance between the clocks the way back takes.
        const SLOWNESS: f64 = 3.0;
        let apart = (own_ticks - shown_ticks).max(0.0);
        let age = (own_ticks - f64::from(self.since.0)).max(0.0);
        let back = if apart > 0.0 { (age / (SLOWNESS * apart)).min(1.0) } else { 1.0 };
        (own_ticks - apart * back).max(f64::from(self.since.0))
    }

    fn at<G: Game>(&self, map: &G::Map, ticks: f64) -> Drawn {
        let ahead = (ticks - f64::from(self.base.tick.0)).clamp(0.0, 255.0);
        let (mut before, mut after) = (self.base.state, self.base.state);
        for _ in 0..ahead.ceil() as u32 {
            before = after;
            G::predict(map, &mut after);
        }
        let share = (ahead - (ahead.ceil() - 1.0).max(0.0)) as f32;
        blend(G::SCHEMA.fields(after.kind), &before, &after, share)
    }

    /// The server's word, if it is another than the prediction.
    fn correct<G: Game>(&mut self, map: &G::Map, word: Spawn, now_us: u64) {
        let at = f64::from(word.tick.0);
        let shown = self.at::<G>(map, at);
        let told = super::drawing::fields_as_drawn(&word.state);
        if shown != told {
            self.easing.revise(G::SCHEMA.fields(word.state.kind), &shown, &told, now_us);
            self.base = word;
        }
    }
}
