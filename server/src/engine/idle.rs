//! Whether a client has anything to be sent, in a game whose frames come on change
//! ([`Frames::OnChange`]).

use drumbeat_shared::game::{Frames, Game, idle_ticks_max};
use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::{FRESH_MAX, TURNS};
use glam::IVec2;

use super::client::Client;
use super::fan_out::Scene;
use super::grid::Rect;
use super::snapshot::Snapshot;
use super::viewer::PlayerView;

/// Ticks without a change after which every lane of a crowd has had its turn, and what that moved to
/// another lane too.
const SETTLED_TICKS: u32 = 2 * TURNS as u32;
/// Places of changes beyond which none is compared with a view: it counts as changed.
const CHANGES_MAX: usize = 256;

/// When something last changed for a client.
#[derive(Clone, Copy, Debug, Default)]
pub struct Idle {
    changed: Tick,
    eye: Option<IVec2>,
}

impl Idle {
    /// Looks for changes in sight of `eye` in the snapshot's tick.
    fn look<G: Game>(&mut self, snapshot: &Snapshot, eye: IVec2) {
        let sight = Rect::around(eye, G::VIEW.half + IVec2::splat(G::VIEW.margin));
        let changes = &snapshot.changed_places;
        if self.eye.replace(eye) != Some(eye)
            || changes.len() > CHANGES_MAX
            || changes.iter().any(|place| sight.contains(*place))
        {
            self.changed = snapshot.tick;
        }
    }
}

/// Whether the frame of this tick would tell a client nothing. Call it in every tick.
pub fn is_idle<G: Game>(
    scene: &Scene<'_, G>,
    view: &PlayerView,
    client: &mut Client<G::Input, G::Command>,
) -> bool {
    if G::FRAMES == Frames::EveryTick {
        return false;
    }
    client.idle.look::<G>(scene.snapshot, view.eye);
    let Client { baseline, idle, .. } = &*client;
    let (tick, Some(handed)) = (scene.snapshot.tick, baseline.tick) else { return false };
    let crowded = baseline.visible.len() > FRESH_MAX;
    let settled =
        if crowded { Tick(idle.changed.0.saturating_add(SETTLED_TICKS)) } else { idle.changed };
    settled <= handed
        && tick.since(handed) < idle_ticks_max(scene.context.tick_hz)
        && !baseline.asks_for_keyframe()
        && view.private == baseline.private
        && client.inputs.applied == baseline.ack
        && client.ping.is_none()
        && client.names_wanted.is_none()
        && client.mail.is_empty()
        && client.next_event == scene.log.end()
        && client.commands.is_known()
        && scene.chat.is_read(&client.chat, 0)
        && scene.document.is_none_or(|document| document.is_read(&client.document, view.group))
}
