//! Who gets frames: the players of a room and its spectators.

use std::fmt;

use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::protocol::messages::Watch;
use drumbeat_shared::schema::{Private, initial_private};
use glam::IVec2;

/// The role that a connection asks for in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It has an avatar and takes one of the room's seats for players.
    Player,
    /// It only watches.
    Spectator,
}

impl Role {
    /// One word for logs.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Player => "player",
            Self::Spectator => "spectator",
        }
    }
}

/// A connected client of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Viewer {
    /// It plays.
    Player(PlayerId),
    /// It watches. Spectators are numbered from 0.
    Spectator(u16),
}

impl Viewer {
    /// The player, if it plays.
    #[must_use]
    pub fn player(self) -> Option<PlayerId> {
        match self {
            Self::Player(player) => Some(player),
            Self::Spectator(_) => None,
        }
    }

    /// Its role.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Player(_) => Role::Player,
            Self::Spectator(_) => Role::Spectator,
        }
    }
}

impl fmt::Display for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Player(player) => write!(f, "player {player}"),
            Self::Spectator(number) => write!(f, "spectator {number}"),
        }
    }
}

/// The point of view that a client's frame is made for.
#[derive(Clone, Copy, Debug)]
pub struct PlayerView {
    /// Where it looks from, grid units.
    pub eye: IVec2,
    /// The private state, which only this client receives.
    pub private: Private,
    /// The slot of its avatar.
    pub avatar: Option<u32>,
    /// The group whose records of the document it looks at.
    pub group: u16,
}

impl PlayerView {
    /// The view of a player whose avatar is in this slot.
    #[must_use]
    pub fn of_player<G: Game>(game: &G, player: PlayerId, avatar: Option<u32>) -> Self {
        let (eye, private) = (eye_of(game, player), game.private(player));
        Self { eye, private, avatar, group: game.group(player) }
    }

    /// The view of a spectator that looks from `eye`, and sees the records of this group.
    #[must_use]
    pub fn of_spectator<G: Game>(eye: IVec2, group: u16) -> Self {
        Self { eye, private: initial_private(G::SCHEMA.private), avatar: None, group }
    }
}

/// Where a player looks from, grid units: without an eye, the middle of the world.
pub fn eye_of<G: Game>(game: &G, player: PlayerId) -> IVec2 {
    game.eye(player).unwrap_or_else(|| middle(game))
}

/// The middle of all that may be looked at, grid units.
fn middle<G: Game>(game: &G) -> IVec2 {
    let (low, high) = (game.look_at(IVec2::MIN), game.look_at(IVec2::MAX));
    ((low.as_i64vec2() + high.as_i64vec2()) / 2).as_ivec2()
}

/// Where a spectator looks from, and what it follows.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpectatorCamera {
    /// What it watches.
    pub watch: Watch,
    eye: IVec2,
}

impl SpectatorCamera {
    /// The camera of a spectator that has just joined.
    #[must_use]
    pub fn new<G: Game>(game: &G) -> Self {
        // Until there is somebody to follow.
        Self { watch: Watch::Leader, eye: middle(game) }
    }

    /// Where it last looked from, grid units.
    #[must_use]
    pub fn eye(&self) -> IVec2 {
        self.eye
    }

    /// Stops watching a player that has left: another may get its id.
    pub fn lose(&mut self, player: PlayerId) {
        if self.watch == Watch::Player(player) {
            self.watch = Watch::Leader;
        }
    }

    /// The group whose records of the document it looks at: that of the player whom it follows.
    #[must_use]
    pub fn group<G: Game>(&self, game: &G) -> u16 {
        let player = match self.watch {
            Watch::Leader => game.leader(),
            Watch::Player(player) => Some(player),
            Watch::Place { .. } => None,
        };
        player.map_or(0, |player| game.group(player))
    }

    /// Follows what it watches and returns where it looks from now, grid units. With nobody to
    /// follow, it stays where it is.
    pub fn follow<G: Game>(&mut self, game: &G) -> IVec2 {
        let eye = match self.watch {
            Watch::Leader => game.leader().and_then(|player| game.eye(player)),
            Watch::Player(player) => game.eye(player).or_else(|| {
                // The player had left before the spectator asked for it.
                self.watch = Watch::Leader;
                None
            }),
            Watch::Place { x, y } => Some(game.look_at(IVec2::new(x, y))),
        };
        self.eye = eye.unwrap_or(self.eye);
        self.eye
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use drumbeat_shared::game::{Identity, Setup};
    use drumbeat_shared::toy::{SIDE, Toy};

    use super::*;

    #[test]
    fn a_player_without_an_eye_sees_the_middle() {
        let setup = Setup { seed: 4, capacity: 4, tick_hz: 20, settings: () };
        let toy = Toy::new(Arc::new(0), &setup);
        let view = PlayerView::of_player(&toy, PlayerId(1), None);
        assert_eq!(view.eye, IVec2::splat(SIDE / 2));
    }

    #[test]
    fn a_camera_follows_whom_it_watches_and_then_the_leader() {
        let setup = Setup { seed: 4, capacity: 4, tick_hz: 20, settings: () };
        let mut toy = Toy::new(Arc::new(0), &setup);
        let mut camera = SpectatorCamera::new(&toy);
        assert_eq!(camera.follow(&toy), IVec2::splat(SIDE / 2), "nobody is there");
        let [first, second] = [1, 3].map(PlayerId);
        toy.join(second, Identity::guest("")).unwrap();
        let at = |toy: &Toy, player| toy.eye(player).unwrap();
        assert_eq!(camera.follow(&toy), at(&toy, second));
        toy.join(first, Identity::guest("")).unwrap();
        assert_eq!(camera.follow(&toy), at(&toy, first));
        camera.watch = Watch::Player(second);
        assert_eq!(camera.follow(&toy), at(&toy, second));
        let last = at(&toy, second);
        toy.leave(second);
        camera.lose(first);
        assert_eq!(camera.follow(&toy), last, "it stays for a tick");
        camera.watch = Watch::Player(second);
        camera.lose(second);
        toy.join(second, Identity::guest("")).unwrap();
        assert_eq!(camera.follow(&toy), at(&toy, first), "who comes next is somebody else");
        camera.watch = Watch::Player(PlayerId(u16::MAX));
        camera.follow(&toy);
        assert_eq!(camera.watch, Watch::Leader);
    }

    #[test]
    fn a_place_is_bounded_by_the_game() {
        let setup = Setup { seed: 4, capacity: 4, tick_hz: 20, settings: () };
        let toy = Toy::new(Arc::new(0), &setup);
        let mut camera = SpectatorCamera::new(&toy);
        for (x, y, expected) in [
            (i32::MIN, i32::MAX, IVec2::new(0, SIDE)),
            (17, 23, IVec2::new(17, 23)),
            (i32::MAX, i32::MIN, IVec2::new(SIDE, 0)),
        ] {
            camera.watch = Watch::Place { x, y };
            assert_eq!(camera.follow(&toy), expected);
        }
    }
}
