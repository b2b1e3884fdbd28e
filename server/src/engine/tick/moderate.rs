//! What those who run the server do in a room.

use drumbeat_shared::game::Game;
use drumbeat_shared::ids::Tick;

use super::Engine;
use crate::engine::client::Client;
use crate::engine::close::CloseReason;
use crate::engine::moderation::{Act, Concerned, Mute, Whom};
use crate::engine::viewer::Viewer;

impl<G: Game> Engine<G> {
    /// Does this between two ticks. Returns the clients whom it concerned, of whom there may be none.
    pub fn moderate(&mut self, act: &Act, now_us: u64) -> Vec<Concerned> {
        self.clock.advance(now_us);
        match act {
            Act::Kick { whom, reason } => self.expel(self.found(whom), reason),
            Act::Expel { target, reason } => {
                let clients = self.roster.iter();
                let covered = clients.filter(|(_, client)| target.covers(client.visitor()));
                let covered =
                    covered.map(|(viewer, client)| concerned::<G>(viewer, client)).collect();
                self.expel(covered, reason)
            }
            Act::Mute { whom, for_s, reason } => {
                let ticks = for_s.map(|s| s.saturating_mul(u32::from(self.world.tick_hz)));
                let until = ticks.map(|ticks| Tick(self.tick.0.saturating_add(ticks)));
                self.set_mute(whom, Some(Box::new(Mute { until, reason: reason.clone() })))
            }
            Act::Unmute(whom) => self.set_mute(whom, None),
            Act::Find(whom) => self.found(whom),
            Act::Say(text) => {
                self.say_to_all(None, text);
                self.roster.iter().map(|(viewer, client)| concerned::<G>(viewer, client)).collect()
            }
        }
    }

    fn found(&self, whom: &Whom) -> Vec<Concerned> {
        let client = self.roster.get(whom.viewer);
        let meant = client.filter(|client| whom.name.as_ref().is_none_or(|n| *n == client.name));
        meant.map(|client| concerned::<G>(whom.viewer, client)).into_iter().collect()
    }

    fn expel(&mut self, who: Vec<Concerned>, reason: &CloseReason) -> Vec<Concerned> {
        self.gone.extend(who.iter().map(|one| (one.viewer, Some(reason.clone()))));
        self.remove_gone();
        who
    }

    fn set_mute(&mut self, whom: &Whom, mute: Option<Box<Mute>>) -> Vec<Concerned> {
        let found = self.found(whom);
        if let Some(client) = self.roster.get_mut(whom.viewer).filter(|_| !found.is_empty()) {
            client.conduct.mute = mute;
        }
        found
    }
}

fn concerned<G: Game>(viewer: Viewer, client: &Client<G::Input, G::Command>) -> Concerned {
    let subject = client.visitor().subject.map(str::to_owned);
    let name = client.name.clone();
    Concerned { viewer, name, subject, address: client.peer.address }
}
