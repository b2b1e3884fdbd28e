//! Since when nothing has changed for a client, in a game whose frames come on change.

use drumbeat_shared::game::Game;
use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::TURNS;
use glam::IVec2;

use super::grid::Rect;
use super::snapshot::Snapshot;

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
    pub fn look<G: Game>(&mut self, snapshot: &Snapshot, eye: IVec2) {
        let sight = Rect::around(eye, G::VIEW.half + IVec2::splat(G::VIEW.margin));
        let changes = &snapshot.changed_places;
        if self.eye.replace(eye) != Some(eye)
            || changes.len() > CHANGES_MAX
            || changes.iter().any(|place| sight.contains(*place))
        {
            self.changed = snapshot.tick;
        }
    }

    /// The tick from which on a frame would say nothing, if nothing else is to be sent; `crowded`
    /// says whether entities of the view may wait for their turn.
    #[must_use]
    pub fn since(&self, crowded: bool) -> Tick {
        let settles = if crowded { SETTLED_TICKS } else { 0 };
        Tick(self.changed.0.saturating_add(settles))
    }
}
