//! What the frames of all clients of a room are made from in one tick.

use drumbeat_shared::game::{Context, Frames, Game, idle_ticks_max};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::limits::FRESH_MAX;
use drumbeat_shared::records::Records;

use super::client::Client;
use super::event_log::EventLog;
use super::history::{History, Past};
use super::players::Players;
use super::snapshot::Snapshot;
use super::view::enter_rect;
use super::viewer::{PlayerView, SpectatorCamera, Viewer};

/// What the frames of all clients of a room are made from.
#[derive(Debug)]
pub struct Scene<'a, G: Game> {
    /// The static world, in the tick to send.
    pub context: Context<'a, G::Map>,
    /// The world itself, for eyes and for names of the game's own players.
    pub game: &'a G,
    /// The connected players.
    pub players: &'a Players,
    /// The tick to send.
    pub snapshot: &'a Snapshot,
    /// Its entities.
    pub now: Past<'a>,
    /// The ticks before it, which clients may still hold.
    pub history: &'a History,
    /// The room's events.
    pub log: &'a EventLog,
    /// The room's chat.
    pub chat: &'a Records,
    /// The game's document.
    pub document: Option<&'a Records>,
    /// The server's clock, microseconds.
    pub now_us: u64,
    /// The room's clock, which stands still while the room is away, microseconds.
    pub present_us: u64,
}

impl<G: Game> Scene<'_, G> {
    /// The name of a player, connected or the game's own.
    pub fn name(&self, player: PlayerId) -> Option<&str> {
        self.game.name(player).or_else(|| self.players.name(player))
    }

    /// The point of view of a client's frame. A spectator's camera follows what it watches.
    pub fn view(&self, viewer: Viewer, camera: &mut SpectatorCamera) -> PlayerView {
        match viewer {
            Viewer::Player(player) => {
                PlayerView::of_player(self.game, player, self.snapshot.avatar(player))
            }
            Viewer::Spectator(_) => {
                let eye = camera.follow(self.game);
                PlayerView::of_spectator::<G>(eye, camera.group(self.game))
            }
        }
    }

    /// Whether the frame of this tick would tell a client nothing. Ask in every tick.
    #[must_use]
    pub fn is_idle(&self, view: &PlayerView, client: &mut Client<G::Input, G::Command>) -> bool {
        if G::FRAMES == Frames::EveryTick {
            return false;
        }
        client.idle.look::<G>(self.snapshot, view.eye);
        self.log.pass(&mut client.next_event, enter_rect(G::VIEW, view.eye));
        let baseline = &client.baseline;
        let (tick, Some(handed)) = (self.snapshot.tick, baseline.tick) else { return false };
        client.idle.since(baseline.visible.len() > FRESH_MAX) <= handed
            && tick.since(handed) < idle_ticks_max(self.context.tick_hz)
            && !baseline.asks_for_keyframe()
            && view.private == baseline.private
            && client.inputs.applied == baseline.ack
            && client.ping.is_none()
            && client.names_wanted.is_none()
            && client.mail.is_empty()
            && client.next_event == self.log.end()
            && client.commands.is_known()
            && self.chat.is_silent(&mut client.readings.chat, 0, client.checks.is_due(tick))
            && client.readings.players.as_mut().is_none_or(|reading| {
                self.players.records().is_silent(reading, 0, client.checks.is_due(tick))
            })
            && self.document.zip(client.readings.game.as_mut()).is_none_or(|(document, reading)| {
                document.is_silent(reading, view.group, client.checks.is_due(tick))
            })
    }
}
